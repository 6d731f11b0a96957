"""Can a closed year change unnoticed?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from layers.catalogue import load_catalogue
from layers.errors import ReportError
from layers.query import InvalidQuery
from layers.report import Report, read_report
from layers.report.closing import Closing, closed, deviations, read_closing
from layers.sample import open_with_sample
from layers.store import Store
from tests.layers.report.audit.made import figure, report

COUNT = {"layer": "grids", "aggregate": "count"}
AREA = {"layer": "idle_land", "aggregate": "area"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A sample township of one's own."""
    with open_with_sample(str(tmp_path / "gaodu.gpkg"), load_catalogue()) as found:
        yield found


def made(value: int = 46, recipe: dict[str, Any] | None = None) -> Report:
    return report(figure("a.cells", value, "item", recipe=recipe or COUNT), figure("a.idle", 1570, "mu", recipe=AREA))


def close(store: Store, of: Report) -> Closing:
    return closed(store, of, who="test", on=date(2031, 1, 15))


def told(store: Store, of: Report, closing: Closing) -> list[tuple[str, str]]:
    return [(deviation.code, deviation.en) for deviation in deviations(store, of, closing)]


def test_a_closed_year_holds_its_revision_and_values(store: Store) -> None:
    closing = close(store, made())
    assert (closing.year, closing.revision, closing.closed_on) == (2030, 1, date(2031, 1, 15))
    assert (closing.figures[0].code, closing.figures[0].value) == ("a.cells", "46")


def test_later_changes_of_layers_leave_a_closed_year_alone(store: Store) -> None:
    closing = close(store, made())
    with store.transaction(who="test", why="one less") as transaction:
        transaction.delete("grids", store.read("grids")["fid"].to_pylist()[:1])
    assert told(store, made(), closing) == []


def test_a_changed_stated_value_is_noticed(store: Store) -> None:
    closing = close(store, made())
    assert told(store, made(45), closing) == [("a.cells", "The stated value was 46 and is 45.")]


def test_a_changed_recipe_is_noticed(store: Store) -> None:
    closing = close(store, made())
    filtered = {**COUNT, "filter": {"XZQMC": "红日村"}}
    assert ("a.cells", "The recipe was changed.") in told(store, made(recipe=filtered), closing)
    assert any("derived value" in text for _, text in told(store, made(recipe=filtered), closing))


def test_a_lost_and_a_new_recipe_are_noticed(store: Store) -> None:
    closing = close(store, made())
    other = report(figure("a.idle", 1570, "mu", recipe=AREA), figure("a.more", 46, "item", recipe=COUNT))
    assert told(store, other, closing) == [
        ("a.cells", "The figure or its recipe is gone."),
        ("a.more", "It has a recipe since the closing."),
    ]


def test_data_that_differ_at_that_revision_are_noticed(store: Store, tmp_path: Path) -> None:
    closing = close(store, made())
    forged = closing.figures[1].model_copy(update={"checksums": {"idle_land": "0" * 64}})
    closing = closing.model_copy(update={"figures": (closing.figures[0], forged)})
    assert told(store, made(), closing) == [("a.idle", "The data of idle_land differ.")]


def test_another_store_is_noticed(store: Store, tmp_path: Path) -> None:
    with store.transaction(who="test", why="one less") as transaction:
        transaction.delete("grids", store.read("grids")["fid"].to_pylist()[:1])
    closing = close(store, made())
    with open_with_sample(str(tmp_path / "other.gpkg"), load_catalogue()) as other, pytest.raises(InvalidQuery):
        deviations(other, made(), closing)


def test_a_closing_is_read_back_as_it_was_written(store: Store, tmp_path: Path) -> None:
    closing = close(store, read_report(2024))
    path = tmp_path / "2024.closed.json"
    path.write_text(closing.model_dump_json(indent=1), "utf-8")
    assert deviations(store, read_report(2024), read_closing(path)) == []


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"year": "x"}'])
def test_a_file_that_is_no_closing_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ReportError, match=r"x\.json"):
        read_closing(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="cannot be read"):
        read_closing(tmp_path / "none.json")
