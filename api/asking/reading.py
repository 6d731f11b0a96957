"""How is a request for features read?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import Request

from api.asking.coordinates import CRS84, named_crs
from api.asking.moments import asked_revision
from api.asking.negotiation import chosen
from api.asking.parameters import FeatureParameters, ItemsParameters, declared, parse_bbox, property_names, undeclared
from api.asking.profiles import asked_profiles
from api.asking.properties import Conditions, conditions
from api.asking.selection import Selection
from api.errors import BadParameter
from api.representations import ALIASES, REPRESENTATIONS, Representation
from api.settings import Language, Settings
from layers.definition import LayerDefinition
from layers.filtering import sortables
from layers.filtering.expression import And, Expression
from layers.query import Order, Query
from layers.store import Store
from layers.window import windowed

ITEMS_DECLARED = declared(ItemsParameters)
MOST_KEYS = 8
"""Fields that features may be ordered by at once."""


def selected_items(
    request: Request, store: Store, settings: Settings, language: Language, layer: str, asked: ItemsParameters
) -> Selection:
    """The features that a request for items asks for. Raises UnknownLayer, and BadParameter naming the parameter."""
    definition = store.catalogue[layer]
    asof = asked_revision(store, moment=asked.datetime, revision=asked.revision, asof=asked.asof)
    given = conditions(definition, undeclared(request, ITEMS_DECLARED), ITEMS_DECLARED)
    query = Query(
        fids=given.fids,
        equals=given.equals,
        filter=_all_of(asked.expression(definition), given),
        order=order_of(asked.sortby, definition),
    )
    if asked.bbox is not None:
        crs = named_crs(asked.bbox_crs, definition, place="bbox-crs") if asked.bbox_crs is not None else CRS84
        query = windowed(store, layer, query, parse_bbox(asked.bbox, crs), as_of=asof, bbox_epsg=crs.epsg)
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


def order_of(text: str | None, definition: LayerDefinition) -> tuple[Order, ...]:
    """The order that `sortby=` names: fields after + or -, separated by commas. Raises BadParameter."""
    known = sortables(definition)
    found: dict[str, Order] = {}
    for part in (text or "").split(","):
        # + stands for a blank in a query string, so that +name may come without its sign
        name = part if part in known else part.strip()
        sign = name[:1] if name not in known and name[:1] in "+-" else ""
        name = name.removeprefix(sign).strip() if sign else name
        if name in known:
            found.setdefault(name, Order(name, descending=sign == "-"))
        elif text is not None:
            raise _unsortable(name, definition, known)
    if len(found) > MOST_KEYS:
        raise BadParameter(
            f"最多按 {MOST_KEYS} 个字段排序。", f"At most {MOST_KEYS} fields can be sorted by.", place="sortby"
        )
    return tuple(found.values())


def _unsortable(name: str, definition: LayerDefinition, known: Mapping[str, Any]) -> BadParameter:
    return BadParameter(
        f"图层“{definition.id}”不能按“{name[:80]}”排序。",
        f"Layer {definition.id!r} cannot be sorted by {name[:80]!r}.",
        place="sortby",
        remedy_zh=f"可用：{'、'.join(known)}；前加 - 为降序。",
        remedy_en=f"Choose from {', '.join(known)}; - in front sorts downwards.",
    )


def _all_of(expression: Expression | None, given: Conditions) -> Expression | None:
    parts = (*([expression] if expression is not None else []), *given.expressions)
    return And(parts) if len(parts) > 1 else parts[0] if parts else None


def _selection(
    request: Request, store: Store, settings: Settings, language: Language, definition: LayerDefinition, query: Query,
    asof: int | None, asked: FeatureParameters, forms: Mapping[str, Representation],
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
        profiles=asked_profiles(asked.profile),
        representation=chosen(request, kinds, ALIASES.get(asked.f, asked.f) if asked.f else asked.f),
        offered={name: form.media_type for name, form in forms.items()},
    )
