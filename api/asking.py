"""How is a request for features read?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fastapi import Request

from api.coordinates import CRS84, named_crs
from api.errors import BadParameter
from api.moments import asked_revision
from api.negotiation import chosen
from api.parameters import FeatureParameters, ItemsParameters, declared, parse_bbox, property_names, undeclared
from api.representations import ALIASES, REPRESENTATIONS
from api.selection import Selection
from api.settings import Language, Settings
from layers.definition import LayerDefinition
from layers.query import Query
from layers.store import Store
from layers.window import windowed

ITEMS_DECLARED = declared(ItemsParameters)


def selected_items(
    request: Request, store: Store, settings: Settings, language: Language, layer: str, asked: ItemsParameters
) -> Selection:
    """The features that a request for items asks for. Raises UnknownLayer, and BadParameter naming the parameter."""
    definition = store.catalogue[layer]
    asof = asked_revision(store, moment=asked.datetime, revision=asked.revision, asof=asked.asof)
    query = Query(equals=_equals(definition, undeclared(request, ITEMS_DECLARED)))
    if asked.bbox is not None:
        crs = named_crs(asked.bbox_crs, definition, place="bbox-crs") if asked.bbox_crs is not None else CRS84
        window = parse_bbox(asked.bbox, crs)
        query = windowed(store, layer, query, window, as_of=asof, bbox_epsg=crs.epsg)
    selection = _selection(request, store, settings, language, definition, query, asof, asked, REPRESENTATIONS)
    return replace(selection, after=asked.after, before=asked.before, limit=asked.limit)


def selected_item(
    request: Request, store: Store, settings: Settings, language: Language, layer: str, fid: int,
    asked: FeatureParameters,
) -> Selection:  # fmt: skip
    """The one feature that a request asks for, which may not be there. Raises as `selected_items`."""
    asof = asked_revision(store, moment=asked.datetime, revision=asked.revision, asof=asked.asof)
    single = {name: form for name, form in REPRESENTATIONS.items() if form.item is not None}
    query = Query(fids=(fid,))
    return _selection(request, store, settings, language, store.catalogue[layer], query, asof, asked, single)


def _selection(
    request: Request, store: Store, settings: Settings, language: Language, definition: LayerDefinition, query: Query,
    asof: int | None, asked: FeatureParameters, forms: Mapping[str, Any],
) -> Selection:  # fmt: skip
    kinds = {name: (form.media_type, *form.accepted) for name, form in forms.items()}
    properties = property_names(asked.properties, definition)
    fields = None if properties is None else [name for name in properties if name in definition.field_names]
    return Selection(
        request,
        store,
        settings,
        language,
        definition,
        replace(query, fields=fields),
        store.revision() if asof is None else asof,
        crs=named_crs(asked.crs, definition, place="crs") if asked.crs is not None else None,
        properties=properties,
        representation=chosen(request, kinds, ALIASES.get(asked.f, asked.f) if asked.f else asked.f),
        offered={name: form.media_type for name, form in forms.items()},
    )


def _equals(definition: LayerDefinition, given: Mapping[str, str]) -> dict[str, str]:
    """The fields that must equal what the parameters of their names say. Raises BadParameter for another name."""
    for name in given:
        if name not in definition.field_names:
            raise _unknown(name, definition.field_names)
    return dict(given)


def _unknown(name: str, fields: Sequence[str]) -> BadParameter:
    return BadParameter(
        f"没有参数“{name[:80]}”。",
        f"There is no parameter {name[:80]!r}.",
        place=name[:80],
        remedy_zh=f"参数：{'、'.join(ITEMS_DECLARED)}；字段：{'、'.join(fields)}。",
        remedy_en=f"Parameters: {', '.join(ITEMS_DECLARED)}; fields: {', '.join(fields)}.",
    )
