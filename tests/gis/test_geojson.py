from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import gis.geojson
from gis.columns import GeometryColumns, GeometryKind
from gis.errors import GeometryError, GisError
from gis.geojson import feature, feature_collection, feature_collection_chunks, feature_collection_of
from tests.gis.zoo import INVALID_POLYGONS, POLYGONS, SQUARE, SQUARE_WITH_HOLE, ZOO

ALL = [(kind, name) for kind, shapes in ZOO.items() for name in shapes]
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def columns_of(shapes, kind="polygon") -> GeometryColumns:
    return GeometryColumns.from_shapely(shapes, kind=GeometryKind(kind))


def geometry(shape, kind="polygon", **options):
    """The geometry member of a feature of the shape alone."""
    return json.loads(feature(columns_of([shape], kind), None, None, **options))["geometry"]


def number(x: float, precision: int) -> str:
    """How the number is written as a longitude."""
    columns = GeometryColumns(
        GeometryKind.POINT, [[x, 0]], None, np.arange(2), np.arange(2), np.arange(2), [True], [False]
    )  # fmt: skip
    text = feature(columns, None, None, precision=precision).decode()
    return text.split('"coordinates":[')[1].split(",")[0]


def rounded(x: float, precision: int) -> Decimal:
    """The oracle: the number of the double, with all its digits, rounded half up by decimal arithmetic."""
    with localcontext() as context:
        context.prec = 2000
        return Decimal(x).quantize(Decimal(1).scaleb(-precision), ROUND_HALF_UP)


def plain(x: float, precision: int) -> str:
    text = f"{rounded(x, precision):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def surveyor(ring) -> Fraction:
    """Twice the area of a ring of decimals, positive if it runs counter-clockwise; exact."""
    points = [(Fraction(x), Fraction(y)) for x, y in ring]
    return sum((a[0] * b[1] - b[0] * a[1] for a, b in pairwise(points)), Fraction(0))


def rings(shape, precision):
    """The rings of the polygon as written, in Decimal."""
    text = feature(columns_of([shape]), None, None, precision=precision)
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)["geometry"]["coordinates"]


# shapes


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_each_of_the_zoo_is_the_same_shape_read_back(kind, name):
    shape = ZOO[kind][name]
    found = geometry(shape, kind, precision=15)
    if shape is None:
        assert found is None
    else:
        back = shapely.from_geojson(json.dumps(found))
        assert shapely.equals_identical(shapely.normalize(back), shapely.normalize(shapely.force_2d(shape)))


@pytest.mark.parametrize(("kind", "name"), [(k, n) for k, n in ALL if "empty" in n])
def test_an_empty_geometry_has_its_type_and_no_coordinates(kind, name):
    assert geometry(ZOO[kind][name], kind) == {"type": ZOO[kind][name].geom_type, "coordinates": []}


def test_a_feature_in_full():
    table = pa.table({"DLBM": ["0101"], "亩": [1.5]})
    assert feature(columns_of([SQUARE_WITH_HOLE]), np.array([7]), table, extra_members=b'"links":[]').decode() == (
        '{"type":"Feature","id":7,"geometry":{"type":"Polygon","coordinates":'
        "[[[0,0],[10,0],[10,10],[0,10],[0,0]],[[2,2],[2,4],[4,4],[4,2],[2,2]]]},"
        '"properties":{"DLBM":"0101","亩":1.5},"links":[]}'
    )


def test_a_collection_in_full():
    text = feature_collection(
        columns_of([None, None]), np.array([7, 8]), pa.table({}), extra_members=b'"numberMatched":2'
    )
    assert text.decode() == (
        '{"type":"FeatureCollection","numberMatched":2,"features":['
        '{"type":"Feature","id":7,"geometry":null,"properties":{}},'
        '{"type":"Feature","id":8,"geometry":null,"properties":{}}]}'
    )


def test_a_collection_of_nothing():
    empty = pa.table({"a": pa.array([], pa.string())})
    assert feature_collection(columns_of([]), None, empty) == b'{"type":"FeatureCollection","features":[]}'


def test_vertices_that_fall_together_are_kept():
    assert geometry(POLYGONS["tiny"], precision=3)["coordinates"] == [[[0, 0]] * 5]


# winding


