"""How is a shapefile read, whatever is missing beside it and however its text is encoded?"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gis.errors import FormatError
from gis.formats import encodings
from gis.formats.model import GEOMETRY, Note, TableInfo
from gis.formats.readers import ogr, shapefile_sizes
from gis.formats.reading import Reading, Source
from gis.formats.reference import Reference, stated

DRIVER = "ESRI Shapefile"
_BYTES = "ISO-8859-1"
"""GDAL is told this encoding, which maps every byte to one character, so that we decode the bytes ourselves."""


@dataclass(frozen=True, slots=True)
class Dbf:
    """The text of a .dbf: field names and every distinct value with a byte beyond ASCII; the declared code page."""

    names: tuple[bytes, ...]
    values: tuple[bytes, ...]
    language_driver: int
    rows: int


def tables(source: Source) -> list[TableInfo]:
    """The one table of a shapefile, its field names decoded."""
    with _opened(source, None) as (reading, count, kind):
        fields = tuple(name for name in reading.schema.names if name != GEOMETRY)
        return [TableInfo(source.stem, count, kind, reading.reference.epsg, fields)]


@contextmanager
def read(source: Source, table: str, encoding: str | None) -> Iterator[Reading]:
    """A shapefile's table; `encoding` overrides what its bytes say."""
    with _opened(source, encoding) as (reading, _, _):
        yield reading


@contextmanager
def _opened(source: Source, encoding: str | None) -> Iterator[tuple[Reading, int | None, str | None]]:
    notes: list[Note] = []
    dbf, reference = _checked_text(source), _reference(source)
    info = ogr.tables(_with_index(source, notes), DRIVER, _BYTES)[0]
    if dbf is None:
        notes.append(Note("缺少 .dbf 文件，只读取了几何。", "The .dbf file is missing; only geometry was read."))
        dbf = Dbf((), (), 0, info.features or 0)
    if dbf.rows != info.features:
        raise _misfit(info.features or 0, dbf.rows)
    choice = _encoding(source, dbf, encoding)
    notes += choice.notes
    with ogr.read(source, source.stem, DRIVER, layer=0, reference=reference, encoding=_BYTES, ADJUST_TYPE="YES") as raw:
        decoder = _Decoder(choice.encoding, len(dbf.names))
        schema = decoder.schema(raw.schema)
        reading = replace(
            raw,
            schema=schema,
            batches=_decoded(raw.batches, schema, decoder, notes),
            encoding=choice.encoding if dbf.names else None,
            encoding_sample=encodings.sample(encodings.decoded(value, choice.encoding)[0] for value in dbf.values),
            notes=notes,
        )
        yield reading, info.features, info.geometry


