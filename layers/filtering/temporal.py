"""When does one time stand before, within or around another?

The relations of OGC 21-065r2 (7.7) between instants and intervals, as comparisons of their ends. An instant is an
interval that ends where it begins; '..' is an end that is open; a date among times is the day from its first to its
last millisecond in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers.filtering.comparing import compared
from layers.filtering.expression import And, Compared, Constant, Expression, Or, Scalar, Truth, ValueType
from layers.filtering.functions import DAY_END, DAY_START, DAYS
from layers.filtering.problems import refusal
from layers.filtering.scalars import Scalars, applied, day, moment, need_type

OPEN = ".."
TIMES = (ValueType.DATE, ValueType.MOMENT)


@dataclass(frozen=True, slots=True)
class Interval:
    """Two ends, both within; None is open."""

    start: Scalar | None
    end: Scalar | None

    @property
    def ends(self) -> list[Scalar]:
        """The ends that are not open."""
        return [end for end in (self.start, self.end) if end is not None]


Comparison = tuple[str, str, str]
"""An end of the first interval, an operator, an end of the second: ("start", ">", "end")."""

ALL_OF: dict[str, tuple[Comparison, ...]] = {
    "t_after": (("start", ">", "end"),),
    "t_before": (("end", "<", "start"),),
    "t_contains": (("start", "<", "start"), ("end", ">", "end")),
    "t_during": (("start", ">", "start"), ("end", "<", "end")),
    "t_equals": (("start", "=", "start"), ("end", "=", "end")),
    "t_finishedby": (("start", "<", "start"), ("end", "=", "end")),
    "t_finishes": (("start", ">", "start"), ("end", "=", "end")),
    "t_intersects": (("start", "<=", "end"), ("end", ">=", "start")),
    "t_meets": (("end", "=", "start"),),
    "t_metby": (("start", "=", "end"),),
    "t_overlappedby": (("start", ">", "start"), ("start", "<", "end"), ("end", ">", "end")),
    "t_overlaps": (("start", "<", "start"), ("end", ">", "start"), ("end", "<", "end")),
    "t_startedby": (("start", "=", "start"), ("end", ">", "end")),
    "t_starts": (("start", "=", "start"), ("end", "<", "end")),
}
"""What must hold of the ends, all of it."""

ANY_OF: dict[str, tuple[Comparison, ...]] = {"t_disjoint": (("end", "<", "start"), ("start", ">", "end"))}
"""What must hold of the ends, any of it."""

RELATIONS = frozenset({*ALL_OF, *ANY_OF})

BOUNDLESS = {"start": -1, "end": 1}
"""Where an open end lies: before or after everything."""

HOLDS = {
    "<": lambda a, b: a < b, ">": lambda a, b: a > b, "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b, "=": lambda a, b: a == b,
}  # fmt: skip


def related(scalars: Scalars, relation: str, arguments: Sequence[Any]) -> Expression:
    """`relation`, of RELATIONS, between two instants or intervals. Raises InvalidFilter and UnknownField."""
    if len(arguments) != 2:
        raise refusal(f"{relation} 需要两个时间。", f"{relation} takes two times.")
    first, second = (_interval(scalars, item, relation) for item in arguments)
    if any(end.type is ValueType.MOMENT for end in (*first.ends, *second.ends)):
        first, second = _in_moments(first), _in_moments(second)
    for interval in (first, second):
        _check_order(interval)
    wanted = ALL_OF.get(relation) or ANY_OF[relation]
    parts = tuple(_part(first, second, comparison) for comparison in wanted)
    if len(parts) == 1:
        return parts[0]
    return And(parts) if relation in ALL_OF else Or(parts)


def _interval(scalars: Scalars, node: Any, place: str) -> Interval:
    if isinstance(node, Mapping) and "interval" in node:
        ends = node["interval"]
        if not isinstance(ends, list) or len(ends) != 2:
            raise refusal("INTERVAL 需要起止两端。", "INTERVAL takes two ends.")
        return Interval(*(_end(scalars, end, place) for end in ends))
    instant = _end(scalars, node, place)
    if instant is None:
        raise refusal("“..”只能写在 INTERVAL 中。", "'..' belongs into INTERVAL.")
    return Interval(instant, instant)


def _end(scalars: Scalars, node: Any, place: str) -> Scalar | None:
    if node == OPEN:
        return None
    if isinstance(node, str):
        in_days = len(node) == len("2024-05-01")
        return Constant(day(node), ValueType.DATE) if in_days else Constant(moment(node), ValueType.MOMENT)
    value = scalars.scalar(node)
    need_type(value, TIMES, place)
    return value


def _in_moments(interval: Interval) -> Interval:
    return Interval(_in_moment(interval.start, DAY_START), _in_moment(interval.end, DAY_END))


def _in_moment(end: Scalar | None, function: str) -> Scalar | None:
    if end is None or end.type is not ValueType.DATE:
        return end
    return applied(DAYS[function], (end,))


def _check_order(interval: Interval) -> None:
    start, end = interval.start, interval.end
    if isinstance(start, Constant) and isinstance(end, Constant) and compared(">", start, end) == Truth(True):
        raise refusal("INTERVAL 的起点晚于终点。", "The INTERVAL begins after its end.")


def _part(first: Interval, second: Interval, comparison: Comparison) -> Expression:
    one, operator, other = comparison
    left, right = getattr(first, one), getattr(second, other)
    if left is not None and right is not None:
        return compared(operator, left, right)
    holds = HOLDS[operator](0 if left is not None else BOUNDLESS[one], 0 if right is not None else BOUNDLESS[other])
    known = left if left is not None else right
    if known is None or isinstance(known, Constant):
        return Truth(None if known is not None and known.value is None else holds)
    # true or false of every value, and neither where the field has none
    return Compared("=" if holds else "<>", known, known)
