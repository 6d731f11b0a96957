"""The parcel check over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import shapely
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool

from api.dependencies import StoreDep
from api.representations import notice
from gis.units import MU_PER_M2
from layers.checks import CheckResult, LayerOverlap, check
from layers.checks.geometry import polygons_of
from layers.store import Store

router = APIRouter(prefix="/api", tags=["checks"])

MOST_FEATURES = 200
"""Features listed per layer; the totals count all of them."""

GEOJSON_BODY = {
    "requestBody": {
        "required": True,
        "description": "GeoJSON: Polygon, MultiPolygon, Feature, FeatureCollection (经纬度 / longitude, latitude)",
        "content": {
            "application/geo+json": {"schema": {"type": "object"}},
            "application/json": {"schema": {"type": "object"}},
        },
    }
}


@router.post("/checks", summary="地块核查 / Parcel check", openapi_extra=GEOJSON_BODY)
async def check_parcel(
    request: Request,
    store: StoreDep,
    layer: Annotated[list[str] | None, Query(description="只查这些图层 / only these layers")] = None,
    geometry: Annotated[bool, Query(description="附重叠图形 / with the overlap's geometry")] = True,
) -> dict[str, Any]:
    """The polygon's area by each method and, layer by layer, what it overlaps in mu and percent."""
    body = await request.body()
    return await run_in_threadpool(_checked, store, body, layer, geometry)


def _checked(store: Store, body: bytes, layers: list[str] | None, geometry: bool) -> dict[str, Any]:
    return check_document(store, check(store, polygons_of(body), layers), geometry=geometry)


def check_document(store: Store, result: CheckResult, *, geometry: bool) -> dict[str, Any]:
    """`result` as the JSON document that the service gives."""
    shown = any(store.is_illustrative(overlap.layer.id) for overlap in result.layers)
    return {
        "area": {
            method: {"area_m2": round(area, 2), "area_ha": round(area / 1e4, 4), "area_mu": round(area * MU_PER_M2, 4)}
            for method, area in result.area_m2.items()
        },
        **notice(shown),
        "layers": [_overlap_document(overlap, geometry) for overlap in result.layers],
    }


def _overlap_document(overlap: LayerOverlap, geometry: bool) -> dict[str, Any]:
    definition = overlap.layer
    document = {
        "layer": definition.id,
        "title_zh": definition.title.zh,
        "title_en": definition.title.en,
        "theme": definition.theme,
        "method": definition.area.method.value if definition.area else None,
        "revision": overlap.revision,
        "count": len(overlap.features),
        "overlap_m2": round(overlap.overlap_m2, 2),
        "overlap_mu": round(overlap.overlap_mu, 4),
        "percent": round(overlap.percent, 4),
        "features": [
            {
                "fid": feature.fid,
                "label": feature.label,
                "overlap_m2": round(feature.overlap_m2, 2),
                "overlap_mu": round(feature.overlap_m2 * MU_PER_M2, 4),
                "percent_of_feature": round(feature.percent_of_feature, 4),
            }
            for feature in overlap.features[:MOST_FEATURES]
        ],
    }
    if geometry:
        document["geometry"] = orjson.loads(shapely.to_geojson(overlap.shape))
    return document
