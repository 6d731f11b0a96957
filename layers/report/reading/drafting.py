"""What does the draft of a report file say, for a person to confirm?"""

from __future__ import annotations

from collections.abc import Iterator

import tomlkit

from layers.report.figures import Report
from layers.report.reading.model import Reading
from layers.report.reading.proposal import Draft, Proposal, proposed

MARK = "待确认 confirm"
"""Begins the comment above every figure that a person has to look at."""

_OBVIOUS = frozenset({"编号", "年份", "日期或时刻", "词语的一部分，后无计量单位", "“一”为泛指", "序数"})
"""Reasons for which a number set aside is not listed one by one in the draft."""


def draft(reading: Reading, known: Report) -> str:
    """TOML in the form of data/report/<year>.toml with the figures of `reading`, valid as it stands.

    Figures that `known` has keep its codes and names; the others have proposed ones. Above each figure stands a comment
    with its place in the text, and under the word of `MARK` what is unsure about it. What of `known` was not found, and
    numbers that were taken for names, stand in comments at the end.
    """
    return draft_text(proposed(reading, known), known.year)


def draft_text(made: Draft, known_year: int) -> str:
    """The TOML text of a draft; `known_year` is the year whose codes were matched."""
    year = made.reading.year
    lines = [
        f"# 由报告文本读出的 {year} 年数据草稿，编码参照 {known_year} 年；请核对标有“{MARK}”的各项后定稿。",
        f"# Draft of the figures of {year}, with the codes of {known_year}; check every entry marked '{MARK}'.",
        "",
        tomlkit.dumps({"year": year, "title_zh": f"{year}年工作总结", "title_en": f"Annual report for {year}"}),
    ]
    for section in made.sections:
        comment = "" if section.known else f"# {MARK}：新章节 new section\n"
        content = {"id": section.id, "title_zh": section.title_zh, "title_en": section.title_en}
        lines.append(f"{comment}[[sections]]\n{tomlkit.dumps(content)}")
    lines += [_figure(proposal) for proposal in made.proposals]
    return "\n".join([*lines, *_missing(made), *_set_aside(made)]) + "\n"


def _figure(proposal: Proposal) -> str:
    comments = [*_place(proposal), *_doubts(proposal)]
    return "".join(f"# {comment}\n" for comment in comments) + f"[[figures]]\n{tomlkit.dumps(dict(proposal.entry))}"


def _place(proposal: Proposal) -> Iterator[str]:
    figure = proposal.figure
    path = "".join(heading.mark for heading in figure.headings)
    yield _one_line(f"{path} 第 {figure.start} 字 character {figure.start}：“{figure.printed}” {figure.unit_zh}")


def _doubts(proposal: Proposal) -> Iterator[str]:
    if not proposal.known:
        yield f"{MARK}：新数据，编码与英文名待定 new figure: choose code and English name"
    for doubt in proposal.doubts:
        near = f"（{proposal.near}）" if proposal.near and doubt.name == "CLOSE_CODES" else ""
        yield f"{MARK}：{doubt.zh}{near} {doubt.en}"


def _missing(made: Draft) -> Iterator[str]:
    if made.missing:
        yield "# 以下已有数据在文本中没有找到 known figures that the text does not hold:"
        yield from (_one_line(f"#   {figure.code}  {figure.name_zh}") for figure in made.missing)


def _set_aside(made: Draft) -> Iterator[str]:
    shown = [number for number in made.reading.set_aside if number.reason_zh not in _OBVIOUS]
    if shown:
        yield "# 以下数字没有作为数据 numbers that were not taken for figures:"
        for number in shown:
            yield _one_line(f"#   第 {number.start} 字 {number.printed}：{number.reason_zh} {number.reason_en}")


def _one_line(text: str) -> str:
    """`text` as one line of a comment: characters that TOML forbids there become spaces."""
    return "".join(c if c.isprintable() else " " for c in text)
