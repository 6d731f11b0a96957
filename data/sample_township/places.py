"""Where are the cluster zone, idle plots, relocation area, enterprises, clinics and projects?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_township.closing import chosen, close
from data.sample_township.divisions import VILLAGES, Village
from data.sample_township.files import Table, day, decimal
from data.sample_township.frame import chance, to_national
from data.sample_township.land import Land, official_m2
from data.sample_township.survey import YEAR
from data.sample_township.zones import PADDY_CENTRE, VALLEY, area_of

IDLE_M2 = 1570 * 2000 / 3
PLOT_CODES = ("0601", "0508", "1201", "05H1")
ZONE_NAMES = {"1": "食品精深加工片区", "2": "智能精密制造片区", "3": "配套服务片区", "4": "预留发展片区"}

ENTERPRISES = (
    ("驰聘挂车制造企业", "36", 2024), ("正门铝业企业", "32", 2024), ("泽隆纺织企业", "17", 2024),
    ("规上企业（示意）04", "13", 2024), ("规上企业（示意）05", "33", 2024), ("规上企业（示意）06", "29", 2024),
    ("规上企业（示意）07", "20", 2024), ("规上企业（示意）08", "34", 2024), ("规上企业（示意）09", "14", 2019),
    ("规上企业（示意）10", "21", 2016), ("规上企业（示意）11", "35", 2020), ("规上企业（示意）12", "38", 2018),
    ("规上企业（示意）13", "30", 2012), ("规上企业（示意）14", "33", 2015), ("规上企业（示意）15", "20", 2014),
    ("规上企业（示意）16", "34", 2017), ("规上企业（示意）17", "26", 2013), ("规上企业（示意）18", "22", 2011),
    ("规上企业（示意）19", "31", 2010),
)  # fmt: skip
"""Name, industry, year of entry: the report names the first three; 8 entered in 2024, the last 7 are relocated."""

RELOCATED = 7
CLINICS = 17
CLINIC_WAN_YUAN = "40"

PROJECTS = (
    ("元洲机械项目", "1", "2", "INDUSTRY", ("2025-03-31", "2025-05-15", "2026-06-30", "2026-08-01")),
    ("远通华为项目", "1", "2", "TOWN", ("2025-02-28", "2025-04-30", "2026-03-31", "2026-05-01")),
    ("省第二十六届运动会场馆建设项目", "3", "2", "COLLEGE", ("2025-04-30", "2025-06-30", "2026-05-31", "2026-08-01")),
    ("山东蓝图家具综合办公楼建设及智能化改造项目", "1", "2", "INDUSTRY",
     ("2025-03-15", "2025-04-20", "2025-12-31", None)),
    ("正门铝业年产6000吨铝型材生产线项目", "1", "3", "INDUSTRY",
     ("2024-08-31", "2024-10-10", "2025-06-30", "2025-07-15")),
    ("塘崖贡米示范基地", "2", "4", "PADDY", ("2022-12-31", "2023-03-01", "2024-05-31", "2024-06-10")),
    ("东高都花谷土地整理", "4", "4", "VALLEY", (None, None, None, None)),
    ("街道社会治理中心", "3", "4", "TOWN", ("2024-02-28", "2024-03-20", "2024-08-31", "2024-09-15")),
    ("房地产项目（示意）1", "5", "3", "TOWN", ("2022-03-31", "2022-05-10", "2025-10-31", None)),
    ("房地产项目（示意）2", "5", "3", "TOWN", ("2022-11-30", "2023-02-20", "2025-12-31", None)),
    ("房地产项目（示意）3", "5", "3", "TOWN", ("2023-05-31", "2023-08-01", "2026-06-30", None)),
)  # fmt: skip
"""Names from the report, but for the three housing projects; kind, stage, zone it stands in and planned dates are
illustrative."""

PROJECT_SIZES: dict[str, dict[str, Any]] = {
    "正门铝业年产6000吨铝型材生产线项目": {"NCN": 6000},
    "街道社会治理中心": {"TZJE": decimal("318.00")},
}
"""What the report says of a project's size: 6,000 t a year; 3 million yuan and more."""


def industry_tables(land: Land) -> list[Table]:
    """Cluster zone, idle land (closed to 1,570 mu), relocation area, enterprises, clinics and projects."""
    idle = _idle(land)
    sites = _sites(land, idle)
    return [
        _cluster(land),
        _idle_table(land, idle),
        _relocation(land),
        _enterprises(land, sites),
        _clinics(land),
        _projects(land, sites),
    ]


