"""Which fields are protected, which were restored in the flower valley, and which are transferred for rice?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from data.sample_township.closing import chosen, close
from data.sample_township.files import Table, day, decimal
from data.sample_township.frame import chance
from data.sample_township.land import CULTIVATED, FIELD_ZONES, Land, code_rows, land_use
from data.sample_township.survey import YEAR, YSDM, bsm, deducted, deduction, numbers, ownership, slope, unit_code
from data.sample_township.zones import PADDY_CENTRE, VALLEY

VALLEY_M2 = 1080 * 2000 / 3
VALLEY_PROJECT = "东高都花谷土地整理"
VALLEY_VILLAGE = "371311007218"
PADDY_MU = 2536
"""About how many mu of paddy are transferred: more than 2,500 and less than 2,600."""
PADDY_VILLAGE = "371311007233"
RICE_JIN = 2_400_000
FIELDS_PER_CONTRACT = 12


@dataclass(frozen=True, slots=True)
class Farmland:
    """Parcels (indices of the land) that are protected, in the flower valley, and transferred."""

    protected: list[int]
    valley: list[int]
    paddy: list[int]


def choose(land: Land) -> Farmland:
    """The parcels of each kind; closes the flower valley to 1,080 mu."""
    codes, zones = land.codes(), land.zones()
    village = np.array([land.grid_of(parcel).village.code for parcel in range(len(codes))])
    fields = np.isin(codes, CULTIVATED) & np.isin(zones, FIELD_ZONES)
    valley = nearest(land, (zones == "valley") & (codes == "0102") & (village == VALLEY_VILLAGE), VALLEY)
    restored = sorted(chosen(land.areas_m2(), valley, VALLEY_M2))
    close(land, restored, VALLEY_M2)
    paddies = nearest(land, fields & (codes == "0101") & (village == PADDY_VILLAGE), PADDY_CENTRE)
    reach = np.cumsum(land.areas_m2(paddies)) * 0.0015
    paddy = sorted(paddies[: int(np.searchsorted(reach, PADDY_MU)) + 1].tolist())
    kept = [
        parcel for parcel in np.flatnonzero(fields).tolist() if chance(50, land.leaves[parcel].block).random() < 0.85
    ]
    return Farmland(sorted({*kept, *restored, *paddy}), restored, paddy)


def nearest(land: Land, mask: Any, place: tuple[float, float]) -> Any:
    """The parcels in `mask`, the nearest to `place` first."""
    parcels = np.flatnonzero(mask)
    distance = np.hypot(*(land.middles()[parcels] - np.array(place)).T)
    return parcels[np.argsort(distance, kind="stable")]


def protection_table(land: Land, farmland: Farmland) -> Table:
    """耕地保护: one row a protected parcel."""
    restored, number = set(farmland.valley), numbers(land)
    areas = land.areas_m2(farmland.protected)
    rows = [
        _protected(land, parcel, serial, number[parcel], area, parcel in restored)
        for serial, (parcel, area) in enumerate(zip(farmland.protected, areas, strict=True), start=1)
    ]
    return Table("farmland_protection", land.polygons[farmland.protected], rows)


def _protected(land: Land, parcel: int, serial: int, number: str, area_m2: float, restored: bool) -> dict[str, Any]:
    leaf, village = land.leaves[parcel], land.grid_of(parcel).village
    share = deduction(land, parcel) or "0.0000"
    less = deducted(area_m2, share)
    return ownership(land, parcel) | {
        "BSM": bsm(YSDM["farmland"], serial), "YSDM": YSDM["farmland"],
        "XZQDM": village.code, "XZQMC": village.name,
        "YJJBNTTBBH": f"{village.code}{serial:06d}JB", "TBBH": number,
        "DLBM": leaf.code, "DLMC": land_use()[leaf.code]["name_zh"],
        "ZLDWDM": unit_code(village.code), "ZLDWMC": village.name,
        "YJJBNTTBMJ": decimal(area_m2), "YJJBNTMJ": less.pop("TBDLMJ"), **less,
        "GDLX": "PD" if slope(land, parcel) == "2" else None, "GDPDJB": slope(land, parcel),
        "ZZSXDM": "LS", "ZZSXMC": code_rows("zzsxdm")["LS"]["name_zh"], "SJNF": YEAR,
        "BHKSSJ": day("2024-11-01" if restored else "2022-10-14"), "WDGD": "1", "SFWYYJJBNT": "2" if restored else "1",
        "BHLX": "2" if restored else "1", "XMMC": VALLEY_PROJECT if restored else None,
    }  # fmt: skip


def transfer_table(land: Land, farmland: Farmland, output_jin: list[int]) -> Table:
    """稻田流转: one row a transferred field, a contract for every twelve or so in a row."""
    areas = land.areas_m2(farmland.paddy)
    middles = land.middles()[farmland.paddy]
    walk = np.lexsort((middles[:, 1], np.floor(middles[:, 0] / 260)))
    contract = np.empty(len(walk), dtype=int)
    contract[walk] = np.arange(len(walk)) // FIELDS_PER_CONTRACT + 1
    sizes = np.bincount(contract)
    rows = [
        _transfer(index, int(contract[index]), int(sizes[contract[index]]), areas[index], output_jin[index])
        for index in range(len(areas))
    ]
    for row, parcel in zip(rows, farmland.paddy, strict=True):
        village = land.grid_of(parcel).village
        row |= {"XZQDM": village.code, "XZQMC": village.name}
    return Table("paddy_transfer", land.polygons[farmland.paddy], rows)


def _transfer(index: int, contract: int, fields: int, area_m2: float, output_jin: int) -> dict[str, Any]:
    rng = chance(51, contract)
    issuer = PADDY_VILLAGE + "00"
    begin = int(rng.integers(2021, 2024))
    years = int(rng.choice([3, 5, 5, 6]))
    contractor = f"{issuer}{1 + int(chance(52, index).integers(0, 900)):04d}"
    return {
        "LZHTBM": f"{issuer}{contract:04d}", "YCBHTBM": f"{contractor}J", "CBFBM": contractor,
        "SRFBM": f"{issuer}{9001 + contract % 3:04d}", "DKH": f"{index + 1:04d}",
        "LZFS": "820" if contract % 4 == 0 else "810", "LZQX": f"{years}年",
        "LZQXKSRQ": day(f"{begin}-05-01"), "LZQXJSRQ": day(f"{begin + years}-04-30"), "HTQDRQ": day(f"{begin}-04-10"),
        "LZMJ": decimal(area_m2), "LZMJM": decimal(area_m2 * 3 / 2000), "LZDKS": fields,
        "LZQTDYT": "1", "LZHTDYT": "1", "LZJGSM": f"每亩每年{600 + 20 * int(rng.integers(0, 11))}元",
        "PZ": "1", "CL": output_jin, "CLKJ": "unknown", "CLNF": YEAR,
    }  # fmt: skip
