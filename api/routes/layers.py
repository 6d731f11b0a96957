"""The layers there are, each with what a map or a table needs to know."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.dependencies import StoreDep
from layers.codes import code_list
from layers.legend import legend
from layers.store import Store

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


def layer_document(store: Store, layer: str) -> dict[str, Any]:
    """What lists of layers say of `layer`."""
    definition = store.catalogue[layer]
    return {
        "id": layer,
        "title": definition.title.model_dump(),
        "theme": definition.theme,
        "geometry": definition.geometry.value,
        "crs": definition.crs,
        "method": definition.area.method.value if definition.area else None,
        "group_by": list(definition.statistics.by),
        "has_yield": definition.statistics.yield_ is not None,
        "source": definition.source.model_dump(),
        "date": definition.date.isoformat(),
        "count": store.count(layer),
        "revision": store.revision(layer),
        "illustrative": store.is_illustrative(layer),
        "legend": [entry.model_dump() for entry in legend(definition)],
    }
