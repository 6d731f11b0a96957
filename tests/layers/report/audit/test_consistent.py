"""Does the audit leave consistent reports alone, whatever their numbers, and find every error planted in them?"""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.report import Report
from layers.report.audit import audit
from tests.layers.report.audit.made import figure, report

FEW = settings(max_examples=30, deadline=None)

Table = dict[str, Any]
Tables = dict[str, Table]


def half_up(value: Decimal, places: int) -> str:
    return str(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


@st.composite
def years(draw: st.DrawFn) -> tuple[Tables, Tables]:
    """A consistent report and that of the year before, as figures by code."""
    orders = draw(st.integers(1500, 9000))
    kinds = [draw(st.integers(0, orders // 3)) for _ in range(3)]
    places = draw(st.integers(0, 3))
    output = Decimal(draw(st.integers(10_000, 99_999_999))).scaleb(-2)
    output_before = output / Decimal(draw(st.sampled_from([60, 83, 97, 104, 131, 160]))) * 100
    area, jin_per_mu = draw(st.integers(500, 9000)), draw(st.integers(610, 1490))
    visits, groups = draw(st.integers(30, 90)), draw(st.integers(1, 9))
    group_persons = groups * draw(st.integers(5, 12))
    orders_before = orders + draw(st.integers(1, 999)) * draw(st.sampled_from([1, -1]))
    change = Decimal(orders - orders_before) / orders_before * 100
    grown = Decimal(half_up(output / Decimal(half_up(output_before, 2)) * 100 - 100, 1))
    tables = [
        figure("hotline.orders", orders),
        figure("hotline.change", half_up(abs(change), 2), "percent", growth_of="hotline.orders"),
        *(figure(f"hotline.kind{n}", k, part_of="hotline.orders", split="kind") for n, k in enumerate(kinds)),
        *(
            figure(f"hotline.share{n}", half_up(Decimal(k) / orders * 100, places), "percent",
                   share_of=f"hotline.kind{n}", part_of="hotline.orders", split="kind")
            for n, k in enumerate(kinds)
        ),
        figure("hotline.of_kinds", sum(kinds), sum_of=[f"hotline.kind{n}" for n in range(3)]),
        figure("industry.value", half_up(output, 2), "wan_yuan"),
        figure("industry.value_twice", half_up(output / 10_000, 2), "yi_yuan", same_as="industry.value"),
        figure("industry.growth", str(abs(grown)), "percent", growth_of="industry.value", prices="current"),
        figure("paddy.transferred", area, "mu"),
        figure("paddy.output", half_up(Decimal(area * jin_per_mu) / 10_000, 4), "wan_jin", basis="paddy"),
        figure("paddy.yield", jin_per_mu, "jin_per_mu", rate_of=["paddy.output", "paddy.transferred"]),
        figure("petitions.visits", visits + groups, "visit"),
        figure("petitions.visitors", visits + group_persons, "person_time"),
        figure("petitions.group_visits", groups, "visit", part_of="petitions.visits"),
        figure("petitions.group_visitors", group_persons, "person_time", part_of="petitions.visitors"),
    ]  # fmt: skip
    found = {table["code"]: table for table in tables}
    for code, falls in (("hotline.change", change < 0), ("industry.growth", grown < 0)):
        if falls:
            found[code]["change"] = "down"
    before = {
        "hotline.orders": figure("hotline.orders", orders_before),
        "industry.value": figure("industry.value", half_up(output_before, 2), "wan_yuan"),
    }
    return found, before


def reports(tables: Tables, before: Tables) -> tuple[Report, Report]:
    return report(*tables.values()), report(*before.values(), year=2029)


@FEW
@given(years())
def test_a_consistent_report_has_no_findings(made: tuple[Tables, Tables]) -> None:
    assert audit(*reports(*made)) == []


@FEW
@given(years(), st.sampled_from(["constant", None]), st.integers(-9, 9))
def test_constant_prices_are_no_error(made: tuple[Tables, Tables], prices: str | None, points: int) -> None:
    tables, before = made
    growth = tables["industry.growth"]
    rate = Decimal(growth["value"]) * (-1 if growth.get("change") else 1) + points
    growth |= {"value": str(abs(rate)), "prices": prices, "change": "down" if rate < 0 else None}
    assert {finding.severity.value for finding in audit(*reports(tables, before))} <= {"note"}


@FEW
@given(years(), st.data())
def test_a_rounded_statement_beside_the_exact_one_is_no_error(made: tuple[Tables, Tables], data: st.DataObject) -> None:
    tables, before = made
    orders = int(tables["hotline.orders"]["value"])
    hundreds = orders // 100
    rough = {"余": hundreds * 100, "超": data.draw(st.integers(1, orders)), "不足": orders + 1}
    for n, (word, value) in enumerate(rough.items()):
        tables[f"a.rough{n}"] = figure(f"a.rough{n}", value, qualifier=word, same_as="hotline.orders")
    assert audit(*reports(tables, before)) == []


def more(tables: Tables, code: str, factor: Decimal | int) -> None:
    value = Decimal(tables[code]["value"])
    tables[code]["value"] = str((value * factor).quantize(value) if value else factor)


def points(tables: Tables, code: str) -> None:
    """Two percentage points more, or less where that would be too much."""
    value = Decimal(tables[code]["value"])
    tables[code]["value"] = str(value + 2 if value < 90 else value - 2)


PLANTED: dict[str, tuple[str, Callable[[Tables], None]]] = {
    "a part above its whole": ("parts_within_wholes", lambda t: more(t, "petitions.group_visits", 1000)),
    "kinds of more than all": ("disjoint_parts", lambda t: more(t, "hotline.kind0", 100_000)),
    "shares of more than all": ("shares_within_hundred", lambda t: t["hotline.share0"].update(value="102")),
    "a share of another count": ("shares_of_counts", lambda t: points(t, "hotline.share1")),
    "a sum": ("sums", lambda t: t["hotline.of_kinds"].update(value="999999")),
    "a growth": ("growth_of_values", lambda t: points(t, "hotline.change")),
    "a yield": ("printed_rates", lambda t: more(t, "paddy.yield", 2)),
    "an output in kilograms": ("plausible_quotients", lambda t: more(t, "paddy.output", 10)),
    "an area in hectares": ("plausible_quotients", lambda t: t["paddy.transferred"].update(unit="ha")),
    "a value in the wrong unit": ("same_thing_twice", lambda t: t["industry.value"].update(unit="yuan")),
    "small group visits": (
        "plausible_quotients",
        lambda t: t["petitions.group_visitors"].update(value=str(int(t["petitions.group_visits"]["value"]) * 5 - 1)),
    ),
    "a share in a unit": ("units_of_relations", lambda t: t["hotline.share2"].update(unit="case")),
    "more than exact": (
        "qualifiers_and_values",
        lambda t: t.update(
            {"a.rough": figure("a.rough", 99_000, qualifier="超", same_as="hotline.orders")},
        ),
    ),
    "an impossible percentage": (
        "possible_percentages",
        # of 12 the sevenths are none
        lambda t: t.update(
            {
                "a.whole": figure("a.whole", 12),
                "a.share": figure("a.share", "14.29", "percent", part_of="a.whole"),
            }
        ),
    ),
}


@pytest.mark.parametrize("error", PLANTED)
@FEW
@given(years())
def test_every_planted_error_is_found(error: str, made: tuple[Tables, Tables]) -> None:
    rule, plant = PLANTED[error]
    tables, before = copy.deepcopy(made)
    plant(tables)
    assert rule in {finding.rule for finding in audit(*reports(tables, before))}


@FEW
@given(years(), st.sampled_from([10, 100, 1000, 10_000]))
def test_a_jump_of_a_unit_is_found(made: tuple[Tables, Tables], factor: int) -> None:
    tables, before = made
    del tables["hotline.change"]
    before["hotline.orders"]["value"] = str(int(tables["hotline.orders"]["value"]) * factor)
    assert [finding.rule for finding in audit(*reports(tables, before))] == ["jumps"]
