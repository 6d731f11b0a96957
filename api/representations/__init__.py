"""In which forms are features given?

REPRESENTATIONS is the one registry: the name that `f=` takes -> the Representation. A new form is a module of this
package and an entry here; negotiation, links (`alternate`), the OpenAPI document and the 400 for other names follow
from it. The first entry is the default.
"""

from __future__ import annotations

from api.media import CSV, GEOJSON, HTML, JSON, JSONFG, MVT
from api.representations.files import file_representations
from api.representations.geojson import geojson_feature, geojson_item, geojson_items, geojson_page
from api.representations.jsonfg import jsonfg_item, jsonfg_items
from api.representations.model import Representation
from api.representations.page import html_item, html_items
from api.representations.table import csv_items
from layers.definition import Text

__all__ = ["ALIASES", "GEOJSON", "MVT", "REPRESENTATIONS", "Representation", "geojson_feature", "geojson_page"]

REPRESENTATIONS: dict[str, Representation] = {
    "geojson": Representation(GEOJSON, Text(zh="GeoJSON", en="GeoJSON"), geojson_items, geojson_item, accepted=(JSON,)),
    "jsonfg": Representation(
        JSONFG, Text(zh="JSON-FG", en="JSON-FG"), jsonfg_items, jsonfg_item, accepted=("application/fg+json",)
    ),
    "html": Representation(HTML, Text(zh="网页", en="Page"), html_items, html_item),
    "csv": Representation(CSV, Text(zh="CSV 表格", en="CSV"), csv_items),
    **file_representations(),
}
"""Name -> representation of features, the default first."""

ALIASES = {"json": "geojson"}
"""Other names that `f=` takes for one of REPRESENTATIONS."""
