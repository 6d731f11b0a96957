"""Does one list hold another?

Layers have no fields of lists, so the relations of OGC 21-065r2 (7.8) are between lists written in the filter, of
values and fields: A_CONTAINS((name, alias), ('Gaodu')). A value by itself is a list of one. Lists are sets: neither
order nor repetition counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from layers.filtering.comparing import any_of, compared
from layers.filtering.expression import And, Expression, Scalar
from layers.filtering.problems import refusal
from layers.filtering.scalars import Scalars, alike

MAX_ITEMS = 50
"""Items of a list: each of one is compared with each of the other."""


def _holds(one: Sequence[Scalar], other: Sequence[Scalar]) -> Expression:
    """Whether all of `other` are in `one`."""
    return And(tuple(any_of([compared("=", mine, item) for mine in one]) for item in other))


RELATIONS: Mapping[str, Callable[[Sequence[Scalar], Sequence[Scalar]], Expression]] = {
    "a_contains": _holds,
    "a_containedby": lambda one, other: _holds(other, one),
    "a_equals": lambda one, other: And((_holds(one, other), _holds(other, one))),
    "a_overlaps": lambda one, other: any_of([compared("=", mine, item) for mine in one for item in other]),
}


def related(scalars: Scalars, relation: str, arguments: Sequence[Any]) -> Expression:
    """`relation`, of RELATIONS, between two lists of values of one type. Raises InvalidFilter and UnknownField."""
    lists = [node if isinstance(node, list) else [node] for node in arguments]
    if not all(lists) or max(len(node) for node in lists) > MAX_ITEMS:
        raise refusal(f"列表应有 1 至 {MAX_ITEMS} 个值。", f"A list has 1 to {MAX_ITEMS} values.")
    values = alike([scalars.scalar(item) for node in lists for item in node], relation)
    return RELATIONS[relation](values[: len(lists[0])], values[len(lists[0]) :])
