"""What do the tables of the land survey say: divisions, grid cells and land-use parcels?"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from data.sample_township.divisions import TOWNSHIP_CODE, TOWNSHIP_NAME, VILLAGES
from data.sample_township.files import Table, decimal
from data.sample_township.frame import chance
from data.sample_township.land import CULTIVATED, Land, code_rows, land_use, official_m2

YEAR = 2024
YSDM = {"township": "1000600100", "villages": "1000600400", "land_use": "2001010100", "farmland": "2005010300"}
"""Feature codes; all but the first from memory, see data/README.md."""

STATE_LAND = frozenset({"1001", "1003", "1101", "1106", "1109", "1107A"})
URBAN = frozenset({"industry", "town", "college"})


def bsm(ysdm: str, serial: int) -> str:
    """An identifier of 18 digits: county, the layer's part of the feature code, serial number."""
    return f"371311{ysdm[:4]}{serial:08d}"


def unit_code(village: str) -> str:
    """The 19-digit code of a village as owner or location unit: 12 digits, and no group."""
    return village + "0000000"


def slope(land: Land, parcel: int) -> str:
    """The slope class of a cultivated parcel: 1 in the plain, 2 on most of the upland's dry fields."""
    leaf = land.leaves[parcel]
    upland = leaf.code == "0103" and leaf.zone == "dry"
    return "2" if upland and chance(40, leaf.block).random() < 0.6 else "1"


def deduction(land: Land, parcel: int) -> str | None:
    """The share of field ridges in a cultivated parcel: none in the plain, 0.0512 or so on slopes."""
    if land.leaves[parcel].code not in CULTIVATED:
        return None
    return "0.0512" if slope(land, parcel) == "2" else "0.0000"


def numbers(land: Land) -> list[str]:
    """The number of each parcel within its village, from north to south."""
    counts: dict[str, int] = {}
    found = []
    for parcel in range(len(land.polygons)):
        village = land.grid_of(parcel).village.code
        counts[village] = counts.get(village, 0) + 1
        found.append(f"{counts[village]:04d}")
    return found


def land_use_table(land: Land) -> Table:
    """地类图斑: one row a parcel."""
    areas, number = land.areas_m2(), numbers(land)
    rows = [_parcel(land, parcel, number[parcel], areas[parcel]) for parcel in range(len(land.polygons))]
    return Table("land_use", land.polygons, rows)


def _parcel(land: Land, parcel: int, number: str, area_m2: float) -> dict[str, Any]:
    leaf, village = land.leaves[parcel], land.grid_of(parcel).village
    kind = land_use()[leaf.code]
    owner = ownership(land, parcel)
    row = {
        "BSM": bsm(YSDM["land_use"], parcel + 1), "YSDM": YSDM["land_use"], "TBYBH": number, "TBBH": number,
        "DLBM": leaf.code, "DLMC": kind["name_zh"], **owner,
        "ZLDWDM": unit_code(village.code), "ZLDWMC": village.name, "TBMJ": decimal(area_m2),
        "TBDLMJ": decimal(area_m2), "SJNF": YEAR, "MSSM": "00",
        "XZDWKD": decimal(leaf.width_m, 1) if leaf.width_m else None,
        "CZCSXM": settlement(leaf.code, leaf.zone),
    }  # fmt: skip
    return row | _cultivated(land, parcel, area_m2)


def _cultivated(land: Land, parcel: int, area_m2: float) -> dict[str, Any]:
    share = deduction(land, parcel)
    if share is None:
        return {}
    planting = chance(41, land.leaves[parcel].block).random()
    code = "LS" if planting < 0.86 else "LYFL" if planting < 0.93 else "FLS"
    sloped = slope(land, parcel)
    return deducted(area_m2, share) | {
        "GDLX": "PD" if sloped == "2" else None, "GDPDJB": sloped,
        "ZZSXDM": code, "ZZSXMC": code_rows("zzsxdm")[code]["name_zh"],
    }  # fmt: skip


def deducted(area_m2: float, share: str) -> dict[str, Any]:
    """KCDLBM, KCXS, KCMJ = round(TBMJ x KCXS, 2) and TBDLMJ = TBMJ - KCMJ."""
    area, coefficient = decimal(area_m2), decimal(share, 4)
    less = decimal(area * coefficient)
    return {
        "KCDLBM": "1203" if coefficient else None, "KCXS": coefficient, "KCMJ": less, "TBDLMJ": area - less,
    }  # fmt: skip


def ownership(land: Land, parcel: int) -> dict[str, str]:
    """QSXZ, QSDWDM and QSDWMC: roads, river, town and industry are state land, the rest the village's."""
    leaf, village = land.leaves[parcel], land.grid_of(parcel).village
    group = land_use()[leaf.code]["group"]
    if leaf.code in STATE_LAND or (group == "建设用地" and leaf.zone in URBAN - {"college"}):
        return {"QSXZ": "20", "QSDWDM": unit_code(TOWNSHIP_CODE), "QSDWMC": TOWNSHIP_NAME}
    kind = "40" if group == "建设用地" else "32"
    return {"QSXZ": kind, "QSDWDM": unit_code(village.code), "QSDWMC": village.name}


def settlement(code: str, zone: str) -> str | None:
    """CZCSXM, needed where the land use is in 05-09, 1004, 1005 or 1201 (standards.md 4.1)."""
    if code == "09":
        return "205"
    if code[:2] not in {"05", "06", "07", "08"} and code not in {"1004", "1005", "1201"}:
        return None
    return {"town": "201", "industry": "201A"}.get(zone, "203")


def division_tables(land: Land) -> list[Table]:
    """街道, 行政村 and 基础网格: unions of land-use parcels; surveyed areas are the sums of theirs."""
    areas = land.areas_m2()
    of_grid = np.array([leaf.grid for leaf in land.leaves])
    of_village = np.array([land.grids[grid - 1].village.code for grid in of_grid])
    villages = [land.union(np.flatnonzero(of_village == code)) for code in VILLAGES]
    township = shapely.normalize(shapely.coverage_union_all(villages))
    sums = [sum(map(decimal, areas[of_village == code])) for code in VILLAGES]
    rows = [
        _division("villages", 100 + index, code, name, sums[index], villages[index])
        for index, (code, (name, _, _)) in enumerate(VILLAGES.items(), start=0)
    ]
    whole = _division("township", 1, TOWNSHIP_CODE, TOWNSHIP_NAME, sum(sums), township)
    cells = [land.union(np.flatnonzero(of_grid == grid.number)) for grid in land.grids]
    return [
        Table("township", np.array([township], dtype=object), [whole]),
        Table("villages", np.array(villages, dtype=object), rows),
        Table("grids", np.array(cells, dtype=object), _grid_rows(land)),
    ]


def _division(layer: str, serial: int, code: str, name: str, surveyed: Any, polygon: Any) -> dict[str, Any]:
    return {
        "BSM": bsm(YSDM[layer], serial), "YSDM": YSDM[layer], "XZQDM": code, "XZQMC": name,
        "DCMJ": surveyed, "JSMJ": decimal(official_m2([polygon])[0]), "MSSM": "00",
    }  # fmt: skip


def _grid_rows(land: Land) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    rows = []
    for grid in land.grids:
        village = grid.village
        counts[village.code] = counts.get(village.code, 0) + 1
        serial = counts[village.code]
        rows.append({
            "WGBM": f"{village.code}{serial:03d}", "WGMC": f"{village.name}第{serial}网格",
            "XZQDM": village.code, "XZQMC": village.name,
        })  # fmt: skip
    return rows
