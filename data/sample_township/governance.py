"""What do the registers of governance hold: work orders, requests, disputes, petitions, hazards, inspections?

Every record is made up. The numbers are those of the report of 2024 and, where it gives a fall on the year before,
those of 2023 that give the same fall. Where no whole number gives a printed percentage, it is the nearest that does.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.sample_township.divisions import VILLAGES
from data.sample_township.files import Table
from data.sample_township.frame import chance
from data.sample_township.ground import ESTATES, HOMES, WATERS, WORKS, Ground, Site
from data.sample_township.survey import YEAR

YES, NO = "1", "2"
SETTLED, IN_HAND, STRUCK_OFF = "3", "2", "4"
LAST_DAY = date(YEAR, 12, 31)

ORDERS = {"01": 1237, "02": 1164, "03": 413, "04": 46, "05": 241, "06": 156, "07": 97, "08": 88, "09": 54, "10": 27}
"""Orders of 2024 by category, 3,523 in all: 35.11 % farming and 33.04 % urban affairs (33.03 % as printed cannot be),
413 property management, 46 environment; the rest is made up."""

UNANSWERED, UNSOLVED, DISSATISFIED = 29, 80, 66
"""Of 3,523: 3,494 answered (99.18 %), 3,443 solved (97.73 %), 3,457 satisfied (98.13 %)."""

ORDERS_BEFORE = {"03": 516}
"""Property management in 2023: 413 is 20.0 % less. The report compares no other category."""

ORDER_USES = {"01": HOMES, "03": ESTATES, "04": WORKS}
HAZARDS = {"1": 742, "2": 518, "3": 367, "4": 359}
"""1,986 hazards: 1,980 and more."""

HAZARD_USES = {"1": (*HOMES, "05H1", *WORKS), "2": ("0702",), "3": WATERS, "4": ("1101", "1107")}
REQUESTS = 132
DISPUTES, LATE, FROM_GRID = 150, 6, 23
"""144 of 150 settled on time are 96 %; the report does not say how many there were."""

GROUPS, GROUP_PERSONS, VISITS, PERSONS = 5, 20, 51, 69
FIRST_VISITS, LETTERS, FIRST_LETTERS = 28, 12, 7
FIRST_BEFORE = {"1": 38, "2": 12}
"""First visits and letters: 35 in 2024 after 50 in 2023 are 30 % less."""

PROVINCIAL = 19
OLD_CASES, OLD_SETTLED = 9, 8
"""8 settled of 9 are 88.9 %: no whole number of cases gives 90 % with 8 settled."""

INSPECTED = (("1", "3", 2), ("2", "3", 2), ("1", "2", 3), ("2", "2", 2), ("9", "2", 7), ("9", "1", 20))
"""What was inspected, the result, how many: two sites of each kind closed down; the rest is made up."""

Rows = list[dict[str, Any]]


def governance_tables(ground: Ground) -> list[Table]:
    """Work orders, requests of the grid, disputes, petitions, hazards and inspections."""
    return [
        _orders(ground),
        _requests(ground),
        _disputes(ground),
        _petitions(ground),
        _hazards(ground),
        _inspections(ground),
    ]


def table(layer: str, sites: list[Site], rows: Rows) -> Table:
    """The table of records at their sites."""
    points = np.empty(len(sites), dtype=object)
    points[:] = [site.point for site in sites]
    return Table(layer, points, rows)


def days(count: int, year: int, key: int) -> list[date]:
    """`count` chance days of a year, in order."""
    numbers = np.sort(chance(80, key).integers(0, 366 if year % 4 == 0 else 365, count))
    return [date(year, 1, 1) + timedelta(days=int(number)) for number in numbers]


def later(day: date, key: int, most: int) -> date:
    """A chance day up to `most` days after, within the sample's year."""
    return min(day + timedelta(days=int(chance(81, key).integers(1, most + 1))), date(day.year, 12, 31), LAST_DAY)


