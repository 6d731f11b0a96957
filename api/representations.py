"""How do features look on the wire?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pyarrow as pa
from fastapi import Response

from api.documents import notice
from gis.columns import GeometryColumns
from gis.crs import transformed
from gis.geojson import feature, feature_collection
from layers.definition import LayerDefinition
from layers.window import CRS84

GEOJSON = "application/geo+json"
MVT = "application/vnd.mapbox-vector-tile"

Link = dict[str, str]


def geojson_page(
    definition: LayerDefinition, rows: pa.Table, *, links: Sequence[Link], matched: int, illustrative: bool
) -> Response:
    """`rows` of a layer as an RFC 7946 FeatureCollection with links and counts."""
    members = {
        "links": list(links),
        "numberMatched": matched,
        "numberReturned": rows.num_rows,
        **notice(illustrative),
    }
    ids, columns, properties = _parts(definition, rows)
    return Response(
        feature_collection(columns, ids, properties, extra_members=orjson.dumps(members)[1:-1]), media_type=GEOJSON
    )


def geojson_feature(
    definition: LayerDefinition, row: pa.Table, *, links: Sequence[Link], illustrative: bool
) -> Response:
    """The single `row` of a layer as an RFC 7946 Feature with links."""
    members = {"links": list(links), **notice(illustrative)}
    ids, columns, properties = _parts(definition, row)
    return Response(feature(columns, ids, properties, extra_members=orjson.dumps(members)[1:-1]), media_type=GEOJSON)


def _parts(definition: LayerDefinition, rows: pa.Table) -> tuple[Any, GeometryColumns, pa.Table]:
    columns = transformed(GeometryColumns.from_wkb(rows["geom"]), definition.crs, CRS84)
    return rows["fid"].to_numpy(), columns, rows.drop_columns(["fid", "geom", "revision"])
