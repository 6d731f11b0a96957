"""OGC API Features, one resource a module."""

from __future__ import annotations

from fastapi import APIRouter

from api.routes.features import collections, editing, item, items, landing, schemas

router = APIRouter()
for module in (landing, collections, schemas, items, item, editing):
    router.include_router(module.router)
