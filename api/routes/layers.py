"""The layers there are, each with what a map or a table needs to know."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.dependencies import StoreDep
from api.documents.answers import layer_document
from layers.codes import code_list

router = APIRouter(prefix="/api/layers", tags=["layers"])


@router.get("", summary="图层 / Layers")
def layers(store: StoreDep) -> list[dict[str, Any]]:
    """Every layer in drawing order."""
    return [layer_document(store, layer) for layer in store.catalogue]


@router.get("/{layer}", summary="图层定义 / One layer's definition")
def layer(layer: str, store: StoreDep) -> dict[str, Any]:
    """One layer with its fields and code lists."""
    definition = store.catalogue[layer]
    lists = {field.codes for field in definition.fields if field.codes}
    return {
        **layer_document(store, layer),
        "fields": [field.model_dump(mode="json", exclude_none=True) for field in definition.fields],
        "codes": {
            name: [{"code": code.code, "name_zh": code.name_zh, "name_en": code.name_en} for code in codes.values()]
            for name, codes in ((name, code_list(name)) for name in sorted(lists))
        },
    }