@pytest.mark.parametrize("name", [n for n in POLYGONS if n != "none" and n not in INVALID_POLYGONS])
@pytest.mark.parametrize("turned", [False, True])
def test_shells_run_counter_clockwise_and_holes_clockwise(name, turned):
    shape = POLYGONS[name].reverse() if turned else POLYGONS[name]
    text = feature(columns_of([shape]), None, None, precision=9)
    found = json.loads(text, parse_float=Decimal, parse_int=Decimal)["geometry"]
    polygons = found["coordinates"] if found["type"] == "MultiPolygon" else [found["coordinates"]]
    for polygon in polygons:
        for k, ring in enumerate(polygon):
            assert ring[0] == ring[-1]
            assert surveyor(ring) > 0 if k == 0 else surveyor(ring) < 0


def test_rings_turned_keep_their_z():
    shape = shapely.Polygon([(0, 0, 1), (0, 4, 2), (4, 0, 3)])
    assert geometry(shape, keep_z=True)["coordinates"] == [[[0, 0, 1], [4, 0, 3], [0, 4, 2], [0, 0, 1]]]


def test_winding_is_that_of_the_ring_as_written():
    # runs clockwise; rounded to whole numbers it is (0 0, 10 0, 5 1, 2 0, 0 0), which runs counter-clockwise
    sunk = [(0, 0.49), (10, 0.49), (5, 0.5), (2, -0.4), (0, 0.49)]
    assert surveyor([(Decimal(str(x)), Decimal(str(y))) for x, y in sunk]) < 0
    assert surveyor(rings(shapely.Polygon(sunk), 0)[0]) > 0


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=3, max_size=7),
    st.floats(-179, 179), st.floats(-89, 89), st.integers(0, 9),
)  # fmt: skip
def test_slivers_of_the_size_of_a_digit_wind_right(offsets, x, y, precision):
    step = 0.5 * 10.0**-precision
    (ring,) = rings(shapely.Polygon([(x + step * a, y + step * b) for a, b in offsets]), precision)
    assert surveyor(ring) >= 0


@settings(max_examples=200)
@given(
    st.lists(st.floats(-2, 2), min_size=3, max_size=7), st.floats(-170, 170), st.floats(-80, 80),
    st.floats(-3, 3), st.integers(0, 9),
)  # fmt: skip
def test_slivers_as_long_as_a_map_wind_right(along, x, y, slope, precision):
    (ring,) = rings(shapely.Polygon([(x + t, y + slope * t) for t in along]), precision)
    assert surveyor(ring) >= 0


@pytest.mark.parametrize("n", [58, 59])
def test_a_needle_of_half_a_square_unit_winds_right(n):
    # Cassini: F(n) F(n+2) - F(n+1)^2 = -1 or 1 in turn, far less than a double of 10^24 can tell
    fibonacci = [0, 1]
    while len(fibonacci) < n + 3:
        fibonacci.append(fibonacci[-2] + fibonacci[-1])
    a, b, c = (f / 1e13 for f in fibonacci[n:])
    (ring,) = rings(shapely.Polygon([(0, 0), (a, b), (b, c)]), 13)
    assert surveyor(ring) == Fraction(1, 10**26)


@pytest.mark.parametrize("size", [1e-7, 1.0, 1e7, 1e100, 1e200, 1.5e308])
def test_squares_of_any_size_wind_right(size):
    (ring,) = rings(shapely.Polygon([(0, 0), (0, size), (size, size), (size, 0)]), 7)
    assert surveyor(ring) > 0


# numbers


