"""What does a figure count, for which period, and what does a growth belong to?"""

from __future__ import annotations

import pytest

from layers.errors import ReportError
from layers.report.reading import Extracted, read_text
from tests.layers.report_reading.marked import report


def figures(body: str) -> tuple[Extracted, ...]:
    return read_text(report(body)).figures


def names(body: str) -> list[str]:
    return [figure.name for figure in figures(body)]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("全镇现有规上企业19家,运行良好。", "规上企业"),
        ("划分为46个基础网格,全面覆盖。", "基础网格"),
        ("今年以来,累计受理工单3523件。", "受理工单"),
        ("完成固定资产投资40亿元。", "固定资产投资"),
        ("森林覆盖率达到35%。", "森林覆盖率"),
        ("投资300万元新建污水处理厂。", "新建污水处理厂投资"),
        ("拆迁范围内7家工业企业面临搬迁。", "拆迁范围内工业企业"),
    ],
)
def test_names(body: str, name: str) -> None:
    assert names(body) == [name]


def test_a_second_number_takes_the_name_of_the_first() -> None:
    assert names("接待来访51批次69人次。") == ["接待来访", "接待来访"]


def test_a_share_is_named_after_what_has_it() -> None:
    count, share = figures("物业工单413件,占总数10.72%。")
    assert (share.name, share.share_of) == ("物业工单占比", count.start)


def test_members_of_a_list_share_their_percentages_one_by_one() -> None:
    assert names("城管类工单、物业类工单最多,分别占35%、33%。") == ["城管类工单占比", "物业类工单最多占比"]


def test_members_of_a_list_that_share_its_end_are_told_apart() -> None:
    both = "城镇、农村居民人均可支配收入"
    assert names(f"{both}分别达到38260元、19875元。") == [f"{both}(城镇)", "农村居民人均可支配收入"]


def test_growth_without_a_subject_belongs_to_the_figure_before() -> None:
    output, growth = figures("完成工业总产值22亿元,同比增长8.9%。")
    assert (growth.change, growth.change_of, growth.name) == ("增长", output.start, "工业总产值同比增长")


def test_growth_in_brackets_belongs_to_the_figure_before() -> None:
    output, growth = figures("完成工业总产值22亿元(增长8.9%),")
    assert growth.change_of == output.start


def test_growth_with_a_subject_belongs_to_the_figure_of_that_name() -> None:
    tax, _, growth = figures("税收收入3亿元,工业用电量5亿元,税收收入增幅7%。")
    assert growth.change_of == tax.start


def test_growth_of_something_else_belongs_to_no_figure_before() -> None:
    _, growth = figures("受理工单3523件,社会消费品零售额增长5%。")
    assert growth.change_of is None


def test_growths_after_respectively_belong_one_by_one() -> None:
    first, second, one, two = figures("产值、税收分别完成12亿元、3亿元,同比分别增长5%、6%。")
    assert (one.change_of, two.change_of) == (first.start, second.start)


def test_a_new_sentence_ends_what_a_growth_belongs_to() -> None:
    _, growth = figures("完成产值22亿元。同比增长5%。")
    assert growth.change_of is None


def test_a_fall_is_told_from_a_growth() -> None:
    assert [figure.falls for figure in figures("工单3523件,同比下降20%。产值3亿元,同比增长9%。")] == [
        False,
        True,
        False,
        False,
    ]


def test_a_level_that_was_reached_is_no_growth() -> None:
    assert [figure.change for figure in figures("覆盖率由61%提高到89%。")] == [None, None]


def test_a_part_after_of_which_belongs_to_the_total() -> None:
    total, part = figures("接待来访51批次,其中集体访5批次。")
    assert (total.part_of, part.part_of) == (None, total.start)


@pytest.mark.parametrize(
    ("said", "period"),
    [
        ("", "2030"),
        ("今年1-10月份,", "2030-01/2030-10"),
        ("1至11月,", "2030-01/2030-11"),
        ("上半年", "2030-01/2030-06"),
        ("前三季度,", "2030-01/2030-09"),
        ("一季度,", "2030-01/2030-03"),
        ("截至10月底,", "2030-01/2030-10"),
        ("全年", "2030"),
        ("今年以来,", "2030"),
        ("2029年,", "2029"),
        ("2028年以来,", "2028-01/2030-12"),
        ("去年", "2029"),
        ("到2035年,", "2035"),
    ],
)
def test_periods(said: str, period: str) -> None:
    assert [figure.period for figure in figures(f"{said}新建道路12公里。")] == [period]


def test_a_period_holds_to_the_end_of_its_sentence() -> None:
    assert [f.period for f in figures("上半年新建道路12公里;修桥3座。种树500棵。")] == ["2030-01/2030-06"] * 2 + [
        "2030"
    ]


def test_a_year_that_is_compared_with_is_no_period() -> None:
    assert figures("森林覆盖率比2020年提高2个百分点。")[0].period == "2030"


def test_a_report_on_half_a_year_has_that_period() -> None:
    reading = read_text("2030年上半年工作总结\n新建道路12公里。")
    assert reading.figures[0].period == "2030-01/2030-06"


def test_headings_are_a_path() -> None:
    reading = read_text("2030年总结\n一、回顾\n(二)农业\n一是种粮。播种50亩。")
    assert [(h.level, h.title) for h in reading.figures[0].headings] == [(1, "回顾"), (2, "农业"), (3, "种粮")]


def test_a_year_in_characters_is_the_year() -> None:
    assert read_text("二〇三一年度工作总结\n播种50亩。").year == 2031


def test_a_text_without_a_year_asks_for_one() -> None:
    with pytest.raises(ReportError, match="--year"):
        read_text("播种50亩。")


def test_the_year_may_be_given() -> None:
    assert read_text("播种50亩。", 2032).figures[0].period == "2032"


def test_a_text_without_figures_is_no_report() -> None:
    with pytest.raises(ReportError, match="no number with a unit"):
        read_text("2030年的春天来了,花开了。")
