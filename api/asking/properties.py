"""Which features do parameters named like fields ask for?

name=value finds features whose field has just that value; name=["a","b"], a list as JSON, those that have one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from api.errors import BadParameter
from layers.definition import LayerDefinition
from layers.filtering import Expression, Queryable, parse_filter, queryables
from layers.filtering.expression import ValueType

MOST_VALUES = 1_000


@dataclass(frozen=True, slots=True)
class Conditions:
    """What parameters named like fields ask for: these fids, fields with these values, and all of `expressions`."""

    fids: tuple[int, ...] | None = None
    equals: Mapping[str, str] = field(default_factory=dict)
    expressions: tuple[Expression, ...] = ()


def _number(text: str) -> Any:
    """An integer as such, or a finite number."""
    value = orjson.loads(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(text)
    return value


LITERALS: dict[ValueType, Callable[[str], Any]] = {
    ValueType.TEXT: lambda text: text,
    ValueType.NUMBER: _number,
    ValueType.BOOLEAN: lambda text: {"true": True, "false": False}[text],
    ValueType.DATE: lambda text: {"date": text},
    ValueType.MOMENT: lambda text: {"timestamp": text},
}
"""A value in a query string, as a constant of CQL2 JSON."""


def conditions(definition: LayerDefinition, given: Mapping[str, str], declared: Iterable[str]) -> Conditions:
    """What the parameters `given` ask of the layer; `declared` are the names of the others, for the refusal.

    Raises BadParameter for a name that is no queryable, for geom, and for values of another type.
    """
    known = {name: each for name, each in queryables(definition).items() if each.type is not ValueType.GEOMETRY}
    equals, expressions, fids = {}, [], None
    for name, text in given.items():
        if name not in known:
            raise _unknown(name, declared, known)
        if text.startswith("["):
            expressions.append(_one_of(known[name], _listed(name, text), definition))
        elif name in definition.field_names:
            equals[name] = text
        elif name == "fid":
            fids = (_fid(text),)
        else:
            expressions.append(_one_of(known[name], [text], definition))
    return Conditions(fids, equals, tuple(expressions))


def _fid(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise _unfit("fid", text)
    return int(text)


def _listed(name: str, text: str) -> list[str]:
    """The values of a list as JSON, each as text."""
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError:
        values = None
    if not isinstance(values, list) or not 0 < len(values) <= MOST_VALUES:
        raise BadParameter(
            f"“{name}”的值以 [ 开头，但不是 1 至 {MOST_VALUES} 个值的 JSON 数组。",
            f"The value of {name!r} begins with [ and is no JSON array of 1 to {MOST_VALUES} values.",
            place=name,
            remedy_zh='数组写法：["甲","乙"]；以 [ 开头的文本写作 ["[…"]。',
            remedy_en='Write ["a","b"]; a text that begins with [ is written ["[..."].',
        )
    return [value if isinstance(value, str) else orjson.dumps(value).decode() for value in values]


def _one_of(queryable: Queryable, texts: list[str], definition: LayerDefinition) -> Expression:
    try:
        values = [LITERALS[queryable.type](text) for text in texts]
    except (ValueError, KeyError) as error:
        raise _unfit(queryable.name, ", ".join(texts)) from error
    tree = {"op": "in", "args": [{"property": queryable.name}, values]}
    return parse_filter(orjson.dumps(tree).decode(), language="cql2-json", definition=definition)


def _unfit(name: str, text: str) -> BadParameter:
    return BadParameter(
        f"“{text[:80]}”不是“{name}”可取的值。", f"{text[:80]!r} is no value of {name!r}.", place=name,
        remedy_zh="字段类型见 queryables。", remedy_en="The types are described at queryables.",
    )  # fmt: skip


def _unknown(name: str, declared: Iterable[str], known: Iterable[str]) -> BadParameter:
    names, fields = list(declared), list(known)
    return BadParameter(
        f"没有参数“{name[:80]}”。",
        f"There is no parameter {name[:80]!r}.",
        place=name[:80],
        remedy_zh=f"参数：{'、'.join(names)}；字段：{'、'.join(fields)}。",
        remedy_en=f"Parameters: {', '.join(names)}; fields: {', '.join(fields)}.",
    )
