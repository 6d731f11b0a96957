"""Which entries of a report file do extracted figures make?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from layers.codes import code_list
from layers.report.figures import Figure, Report
from layers.report.reading.matching import SURE, Match, matches, section_key, sections_of
from layers.report.reading.model import Doubt, Extracted, Reading

_PRICES = {"可比价|可比增|不变价": "constant", "现价|名义": "current"}
"""Words beside a growth that say at which prices it was reckoned."""

QUALIFIERS = frozenset(get_args(get_args(Figure.model_fields["qualifier"].annotation)[0]))
"""The qualifiers that a report file may hold; others go into the note."""

_SUFFIX = {"growth": "_growth", "decline": "_decline", "share": "_share", "rate": "_rate"}


@dataclass(frozen=True, slots=True)
class ProposedSection:
    """A section of the draft, known or proposed from the headings."""

    id: str
    title_zh: str
    title_en: str
    known: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """One [[figures]] entry: its keys and values, what it was read from, and doubts."""

    entry: Mapping[str, Any]
    figure: Extracted
    known: bool
    near: str | None = None
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reading makes of a report: its entries, and the known figures that the text does not hold."""

    reading: Reading
    sections: tuple[ProposedSection, ...]
    proposals: tuple[Proposal, ...]
    missing: tuple[Figure, ...]


def proposed(reading: Reading, known: Report) -> Draft:
    """The entries for a report file: codes and names of `known` where figures match, proposed ones elsewhere."""
    figures = reading.figures
    matched = matches(figures, known)
    names = known.by_code
    votes = sections_of(figures, {i: names[match.code] for i, match in matched.items()})
    sections = _sections(figures, votes, known)
    codes = _codes(figures, matched, sections, set(names))
    at = {figure.start: codes[i] for i, figure in enumerate(figures)}
    entries = []
    for i, figure in enumerate(figures):
        match, section = matched.get(i), sections[section_key(figure)]
        sure = match is not None and match.score >= SURE
        entry = _entry(figure, names.get(codes[i]), codes[i], section.id, at, sure=sure)
        near = match.runner_up if match else None
        entries.append(Proposal(entry, figure, match is not None, near, _doubts(figure, match)))
    used = {sections[section_key(figure)] for figure in figures}
    found = {match.code for match in matched.values()}
    missing = tuple(figure for figure in known.figures if not figure.counted and figure.code not in found)
    return Draft(reading, tuple(dict.fromkeys(section for section in sections.values() if section in used)),
                 tuple(entries), missing)  # fmt: skip


def _sections(
    figures: Sequence[Extracted], votes: Mapping[tuple[int, ...], str], known: Report
) -> dict[tuple[int, ...], ProposedSection]:
    """The section of each pair of headings: the one that its matched figures vote for, else one of its own."""
    titles = {section.id: section for section in known.sections}
    found: dict[tuple[int, ...], ProposedSection] = {}
    for figure in figures:
        key = section_key(figure)
        if key in found:
            continue
        if key in votes:
            section = titles[votes[key]]
            found[key] = ProposedSection(section.id, section.title_zh, section.title_en, True)
        else:
            number = 1 + sum(not section.known for section in found.values())
            words = [heading.title for heading in figure.headings if heading.level < 3]
            title = "：".join(words)[:40] or "正文"
            found[key] = ProposedSection(f"new_{number}", title, title, False)
    return found


def _codes(
    figures: Sequence[Extracted],
    matched: Mapping[int, Match],
    sections: Mapping[tuple[int, ...], ProposedSection],
    taken: set[str],
) -> dict[int, str]:
    """The code of each figure: the matched one, else one from what it belongs to, or from its section and unit."""
    codes = {i: match.code for i, match in matched.items()}
    at = {figure.start: i for i, figure in enumerate(figures)}
    for i, figure in enumerate(figures):
        if i not in codes:
            codes[i] = _free(_stem(figure, codes, at, sections[section_key(figure)].id), taken)
            taken.add(codes[i])
    return codes


