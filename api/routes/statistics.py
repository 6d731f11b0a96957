"""Statistics of a layer over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from api.asking.filters import FilterDep
from api.asking.parameters import no_others
from api.dependencies import AsOfDep, RastersDep, StoreDep
from api.documents.answers import statistics_document
from api.documents.rasters import zones_document
from layers.query import Query as LayerQuery
from layers.raster.zones import zones
from layers.statistics import statistics

router = APIRouter(prefix="/api", tags=["statistics"], dependencies=[Depends(no_others)])


@router.get("/statistics/{layer}", summary="面积与产量统计 / Area and yield statistics")
def read_statistics(
    layer: str,
    store: StoreDep,
    as_of: AsOfDep,
    rasters: RastersDep,
    asked: FilterDep,
    by: Annotated[str | None, Query(description="分组字段 / field to group by")] = None,
    metric: Annotated[str, Query(description="指标 / metric: area, yield")] = "area",
    raster: Annotated[
        str | None, Query(description="栅格：按要素统计其像元 / raster: of its cells in the features")
    ] = None,
) -> dict[str, Any]:
    """Count, area and output of a layer, or with `raster` what its cells amount to there, in all and by one field."""
    query = LayerQuery(filter=asked.expression(store.catalogue[layer]))
    if raster is not None:
        return zones_document(zones(store, layer, rasters.of(store)[raster], by=by, query=query, as_of=as_of))
    return statistics_document(statistics(store, layer, by=by, metric=metric, query=query, as_of=as_of))
