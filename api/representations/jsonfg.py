"""How do features look as JSON-FG (OGC 21-045)?

`place` holds the geometry in the CRS asked for, by default the layer's own, and `geometry` the same in longitude and
latitude where the profile jsonfg-plus asks for both. `time` is since when the feature has been what it is.
"""

from __future__ import annotations

from typing import Any

import orjson
import pyarrow as pa
from fastapi import Response

from api.asking.coordinates import CRS84, NamedCrs, epsg_crs
from api.asking.moments import utc_text
from api.asking.paging import paged
from api.asking.selection import Selection
from api.documents.answers import notice
from api.documents.links import Link, item_links, link_header, page_links
from api.media import JSONFG
from api.representations.geojson import crs_header, now
from gis.columns import GeometryColumns
from gis.geojson import feature_collection

CONFORMS = ["http://www.opengis.net/spec/json-fg-1/0.3/conf/core"]
PLUS = "jsonfg-plus"


def jsonfg_items(selection: Selection) -> Response:
    """A page of `selection` as a JSON-FG feature collection."""
    page = paged(selection)
    links = page_links(selection, following=page.following, before=page.before)
    crs = _crs(selection)
    document = {
        "type": "FeatureCollection",
        **_heading(selection, crs, links),
        "numberMatched": page.matched,
        "numberReturned": page.rows.num_rows,
        "timeStamp": now(),
        "features": _features(selection, page.rows, crs),
    }
    headers = {**crs_header(crs), **link_header(links)}
    return Response(orjson.dumps(document), media_type=JSONFG, headers=headers)


def jsonfg_item(selection: Selection, row: pa.Table) -> Response:
    """The single `row` of a layer as a JSON-FG feature."""
    crs = _crs(selection)
    (feature,) = _features(selection, row, crs)
    document = {**feature, **_heading(selection, crs, item_links(selection, int(row["fid"][0].as_py())))}
    return Response(orjson.dumps(document), media_type=JSONFG, headers=crs_header(crs))


def _crs(selection: Selection) -> NamedCrs:
    return selection.crs or epsg_crs(selection.definition.crs)


def _heading(selection: Selection, crs: NamedCrs, links: list[Link]) -> dict[str, Any]:
    return {
        "conformsTo": CONFORMS,
        "featureType": selection.layer,
        "coordRefSys": crs.uri,
        **notice(selection.store.is_illustrative(selection.layer)),
        "links": links,
    }


def _features(selection: Selection, rows: pa.Table, crs: NamedCrs) -> list[dict[str, Any]]:
    """The features; `geometry` alone where it is all that is needed, as longitude and latitude are its CRS."""
    since = {each.id: utc_text(each.at) for each in _revisions(selection, rows)}
    places = _drawn(selection, rows, crs)
    both = PLUS in selection.profiles and crs != CRS84
    geometries = _drawn(selection, rows, CRS84) if both else [{"geometry": None}] * len(places)
    features = []
    for place, geometry, revision in zip(places, geometries, rows["revision"].to_pylist(), strict=True):
        shape = place["geometry"]
        known = since.get(revision)
        features.append({
            **place,
            "time": {"interval": [known, ".."]} if known else None,
            "place": None if crs == CRS84 else shape,
            "geometry": shape if crs == CRS84 else geometry["geometry"],
        })  # fmt: skip
    return features


def _drawn(selection: Selection, rows: pa.Table, crs: NamedCrs) -> list[dict[str, Any]]:
    columns = crs.written(GeometryColumns.from_wkb(rows["geom"]), selection.definition.crs)
    text = feature_collection(columns, rows["fid"].to_numpy(), selection.shown(rows), precision=crs.decimals)
    found: list[dict[str, Any]] = orjson.loads(text)["features"]
    return found


def _revisions(selection: Selection, rows: pa.Table) -> list[Any]:
    wanted = set(rows["revision"].to_pylist())
    return [each for each in selection.store.revisions(selection.layer) if each.id in wanted]
