"""Attribute tables: values as a reader wants to see them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from api.pages.attributes import ROWS, attribute_page, shown, unit_names
from layers.definition import FieldDefinition, FieldType, Text
from layers.store import Store

TITLE = Text(zh="字段", en="Field")


def field(kind: FieldType, **more: Any) -> FieldDefinition:
    return FieldDefinition(name="F", title=TITLE, type=kind, **more)


@pytest.mark.parametrize(
    ("definition", "value", "expected"),
    [
        (field(FieldType.TEXT), None, ""),
        (field(FieldType.TEXT, codes="land_use"), "0101", "0101 水田"),
        (field(FieldType.TEXT, codes="land_use"), "9999", "9999"),  # a code that the list lacks stays visible
        (field(FieldType.DECIMAL, decimals=2), Decimal("1234.50"), "1,234.50"),
        (field(FieldType.INTEGER), 2024, "2024"),  # may be a year: no separators
        (field(FieldType.BOOLEAN), True, "是"),
        (field(FieldType.DATE), date(2024, 5, 1), "2024-05-01"),
    ],
)
def test_values_are_shown_as_text(definition: FieldDefinition, value: Any, expected: str) -> None:
    assert shown(definition, value, "zh") == expected


def test_codes_have_english_names() -> None:
    assert shown(field(FieldType.TEXT, codes="land_use"), "0101", "en") == "0101 Paddy field"


def test_pages_follow_each_other_without_gap(sample_store: Store) -> None:
    definition = sample_store.catalogue["land_use"]
    first, following = attribute_page(sample_store, definition, None, "zh")
    second, _ = attribute_page(sample_store, definition, following, "zh")
    assert [row.fid for row in (*first, *second)] == list(range(1, 2 * ROWS + 1))


def test_the_last_page_has_no_next(sample_store: Store) -> None:
    rows, following = attribute_page(sample_store, sample_store.catalogue["villages"], None, "zh")
    assert len(rows) == 12
    assert following is None


def test_points_have_no_area(sample_store: Store) -> None:
    rows, _ = attribute_page(sample_store, sample_store.catalogue["clinics"], None, "zh")
    assert {row.area_mu for row in rows} == {None}


def test_a_unit_that_the_list_lacks_is_its_own_name() -> None:
    assert (unit_names("zh")["mu"], unit_names("zh")["furlong"]) == ("亩", "furlong")
