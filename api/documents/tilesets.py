"""How do tile matrix sets and tilesets describe themselves? (OGC 17-083r4, OGC API Tiles, TileJSON 3.0)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.errors import NotFound
from gis.tiles import MAX_ZOOM, MERGED, WORLD_M
from gis.types import Bounds
from layers.definition import FieldType, LayerDefinition

Document = dict[str, Any]

QUAD = "WebMercatorQuad"
QUAD_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
MERCATOR_URI = "http://www.opengis.net/def/crs/EPSG/0/3857"
CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
TILEJSON = "application/json"

SIDE_PIXELS = 256
CELL_AT_0_M = 2 * WORLD_M / SIDE_PIXELS
SCREEN_PIXEL_M = 0.00028
"""The size of a pixel that scale denominators stand on (17-083r4, 6.1)."""

DEEPEST_ZOOM = 18
"""The deepest zoom that documents name: a unit of a vector tile is 4 cm there. Deeper tiles are answered too."""

KINDS = {FieldType.BOOLEAN: "Boolean"} | {kind: "Number" for kind in FieldType if kind.is_number}
"""What a field is called in TileJSON; others are String."""


@dataclass(frozen=True, slots=True)
class Tileset:
    """What a tileset shows: title, kind of data ("vector" or "map"), extent in degrees, its layers, and its addresses.

    tiles     the address of its tiles with {tileMatrix}, {tileRow} and {tileCol}
    version   stands in the addresses of TileJSON, so that browsers may keep tiles for good
    links     of its metadata, the items among them
    """

    title: str
    kind: str
    bounds: Bounds | None
    layers: Sequence[LayerDefinition]
    tiles: str
    version: str
    attribution: str
    links: Sequence[Document]


def check_matrix_set(name: str) -> None:
    """Raises NotFound for any set of matrices but ours."""
    if name != QUAD:
        raise NotFound(
            f"没有瓦片矩阵集“{name[:80]}”。", f"There is no tile matrix set {name[:80]!r}.", place="tileMatrixSetId",
            remedy_zh=f"可用：{QUAD}。", remedy_en=f"There is {QUAD}.",
        )  # fmt: skip


def tile_matrix_set() -> Document:
    """WebMercatorQuad as 17-083r4 (annex D.1) defines it."""
    return {
        "id": QUAD,
        "title": "Google Maps Compatible for the World",
        "uri": QUAD_URI,
        "crs": MERCATOR_URI,
        "orderedAxes": ["E", "N"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [
            {
                "id": str(zoom),
                "scaleDenominator": CELL_AT_0_M / 2**zoom / SCREEN_PIXEL_M,
                "cellSize": CELL_AT_0_M / 2**zoom,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-WORLD_M, WORLD_M],
                "tileWidth": SIDE_PIXELS,
                "tileHeight": SIDE_PIXELS,
                "matrixWidth": 2**zoom,
                "matrixHeight": 2**zoom,
            }
            for zoom in range(MAX_ZOOM + 1)
        ],
    }


def tileset_item(tileset: Tileset) -> Document:
    """What a list of tilesets says of one."""
    return {
        "title": tileset.title,
        "dataType": tileset.kind,
        "crs": MERCATOR_URI,
        "tileMatrixSetURI": QUAD_URI,
        "links": list(tileset.links),
    }


def tileset_document(tileset: Tileset) -> Document:
    """The metadata of a tileset."""
    return {**tileset_item(tileset), **_extent(tileset), **_layers(tileset)}


def tilejson(tileset: Tileset) -> Document:
    """The tileset as TileJSON 3.0, with zoom, column and row in the words of web maps."""
    words = (("{tileMatrix}", "{z}"), ("{tileRow}", "{y}"), ("{tileCol}", "{x}"))
    address = tileset.tiles
    for ours, theirs in words:
        address = address.replace(ours, theirs)
    joined = "&" if "?" in address else "?"
    document = {
        "tilejson": "3.0.0",
        "name": tileset.title,
        "attribution": tileset.attribution,
        "scheme": "xyz",
        "tiles": [f"{address}{joined}v={tileset.version}"],
        "minzoom": 0,
        "maxzoom": DEEPEST_ZOOM,
    }
    if tileset.bounds:
        west, south, east, north = (round(float(edge), 6) for edge in tileset.bounds)
        document |= {
            "bounds": [west, south, east, north],
            "center": [round((west + east) / 2, 6), round((south + north) / 2, 6), 14],
        }
    if tileset.kind == "vector":
        document["vector_layers"] = [_vector_layer(definition) for definition in tileset.layers]
    return document


def _extent(tileset: Tileset) -> Document:
    if tileset.bounds is None:
        return {}
    west, south, east, north = (round(float(edge), 6) for edge in tileset.bounds)
    return {"boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84_URI}}


def _layers(tileset: Tileset) -> Document:
    if not tileset.layers:
        return {}
    return {
        "layers": [
            {
                "id": definition.id,
                "title": f"{definition.title.zh} / {definition.title.en}",
                "dataType": "vector",
                "geometryDimension": _dimension(definition),
                "minTileMatrix": str(definition.style.min_zoom),
                "propertiesSchema": {
                    "type": "object",
                    "properties": {name: {"type": kind.lower()} for name, kind in _fields(definition).items()},
                },
            }
            for definition in tileset.layers
        ]
    }


def _dimension(definition: LayerDefinition) -> int:
    words = ("point", "line", "polygon")
    return next(number for number, word in enumerate(words) if word in definition.geometry.value)


def _vector_layer(definition: LayerDefinition) -> Document:
    return {
        "id": definition.id,
        "description": f"{definition.title.zh} / {definition.title.en}",
        "minzoom": definition.style.min_zoom,
        "maxzoom": DEEPEST_ZOOM,
        "fields": _fields(definition),
    }


def _fields(definition: LayerDefinition) -> dict[str, str]:
    """The attributes of a layer's tiles: what its style reads, and the count of features that were merged."""
    names = sorted(definition.style.fields())
    return {**{name: KINDS.get(definition.field(name).type, "String") for name in names}, MERGED: "Number"}
