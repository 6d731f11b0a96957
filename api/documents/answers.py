"""How do answers look as JSON, for the service and the command line alike?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import orjson
import shapely

from gis.errors import Problem
from gis.units import ha_from_m2, mu_from_m2, round_half_up
from layers.checks import CheckResult, LayerOverlap
from layers.codes import code_list
from layers.legend import legend
from layers.notice import ILLUSTRATIVE
from layers.report import QUALIFIERS, Figure, Report
from layers.report.audit import RULES, Finding, Severity
from layers.report.closing import ClosedYear
from layers.report.comparison import Comparison
from layers.report.derived import Derived
from layers.statistics import DIGITS, Statistics
from layers.store import Store

Document = dict[str, Any]

MOST_FEATURES = 200
"""Features listed per layer of a check; its totals count all of them."""


def notice(illustrative: bool) -> dict[str, Any]:
    """The members that mark illustrative data; none for real data."""
    return {"illustrative": True, "notice_zh": ILLUSTRATIVE.zh, "notice_en": ILLUSTRATIVE.en} if illustrative else {}


def layer_document(store: Store, layer: str) -> dict[str, Any]:
    """What lists of layers say of `layer`."""
    definition = store.catalogue[layer]
    return {
        "id": layer,
        "title": definition.title.model_dump(),
        "theme": definition.theme,
        "geometry": definition.geometry.value,
        "crs": definition.crs,
        "method": definition.area.method.value if definition.area else None,
        "group_by": list(definition.statistics.by),
        "has_yield": definition.statistics.yield_ is not None,
        "source": definition.source.model_dump(),
        "date": definition.date.isoformat(),
        "count": store.count(layer),
        "revision": store.revision(layer),
        "illustrative": store.is_illustrative(layer),
        "legend": [entry.model_dump() for entry in legend(definition)],
    }


def statistics_document(result: Statistics) -> dict[str, Any]:
    """`result` as the JSON document that the service and the command line give."""
    definition = result.layer
    return {
        "layer": definition.id,
        "title": definition.title.model_dump(),
        "metric": result.metric,
        "by": result.by,
        "method": definition.area.method.value if definition.area else None,
        "revision": result.revision,
        "illustrative": result.illustrative,
        "total": result.total,
        "groups": list(result.groups),
    }


def report_document(
    found: Report, from_layers: Mapping[str, Derived] | None = None, closing: ClosedYear | None = None
) -> Document:
    """`found` as the JSON document that the service and the command line give.

    With `from_layers`, figures that have a recipe carry `stated` and `derived`; `closing` is null for an open year.
    """
    return {
        "year": found.year,
        "title_zh": found.title_zh,
        "title_en": found.title_en,
        "closing": closing_document(closing) if closing else None,
        "sections": [section.model_dump() for section in found.sections],
        "figures": [_figure_beside(figure, (from_layers or {}).get(figure.code)) for figure in found.figures],
    }


def closing_document(made: ClosedYear) -> Document:
    """When, by whom and at which revision a year was closed, and what differs since."""
    return {
        "revision": made.closing.revision,
        "closed_on": made.closing.closed_on.isoformat(),
        "closed_at": made.closed_at.isoformat(timespec="seconds"),
        "who": made.closing.who,
        "why": made.why,
        "checksum": made.checksum,
        "unchanged": made.is_unchanged,
        "deviations": [{"code": each.code, "zh": each.zh, "en": each.en} for each in made.deviations],
        "moved": [{"code": each.code, "zh": each.zh, "en": each.en} for each in made.moved],
    }


def _figure_beside(figure: Figure, found: Derived | None) -> Document:
    document = _figure_document(figure)
    return document if found is None else {**document, "stated": document["value"], "derived": _derived_document(found)}


def figure_document(report: Report, figure: Figure, found: Derived | None) -> Document:
    """One figure with the value stated, that derived and all that it stands on; `derived` is null without a recipe."""
    document = _figure_document(figure)
    section = next(section for section in report.sections if section.id == figure.section)
    return {
        "year": report.year,
        **document,
        "section_zh": section.title_zh,
        "section_en": section.title_en,
        "stated": document["value"],
        "derived": None if found is None else {**_derived_document(found), **_grounds(found)},
    }


def _derived_document(found: Derived) -> Document:
    problem = found.problem
    return {
        "value": _exact(found.value),
        "difference": _exact(found.difference),
        "tolerance": float(found.tolerance),
        "verdict": found.verdict.value,
        "recipe_zh": found.words.zh,
        "recipe_en": found.words.en,
        **(_problem_document(problem) if problem else {}),
    }


def _problem_document(problem: Problem) -> Document:
    return {
        "problem": {"code": problem.code, "place": problem.place, "zh": problem.text("zh"), "en": problem.text("en")}
    }


def _grounds(found: Derived) -> Document:
    return {
        "sources": [
            {
                "layer": source.layer,
                "revision": source.revision,
                "checksum": source.checksum,
                "count": len(source.fids),
                "fids": list(source.fids[:MOST_FEATURES]),
                **notice(source.illustrative),
            }
            for source in found.sources
        ],
        "surfaces": [{"name": surface.name, "checksum": surface.checksum} for surface in found.surfaces],
    }


def _exact(value: Fraction | None) -> int | float | None:
    """A whole number as such; others to the digits that totals of areas are given with."""
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else round(float(value), DIGITS) + 0.0


def audit_document(report: Report, before: Report | None, findings: Sequence[Finding]) -> Document:
    """What an audit of `report` found, and how many of each severity."""
    counts = Counter(finding.severity for finding in findings)
    return {
        "year": report.year,
        "before": before.year if before else None,
        "rules": list(RULES),
        "counts": {severity.value: counts[severity] for severity in Severity},
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "figures": [
                    {"code": code, "name_zh": report.figure(code).name_zh, "name_en": report.figure(code).name_en}
                    for code in finding.figures
                ],
                "sum_zh": finding.sum.zh,
                "sum_en": finding.sum.en,
                "zh": finding.zh,
                "en": finding.en,
            }
            for finding in findings
        ],
    }


def comparison_document(found: Comparison) -> Document:
    """Two reports side by side: what changed in the unit of the later one, and what only one of them has."""
    return {
        "before": found.before.year,
        "after": found.after.year,
        "changes": [
            {
                "code": change.after.code,
                "name_zh": change.after.name_zh,
                "name_en": change.after.name_en,
                "before": _figure_document(change.before),
                "after": _figure_document(change.after),
                "difference": _exact(change.difference),
                "percent": _exact(change.percent),
                "same_span": change.same_span,
            }
            for change in found.changes
        ],
        "missing": [_figure_document(figure) for figure in found.missing],
        "new": [_figure_document(figure) for figure in found.new],
    }


def _figure_document(figure: Figure) -> dict[str, Any]:
    unit = code_list("units")[figure.unit]
    number = figure.number
    return {
        **figure.model_dump(exclude_none=True),
        "value": int(number) if number == number.to_integral_value() and "." not in figure.value else float(number),
        "printed": figure.value,
        "unit_zh": unit.name_zh,
        "unit_en": unit.name_en,
        "qualifier_en": QUALIFIERS[figure.qualifier] if figure.qualifier else None,
    }


def check_document(store: Store, result: CheckResult, *, geometry: bool) -> Document:
    """`result` as the JSON document that the service gives."""
    shown = any(store.is_illustrative(overlap.layer.id) for overlap in result.layers)
    return {
        "area": {method: _area_document(area) for method, area in result.area_m2.items()},
        **notice(shown),
        "layers": [_overlap_document(overlap, geometry) for overlap in result.layers],
    }


def _overlap_document(overlap: LayerOverlap, geometry: bool) -> dict[str, Any]:
    definition = overlap.layer
    document = {
        "layer": definition.id,
        "title_zh": definition.title.zh,
        "title_en": definition.title.en,
        "theme": definition.theme,
        "method": definition.area.method.value if definition.area else None,
        "revision": overlap.revision,
        "count": len(overlap.features),
        "overlap_m2": round_half_up(overlap.overlap_m2, 2),
        "overlap_mu": round_half_up(overlap.overlap_mu, 4),
        "percent": round_half_up(overlap.percent, 4),
        "features": [
            {
                "fid": feature.fid,
                "label": feature.label,
                "overlap_m2": round_half_up(feature.overlap_m2, 2),
                "overlap_mu": round_half_up(mu_from_m2(feature.overlap_m2), 4),
                "percent_of_feature": round_half_up(feature.percent_of_feature, 4),
            }
            for feature in overlap.features[:MOST_FEATURES]
        ],
    }
    if geometry:
        document["geometry"] = orjson.loads(shapely.to_geojson(overlap.shape))
    return document


def _area_document(area_m2: float) -> Document:
    return {
        "area_m2": round_half_up(area_m2, 2),
        "area_ha": round_half_up(ha_from_m2(area_m2), 4),
        "area_mu": round_half_up(mu_from_m2(area_m2), 4),
    }
