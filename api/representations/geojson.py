"""How do features look as GeoJSON (RFC 7946)?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import pyarrow as pa
from fastapi import Response

from api.coordinates import CRS84, NamedCrs
from api.documents import notice
from api.links import Link, item_links, page_links
from api.media import GEOJSON
from api.paging import paged
from api.selection import Selection
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
) -> Response:
    """`rows` of a layer as a FeatureCollection with links, counts and the time; coordinates in `crs`."""
    members = {
        "links": list(links),
        "numberMatched": matched,
        "numberReturned": rows.num_rows,
        "timeStamp": now(),
        **notice(illustrative),
    }
    columns = crs.written(GeometryColumns.from_wkb(rows["geom"]), definition.crs)
    properties = rows.drop_columns(DROPPED) if properties is None else properties
    text = feature_collection(
        columns, rows["fid"].to_numpy(), properties, precision=crs.decimals, extra_members=_members(members)
    )
    return Response(text, media_type=GEOJSON, headers=crs_header(crs))


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
    members = {"links": list(links), **notice(illustrative)}
    text = feature(columns, row["fid"].to_numpy(), properties, precision=crs.decimals, extra_members=_members(members))
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


def _members(members: dict[str, Any]) -> bytes:
    return orjson.dumps(members)[1:-1]
