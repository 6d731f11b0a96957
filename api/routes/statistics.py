"""Statistics of a layer over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.dependencies import AsOfDep, StoreDep
from layers.statistics import Statistics, statistics

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


def statistics_document(result: Statistics) -> dict[str, Any]:
    """`result` as the JSON document that the service and the command line give."""
    definition = result.layer
    return {
        "layer": definition.id,
        "title": definition.title.model_dump(),
        "metric": result.metric,
        "by": result.by,
        "method": definition.area.method.value if definition.area else None,
        "revision": result.revision,
        "illustrative": result.illustrative,
        "total": result.total,
        "groups": list(result.groups),
    }