@pytest.mark.parametrize(
    ("x", "precision", "text"),
    [
        (118.30000004, 7, "118.3"), (118.30000006, 7, "118.3000001"), (-118.30000006, 7, "-118.3000001"),
        (-0.0, 7, "0"), (-0.00000004, 7, "0"), (1e-12, 7, "0"), (1e-12, 15, "0.000000000001"), (1e-7, 7, "0.0000001"),
        (0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (-2.5, 0, "-3"), (0.25, 1, "0.3"), (-0.125, 2, "-0.13"),
        (0.49999999999999994, 0, "0"), (0.9999999999, 7, "1"), (-179.99999999, 7, "-180"), (999.99999999, 7, "1000"),
        (999.0, 7, "999"), (1000.0, 7, "1000"), (100.5, 15, "100.5"), (39618700.1236, 3, "39618700.124"),
        (9007199254740991.0, 15, "9007199254740991"), (9007199254740992.0, 7, "9007199254740992"),
        (2.0**64, 7, "18446744073709551616"), (-1e22, 0, "-1" + 22 * "0"), (5e-324, 15, "0"),
    ],
)  # fmt: skip
def test_numbers_as_they_are_written(x, precision, text):
    assert number(x, precision) == text


def test_the_largest_double_has_its_309_digits():
    # (2 - 2**-52) * 2**1023, by integer arithmetic
    assert number(-1.7976931348623157e308, 7) == f"-{(2**53 - 1) * 2**971}"


@settings(max_examples=1000)
@given(FINITE, st.integers(0, 15))
def test_numbers_are_rounded_as_decimal_arithmetic_does(x, precision):
    assert number(x, precision) == plain(x, precision)


@settings(max_examples=500)
@given(st.integers(-(10**12), 10**12), st.integers(0, 14), st.sampled_from([-1, 0, 1]))
def test_numbers_at_half_a_digit_are_rounded_as_decimal_arithmetic_does(halves, precision, side):
    x = (halves + 0.5) / 10.0**precision
    x = float(np.nextafter(x, side * np.inf)) if side else x
    assert number(x, precision) == plain(x, precision)


@pytest.mark.parametrize("precision", [-1, 16])
def test_a_precision_out_of_range_is_refused(precision):
    with pytest.raises(GeometryError, match="0 to 15"):
        feature(columns_of([SQUARE]), None, None, precision=precision)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_coordinates_that_are_not_finite_are_refused(value):
    columns = columns_of([SQUARE, SQUARE])
    xy = columns.xy.copy()
    xy[7, 1] = value
    with pytest.raises(GeometryError, match="not finite"):
        feature_collection(replace(columns, xy=xy), None, None)


# z


def test_z_is_dropped_unless_asked_for():
    assert geometry(POLYGONS["with_z"])["coordinates"][0][1] == [10, 0]
    assert geometry(POLYGONS["with_z"], keep_z=True)["coordinates"][0][1] == [10, 0, 2]


def test_z_is_left_out_where_there_is_none():
    text = feature_collection(columns_of([SQUARE, POLYGONS["with_z"]]), None, None, keep_z=True)
    first, second = (f["geometry"]["coordinates"][0] for f in json.loads(text)["features"])
    assert {len(position) for position in first} == {2}
    assert {len(position) for position in second} == {3}


# ids and properties


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (np.array([2**63 - 1, -1]), [2**63 - 1, -1]), (np.array([1, 2], np.int32), [1, 2]),
        (pa.array(["a-1", '"']), ["a-1", '"']), (pa.array([None, 5]), [None, 5]), ([7, 8], [7, 8]),
        (pa.chunked_array([["n"], [None]]), ["n", None]), (None, [None, None]),
    ],
)  # fmt: skip
def test_ids_are_integers_or_texts_and_left_out_where_none(ids, expected):
    text = feature_collection(columns_of([None, None]), ids, None)
    assert [f.get("id") for f in json.loads(text)["features"]] == expected
    assert b'"id":null' not in text


def test_ids_of_another_type_are_refused():
    with pytest.raises(GisError, match="integers or texts"):
        feature(columns_of([None]), np.array([1.5]), None)


def test_names_are_escaped():
    text = feature(columns_of([None]), None, pa.table({'a"b\\': [1], "地类\n编码": [2]}))
    assert json.loads(text)["properties"] == {'a"b\\': 1, "地类\n编码": 2}


def test_names_used_twice_are_refused():
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    with pytest.raises(GisError, match="used twice"):
        feature(columns_of([None]), None, table)


def test_a_column_that_json_cannot_hold_is_refused_by_name():
    with pytest.raises(GisError, match="binary") as caught:
        feature(columns_of([None]), None, pa.table({"照片": [b"\x00"]}))
    assert caught.value.place == "照片"


def test_chunks_slices_and_dictionaries_keep_their_rows():
    plain_text, coded = pa.array(["a", "b"]), pa.array(["x", None])
    first = pa.table({"p": plain_text, "q": coded.dictionary_encode()})
    second = pa.table({"p": pa.array(["c", None]), "q": pa.array(["y", "x"]).dictionary_encode()})
    text = feature_collection(columns_of([None] * 3), np.arange(3), pa.concat_tables([first, second])[1:])
    found = [f["properties"] for f in json.loads(text)["features"]]
    assert found == [{"p": "b", "q": None}, {"p": "c", "q": "y"}, {"p": None, "q": "x"}]


