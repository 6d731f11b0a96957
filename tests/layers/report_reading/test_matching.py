"""Do next year's figures get the codes of this year's, whatever the wording and the order?"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.report import read_report
from layers.report.reading import matches, read_text
from layers.report.reading.assignment import best_pairs
from layers.report.reading.likeness import likeness

NEXT_YEAR = """某街道2031年工作总结
一、2031年主要工作
(一)产业发展提质增效
1-11月,规上工业企业达到21家,规上工业总产值完成251380万元,同比增长9.4%;固定资产投资43.1亿元,增长6.6%,其中技改投资5.2亿元。盘活低效闲置用地820亩。
收集招商线索41条,到位资金9.6亿元。
(二)社会治理提档升级
受理12345热线工单3102件,响应率99.5%,解决率98.2%,满意率98.6%;其中物业管理类工单356件,占11.48%。划分基础网格48个。
接待群众来访44批次61人次,其中集体访3批次17人次。立案审查7件8人。
(三)乡村振兴扎实推进
流转稻田3100亩,塘崖贡米年产量290万斤。完成1200户自来水户户通。年收入50万元以上的行政村达到85%。
二、存在问题
地方财政收入5012万元,房地产项目仅2个。农业总产值3.2亿元,森林覆盖率21%。
"""
EXPECTED = {
    "21": "industry.enterprises", "251380": "industry.output", "9.4": "industry.output_growth",
    "43.1": "investment.fixed_assets", "6.6": "investment.fixed_assets_growth", "5.2": "investment.technical",
    "820": "land.idle_revitalised", "41": "investment.leads", "9.6": "investment.funds_received",
    "3102": "hotline.orders", "99.5": "hotline.response_rate", "98.2": "hotline.resolution_rate",
    "98.6": "hotline.satisfaction_rate", "356": "hotline.property_orders", "11.48": "hotline.share_property",
    "48": "grids.cells", "44": "petitions.visits", "61": "petitions.visitors", "3": "petitions.group_visits",
    "17": "petitions.group_visitors", "7": "discipline.cases", "8": "discipline.case_persons",
    "3100": "paddy.transferred", "290": "paddy.output", "1200": "water.households", "50": "income.village_threshold",
    "85": "income.villages_above_threshold", "5012": "finance.local_revenue", "2": "investment.real_estate_projects",
}  # fmt: skip


def codes() -> dict[str, str]:
    figures = read_text(NEXT_YEAR).figures
    return {figures[i].value: match.code for i, match in matches(figures, read_report(2024)).items()}


def test_next_year_in_other_words_gets_the_same_codes() -> None:
    found = codes()
    assert {value: found.get(value) for value in EXPECTED} == EXPECTED


@pytest.mark.parametrize("value", ["3.2", "21%"])
def test_what_the_year_before_did_not_have_gets_no_code(value: str) -> None:
    figures = read_text(NEXT_YEAR).figures
    matched = matches(figures, read_report(2024))
    wanted = [i for i, figure in enumerate(figures) if figure.value + figure.unit_zh in (value, value + "亿元")]
    assert wanted
    assert [matched.get(i) for i in wanted] == [None] * len(wanted)


def test_no_code_is_given_twice() -> None:
    given = list(codes().values())
    assert len(given) == len(set(given))


def test_a_name_is_like_itself_and_unlike_another() -> None:
    assert likeness("固定资产投资", "固定资产投资") == 1
    assert likeness("固定资产投资", "化解积案") == 0


@given(st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(1, 9), max_size=10))
def test_the_pairs_have_the_highest_total_of_all(scores: dict[tuple[int, int], int]) -> None:
    found = best_pairs(scores, 1)
    best = max(
        sum(scores.get((left, right), 0) for left, right in enumerate(order))
        for order in itertools.permutations(range(4))
    )
    assert sum(scores[pair] for pair in found.items()) == best
    assert len(set(found.values())) == len(found)


def test_pairs_below_the_least_score_are_left_out() -> None:
    assert best_pairs({(0, 0): 0.4, (1, 1): 0.6}, 0.5) == {1: 1}
