"""What does a filter that a person wrote ask of a layer?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

import cql2

from layers.definition import LayerDefinition
from layers.filtering.expression import Expression
from layers.filtering.limits import (
    MAX_DEPTH,
    MAX_OPERATORS,
    TOKENS,
    check_json,
    check_text,
    too_deep,
    too_many_operators,
)
from layers.filtering.predicates import Predicates
from layers.filtering.problems import InvalidFilter, refusal, shown
from layers.filtering.shapes import FilterCrs

Language = Literal["cql2-text", "cql2-json"]

DOUBLE_DIGITS = 15
"""Whole numbers of more digits lose the last ones in a double, which is all the parser has."""

WHOLE = "gaodu_whole"
"""Carries such a number through the parser, as text."""

ESCAPED_QUOTE = "\\'"

REMEDY = ("写法如：DLBM = '0101' AND S_INTERSECTS(geom, BBOX(118.2,34.9,118.4,35))。",
          "Write it like DLBM = '0101' AND S_INTERSECTS(geom, BBOX(118.2,34.9,118.4,35)).")  # fmt: skip

JSON_EXAMPLE = '{"op":"=","args":[{"property":"DLBM"},"0101"]}'
JSON_REMEDY = (f"例如 {JSON_EXAMPLE}。", f"For instance {JSON_EXAMPLE}.")


def parse_filter(
    text: str, *, language: str = "cql2-text", definition: LayerDefinition, crs: FilterCrs = "CRS84"
) -> Expression:
    """What the CQL2 in `text` asks of the layer of `definition`; `crs` is what its coordinates are in.

    `language` is "cql2-text" or "cql2-json" (OGC 21-065r2). Names are looked up among layers.filtering.queryables.
    Raises UnknownField for a name that is not there, naming those that are, and InvalidFilter for what cannot be read,
    is too long or too deep, compares two types or calls what is not in FUNCTIONS.
    """
    if language not in READERS:
        raise refusal(f"没有过滤语言“{shown(language)}”。", f"There is no filter language {shown(language)!r}.",
                      choices=READERS)  # fmt: skip
    return Predicates(definition, crs).expression(READERS[language](text))


def _from_text(text: str) -> Any:
    return _restored(_parsed(text))


def _parsed(text: str) -> Any:
    """CQL2 JSON of `text`, where a backslash is itself; if it cannot be read so, one before a quote escapes it.

    The standard lets a text write a quote as two or with a backslash (OGC 21-065r2, annex B). Two come first: a program
    that doubles the quotes of a value must not have the value end early because a backslash stands before one.
    """
    try:
        return _read(text)
    except InvalidFilter:
        if ESCAPED_QUOTE not in text:
            raise
        return _read(text.replace(ESCAPED_QUOTE, "''"))


def _read(text: str) -> Any:
    plain = _with_whole_numbers(text)
    check_text(plain)
    try:
        tree = cql2.parse_text(plain).to_json()
    except cql2.ParseError as error:
        raise _unread(str(error)) from error
    except Exception as error:  # cql2 raises plain Exceptions for geometries that it cannot write as GeoJSON
        raise _unread(str(error)) from error
    _check_size(tree)
    return tree


def _unread(reason: str) -> InvalidFilter:
    lines = [line for line in reason.splitlines() if line.strip()]
    place = re.search(r"--> \d+:(\d+)", reason)
    at_zh, at_en = (f"（第 {place[1]} 个字符处）", f" at character {place[1]}") if place else ("", "")
    found = shown(lines[-1].strip(" =")) if lines else ""
    return refusal(f"过滤条件无法解析{at_zh}：{found}。", f"The filter cannot be read{at_en}: {found}.", remedy=REMEDY)


def _with_whole_numbers(text: str) -> str:
    """`text` with long whole numbers as calls of WHOLE."""

    def kept(token: re.Match[str]) -> str:
        digits = token["number"]
        is_long = digits is not None and len(digits) > DOUBLE_DIGITS and digits.isdigit()
        return f"{WHOLE}('{digits}')" if is_long else token[0]

    return TOKENS.sub(kept, text)


def _restored(tree: Any) -> Any:
    """`tree` with the calls of WHOLE as the numbers they carry; those in coordinates are refused by their reader."""
    if isinstance(tree, list):
        return [_restored(item) for item in tree]
    if not isinstance(tree, Mapping):
        return tree
    arguments = tree.get("args")
    if tree.get("op") == WHOLE and isinstance(arguments, list) and len(arguments) == 1:
        return _whole(arguments[0])
    return {key: _restored(value) for key, value in tree.items()}


def _whole(digits: object) -> Any:
    if isinstance(digits, str) and digits.isascii() and digits.isdigit() and len(digits) < 400:
        return int(digits)
    raise refusal(f"“{shown(digits)}”不是数。", f"{shown(digits)!r} is not a number.")


def _from_json(text: str) -> Any:
    check_json(text)
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refusal(f"不是有效的 JSON：{error}。", f"This is not valid JSON: {error}.", remedy=JSON_REMEDY) from error
    _check_size(tree)
    return tree


READERS: dict[str, Callable[[str], Any]] = {"cql2-text": _from_text, "cql2-json": _from_json}
"""Filter language -> CQL2 JSON of a text in it."""


def _check_size(tree: Any) -> None:
    """Raises InvalidFilter for too many operators or levels of them, without going down one call a level."""
    waiting, operators = [(tree, 0)], 0
    while waiting:
        node, level = waiting.pop()
        if level > MAX_DEPTH:
            raise too_deep()
        if isinstance(node, Mapping):
            is_operator = "op" in node
            operators += is_operator
            waiting.extend((value, level + is_operator) for value in node.values())
        elif isinstance(node, list):
            waiting.extend((item, level) for item in node)
    if operators > MAX_OPERATORS:
        raise too_many_operators()
