from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.columns import GeometryColumns
from gis.errors import GeometryError, GisError
from gis.soundness import valid_shapes
from gis.tiles import BUFFER, MERGED, WORLD_M, TileSource, tile_window, tiles_of
from tests.gis.decoded import Feature, layers, surveyor
from tests.gis.zoo import INVALID_POLYGONS, LINES, POINTS, POLYGONS


def made_valid(shape):
    """What an invalid polygon covers, as the engine takes it."""
    return valid_shapes(np.array([shape], dtype=object))[0]


Z, X, Y = 16, 40000, 25000
WINDOW = tile_window(Z, X, Y)
UNIT_M = 1 / WINDOW.scale
"""A tile unit at zoom 16, in Web Mercator metres."""


def at_units(geometry):
    """A geometry drawn in tile units (y down) of tile 16/40000/25000, in EPSG:3857."""
    return shapely.transform(geometry, lambda p: [WINDOW.left, WINDOW.top] + p * [UNIT_M, -UNIT_M])


def source(geometries, **options):
    return TileSource("parcels", GeometryColumns.from_shapely(geometries), **options)


def drawn(geometries, zxy=(Z, X, Y), **options) -> list[Feature]:
    return layers(source(geometries, **options).tile(*zxy)).get("parcels", [])


def one(geometry, **options) -> Feature:
    (feature,) = drawn([at_units(geometry)], **options)
    return feature


def units(*corners):
    return at_units(shapely.Polygon(corners))


SQUARE = [(100, 100), (300, 100), (300, 300), (100, 300)]


def test_quarter_of_the_world_is_a_quarter_of_tile_0():
    (feature,) = drawn([shapely.box(0, 0, WORLD_M, WORLD_M)], (0, 0, 0))
    assert feature.shape().equals(shapely.box(2048, 0, 4096, 2048))  # north-east: right half, upper half


@pytest.mark.parametrize("corners", [SQUARE, SQUARE[::-1]], ids=["one way", "the other"])
def test_shell_has_positive_area_whichever_way_it_ran(corners):
    feature = one(shapely.Polygon(corners))
    assert [surveyor(path) for path in feature.paths] == [200 * 200]


@pytest.mark.parametrize("turn", [1, -1])
def test_hole_follows_its_shell_with_negative_area(turn):
    feature = one(shapely.Polygon(SQUARE, [[(150, 150), (250, 150), (250, 250), (150, 250)][::turn]]))
    assert [surveyor(path) for path in feature.paths] == [200 * 200, -100 * 100]


def test_parts_of_a_multipolygon_stay_parts():
    feature = one(shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 40, 10)]))
    assert [surveyor(path) for path in feature.paths] == [100, 200]


def test_polygon_is_cut_at_the_buffer():
    feature = one(shapely.box(-1000, 1000, 2000, 9000))
    assert feature.shape().bounds == (-BUFFER, 1000, 2000, 4096 + BUFFER)


def test_polygon_around_the_tile_fills_it():
    feature = one(shapely.box(-1e5, -1e5, 1e5, 1e5))
    assert feature.shape().equals(shapely.box(-BUFFER, -BUFFER, 4096 + BUFFER, 4096 + BUFFER))


def test_tile_in_a_hole_is_empty():
    ring = shapely.Polygon(shapely.box(-1e5, -1e5, 1e5, 1e5).exterior, [shapely.box(-1e4, -1e4, 1e4, 1e4).exterior])
    assert source([at_units(ring)]).tile(Z, X, Y) == b""


def test_hole_over_the_border_is_cut_a_unit_short_of_it():
    feature = one(shapely.Polygon(shapely.box(-500, 100, 500, 500).exterior, [shapely.box(-400, 200, 0, 400).exterior]))
    shape = feature.shape()
    assert shape.is_valid
    assert shape.area == (500 + BUFFER) * 400 - (BUFFER - 1) * 200


def test_part_whose_hole_holds_the_tile_leaves_the_other_parts():
    ring = shapely.Polygon(shapely.box(-1e5, -1e5, 1e5, 1e5).exterior, [shapely.box(-1e4, -1e4, 1e4, 1e4).exterior])
    island = shapely.box(100, 100, 200, 200)
    for parts in ([island, ring], [ring, island]):
        assert one(shapely.MultiPolygon(parts)).shape().area == 100 * 100