class _Decoder:
    """Turns text that GDAL read byte for byte into text of the true encoding; keeps the .dbf's fields and the geometry.

    Without a .dbf GDAL makes up a field, which is left out. `cut` counts the texts that ended within a character;
    `inexact` names fields whose integers have more digits than a double holds.
    """

    def __init__(self, encoding: str, fields: int) -> None:
        self.encoding, self.fields, self.cut = encoding, fields, 0
        self.inexact: set[str] = set()

    def schema(self, raw: pa.Schema) -> pa.Schema:
        """The fields under their decoded names."""
        kept = [field.with_name(self.text(field.name)) for field in list(raw)[: self.fields]]
        return pa.schema([*kept, raw.field(len(raw) - 1)])

    def batch(self, raw: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
        """The columns of `schema`, text decoded."""
        columns = [*raw.columns[: self.fields], raw.column(raw.num_columns - 1)]
        for place, column in enumerate(columns):
            if pa.types.is_string(column.type):
                columns[place] = self.column(column)
            elif pa.types.is_floating(column.type) and (pc.max(pc.abs(column)).as_py() or 0) >= 2**53:
                self.inexact.add(schema.names[place])
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    def column(self, raw: pa.Array) -> pa.Array:
        """`raw` decoded; only values with bytes beyond ASCII are touched, each distinct one once."""
        coded = raw.dictionary_encode()
        words = [word if word.isascii() else self.text(word) for word in coded.dictionary.to_pylist()]
        return pa.DictionaryArray.from_arrays(coded.indices, pa.array(words, type=pa.string())).dictionary_decode()

    def text(self, raw: str) -> str:
        """One text decoded, without a character cut off at its end."""
        value, cut = encodings.decoded(raw.encode("latin-1"), self.encoding)
        self.cut += cut
        return value


def _decoded(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, decoder: _Decoder, notes: list[Note]
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield decoder.batch(batch, schema)
    if decoder.cut:
        notes.append(
            Note(
                f"有 {decoder.cut} 处文字在字段宽度处被截断半个字，已去掉残字。",
                f"{decoder.cut} texts were cut in mid-character by the field's width; that character was dropped.",
            )
        )
    for name in sorted(decoder.inexact):
        notes.append(
            Note(
                f"字段 {name} 存为数字，超过 15 位的部分可能不准（代码应存为文本）。",
                f"{name} is stored as a number; digits beyond the 15th may be wrong (codes belong in text).",
            )
        )


def _checked_text(source: Source) -> Dbf | None:
    """The text of the .dbf, once all parts are known to be whole: GDAL must not open them before."""
    shapefile_sizes.check_shapes(source.path, source.stem)
    dbf, name = source.path.with_suffix(".dbf"), f"{source.stem}.dbf"
    if dbf.exists():
        shapefile_sizes.check_rows(dbf, name)
    try:
        return dbf_text(dbf)
    except FormatError as error:
        error.place = name
        raise


def _with_index(source: Source, notes: list[Note]) -> Source:
    """`source` with an .shx beside it, rebuilt from the .shp where it is missing."""
    index = source.path.with_suffix(".shx")
    if not index.exists():
        index.write_bytes(restored_index(source.path.read_bytes()))
        notes.append(
            Note("缺少 .shx 文件，已按 .shp 重建索引。", "The .shx file is missing; it was rebuilt from the .shp.")
        )
    return source


def restored_index(shp: bytes) -> bytes:
    """The .shx of `shp`: its head with the new length, then offset and length of every record in 16-bit words."""
    if len(shp) < 100 or struct.unpack(">i", shp[:4])[0] != 9994:
        raise ogr.refusal("no shapefile head")
    entries, at = [], 100
    while at + 8 <= len(shp):
        words = struct.unpack(">i", shp[at + 4 : at + 8])[0]
        if words < 2 or at + 8 + 2 * words > len(shp):
            break
        entries.append(struct.pack(">ii", at // 2, words))
        at += 8 + 2 * words
    return shp[:24] + struct.pack(">i", 50 + 4 * len(entries)) + shp[28:100] + b"".join(entries)


def _reference(source: Source) -> Reference:
    """What the .prj states. It is moved out of GDAL's sight, which refuses the whole file over a damaged one."""
    prj, ours = source.path.with_suffix(".prj"), source.path.with_suffix(".prj.text")
    if prj.exists():
        prj.replace(ours)
    text = ours.read_bytes().decode("utf-8", "replace") if ours.exists() else None
    return stated(text, place=f"{source.stem}.prj")


def _encoding(source: Source, dbf: Dbf, explicit: str | None) -> encodings.Choice:
    cpg = source.path.with_suffix(".cpg")
    declared = encodings.declared_name(cpg.read_bytes()[:64].decode("latin-1")) if cpg.exists() else None
    declared = declared or encodings.LANGUAGE_DRIVERS.get(dbf.language_driver)
    return encodings.choose([*dbf.names, *dbf.values], explicit=explicit, declared=declared, may_be_cut=True)


def dbf_text(path: Path) -> Dbf | None:
    """The text of the .dbf `path`, None where there is no such file; raises FormatError for a damaged one."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        head = file.read(32)
    if len(head) < 32:
        raise _damaged(path)
    count, head_bytes, row_bytes = struct.unpack("<IHH", head[4:12])
    data = np.memmap(path, dtype=np.uint8, mode="r")
    fields = [bytes(data[at : at + 32]) for at in range(32, head_bytes - 1, 32) if at + 32 <= len(data)]
    fields = fields[: next((i for i, field in enumerate(fields) if field[:1] == b"\r"), len(fields))]
    if row_bytes < 1 or head_bytes < 32 or not fields or len(data) < head_bytes + count * row_bytes:
        raise _damaged(path)
    rows = data[head_bytes : head_bytes + (len(data) - head_bytes) // row_bytes * row_bytes].reshape(-1, row_bytes)
    names = tuple(field[:11].split(b"\0")[0].rstrip() for field in fields)
    return Dbf(names, tuple(_texts(rows[:count], fields)), head[29], count)


def _texts(rows: np.ndarray, fields: list[bytes]) -> Iterator[bytes]:
    at = 1
    for field in fields:
        width = field[16]
        if field[11:12] == b"C":
            cells = rows[:, at : at + width]
            odd = cells[(cells > 127).any(axis=1)]
            yield from dict.fromkeys(bytes(cell).rstrip(b" \0").lstrip(b" ") for cell in odd)
        at += width


def _misfit(shapes: int, rows: int) -> FormatError:
    return FormatError(
        f".shp 有 {shapes} 个图形，.dbf 有 {rows} 行，无法对应。",
        f"The .shp holds {shapes} shapes but the .dbf {rows} rows; they do not belong together.",
        remedy_zh="请确认各文件来自同一次导出，或重新导出。",
        remedy_en="Check that the files come from one export, or export again.",
    )


def _damaged(path: Path) -> FormatError:
    return FormatError(
        ".dbf 文件已损坏。", "The .dbf file is damaged.", place=path.name,
        remedy_zh="请重新导出。", remedy_en="Export it again.",
    )  # fmt: skip
