"""Which types may a column have that a reader hands on?"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gis.formats.encodings import choose, decoded
from gis.formats.model import GEOMETRY, Note

MOMENT = pa.timestamp("ms", tz="UTC")
_ESCAPED = f"\0{GEOMETRY}"
_ZONED = r"(Z|[+-]\d{2}:?\d{2})$"


def field_name(name: str) -> str:
    """`name` as a reader hands it on: a field named like the geometry column is marked until it gets another name."""
    return _ESCAPED if name == GEOMETRY else name


def shown_name(name: str) -> str:
    """The file's own name of a field that `field_name` may have marked."""
    return GEOMETRY if name == _ESCAPED else name


@dataclass(slots=True)
class Values:
    """Brings columns to string, int64, double, bool, decimal128, date32 and timestamp[ms, UTC], and reports how.

    `listed` names columns that became JSON text, `dropped` the binary ones, `naive` those with times without a zone,
    `recoded` those whose bytes were not UTF-8, and `renamed` gives new names by old ones.
    """

    listed: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    naive: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)
    recoded: dict[str, str] = field(default_factory=dict)

    def plain(self, name: str, column: pa.Array) -> pa.Array | None:
        """`column` in one of the plain types; None for binary, which is dropped."""
        if isinstance(column.type, pa.BaseExtensionType):
            if column.type.extension_name == "arrow.json":
                self.listed.add(name)
            column = column.storage
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        kind = column.type
        if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
            self.dropped.add(name)
            return None
        if pa.types.is_nested(kind):
            self.listed.add(name)
            return pa.array([None if value is None else _json(value) for value in column.to_pylist()], type=pa.string())
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            return self._text(name, column)
        if pa.types.is_timestamp(kind):
            if kind.tz is None:
                self.naive.add(name)
                return column.cast(pa.timestamp("ms"), safe=False).cast(MOMENT)
            return column.cast(MOMENT, safe=False)
        return column.cast(_target(kind), safe=not pa.types.is_date64(kind))

    def _text(self, name: str, column: pa.Array) -> pa.Array:
        """`column` as string; bytes that are not UTF-8, where the format says they must be, decoded."""
        try:
            column.validate(full=True)
            return column.cast(pa.string())
        except pa.ArrowInvalid:
            raw = column.cast(pa.binary() if pa.types.is_string(column.type) else pa.large_binary()).to_pylist()
        encoding = choose([value for value in raw if value is not None]).encoding
        self.recoded[name] = encoding
        texts = [None if value is None else decoded(value, encoding)[0] for value in raw]
        return pa.array(texts, type=pa.string())

    def moments(self, name: str, text: pa.Array) -> pa.Array:
        """ISO 8601 text as timestamp[ms, UTC]; a time without a zone keeps its digits, as UTC, and is reported."""
        zoned = pc.match_substring_regex(text, _ZONED)
        bare = pc.and_kleene(pc.is_valid(text), pc.invert(zoned))
        if pc.any(bare).as_py():
            self.naive.add(name)
            text = pc.if_else(bare, pc.binary_join_element_wise(text, "Z", ""), text)
        return text.cast(MOMENT, safe=False)

    def notes(self) -> list[Note]:
        """What was changed."""
        found = []
        for old, new in self.renamed.items():
            found.append(Note(f"字段“{old}”重名或被占用，已改名为“{new}”。", f"Field {old!r} was renamed {new!r}."))
        for name, encoding in self.recoded.items():
            found.append(
                Note(f"字段 {name} 的文字不是 UTF-8，按 {encoding} 读取。", f"{name} is not UTF-8; read as {encoding}.")
            )
        if self.listed:
            names = "、".join(sorted(self.listed))
            found.append(
                Note(
                    f"字段 {names} 的值是列表或对象，已存为 JSON 文本。",
                    f"Lists and objects became JSON text: {names}.",
                )
            )
        if self.dropped:
            names = "、".join(sorted(self.dropped))
            found.append(Note(f"字段 {names} 是二进制数据，未导入。", f"Binary fields were left out: {names}."))
        if self.naive:
            names = "、".join(sorted(self.naive))
            found.append(
                Note(
                    f"字段 {names} 的时间没有时区，按 UTC 记录，数字不变。",
                    f"Times without a zone are kept with their digits, as UTC: {names}.",
                )
            )
        return found

    def unique(self, names: list[str]) -> list[str]:
        """`names` made different from one another (case aside) and from the geometry's column."""
        taken, result = {GEOMETRY}, []
        for name in map(shown_name, names):
            wanted, number = name or "field", 1
            candidate = wanted
            while candidate.lower() in taken:
                number += 1
                candidate = f"{wanted}_{number}"
            if candidate != name:
                self.renamed[name] = candidate
            taken.add(candidate.lower())
            result.append(candidate)
        return result


def _target(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(kind):
        return pa.decimal128(20, 0) if kind == pa.uint64() else pa.int64()
    if pa.types.is_floating(kind):
        return pa.float64()
    if pa.types.is_date(kind):
        return pa.date32()
    if pa.types.is_decimal(kind):
        return pa.decimal128(min(kind.precision, 38), kind.scale)
    return pa.bool_() if pa.types.is_boolean(kind) else pa.string()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_as_json)


def _as_json(value: Any) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