def test_comb_cut_through_its_teeth_is_valid():
    teeth = shapely.union_all([shapely.box(-500, k * 40, 100, k * 40 + 20) for k in range(10)])
    shape = one(shapely.union_all([teeth, shapely.box(-600, 0, -500, 380)])).shape()
    assert shape.is_valid
    assert shape.area == 10 * 20 * (100 + BUFFER)


def test_collinear_vertices_are_left_out():
    feature = one(shapely.Polygon([(0, 0), (50, 0), (100, 0), (100, 100), (0, 100), (0, 50)]))
    assert feature.paths[0].tolist() == [[0, 0], [100, 0], [100, 100], [0, 100]]


@pytest.mark.parametrize("name", INVALID_POLYGONS)
def test_invalid_polygon_is_drawn_valid(name):
    shape = POLYGONS[name]
    features = drawn([at_units(shapely.transform(shape, lambda p: p * 20 + 500))])
    for feature in features:
        polygon = feature.shape()
        repaired = made_valid(shape)
        assert all(part.is_valid for part in polygon.geoms)
        assert polygon.area == pytest.approx(max(repaired.area * 400, 4))  # 4: the square of a shape without area


def test_feature_smaller_than_a_unit_is_a_square_of_two_units_from_full_zoom_on():
    (feature,) = drawn([units((7.1, 9.1), (7.2, 9.1), (7.2, 9.2))], ids=[5])
    assert (feature.id, feature.shape().bounds) == (5, (6, 8, 8, 10))


def test_spike_that_rounding_closes_is_a_square_too():
    # out and back along one line: four vertices that enclose nothing
    (feature,) = drawn([units((5, 5), (9, 9), (5.2, 5), (13, 13), (9, 9.1))], ids=[5])
    assert feature.id == 5
    assert feature.shape().is_valid


def test_none_and_empty_are_not_drawn():
    assert drawn([None, POLYGONS["empty"], POLYGONS["empty_multi"], units(*SQUARE)], ids=[1, 2, 3, 4])[0].id == 4


