"""Which EPSG code belongs to a datum and a zone in a text of boundary points?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from gis.crs import BEIJING_1954, CGCS2000, XIAN_1980, GaussKrugerZone, Width
from gis.errors import CrsError

DATUMS = {"2000": "CGCS2000", "80": "Xian 1980", "54": "Beijing 1954"}
"""What a header's 坐标系 holds, and the datum it means."""

GEOGRAPHIC = {"CGCS2000": CGCS2000, "Xian 1980": XIAN_1980, "Beijing 1954": BEIJING_1954}

_FROM_CGCS2000 = {
    ("CGCS2000", 3, True): 0, ("CGCS2000", 3, False): 0, ("CGCS2000", 6, True): 0, ("CGCS2000", 6, False): 0,
    ("Xian 1980", 3, True): -2164, ("Xian 1980", 3, False): -2164,
    ("Xian 1980", 6, True): -2164, ("Xian 1980", 6, False): -2164,
    ("Beijing 1954", 3, True): -2112, ("Beijing 1954", 3, False): -2112,
    ("Beijing 1954", 6, True): 16922, ("Beijing 1954", 6, False): 16951,
}  # fmt: skip
"""What is added to the EPSG code of a zone on CGCS2000 for the same zone on a datum, by its width and prefix."""

_WIDTHS: tuple[Width, ...] = (3, 6)
_ZONES = range(1, 121)


@dataclass(frozen=True, slots=True)
class Plane:
    """A Gauss-Kruger plane: its zone on one of the DATUMS."""

    datum: str
    zone: GaussKrugerZone

    @property
    def epsg(self) -> int:
        """The EPSG code; raises CrsError for a zone outside China."""
        return self.zone.epsg + _FROM_CGCS2000[self.datum, self.zone.width, self.zone.prefixed]


@cache
def width_of(zone: int) -> Width | None:
    """The width in degrees of the zones that have the number `zone` in China: 3 (25-45), 6 (13-23), else None."""
    return next((width for width in _WIDTHS if _is_in_china(GaussKrugerZone(zone, width))), None)


def _is_in_china(zone: GaussKrugerZone) -> bool:
    try:
        return zone.epsg > 0
    except CrsError:
        return False


def plane_of(epsg: int) -> Plane | None:
    """The plane of an EPSG code, None for any other CRS."""
    return _planes().get(epsg)


@cache
def _planes() -> dict[int, Plane]:
    numbered = [(number, width) for number in _ZONES if (width := width_of(number))]
    zones = [GaussKrugerZone(number, width, prefixed) for number, width in numbered for prefixed in (True, False)]
    planes = [Plane(datum, zone) for datum in GEOGRAPHIC for zone in zones]
    return {plane.epsg: plane for plane in planes}


def datum_of(header: str) -> str | None:
    """The datum that the text of a header's 坐标系 means, None where it means none of ours."""
    return next((datum for sign, datum in DATUMS.items() if sign in header), None)
