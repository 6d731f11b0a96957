"""Do the layers give what the report states?"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from layers.catalogue import load_catalogue
from layers.query import InvalidQuery
from layers.report import Report, UnknownFigure, read_report
from layers.report.derived import Derived, Verdict, all_derived, derived
from layers.sample import open_with_sample
from layers.store import Store
from tests.layers.report.audit.made import figure, report

COUNT = {"layer": "grids", "aggregate": "count"}


def one(store: Store, value: object, recipe: dict[str, Any], unit: str = "item", **keys: str) -> Derived:
    found = derived(store, report(figure("a.b", value, unit, recipe=recipe, **keys)), "a.b")
    assert found is not None
    return found


# the totals of the sample township, in data/README.md
@pytest.mark.parametrize(
    ("code", "value", "features"),
    [
        ("land.idle_revitalised", 1570, 41),
        ("flower_valley.area", 1080, None),
        ("flower_valley.earthwork", 14.5, None),
        ("paddy.output", 240, 381),
        ("grids.cells", 46, 46),
        ("industry.enterprises", 19, 19),
        ("industry.enterprises_entered", 8, 8),
        ("relocation.enterprises", 7, 7),
        ("clinics.improved", 17, 17),
        ("clinics.investment", 40, 17),
        ("projects.named", 5, 5),
    ],
)
def test_the_sample_gives_what_the_report_states(
    township: Store, code: str, value: float, features: int | None
) -> None:
    found = derived(township, read_report(2024), code)
    assert found is not None
    assert found.verdict is Verdict.AGREES
    assert float(found.value or 0) == pytest.approx(value, abs=1e-5)
    assert features in (None, len(found.sources[0].fids))


# 3494 / 3523 = 99.17684 %, 3443 / 3523 = 97.72921 %, 3457 / 3523 = 98.12660 %, 1164 / 3523 = 33.04002 %,
# 413 / 3523 = 11.72296 %, 8 / 9 = 88.88889 %: what no whole number of records gives as printed
DIFFERENT = {
    "hotline.response_rate": 99.17684,
    "hotline.resolution_rate": 97.72921,
    "hotline.satisfaction_rate": 98.12660,
    "hotline.share_urban": 33.04002,
    "hotline.share_property": 11.72296,
    "petitions.old_cases_settled_rate": 88.88889,
}


def test_only_percentages_that_no_whole_number_gives_differ(township: Store) -> None:
    found = all_derived(township, read_report(2024))
    different = {code: float(each.value or 0) for code, each in found.items() if each.verdict is Verdict.DIFFERS}
    assert different == pytest.approx(DIFFERENT, abs=6e-6)


@pytest.mark.parametrize(
    ("code", "value", "features"),
    [
        ("hotline.orders", 3523, 3523),
        ("hotline.share_agriculture", 35.1121, 3523),  # 1237 / 3523
        ("hotline.property_orders_decline", 19.9612, 929),  # 1 - 413 / 516, and 413 + 516 orders
        ("petitions.first_visits_decline", 30, 85),  # 1 - 35 / 50
        ("petitions.visitors", 69, 51),
        ("income.villages_above_threshold", 83.3333, 12),  # 10 / 12
        ("income.poor_villages", 4, 4),
        ("water.households", 1047, 32),
        ("safety.hazards", 1986, 1986),
        ("safety.patrol_areas", 4, 1986),
        ("investment.funds_received", 8.81, 26),
    ],
)
def test_registers_give_what_the_report_states(township: Store, code: str, value: float, features: int) -> None:
    found = derived(township, read_report(2024), code)
    assert found is not None
    assert (found.verdict, len(found.sources[0].fids)) == (Verdict.AGREES, features)
    assert float(found.value or 0) == pytest.approx(value, abs=6e-5)


def test_a_figure_and_more_agrees_with_what_is_above_it(township: Store) -> None:
    found = derived(township, read_report(2024), "paddy.transferred")
    assert found is not None
    assert found.verdict is Verdict.AGREES
    assert 0 < (found.difference or 0) < 100


def test_every_recipe_of_the_report_can_be_computed(township: Store) -> None:
    found = all_derived(township, read_report(2024))
    assert [code for code, each in found.items() if each.problem] == []
    assert set(found) == {figure.code for figure in read_report(2024).figures if figure.recipe}


def test_a_figure_without_recipe_gives_none(township: Store) -> None:
    assert derived(township, read_report(2024), "finance.local_revenue") is None


def test_an_unknown_figure_is_refused(township: Store) -> None:
    with pytest.raises(UnknownFigure):
        derived(township, read_report(2024), "a.b")


def test_a_difference_is_derived_less_stated(township: Store) -> None:
    found = one(township, 50, COUNT)
    assert (found.verdict, found.value, found.difference) == (Verdict.DIFFERS, 46, -4)


@pytest.mark.parametrize(("tolerance", "verdict"), [("3.9", Verdict.DIFFERS), ("4", Verdict.AGREES)])
def test_a_tolerance_is_in_the_unit_of_the_figure(township: Store, tolerance: str, verdict: Verdict) -> None:
    assert one(township, 50, {**COUNT, "tolerance": tolerance}).verdict is verdict


@pytest.mark.parametrize(
    ("value", "qualifier", "verdict"),
    [(40, "余", Verdict.AGREES), (50, "近", Verdict.AGREES), (46, "超", Verdict.AGREES), (50, "超", Verdict.DIFFERS)],
)
def test_words_beside_a_number_leave_room(township: Store, value: int, qualifier: str, verdict: Verdict) -> None:
    assert one(township, value, COUNT, qualifier=qualifier).verdict is verdict


def test_a_rate_is_a_share_of_the_features_by_number(township: Store) -> None:
    # 7 of 19 enterprises are to be relocated: 36.842 %
    found = one(township, "36.84", {"layer": "enterprises", "aggregate": "rate", "part": {"SFBQ": "1"}}, "percent")
    assert (found.value, found.verdict) == (Fraction(700, 19), Verdict.AGREES)


def test_a_rate_of_nothing_fails(township: Store) -> None:
    recipe = {"layer": "enterprises", "filter": {"SGNF": 1900}, "aggregate": "rate", "part": {"SFBQ": "1"}}
    found = one(township, 1, recipe, "percent")
    assert found.problem is not None
    assert "no rate" in found.problem.en


def test_several_values_of_a_field_are_any_of_them(township: Store) -> None:
    # stages 2, 3 and 4 of the eleven projects: 4, 4 and 3
    recipe = {"layer": "projects", "aggregate": "count"}
    counts = [
        one(township, 8, {**recipe, "filter": {"XMJD": stage}}).value for stage in (["2"], ["2", "3"], ["3", "4"])
    ]
    assert counts == [4, 8, 7]


def test_a_value_named_twice_counts_once(township: Store) -> None:
    recipe = {"layer": "projects", "aggregate": "count", "filter": {"XMJD": ["2", "2"]}}
    assert one(township, 4, recipe).value == 4


def test_all_villages_lie_within_the_township(township: Store) -> None:
    inside = {"layer": "township", "relation": "within"}
    assert one(township, 12, {"layer": "villages", "aggregate": "count", "inside": inside}).value == 12


def test_touching_is_less_than_lying_within(township: Store) -> None:
    recipe = {"layer": "grids", "aggregate": "count"}
    village = {"layer": "villages", "filter": {"XZQMC": "红日村"}}
    within = one(township, 1, {**recipe, "inside": {**village, "relation": "within"}})
    named = one(township, 1, {**recipe, "filter": {"XZQMC": "红日村"}})
    touching = one(township, 1, {**recipe, "inside": {**village, "relation": "touches"}})
    assert within.sources[0].fids == named.sources[0].fids
    assert set(within.sources[0].fids) < set(touching.sources[0].fids)


def test_a_region_that_is_empty_holds_nothing(township: Store) -> None:
    inside = {"layer": "villages", "filter": {"XZQMC": "无"}}
    assert one(township, 0, {"layer": "grids", "aggregate": "count", "inside": inside}).value == 0


def test_volumes_of_the_flower_valley(township: Store) -> None:
    # 145,000 m3 are taken away and nothing is brought
    surfaces = {"before": "elevation_before", "after": "elevation_after"}
    recipe = {"layer": "farmland_protection", "filter": {"XMMC": "东高都花谷土地整理"}, "aggregate": "earthwork"}
    volumes = {
        name: float(one(township, 1, {**recipe, "surfaces": {**surfaces, "volume": name}}, "m3").value or 0)
        for name in ("cut", "fill", "moved", "net")
    }
    assert volumes == pytest.approx({"cut": 145_000, "fill": 0, "moved": 145_000, "net": -145_000}, abs=1e-3)


def test_surfaces_are_named_with_their_checksum(township: Store) -> None:
    found = derived(township, read_report(2024), "flower_valley.earthwork")
    assert found is not None
    assert [surface.name for surface in found.surfaces] == ["elevation_before", "elevation_after"]
    assert all(len(surface.checksum) == 64 for surface in found.surfaces)


def test_sources_say_that_the_sample_is_illustrative(township: Store) -> None:
    found = one(township, 46, COUNT)
    assert [(source.layer, source.revision, source.illustrative) for source in found.sources] == [("grids", 1, True)]


@pytest.mark.parametrize(
    "recipe",
    [
        {"layer": "gone", "aggregate": "count"},
        {"layer": "grids", "aggregate": "sum", "field": "GONE"},
        {"layer": "enterprises", "filter": {"SGNF": "last year"}, "aggregate": "count"},
        {"layer": "grids"},
    ],
)
def test_a_wrong_recipe_spoils_its_own_figure_only(township: Store, recipe: dict[str, Any]) -> None:
    made = report(figure("a.wrong", 46, "item", recipe=recipe), figure("a.right", 46, "item", recipe=COUNT))
    found = all_derived(township, made)
    assert found["a.wrong"].verdict is Verdict.FAILED
    assert found["a.wrong"].problem is not None
    assert found["a.wrong"].value is None
    assert found["a.right"].verdict is Verdict.AGREES


def test_a_value_of_another_type_is_named_with_its_field(township: Store) -> None:
    found = one(township, 1, {"layer": "enterprises", "filter": {"SGNF": "last year"}, "aggregate": "count"})
    assert found.problem is not None
    assert found.problem.place.startswith("a.b")
    assert "SGNF" in found.problem.en


def test_recipes_in_words(township: Store) -> None:
    words = derived(township, read_report(2024), "land.idle_revitalised").words  # type: ignore[union-attr]
    assert words.zh == ("图层“盘活闲置低效土地”中处置状态为已盘活、盘活年度为2024的要素：图斑椭球面积之和，单位亩。")
    assert words.en == (
        "Features of “Revitalised idle land” with State Revitalised and Year 2024: sum of their areas (official "
        "ellipsoidal area), in mu."
    )


@pytest.fixture
def changed(tmp_path: Path) -> Store:
    """The sample township after one grid cell was taken away, in revision 2."""
    store = open_with_sample(str(tmp_path / "gaodu.gpkg"), load_catalogue())
    with store.transaction(who="test", why="one less") as transaction:
        transaction.delete("grids", store.read("grids")["fid"].to_pylist()[:1])
    return store


def test_figures_can_be_asked_for_as_of_a_revision(changed: Store) -> None:
    made: Report = report(figure("a.b", 46, "item", recipe=COUNT))
    with changed:
        now, then = derived(changed, made, "a.b"), derived(changed, made, "a.b", as_of=1)
        assert now is not None
        assert then is not None
        assert (now.value, now.verdict, now.sources[0].revision) == (45, Verdict.DIFFERS, 2)
        assert (then.value, then.verdict, then.sources[0].revision) == (46, Verdict.AGREES, 1)
        assert now.sources[0].checksum != then.sources[0].checksum


def test_a_revision_that_is_none_yet_is_refused(township: Store) -> None:
    with pytest.raises(InvalidQuery):
        derived(township, read_report(2024), "grids.cells", as_of=99)


def test_a_day_before_all_data_gives_nothing(township: Store) -> None:
    found = one(township, 46, {**COUNT, "as_of": "2000-01-01"})
    assert (found.value, found.verdict) == (0, Verdict.DIFFERS)


def test_figures_of_one_answer_read_the_same_features_once(township: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    read = Store.read

    def counted(store: Store, layer: str, *args: Any, **keys: Any) -> Any:
        asked.append(layer)
        return read(store, layer, *args, **keys)

    monkeypatch.setattr(Store, "read", counted)
    made = report(*(figure(f"a.n{n}", 46, "item", recipe=COUNT) for n in range(3)))
    assert [each.value for each in all_derived(township, made).values()] == [46, 46, 46]
    assert asked == ["grids"]


def test_figures_of_one_answer_see_one_state(changed: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell is taken away between the first figure's read and the second's."""
    read = Store.read

    def changing(store: Store, layer: str, *args: Any, **keys: Any) -> Any:
        found = read(store, layer, *args, **keys)
        if store.revision() == 2:
            with store.transaction(who="test", why="one less") as transaction:
                transaction.delete("grids", found["fid"].to_pylist()[:1])
        return found

    distinct = {"layer": "grids", "aggregate": "distinct", "field": "WGBM"}
    made = report(*(figure(f"a.{n}", 45, "item", recipe=recipe) for n, recipe in enumerate((COUNT, distinct))))
    with changed:
        monkeypatch.setattr(Store, "read", changing)
        assert [each.value for each in all_derived(changed, made).values()] == [45, 45]
        assert changed.count("grids") == 44
