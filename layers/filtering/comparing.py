"""Is one value equal to, below or above another?"""

from __future__ import annotations

import operator as python
from collections.abc import Callable, Sequence
from typing import Any

from layers.filtering.expression import Compared, Constant, Expression, Or, Scalar, Truth
from layers.filtering.scalars import alike

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": python.eq, "<>": python.ne, "<": python.lt, ">": python.gt, "<=": python.le, ">=": python.ge,
}  # fmt: skip


def compared(operator: str, left: Scalar, right: Scalar) -> Expression:
    """`left operator right`, of OPERATORS, computed at once for constants. Raises InvalidFilter for two types."""
    left, right = alike((left, right), operator)
    for side in (left, right):
        if isinstance(side, Constant) and side.value is None:
            return Truth(None)
    if isinstance(left, Constant) and isinstance(right, Constant):
        return Truth(OPERATORS[operator](left.value, right.value))
    return Compared(operator, left, right)


def any_of(parts: Sequence[Expression]) -> Expression:
    """Whether any of `parts` holds."""
    return parts[0] if len(parts) == 1 else Or(tuple(parts))
