"""What does the written report say?"""

from __future__ import annotations

import re
from decimal import Decimal

from layers.notice import ILLUSTRATIVE
from layers.report import read_report
from layers.report.writing import composed
from layers.report.writing.blocks import Amount, Map, Mark, Paper, Table, Tone
from layers.store import Store
from tests.layers.report.audit.made import figure, report


def table(paper: Paper, number: int) -> Table:
    return next(block for block in paper.parts[number].blocks if isinstance(block, Table))


def rows(paper: Paper, number: int = 1) -> list[tuple[object, ...]]:
    return [row for group in table(paper, number).groups for row in group.rows]


def test_every_figure_of_the_report_has_a_row(paper: Paper) -> None:
    assert [row[0] for row in rows(paper)] == [each.name_zh for each in read_report(2024).figures]


def test_a_derived_figure_stands_beside_the_stated_one(paper: Paper) -> None:
    cells = next(row for row in rows(paper) if row[0] == "基础网格")
    assert cells[1:] == (
        Amount(Decimal(46)), "个", "2024年", Amount(Decimal(46)), Amount(Decimal(0)), Amount(Decimal(0)),
        Mark("一致", Tone.GOOD),
    )  # fmt: skip


def test_a_qualifier_stands_where_the_language_puts_it(paper: Paper, english: Paper) -> None:
    assert next(row for row in rows(paper) if row[0] == "稻田流转土地")[1] == Amount(Decimal(2500), after="余")
    assert next(row for row in rows(english) if row[0] == "Land transferred for rice")[1] == Amount(
        Decimal(2500), after=" and more"
    )


def test_sources_name_layer_revision_and_whole_checksum(paper: Paper) -> None:
    source = next(row for row in rows(paper, 2) if row[0] == "基础网格")
    assert source[2:5] == ("基础网格（示意）", Amount(Decimal(1)), Amount(Decimal(46)))
    assert re.fullmatch("[0-9a-f]{64}", str(source[5]))


def test_rasters_are_sources_too(paper: Paper) -> None:
    assert [row[2] for row in rows(paper, 2) if str(row[2]).startswith("栅格")] == [
        "栅格 elevation_before", "栅格 elevation_after",
    ]  # fmt: skip


def test_errors_of_the_audit_come_first(paper: Paper) -> None:
    assert rows(paper, 3)[0][0] == Mark("错误", Tone.BAD)


def test_there_is_a_map_of_each_of_the_four_layers(paper: Paper) -> None:
    maps = [block for part in paper.parts for block in part.blocks if isinstance(block, Map)]
    assert [each.title for each in maps] == ["产业集聚区", "盘活闲置低效土地", "耕地保护", "稻田流转"]
    assert all(ILLUSTRATIVE.zh in each.note for each in maps)


def test_illustrative_data_mark_the_whole_paper(paper: Paper, english: Paper) -> None:
    assert (paper.notice, english.notice) == (ILLUSTRATIVE.zh, ILLUSTRATIVE.en)


def test_the_english_report_has_no_chinese_of_its_own(english: Paper) -> None:
    """Names of villages and projects stay Chinese: they are data."""
    headings = [english.title, english.subtitle, english.notice, *(part.title for part in english.parts)]
    heads = [column.title for number in range(4) for column in table(english, number).columns]
    assert not [text for text in headings + heads if re.search("[一-鿿]", text)]


def test_a_recipe_that_fails_is_told_in_its_row(township: Store) -> None:
    broken = report(figure("a.b", 1, recipe={"layer": "nowhere", "aggregate": "count"}))
    paper = composed(township, broken)
    assert rows(paper)[0][-1] == Mark("未能推算", Tone.UNSURE)
    assert "nowhere" in str(rows(paper, 2)[0][1])


def test_the_same_state_gives_the_same_paper(township: Store, paper: Paper) -> None:
    again = composed(township, read_report(2024), language="zh")
    assert [part.title for part in again.parts] == [part.title for part in paper.parts]
    assert again.parts[1:4] == paper.parts[1:4]
    assert again.parts[5] == paper.parts[5]
