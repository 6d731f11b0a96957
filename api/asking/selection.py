"""What does a request for features ask for, once it is read?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from fastapi import Request

from api.asking.coordinates import NamedCrs
from api.asking.profiles import TITLES, titled
from api.settings import Language, Settings
from layers.definition import LayerDefinition
from layers.query import Query
from layers.store import Store

AREA_M2 = "area_m2"


@dataclass(frozen=True, slots=True)
class Selection:
    """Features of one layer, as asked for.

    query       conditions, order and fields; without `after` and `limit`
    revision    the features are those in force at this revision of the store
    crs         the CRS asked for; None where the client named none: then pages are in CRS84, files in the layer's own
    after       paging: the key of the last feature of the page before
    before      paging: the key of the first feature of the page that follows; the page before it is asked for
    limit       how many features were asked for, None where no number was given
    properties  the properties asked for, in the layer's order; None for all
    profiles    the profiles asked for, of api.asking.profiles.PROFILES
    representation  the name under which it is asked for, a key of REPRESENTATIONS
    offered     the media types of all representations it could be asked for, by name
    """

    request: Request
    store: Store
    settings: Settings
    language: Language
    definition: LayerDefinition
    query: Query
    revision: int
    crs: NamedCrs | None = None
    after: str | None = None
    before: str | None = None
    limit: int | None = None
    properties: Sequence[str] | None = None
    profiles: frozenset[str] = frozenset()
    representation: str = "geojson"
    offered: Mapping[str, str] = field(default_factory=dict)

    @property
    def layer(self) -> str:
        """The id of the layer."""
        return self.definition.id

    def shown(self, rows: pa.Table) -> pa.Table:
        """The properties of `rows` that were asked for, in the manner of the profiles."""
        properties = rows.drop_columns(self._dropped)
        return titled(self.definition, properties, self.language) if TITLES in self.profiles else properties

    @property
    def _dropped(self) -> list[str]:
        """Columns of the store's rows that are no properties asked for, the key, geometry and revision among them."""
        if self.properties is None:
            return ["fid", "geom", "revision"]
        area = [AREA_M2] if self.definition.area else []
        ordering = [key.field for key in self.query.order if key.field in self.definition.field_names]
        unasked = [name for name in dict.fromkeys((*ordering, *area)) if name not in self.properties]
        return ["fid", "geom", "revision", *unasked]
