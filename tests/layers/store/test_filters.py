"""Filters with all that a store can be asked, and with values at the edges, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.filtering import parse_filter
from layers.query import Order, Query
from layers.store import open_store
from tests.layers.filtering import oracle
from tests.layers.store import sample
from tests.layers.store.sample import EAST, NORTH, rows
from tests.services import postgis_schema

FEATURES = [
    {"名称": "København", "户数": 5, "产量": Decimal("2.50"), "坡度": 1.5},
    {"名称": "a%b_C*[x]?\\", "户数": -3, "产量": None, "坡度": 0.0, "有效": False},
    {"名称": None, "户数": None, "坡度": None, "有效": None, "日期": None, "时间": None},
    {"名称": "Straße", "户数": 2**53 + 1, "坡度": 1e308, "日期": date(2020, 1, 1)},
    {"名称": "KOBENHAVN", "户数": 0, "坡度": -1e-300, "时间": datetime(1, 1, 1, tzinfo=UTC)},
    {"名称": "it's '' \"q\" 稻田", "户数": 2**63 - 1, "坡度": -1e308, "日期": date(9999, 12, 31)},
    {"名称": "", "户数": -(2**63), "产量": Decimal("-0.10"), "日期": date(1, 1, 1)},
    {"名称": "line\nbreak", "户数": 7, "产量": Decimal("0.30"), "坡度": 0.1},
]
PARCELS = sample.parcels()


@pytest.fixture(scope="module", params=["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)])
def filled(request, tmp_path_factory):
    if request.param == "postgis":
        with postgis_schema() as url, _filled(url) as store:
            yield store
    else:
        with _filled(str(tmp_path_factory.mktemp("filters") / "store.gpkg")) as store:
            yield store


def _filled(url):
    store = open_store(url, sample.catalogue())
    with store.transaction(who="t", why="t") as transaction:
        transaction.insert("parcels", rows(*FEATURES))
    return store


def asked(text, **more):
    return Query(filter=parse_filter(text, definition=PARCELS, crs=more.pop("crs", "CRS84")), **more)


def fids(store, text, **more):
    return store.read("parcels", asked(text, **more))["fid"].to_pylist()


@pytest.mark.parametrize(("text", "expected"), [
    ("名称 LIKE 'K%'", [1, 5]),
    ("名称 LIKE 'k%'", []),  # case counts
    ("名称 LIKE 'a\\%b\\_C*[x]?%'", [2]),  # what other matchers give a meaning to is plain here
    ("名称 LIKE 'aXb_C*[x]?%'", []),
    ("名称 LIKE '%[x]%'", [2]),
    ("名称 LIKE '%\\\\'", [2]),  # a backslash at the end
    ("名称 LIKE ''", [7]),
    ("名称 LIKE 'line_break'", [8]),
    ("名称 LIKE '%''%'", [6]),
    ("名称 LIKE '__'", []),
    ("NOT 名称 LIKE '%'", []),  # neither true nor false of a missing name
    ("CASEI(名称) = CASEI('STRASSE')", [4]),
    ("ACCENTI(CASEI(名称)) = ACCENTI(CASEI('kobenhavn'))", [1, 5]),
    ("名称 = 'it''s '''' \"q\" 稻田'", [6]),
    ("名称 < 'K'", [7]),
    ("名称 >= 'Straße'", [2, 4, 6, 8]),  # by code point: S a i l
    ("名称 = NULL OR NOT (名称 = NULL)", []),
    ("名称 IS NULL OR 户数 IS NULL", [3]),
    ("NOT (名称 = 'x' AND 户数 = 0)", [1, 2, 4, 5, 6, 7, 8]),
    ("户数 = 9007199254740993", [4]),
    ("户数 > 9007199254740992 AND 户数 < 9223372036854775807", [4]),
    ("户数 = -9223372036854775808", [7]),
    ("户数 <= -9223372036854775807", [7]),
    ("户数 > 4.5 AND 户数 < 7.5", [1, 8]),
    ("户数 / 0 = 1 OR NOT (户数 / 0 = 1)", []),
    ("户数 / 2 = 2.5", [1]),
    ("户数 DIV 2 = 2", [1]),
    ("户数 DIV 2 = -1", [2]),  # towards 0
    ("户数 % 2 = -1", [2]),  # the sign of the dividend
    ("户数 % 0 = 0", []),
    ("产量 % 0.1 = 0", [1, 3, 4, 5, 6, 7, 8]),  # 2.50, 100.00, -0.10 and 0.30: all but the missing one
    ("产量 * 2 = 5", [1]),
    ("产量 = 0.3", [8]),
    ("产量 IN (2.5, -0.1)", [1, 7]),
    ("坡度 * 10 > 1E308 OR 坡度 * 10 < 0", []),  # 1e308 is beyond what is computed with; -1e-300 is as good as 0
    ("坡度 > 1E307", [4]),
    ("坡度 ^ -1 > 0", [1, 7, 8]),
    ("坡度 ^ 0.5 > 1", [1]),
    ("0 ^ 坡度 = 1", [2, 5]),
    ("abs(户数) = 3", [2]),
    ("floor(坡度) = 1 AND ceil(坡度) = 2", [1]),
    ("length(名称) = 9", [1, 5]),
    ("有效 = FALSE", [2]),
    ("NOT 有效", [2]),
    ("有效 IS NULL", [3]),
    ("有效 > FALSE", [1, 4, 5, 6, 7, 8]),
    ("日期 = '2020-01-01'", [4]),
    ("日期 > DATE('9999-12-30')", [6]),
    ("year(日期) = 1", [7]),
    ("year(时间) = 2024 AND month(时间) = 5 AND day(时间) = 1 AND 户数 = 5", [1]),
    ("T_INTERSECTS(日期, TIMESTAMP('2020-01-01T23:59:59Z'))", [4]),
    ("T_DURING(时间, INTERVAL('..', '2000-01-01'))", [5]),  # an open end lies before everything
    ("T_BEFORE(时间, DATE('2000-01-01'))", [5]),
    ("T_EQUALS(时间, TIMESTAMP('2024-05-01T16:30:00.125+08:00')) AND 户数 = 5", [1]),
    ("T_DISJOINT(INTERVAL(日期, 时间), INTERVAL('..', '..'))", []),
    ("A_CONTAINS((名称, DLBM), ('0101', 'København'))", [1]),
    ("A_CONTAINEDBY((名称), ('Straße', 'x'))", [4]),
    ("A_EQUALS((名称, 名称), ('Straße'))", [4]),
    ("A_OVERLAPS((户数, 7), (7, 8)) AND 户数 = 7", [8]),
    ("area_m2 > 99.9 AND area_m2 < 100.1 AND fid IN (1, 9, 2)", [1, 2]),
])  # fmt: skip
def test_a_filter_finds_what_it_says(filled, text, expected):
    assert fids(filled, text) == expected


def test_a_filter_holds_with_every_other_condition(filled):
    box = (EAST - 1, NORTH - 1, EAST + 65, NORTH + 30)  # fids 1 to 4
    region = shapely.to_wkb(shapely.box(EAST + 15, NORTH - 1, EAST + 200, NORTH + 30))  # from fid 2 on
    found = fids(filled, "户数 <> 0", bbox=box, region=region, fids=(1, 2, 4, 5), equals={"DLBM": "0101"})
    assert found == [2, 4]


def test_a_filter_is_paged_in_an_order(filled):
    query = asked("户数 > -10 AND 户数 < 10", order=(Order("户数"),), limit=2)
    first = filled.read("parcels", query).to_pylist()
    assert [row["户数"] for row in first] == [-3, 0]
    following = asked("户数 > -10 AND 户数 < 10", order=(Order("户数"),), after=query.position(first[-1]))
    assert filled.read("parcels", following)["户数"].to_pylist() == [5, 7]


def test_counts_sums_batches_and_extent_take_the_filter(filled):
    query = asked("户数 BETWEEN 0 AND 10")
    assert filled.count("parcels", query) == 3
    (group,) = filled.aggregate("parcels", by=[], sums=["户数"], query=query)
    assert (group.count, group.sums) == (3, (12,))
    assert [fid for batch in filled.batches("parcels", query, size=1) for fid in batch["fid"].to_pylist()] == [1, 5, 8]


def test_an_earlier_revision_is_filtered_as_it_was(store):
    with store.transaction(who="t", why="t") as transaction:
        transaction.insert("parcels", rows({"名称": "old"}, {"名称": "other"}))
    with store.transaction(who="t", why="t") as transaction:
        transaction.update("parcels", rows({"名称": "new"}).select(["名称"]).append_column("fid", [[1]]))
        transaction.delete("parcels", [2])
    window = "S_INTERSECTS(geom, BBOX(113,34,115,37)) AND "
    assert store.count("parcels", asked(window + "名称 = 'old'"), as_of=1) == 1
    assert store.count("parcels", asked(window + "名称 = 'other'"), as_of=1) == 1
    assert store.count("parcels", asked(window + "名称 = 'old'")) == 0
    assert store.count("parcels", asked("NOT S_DISJOINT(geom, BBOX(113,34,115,37))"), as_of=1) == 2


NORTHERN = f"{NORTH} {EAST}, {NORTH} {EAST + 10}, {NORTH + 10} {EAST + 10}, {NORTH + 10} {EAST}, {NORTH} {EAST}"


@pytest.mark.parametrize(("relation", "shape", "expected"), [
    ("S_EQUALS", f"POLYGON(({NORTHERN}))", [1]),
    ("S_WITHIN", f"BBOX({NORTH - 1}, {EAST - 1}, {NORTH + 11}, {EAST + 31})", [1, 2]),
    ("S_CONTAINS", f"POINT({NORTH + 5} {EAST + 25})", [2]),
    ("S_TOUCHES", f"POINT({NORTH} {EAST})", [1]),
    ("S_TOUCHES", f"LINESTRING({NORTH} {EAST + 10}, {NORTH} {EAST + 20})", [1, 2]),
    ("S_OVERLAPS", f"BBOX({NORTH + 5}, {EAST + 5}, {NORTH + 15}, {EAST + 25})", [1, 2]),
    ("S_CROSSES", f"LINESTRING({NORTH + 5} {EAST - 5}, {NORTH + 5} {EAST + 15})", [1]),
    ("S_INTERSECTS", f"MULTIPOINT(({NORTH} {EAST}), ({NORTH + 1} {EAST + 41}))", [1, 3]),
    ("S_DISJOINT", f"BBOX({NORTH}, {EAST}, {NORTH + 1}, {EAST + 111})", [7, 8]),
    ("S_INTERSECTS", f"GEOMETRYCOLLECTION(POINT({NORTH} {EAST}), POINT({NORTH} {EAST + 20}))", [1, 2]),
    ("S_DISJOINT", f"GEOMETRYCOLLECTION(POINT({NORTH} {EAST}))", [2, 3, 4, 5, 6, 7, 8]),
])  # fmt: skip
def test_spatial_relations_in_the_plane_and_axes_of_the_layer(filled, relation, shape, expected):
    assert fids(filled, f"{relation}(geom, {shape})", crs=PARCELS.crs) == expected


NUMBERS = st.sampled_from(["户数", "产量", "坡度", "fid", "1", "0", "2.5", "-3", "0.1", "1e300", "9007199254740993"])
OPERATORS = st.sampled_from(["+", "-", "*", "/", "div", "%"])
SUMS = st.recursive(
    NUMBERS, lambda s: st.tuples(s, OPERATORS, s).map(lambda t: f"({t[0]} {t[1]} {t[2]})"), max_leaves=5
)
TEXTS = st.sampled_from(["名称", "'K'", "CASEI(名称)", "ACCENTI(名称)", "''", "'Straße'", "CASEI('Ø')"])
COMPARED = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
CONDITIONS = st.one_of(
    st.tuples(SUMS, COMPARED, SUMS).map(" ".join),
    st.tuples(TEXTS, COMPARED, TEXTS).map(" ".join),
    st.text("aK%_\\*[]?'稻", max_size=5).map(lambda text: "名称 LIKE '" + text.replace("'", "''") + "x'"),
    st.tuples(NUMBERS, NUMBERS, NUMBERS).map(lambda t: "{} NOT BETWEEN {} AND {}".format(*t)),
    st.sampled_from(
        ["有效", "有效 IS NULL", "名称 IS NOT NULL", "TRUE", "户数 IN (5, 7)", "T_AFTER(日期, DATE('2020-01-01'))"]
    ),
)
FILTERS = st.recursive(
    CONDITIONS,
    lambda c: c.map(lambda one: f"NOT ({one})") | st.tuples(c, st.sampled_from(["AND", "OR"]), c).map(
        lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILTERS)
def test_any_filter_finds_what_plain_python_finds(filled, text):
    expression = parse_filter(text, definition=PARCELS)
    found = filled.read("parcels", Query(filter=expression))["fid"].to_pylist()
    assert found == oracle.fids(expression, filled.read("parcels").to_pylist())
