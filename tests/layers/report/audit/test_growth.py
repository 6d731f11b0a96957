"""Growth rates, the values of two years, and the bases that they imply."""

import pytest

from tests.layers.report.audit.made import figure, found, graded, last_year

VALUE = figure("a.value", 1089, "t")


def growth(printed: str, **keys: str) -> dict[str, str]:
    return figure("a.growth", printed, "percent", growth_of="a.value", **keys)


def test_a_growth_that_follows_from_last_years_value() -> None:
    # 1089 / 1000 = 1.089
    assert graded(VALUE, growth("8.9"), before=last_year(figure("a.value", 1000, "t"))) == []


def test_a_growth_that_does_not() -> None:
    (finding,) = found(VALUE, growth("9.8"), before=last_year(figure("a.value", 1000, "t")))
    assert (finding.rule, finding.severity.value) == ("growth_of_values", "error")
    assert finding.sum.en == "1089 t / 1000 t − 1 = 8.9 %, printed 9.8 %"


def test_a_growth_whose_last_digit_is_cut_off_is_noted() -> None:
    # 1089 / 1003 = 1.08574, between 1.0847 and 1.0868 by rounding; 8.8 is 0.07 more than 8.68 + 0.05
    assert graded(VALUE, growth("8.76"), before=last_year(figure("a.value", "1001.3", "t"))) == []
    assert graded(
        figure("a.value", "1089.0", "t"), growth("8.5"), before=last_year(figure("a.value", "1003.0", "t"))
    ) == [("growth_of_values", "note")]


def test_last_years_value_may_stand_in_the_report_itself() -> None:
    earlier = figure("a.earlier", 1000, "t", period="2029", previous_of="a.value")
    assert graded(VALUE, earlier, growth("8.9")) == []
    assert graded(VALUE, earlier, growth("18.9")) == [("growth_of_values", "error")]


def test_a_growth_of_other_months_than_the_value_is_not_compared() -> None:
    earlier = figure("a.earlier", 1000, "t", period="2029", previous_of="a.value")
    assert graded(VALUE, earlier, {**growth("18.9"), "period": "2030-01/2030-10"}) == []


def test_a_growth_at_constant_prices_is_no_error() -> None:
    before = last_year(figure("a.value", 100, "wan_yuan"))
    value = figure("a.value", 112, "wan_yuan")
    assert graded(value, growth("8.9", prices="constant"), before=before) == []
    assert graded(value, growth("8.9", prices="current"), before=before) == [("growth_of_values", "error")]


def test_a_growth_of_money_without_a_word_on_prices_is_only_noted() -> None:
    before = last_year(figure("a.value", 100, "wan_yuan"))
    value = figure("a.value", 112, "wan_yuan")
    assert graded(value, growth("8.9"), before=before) == [("growth_of_values", "note")]
    assert graded(value, growth("88.9"), before=before) == [("growth_of_values", "error")]


def test_a_decline_is_compared_with_its_sign() -> None:
    value, before = figure("a.value", 90), last_year(figure("a.value", 100))
    assert graded(value, growth("10", change="down"), before=before) == []
    (finding,) = found(value, growth("10"), before=before)
    assert "falls" in finding.en


def test_other_months_are_not_compared() -> None:
    before = last_year(figure("a.value", 100, "t"))
    assert graded({**VALUE, "period": "2030-01/2030-06"}, growth("8.9"), before=before) == []


def test_the_same_months_of_the_year_before_are_compared() -> None:
    before = last_year(figure("a.value", 100, "t", period="2030-01/2030-06"))
    assert graded(
        {**VALUE, "period": "2030-01/2030-06"}, {**growth("8.9"), "period": "2030-01/2030-06"}, before=before
    ) == [("growth_of_values", "error")]


def test_last_years_value_and_more_leaves_the_growth_open() -> None:
    # 1,089 of 1,000 to 1,100: -1 to 8.9 %
    assert graded(VALUE, growth("3"), before=last_year(figure("a.value", 1000, "t", qualifier="余"))) == []


def test_a_fall_beyond_all() -> None:
    assert graded(figure("a.fall", 120, "percent", change="down")) == [("implied_bases", "error")]


@pytest.mark.parametrize(
    ("value", "printed", "keys"), [(413, "20", {"change": "down"}), (3, "50", {}), (2, "100", {}), (5, "25", {})]
)
def test_a_base_that_a_whole_number_can_be(value: int, printed: str, keys: dict[str, str]) -> None:
    # 516, 2, 1, 4
    assert graded(figure("a.value", value), growth(printed, **keys)) == []


def test_a_base_that_no_whole_number_can_be() -> None:
    # 7 / 1.3 = 5.38; 7 / 1.305 = 5.36, 7 / 1.295 = 5.41
    (finding,) = found(figure("a.value", 7), growth("30"))
    assert (finding.rule, finding.severity.value) == ("implied_bases", "warning")
    assert finding.sum.en == "5.36 – 5.41"


def test_a_part_that_was_larger_than_its_whole_a_year_before() -> None:
    # 90 / 0.6 = 150 of 100 / 1.1 = 90.9
    figures = (
        figure("a.whole", 100, "t"),
        figure("a.value", 90, "t", part_of="a.whole"),
        figure("a.up", 10, "percent", growth_of="a.whole"),
        growth("40", change="down"),
    )
    assert graded(*figures) == [("bases_of_parts", "warning")]
    assert graded(*figures[:3], growth("40")) == []
