"""How much land, and how much yield?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gis.units import ha_from_m2, kg_from, mu_from_m2, weight_from_kg
from layers.codes import code_list
from layers.definition import FieldDefinition, LayerDefinition
from layers.errors import LayersError
from layers.query import Query
from layers.store import Group, Store

AREA = "area_m2"

DIGITS = 6
"""Decimals that totals are given with: finer than any survey, coarser than the noise of summing doubles."""

Row = dict[str, Any]


class NoSuchStatistic(LayersError):
    """The layer has nothing that the statistic could be computed from."""

    code = "no_such_statistic"


@dataclass(frozen=True, slots=True)
class Statistics:
    """A layer's total and its groups at one revision.

    `total` holds count, area_m2, area_ha and area_mu (polygons) and, for the metric "yield", output_kg, output_jin,
    output_t, without_output (features whose output is not known) and, where every output is known, yield_kg_per_mu and
    yield_jin_per_mu; each group holds the same with its key, names and share.
    """

    layer: LayerDefinition
    metric: str
    by: str | None
    revision: int
    illustrative: bool
    total: Row
    groups: tuple[Row, ...]


def statistics(
    store: Store,
    layer: str,
    *,
    by: str | None = None,
    metric: str = "area",
    query: Query = Query(),
    as_of: int | date | datetime | None = None,
) -> Statistics:
    """Count, area and, with metric "yield", output of `layer`, in all and by the values of the field `by`.

    Areas are sums of the stored `area_m2`, so they carry the layer's area method. `as_of` is a revision or a date.
    Raises UnknownLayer, UnknownField and NoSuchStatistic.
    """
    definition = store.catalogue[layer]
    sums = _sums(definition, metric)
    if by is not None:
        definition.field(by)
    revision = store.resolve(as_of)
    if revision is None:
        revision = store.revision(layer)
    found = store.aggregate(layer, by=[by] if by else [], sums=sums, query=query, as_of=revision)
    rows = [_row(definition, sums, group) for group in found]
    total = _total(rows)
    groups = [
        {**key_of(definition.field(by), group.key[0]), **row, "share_percent": _share(row, total)}
        for group, row in zip(found, rows, strict=True)
        if by
    ]
    return Statistics(
        definition,
        metric,
        by,
        revision,
        store.is_illustrative(layer),
        _finished(total),
        tuple(_finished(group) for group in sorted(groups, key=_largest_first)),
    )


def _area_sums(definition: LayerDefinition) -> tuple[str, ...]:
    return (AREA,) if definition.area else ()


def _yield_sums(definition: LayerDefinition) -> tuple[str, ...]:
    if definition.statistics.yield_ is None:
        raise NoSuchStatistic(
            f"图层“{definition.id}”没有产量字段。",
            f"Layer {definition.id!r} has no yield field.",
            remedy_zh="在图层定义的 [statistics.yield] 中指定产量字段。",
            remedy_en="Name the output field under [statistics.yield] in the layer's definition.",
        )
    return (*_area_sums(definition), definition.statistics.yield_.field)


METRICS = {"area": _area_sums, "yield": _yield_sums}
"""What can be asked for, and the stored columns it is summed from."""


def _sums(definition: LayerDefinition, metric: str) -> Sequence[str]:
    if metric not in METRICS:
        raise NoSuchStatistic(
            f"没有名为“{metric}”的统计指标。",
            f"There is no metric {metric!r}.",
            remedy_zh=f"可选：{'、'.join(METRICS)}。",
            remedy_en=f"Choose one of: {', '.join(METRICS)}.",
        )
    return METRICS[metric](definition)


def _row(definition: LayerDefinition, sums: Sequence[str], group: Group) -> Row:
    totals = dict(zip(sums, group.sums, strict=True))
    known = dict(zip(sums, group.counts, strict=True))
    row: Row = {"count": group.count}
    if AREA in totals:
        row["area_m2"] = totals[AREA] or 0.0
    source = definition.statistics.yield_
    if source and source.field in totals:
        row["output_kg"] = kg_from(totals[source.field] or 0.0, source.unit)
        row["without_output"] = group.count - known[source.field]
    return row


def _total(rows: Sequence[Row]) -> Row:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: sum(row[name] for row in rows) for name in names} or {"count": 0}


def _finished(row: Row) -> Row:
    """`row` with every unit derived from the metre, the kilogram and the count, rounded to DIGITS."""
    area_mu = mu_from_m2(row["area_m2"]) if "area_m2" in row else None
    if area_mu is not None:
        row |= {"area_ha": ha_from_m2(row["area_m2"]), "area_mu": area_mu}
    if "output_kg" in row:
        kg = row["output_kg"]
        jin = weight_from_kg(kg, "jin")
        row |= {"output_jin": jin, "output_t": weight_from_kg(kg, "t")}
        if area_mu and not row["without_output"]:
            row |= {"yield_kg_per_mu": kg / area_mu, "yield_jin_per_mu": jin / area_mu}
    return {name: round(value, DIGITS) if isinstance(value, float) else value for name, value in row.items()}


def key_of(field: FieldDefinition, value: Any) -> Row:
    """The members that name a group by a value of `field`: key, name_zh and name_en."""
    code = code_list(field.codes).get(str(value)) if field.codes and value is not None else None
    blank = value is None or value == ""
    name_zh, name_en = (code.name_zh, code.name_en) if code else (str(value), str(value))
    return {"key": value, "name_zh": "（空）" if blank else name_zh, "name_en": "(none)" if blank else name_en}


def _share(row: Row, total: Row) -> float | None:
    """The row's part of the total in percent: of the output, else of the area, else of the count."""
    measure = next(name for name in ("output_kg", "area_m2", "count") if name in total)
    return 100 * row[measure] / total[measure] if total[measure] else None


def _largest_first(row: Row) -> tuple[float, str]:
    return -next(row[name] for name in ("output_kg", "area_m2", "count") if name in row), str(row["key"])
