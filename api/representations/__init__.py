"""In which forms are features given?

REPRESENTATIONS is the one registry: the name that `f=` takes -> the Representation. A new form is a module of this
package and an entry here; negotiation, links (`alternate`), the OpenAPI document and the 400 for other names follow
from it. The first entry is the default.
"""

from __future__ import annotations

from api.media import GEOJSON, JSON, MVT
from api.representations.geojson import geojson_feature, geojson_item, geojson_items, geojson_page
from api.representations.model import Representation
from layers.definition import Text

__all__ = ["ALIASES", "GEOJSON", "MVT", "REPRESENTATIONS", "Representation", "geojson_feature", "geojson_page"]

REPRESENTATIONS: dict[str, Representation] = {
    "geojson": Representation(GEOJSON, Text(zh="GeoJSON", en="GeoJSON"), geojson_items, geojson_item, accepted=(JSON,)),
}
"""Name -> representation of features, the default first."""

ALIASES = {"json": "geojson"}
"""Other names that `f=` takes for one of REPRESENTATIONS."""