def members(land: Land, zone: str) -> NDArray[np.int64]:
    """The parcels of a planning zone: its blocks whole, and the roads that have their middle in it."""
    zones = land.zones()
    return np.flatnonzero((zones == zone.lower()) | ((zones == "") & inside(land, zone)))


def inside(land: Land, zone: str) -> NDArray[np.bool_]:
    """Which parcels have their middle in a zone."""
    middles = land.middles()
    return np.asarray(shapely.contains_xy(area_of(zone), middles[:, 0], middles[:, 1]))


def _village(land: Land, parcels: Iterable[int]) -> Village:
    """The village that most of `parcels` lie in."""
    codes = Counter(land.grid_of(parcel).village.code for parcel in parcels)
    best = codes.most_common(1)[0][0]
    return next(grid.village for grid in land.grids if grid.village.code == best)


def cluster_zones(land: Land) -> dict[str, NDArray[np.int64]]:
    """The parcels of each zone of the industrial cluster, by the zone's code; each is in one piece."""
    parcels = members(land, "INDUSTRY")
    x, y = land.middles()[parcels].T
    kinds = np.where(y < 1980, "3", np.where(y > 2960, "4", np.where(x < -1480, "1", "2")))
    found = {}
    for kind in ZONE_NAMES:
        some = parcels[kinds == kind]
        found[kind] = some[shapely.covers(land.union(some), land.polygons[some])]
    return found


def _cluster(land: Land) -> Table:
    shapes, rows = [], []
    for kind, parcels in cluster_zones(land).items():
        shape = land.union(parcels)
        village = _village(land, parcels.tolist())
        shapes.append(shape)
        rows.append({
            "PQBH": f"JJQ{int(kind):02d}", "PQMC": ZONE_NAMES[kind], "GNFQ": kind,
            "XZQDM": village.code, "XZQMC": village.name, "PFMJ": decimal(official_m2([shape])[0]), "ND": YEAR,
        })  # fmt: skip
    return Table("industrial_cluster", np.array(shapes, dtype=object), rows)


def _idle(land: Land) -> list[int]:
    """Building plots of the industrial cluster whose areas sum to 1,570 mu, vacant ones first."""
    codes = land.codes()
    plots = np.sort(np.concatenate(list(cluster_zones(land).values())))
    plots = plots[np.isin(codes[plots], PLOT_CODES)]
    luck = np.array([chance(70, int(parcel)).random() for parcel in plots])
    order = plots[np.argsort(np.where(codes[plots] == "1201", luck - 1, luck), kind="stable")]
    found = sorted(chosen(land.areas_m2(), order, IDLE_M2))
    close(land, found, IDLE_M2)
    return found


def _idle_table(land: Land, idle: list[int]) -> Table:
    areas, codes = land.areas_m2(idle), land.codes()
    rows = []
    for number, (parcel, area) in enumerate(zip(idle, areas, strict=True), start=1):
        rng = chance(71, number)
        village = land.grid_of(parcel).village
        cause = "3" if codes[parcel] == "1201" else str(rng.choice(["1", "2", "4", "5"]))
        rows.append({
            "DKBH": f"XZDX{YEAR}{number:03d}", "DKMC": f"{village.name}{number}号地块",
            "XZQDM": village.code, "XZQMC": village.name, "DKMJ": decimal(area), "XZYY": cause, "ZT": "3",
            "PHQDL": codes[parcel], "PHHDL": "0508" if codes[parcel] == "0508" else "0601",
            "PHHYT": str(rng.choice(["1", "1", "2", "2", "3"])), "ND": YEAR,
        })  # fmt: skip
    return Table("idle_land", land.polygons[idle], rows)


def _relocation(land: Land) -> Table:
    shape = land.union(members(land, "COLLEGE"))
    row = {"FWBH": "CQ01", "FWMC": "职业学院拆迁范围", "FWMJ": decimal(official_m2([shape])[0]), "ND": YEAR}
    return Table("relocation_area", np.array([shape], dtype=object), [row])


