"""What a printed figure may stand for."""

from fractions import Fraction

import pytest

from layers.report import Figure
from layers.report.precision import Interval, interval, printed_interval, rounded, shown, significant
from tests.layers.report.audit.made import figure


def made(value: str, unit: str = "mu", **keys: str) -> Figure:
    return Figure.model_validate(figure("a.b", value, unit, **keys))


@pytest.mark.parametrize(
    ("value", "unit", "qualifier", "low", "high"),
    [
        ("10.72", "percent", None, "10.715", "10.725"),
        ("1570", "mu", None, "1569.5", "1570.5"),
        ("46", "item", None, "46", "46"),
        ("1.2", "wan_person", None, "1.15", "1.25"),
        ("2500", "mu", "余", "2500", "2600"),
        ("1980", "lead", "余", "1980", "1990"),
        ("8.8", "yi_yuan", "余", "8.8", "8.9"),
        ("2500", "mu", "近", "2400", "2500"),
        ("5", "wan_yuan", "不足", "0", "5"),
        ("80", "percent", "超", "80", None),
        ("50", "wan_yuan", "以上", "50", None),
    ],
)
def test_bounds(value: str, unit: str, qualifier: str | None, low: str, high: str | None) -> None:
    keys = {"qualifier": qualifier} if qualifier else {}
    found = printed_interval(made(value, unit, **keys))
    assert found == Interval(Fraction(low), None if high is None else Fraction(high))


def test_bounds_in_the_base_of_the_unit() -> None:
    # 1 mu = 2000 / 3 m2
    assert interval(made("1.5")) == Interval(Fraction(2900, 3), Fraction(3100, 3))


def test_a_decline_is_negative() -> None:
    assert interval(made("20", "percent", change="down")) == Interval(Fraction("-0.205"), Fraction("-0.195"))


def test_quotients() -> None:
    two_to_four, one_to_two = Interval(Fraction(2), Fraction(4)), Interval(Fraction(1), Fraction(2))
    assert two_to_four.over(one_to_two) == Interval(Fraction(1), Fraction(4))
    assert two_to_four.over(Interval(Fraction(0), Fraction(2))) is None
    assert two_to_four.over(Interval(Fraction(1), None)) == Interval(Fraction(0), Fraction(4))


def test_sums_with_what_has_no_upper_bound_have_none() -> None:
    assert Interval(Fraction(1), Fraction(2)).plus(Interval(Fraction(3), None)) == Interval(Fraction(4), None)


def test_rounding_is_half_up() -> None:
    assert str(rounded(Fraction("2.675"), 2)) == "2.68"
    assert shown(Fraction(1, 8), 2) == "0.13"
    assert shown(Fraction(1200), 0) == "1200"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.00002013888", "0.00002014"),
        ("0.20138", "0.2014"),
        ("960", "960"),
        ("11723.17", "11723"),
        ("4", "4"),
        ("0", "0"),
    ],
)
def test_significant_digits(value: str, text: str) -> None:
    assert significant(Fraction(value)) == text
