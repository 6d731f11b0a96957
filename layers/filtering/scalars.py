"""What value does a part of a filter stand for, and of what type?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from layers.definition import FieldType, LayerDefinition
from layers.errors import UnknownField
from layers.filtering.arithmetic import ARITHMETIC, computed
from layers.filtering.expression import Call, Constant, Field, Scalar, Value, ValueType
from layers.filtering.functions import FUNCTIONS, Function
from layers.filtering.limits import check_characters
from layers.filtering.problems import refusal, shown
from layers.filtering.queryables import queryables

MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1
EXACT = 2**53
"""Doubles below it stand for one whole number each."""

MAX_POWERS = 3
"""Powers within one another: a database writes the parts of each several times."""

TYPE_NAMES = {
    ValueType.TEXT: "文本 text", ValueType.NUMBER: "数 number", ValueType.BOOLEAN: "布尔 boolean",
    ValueType.DATE: "日期 date", ValueType.MOMENT: "时间 datetime", ValueType.GEOMETRY: "几何 geometry",
}  # fmt: skip
Node = Any
"""A part of CQL2 JSON."""


class Scalars:
    """Reads the values of a filter for one layer; names are looked up in its definition, never passed on."""

    def __init__(self, definition: LayerDefinition) -> None:
        self.definition = definition
        self.known = queryables(definition)

    def field(self, name: object) -> Field:
        """The field called `name`. Raises UnknownField naming the valid ones."""
        found = self.known.get(name) if isinstance(name, str) else None
        if found is None:
            raise UnknownField(self.definition.id, shown(name), self.known)
        return Field(found.name, found.type, whole=found.kind == FieldType.INTEGER)

    def scalar(self, node: Node) -> Scalar:
        """The value that `node` stands for. Raises InvalidFilter and UnknownField."""
        if node is None or isinstance(node, bool | int | float | str):
            return constant(node)
        if isinstance(node, Mapping):
            for key, read in READERS.items():
                if key in node:
                    return read(self, node)
        raise refusal("此处应为一个值。", f"A single value is needed here, not {shown(node)!r}.")

    def property(self, node: Node) -> Scalar:
        """{"property": name}: a field that has a value, so no geometry."""
        field = self.field(node["property"])
        if field.type is ValueType.GEOMETRY:
            raise refusal(
                f"“{field.name}”是几何，不能与值比较。", f"{field.name!r} is a geometry and has no value to compare.",
                remedy=("请用 S_INTERSECTS 等空间函数。", "Use S_INTERSECTS and the other spatial functions."),
            )  # fmt: skip
        return field

    def call(self, node: Node) -> Scalar:
        """{"op": name, "args": [...]}: arithmetic or a function."""
        name, arguments = operation(node)
        if name in ARITHMETIC:
            return self._arithmetic(name, arguments)
        if name not in FUNCTIONS:
            raise refusal(f"没有函数“{shown(name)}”。", f"There is no function {shown(name)!r}.", choices=FUNCTIONS)
        function = FUNCTIONS[name]
        if len(arguments) != len(function.arguments):
            count = len(function.arguments)
            raise refusal(f"{name} 需要 {count} 个参数。", f"{name} takes {count} argument(s).")
        return applied(function, tuple(self.scalar(item) for item in arguments))

    def _arithmetic(self, operator: str, arguments: Sequence[Node]) -> Scalar:
        if len(arguments) != 2:
            raise refusal(f"{operator} 需要两个数。", f"{operator} takes two numbers.")
        left, right = (self.scalar(item) for item in arguments)
        for side in (left, right):
            need_type(side, (ValueType.NUMBER,), operator)
        if isinstance(left, Constant) and isinstance(right, Constant):
            return _folded(operator, left.value, right.value)
        if any(isinstance(side, Constant) and side.value is None for side in (left, right)):
            return Constant(None, ValueType.NUMBER)
        made = Call(operator, (left, right), ValueType.NUMBER)
        if _powers(made) > MAX_POWERS:
            raise refusal(f"乘方嵌套超过 {MAX_POWERS} 层。", f"More than {MAX_POWERS} powers within one another.")
        return made


READERS = {
    "property": Scalars.property,
    "date": lambda _, node: Constant(day(node["date"]), ValueType.DATE),
    "timestamp": lambda _, node: Constant(moment(node["timestamp"]), ValueType.MOMENT),
    "op": Scalars.call,
}
"""The key that tells what an object of CQL2 JSON is, and who reads it."""


def operation(node: Mapping[str, Node]) -> tuple[str, Sequence[Node]]:
    """Name (lower case) and arguments of {"op": ..., "args": [...]}. Raises InvalidFilter."""
    name, arguments = node.get("op"), node.get("args")
    if not isinstance(name, str) or not isinstance(arguments, list):
        raise refusal("运算应有 op 和 args。", "An operation needs op, a text, and args, an array.")
    return name.lower(), arguments


def applied(function: Function, arguments: tuple[Scalar, ...]) -> Scalar:
    """`function` of `arguments`, computed at once where they are constants. Raises InvalidFilter for other types."""
    for argument, types in zip(arguments, function.arguments, strict=True):
        need_type(argument, types, function.name)
    if not all(isinstance(argument, Constant) for argument in arguments):
        return Call(function.name, arguments, function.returns)
    values = [argument.value for argument in arguments if isinstance(argument, Constant)]
    result = None if None in values else function.reference(*values)
    return Constant(tidied(result) if function.returns is ValueType.NUMBER else result, function.returns)


def constant(value: object) -> Constant:
    """A plain JSON value; null is a missing text until it meets a value of another type. Raises InvalidFilter."""
    if value is None:
        return Constant(None, ValueType.TEXT)
    if isinstance(value, bool):
        return Constant(value, ValueType.BOOLEAN)
    if isinstance(value, str):
        check_characters(value)
        return Constant(value, ValueType.TEXT)
    return Constant(number(value), ValueType.NUMBER)


def number(value: object) -> int | float:
    """A finite number: an integer of 64 bits, also where it came as a double, or a double. Raises InvalidFilter."""
    try:
        double = float(value)  # type: ignore[arg-type]
    except (OverflowError, ValueError, TypeError):
        double = math.inf
    if not math.isfinite(double):
        raise refusal(f"“{shown(value)}”不是有限数。", f"{shown(value)} is not a finite number.")
    if isinstance(value, int) and MIN_INTEGER <= value <= MAX_INTEGER:
        return value
    return int(double) if double.is_integer() and abs(double) < EXACT else double


def tidied(value: Value | None) -> Value | None:
    """`value` as an integer if it is a double that stands for one."""
    whole = isinstance(value, float) and value.is_integer() and abs(value) < EXACT
    return int(value) if whole else value  # type: ignore[arg-type]


def _folded(operator: str, left: Any, right: Any) -> Constant:
    if isinstance(left, int) and isinstance(right, int) and operator in ("+", "-", "*"):
        exact = {"+": left + right, "-": left - right, "*": left * right}[operator]
        if MIN_INTEGER <= exact <= MAX_INTEGER:
            return Constant(exact, ValueType.NUMBER)
    return Constant(tidied(computed(operator, left, right)), ValueType.NUMBER)


def _powers(value: Scalar) -> int:
    if not isinstance(value, Call):
        return 0
    return (value.function == "^") + max(_powers(argument) for argument in value.arguments)


def day(text: object) -> date:
    """The day in ISO 8601 text such as 2024-05-01. Raises InvalidFilter."""
    try:
        if isinstance(text, str) and len(text) == len("2024-05-01"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise refusal(
        f"“{shown(text)}”不是日期。", f"{shown(text)!r} is not a date.",
        remedy=("写法：2024-05-01。", "Write it as 2024-05-01."),
    )  # fmt: skip


def moment(text: object) -> datetime:
    """The moment in ISO 8601 text with a zone, to the millisecond, in UTC. Raises InvalidFilter."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
        if found is not None and found.tzinfo is not None and found.microsecond % 1000 == 0:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise refusal(
        f"“{shown(text)}”不是带时区、精确到毫秒的时间。",
        f"{shown(text)!r} is not a time with a zone, to the millisecond at most.",
        remedy=("写法：2024-05-01T08:30:00Z。", "Write it as 2024-05-01T08:30:00Z."),
    )


