"""Where do the rows of a table lie whose coordinates stand in two columns?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gis.errors import FormatError
from gis.formats.model import GEOMETRY
from gis.formats.shapes import write_wkb

_EASTS = ("x", "lon", "long", "lng", "longitude", "easting", "east", "经度", "东坐标", "横坐标")
_NORTHS = ("y", "lat", "latitude", "northing", "north", "纬度", "北坐标", "纵坐标")


def likely(names: Sequence[str]) -> tuple[str, str] | None:
    """The two columns that look like coordinates by their names, east first; None without both.

    Only a hint for people: surveyors' x is the northing.
    """
    east, north = (next((name for name in names if name.strip().lower() in usual), None) for usual in (_EASTS, _NORTHS))
    return (east, north) if east and north else None


def located(table: pa.Table, x: str, y: str, *, in_degrees: bool) -> pa.Table:
    """`table` with a point a row from the columns `x` (east or longitude) and `y` (north or latitude), which are kept.

    Rows without one of the two have no geometry. Raises FormatError for a column that is not there, for the first cell
    that is no finite number, and for columns that only fit the other way round.
    """
    east, north = (_numbers(table, name) for name in (x, y))
    is_placed = ~(np.isnan(east) | np.isnan(north))
    if is_placed.any() and _is_turned(east[is_placed], north[is_placed], in_degrees):
        raise FormatError(
            f"列“{x}”不是东坐标（经度），或“{y}”不是北坐标（纬度）。",
            f"Column {x!r} is no easting (longitude), or {y!r} no northing (latitude).", place=f"{x}, {y}",
            remedy_zh=f"测量中 X 为北、Y 为东；或应为 --x {y} --y {x}。",
            remedy_en=f"Surveyors' X is the northing; perhaps --x {y} --y {x} is meant.",
        )  # fmt: skip
    points = np.full(len(table), None, dtype=object)
    points[is_placed] = shapely.points(east[is_placed], north[is_placed])
    others = table.drop_columns([GEOMETRY]) if GEOMETRY in table.column_names else table
    return others.append_column(GEOMETRY, write_wkb(points))


def _is_turned(east: np.ndarray, north: np.ndarray, in_degrees: bool) -> bool:
    """Whether latitudes are beyond the pole, or eastings are northings of China (1.8 to 6.1 million) and reverse."""
    if in_degrees:
        return bool(np.abs(north).max() > 90 or np.abs(east).max() > 360)
    x, y = float(np.median(east)), float(np.median(north))
    return 1.8e6 <= x < 6.1e6 and (1e5 <= y < 9e5 or 1.3e7 <= y < 4.6e7)


def _numbers(table: pa.Table, name: str) -> np.ndarray:
    """The column as float64, NaN where it is empty."""
    if table.column_names.count(name) != 1:
        columns = [column for column in table.column_names if column != GEOMETRY]
        raise FormatError(
            f"没有（或不止一个）列“{name}”。", f"There is no column {name!r}, or more than one.", place=name,
            remedy_zh=f"可用的列：{'、'.join(columns)}。", remedy_en=f"The columns are: {', '.join(columns)}.",
        )  # fmt: skip
    column = table.column(name)
    if pa.types.is_string(column.type):
        column = pc.utf8_trim_whitespace(column)
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
        wrong = pc.invert(pc.match_substring_regex(column, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"))
        if row := _first(wrong):
            raise _no_number(name, row, column[row - 1].as_py())
    elif not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        raise _no_number(name, 1, str(column.type))
    numbers: np.ndarray = column.cast(pa.float64()).to_numpy().astype(np.float64)
    if row := _first(pa.array(np.isinf(numbers))):
        raise _no_number(name, row, "inf")
    return numbers


def _first(flags: pa.Array | pa.ChunkedArray) -> int:
    """The number of the first row that is true, from 1; 0 for none."""
    return int(pc.index(flags, pa.scalar(True)).as_py()) + 1


def _no_number(name: str, row: int, came: str) -> FormatError:
    return FormatError(
        f"列“{name}”第 {row} 行的“{came}”不是坐标。", f"{came!r} in row {row} of column {name!r} is no coordinate.",
        place=f"{name}, row {row}", remedy_zh="坐标须为十进制数字（度或米）。",
        remedy_en="Coordinates must be decimal numbers, in degrees or metres.",
    )  # fmt: skip
