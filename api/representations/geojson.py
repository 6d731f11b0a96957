"""How do features look as GeoJSON (RFC 7946)?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import pyarrow as pa
from fastapi import Response

from api.asking.coordinates import CRS84, NamedCrs
from api.asking.paging import paged
from api.asking.selection import Selection
from api.documents.answers import notice
from api.documents.links import Link, item_links, link_header, page_links
from api.media import GEOJSON
from gis.columns import GeometryColumns
from gis.geojson import feature, feature_collection
from layers.definition import LayerDefinition

DROPPED = ["fid", "geom", "revision"]


def geojson_items(selection: Selection) -> Response:
    """A page of `selection` as a FeatureCollection."""
    page = paged(selection)
    links = page_links(selection, following=page.following, before=page.before)
    return geojson_page(
        selection.definition,
        page.rows,
        links=links,
        matched=page.matched,
        illustrative=selection.store.is_illustrative(selection.layer),
        crs=selection.crs or CRS84,
        properties=selection.shown(page.rows),
        headers=link_header(links),
    )


def geojson_item(selection: Selection, row: pa.Table) -> Response:
    """The single `row` of a layer as a Feature."""
    return geojson_feature(
        selection.definition,
        row,
        links=item_links(selection, int(row["fid"][0].as_py())),
        illustrative=selection.store.is_illustrative(selection.layer),
        crs=selection.crs or CRS84,
        properties=selection.shown(row),
    )


def geojson_page(
    definition: LayerDefinition,
    rows: pa.Table,
    *,
    links: Sequence[Link],
    matched: int,
    illustrative: bool,
    crs: NamedCrs = CRS84,
    properties: pa.Table | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """`rows` of a layer as a FeatureCollection with links, counts and the time; coordinates in `crs`."""
    members = page_members(links, matched, rows.num_rows, illustrative=illustrative)
    columns = crs.written(GeometryColumns.from_wkb(rows["geom"]), definition.crs)
    properties = rows.drop_columns(DROPPED) if properties is None else properties
    text = feature_collection(
        columns, rows["fid"].to_numpy(), properties, precision=crs.decimals, extra_members=members
    )
    return Response(text, media_type=GEOJSON, headers={**crs_header(crs), **(headers or {})})


def geojson_feature(
    definition: LayerDefinition,
    row: pa.Table,
    *,
    links: Sequence[Link],
    illustrative: bool,
    crs: NamedCrs = CRS84,
    properties: pa.Table | None = None,
) -> Response:
    """The single `row` of a layer as a Feature with links; coordinates in `crs`."""
    columns = crs.written(GeometryColumns.from_wkb(row["geom"]), definition.crs)
    properties = row.drop_columns(DROPPED) if properties is None else properties
    members = feature_members(links, illustrative=illustrative)
    text = feature(columns, row["fid"].to_numpy(), properties, precision=crs.decimals, extra_members=members)
    return Response(text, media_type=GEOJSON, headers=crs_header(crs))


def geometry_as_given(definition: LayerDefinition, row: pa.Table, crs: NamedCrs) -> Any:
    """The geometry of the single `row`, as JSON read back, in the digits in which it is given in `crs`."""
    columns = crs.written(GeometryColumns.from_wkb(row["geom"]), definition.crs)
    return orjson.loads(feature(columns, None, None, precision=crs.decimals))["geometry"]


def crs_header(crs: NamedCrs) -> dict[str, str]:
    """The header that names the CRS of an answer's coordinates (OGC API Features 2, 6.2.2)."""
    return {"Content-Crs": f"<{crs.uri}>"}


def now() -> str:
    """The time as an answer states it: RFC 3339, UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def page_members(links: Sequence[Link], matched: int, returned: int, *, illustrative: bool) -> bytes:
    """The members of a page beside its features, as JSON without braces: links, counts, the time and the notice."""
    counts = {"numberMatched": matched, "numberReturned": returned, "timeStamp": now()}
    return orjson.dumps({"links": list(links), **counts, **notice(illustrative)})[1:-1]


def feature_members(links: Sequence[Link], *, illustrative: bool) -> bytes:
    """The members of one feature beside its own, as JSON without braces."""
    return orjson.dumps({"links": list(links), **notice(illustrative)})[1:-1]
