"""A small atlas with the layers, columns and types of the official test data."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import shapely

from layers.catalogue import Catalogue
from layers.definition import definition_of
from tests.layers.filtering.official_cases import COUNTRIES, PLACES, RIVERS

UTC_MS = pa.timestamp("ms", tz="UTC")


def _definition(layer, geometry, **fields):
    content = {
        "id": layer, "title": {"zh": layer, "en": layer}, "geometry": geometry, "crs": 4326,
        "date": date(2024, 12, 31), "source": {"zh": "测试", "en": "test"},
        "fields": [{"name": n, "title": {"zh": n, "en": n}, "type": kind} for n, kind in fields.items()],
    }  # fmt: skip
    if geometry == "multipolygon":
        content["area"] = {"method": "geodesic"}
    return definition_of(content, place=layer)


def catalogue():
    places = _definition(
        PLACES, "point", name="text", nameascii="text", featurecla="text", pop_other="integer", pop_max="integer",
        pop_min="integer", date="date", start="datetime", end="datetime", boolean="boolean",
    )  # fmt: skip
    return Catalogue({
        COUNTRIES: _definition(COUNTRIES, "multipolygon", NAME="text", POP_EST="real"),
        PLACES: places,
        RIVERS: _definition(RIVERS, "line", name="text"),
    })  # fmt: skip


def _moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


DATED = [
    (date(2021, 4, 16), _moment("2021-04-16T10:15:59"), _moment("2022-04-16T10:16:06"), True),
    (date(2022, 4, 16), _moment("2022-04-16T10:13:19"), _moment("2023-04-16T10:15:10"), False),
    (date(2023, 4, 16), _moment("2022-04-16T10:15:10"), _moment("2022-04-16T10:17:00"), True),
]
"""The three features of the official data that have date, start, end and boolean, as its counts tell."""

CITIES = [
    ("København", "Kobenhavn", 1038288, 12.56, 55.68), ("Luxembourg", "Luxembourg", 107260, 6.1300028, 49.6116604),
    ("Kiev", "Kiev", 1611692, 30.51, 50.44), ("Kolkata", "Kolkata", 3013258, 88.32, 22.49),
    ("Berlin", "Berlin", 3013257, 13.4, 52.52), ("Bern", "Bern", 121631, 7.47, 46.92),
    ("Barnaul", "Barnaul", 600000, 83.76, 53.36), ("Athens", "Athens", 112572, 23.73, 37.98),
    ("São Paulo", "Sao Paulo", 11125243, -46.63, -23.56), ("Suva", "Suva", 88271, 178.44, -18.13),
]  # fmt: skip
"""Name, without accents, pop_other, longitude, latitude."""


def places():
    nothing = (None, None, None, None)
    dated = [*DATED, *[nothing] * (len(CITIES) - len(DATED))]
    names, plain, numbers, x, y = zip(*CITIES, strict=True)
    days, starts, ends, flags = zip(*dated, strict=True)
    return pa.table({
        "name": names, "nameascii": plain, "featurecla": ["Populated place"] * len(names), "pop_other": numbers,
        "pop_max": [n + 5 * (i % 2) for i, n in enumerate(numbers)], "pop_min": [n // 2 * (i % 2) + n * (1 - i % 2)
                                                                                for i, n in enumerate(numbers)],
        "date": pa.array(days, pa.date32()), "start": pa.array(starts, UTC_MS), "end": pa.array(ends, UTC_MS),
        "boolean": pa.array(flags, pa.bool_()), "geom": shapely.to_wkb(shapely.points(x, y)),
    })  # fmt: skip


BOXES = {
    "Luxembourg": [(5.67, 49.44, 6.24, 50.13)], "Germany": [(6.24, 47, 15, 55)], "France": [(-5, 42, 8, 49.4)],
    "Fiji": [(177, -19, 180, -16), (-180, -17, -179, -16)], "Antarctica": [(-180, -90, 180, -65)],
    "Chile": [(-75, -55, -70, -18)], "Touching": [(10, 30, 20, 40)],
}  # fmt: skip


def countries():
    shapes = [shapely.MultiPolygon([shapely.box(*box) for box in boxes]) for boxes in BOXES.values()]
    numbers = [37589262.0 * (i % 3) for i in range(len(shapes))]
    return pa.table({"NAME": list(BOXES), "POP_EST": numbers, "geom": shapely.to_wkb(shapes)})


def rivers():
    lines = [[(-60, -10), (-60.5, 5)], [(5, 45), (15, 45)], [(-70, 1), (-50, 0)], [(100, 20), (101, 30)]]
    shapes = shapely.to_wkb([shapely.LineString(line) for line in lines])
    return pa.table({"name": ["a", "b", None, "d"], "geom": shapes})


ROWS = {COUNTRIES: countries, PLACES: places, RIVERS: rivers}