def shuffled(counts: dict[str, int], key: int) -> NDArray[np.str_]:
    """Each key as often as it says, in chance order."""
    found = np.repeat(list(counts), list(counts.values()))
    return np.asarray(chance(82, key).permutation(found))


def _orders(ground: Ground) -> Table:
    before, now = shuffled(ORDERS_BEFORE, 1), shuffled(ORDERS, 2)
    kinds = np.concatenate([before, now])
    received = [*days(len(before), YEAR - 1, 1), *days(len(now), YEAR, 2)]
    sites = _by_kind(ground, kinds, ORDER_USES, key=1)
    troubled = len(before) + chance(83, 1).permutation(np.flatnonzero(now != "04"))
    unsolved, dissatisfied = set(troubled[:UNSOLVED].tolist()), set(troubled[:DISSATISFIED].tolist())
    unanswered = set(troubled[:UNANSWERED].tolist())
    rows = []
    for n, (day, kind, site) in enumerate(zip(received, kinds, sites, strict=True)):
        number = n + 1 if n < len(before) else n + 1 - len(before)
        rows.append({
            "GDBH": f"RX{day.year}{number:05d}", "SLRQ": day, "GDLB": str(kind),
            "SFXY": NO if n in unanswered else YES, "SFJJ": NO if n in unsolved else YES,
            "SFMY": NO if n in dissatisfied else YES, "CLZT": IN_HAND if n in unsolved else SETTLED,
            "BJRQ": None if n in unsolved else later(day, n, 10), **site.grid,
        })  # fmt: skip
    return table("work_orders", sites, rows)


def _by_kind(ground: Ground, kinds: NDArray[np.str_], uses: dict[str, tuple[str, ...]], key: int) -> list[Site]:
    """A site for each record, on parcels of the use that its kind is about; homes and shops where it says none."""
    found: list[Site | None] = [None] * len(kinds)
    for number, kind in enumerate(np.unique(kinds).tolist()):
        which = np.flatnonzero(kinds == kind)
        sites = ground.any_of(uses.get(kind, (*HOMES, "05H1")), len(which), 10 * key + number)
        for at, site in zip(which.tolist(), sites, strict=True):
            found[at] = site
    return [site for site in found if site is not None]


def _requests(ground: Ground) -> Table:
    kinds = shuffled({"01": 48, "02": 37, "03": 19, "05": 16, "07": 12}, 3)
    sites = ground.any_of(HOMES, REQUESTS, 30)
    rows: Rows = [
        {
            "SQBH": f"SQ{YEAR}{n:04d}", "SJRQ": day, "SQLB": str(kind), "CLZT": SETTLED, "BJRQ": later(day, n, 7),
            **site.grid,
        }
        for n, (day, kind, site) in enumerate(zip(days(REQUESTS, YEAR, 3), kinds, sites, strict=True), start=1)
    ]  # fmt: skip
    return table("grid_requests", sites, rows)


def _disputes(ground: Ground) -> Table:
    kinds = shuffled({"1": 47, "2": 26, "3": 31, "4": 24, "5": 14, "9": 8}, 4)
    sources = shuffled({"1": FROM_GRID, "2": 84, "3": DISPUTES - FROM_GRID - 84}, 5)
    late = set(chance(83, 2).choice(np.flatnonzero(sources != "1"), LATE, replace=False).tolist())
    sites = ground.any_of(HOMES, DISPUTES, 40)
    rows: Rows = [
        {
            "JFBH": f"JF{YEAR}{n + 1:04d}", "SJRQ": day, "JFLX": str(kinds[n]), "JFLY": str(sources[n]), "SFSL": YES,
            "SFAS": NO if n in late else YES, "CLZT": SETTLED, "BJRQ": later(day, n, 90 if n in late else 30),
            **sites[n].grid,
        }
        for n, day in enumerate(days(DISPUTES, YEAR, 4))
    ]  # fmt: skip
    return table("disputes", sites, rows)


