"""Exact conversions between the units of a report."""

from fractions import Fraction

import pytest

from layers.report.units import UnitError, converted, unit


@pytest.mark.parametrize(
    ("amount", "source", "target", "expected"),
    [
        (1080, "mu", "m2", 720_000),
        (Fraction("14.5"), "wan_m3", "m3", 145_000),
        (240, "wan_jin", "t", 1200),
        (960, "jin_per_mu", "kg_per_ha", 7200),
        (1, "yi_yuan", "wan_yuan", 10_000),
        (3, "item", "place", 3),
    ],
)
def test_conversions(amount: Fraction, source: str, target: str, expected: int) -> None:
    assert converted(amount, source, target) == expected


def test_units_of_other_things_are_refused() -> None:
    with pytest.raises(UnitError, match="cannot be converted"):
        converted(1, "mu", "kg")


def test_an_unknown_unit_names_those_there_are() -> None:
    with pytest.raises(UnitError) as caught:
        unit("acre")
    assert "mu" in caught.value.remedy_en
