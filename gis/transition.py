"""What became what between two dates of a coverage? (地类变更流量)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.columns import GeometryColumns, Ints, Reals
from gis.errors import GeometryError, GisError
from gis.kernels import closing
from gis.overlay import overlap_areas, planar_areas
from gis.soundness import sound

TOLERANCE_M2 = 0.01
"""Overlaps within a coverage up to this are rounding of coordinates (standards.md 5.1: 0.0001 m)."""

MAX_CLASSES = 300


@dataclass(frozen=True, slots=True, eq=False)
class TransitionMatrix:
    """The area in m2 that went from each class before (rows) to each class after (columns).

    The last row holds what no parcel covered before, the last column what none covers after; so a row sums to the
    planar area of its class before, a column to that of its class after. `classes_*` do not name the last ones.
    """

    classes_before: tuple[str, ...]
    classes_after: tuple[str, ...]
    area_m2: Reals

    @property
    def unchanged_m2(self) -> float:
        """The area whose class is the same at both dates."""
        same = [(r, self.classes_after.index(c)) for r, c in enumerate(self.classes_before) if c in self.classes_after]
        return float(sum(self.area_m2[r, c] for r, c in same))

    def rounded(self, decimals: int = 0) -> Reals:
        """The matrix to `decimals` digits so that it still closes.

        Each area, each sum of a row or column and the whole are the exact ones rounded down or up, never off by a unit
        of the last digit (controlled rounding: Cox, JASA 1987).
        """
        scale = 10.0**decimals
        return closed_matrix(self.area_m2 * scale) / scale


def transition_matrix(
    before: GeometryColumns,
    before_class: Sequence[str | None],
    after: GeometryColumns,
    after_class: Sequence[str | None],
    *,
    tolerance_m2: float = TOLERANCE_M2,
) -> TransitionMatrix:
    """The flows between two dates of a coverage in one projected CRS in metres; a class of None counts as "".

    Raises GeometryError naming two features where parcels of one date overlap by more than `tolerance_m2` (flows would
    count land twice), and as `gis.overlay.overlap_areas`; GisError unless there is one class a feature.
    """
    left, right = sound(before)[0], sound(after)[0]
    rows, row_names = _numbered(before_class, len(left))
    columns, column_names = _numbered(after_class, len(right))
    for date, parcels in (("before", left), ("after", right)):
        _require_no_overlaps(parcels, date, tolerance_m2)
    flows = np.zeros((len(row_names) + 1, len(column_names) + 1))
    found = overlap_areas(left, right)
    np.add.at(flows, (rows[found.parcel], columns[found.zone]), found.area)
    flows[:-1, -1] = _rest(rows, planar_areas(left), flows[:-1, :-1].sum(axis=1))
    flows[-1, :-1] = _rest(columns, planar_areas(right), flows[:-1, :-1].sum(axis=0))
    return TransitionMatrix(row_names, column_names, flows)


def closed_matrix(exact: Reals) -> Reals:
    """`exact` (not negative) in whole numbers: each cell, row, column and the total is rounded down or up."""
    whole = np.floor(exact + closing.NOTHING)
    part = np.where(exact - whole > closing.NOTHING, exact - whole, 0.0)
    # one more column and row take up what is missing to whole sums
    part = np.column_stack([part, _to_whole(part.sum(axis=1))])
    part = np.ascontiguousarray(np.vstack([part, _to_whole(part.sum(axis=0))]))
    closing.make_whole(part)
    rounded: Reals = whole + np.rint(part[:-1, :-1])
    return rounded


def _to_whole(sums: Reals) -> Reals:
    return np.clip(np.ceil(sums - closing.NOTHING) - sums, 0.0, None)


def _rest(numbers: Ints, areas: Reals, covered: Reals) -> Reals:
    """What each class has in all less what is covered."""
    wholes = np.bincount(numbers, areas, len(covered)).astype(np.float64)
    return np.maximum(wholes - covered, 0.0)


def _numbered(classes: Sequence[str | None], count: int) -> tuple[Ints, tuple[str, ...]]:
    """The number of each feature's class, and the names in order."""
    if len(classes) != count:
        raise GisError(
            f"类别有 {len(classes)} 个，要素有 {count} 个。", f"There are {len(classes)} classes for {count} features."
        )
    texts: NDArray[np.str_] = np.array(["" if c is None else str(c) for c in classes], dtype=np.str_)
    names, numbers = np.unique(texts, return_inverse=True)
    if len(names) > MAX_CLASSES:
        raise GisError(
            f"类别超过 {MAX_CLASSES} 种。", f"There are more than {MAX_CLASSES} classes: is the field a class?"
        )
    return numbers.astype(np.int64), tuple(names.tolist())


def _require_no_overlaps(parcels: GeometryColumns, date: str, tolerance_m2: float) -> None:
    found = overlap_areas(parcels, parcels)
    twice = np.flatnonzero((found.parcel < found.zone) & (found.area > tolerance_m2))
    if len(twice):
        one, other, area = (values[twice[0]] for values in found)
        zh = {"before": "前一时点", "after": "后一时点"}[date]
        raise GeometryError(
            f"{zh}的要素 {one} 与 {other}（从 0 起）重叠 {area:.2f} 平方米，共 {len(twice)} 处；流量会重复计算。",
            f"Features {one} and {other} (from 0) {date} overlap by {area:.2f} m2, {len(twice)} places in all:"
            " flows would count land twice.",
            place=f"{date}: features {one}, {other}",
            remedy_zh="请先做拓扑检查并改正重叠。",
            remedy_en="Check the topology and correct the overlaps first.",
        )
