"""Which coordinate systems may a client name, and in which order does each write its axes?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from api.errors import BadParameter
from gis.columns import GeometryColumns
from gis.crs import is_geographic, is_north_first, transformed
from layers.definition import LayerDefinition

CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG_URI = "http://www.opengis.net/def/crs/EPSG/0/{}"

EPSG_CODES = (4326, 4490, 4527, 4528, 4547, 4548, 4549, 3857)
"""Offered for every layer beside CRS84 and its own: WGS 84, CGCS2000, its 3-degree zones at 117 and 120 degrees with
and 114, 117 and 120 degrees without zone number, Web Mercator."""

DEGREE_DECIMALS, METRE_DECIMALS = 7, 4
"""Decimals of written coordinates: about a centimetre, and a tenth of a millimetre."""

_WRITTEN = re.compile(r"(?:https?://www\.opengis\.net/def/crs/|urn:ogc:def:crs:|\[?)"
                      r"(EPSG|OGC)(?:/[^/]*/|:[^:]*:|:)([A-Z0-9]{1,10})\]?", re.ASCII)  # fmt: skip
"""A CRS as an address, a URN or a (safe) CURIE: [EPSG:4490]."""


@dataclass(frozen=True, slots=True)
class NamedCrs:
    """A coordinate system as clients name it; with `north_first` coordinates are written latitude or northing first."""

    uri: str
    epsg: int
    north_first: bool

    @property
    def decimals(self) -> int:
        """How many decimals coordinates are written with."""
        return DEGREE_DECIMALS if is_geographic(self.epsg) else METRE_DECIMALS

    def written(self, columns: GeometryColumns, epsg: int) -> GeometryColumns:
        """`columns` of EPSG:`epsg`, x first, in this CRS and its order of axes; errors as `transformed`."""
        return self._ordered(transformed(columns, epsg, self.epsg))

    def read(self, columns: GeometryColumns, epsg: int) -> GeometryColumns:
        """`columns` of this CRS and its order of axes in EPSG:`epsg`, x first; errors as `transformed`."""
        return transformed(self._ordered(columns), self.epsg, epsg)

    def _ordered(self, columns: GeometryColumns) -> GeometryColumns:
        return replace(columns, xy=columns.xy[:, ::-1]) if self.north_first else columns


CRS84 = NamedCrs(CRS84_URI, 4326, north_first=False)


@cache
def epsg_crs(epsg: int) -> NamedCrs:
    """The CRS of an EPSG code with the order of axes that EPSG gives it; raises CrsError for an unknown code."""
    return NamedCrs(EPSG_URI.format(epsg), epsg, is_north_first(epsg))


def offered(definition: LayerDefinition) -> dict[str, NamedCrs]:
    """The CRSs a layer is given in, by URI; CRS84 first, the layer's own among them."""
    codes = dict.fromkeys((*EPSG_CODES, definition.crs))
    return {known.uri: known for known in (CRS84, *map(epsg_crs, codes))}


def named_crs(text: str, definition: LayerDefinition, *, place: str) -> NamedCrs:
    """The CRS that `text` names, one of those `offered`; raises BadParameter with these, at `place`."""
    choices = offered(definition)
    match = _WRITTEN.fullmatch(text)
    if match and (match[1] == "EPSG" or match[2] == "CRS84"):
        uri = CRS84_URI if match[1] == "OGC" else EPSG_URI.format(match[2])
        if uri in choices:
            return choices[uri]
    raise BadParameter(
        f"“{text[:80]}”不是该图层提供的坐标系。",
        f"{text[:80]!r} is not a CRS that this layer is given in.",
        place=place,
        remedy_zh=f"可用：{'、'.join(choices)}。",
        remedy_en=f"Choose one of {', '.join(choices)}.",
    )
