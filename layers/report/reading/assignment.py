"""Which pairs, each side used once, give the highest total score?"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf


def best_pairs(scores: Mapping[tuple[int, int], float], least: float) -> dict[int, int]:
    """The pairs (left, right) of the highest total of `scores`, of those that score `least` or more.

    The Hungarian method with potentials (Kuhn 1955, Munkres 1957): r² l steps for r rights and l lefts, of which there
    may be many.
    """
    good = {pair: score for pair, score in scores.items() if score >= least}
    lefts = sorted({left for left, _ in good})
    rights = sorted({right for _, right in good})
    columns = [*lefts, *(None for _ in rights)]  # a right that finds no left takes an empty column of its own
    costs = [[-good.get((left, right), 0.0) if left is not None else 0.0 for left in columns] for right in rights]
    return {
        left: rights[row]
        for column, row in _owners(costs).items()
        if (left := columns[column]) is not None and costs[row][column] < 0
    }


def _owners(costs: list[list[float]]) -> dict[int, int]:
    """The row of each used column in the cheapest assignment of all rows; there are at least as many columns."""
    height, width = len(costs), len(costs[0]) if costs else 0
    row_price, column_price = [0.0] * (height + 1), [0.0] * (width + 1)
    owner = [0] * (width + 1)  # rows and columns count from 1; 0 is none
    for row in range(1, height + 1):
        owner[0], column = row, 0
        least, before, done = [inf] * (width + 1), [0] * (width + 1), [False] * (width + 1)
        while owner[column]:
            done[column] = True
            this, step, following = owner[column], inf, 0
            for other in range(1, width + 1):
                if not done[other]:
                    cost = costs[this - 1][other - 1] - row_price[this] - column_price[other]
                    if cost < least[other]:
                        least[other], before[other] = cost, column
                    if least[other] < step:
                        step, following = least[other], other
            for other in range(width + 1):
                if done[other]:
                    row_price[owner[other]] += step
                    column_price[other] -= step
                else:
                    least[other] -= step
            column = following
        while column:
            owner[column] = owner[before[column]]
            column = before[column]
    return {column - 1: row - 1 for column, row in enumerate(owner) if column and row}
