"""How do answers look as JSON, for the service and the command line alike?"""

from __future__ import annotations

from typing import Any

import orjson
import shapely

from gis.units import ha_from_m2, mu_from_m2, round_half_up
from layers.checks import CheckResult, LayerOverlap
from layers.codes import code_list
from layers.legend import legend
from layers.notice import ILLUSTRATIVE
from layers.report import QUALIFIERS, Figure, Report
from layers.statistics import Statistics
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


def report_document(found: Report) -> dict[str, Any]:
    """`found` as the JSON document that the service and the command line give."""
    return {
        "year": found.year,
        "title_zh": found.title_zh,
        "title_en": found.title_en,
        "sections": [section.model_dump() for section in found.sections],
        "figures": [_figure_document(figure) for figure in found.figures],
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