def _sites(land: Land, idle: list[int]) -> dict[str, list[int]]:
    """Works that no idle plot takes, within the one polygon of the cluster zone or of the college, in chance order."""
    works = set(np.flatnonzero(land.codes() == "0601").tolist()) - set(idle)
    college = members(land, "COLLEGE")
    zones = {
        "INDUSTRY": np.concatenate(list(cluster_zones(land).values())),
        "COLLEGE": college[shapely.covers(land.union(college), land.polygons[college])],
    }
    return {
        zone: sorted(works & set(parcels.tolist()), key=lambda parcel: float(chance(72, parcel).random()))
        for zone, parcels in zones.items()
    }


def _points(land: Land, parcels: list[int]) -> NDArray[np.object_]:
    """A point inside each parcel, on 0.0001 m."""
    return np.asarray(to_national(shapely.points(land.middles()[parcels])))


def _enterprises(land: Land, sites: dict[str, list[int]]) -> Table:
    stay = len(ENTERPRISES) - RELOCATED
    parcels = [*sites["INDUSTRY"][:stay], *sites["COLLEGE"][:RELOCATED]]
    rows = []
    for number, (parcel, (name, industry, year)) in enumerate(zip(parcels, ENTERPRISES, strict=True), start=1):
        village = land.grid_of(parcel).village
        rows.append({
            "QYBH": f"GS{number:03d}", "QYMC": name, "HYDM": industry, "XZQDM": village.code, "XZQMC": village.name,
            "SGNF": year, "SFBQ": "1" if number > stay else "2",
        })  # fmt: skip
    return Table("enterprises", _points(land, parcels), rows)


def _clinics(land: Land) -> Table:
    """One clinic a village, a second one in the five largest; the investments sum to 400,000 yuan."""
    codes, middles = land.codes(), land.middles()
    village = np.array([land.grid_of(parcel).village.code for parcel in range(len(codes))])
    homes = np.isin(codes, ("0702", "08H2"))
    counts = Counter(village[homes].tolist())
    second = {code for code, _ in counts.most_common(CLINICS - len(VILLAGES))}
    parcels: list[int] = []
    for code, (_, x, y) in VILLAGES.items():
        own = np.flatnonzero(homes & (village == code))
        distance = np.hypot(*(middles[own] - (x, y)).T)
        order = own[np.argsort(distance, kind="stable")].tolist()
        parcels += [order[0], order[-1]] if code in second else order[:1]
    amounts = [decimal(2 + 0.05 * int(chance(73, n).integers(0, 14))) for n in range(CLINICS - 1)]
    amounts.append(decimal(CLINIC_WAN_YUAN) - sum(amounts))
    seen: Counter[str] = Counter()
    rows = []
    for number, (parcel, amount) in enumerate(zip(parcels, amounts, strict=True), start=1):
        name = land.grid_of(parcel).village.name
        seen[name] += 1
        rows.append({
            "WSSBH": f"WS{number:03d}", "WSSMC": f"{name}{'第二' if seen[name] > 1 else ''}卫生室",
            "XZQDM": village[parcel], "XZQMC": name, "CQGYH": "1", "TZJE": amount,
        })  # fmt: skip
    return Table("clinics", _points(land, parcels), rows)


def _projects(land: Land, sites: dict[str, list[int]]) -> Table:
    taken = {"INDUSTRY": len(ENTERPRISES) - RELOCATED, "COLLEGE": RELOCATED}
    free = {zone: iter(parcels[taken[zone] :]) for zone, parcels in sites.items()}
    middles, codes = land.middles(), land.codes()
    free["TOWN"] = iter(np.flatnonzero(inside(land, "TOWN") & np.isin(codes, ("05H1", "08H1"))).tolist())
    for zone, place, code in (("PADDY", PADDY_CENTRE, "0101"), ("VALLEY", VALLEY, "0102")):
        far = np.hypot(*(middles - np.array(place)).T) + 1e6 * (codes != code)
        free[zone] = iter([int(np.argmin(far))])
    rows, parcels = [], []
    for number, (name, kind, stage, zone, dates) in enumerate(PROJECTS, start=1):
        parcel = next(free[zone])
        village = land.grid_of(parcel).village
        parcels.append(parcel)
        milestones = {f: day(d) for f, d in zip(("SXRQ", "KGRQ", "JGRQ", "TCRQ"), dates, strict=True) if d}
        rows.append({
            "XMDM": f"GD{YEAR}{number:03d}", "XMMC": name, "XMLX": kind, "XMJD": stage,
            "XZQDM": village.code, "XZQMC": village.name, **milestones, **PROJECT_SIZES.get(name, {}),
        })  # fmt: skip
    return Table("projects", _points(land, parcels), rows)
