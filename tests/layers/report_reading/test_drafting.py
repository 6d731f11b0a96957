"""Is a draft a valid report file that marks what a person must look at?"""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.report import Report, parse_report, read_report
from layers.report.audit import audit
from layers.report.reading import draft, proposed, read_text
from layers.report.reading.drafting import MARK
from tests.layers.report_reading.marked import PASSAGES, passage, report


def text_of_draft(body: str) -> str:
    return draft(read_text(report(body)), read_report(2024))


def drafted(body: str) -> Report:
    return parse_report(text_of_draft(body), place="draft")


@pytest.mark.parametrize("path", PASSAGES, ids=lambda path: path.stem)
def test_every_draft_is_a_valid_report(path: Path) -> None:
    reading = read_text(passage(path)[0])
    assert len(parse_report(draft(reading, read_report(2024)), place="draft").figures) == len(reading.figures)


def test_a_known_figure_keeps_code_and_names() -> None:
    figure = drafted("盘活闲置低效土地820亩。").by_code["land.idle_revitalised"]
    assert (figure.value, figure.unit, figure.name_en) == ("820", "mu", "Idle and under-used land revitalised")


def test_a_new_figure_has_a_code_and_a_mark() -> None:
    text = text_of_draft("建成风车37座。")
    assert f"# {MARK}：新数据" in text
    (figure,) = parse_report(text, place="draft").figures
    assert (figure.name_zh, figure.value, figure.unit) == ("建成风车", "37", "structure")


def test_the_growth_of_a_new_figure_has_its_code() -> None:
    mills, growth = drafted("风车发电量37亿元,同比增长5%。").figures
    assert (growth.code, growth.growth_of) == (f"{mills.code}_growth", mills.code)


def test_a_fall_is_down() -> None:
    _, fall = drafted("风车发电量37亿元,同比下降5%。").figures
    assert (fall.change, fall.value) == ("down", "5")


def test_growth_at_comparable_prices_says_so() -> None:
    mills, growth = drafted("风车发电量37亿元,按可比价计算增长5%。").figures
    assert (growth.growth_of, growth.prices) == (mills.code, "constant")


def test_a_word_is_quoted_in_the_note() -> None:
    (figure,) = drafted("打造两大风车园区。").figures
    assert figure.note_zh == "原文写作“两”"


def test_an_unknown_unit_is_named_in_the_note_and_marked() -> None:
    text = text_of_draft("收烟叶420担。")
    assert "原文单位“担”" in text
    assert "the unit is not in the list of units" in text


def test_a_qualifier_that_files_do_not_hold_goes_into_the_note() -> None:
    (figure,) = drafted("新增风车约37座。").figures
    assert (figure.qualifier, figure.note_zh) == (None, "原文带有“约”")


def test_the_place_in_the_text_stands_above_each_figure() -> None:
    # 2030年工作总结 and its line end are 10 characters, 一、主要工作 7, 新增石头风车 6
    assert "# 一、 第 23 字 character 23：“37” 座" in text_of_draft("新增石头风车37座。")


def test_numbers_that_are_no_figures_are_listed_with_the_reason() -> None:
    assert "1455：引号内的名称 a name in quotation marks" in text_of_draft("推行“1455”工作法,新增风车37座。")


def test_known_figures_that_are_not_found_are_listed() -> None:
    assert "#   hotline.orders  热线受理市民工单" in text_of_draft("新增风车37座。")


def test_control_characters_do_not_break_the_draft() -> None:
    assert drafted("新增\x0b风\x1f车37座,收\x7f烟叶420担。").figures


def test_what_is_known_and_new_is_counted() -> None:
    made = proposed(read_text(report("盘活闲置低效土地820亩。建成风车37座。")), read_report(2024))
    assert [proposal.known for proposal in made.proposals] == [True, False]


def test_two_amounts_of_one_change_are_not_one_thing_stated_twice() -> None:
    assert audit(drafted("信访总量明显回落，从92件降至78件。")) == []


def test_a_weak_match_brings_no_relations() -> None:
    # 总投资 is but weakly like 技改投资, which is a part of 固定资产投资
    report_ = drafted("固定资产投资12.4亿元，新签约项目12个，总投资近30亿元。")
    assert [figure.part_of for figure in report_.figures] == [None, None, None]
