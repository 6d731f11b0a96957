"""Which field of a file goes into which field of a layer?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from layers.definition import FieldDefinition, FieldType, LayerDefinition
from layers.errors import ImportRefused
from layers.validation import arrow_type

SHAPEFILE_NAME_BYTES = 10


@dataclass(frozen=True, slots=True)
class FieldMatch:
    """What was matched: source name by target name, what the file has beyond that, and what the layer still lacks."""

    sources: dict[str, str]
    unused: tuple[str, ...]
    missing: tuple[str, ...]


def match_fields(
    definition: LayerDefinition, names: Iterable[str], given: Mapping[str, str] | None = None
) -> FieldMatch:
    """The fields of `definition` matched with the `names` in a file.

    `given` (target: source) wins; then the same name, the same but for case, the Chinese or English title, and the name
    as a shapefile cuts it. Raises ImportRefused where `given` names what is not there or a required field is left over.
    """
    names, given = list(names), dict(given or {})
    _check_given(definition, names, given)
    sources: dict[str, str] = dict(given)
    for matches in _RULES:
        for field in definition.fields:
            left = [name for name in names if name not in sources.values()]
            found = [name for name in left if matches(field, name)]
            if field.name not in sources and len(found) == 1:
                sources[field.name] = found[0]
    missing = tuple(field.name for field in definition.fields if field.required and field.name not in sources)
    if missing:
        raise ImportRefused(
            f"文件缺少图层“{definition.id}”的必填字段：{'、'.join(missing)}。",
            f"The file lacks required fields of layer {definition.id!r}: {', '.join(missing)}.",
            remedy_zh=f"用 --map 目标=来源 指定对应字段；文件字段：{'、'.join(names)}。",
            remedy_en=f"Match them with --map TARGET=SOURCE; the file has: {', '.join(names)}.",
        )
    unused = tuple(name for name in names if name not in sources.values())
    return FieldMatch(sources, unused, tuple(f.name for f in definition.fields if f.name not in sources))


_RULES: tuple[Callable[[FieldDefinition, str], bool], ...] = (
    lambda field, name: name == field.name,
    lambda field, name: name.lower() == field.name.lower(),
    lambda field, name: name in (field.title.zh, field.title.en),
    lambda field, name: name.encode() == field.name.encode()[:SHAPEFILE_NAME_BYTES],
)


def _check_given(definition: LayerDefinition, names: list[str], given: Mapping[str, str]) -> None:
    for target, source in given.items():
        definition.field(target)
        if source not in names:
            raise ImportRefused(
                f"文件没有字段“{source}”。",
                f"The file has no field {source!r}.",
                place=f"--map {target}={source}",
                remedy_zh=f"文件字段：{'、'.join(names)}。",
                remedy_en=f"The file has: {', '.join(names)}.",
            )


def converted(column: pa.ChunkedArray, field: FieldDefinition, source: str) -> pa.ChunkedArray:
    """`column` of the file made ready for `field`: text read as the field's type, numbers written as text.

    Whole numbers become text without a decimal point; blank text is no value for a field that is not text. Everything
    else is left to the store, which takes what fits without loss. Raises ImportRefused naming field and value.
    """
    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    if is_text == (field.type is FieldType.TEXT):
        return column
    if is_text:
        trimmed = pc.utf8_trim_whitespace(column)
        column = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, trimmed.type), trimmed)
    elif _whole_numbers(column):
        column = column.cast(pa.int64())
    wanted = pa.float64() if field.type is FieldType.DECIMAL else arrow_type(field)
    try:
        return column.cast(wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ImportRefused(
            f"字段“{source}”的值不能转为“{field.name}”（{field.type.value}）：{error}",
            f"Values of {source!r} do not become {field.name!r} ({field.type.value}): {error}",
            place=source,
            remedy_zh="请改正该字段，或用 --map 另选字段。",
            remedy_en="Correct the field, or choose another with --map.",
        ) from error


def _whole_numbers(column: pa.ChunkedArray) -> bool:
    if not pa.types.is_floating(column.type):
        return False
    return pc.all(pc.equal(column, pc.floor(column)), skip_nulls=True).as_py() is not False
