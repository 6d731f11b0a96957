"""Which rules must a coverage keep, within which tolerances, and what is a breach of one?

The tolerances are those of standards.md 5.1 (农业部质检规则 2016, and the defaults of tools in use).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gis.errors import GeometryError


class Severity(StrEnum):
    """An error breaks a rule of the coverage; a warning is to be looked at."""

    ERROR = "error"
    WARNING = "warning"


class Rule(StrEnum):
    """What is checked; RULES tells how each is called and measured."""

    OVERLAP = "overlap"
    GAP = "gap"
    DUPLICATE = "duplicate"
    UNSHARED_VERTEX = "unshared_vertex"
    NEAR_MISS = "near_miss"
    SLIVER = "sliver"
    ACUTE_ANGLE = "acute_angle"
    TOO_SMALL = "too_small"
    MULTIPART = "multipart"


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule's name, and the unit of its measure."""

    zh: str
    en: str
    unit: str
    severity: Severity = Severity.ERROR


RULES = {
    Rule.OVERLAP: RuleText("图斑重叠", "Polygons overlap", "m2"),
    Rule.GAP: RuleText("图斑缝隙", "Gap between polygons", "m2"),
    Rule.DUPLICATE: RuleText("图形重复", "Duplicate geometry", "m2"),
    Rule.UNSHARED_VERTEX: RuleText(
        "共边缺少节点", "Corner on a neighbour's edge without a vertex", "m", Severity.WARNING
    ),
    Rule.NEAR_MISS: RuleText("节点未重合", "Corner near a neighbour without meeting it", "m"),
    Rule.SLIVER: RuleText("狭长图斑", "Sliver polygon", "m2", Severity.WARNING),
    Rule.ACUTE_ANGLE: RuleText("尖锐角", "Acute angle", "degree", Severity.WARNING),
    Rule.TOO_SMALL: RuleText("小于最小上图面积", "Below the minimum mapping area", "m2"),
    Rule.MULTIPART: RuleText("多部件图斑", "Multipart polygon", "count"),
}


@dataclass(frozen=True, slots=True)
class Tolerances:
    """Limits in metres, square metres and degrees (standards.md 5.1).

    precision_m      of coordinates: places closer than this are one
    tolerance_m      of topology: an overlap or gap no wider than this on average is none
    near_m           node to node and node to edge: closer than this without meeting is a near miss
    sliver_m2        overlaps and gaps smaller than this are warnings
    gap_width_m      gaps wider than this on average are left open on purpose (roads); infinite for a full coverage
    acute_degrees    angles below
    """

    precision_m: float = 0.0001
    tolerance_m: float = 0.001
    near_m: float = 0.05
    sliver_m2: float = 1.0
    gap_width_m: float = float("inf")
    acute_degrees: float = 5.0

    def __post_init__(self) -> None:
        values = (self.precision_m, self.tolerance_m, self.near_m, self.sliver_m2, self.gap_width_m)
        if not (all(value > 0 for value in values) and 0 < self.acute_degrees < 180):
            raise GeometryError("拓扑容差须大于 0。", "Tolerances of topology must be more than 0.")


@dataclass(frozen=True, slots=True)
class SliverTest:
    """When a polygon is a sliver: small or narrow, and at least `votes` of the four signs of a long shape.

    Narrow is a smallest rectangle no wider than `width_m`, or a mean width 2A/P no more than that.
    """

    area_m2: float = 1000.0
    width_m: float = 5.0
    length_to_width: float = 5.0
    compactness: float = 0.25
    outline_to_circle: float = 2.0
    outline2_to_area: float = 40.0
    votes: int = 2


@dataclass(frozen=True, slots=True)
class MinimumAreas:
    """The smallest area in m2 that may be mapped, by code; the longest code that a feature's begins with counts.

    `classes` has a code a feature (None for none), `least_m2` an area a code; "" stands for all others.
    """

    classes: Sequence[str | None]
    least_m2: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: its rule, the features (indices from 0), a place in the CRS of the columns, and its size.

    `measure` is in the unit of the rule: the area of an overlap, gap, duplicate, sliver or small polygon in m2, the
    distance of a corner in m, an angle in degrees, the number of parts.
    """

    rule: Rule
    features: tuple[int, ...]
    x: float
    y: float
    measure: float
    severity: Severity

    @property
    def unit(self) -> str:
        """The unit of `measure`."""
        return RULES[self.rule].unit
