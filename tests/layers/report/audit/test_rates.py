"""Amounts for each mu, visit and square metre."""

import pytest

from tests.layers.report.audit.made import figure, found, graded


def rice(output: object = 240, unit: str = "wan_jin", area: object = 2500, area_unit: str = "mu", **keys: str):
    return (
        figure("paddy.output", output, unit, **{"basis": "paddy", **keys}),
        figure("paddy.transferred", area, area_unit),
    )


def test_a_plausible_yield_of_paddy_is_left_alone() -> None:
    assert graded(*rice()) == []


@pytest.mark.parametrize(
    ("output", "grade"),
    [(140, "warning"), (150, None), (375, None), (380, "warning"), (499, "warning"), (501, "error"), (49, "error")],
)
def test_yields_out_of_range(output: int, grade: str | None) -> None:
    # 560, 600, 1500, 1520, 1996, 2004 and 196 jin a mu
    expected = [] if grade is None else [("plausible_quotients", grade)]
    assert graded(*rice(output)) == expected


def test_a_yield_that_may_be_in_range_is_left_alone() -> None:
    # 146 / 2400 to 2500 mu: 584 to 608
    output, area = rice(146, area=2400)
    assert graded(output, {**area, "qualifier": "余"}) == []


def test_kilograms_for_jin_are_hinted_at() -> None:
    (finding,) = found(*rice(450))
    assert "斤与公斤" in finding.zh


def test_hectares_for_mu_are_hinted_at() -> None:
    # 2,400,000 jin / 2,500 ha = 64 jin a mu
    (finding,) = found(*rice(area_unit="ha"))
    assert finding.severity.value == "error"
    assert "公顷" in finding.zh


def test_a_yield_of_milled_rice_is_that_of_the_paddy_behind_it() -> None:
    # 960 / 0.7 = 1371 is plausible, 1080 / 0.7 = 1543 is not
    assert graded(*rice(basis="milled")) == []
    assert graded(*rice(270, basis="milled")) == [("plausible_quotients", "warning")]


def test_the_basis_is_asked_for_where_it_is_not_stated() -> None:
    output, area = rice()
    del output["basis"]
    assert graded(output, area) == [("grain_basis", "note")]


def test_an_output_that_is_no_weight() -> None:
    assert graded(*rice(unit="mu")) == [("plausible_quotients", "error")]


def test_the_mean_depth_of_the_earth_moved() -> None:
    # 145,000 m3 / 720,000 m2 = 0.201 m; ten thousand times less, and 100 times more
    area = figure("flower_valley.area", 1080, "mu")
    assert graded(area, figure("flower_valley.earthwork", "14.5", "wan_m3")) == []
    assert graded(area, figure("flower_valley.earthwork", "14.5", "m3")) == [("plausible_quotients", "warning")]
    assert graded(area, figure("flower_valley.earthwork", "1450", "wan_m3")) == [("plausible_quotients", "error")]


@pytest.mark.parametrize(("persons", "grades"), [(20, ["error"]), (24, ["error"]), (25, []), (69, [])])
def test_a_collective_petition_is_five_persons_or_more(persons: int, grades: list[str]) -> None:
    figures = (
        figure("petitions.group_visits", 5, "visit"),
        figure("petitions.group_visitors", persons, "person_time"),
    )
    assert [finding.severity for finding in found(*figures)] == grades


@pytest.mark.parametrize(("printed", "grades"), [("960", []), ("480", ["error"]), ("965", ["error"])])
def test_a_printed_yield(printed: str, grades: list[str]) -> None:
    rate = figure("paddy.yield", printed, "jin_per_mu", rate_of=["paddy.output", "paddy.transferred"])
    findings = found(*rice(output="240.0"), rate)
    assert [(each.rule, each.severity.value) for each in findings] == [("printed_rates", grade) for grade in grades]


def test_a_printed_yield_in_kilograms_a_hectare() -> None:
    # 960 jin a mu = 480 kg / 666.67 m2 = 7200 kg a hectare
    rate = figure("paddy.yield", "7200", "kg_per_ha", rate_of=["paddy.output", "paddy.transferred"])
    assert graded(*rice(), rate) == []


def test_a_printed_mean_of_persons() -> None:
    figures = (figure("a.persons", 69, "person_time"), figure("a.visits", 51, "visit"))
    mean = figure("a.mean", "1.35", "person_time", rate_of=["a.persons", "a.visits"])
    # 69 / 51 = 1.3529
    assert graded(*figures, mean) == []
    assert graded(*figures, {**mean, "value": "1.53"}) == [("printed_rates", "error")]