def need_type(value: Scalar, types: Sequence[ValueType], place: str) -> None:
    """Raises InvalidFilter unless `value` is of one of `types`, or missing."""
    if value.type in types or (isinstance(value, Constant) and value.value is None):
        return
    wanted = " / ".join(TYPE_NAMES[item] for item in types)
    raise refusal(
        f"{place} 需要 {wanted}，而{said(value)}是 {TYPE_NAMES[value.type]}。",
        f"{place} needs {wanted}; {said(value)} is {TYPE_NAMES[value.type]}.",
    )


def said(value: Scalar) -> str:
    """`value` as it is called in a message."""
    if isinstance(value, Field):
        return f"“{value.name}”"
    return f"“{shown(value.value)}”" if isinstance(value, Constant) else f"{value.function}(…)"


READ_AS = {ValueType.DATE: day, ValueType.MOMENT: moment}
"""The types that a plain text is read as where it meets them."""


def alike(values: Sequence[Scalar], place: str) -> list[Scalar]:
    """`values` as one type: texts become dates and times where they meet such. Raises InvalidFilter."""
    types = [value.type for value in values if not (isinstance(value, Constant) and value.value is None)]
    wanted = next((kind for kind in types if kind is not ValueType.TEXT), ValueType.TEXT)
    found = [_as_type(value, wanted) for value in values]
    for value in found:
        need_type(value, (wanted,), place)
    return found


def _as_type(value: Scalar, wanted: ValueType) -> Scalar:
    if not isinstance(value, Constant):
        return value
    if value.value is None:
        return Constant(None, wanted)
    if value.type is ValueType.TEXT and wanted in READ_AS:
        return Constant(READ_AS[wanted](value.value), wanted)
    return value
