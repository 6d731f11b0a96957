"""What do the registers of water supply, village income and attracted projects hold?

Every record is made up; the numbers are those of the report of 2024.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np

from data.sample_township.divisions import GRIDS, VILLAGES
from data.sample_township.files import Table, decimal
from data.sample_township.frame import chance
from data.sample_township.governance import NO, YES, Rows, days, table
from data.sample_township.ground import ESTATES, HOMES, Ground
from data.sample_township.survey import YEAR

CONNECTED, ESTATES_JOINED = 1047, 6
RICH_VILLAGES, POOR_HAMLETS = 10, 4
"""10 of 12 administrative villages at 500,000 yuan and above are 83 %: over 80 %."""

HAMLETS_EACH = 2
PROJECTS, RECEIVED_WAN_YUAN = 26, 88_100
"""8.81 yi yuan received for 26 projects; none over 10 yi yuan, none of a top-500 company."""

CLASSES = ((Decimal(5), "1"), (Decimal(10), "2"), (Decimal(50), "3"))
"""Below so many wan yuan: the class of income."""


def livelihood_tables(ground: Ground) -> list[Table]:
    """Water supply, village income and attracted projects."""
    return [_water(ground), _income(ground), _projects(ground)]


def _water(ground: Ground) -> Table:
    """One record a grid cell, 1,047 households newly connected in 32 of them, and six housing estates."""
    luck = chance(95, 1)
    new = np.zeros(GRIDS, dtype=np.int64)
    cells = luck.choice(GRIDS, 32, replace=False)
    new[cells] = 8 + luck.multinomial(CONNECTED - 8 * len(cells), np.full(len(cells), 1 / len(cells)))
    dates = days(GRIDS + ESTATES_JOINED, YEAR, 95)
    sites = [ground.home_in_grid(grid, 700 + grid) for grid in range(1, GRIDS + 1)]
    rows: Rows = []
    for n, (site, count) in enumerate(zip(sites, new.tolist(), strict=True)):
        day = dates[n] if count else days(1, YEAR - 3 - n % 5, 750 + n)[0]
        rows.append({
            "GSBH": f"GS{n + 1:03d}", "GSMC": f"{site.place['XZQMC']}第{int(site.grid['WGBM'][-3:])}网格",
            "GSLX": "1", "ZHS": count + 180 + int(luck.integers(0, 160)), "XTHS": count, "SFTS": YES, "TSRQ": day,
            **site.grid,
        })  # fmt: skip
    estates = ground.sites(luck.choice(ground.of_use(ESTATES), ESTATES_JOINED, replace=False), 780)
    for n, site in enumerate(estates, start=1):
        rows.append({
            "GSBH": f"GS{GRIDS + n:03d}", "GSMC": f"住宅小区（示意）{n}", "GSLX": "2",
            "ZHS": 260 + int(luck.integers(0, 500)), "SFTS": YES, "TSRQ": dates[GRIDS + n - 1], **site.grid,
        })  # fmt: skip
    return table("water_supply", [*sites, *estates], rows)


def _income(ground: Ground) -> Table:
    """The administrative villages at their seats, and two natural villages of each at a home."""
    luck = chance(96, 1)
    seats = [ground.seat(code) for code in VILLAGES]
    rich = set(luck.permutation(len(seats))[:RICH_VILLAGES].tolist())
    rows = [
        _village(f"{code}", site.place["XZQMC"], "1",
                 decimal(51 + 180 * luck.random() if n in rich else 24 + 22 * luck.random()), site.place)
        for n, (code, site) in enumerate(zip(VILLAGES, seats, strict=True))
    ]  # fmt: skip
    homes = ground.of_use(HOMES)
    parcels = [p for code in VILLAGES for p in luck.choice(homes[ground.villages[homes] == code], HAMLETS_EACH, False)]
    hamlets = ground.sites(np.array(parcels), 790)
    poor = set(luck.permutation(len(hamlets))[:POOR_HAMLETS].tolist())
    for n, site in enumerate(hamlets):
        number = n % HAMLETS_EACH + 1
        amount = decimal(2.2 + 2.6 * luck.random() if n in poor else 5.5 + 32 * luck.random())
        name = f"{site.place['XZQMC']}自然村（示意）{number}"
        rows.append(_village(f"{site.place['XZQDM']}{number:02d}", name, "2", amount, site.place))
    return table("village_income", [*seats, *hamlets], rows)


def _village(code: str, name: str, kind: str, amount: Decimal, place: dict[str, Any]) -> dict[str, Any]:
    band = next((band for below, band in CLASSES if amount < below), "4")
    return {"CBH": code, "CMC": name, "CLX": kind, "SRJE": amount, "SRFD": band, "ND": YEAR, **place}


def _projects(ground: Ground) -> Table:
    luck = chance(97, 1)
    shares = luck.multinomial(RECEIVED_WAN_YUAN - 400 * PROJECTS, luck.dirichlet(np.full(PROJECTS, 1.5)))
    stages = luck.permutation(["1"] * 4 + ["2"] * 7 + ["3"] * 10 + ["4"] * 5)
    sites = ground.any_of(("0601", "0508", "1201"), PROJECTS, 800)
    seen: Counter[str] = Counter()
    rows: Rows = []
    for n, (day, share, stage, site) in enumerate(zip(days(PROJECTS, YEAR, 97), shares, stages, sites, strict=True)):
        seen[site.place["XZQMC"]] += 1
        received = 400 + int(share)
        rows.append({
            "XMBH": f"ZS{YEAR}{n + 1:03d}", "XMMC": f"{site.place['XZQMC']}招商项目（示意）{seen[site.place['XZQMC']]}",
            "XMLX": "2" if n % 9 == 4 else "1", "XMJD": str(stage), "QYRQ": day,
            "TZE": decimal(min(99_000, round(received * (1.3 + 4 * luck.random()), -2))), "DWZJ": decimal(received),
            "SFWQ": NO, **site.place,
        })  # fmt: skip
    return table("investment_projects", sites, rows)
