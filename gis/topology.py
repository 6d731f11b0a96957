"""What is wrong with a coverage: overlaps, gaps, slivers, corners that do not meet, parcels too small?

The rules, their tolerances and what a finding says are in gis.topology_rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.borders import Borders, Contacts, borders, contacts, merged, voids
from gis.boxes import BoxIndex, readonly
from gis.columns import Flags, GeometryColumns, GeometryKind, Ints, Reals
from gis.crs import metric_plane, transformed
from gis.errors import GeometryError
from gis.kernels import common_point, edges, rings
from gis.overlay import overlap_areas
from gis.soundness import sound
from gis.topology_rules import RULES, Finding, MinimumAreas, Rule, Severity, SliverTest, Tolerances

_MOST_ROUNDS = 4
_ROUNDING = 1e-12
"""The share of an area that its rounding may be off by."""


def findings(
    columns: GeometryColumns,
    epsg: int,
    *,
    rules: Collection[Rule | str] = tuple(Rule),
    tolerances: Tolerances | None = None,
    sliver: SliverTest | None = None,
    minimum: MinimumAreas | None = None,
) -> list[Finding]:
    """All faults of the polygons `columns` against `rules`, by rule, then by place in the columns.

    Columns in degrees are checked in their Gauss-Krueger zone. Invalid polygons are taken as `gis.soundness.sound`
    makes them valid: see gis.validity for those. A void is a gap only if it is enclosed; a gap open at an end shows as
    near misses if it is narrow. TOO_SMALL is skipped without `minimum`.

    Raises GeometryError for points and lines and for coordinates that cannot be; CrsError as `metric_plane`.
    """
    wanted = _wanted(rules)
    plane, plane_epsg = metric_plane(columns, epsg)
    coverage = Coverage(sound(plane)[0], tolerances or Tolerances(), sliver or SliverTest(), minimum)
    found = [finding for rule in wanted for finding in CHECKS[rule](coverage)]
    return found if plane_epsg == epsg else _placed(found, plane_epsg, epsg)


def _wanted(rules: Collection[Rule | str]) -> list[Rule]:
    unknown = sorted(set(rules) - set(Rule))
    if unknown:
        names, choices = ", ".join(unknown), ", ".join(Rule)
        raise GeometryError(f"未知拓扑规则：{names}；可用：{choices}。", f"Unknown rules: {names}; valid: {choices}.")
    return [rule for rule in Rule if rule in rules]


def _placed(found: list[Finding], source_epsg: int, target_epsg: int) -> list[Finding]:
    """`found` with their places in another CRS."""
    points = GeometryColumns.from_shapely(shapely.points([(f.x, f.y) for f in found]), kind=GeometryKind.POINT)
    places = transformed(points, source_epsg, target_epsg).xy.tolist()
    return [replace(finding, x=x, y=y) for finding, (x, y) in zip(found, places, strict=True)]


class Coverage:
    """Valid polygons in a plane of metres and what several checks need of them, computed once."""

    def __init__(
        self, columns: GeometryColumns, tolerances: Tolerances, sliver: SliverTest, minimum: MinimumAreas | None
    ) -> None:
        self.columns, self.tolerances, self.sliver, self.minimum = columns, tolerances, sliver, minimum

    @cached_property
    def borders(self) -> Borders:
        return borders(self.columns, self.tolerances.precision_m)

    @cached_property
    def contacts(self) -> Contacts:
        tolerance_m = self.tolerances.tolerance_m
        return contacts(self.borders, max(self.tolerances.near_m, tolerance_m), tolerance_m)

    @cached_property
    def areas_m2(self) -> Reals:
        out = np.zeros(len(self.columns))
        c = self.columns
        rings.areas(c.xy, c.ring_offsets, c.part_offsets, c.feature_offsets, out)
        return out

    @cached_property
    def lengths_m(self) -> Reals:
        out = np.zeros(len(self.columns))
        c = self.columns
        rings.lengths(c.xy, c.ring_offsets, c.part_offsets, c.feature_offsets, out)
        return out

    @cached_property
    def overlaps(self) -> Overlapping:
        """What is wider than the tolerance of what features have in common."""
        return _overlaps(self)


class Overlapping(NamedTuple):
    """Pairs of features, the lower index first, the area they share, and a point in it (pairs, 2)."""

    one: Ints
    two: Ints
    area_m2: Reals
    place: Reals


def _overlaps(coverage: Coverage) -> Overlapping:
    """Shapes are only made where the area and the outlines do not tell that they are wide enough.

    The outline of what two have in common is made of parts of theirs, so that its mean width 2A/P is no less than the
    area gives with all that either outline has there.
    """
    one, two, area_m2 = _overlapping_pairs(coverage)
    columns, tolerance_m = coverage.columns, coverage.tolerances.tolerance_m
    ring_ends = readonly(columns.part_offsets[columns.feature_offsets])
    shapes_given = columns.xy, columns.ring_offsets, ring_ends, readonly(columns.bounds())
    lengths, places = np.empty(len(one)), np.full((len(one), 2), np.nan)
    common_point.longest_outlines(readonly(one), readonly(two), *shapes_given, lengths)
    kept = 2 * area_m2 > tolerance_m * lengths
    points = np.empty((int(kept.sum()), 2))
    common_point.points(readonly(one[kept]), readonly(two[kept]), *shapes_given, points)
    places[kept] = points
    asked = np.flatnonzero(~kept | np.isnan(places).any(axis=1))
    if len(asked):
        distinct, back = np.unique(np.concatenate([one[asked], two[asked]]), return_inverse=True)
        shapes = coverage.columns.take(distinct).to_shapely()[back]
        common = shapely.intersection(shapes[: len(asked)], shapes[len(asked) :])
        kept[asked] = _mean_widths(common) > tolerance_m
        inner = shapely.point_on_surface(common)
        places[asked] = np.column_stack([shapely.get_x(inner), shapely.get_y(inner)])
    return Overlapping(one[kept], two[kept], area_m2[kept], places[kept])


def _overlapping_pairs(coverage: Coverage) -> tuple[Ints, Ints, Reals]:
    """Pairs of features that share an area, the lower index first, and that area.

    Whoever overlaps has a border, or overlaps one who overlaps ... one who has a border: a polygon all of whose edges
    lie against a neighbour's can only be overlapped by a whole sheet of others, and the sheet or the coverage ends
    somewhere. So features with borders are compared with all, then those they overlap, until no new one turns up.
    """
    columns, bounds = coverage.columns, coverage.columns.bounds()
    index = BoxIndex.over(bounds)
    suspects = np.unique(coverage.borders.feature)
    known = np.zeros(len(columns), np.bool_)
    ones, twos, areas = [], [], []
    rounds = 0
    while len(suspects):
        rounds += 1
        if rounds > _MOST_ROUNDS:
            suspects = np.flatnonzero(~known)
        known[suspects] = True
        near = np.unique(index.pairs(bounds[suspects])[1])
        found = overlap_areas(columns.take(suspects), columns.take(near))
        one, two = suspects[found.parcel], near[found.zone]
        ones.append(np.minimum(one, two)[one != two])
        twos.append(np.maximum(one, two)[one != two])
        areas.append(found.area[one != two])
        suspects = np.unique(two[~known[two]])
    if not ones:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    pairs, first = np.unique(np.concatenate(ones) * len(columns) + np.concatenate(twos), return_index=True)
    return pairs // len(columns), pairs % len(columns), np.concatenate(areas)[first]


def _overlap_findings(coverage: Coverage) -> list[Finding]:
    one, two, area_m2, places = (values.tolist() for values in coverage.overlaps)
    return [
        _area_finding(coverage, Rule.OVERLAP, pair, place, area)
        for *pair, area, place in zip(one, two, area_m2, places, strict=True)
    ]


def _gap_findings(coverage: Coverage) -> list[Finding]:
    limits, (columns, members) = coverage.tolerances, _without_overlaps(coverage)
    if columns is coverage.columns:
        found, touching = coverage.borders, coverage.contacts
    else:
        found = borders(columns, limits.precision_m)
        touching = contacts(found, limits.tolerance_m)
    gaps = []
    for void in voids(found, touching, limits.tolerance_m):
        if limits.tolerance_m < _mean_widths(np.array([void.shape]))[0] <= limits.gap_width_m:
            around = members(void.features[0])  # in order, and thousands where many overlap
            if len(void.features) > 1:
                around = tuple(sorted({member for feature in void.features for member in members(feature)}))
            point = shapely.point_on_surface(void.shape)
            gaps.append(_area_finding(coverage, Rule.GAP, around, (point.x, point.y), void.shape.area))
    return sorted(gaps, key=lambda gap: gap.features)


def _without_overlaps(coverage: Coverage) -> tuple[GeometryColumns, Callable[[int], tuple[int, ...]]]:
    """The coverage with features that overlap united, and which features each of its members is made of."""
    one, two, _, _ = coverage.overlaps
    if not len(one):
        return coverage.columns, lambda feature: (feature,)
    groups = _groups(len(coverage.columns), one, two)
    covered = _covered(coverage)
    united = [
        shapely.union_all(coverage.columns.take([k for k in group if not covered[k]]).to_shapely()) for group in groups
    ]
    alone = np.ones(len(coverage.columns), np.bool_)
    alone[[member for group in groups for member in group]] = False
    kept = np.flatnonzero(alone)
    columns = GeometryColumns.concatenate([coverage.columns.take(kept), GeometryColumns.from_shapely(united)])
    made_of = [(int(k),) for k in kept] + groups
    return columns, lambda feature: made_of[feature]


def _covered(coverage: Coverage) -> Flags:
    """Which features lie in another one, of those that are the same in the first: a union does not need them."""
    one, two, area_m2, _ = coverage.overlaps
    limits = coverage.areas_m2 * (1 - _ROUNDING)
    covers_one, covers_two = area_m2 >= limits[one], area_m2 >= limits[two]
    covered = np.zeros(len(coverage.columns), np.bool_)
    covered[two[covers_two]] = True
    covered[one[covers_one & ~covers_two]] = True
    return covered


def _groups(count: int, one: Ints, two: Ints) -> list[tuple[int, ...]]:
    """The sets of features that hang together by the pairs of `one` and `two`."""
    first = merged(count, one, two)
    members = np.unique(np.concatenate([one, two]))
    members = members[np.argsort(first[members], kind="stable")]
    begins = np.flatnonzero(np.diff(first[members])) + 1
    return [tuple(group.tolist()) for group in np.split(members, begins)]


def _contact_findings(coverage: Coverage, rule: Rule) -> list[Finding]:
    """Corners on, or near, an edge of another feature that has no vertex there."""
    limits, found, near = coverage.tolerances, coverage.borders, coverage.contacts
    on_edge = (near.distance <= limits.tolerance_m) & (near.to_end > limits.tolerance_m)
    chosen = on_edge if rule is Rule.UNSHARED_VERTEX else (near.distance > limits.tolerance_m)
    at_corner = np.concatenate([found.start, found.stop])
    owner = np.concatenate([found.feature, found.feature])
    size = len(coverage.columns)
    own = np.isin(near.corner * size + found.feature[near.edge], at_corner * size + owner)
    chosen &= ~own & (near.distance <= limits.near_m)
    order = np.argsort(at_corner, kind="stable")
    begins = np.searchsorted(at_corner[order], near.corner[chosen])
    features = np.sort(np.column_stack([owner[order][begins], found.feature[near.edge[chosen]]]), axis=1)
    places, measures = found.corners[near.corner[chosen]].tolist(), near.distance[chosen].tolist()
    by_place = np.lexsort((near.corner[chosen], features[:, 1], features[:, 0]))
    return [_finding(rule, tuple(features[k].tolist()), places[k], measures[k]) for k in by_place]


def _sliver_findings(coverage: Coverage) -> list[Finding]:
    test, areas, lengths = coverage.sliver, coverage.areas_m2, coverage.lengths_m
    with np.errstate(divide="ignore", invalid="ignore"):
        signs = (
            (4 * np.pi * areas / lengths**2 <= test.compactness).astype(int)
            + (lengths / (2 * np.sqrt(np.pi * areas)) >= test.outline_to_circle)
            + (lengths**2 / areas >= test.outline2_to_area)
        )
        narrow = (areas <= test.area_m2) | (2 * areas / lengths <= test.width_m)
    likely = np.flatnonzero((areas > 0) & (signs >= test.votes - 1))
    width, length = _rectangle_sides(coverage.columns.take(likely).to_shapely())
    votes = signs[likely] + (length >= test.length_to_width * width)
    is_sliver = (narrow[likely] | (width <= test.width_m)) & (votes >= test.votes)
    return _feature_findings(coverage, Rule.SLIVER, likely[is_sliver], areas)


def _rectangle_sides(shapes: NDArray[np.object_]) -> tuple[Reals, Reals]:
    """Width and length of the smallest rectangle around each shape."""
    if not len(shapes):
        return np.empty(0), np.empty(0)
    corners = [shapely.get_coordinates(box)[:3] for box in shapely.minimum_rotated_rectangle(shapes)]
    sides = [sorted(np.hypot(*np.diff(c, axis=0).T)) if len(c) == 3 else [0.0, 1.0] for c in corners]
    return np.array(sides)[:, 0], np.array(sides)[:, 1]


def _angle_findings(coverage: Coverage) -> list[Finding]:
    columns, limit = coverage.columns, coverage.tolerances.acute_degrees
    cosines = np.empty(len(columns.xy))
    edges.sharp(columns.xy, columns.ring_offsets, np.cos(np.radians(limit)), cosines)
    vertex = np.flatnonzero(~np.isnan(cosines))
    feature = np.searchsorted(columns.vertex_offsets, vertex, side="right") - 1
    degrees = np.degrees(np.arccos(cosines[vertex]))
    places = columns.xy[vertex]
    return [
        _finding(Rule.ACUTE_ANGLE, (int(feature[k]),), places[k], float(degrees[k]))
        for k in np.flatnonzero(degrees < limit)
    ]


def _small_findings(coverage: Coverage) -> list[Finding]:
    if coverage.minimum is None:
        return []
    if len(coverage.minimum.classes) != len(coverage.columns):
        raise GeometryError(
            f"地类有 {len(coverage.minimum.classes)} 个，图斑有 {len(coverage.columns)} 个。",
            f"There are {len(coverage.minimum.classes)} classes for {len(coverage.columns)} features.",
        )
    least = {code: _least(code or "", coverage.minimum.least_m2) for code in set(coverage.minimum.classes)}
    limits = np.array([least[code] for code in coverage.minimum.classes])
    small = (coverage.areas_m2 < limits) & (np.diff(coverage.columns.feature_offsets) > 0)
    return _feature_findings(coverage, Rule.TOO_SMALL, np.flatnonzero(small), coverage.areas_m2)


def _least(code: str, least_m2: Mapping[str, float]) -> float:
    """The area for the longest beginning of `code` that has one; 0 without."""
    return next((least_m2[code[:n]] for n in range(len(code), -1, -1) if code[:n] in least_m2), 0.0)


def _duplicate_findings(coverage: Coverage) -> list[Finding]:
    columns, precision = coverage.columns, coverage.tolerances.precision_m
    prints = np.zeros(len(columns), np.int64)
    ring_ends = columns.part_offsets[columns.feature_offsets]
    ring_ends.flags.writeable = False
    edges.fingerprints(columns.xy, columns.ring_offsets, ring_ends, 1 / precision, prints)
    filled = np.flatnonzero(np.diff(columns.feature_offsets) > 0)
    order = filled[np.argsort(prints[filled], kind="stable")]
    same = prints[order[1:]] == prints[order[:-1]]
    starts = np.flatnonzero(np.concatenate([[True], ~same])) if len(order) else np.empty(0, np.int64)
    groups = [group for group in np.split(order, starts[1:]) if len(group) > 1]
    found = [
        _feature_findings(coverage, Rule.DUPLICATE, group[:1], coverage.areas_m2, tuple(group.tolist()))[0]
        for group in groups
    ]
    return sorted(found, key=lambda finding: finding.features)


def _multipart_findings(coverage: Coverage) -> list[Finding]:
    parts = np.diff(coverage.columns.feature_offsets)
    return _feature_findings(coverage, Rule.MULTIPART, np.flatnonzero(parts > 1), parts.astype(np.float64))


def _feature_findings(
    coverage: Coverage, rule: Rule, which: Ints, measures: Reals, features: tuple[int, ...] | None = None
) -> list[Finding]:
    """A finding for each of the features `which`, at a place inside it."""
    points = shapely.get_coordinates(shapely.point_on_surface(coverage.columns.take(which).to_shapely()))
    return [
        _finding(rule, features or (int(k),), place, float(measures[k])) for k, place in zip(which, points, strict=True)
    ]


def _finding(rule: Rule, features: tuple[int, ...], place: Sequence[float] | Reals, measure: float) -> Finding:
    return Finding(rule, features, float(place[0]), float(place[1]), measure, RULES[rule].severity)


def _area_finding(
    coverage: Coverage, rule: Rule, features: Sequence[int], place: Sequence[float], area_m2: float
) -> Finding:
    """An overlap or gap: a warning where it is no larger than a sliver."""
    severity = Severity.WARNING if area_m2 < coverage.tolerances.sliver_m2 else RULES[rule].severity
    return Finding(rule, tuple(features), place[0], place[1], area_m2, severity)


def _mean_widths(shapes: NDArray[np.object_]) -> Reals:
    """2A/P of each shape: for a strip, its width."""
    lengths = shapely.length(shapes)
    widths: Reals = np.divide(2 * shapely.area(shapes), lengths, out=np.zeros(len(shapes)), where=lengths > 0)
    return widths


CHECKS: dict[Rule, Callable[[Coverage], list[Finding]]] = {
    Rule.OVERLAP: _overlap_findings,
    Rule.GAP: _gap_findings,
    Rule.DUPLICATE: _duplicate_findings,
    Rule.UNSHARED_VERTEX: lambda coverage: _contact_findings(coverage, Rule.UNSHARED_VERTEX),
    Rule.NEAR_MISS: lambda coverage: _contact_findings(coverage, Rule.NEAR_MISS),
    Rule.SLIVER: _sliver_findings,
    Rule.ACUTE_ANGLE: _angle_findings,
    Rule.TOO_SMALL: _small_findings,
    Rule.MULTIPART: _multipart_findings,
}
