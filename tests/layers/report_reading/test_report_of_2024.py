"""How much of the hand-made file of 2024 does the reader find in the report's own text?"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from layers.report import Figure, Report, parse_report, read_report
from layers.report.reading import Reading, draft, matches, read_text

TEXT = Path(__file__).resolve().parents[3].parent / "shared" / "domain" / "report-2024.txt"
pytestmark = pytest.mark.skipif(not TEXT.exists(), reason="the report's text is not in this checkout")


@cache
def reading() -> Reading:
    return read_text(TEXT.read_text("utf-8"))


@cache
def drafted() -> Report:
    return parse_report(draft(reading(), read_report(2024)), place="draft")


def printed() -> list[Figure]:
    return [figure for figure in read_report(2024).figures if not figure.counted]


def test_recall_of_numbers() -> None:
    wanted = Counter(figure.value for figure in printed())
    found = wanted & Counter(figure.value for figure in reading().figures)
    assert found.total() / wanted.total() >= 0.98


def test_precision_of_numbers() -> None:
    read = Counter(figure.value for figure in reading().figures)
    assert (read & Counter(figure.value for figure in printed())).total() / read.total() >= 0.98


def test_units() -> None:
    numbers = Counter(figure.value for figure in printed()) & Counter(figure.value for figure in reading().figures)
    pairs = Counter((figure.value, figure.unit) for figure in printed())
    right = pairs & Counter((figure.value, figure.unit) for figure in reading().figures)
    assert right.total() / numbers.total() >= 0.97


def test_codes() -> None:
    matched = matches(reading().figures, read_report(2024))
    known = read_report(2024).by_code
    right = [i for i, match in matched.items() if known[match.code].value == reading().figures[i].value]
    assert len(right) / len(printed()) >= 0.97
    assert len(right) == len(matched)


@pytest.mark.parametrize("key", ["value", "unit", "period", "section", "qualifier", "growth_of", "share_of", "change"])
def test_the_draft_says_what_the_hand_made_file_says(key: str) -> None:
    both = [(figure, drafted().by_code[figure.code]) for figure in printed() if figure.code in drafted().by_code]
    assert [before.code for before, after in both if getattr(before, key) != getattr(after, key)] == []


def test_every_other_number_is_set_aside_or_a_word() -> None:
    text = TEXT.read_text("utf-8")
    places = {figure.start for figure in reading().figures} | {number.start for number in reading().set_aside}
    runs = [i for i, c in enumerate(text) if c.isascii() and c.isdigit() and not text[i - 1].isdigit()]
    inside = [i for i in runs if text[i - 1] != "."]
    assert [text[i - 4 : i + 4] for i in inside if i not in places] == []