@pytest.mark.parametrize("shapes", [LINES, POINTS, POLYGONS], ids=["lines", "points", "polygons"])
def test_zoo_is_drawn_at_every_zoom(shapes):
    columns = GeometryColumns.from_shapely([g for name, g in shapes.items() if name != "huge_coordinates"])
    tiles = TileSource("zoo", columns)
    for z in range(25):
        assert tiles.tile(z, 2**z // 2, max(2**z // 2 - 1, 0))  # the tile north-east of 0, 0


def test_huge_coordinates_are_refused():
    with pytest.raises(GeometryError, match="EPSG:3857"):
        source([POLYGONS["huge_coordinates"]])


def test_no_features_make_an_empty_tile():
    assert source([]).tile(0, 0, 0) == b""


def test_no_features_with_attributes_make_an_empty_tile():
    attributes = pa.table({"code": pa.array([], pa.string()), "name": pa.array([], pa.string())})
    assert source([], attributes=attributes).tile(Z, X, Y) == b""


@pytest.mark.parametrize("zxy", [(-1, 0, 0), (25, 0, 0), (1, 2, 0), (1, 0, 2), (1, -1, 0), (3, 0, 8)])
def test_tile_outside_the_matrix_is_refused(zxy):
    with pytest.raises(GisError, match="no tile"):
        source([units(*SQUARE)]).tile(*zxy)


def test_attributes_come_back_by_type():
    table = pa.table(
        {
            "地类": ["0101", None],
            "数": pa.array([7, -7], pa.int32()),
            "面积": [1.5, float("nan")],
            "是": [True, False],
            "日": [datetime.date(2024, 3, 1), None],
            "大": pa.array([2**40, None], pa.uint64()),
            "额": pa.array(["1.25", None]).cast(pa.decimal128(5, 2)),
            "词典": pa.array(["a", "b"]).dictionary_encode(),
        }
    )
    a, b = drawn([units(*SQUARE), units(*SQUARE)], attributes=table, ids=[3, 2**53])
    assert a.attributes == {
        "地类": "0101", "数": 7, "面积": 1.5, "是": True, "日": "2024-03-01", "大": 2**40, "额": 1.25, "词典": "a",
    }  # fmt: skip
    assert b.attributes == {"数": -7, "是": False, "词典": "b"}
    assert (a.id, b.id) == (3, 2**53)


def test_repeated_values_stand_in_the_tile_once():
    table = pa.table({"dlbm": ["0101"] * 50})
    tile = source([units(*SQUARE)] * 50, attributes=table).tile(Z, X, Y)
    assert tile.count(b"0101") == 1


def test_column_of_many_values_is_drawn_whole():
    table = pa.table({"code": [f"{k:09d}" for k in range(70_000)], "kind": ["a", "b"] * 35_000})
    where = [units(*SQUARE)] * 3 + [None] * 69_994 + [units(*SQUARE)] * 3
    features = drawn(where, attributes=table)
    assert [f.attributes["code"] for f in features[-2:]] == ["000069998", "000069999"]
    assert {f.attributes["kind"] for f in features} == {"a", "b"}


@pytest.mark.parametrize("teeth", [1, 40, 2000], ids=["short", "over 127 bytes", "over 16383 bytes"])
def test_outline_of_any_length_is_drawn_whole(teeth):
    # a saw along the top: each tooth two units wide and 50 high
    saw = [(10 + 2 * k + step, 60 if step == 0 else 10) for k in range(teeth) for step in (0, 1)]
    feature = one(shapely.Polygon([*saw, (10 + 2 * teeth, 60), (10 + 2 * teeth, 100), (10, 100)]))
    # 2 x 50 / 2 above the line at 60, 2 x 40 below it, a tooth
    assert [surveyor(path) for path in feature.paths] == [teeth * (50 + 80)]


def test_attributes_of_many_columns_are_drawn_whole():
    names = [f"c{k}" for k in range(200)]
    feature = one(shapely.Polygon(SQUARE), attributes=pa.table({name: [name * 50] for name in names}))
    assert feature.attributes == {name: name * 50 for name in names}


def test_nested_attributes_are_refused():
    with pytest.raises(GisError, match=r"list<.*cannot go into vector tiles"):
        source([units(*SQUARE)], attributes=pa.table({"parts": [[1, 2]]}))


@pytest.mark.parametrize("ids", [[1, 2], [-1], [1.5]], ids=["too many", "negative", "not whole"])
def test_ids_that_do_not_fit_are_refused(ids):
    with pytest.raises(GisError, match="ids"):
        source([units(*SQUARE)], ids=ids)


def test_attributes_of_another_length_are_refused():
    with pytest.raises(GisError, match="2 attributes for 1 features"):
        source([units(*SQUARE)], attributes=pa.table({"a": [1, 2]}))


def test_overview_that_is_no_attribute_is_refused():
    with pytest.raises(GisError, match="there are: a"):
        source([units(*SQUARE)], attributes=pa.table({"a": [1]}), overview="b")


def test_line_that_leaves_and_comes_back_is_two_lines():
    feature = one(shapely.LineString([(100, 100), (-500, 100), (-500, 200), (100, 200)]))
    assert [path.tolist() for path in feature.paths] == [[[100, 100], [-64, 100]], [[-64, 200], [100, 200]]]


def test_line_that_only_passes_by_is_not_drawn():
    assert drawn([at_units(shapely.LineString([(-1000, 100), (100, -1000)]))]) == []


def test_points_in_the_buffer_are_drawn_and_others_are_not():
    feature = one(shapely.MultiPoint([(-63, 0), (4159, 5), (4161, 5), (10, -65)]))
    assert [path.tolist() for path in feature.paths] == [[[-63, 0]], [[4159, 5]]]


def test_layers_join_into_one_tile():
    a = source([units(*SQUARE)])
    b = TileSource("points", GeometryColumns.from_shapely([at_units(shapely.Point(1, 2))]))
    assert list(layers(tiles_of([a, b], Z, X, Y))) == ["parcels", "points"]


COORDINATES = st.floats(-6000, 10000).map(lambda v: round(v, 6)) | st.integers(-200, 200).map(float)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(COORDINATES, COORDINATES), min_size=3, max_size=40))
def test_random_rings_are_drawn_valid_and_where_they_are(corners):
    shape = shapely.Polygon(corners)
    window = shapely.box(-BUFFER, -BUFFER, 4096 + BUFFER, 4096 + BUFFER)
    features = drawn([units(*corners)])
    got = features[0].shape() if features else shapely.Polygon()
    assert all(part.is_valid for part in shapely.get_parts(got))
    if shape.is_valid:
        expected = shapely.intersection(shape, window)
        # rounding moves each point by up to 0.71 units; a speck of 2 x 2 may stand for nothing
        assert shapely.symmetric_difference(got, expected).area <= expected.length * 0.75 + 4


