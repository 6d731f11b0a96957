"""Which figures may somebody see derived?"""

import pytest

from layers.report import read_report
from layers.report.sight import as_seen

BASE = {"layer": "wells", "aggregate": "count"}


class Store:
    """As much of a store as is asked: what is hidden in it."""

    def __init__(self, hidden):
        self.hidden = hidden


def seen(recipe, hidden):
    """Whether a figure with `recipe` keeps it."""
    report = read_report(2024)
    first, *others = report.figures
    report = report.model_copy(update={"figures": (first.model_copy(update={"recipe": recipe}), *others)})
    report.__dict__.pop("by_code", None)
    shown = as_seen(report, Store(hidden))
    assert shown.figure(first.code) is shown.figures[0]
    return shown.figures[0].recipe is not None


@pytest.mark.parametrize(
    ("recipe", "hidden", "expected"),
    [
        (BASE, {}, True),
        (BASE, {"wells": frozenset()}, False),
        (BASE, {"springs": frozenset()}, True),
        (BASE | {"layer": "a", "inside": {"layer": "wells"}}, {"wells": frozenset()}, False),
        (BASE | {"field": "depth"}, {"wells": frozenset({"depth"})}, False),
        (BASE | {"filter": {"depth": [1, 2]}}, {"wells": frozenset({"depth"})}, False),
        (BASE | {"field": "name"}, {"wells": frozenset({"depth"})}, True),
        (BASE | {"field": "depth"}, {"springs": frozenset({"depth"})}, True),
    ],
)
def test_a_recipe_is_seen_where_all_that_it_names_is(recipe, hidden, expected):
    assert seen(recipe, hidden) is expected


def test_what_is_stated_stays():
    report = read_report(2024)
    shown = as_seen(report, Store({"land_use": frozenset(), "villages": frozenset(), "grids": frozenset()}))
    assert [each.value for each in shown.figures] == [each.value for each in report.figures]
