"""What a filter says of one feature, worked out in plain Python: the answer that every engine must give."""

from __future__ import annotations

import operator
import re
from decimal import Decimal

import shapely

from layers.filtering.arithmetic import ARITHMETIC, computed
from layers.filtering.expression import (
    And,
    Compared,
    Constant,
    Field,
    Like,
    Missing,
    Not,
    OneOf,
    Or,
    Related,
    Truth,
    Wildcard,
)
from layers.filtering.functions import DAYS, FUNCTIONS

OPERATORS = {"=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
             ">=": operator.ge}  # fmt: skip


def value(scalar, row):
    if isinstance(scalar, Constant):
        return scalar.value
    if isinstance(scalar, Field):
        found = row[scalar.name]
        return float(found) if isinstance(found, Decimal) else found
    arguments = [value(item, row) for item in scalar.arguments]
    if scalar.function in ARITHMETIC:
        return computed(scalar.function, *arguments)
    function = {**FUNCTIONS, **DAYS}[scalar.function]
    if isinstance(arguments[0], float) and not abs(arguments[0]) < 1e150:
        return None
    return None if None in arguments else function.reference(*arguments)


def comparable(left, right, scalars):
    """Numbers as doubles unless both sides are whole."""
    numbers = all(isinstance(side, int | float) and not isinstance(side, bool) for side in (left, right))
    if numbers and not all(scalar.whole for scalar in scalars):
        return float(left), float(right)
    return left, right


def both(verdicts):
    """AND of three values: false if any is, else neither if any is."""
    return False if False in verdicts else None if None in verdicts else True


def opposite(verdict):
    return None if verdict is None else not verdict


def like(expression, row):
    text = value(expression.value, row)
    wildcards = {Wildcard.ANY: ".*", Wildcard.ONE: "."}
    regex = "".join(wildcards[p] if isinstance(p, Wildcard) else re.escape(p) for p in expression.pattern)
    return None if text is None else re.fullmatch(regex, text, re.DOTALL) is not None


def compared(expression, row):
    sides = expression.left, expression.right
    left, right = (value(side, row) for side in sides)
    if left is None or right is None:
        return None
    return OPERATORS[expression.operator](*comparable(left, right, sides))


def one_of(expression, row):
    each = [compared(Compared("=", expression.value, item), row) for item in expression.values]
    return opposite(both([opposite(verdict) for verdict in each]))


def related(expression, row):
    predicate = getattr(shapely, expression.relation.removeprefix("s_"))
    return bool(predicate(shapely.from_wkb(row["geom"]), shapely.from_wkb(expression.right.wkb)))


VERDICTS = {
    Truth: lambda expression, row: expression.value,
    Not: lambda expression, row: opposite(verdict(expression.part, row)),
    And: lambda expression, row: both([verdict(part, row) for part in expression.parts]),
    Or: lambda expression, row: opposite(both([opposite(verdict(part, row)) for part in expression.parts])),
    Missing: lambda expression, row: value(expression.value, row) is None,
    Compared: compared,
    Like: like,
    OneOf: one_of,
    Related: related,
}


def verdict(expression, row):
    """True, False or None for neither."""
    return VERDICTS[type(expression)](expression, row)


def fids(expression, rows):
    """The features of `rows` of which `expression` is true."""
    return [row["fid"] for row in rows if verdict(expression, row)]