def _petitions(ground: Ground) -> Table:
    """First petitions of 2023, all of 2024, the cases of the provincial inspection and the old cases."""
    rows = [
        *(row for form, count in FIRST_BEFORE.items() for row in _petition_rows(form, count, YEAR - 1, first=count)),
        *_visits(),
        *_petition_rows("2", LETTERS, YEAR, first=FIRST_LETTERS),
        *_petition_rows("4", PROVINCIAL, YEAR, first=0, state=STRUCK_OFF, category="04"),
        *_old_cases(),
    ]
    rows.sort(key=lambda row: row["DJRQ"])
    villages = chance(84, 1).choice(list(VILLAGES), len(rows))
    sites = [ground.seat(str(village)) for village in villages]
    numbered: Rows = [
        {"XFBH": f"XF{row['DJRQ'].year}{n:04d}", **row, **site.place}
        for n, (row, site) in enumerate(zip(rows, sites, strict=True), start=1)
    ]
    return table("petitions", sites, numbered)


def _petition_rows(
    form: str, count: int, year: int, *, first: int, state: str = SETTLED, category: str | None = None
) -> Rows:
    key = 1000 * year + int(form)
    kinds = chance(85, key).choice(["01", "02", "03", "07", "09"], count)
    registered = days(count, year, key)
    order = chance(86, key).permutation(count).tolist()
    return [
        {
            "DJRQ": registered[at], "XFXS": form, "XFLB": category or str(kind), "RC": 1,
            "SFCX": YES if n < first else NO, "SFJT": NO, "SFJA": NO, "CLZT": state,
            "BJRQ": later(registered[at], key + n, 60),
        }
        for n, (at, kind) in enumerate(zip(order, kinds, strict=True))
    ]  # fmt: skip


def _visits() -> Rows:
    """51 visits with 69 persons: 5 groups with 20, as the report has it, and 46 others with 49."""
    rows = _petition_rows("1", VISITS, YEAR, first=FIRST_VISITS)
    groups = chance(87, 1).choice(VISITS, GROUPS, replace=False).tolist()
    for n in groups:
        rows[n] |= {"RC": GROUP_PERSONS // GROUPS, "SFJT": YES}
    others = [n for n in range(VISITS) if n not in groups]
    for n in others[: PERSONS - GROUP_PERSONS - len(others)]:
        rows[n]["RC"] = 2
    return rows


def _old_cases() -> Rows:
    rows: Rows = []
    for n in range(OLD_CASES):
        (registered,) = days(1, YEAR - 2 - n % 4, 500 + n)
        settled = n < OLD_SETTLED
        rows.append({
            "DJRQ": registered, "XFXS": "1", "XFLB": "09" if n % 3 else "02", "RC": 1, "SFCX": NO, "SFJT": NO,
            "SFJA": YES, "CLZT": SETTLED if settled else IN_HAND,
            "BJRQ": days(1, YEAR, 600 + n)[0] if settled else None,
        })  # fmt: skip
    return rows


def _hazards(ground: Ground) -> Table:
    kinds = shuffled(HAZARDS, 6)
    sites = _by_kind(ground, kinds, HAZARD_USES, key=5)
    rows: Rows = [
        {
            "YHBH": f"YH{YEAR}{n:05d}", "FXRQ": day, "YHLY": str(kind), "ZGZT": "3", "ZGRQ": later(day, n, 20),
            **site.grid,
        }
        for n, (day, kind, site) in enumerate(zip(days(len(kinds), YEAR, 6), kinds, sites, strict=True), start=1)
    ]  # fmt: skip
    return table("hazards", sites, rows)


def _inspections(ground: Ground) -> Table:
    found = [(kind, result) for kind, result, count in INSPECTED for _ in range(count)]
    order = chance(88, 1).permutation(len(found)).tolist()
    sites = ground.any_of((*WORKS, "1104", "1201"), len(found), 60)
    rows: Rows = [
        {"XCBH": f"XC{YEAR}{n + 1:03d}", "XCRQ": day, "XCDX": found[at][0], "CZJG": found[at][1], **sites[n].grid}
        for n, (day, at) in enumerate(zip(days(len(found), YEAR, 7), order, strict=True))
    ]
    return table("inspections", sites, rows)
