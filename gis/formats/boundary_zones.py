"""Which EPSG code belongs to a datum, a zone width and a zone in a text of boundary points?"""

from __future__ import annotations

from dataclasses import dataclass

DATUMS = {"2000": "CGCS2000", "80": "Xian 1980", "54": "Beijing 1954"}
"""What a header's 坐标系 holds, and the datum it means."""

GEOGRAPHIC = {"CGCS2000": 4490, "Xian 1980": 4610, "Beijing 1954": 4214}

_FIRST_ZONE, _LAST_ZONE = {3: 25, 6: 13}, {3: 45, 6: 23}
_FIRST_CODE = {
    ("CGCS2000", 3, True): 4513, ("CGCS2000", 3, False): 4534,
    ("CGCS2000", 6, True): 4491, ("CGCS2000", 6, False): 4502,
    ("Xian 1980", 3, True): 2349, ("Xian 1980", 3, False): 2370,
    ("Xian 1980", 6, True): 2327, ("Xian 1980", 6, False): 2338,
    ("Beijing 1954", 3, True): 2401, ("Beijing 1954", 3, False): 2422,
    ("Beijing 1954", 6, True): 21413, ("Beijing 1954", 6, False): 21453,
}  # fmt: skip
"""EPSG code of the first zone by datum, width in degrees, and whether eastings carry the zone as a prefix."""


@dataclass(frozen=True, slots=True)
class Plane:
    """A Gauss-Kruger plane: datum, zone width in degrees, zone number, and whether eastings carry it as a prefix."""

    datum: str
    width: int
    zone: int
    prefixed: bool

    @property
    def epsg(self) -> int:
        """The EPSG code."""
        return _FIRST_CODE[self.datum, self.width, self.prefixed] + self.zone - _FIRST_ZONE[self.width]


def width_of(zone: int) -> int | None:
    """The width in degrees of the zones that have the number `zone` in China: 3 (25-45), 6 (13-23), else None."""
    return next((width for width in (3, 6) if _FIRST_ZONE[width] <= zone <= _LAST_ZONE[width]), None)


def plane_of(epsg: int) -> Plane | None:
    """The plane of an EPSG code, None for any other CRS."""
    for (datum, width, prefixed), first in _FIRST_CODE.items():
        if 0 <= epsg - first <= _LAST_ZONE[width] - _FIRST_ZONE[width]:
            return Plane(datum, width, epsg - first + _FIRST_ZONE[width], prefixed)
    return None


def datum_of(header: str) -> str | None:
    """The datum that the text of a header's 坐标系 means, None where it means none of ours."""
    return next((datum for sign, datum in DATUMS.items() if sign in header), None)
