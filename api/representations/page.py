"""How do features look as a page for people?"""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import shapely
from fastapi import Response

from api.asking.coordinates import CRS84
from api.asking.paging import paged
from api.asking.selection import Selection
from api.documents.links import Link, item_links, page_links
from api.pages.attributes import Row, row_of, unit_names
from api.pages.cards import card
from api.pages.templates import page
from api.routes.maps import drawn, notice
from gis.columns import GeometryColumns
from gis.types import Bounds

ROWS = 50
"""Features on a page where the reader gave no number."""


def html_items(selection: Selection) -> Response:
    """A page of `selection`: where its features lie, and their attributes, with links to turn the page."""
    turned = paged(replace(selection, limit=selection.limit or ROWS))
    links = page_links(selection, following=turned.following, before=turned.before)
    return _page(selection, turned.rows, links, matched=turned.matched)


def html_item(selection: Selection, row: pa.Table) -> Response:
    """One feature: where it lies, and its attributes."""
    return _page(selection, row, item_links(selection, int(row["fid"][0].as_py())), matched=None)


def _page(selection: Selection, rows: pa.Table, links: list[Link], *, matched: int | None) -> Response:
    """`matched` is None for a feature by itself."""
    definition, language = selection.definition, selection.language
    shown = card(selection.store, selection.layer, language)
    bounds = _bounds(selection, rows) or shown.bounds
    asked = [name for name in definition.field_names if selection.properties is None or name in selection.properties]
    return page(
        selection.request, "items.html", language,
        card=shown,
        fields=[definition.field(name) for name in asked],
        rows=[_row(selection, values) for values in rows.to_pylist()],
        matched=matched,
        turn={link["rel"]: link["href"] for link in links},
        forms=[link for link in links if link["rel"] == "alternate"],
        units=unit_names(language),
        map=drawn(selection.request, selection.store, selection.settings, language, [shown], bounds),
        notice=notice([shown], language),
    )  # fmt: skip


def _row(selection: Selection, values: dict[str, object]) -> Row:
    kept = {name: values.get(name) for name in selection.definition.field_names}
    return row_of(selection.definition, {**values, **kept}, selection.language)


def _bounds(selection: Selection, rows: pa.Table) -> Bounds | None:
    """The rectangle around the features in degrees; None without any."""
    if rows.num_rows == 0:
        return None
    columns = CRS84.written(GeometryColumns.from_wkb(rows["geom"]), selection.definition.crs)
    west, south, east, north = shapely.total_bounds(shapely.points(columns.xy)).tolist()
    return Bounds(west, south, east, north)
