"""Which figure does a growth, a share or a nameless number belong to?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from layers.report.reading.likeness import share_found
from layers.report.reading.model import Doubt, Extracted
from layers.report.reading.phrases import change_name

_BREAK = re.compile(r"[。;:!?\n]")
_STOP = re.compile(r"[。!?\n]")
_JOINED = re.compile(r"^[%‰个百分点]*\s*[、,和及与]\s*(?:约|近|超过?)?$")
_CHANGES = frozenset({"percent", "percentage_point", "permille"})
LONGEST_ROW = 40
"""So many figures back in a sentence may be what a change belongs to."""

ENOUGH = 0.6
"""The share of a subject's characters that a figure's name must hold to be what the subject means."""


def attached(text: str, figures: Sequence[Extracted]) -> list[Extracted]:
    """`figures` of `text` (plain), each change tied to its figure, parts to wholes, and names for the nameless."""
    done: list[Extracted] = []
    rows = _rows(text, figures)
    for i, figure in enumerate(figures):
        before = _same_sentence(text, done, figure)
        if i in rows:
            figure = _in_row(text, figures, rows[i], i, before)
        elif figure.change:
            figure = _change(figure, before)
        elif figure.doubts and figure.printed in _WORD_NAMES:
            figure = _word(text, figure, before)
        else:
            figure = _named(text, figure, before)
        done.append(_part(text, figure, before))
    return done


def _same_sentence(text: str, done: list[Extracted], figure: Extracted) -> list[Extracted]:
    """The figures of `done` that stand before `figure` in its sentence."""
    first = len(done)
    while first and not _STOP.search(text, done[first - 1].end, max(done[first - 1].end, figure.start)):
        first -= 1
        if len(done) - first == LONGEST_ROW:
            break
    return done[first:]


def _rows(text: str, figures: Sequence[Extracted]) -> dict[int, tuple[int, int]]:
    """The rows of numbers after 分别 (first and last index), by the index of each of their members."""
    rows: dict[int, tuple[int, int]] = {}
    for i, figure in enumerate(figures):
        if i in rows or "分别" not in text[max(0, figure.start - 10) : figure.start]:
            continue
        last = i
        while last + 1 < len(figures) and _joined(text, figures[last], figures[last + 1]):
            last += 1
        if last > i:
            rows |= dict.fromkeys(range(i, last + 1), (i, last))
    return rows


def _joined(text: str, one: Extracted, other: Extracted) -> bool:
    between = text[one.end : other.start].replace(one.unit_zh.lstrip("万亿"), "", 1)
    return one.end <= other.start and bool(_JOINED.match(between))


def _in_row(
    text: str, figures: Sequence[Extracted], row: tuple[int, int], i: int, before: list[Extracted]
) -> Extracted:
    """A member of a row after 分别: a change of the figures listed before, or a number for each name of a list."""
    first, last = row
    figure, head, size = figures[i], figures[first], last - first + 1
    counted = [other for other in before if other.start < head.start and not other.change]
    if head.change and len(counted) >= size:
        base = counted[len(counted) - size + i - first]
        name = change_name(base.name, head.change)
        return replace(figure, name=name, change=head.change, change_of=base.start)
    begin = max((match.end() for match in _BREAK.finditer(text, max(0, head.start - 400), head.start)), default=0)
    lists = [clause for clause in re.split(r"[,;]", text[begin : head.start].rsplit("分别", 1)[0]) if "、" in clause]
    names = re.split(r"[、和与及]", re.sub(r"^(?:其中|全年|今年)", "", lists[-1]).strip()) if lists else []
    name = _listed(names, i - first) if len(names) == size else head.name or figure.name
    name += "占比" if head.name.endswith("占比") and not name.endswith("占比") else ""
    doubts = figure.doubts if len(names) == size else (*figure.doubts, Doubt.NAMELESS)
    if head.change:
        return replace(figure, name=change_name(name, head.change), change=head.change, doubts=(*doubts, Doubt.GROWTH))
    return replace(figure, name=name, doubts=doubts)


def _listed(names: list[str], i: int) -> str:
    """The i-th name of a list; one that shares the end of the last (城镇、农村居民收入) is told apart in brackets."""
    name = names[i].strip()
    shares = i + 1 < len(names) and len(name) * 2 <= len(names[-1])
    return f"{'、'.join(names)}({name})" if shares else name


def _change(figure: Extracted, before: list[Extracted]) -> Extracted:
    """A change tied to the figure that its subject names, or without a subject to the one just before."""
    change = figure.change or ""
    counted = [other for other in before if not other.change]
    subject = "" if _RELATIVE.match(figure.name) else figure.name
    if subject:
        alike = [other for other in counted if share_found(subject, other.name) >= ENOUGH]
        base = alike[-1] if alike else None
        name = subject
    else:
        base = counted[-1] if counted else None
        name = base.name + figure.name if base else figure.name
    doubts = figure.doubts if name else (*figure.doubts, Doubt.GROWTH)
    tied = base.start if base and figure.unit in _CHANGES else None
    return replace(figure, name=change_name(name, change), change_of=tied, doubts=doubts)


_WORD_NAMES = {"全部": "率", "全覆盖": "覆盖率"}


def _word(text: str, figure: Extracted, before: list[Extracted]) -> Extracted:
    """全部办结 is the rate of what was counted before; 全覆盖 the coverage of what stands before it."""
    if figure.printed == "全覆盖":
        return replace(figure, name=(figure.name or "") + "覆盖率")
    done = re.match(r"(?:已|均)?([^\W\d_]{2,4})", text[figure.end :])
    counted = [other for other in before if other.unit != "percent" and not other.change]
    base = counted[-1] if counted else None
    name = (base.name if base else figure.name) + (done[1] if done else "") + "率"
    return replace(figure, name=name, part_of=base.start if base else None)


def _named(text: str, figure: Extracted, before: list[Extracted]) -> Extracted:
    """A figure without a name takes that of the number before it (20批103人次, 413件,占10%), and else says so."""
    if len(figure.name) >= 2 and not _RELATIVE.match(figure.name):
        return figure
    if not before:
        return replace(figure, doubts=(*figure.doubts, Doubt.NAMELESS))
    if not figure.name and before[-1].unit == figure.unit and text.endswith(("至", "到", "为"), 0, figure.start):
        # 从92件降至78件: another amount, not the same one again
        return replace(figure, name=f"{before[-1].name}（续）", doubts=(*figure.doubts, Doubt.NAMELESS))
    named = replace(figure, name=before[-1].name + figure.name)
    if figure.name != "占比" or before[-1].unit == "percent":
        return named
    return replace(named, share_of=before[-1].start, part_of=before[-1].part_of)


_RELATIVE = re.compile(r"占比$|[比较占是为]|高[于出]|低于|净增|净减")
"""How a name begins that only says how a figure stands to another one."""


def _part(text: str, figure: Extracted, before: list[Extracted]) -> Extracted:
    """A number after 其中 is a part of the last one of its unit before that word; a rate, of the last count."""
    if figure.change or figure.part_of is not None:
        return figure
    counted = [other for other in before if not other.change and other.unit not in _CHANGES]
    if figure.unit == "percent":
        whole = counted[-1] if counted and figure.name.endswith("率") else None
    else:
        alike = [other for other in counted if other.unit == figure.unit]
        whole = next((other for other in reversed(alike) if "其中" in text[other.end : figure.start]), None)
    between = text[whole.end : figure.start] if whole else ""
    return replace(figure, part_of=whole.start) if whole and "其中" in between and ";" not in between else figure
