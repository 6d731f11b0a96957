"""Two small layers, made by hand, that recipes are tried on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa
import shapely

from layers.catalogue import Catalogue
from layers.definition import definition_of
from layers.report.derived import Derived, derived
from layers.store import Store
from tests.layers.report.audit.made import figure, report

CALLS = {
    "id": "calls", "title": {"zh": "来电", "en": "Calls"}, "geometry": "point", "crs": 4527,
    "source": {"zh": "试", "en": "test"}, "date": date(2024, 12, 31),
    "fields": [
        {"name": "KIND", "title": {"zh": "类别", "en": "Kind"}, "type": "text"},
        {"name": "DAY", "title": {"zh": "日期", "en": "Day"}, "type": "date"},
        {"name": "DONE", "title": {"zh": "办结", "en": "Done"}, "type": "text", "codes": "yes_no"},
        {"name": "PERSONS", "title": {"zh": "人次", "en": "Persons"}, "type": "integer", "unit": "person_time"},
        {"name": "COST", "title": {"zh": "费用", "en": "Cost"}, "type": "decimal", "decimals": 2, "unit": "wan_yuan"},
        {"name": "JIN", "title": {"zh": "产量", "en": "Output"}, "type": "real", "unit": "jin"},
    ],
}  # fmt: skip

ROWS: list[tuple[str, date | None, str, int | None, Decimal | None]] = [
    ("a", date(2023, 3, 1), "1", 1, None),
    ("a", date(2023, 6, 30), "1", 1, None),
    ("a", date(2023, 7, 1), "1", 2, None),
    ("a", date(2023, 12, 31), "2", 4, None),
    ("a", date(2024, 1, 1), "1", 4, Decimal("4.99")),
    ("a", date(2024, 6, 30), "1", 2, Decimal("5.00")),
    ("b", date(2024, 7, 1), "2", None, Decimal("50.00")),
    ("b", date(2024, 12, 31), "2", 3, None),
    ("c", date(2025, 1, 1), "1", 9, Decimal("50.01")),
    ("a", None, "1", 7, Decimal("60.00")),
]
"""Kind, day, done, persons, cost. Of 2024: a a b b, two of them done, 4 + 2 + 3 persons; of 2023: a a a a, 8."""


def catalogue() -> Catalogue:
    """The catalogue of the layer of calls alone."""
    definition = definition_of(CALLS, place="calls")
    return Catalogue({definition.id: definition})


def fill(store: Store) -> None:
    """Writes the calls into `store`, all at one place."""
    names = ("KIND", "DAY", "DONE", "PERSONS", "COST")
    columns = dict(zip(names, zip(*ROWS, strict=True), strict=True))
    point = shapely.to_wkb(shapely.Point(39_618_700, 3_873_150))
    types = (pa.string(), pa.date32(), pa.string(), pa.int64(), pa.decimal128(15, 2))
    table = pa.table(
        {"geom": pa.array([point] * len(ROWS), pa.binary())}
        | {name: pa.array(columns[name], kind) for name, kind in zip(names, types, strict=True)}
    )
    with store.transaction(who="test", why="by hand") as transaction:
        transaction.insert("calls", table)


def given(store: Store, recipe: dict[str, Any], unit: str = "item", **keys: Any) -> Derived:
    """What `recipe` over the calls gives for a figure of `unit`, of the year 2024 unless keys say otherwise."""
    made = figure("a.b", 1, unit, recipe={"layer": "calls", **recipe}, **{"period": "2024", **keys})
    found = derived(store, report(made, year=2024), "a.b")
    if found is None:
        raise LookupError("no recipe")
    return found


def value(store: Store, recipe: dict[str, Any], unit: str = "item", **keys: Any) -> Fraction | None:
    """The value alone."""
    return given(store, recipe, unit, **keys).value