OFF_BORDER = COORDINATES.map(lambda v: v + 0.3)
"""A line along the very border of the window is in it or not by the last bit of its way through EPSG:3857."""


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(OFF_BORDER, OFF_BORDER), min_size=2, max_size=30))
def test_random_lines_are_drawn_where_they_are(vertices):
    window = shapely.box(-BUFFER, -BUFFER, 4096 + BUFFER, 4096 + BUFFER)
    expected = shapely.intersection(shapely.LineString(vertices), window)
    features = drawn([at_units(shapely.LineString(vertices))])
    if features and expected.length > 1e-6:
        got = features[0].shape()
        assert farthest(got, expected) <= 2.1
        # a piece of less than two units beside others may round to nothing
        pieces = shapely.get_parts(expected)
        assert farthest(shapely.union_all(pieces[shapely.length(pieces) >= 2]), got) <= 2.1


def farthest(shape, other):
    """How far a point of `shape` lies from `other` at most, looked at every 10 units; 0 for an empty shape."""
    points = shapely.points(shapely.get_coordinates(shapely.segmentize(shape, 10)))
    return max(shapely.distance(points, other), default=0)


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.floats(10, 5000), min_size=3, max_size=60),
    st.tuples(COORDINATES, COORDINATES),
    st.sampled_from([15, 24]),
)
def test_stars_are_drawn_valid_and_near(radii, centre, full_zoom):
    angle = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    star = shapely.Polygon(centre + np.array(radii)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))
    window = shapely.box(-BUFFER, -BUFFER, 4096 + BUFFER, 4096 + BUFFER)
    for feature in drawn([at_units(star)], full_zoom=full_zoom):
        assert all(part.is_valid for part in feature.shape().geoms)
        if MERGED not in feature.attributes:
            apart = shapely.symmetric_difference(feature.shape(), shapely.intersection(star, window)).area
            # an edge moves by the tolerance, 4 units, and half of it, and rounding; or by rounding only
            assert apart <= star.length * (6 if full_zoom == 24 else 0.75) + 4


def parcels(columns, rows, side=10.0):
    """Parcels of `side` units in rows, at zoom 16 each a little over half a pixel wide."""
    return [
        at_units(shapely.box(c * side, r * side, (c + 1) * side, (r + 1) * side))
        for r in range(rows)
        for c in range(columns)
    ]


def test_small_parcels_merge_into_one_feature_of_their_outline():
    (feature,) = drawn(parcels(64, 32), full_zoom=24)
    assert feature.attributes == {MERGED: 64 * 32}
    assert feature.id is None
    assert feature.shape().equals(shapely.box(0, 0, 640, 320))


def test_merged_parcels_keep_their_class():
    table = pa.table({"dlbm": ["0101"] * 1024 + ["0301"] * 1024, "code": [str(k) for k in range(2048)]})
    features = drawn(parcels(64, 32), attributes=table, overview="dlbm", full_zoom=24)
    assert {f.attributes["dlbm"]: (f.attributes[MERGED], f.shape().area) for f in features} == {
        "0101": (1024, 640 * 160),
        "0301": (1024, 640 * 160),
    }


