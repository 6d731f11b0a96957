"""Do the figures, with the list of other numbers, cover every number of the report's text, and nothing else?"""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from layers.codes import code_list
from layers.report import Figure, read_report

ROOT = Path(__file__).resolve().parents[2]
TEXT = ROOT.parent / "shared" / "domain" / "report-2024.txt"
OTHER = ROOT / "data" / "report" / "2024_other_numbers.csv"
HEADINGS = {"一": "summary", "二": "problems", "三": "plan"}
PARTS = {
    "summary": ("industry", "work_style", "governance", "countryside", "safety"),
    "problems": ("industry", "income", "governance"),
    "plan": ("projects", "rice", "governance", "work_style"),
}
HAN = "零一二两三四五六七八九十百千"
IDIOMS = ("进一步", "下一步", "一线", "一体", "单一", "一定", "爱亿农")

needs_text = pytest.mark.skipif(not TEXT.exists(), reason="the report's text is not in this checkout")


def stated() -> list[Figure]:
    """The figures that the text prints, in digits or as a word."""
    return [figure for figure in read_report(2024).figures if not figure.counted]


@cache
def texts() -> dict[str, str]:
    """The report's text by section id; what stands before the first section under ''."""
    found: dict[str, str] = {"": ""}
    section, chapter = "", ""
    for line in TEXT.read_text("utf-8").splitlines():
        if top := re.match(r"([一二三])、", line):
            section, chapter = "", HEADINGS[top[1]]
        elif sub := re.match(r"\(([一二三四五])\)", line):
            section = f"{chapter}.{PARTS[chapter]['一二三四五'.index(sub[1])]}"
        found[section] = found.get(section, "") + re.sub(r"^(\([一二三四五]\)|[一二三]、)", "", line) + "\n"
    return found


def in_digits(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+(?:\.\d+)?", text))


def in_characters(text: str) -> Counter[str]:
    """Numbers in Chinese characters, without ordinals (一是), idioms and the units 万 and 亿 after digits."""
    for idiom in IDIOMS:
        text = text.replace(idiom, "")
    text = re.sub(r"[一二三四]是", "", re.sub(r"\d[余]?[万亿]", "", text))
    return Counter(re.findall(f"[{HAN}]+亿?", text))


def printed(figure: Figure) -> str:
    """The figure as the text has it: the word quoted in its note, else its value."""
    quoted = re.search(r"原文写作“(.+?)”", figure.note_zh or "")
    return quoted[1] if quoted else figure.value


@cache
def listed() -> dict[str, Counter[str]]:
    """What figures and the list of other numbers say stands in each section."""
    found: dict[str, Counter[str]] = {section: Counter() for section in texts()}
    for figure in stated():
        found[figure.section][printed(figure)] += 1
    with OTHER.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["section"]][row["printed"]] += int(row["times"])
    return found


@needs_text
@pytest.mark.parametrize("section", ["", *(section.id for section in read_report(2024).sections)])
def test_every_number_in_digits_is_listed_as_often_as_it_stands_there(section: str) -> None:
    digits = Counter({text: n for text, n in listed()[section].items() if text[0].isdecimal()})
    assert digits == in_digits(texts()[section])


@needs_text
@pytest.mark.parametrize("section", ["", *(section.id for section in read_report(2024).sections)])
def test_every_number_in_characters_is_listed_as_often_as_it_stands_there(section: str) -> None:
    words = Counter({text: n for text, n in listed()[section].items() if text[0] in HAN})
    assert words == in_characters(texts()[section])


@needs_text
def test_every_printed_value_stands_in_its_section() -> None:
    missing = [f.code for f in stated() if not stands(printed(f), texts()[f.section])]
    assert missing == []


def stands(words: str, text: str) -> bool:
    """Whether `words` stand in `text`; 全部 may be parted from its verb by 已."""
    return re.sub("已", "", words) in re.sub("已", "", text)


@needs_text
def test_every_qualifier_stands_beside_its_number() -> None:
    spelt = {"余": "{}余", "以上": "{}万元以上", "超": "(?:超|超过|过){}", "不足": "不足{}"}
    for figure in read_report(2024).figures:
        if figure.qualifier:
            assert re.search(spelt[figure.qualifier].format(re.escape(figure.value)), texts()[figure.section])


@needs_text
def test_every_percentage_is_printed_with_its_sign() -> None:
    for figure in read_report(2024).figures:
        if figure.unit == "percent" and printed(figure) == figure.value:
            assert f"{figure.value}%" in texts()[figure.section]


def names(note: str | None, comma: str) -> list[str]:
    """The names that the note of a counted figure lists."""
    return re.split(comma, re.split("[：:]", note or "")[1].strip())


@pytest.mark.parametrize("figure", [f for f in read_report(2024).figures if f.counted], ids=lambda f: f.code)
def test_a_counted_figure_is_the_number_of_names_in_its_notes(figure: Figure) -> None:
    assert len(names(figure.note_zh, "、")) == len(names(figure.note_en, ", ")) == figure.number


@needs_text
@pytest.mark.parametrize("figure", [f for f in read_report(2024).figures if f.counted], ids=lambda f: f.code)
def test_every_name_counted_stands_in_its_section(figure: Figure) -> None:
    text = re.sub("年产6000吨", "", texts()[figure.section])
    assert [name for name in names(figure.note_zh, "、") if name not in text] == []


def test_figures_printed_and_counted() -> None:
    # printed in digits or as words such as 四 and 全部; and 16 counts of what is named one by one
    assert len(stated()) == 89
    assert len(read_report(2024).figures) == 105


@needs_text
def test_no_sentence_of_the_report_is_copied() -> None:
    words = [text for f in read_report(2024).figures for text in (f.name_zh, f.note_zh or "")]
    sentences = [part for text in texts().values() for part in re.split(r"[,。;、\n]", text) if len(part) >= 18]
    assert [word for word in words if any(part in word for part in sentences)] == []


def test_numbers_in_names_and_figures_together_are_over_a_hundred() -> None:
    with OTHER.open(encoding="utf-8", newline="") as file:
        others = sum(int(row["times"]) for row in csv.DictReader(file))
    assert len(read_report(2024).figures) + others > 100


def test_every_growth_is_a_percentage_of_the_same_period() -> None:
    figures = {figure.code: figure for figure in read_report(2024).figures}
    for figure in figures.values():
        if figure.growth_of:
            assert (figure.unit, figure.period) == ("percent", figures[figure.growth_of].period)


def test_units_of_the_report_have_names() -> None:
    assert {figure.unit for figure in read_report(2024).figures} <= set(code_list("units"))


@pytest.mark.parametrize(
    ("code", "value", "unit"),
    [
        ("land.idle_revitalised", "1570", "mu"),
        ("industry.output", "222740.23", "wan_yuan"),
        ("flower_valley.earthwork", "14.5", "wan_m3"),
        ("paddy.output", "240", "wan_jin"),
        ("hotline.share_property", "10.72", "percent"),
    ],
)
def test_value_and_unit_are_as_printed(code: str, value: str, unit: str) -> None:
    figure = next(figure for figure in read_report(2024).figures if figure.code == code)
    assert (figure.value, figure.unit) == (value, unit)
