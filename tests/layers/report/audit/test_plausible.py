"""The thresholds, and mistakes in their file."""

from fractions import Fraction

import pytest

from layers.errors import ReportError
from layers.report import read_report
from layers.report.audit.plausible import FILE, parse_plausible, plausible
from tests.layers.report.audit.made import figure, report

TEXT = """
[granularity]
error_from_units = 10
[growth]
price_points = "10"
[years]
jump = "5"
small_count = 20
repeated_digits = 4
"""
RANGE = """
[[ranges]]
id = "x"
name_zh = "甲"
name_en = "x"
of = "a.b"
per = "a.c"
unit = "mu"
why_zh = "因"
why_en = "why"
source = "ours"
"""


def test_thresholds_are_exact() -> None:
    limits = parse_plausible(TEXT + "[[ranges]]" + RANGE.split("[[ranges]]")[1] + 'warn_below = "0.1"', place="x")
    assert limits.ranges[0].warn_below == Fraction(1, 10)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[granularity", "TOML"),
        (TEXT + RANGE.replace('"mu"', '"acre"'), "unknown unit"),
        (TEXT + RANGE + "warn_below = 0.1", "quotation"),
        (TEXT + RANGE + "warn_under = 1", "warn_under"),
        (TEXT.replace('"5"', '"five"'), "jump"),
    ],
)
def test_mistakes_are_named_with_file_and_key(text: str, message: str) -> None:
    with pytest.raises(ReportError, match=message) as caught:
        parse_plausible(text, place="limits.toml")
    assert caught.value.place.startswith("limits.toml")


def test_every_range_is_over_figures_of_the_report() -> None:
    codes = read_report(2024).by_code
    assert [limits.id for limits in plausible().ranges if not {limits.of, limits.per} <= set(codes)] == []


def test_every_range_has_a_source_and_a_limit() -> None:
    for limits in plausible().ranges:
        assert limits.source
        assert {limits.warn_below, limits.warn_above, limits.refuse_below, limits.refuse_above} != {None}


def test_the_file_is_where_messages_say() -> None:
    assert FILE == "data/report/plausible.toml"


def test_thresholds_can_be_given() -> None:
    from layers.report.audit import audit

    strict = plausible().model_copy(
        update={"granularity": plausible().granularity.model_copy(update={"error_from_units": 1})}
    )
    made = report(figure("a.whole", 30), figure("a.share", "33.30", "percent", part_of="a.whole"))
    # 10 / 30 = 33.33 %: 3.3 units of the last digit away
    assert [finding.severity.value for finding in audit(made)] == ["warning"]
    assert [finding.severity.value for finding in audit(made, limits=strict)] == ["error"]
