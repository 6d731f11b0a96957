"""A year that is closed in the store: can its figures change unnoticed?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from layers.catalogue import load_catalogue
from layers.errors import ReportError
from layers.report import Report
from layers.report.closing import checksum_of, close_year, closed_year, closing_history, standing_revision
from layers.report.derived import derived
from layers.report.writing import composed
from layers.report.writing.blocks import Amount, Paragraph, Table
from layers.sample import open_with_sample
from layers.store import Store
from layers.store.closings import YearClosed
from tests.layers.report.audit.made import figure, report

COUNT = {"layer": "grids", "aggregate": "count"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A sample township of one's own."""
    with open_with_sample(str(tmp_path / "gaodu.gpkg"), load_catalogue()) as found:
        yield found


def made(value: int = 46, recipe: dict[str, Any] | None = None) -> Report:
    return report(figure("a.cells", value, "item", recipe=recipe or COUNT))


def take_one_away(store: Store) -> None:
    with store.transaction(who="test", why="one less") as transaction:
        transaction.delete("grids", store.read("grids")["fid"].to_pylist()[:1])


def test_an_open_year_has_nothing_to_tell(store: Store) -> None:
    assert closed_year(store, made()) is None


def test_a_closed_year_tells_when_and_by_whom(store: Store) -> None:
    close_year(store, made(), who="张三", why="年终")
    closed = closed_year(store, made())
    assert closed is not None
    assert (closed.closing.who, closed.why, closed.closing.revision) == ("张三", "年终", 1)
    assert (closed.is_unchanged, closed.moved) == (True, ())


def test_a_closed_year_is_computed_at_its_revision(store: Store) -> None:
    close_year(store, made(), who="test")
    take_one_away(store)
    found = derived(store, made(), "a.cells", standing_revision(store, 2030, None))
    assert found is not None
    assert found.value == 46
    assert standing_revision(store, 2030, 2) == 2


def test_an_open_year_is_computed_at_the_latest(store: Store) -> None:
    assert standing_revision(store, 2030, None) is None


def test_later_data_that_give_another_value_are_told_of_but_are_no_fault(store: Store) -> None:
    close_year(store, made(), who="test")
    take_one_away(store)
    closed = closed_year(store, made())
    assert closed is not None
    assert closed.is_unchanged
    assert [each.en for each in closed.moved] == ["Derived at the closing: 46; from the latest data: 45."]


def test_a_changed_recipe_is_a_deviation(store: Store) -> None:
    close_year(store, made(), who="test")
    closed = closed_year(store, made(recipe={**COUNT, "filter": {"XZQMC": "红日村"}}))
    assert closed is not None
    assert "The recipe was changed." in [each.en for each in closed.deviations]


def test_a_figure_seen_without_its_recipe_is_not_compared(store: Store) -> None:
    """As by somebody who may not see its layer."""
    close_year(store, made(), who="test")
    closed = closed_year(store, report(figure("a.cells", 46, "item")))
    assert closed is not None
    assert (closed.deviations, closed.closing.figures) == ((), ())


def test_closing_again_must_be_asked_for_and_keeps_the_first(store: Store) -> None:
    first = close_year(store, made(), who="张三")
    with pytest.raises(YearClosed):
        close_year(store, made(), who="李四")
    close_year(store, made(), who="李四", again=True)
    history = closing_history(store, 2030)
    assert [each.who for each in history] == ["李四", "张三"]
    assert checksum_of(history[1]) == first.checksum


def test_a_store_that_does_not_reach_the_revision_is_told(store: Store, tmp_path: Path) -> None:
    take_one_away(store)
    close_year(store, made(), who="test")
    with open_with_sample(str(tmp_path / "other.gpkg"), load_catalogue()) as other:
        kept = store.closings.listing()[0]
        other.closings.add(2030, kept.revision, who=kept.who, why="", content=kept.content)
        closed = closed_year(other, made())
        assert closed is not None
        assert not closed.is_unchanged
        assert standing_revision(other, 2030, None) is None


def test_a_damaged_closing_is_refused_by_name(store: Store) -> None:
    store.closings.add(2030, 1, who="test", why="", content="{}")
    with pytest.raises(ReportError, match="gaodu_closings"):
        closed_year(store, made())


def test_the_written_report_tells_of_the_closing(store: Store) -> None:
    close_year(store, made(), who="张三")
    take_one_away(store)
    paper = composed(store, made(), closed=closed_year(store, made()))
    first = paper.parts[0].blocks[0]
    assert isinstance(first, Paragraph)
    assert "由张三封存，推算数值冻结于修订1" in first.text
    figures = paper.parts[1].blocks[0]
    assert isinstance(figures, Table)
    assert figures.groups[0].rows[0][4] == Amount(Decimal(46))
