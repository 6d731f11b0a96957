"""Are tables that were pasted into a text read with their units?"""

from __future__ import annotations

import pytest

from layers.report.reading import read_text
from layers.report.reading.characters import plain
from layers.report.reading.mentions import Mention, mentions
from layers.report.reading.model import Doubt
from tests.layers.report_reading.marked import report

WITH_UNIT_COLUMN = """指标\t单位\t2030年\t2029年\t同比增长（%）
粮食总产量\t吨\t13650\t13420\t1.7
农业产值\t万元\t５６２００\t52100\t7.9
"""
WITH_HEADS = """村名  户数（户）  耕地（亩）
东村  312  1,850.5
西村  95  620
"""


def read(text: str) -> list[tuple[str, str | None]]:
    return [(mention.value, mention.unit) for mention in found(text)]


def found(text: str) -> list[Mention]:
    return mentions(plain(text))[0]


def test_the_unit_of_a_row_stands_in_a_column() -> None:
    assert read(WITH_UNIT_COLUMN) == [
        ("13650", "t"), ("13420", "t"), ("1.7", "percent"), ("56200", "wan_yuan"), ("52100", "wan_yuan"),
        ("7.9", "percent"),
    ]  # fmt: skip


def test_the_unit_of_a_column_stands_in_its_head() -> None:
    assert read(WITH_HEADS) == [("312", "household"), ("1850.5", "mu"), ("95", "household"), ("620", "mu")]


def test_the_unit_of_a_row_may_stand_beside_its_name() -> None:
    assert read("项目 上年 本年\n耕地（亩） 100 110\n道路（公里） 20 23\n") == [
        ("100", "mu"), ("110", "mu"), ("20", "km"), ("23", "km"),
    ]  # fmt: skip


def test_numbers_are_named_for_their_row() -> None:
    figures = read_text(report(WITH_UNIT_COLUMN)).figures
    assert [figure.name for figure in figures][:2] == ["粮食总产量", "粮食总产量"]


def test_a_column_of_an_earlier_year_is_marked() -> None:
    assert [Doubt.PERIOD in mention.doubts for mention in found(WITH_UNIT_COLUMN)][:3] == [False, True, False]


def test_numbering_is_no_figure() -> None:
    assert read("序号 名称 面积（亩）\n1 甲 30\n2 乙 40\n") == [("30", "mu"), ("40", "mu")]


@pytest.mark.parametrize("text", ["甲 乙 丙\n1 2 3\n4 5 6\n", "甲 乙\n1 2\n", "村名 户数（户） 备注\n"])
def test_what_has_no_unit_or_is_no_table_is_left_alone(text: str) -> None:
    assert read(text) == []
