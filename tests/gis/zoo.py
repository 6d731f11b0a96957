"""Which shapes break software? Named geometries that tests share.

Coordinates are metres in a plane unless a test says otherwise.
"""

from __future__ import annotations

import shapely
from shapely.geometry.base import BaseGeometry

SQUARE = shapely.from_wkt("POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))")
SQUARE_WITH_HOLE = shapely.from_wkt("POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 4, 4 4, 4 2, 2 2))")

POLYGONS: dict[str, BaseGeometry | None] = {
    "square": SQUARE,
    "square_with_hole": SQUARE_WITH_HOLE,
    "clockwise_square": shapely.from_wkt("POLYGON ((0 0, 0 10, 10 10, 10 0, 0 0))"),
    "hole_same_way_as_shell": shapely.from_wkt("POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 4 2, 4 4, 2 4, 2 2))"),
    "two_holes": shapely.from_wkt(
        "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1), (5 5, 5 8, 8 8, 8 5, 5 5))"
    ),
    "multi": shapely.from_wkt("MULTIPOLYGON (((0 0, 1 0, 1 1, 0 1, 0 0)), ((5 5, 7 5, 7 7, 5 7, 5 5)))"),
    "multi_of_one": shapely.from_wkt("MULTIPOLYGON (((0 0, 1 0, 1 1, 0 1, 0 0)))"),
    "multi_with_holes": shapely.from_wkt(
        "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 4, 4 4, 4 2, 2 2)),"
        " ((20 0, 30 0, 30 10, 20 10, 20 0), (22 2, 22 4, 24 4, 24 2, 22 2)))"
    ),
    "island_in_hole": shapely.from_wkt(
        "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 8, 8 8, 8 2, 2 2)), ((4 4, 6 4, 6 6, 4 6, 4 4)))"
    ),
    "with_z": shapely.from_wkt("POLYGON Z ((0 0 1, 10 0 2, 10 10 3, 0 10 4, 0 0 1))"),
    "empty": shapely.from_wkt("POLYGON EMPTY"),
    "empty_multi": shapely.from_wkt("MULTIPOLYGON EMPTY"),
    "none": None,
    "sliver": shapely.from_wkt("POLYGON ((0 0, 100 0, 100 0.001, 0 0))"),
    "needle": shapely.from_wkt("POLYGON ((0 0, 10 0, 10 10, 5 10, 5 20, 5 10, 0 10, 0 0))"),
    "bow_tie": shapely.from_wkt("POLYGON ((0 0, 10 10, 10 0, 0 10, 0 0))"),
    "lopsided_bow_tie": shapely.from_wkt("POLYGON ((0 0, 10 0, 10 10, 4 -6, 0 0))"),
    "figure_of_eight": shapely.from_wkt("POLYGON ((0 0, 2 0, 2 2, 4 2, 4 4, 2 4, 2 2, 0 2, 0 0))"),
    "hole_outside": shapely.from_wkt("POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (20 20, 20 24, 24 24, 24 20, 20 20))"),
    "hole_touches_shell": shapely.from_wkt("POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (0 0, 2 4, 4 2, 0 0))"),
    "overlapping_parts": shapely.from_wkt("MULTIPOLYGON (((0 0, 4 0, 4 4, 0 4, 0 0)), ((2 2, 6 2, 6 6, 2 6, 2 2)))"),
    "repeated_points": shapely.from_wkt("POLYGON ((0 0, 0 0, 10 0, 10 0, 10 10, 0 10, 0 0))"),
    "collapsed_to_line": shapely.from_wkt("POLYGON ((0 0, 10 0, 5 0, 0 0))"),
    "collapsed_to_point": shapely.from_wkt("POLYGON ((1 1, 1 1, 1 1, 1 1))"),
    "huge_coordinates": shapely.from_wkt("POLYGON ((0 0, 1e308 0, 1e308 1e308, 0 1e308, 0 0))"),
    "tiny": shapely.from_wkt("POLYGON ((0 0, 1e-9 0, 1e-9 1e-9, 0 1e-9, 0 0))"),
}

LINES: dict[str, BaseGeometry | None] = {
    "line": shapely.from_wkt("LINESTRING (0 0, 10 0, 10 10)"),
    "multi": shapely.from_wkt("MULTILINESTRING ((0 0, 1 1), (5 5, 6 6, 7 5))"),
    "with_z": shapely.from_wkt("LINESTRING Z (0 0 1, 10 0 2)"),
    "empty": shapely.from_wkt("LINESTRING EMPTY"),
    "empty_multi": shapely.from_wkt("MULTILINESTRING EMPTY"),
    "none": None,
    "of_one_place": shapely.from_wkt("LINESTRING (3 3, 3 3)"),
}

POINTS: dict[str, BaseGeometry | None] = {
    "point": shapely.from_wkt("POINT (1 2)"),
    "multi": shapely.from_wkt("MULTIPOINT ((1 1), (2 2))"),
    "with_z": shapely.from_wkt("POINT Z (1 2 3)"),
    "empty": shapely.from_wkt("POINT EMPTY"),
    "empty_multi": shapely.from_wkt("MULTIPOINT EMPTY"),
    "none": None,
    "huge_coordinates": shapely.from_wkt("POINT (-1e308 1e308)"),
}

ZOO = {"polygon": POLYGONS, "line": LINES, "point": POINTS}
INVALID_POLYGONS = (
    "bow_tie", "lopsided_bow_tie", "needle", "hole_outside", "overlapping_parts",
    "collapsed_to_line", "collapsed_to_point",
)  # fmt: skip
