"""Which features are asked for, whatever store holds them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from gis.types import Bounds
from layers.errors import LayersError
from layers.filtering.expression import Expression

NOTHING_ASKED: Mapping[str, Any] = MappingProxyType({})


class InvalidQuery(LayersError):
    """A query asks for something the layer cannot answer: a value of another type, a window turned inside out."""

    code = "invalid_query"


@dataclass(frozen=True, slots=True)
class Order:
    """A field that features are ordered by: one of layers.filtering.sortables, so also fid and area_m2, not geom.

    Text is ordered by code point, false is before true, and features without a value come after all others, or before
    them when descending. It is the same in both stores.
    """

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A selection of a layer's features; every condition given must hold.

    bbox      rectangle in the layer's CRS: features whose geometry touches it
    region    WKB of a polygon in the layer's CRS: features whose geometry touches it
    fids      only these features; unknown ones are left out. () selects nothing
    equals    field -> value, None for fields without one; text is read as the field's type ("12", "2024-05-01")
    filter    what must be true of the features, from layers.filtering.parse_filter for this layer
    order     what the features are ordered by, first things first; fid decides last, and alone where () is given
    after     paging: only features after this one. A fid where `order` is (); else its values of the ordering fields
              and then its fid, (None, "稻田", 17), as `position` gives them: None for no value, and text is read as the
              field's type as in `equals`
    limit     at most so many features, the first ones in that order
    fields    the fields to return, in the layer's order, and those it is ordered by; None for all
    geometry  whether to return the geometry
    """

    bbox: Bounds | None = None
    region: bytes | None = None
    fids: Sequence[int] | None = None
    equals: Mapping[str, Any] = field(default_factory=lambda: NOTHING_ASKED)
    after: int | Sequence[Any] | None = None
    limit: int | None = None
    fields: Sequence[str] | None = None
    geometry: bool = True
    filter: Expression | None = None
    order: Sequence[Order] = ()

    def position(self, feature: Mapping[str, Any]) -> int | tuple[Any, ...]:
        """What `after` must be for the page that follows `feature`, which has fid and the ordering fields."""
        if not self.order:
            return int(feature["fid"])
        return (*(feature[key.field] for key in self.order), int(feature["fid"]))
