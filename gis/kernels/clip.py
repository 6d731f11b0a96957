"""What of a ring or a segment lies in a square?

A ring is cut at one side of the square after the other (Sutherland and Hodgman, CACM 1974). Where it crosses a side
more than twice it falls into several rings: the places at which it crosses, in order along the side, are in turn where
such a ring leaves and where it comes back.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import compiled

MOST_RUNS = 64
"""A ring that crosses a side more often is not divided: the caller has it repaired."""


@compiled()
def clip_room(n):
    """How many vertices clipping can make of n: each side adds at most one for every two."""
    return 6 * n + 32


@compiled()
def clipped_rings(buffers, ends, n, low, high, divide):
    """Cuts the ring of n vertices in buffers[0] to the square low..high; the number of rings that are left there.

    buffers   (3, clip_room(n), 2); the last two are scratch
    ends      (2, n + 1); the first row gets the end of each ring
    divide    whether a ring that crosses a side more than twice becomes several; else it runs along the side between
    """
    source, target, count = 0, 1, 1
    ends[0, 0] = n
    for side in range(4):
        axis, sign, limit = side // 2, 1.0 if side % 2 == 0 else -1.0, low if side % 2 == 0 else -high
        total = ends[source, count - 1]
        if not _reaches_over(buffers[source], total, axis, sign, limit):
            continue
        made, start, at = 0, 0, 0
        for k in range(count):
            stop = ends[source, k]
            runs = _runs(buffers[source], start, stop, axis, sign, limit)
            divided = 0
            if 1 < runs <= MOST_RUNS and divide:
                divided = _divided(
                    buffers[source], start, stop, runs, buffers[2], buffers[target], at, ends[target], made,
                    axis, sign, limit,
                )  # fmt: skip
            if divided > 0:
                made += divided
                at = ends[target, made - 1]
            else:
                end = _cut(buffers[source], start, stop, buffers[target], at, axis, sign, limit)
                if end > at:
                    ends[target, made] = at = end
                    made += 1
            start = stop
        source, target, count = target, source, made
        if count == 0:
            return 0
    if source == 1:
        for i in range(ends[1, count - 1]):
            buffers[0, i, 0], buffers[0, i, 1] = buffers[1, i, 0], buffers[1, i, 1]
        for k in range(count):
            ends[0, k] = ends[1, k]
    return count


@compiled()
def _reaches_over(ring, n, axis, sign, limit):
    for i in range(n):  # noqa: SIM110 - numba knows no any()
        if sign * ring[i, axis] < limit:
            return True
    return False


@compiled()
def _runs(ring, start, stop, axis, sign, limit):
    """How often the ring comes in over the side."""
    runs = 0
    for i in range(start, stop):
        j = i + 1 if i + 1 < stop else start
        runs += sign * ring[i, axis] < limit <= sign * ring[j, axis]
    return runs


@compiled()
def _cross(ring, i, j, target, m, axis, sign, limit):
    """Writes where the edge from i to j meets the side."""
    here, there = sign * ring[i, axis] - limit, sign * ring[j, axis] - limit
    t = here / (here - there)
    target[m, axis] = sign * limit
    target[m, 1 - axis] = ring[i, 1 - axis] + t * (ring[j, 1 - axis] - ring[i, 1 - axis])


@compiled()
def _cut(ring, start, stop, target, at, axis, sign, limit):
    """Writes what of the ring lies within the side from `at` on, as one ring; the next place."""
    m = at
    for i in range(start, stop):
        j = i + 1 if i + 1 < stop else start
        inside = sign * ring[i, axis] >= limit
        if inside:
            target[m, 0], target[m, 1] = ring[i, 0], ring[i, 1]
            m += 1
        if inside != (sign * ring[j, axis] >= limit):
            _cross(ring, i, j, target, m, axis, sign, limit)
            m += 1
    return m


@compiled()
def _divided(ring, start, stop, runs, chains, target, at, ends, made, axis, sign, limit):
    """Writes the rings that a ring falls into; how many, 0 where its crossings are not in turn (it is not simple)."""
    bounds, places = np.empty((runs, 2), np.int64), np.empty(2 * runs)
    _write_chains(ring, start, stop, chains, bounds, places, axis, sign, limit)
    order = np.argsort(places)
    partner = np.empty(2 * runs, np.int64)
    for k in range(0, 2 * runs, 2):
        a, b = order[k], order[k + 1]
        if a % 2 == b % 2:
            return 0
        partner[a], partner[b] = b, a
    count, m = 0, at
    done = np.zeros(runs, np.bool_)
    for first in range(runs):
        if done[first]:
            continue
        chain = first
        while not done[chain]:
            done[chain] = True
            for i in range(bounds[chain, 0], bounds[chain, 1]):
                target[m, 0], target[m, 1] = chains[i, 0], chains[i, 1]
                m += 1
            chain = partner[2 * chain + 1] // 2
        ends[made + count] = m
        count += 1
    return count


@compiled()
def _write_chains(ring, start, stop, chains, bounds, places, axis, sign, limit):
    """The stretches of a ring within the side, crossings included, and where along the side each comes in and out."""
    n, first = stop - start, start
    while not sign * ring[first, axis] < limit <= sign * ring[start + (first - start + 1) % n, axis]:
        first += 1
    m, run = 0, -1
    for k in range(n):
        i, j = start + (first - start + k) % n, start + (first - start + k + 1) % n
        inside, next_inside = sign * ring[i, axis] >= limit, sign * ring[j, axis] >= limit
        if inside:
            chains[m, 0], chains[m, 1] = ring[i, 0], ring[i, 1]
            m += 1
        if inside != next_inside:
            _cross(ring, i, j, chains, m, axis, sign, limit)
            if next_inside:
                run += 1
                bounds[run, 0] = m
            else:
                bounds[run, 1] = m + 1
            places[2 * run + (0 if next_inside else 1)] = chains[m, 1 - axis]
            m += 1


@compiled()
def fills(ring, n, low, high):
    """Whether a cut ring is the whole square."""
    if n < 4:
        return False
    area = 0.0
    for i in range(n):
        j = i + 1 if i + 1 < n else 0
        area += ring[i, 0] * ring[j, 1] - ring[j, 0] * ring[i, 1]
    return abs(area) * 0.5 > (high - low) * (high - low) * (1 - 1e-12)


@compiled()
def clipped_segment(x0, y0, x1, y1, low, high):
    """Where the segment enters and leaves the square, as parts 0..1 of it; enters > leaves: not at all."""
    enters, leaves = 0.0, 1.0
    for side in range(4):
        start, end = (x0, x1) if side < 2 else (y0, y1)
        here, there = (start - low, end - low) if side % 2 == 0 else (high - start, high - end)
        if here < 0 and there < 0:
            return 1.0, 0.0
        if here < 0:
            enters = max(enters, here / (here - there))
        elif there < 0:
            leaves = min(leaves, here / (here - there))
    return enters, leaves
