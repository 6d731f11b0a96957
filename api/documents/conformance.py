"""Which conformance classes hold?"""

from __future__ import annotations

FEATURES = "http://www.opengis.net/spec/ogcapi-features-{}/1.0/conf/{}"
TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{}"
MATRICES = "http://www.opengis.net/spec/tms/2.0/conf/{}"
STYLES = "http://www.opengis.net/spec/ogcapi-styles-1/1.0/conf/{}"

CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/{}"
CQL2_CLASSES = (
    "cql2-text",
    "cql2-json",
    "basic-cql2",
    "advanced-comparison-operators",
    "case-insensitive-comparison",
    "accent-insensitive-comparison",
    "basic-spatial-functions",
    "basic-spatial-functions-plus",
    "spatial-functions",
    "temporal-functions",
    "array-functions",
    "property-property",
    "functions",
    "arithmetic",
)

CONFORMANCE: tuple[str, ...] = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    *(FEATURES.format(1, name) for name in ("core", "oas30", "html", "geojson")),
    FEATURES.format(2, "crs"),
    *(FEATURES.format(3, name) for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")),
    *(CQL2.format(name) for name in CQL2_CLASSES),
    *(FEATURES.format(4, name) for name in ("create-replace-delete", "update", "optimistic-locking-etags", "features")),
    *(FEATURES.format(5, name) for name in ("schemas", "returnables-and-receivables", "sortables")),
    "http://www.opengis.net/spec/json-fg-1/0.3/conf/core",
    *(TILES.format(name) for name in ("core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets")),
    *(TILES.format(name) for name in ("collections-selection", "datetime", "mvt", "png", "jpeg")),
    *(MATRICES.format(name) for name in ("tilematrixset", "json-tilematrixset")),
    *(MATRICES.format(name) for name in ("tilesetmetadata", "json-tilesetmetadata")),
    *(STYLES.format(name) for name in ("core", "mapbox-style")),
)
"""The classes; each module that makes one hold adds it here."""
