"""Statistics of a layer over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.dependencies import AsOfDep, StoreDep
from api.documents import statistics_document
from layers.statistics import statistics

router = APIRouter(prefix="/api", tags=["statistics"])


@router.get("/statistics/{layer}", summary="面积与产量统计 / Area and yield statistics")
def read_statistics(
    layer: str,
    store: StoreDep,
    as_of: AsOfDep,
    by: Annotated[str | None, Query(description="分组字段 / field to group by")] = None,
    metric: Annotated[str, Query(description="指标 / metric: area, yield")] = "area",
) -> dict[str, Any]:
    """Count, area and output of a layer, in all and by the values of one field."""
    return statistics_document(statistics(store, layer, by=by, metric=metric, as_of=as_of))
