"""How is DXF read: which closed polylines does it hold?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ezdxf.path
import ezdxf.recover
import numpy as np
import pyarrow as pa
import shapely
from ezdxf.document import Drawing
from ezdxf.entities.dxfgfx import DXFGraphic
from ezdxf.filemanagement import readfile
from ezdxf.lldxf.const import DXFError

from gis.errors import FormatError
from gis.formats import encodings
from gis.formats.model import GEOMETRY, Note, TableInfo
from gis.formats.reading import Reading, Source, summary, table_batches
from gis.formats.reference import stated
from gis.formats.shapes import write_wkb

ARC_SAGITTA = 0.001
"""How far, in drawing units (metres), a straight piece may lie from the arc it stands for."""

_POLYLINES = ("LWPOLYLINE", "POLYLINE")


def tables(source: Source) -> list[TableInfo]:
    """The one table of a drawing: its closed polylines."""
    with read(source, source.stem, None) as reading:
        return [summary(reading)]


@contextmanager
def read(source: Source, table: str, encoding: str | None) -> Iterator[Reading]:
    """The closed polylines of model space as polygons, with layer, handle and extended data (XDATA) as JSON.

    Arcs become pieces within 1 mm; elevations are dropped; what is no closed polyline is counted in a note. A polyline
    within another stays a polygon of its own. Raises FormatError for a drawing without any, and for a damaged one.
    """
    drawing = _drawing(source, encoding)
    rows: list[_Row] = []
    shapes, others, arcs = [], Counter[str](), 0
    for entity in drawing.modelspace():
        points = _closed_points(entity)
        if points is None:
            others[entity.dxftype()] += 1
            continue
        arcs += bool(getattr(entity, "has_arc", False))
        rows.append((entity.dxf.layer, entity.dxf.handle, _extended_data(entity)))
        shapes.append(shapely.Polygon(points))
    if not rows:
        raise FormatError(
            "图中没有闭合多段线。", "The drawing holds no closed polyline.",
            remedy_zh="请把地块边界画成闭合的多段线（块内的需炸开）。",
            remedy_en="Draw the boundaries as closed polylines; explode blocks.",
        )  # fmt: skip
    rows, choice = _decoded(rows, drawing)
    columns = [pa.array(values, type=pa.string()) for values in zip(*rows, strict=True)]
    geometry = write_wkb(np.array(shapes, dtype=object))
    data = pa.Table.from_arrays([*columns, geometry], names=[*_FIELDS, GEOMETRY])
    sample = encodings.sample(value for row in rows for value in row if value)
    notes = [*choice.notes, *_notes(others, arcs)]
    yield Reading(source.stem, data.schema, table_batches(data), stated(None), choice.encoding, sample, notes)


def _decoded(rows: list[_Row], drawing: Drawing) -> tuple[list[_Row], encodings.Choice]:
    """The text of `rows` decoded: UTF-8 since AutoCAD 2007 (AC1021), before that in a code page that may lie."""
    if drawing.dxfversion >= "AC1021":
        return [tuple(_whole(value) for value in row) for row in rows], encodings.Choice("utf-8")
    declared = encodings.normal_name(drawing.encoding)
    raw = [[value and value.encode(declared, "surrogateescape") for value in row] for row in rows]
    choice = encodings.choose([value for row in raw for value in row if value], declared=declared)
    return [tuple(value.decode(choice.encoding, "replace") if value else None for value in row) for row in raw], choice


def _whole(value: str | None) -> str | None:
    """`value` with U+FFFD for bytes that were not UTF-8."""
    return value and value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


_Row = tuple[str | None, ...]
_FIELDS = ("layer", "handle", "xdata")


def _drawing(source: Source, encoding: str | None) -> Drawing:
    name = encodings.normal_name(encoding) if encoding else None
    try:
        return readfile(source.path, encoding=name)
    except (DXFError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, StopIteration):
        return _recovered(source)
    except OSError as error:
        raise _damaged(error) from error


def _recovered(source: Source) -> Drawing:
    try:
        return ezdxf.recover.readfile(source.path)[0]
    except (
        DXFError,
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RuntimeError,
        StopIteration,
    ) as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> FormatError:
    return FormatError(
        f"DXF 无法读取：{error}", f"The DXF cannot be read: {error}",
        remedy_zh="请在 CAD 中检查（AUDIT）后另存为 DXF。", remedy_en="Run AUDIT in CAD and save as DXF again.",
    )  # fmt: skip


def _closed_points(entity: DXFGraphic) -> list[tuple[float, float]] | None:
    """The vertices of a closed polyline of at least three different points, None for anything else."""
    if entity.dxftype() not in _POLYLINES or getattr(entity, "is_poly_face_mesh", False):
        return None
    try:
        points = [(p.x, p.y) for p in ezdxf.path.make_path(entity).flattening(ARC_SAGITTA)]
    except (TypeError, ValueError):
        return None
    is_closed = bool(getattr(entity, "is_closed", False)) or (len(points) > 3 and points[0] == points[-1])
    return points if is_closed and len(set(points)) >= 3 else None


def _extended_data(entity: DXFGraphic) -> str | None:
    found: dict[str, list[Any]] = {}
    if entity.xdata is not None:
        for application, tags in entity.xdata.data.items():
            found[application] = [_plain(tag.value) for tag in tags if tag.code != 1001]
    return json.dumps(found, ensure_ascii=False) if found else None


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, float)) else list(value) if hasattr(value, "__iter__") else str(value)


def _notes(others: Counter[str], arcs: int) -> list[Note]:
    notes = []
    if others:
        listed = ", ".join(f"{kind} {count}" for kind, count in others.most_common())
        notes.append(Note(f"只读闭合多段线；未读：{listed}。", f"Only closed polylines are read; left out: {listed}."))
    if arcs:
        notes.append(
            Note(
                f"{arcs} 条多段线含圆弧，已化为折线（弦高 1 mm）。",
                f"{arcs} polylines had arcs; made straight to 1 mm.",
            )
        )
    return notes