def test_merged_area_stays_true_where_parcels_are_scattered():
    every_fourth = [p for k, p in enumerate(parcels(64, 64)) if k % 2 == 0 and k // 64 % 2 == 0]
    (feature,) = drawn(every_fourth, full_zoom=24)
    assert feature.shape().area == pytest.approx(640 * 640 / 4, rel=0.05)


def test_merged_area_of_a_rare_class_stays_true():
    # one parcel in 16 is of the class 0601: 256 of 100 square units = 25 cells of 32 x 32
    kinds = ["0601" if k % 4 == 1 and k // 64 % 4 == 1 else "0101" for k in range(4096)]
    features = drawn(parcels(64, 64), attributes=pa.table({"dlbm": kinds}), overview="dlbm", full_zoom=24)
    area = {f.attributes["dlbm"]: f.shape().area for f in features}
    assert area["0601"] / 1024 == pytest.approx(25, abs=2)
    assert area["0601"] + area["0101"] == 640 * 640


def test_lonely_speck_is_still_marked():
    (feature,) = drawn([units((1000, 1000), (1001, 1000), (1001, 1001))], full_zoom=24)
    assert feature.attributes == {MERGED: 1}
    assert feature.shape().bounds == (992, 992, 1024, 1024)  # cell 31 of 32 units


def test_ring_of_cells_is_a_polygon_with_a_hole():
    frame = [p for k, p in enumerate(parcels(64, 64)) if not (16 <= k % 64 < 48 and 16 <= k // 64 < 48)]
    (feature,) = drawn(frame, full_zoom=24)
    assert feature.shape().is_valid
    assert feature.shape().area == pytest.approx(640**2 - 320**2)
    assert [len(part.interiors) for part in feature.shape().geoms] == [1]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.booleans(), min_size=36, max_size=36))
def test_outlines_of_any_cells_are_valid(blocks):
    # squares of 128 units are blocks of 4 x 4 cells; each is filled wholly by 8 x 8 small parcels
    filled = [(k % 6, k // 6) for k, on in enumerate(blocks) if on]
    corners = np.array([(c * 128 + i * 16, r * 128 + j * 16) for c, r in filled for i in range(8) for j in range(8)])
    small = [at_units(shapely.box(x, y, x + 16, y + 16)) for x, y in corners]
    features = drawn(small, full_zoom=24)
    if filled:
        expected = shapely.union_all([shapely.box(c * 128, r * 128, c * 128 + 128, r * 128 + 128) for c, r in filled])
        assert features[0].shape().is_valid
        assert features[0].shape().equals(expected)


def test_points_in_a_cell_merge_and_a_lonely_one_keeps_its_id():
    points = [at_units(shapely.Point(p)) for p in [(100, 100), (101, 101), (102, 99), (3000, 3000)]]
    merged, lonely = drawn(points, ids=[1, 2, 3, 4], full_zoom=24)
    assert (merged.id, merged.attributes) == (None, {MERGED: 3})
    assert (lonely.id, lonely.attributes) == (4, {})


def test_short_lines_leave_dashes():
    lines = [at_units(shapely.LineString([(k * 10, 100), (k * 10 + 10, 104)])) for k in range(64)]
    (feature,) = drawn(lines, full_zoom=24)
    assert feature.kind == 2
    assert feature.attributes == {MERGED: 64}


def test_every_zoom_stays_small_and_shows_every_class():
    rng = np.random.default_rng(0)
    table = pa.table({"dlbm": rng.choice(["0101", "0103", "0301"], 160_000)})
    tiles = source(parcels(400, 400, 400.0), attributes=table, overview="dlbm")
    for z in range(6, 17):
        tile = tiles.tile(z, X >> (16 - z), Y >> (16 - z))
        assert len(tile) < 700_000
        assert {f.attributes["dlbm"] for f in layers(tile)["parcels"]} == {"0101", "0103", "0301"}


def test_threads_share_a_source():
    tiles = source(parcels(50, 50, 60.0), ids=range(2500))
    alone = tiles.tile(Z, X, Y)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: tiles.tile(Z, X, Y), range(64))) == {alone}


def test_polygon_of_a_million_vertices_is_drawn():
    angle = np.linspace(0, 2 * np.pi, 1_000_001)[:-1]
    radius = 3000 + 5 * np.sin(5000 * angle)
    circle = shapely.Polygon(np.column_stack([2000 + radius * np.cos(angle), 2000 + radius * np.sin(angle)]))
    for z in (Z, 10):
        (feature,) = drawn([at_units(circle)], (z, X >> (Z - z), Y >> (Z - z)))
        assert feature.shape().is_valid
        if z == Z:
            inside = shapely.intersection(circle, shapely.box(-BUFFER, -BUFFER, 4096 + BUFFER, 4096 + BUFFER))
            assert feature.shape().area == pytest.approx(inside.area, rel=0.001)


def test_polygon_of_ten_thousand_holes_is_drawn():
    holes = [
        shapely.box(20 + c * 40, 20 + r * 40, 40 + c * 40, 40 + r * 40).exterior for c in range(100) for r in range(100)
    ]
    (feature,) = drawn([at_units(shapely.Polygon(shapely.box(0, 0, 4040, 4040).exterior, holes))])
    assert feature.shape().area == 4040**2 - 10_000 * 400
