"""Who changed what, when and why."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.dependencies import StoreDep
from layers.store import Revision

router = APIRouter(prefix="/api/revisions", tags=["revisions"])

MOST_REVISIONS = 1_000


@router.get("", summary="修订历史 / Revisions")
def revisions(
    store: StoreDep,
    layer: Annotated[str | None, Query(description="只列此图层的修订 / only those that changed this layer")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_REVISIONS, description="最多条数 / at most so many")] = 100,
) -> dict[str, Any]:
    """The latest revisions, newest first: when (UTC), who, why, and how many features of which layers they touched."""
    return {"revisions": [_document(each) for each in store.revisions(layer, limit=limit)]}


def _document(revision: Revision) -> dict[str, Any]:
    return {
        "id": revision.id,
        "at": revision.at.isoformat(timespec="milliseconds"),
        "who": revision.who,
        "why": revision.why,
        "illustrative": revision.illustrative,
        "layers": {
            layer: {"inserted": counts.inserted, "updated": counts.updated, "deleted": counts.deleted}
            for layer, counts in sorted(revision.layers.items())
        },
    }
