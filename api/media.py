"""What are the kinds of answers called (RFC 6838)?"""

from __future__ import annotations

JSON = "application/json"
HTML = "text/html"
GEOJSON = "application/geo+json"
MVT = "application/vnd.mapbox-vector-tile"
STYLE = "application/vnd.mapbox.style+json"
CSV = "text/csv"
JSONFG = "application/vnd.ogc.fg+json"
PROBLEM = "application/problem+json"
SCHEMA = "application/schema+json"
MERGE_PATCH = "application/merge-patch+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