@pytest.mark.parametrize(("ids", "rows"), [([1], 2), ([1, 2], 1), ([], 2), ([1, 2], 0)])
def test_numbers_of_rows_that_differ_are_refused(ids, rows):
    with pytest.raises(GeometryError, match="rows of properties"):
        feature_collection(columns_of([None, None]), ids, pa.table({"p": pa.array(range(rows), pa.int8())}))


@pytest.mark.parametrize("count", [0, 2])
def test_a_feature_is_one(count):
    with pytest.raises(GeometryError, match="One feature"):
        feature(columns_of([SQUARE] * count), None, None)


# pieces


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(gis.geojson, "MOST_VERTICES", 12)
    monkeypatch.setattr(gis.geojson, "MOST_FEATURES", 3)


def test_pieces_together_are_the_collection(small_pieces, monkeypatch):
    columns, table = columns_of(list(POLYGONS.values())), pa.table({"name": list(POLYGONS)})
    pieces = list(feature_collection_chunks(columns, np.arange(len(columns)), table, extra_members=b'"a":1'))
    monkeypatch.undo()
    assert len(pieces) > 10
    assert b"".join(pieces) == feature_collection(columns, np.arange(len(columns)), table, extra_members=b'"a":1')


def test_batches_together_are_one_collection():
    shapes, names = list(POLYGONS.values()), list(POLYGONS)
    parts = [(0, 4), (4, 4), (4, len(shapes))]
    batches = [(columns_of(shapes[a:b]), np.arange(a, b), pa.table({"name": names[a:b]})) for a, b in parts]
    whole = feature_collection(columns_of(shapes), np.arange(len(shapes)), pa.table({"name": names}))
    assert b"".join(feature_collection_of([*batches[:1], (columns_of([]), None, None), *batches[2:]])) == whole


def test_no_batches_are_a_collection_of_nothing():
    text = b"".join(feature_collection_of(iter([]), extra_members=b'"a":1'))
    assert json.loads(text) == {"type": "FeatureCollection", "a": 1, "features": []}


def test_threads_write_the_same():
    columns = columns_of(list(POLYGONS.values()) * 50)
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda _: feature_collection(columns, None, None), range(8)))
    assert len(set(texts)) == 1


# the whole against a plain reference


def coordinates(shape, precision):
    """RFC 7946 coordinates in Decimal, made with shapely and decimal arithmetic alone."""

    def positions(line):
        return [[rounded(x, precision), rounded(y, precision)] for x, y in shapely.get_coordinates(line)]

    def ring(line, shell):
        found = positions(line)
        area = surveyor(found)
        return found[::-1] if area and (area > 0) != shell else found

    single = {
        "Point": lambda g: positions(g)[0],
        "LineString": positions,
        "Polygon": lambda g: [ring(g.exterior, True), *(ring(hole, False) for hole in g.interiors)],
    }
    one = single[shape.geom_type.removeprefix("Multi")]
    if shape.geom_type.startswith("Multi"):
        return [one(part) for part in shape.geoms]
    return [] if shape.is_empty else one(shape)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(sorted(ZOO)), st.integers(0, 13))
def test_collections_are_those_of_the_plain_reference(data, kind, precision):
    names = data.draw(st.lists(st.sampled_from(sorted(ZOO[kind])), min_size=1, max_size=8))
    shift = data.draw(st.tuples(st.floats(-170, 170), st.floats(-80, 80)))
    scale = data.draw(st.sampled_from([1e-9, 1e-5, 0.01]))
    moved = [None if s is None else shapely.transform(s, lambda p: p * scale + shift)
             for s in (shapely.force_2d(ZOO[kind][name]) for name in names if name != "huge_coordinates")]  # fmt: skip
    values = data.draw(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=len(moved), max_size=len(moved)))
    table = pa.table({"v": pa.array(values, pa.int64()), "名": pa.array([f"\"{v}'" for v in values], pa.string())})
    text = feature_collection(columns_of(moved, kind), None, table, precision=precision)
    expected = [
        {
            "type": "Feature",
            "geometry": None if s is None else {"type": s.geom_type, "coordinates": coordinates(s, precision)},
            "properties": {"v": v, "名": f"\"{v}'"},
        }
        for s, v in zip(moved, values, strict=True)
    ]
    assert json.loads(text, parse_float=Decimal)["features"] == expected
