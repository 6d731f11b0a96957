"""The parcel check over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request

from api.dependencies import StoreDep
from api.documents.answers import check_document
from layers.checks import check
from layers.checks.geometry import polygons_of
from layers.store import Store

router = APIRouter(prefix="/api", tags=["checks"])

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
    """The polygon's area by each method and, layer by layer, what it overlaps in mu and percent.

    Checks run in threads of their own, so that long ones wait for each other and not the maps for them.
    """
    body = await request.body()
    return await to_thread.run_sync(_checked, store, body, layer, geometry, limiter=request.app.state.checks)


def _checked(store: Store, body: bytes, layers: list[str] | None, geometry: bool) -> dict[str, Any]:
    return check_document(store, check(store, polygons_of(body), layers), geometry=geometry)
