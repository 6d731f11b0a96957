"""Which features are asked for, whatever store holds them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from gis.types import Bounds
from layers.errors import LayersError

NOTHING_ASKED: Mapping[str, Any] = MappingProxyType({})


class InvalidQuery(LayersError):
    """A query asks for something the layer cannot answer: a value of another type, a window turned inside out."""

    code = "invalid_query"


@dataclass(frozen=True, slots=True)
class Query:
    """A selection of a layer's features; every condition given must hold.

    bbox      rectangle in the layer's CRS: features whose geometry touches it
    region    WKB of a polygon in the layer's CRS: features whose geometry touches it
    fids      only these features; unknown ones are left out. () selects nothing
    equals    field -> value, None for fields without one; text is read as the field's type ("12", "2024-05-01")
    after     paging: only features with a greater fid
    limit     at most so many features, the smallest fids first
    fields    the fields to return, in the layer's order; None for all
    geometry  whether to return the geometry
    """

    bbox: Bounds | None = None
    region: bytes | None = None
    fids: Sequence[int] | None = None
    equals: Mapping[str, Any] = field(default_factory=lambda: NOTHING_ASKED)
    after: int | None = None
    limit: int | None = None
    fields: Sequence[str] | None = None
    geometry: bool = True