def _stem(figure: Extracted, codes: Mapping[int, str], at: Mapping[int, int], section: str) -> str:
    base = next((place for place in (figure.change_of, figure.share_of, figure.part_of) if place is not None), None)
    if base is not None and figure.unit == "percent" and at[base] in codes:
        kind = ("decline" if figure.falls else "growth") if figure.change else "share" if figure.share_of else "rate"
        return codes[at[base]] + _SUFFIX[kind]
    return f"{section}.{figure.unit or 'amount'}"


def _free(stem: str, taken: set[str]) -> str:
    if stem not in taken and stem.rpartition(".")[2] not in code_list("units"):
        return stem
    number = 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def _entry(
    figure: Extracted, known: Figure | None, code: str, section: str, at: Mapping[int, str], *, sure: bool
) -> dict[str, Any]:
    """The keys of a figure's entry; `at` holds the codes by the offset of their figures.

    What the known figure belongs to is taken over only where the match is `sure`: a guessed part of a guessed whole
    would make the audit accuse the text of what it does not say.
    """
    name = figure.name or figure.clause.strip()[:20] or figure.printed
    entry: dict[str, Any] = {
        "code": code,
        "name_zh": known.name_zh if known else name,
        "name_en": known.name_en if known else name,
        "value": figure.value,
        "unit": figure.unit or "item",
        "period": figure.period,
        "section": section,
        "topic": known.topic if known else code.partition(".")[0],
    }
    if figure.qualifier in QUALIFIERS:
        entry["qualifier"] = figure.qualifier
    if figure.falls and figure.unit == "percent":
        entry["change"] = "down"
    if figure.change and figure.unit == "percent":
        bases = [basis for words, basis in _PRICES.items() if re.search(words, figure.clause)]
        entry |= {"prices": bases[0]} if bases else {}
    return entry | _references(figure, known if sure else None, code, at) | _note(figure)


def _references(figure: Extracted, known: Figure | None, code: str, at: Mapping[int, str]) -> dict[str, Any]:
    """What the text says the figure belongs to, else what the known figure says, where the draft has all of those."""
    places = {"growth_of": figure.change_of if figure.unit == "percent" else None,
              "part_of": figure.part_of, "share_of": figure.share_of}  # fmt: skip
    said = {key: at[place] for key, place in places.items() if place is not None and at.get(place, code) != code}
    there = set(at.values())
    if known and set(known.references()) <= there:
        kept = known.model_dump(include=set(_KEPT), exclude_none=True)
        return said | {key: list(value) if isinstance(value, tuple) else value for key, value in kept.items()}
    return said


_KEPT = ("growth_of", "part_of", "share_of", "rate_of", "sum_of", "same_as", "split")
"""Keys of a known figure that hold for the next year as well."""


def _note(figure: Extracted) -> dict[str, str]:
    """What the value and the unit do not say: the printed words, the unit that is in no list."""
    zh, en = [], []
    if (
        Doubt.WORD in figure.doubts
        or figure.printed.rstrip("余多万亿").replace(",", "").replace(" ", "") != figure.value
    ):
        zh.append(f"原文写作“{figure.printed}”")
        en.append("written otherwise in the report")
    if figure.unit is None:
        zh.append(f"原文单位“{figure.unit_zh or '无'}”")
        en.append("its unit is not in the list of units")
    if figure.qualifier and figure.qualifier not in QUALIFIERS:
        zh.append(f"原文带有“{figure.qualifier}”")
        en.append("printed as approximate or as a bound")
    return {"note_zh": "；".join(zh), "note_en": "; ".join(en)} if zh else {}


def _doubts(figure: Extracted, match: Match | None) -> tuple[Doubt, ...]:
    weak = [Doubt.WEAK_CODE] if match and match.score < SURE else []
    close = [Doubt.CLOSE_CODES] if match and match.runner_up else []
    return tuple(dict.fromkeys([*figure.doubts, *weak, *close]))
