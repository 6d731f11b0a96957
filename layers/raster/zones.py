"""What do the cells of a raster amount to in the features of a layer?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from gis.columns import GeometryColumns, GeometryKind, Ints, Reals
from gis.crs import transformed
from gis.raster import Band, Raster
from gis.units import mu_from_m2, weight_from_kg
from gis.yields import RATES
from gis.zonal import ZonalStatistics, group_quantiles, zonal_statistics
from layers.definition import LayerDefinition
from layers.query import Query
from layers.raster.catalogue import RasterLayer
from layers.statistics import DIGITS, NoSuchStatistic, Row, key_of
from layers.store import Store

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Zones:
    """A raster's figures within the features of a layer at one revision: in all, and by the values of a field.

    Each row holds count (features), without_data (features that cover no cell with data), cells (covered, parts
    counting as parts), covered_m2 and covered_mu; where there are cells mean, sum, min, max, deviation (of the
    population) and quantiles by their fraction; and for a raster of yields output_kg, output_jin, output_t,
    yield_kg_per_mu and yield_jin_per_mu. The yield stands on the covered area, in the plane of the raster's CRS.
    """

    layer: LayerDefinition
    raster: RasterLayer
    by: str | None
    revision: int
    illustrative: bool
    total: Row
    groups: tuple[Row, ...]


def zones(
    store: Store,
    layer: str,
    raster: RasterLayer,
    *,
    by: str | None = None,
    query: Query = Query(),
    as_of: int | date | datetime | None = None,
    quantiles: Sequence[float] = QUANTILES,
) -> Zones:
    """The figures of `raster` in the polygons of `layer`, cells counting by the exact share that is covered.

    Raises UnknownLayer, UnknownField, NoSuchStatistic for a layer that has no polygons, CrsError where the raster's CRS
    cannot be reached, and RasterError for a raster in degrees, whose cells have no one area, or one that is damaged.
    """
    definition = store.catalogue[layer]
    if definition.area is None:
        raise NoSuchStatistic(
            f"图层“{layer}”不是面图层，没有区域统计。", f"Layer {layer!r} has no polygons, hence no zonal statistics.",
            place="raster",
        )  # fmt: skip
    field = definition.field(by) if by is not None else None
    revision = store.resolve(as_of)
    if revision is None:
        revision = store.revision(layer)
    rows = store.read(layer, _narrowed(query, by), as_of=revision)
    columns = GeometryColumns.from_wkb(rows["geom"], kind=GeometryKind.POLYGON)
    shapes = transformed(columns, definition.crs, raster.definition.crs)
    keys, owners = _grouped(rows, by)
    with Raster(raster.path) as file:
        cells = file.band(raster.definition.band)
        found = zonal_statistics(cells, shapes, raster.definition.crs)
        whole = _rows(raster, cells, shapes, found, np.zeros(len(shapes), np.int64), quantiles)
        by_key = _rows(raster, cells, shapes, found, owners, quantiles) if field else []
    groups = [{**key_of(field, key), **row} for key, row in zip(keys, by_key, strict=True)] if field else []
    illustrative = store.is_illustrative(layer) or raster.definition.illustrative
    total = whole[0] if whole else _row(raster, found, np.zeros(0, np.int64), {})
    groups.sort(key=lambda row: (-row["covered_m2"], str(row["key"])))
    return Zones(definition, raster, by, revision, illustrative, total, tuple(groups))


def _narrowed(query: Query, by: str | None) -> Query:
    return replace(query, fields=[by] if by else [], geometry=True)


def _grouped(rows: pa.Table, by: str | None) -> tuple[list[Any], Ints]:
    """The values of the field `by`, and for each row the number of its value."""
    if by is None:
        return [], np.zeros(rows.num_rows, np.int64)
    encoded = rows[by].combine_chunks().dictionary_encode(null_encoding="encode")
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def _rows(
    raster: RasterLayer, cells: Band, shapes: GeometryColumns, found: ZonalStatistics, owners: Ints,
    quantiles: Sequence[float],
) -> list[Row]:  # fmt: skip
    """One row a group."""
    fractions = group_quantiles(cells, shapes, raster.definition.crs, owners, quantiles)
    return [
        _row(raster, found, np.flatnonzero(owners == group), dict(zip(map(str, quantiles), values, strict=True)))
        for group, values in enumerate(fractions)
    ]


def _row(raster: RasterLayer, found: ZonalStatistics, members: Ints, quantiles: dict[str, float]) -> Row:
    count = found.count[members]
    cells, held = float(count.sum()), members[count > 0]
    covered_m2 = cells * found.grid.cell_area_m2
    row: Row = {"count": len(members), "without_data": len(members) - len(held), "cells": cells,
                "covered_m2": covered_m2, "covered_mu": mu_from_m2(covered_m2)}  # fmt: skip
    if len(held):
        weights, means = found.count[held], found.mean[held]
        total = float(found.total[held].sum())
        mean = total / cells
        row |= {"mean": mean, "sum": total, "min": float(found.minimum[held].min()),
                "max": float(found.maximum[held].max()), "deviation": _deviation(weights, means, found.deviation[held]),
                "quantiles": {name: _rounded(value) for name, value in quantiles.items()}}  # fmt: skip
        unit = raster.definition.yield_unit
        if unit is not None:
            kg = mean * RATES[unit] * covered_m2
            row |= {"output_kg": kg, "output_jin": weight_from_kg(kg, "jin"), "output_t": weight_from_kg(kg, "t"),
                    "yield_kg_per_mu": kg / row["covered_mu"],
                    "yield_jin_per_mu": weight_from_kg(kg / row["covered_mu"], "jin")}  # fmt: skip
    return {name: _rounded(value) for name, value in row.items()}


def _deviation(weights: Reals, means: Reals, deviations: Reals) -> float:
    """That of all cells together, from those of the features: within them and between their means."""
    share = weights / weights.sum()
    mean = (share * means).sum()
    return float(np.sqrt((share * (deviations**2 + (means - mean) ** 2)).sum()))


def _rounded(value: Any) -> Any:
    return round(float(value), DIGITS) if isinstance(value, float) else value
