"""Is the service up, and what does it serve?"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import APIRouter

from api.dependencies import StoreDep

router = APIRouter(tags=["service"])


@router.get("/health", summary="服务状态 / Service health")
def health(store: StoreDep) -> dict[str, Any]:
    """The version, the latest revision of the store and the number of layers; reads the store, so it fails with it."""
    return {
        "status": "ok",
        "version": version("gaodu"),
        "revision": store.revision(),
        "layers": len(store.catalogue),
    }
