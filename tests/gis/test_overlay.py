from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gis.columns import GeometryColumns, GeometryKind
from gis.errors import GeometryError
from gis.kernels import overlap
from gis.overlay import overlap_areas, overlap_shapes, planar_areas, shares
from gis.soundness import valid_shapes
from tests.gis.zoo import LINES, POINTS, POLYGONS

EAST, NORTH = 39_500_000.0, 3_860_000.0
SPACING = 2.0**-52 * 4e7
"""Of doubles at such eastings, in metres."""


def columns(shapes):
    return GeometryColumns.from_shapely(shapes, kind=GeometryKind.POLYGON)


def overlaps(parcels, zones):
    found = overlap_areas(columns(parcels), columns(zones))
    return list(zip(found.parcel.tolist(), found.zone.tolist(), found.area.tolist(), strict=True))


def area(one, other):
    found = overlaps([one], [other])
    return found[0][2] if found else 0.0


def moved(shape):
    return shapely.transform(shape, lambda p: p + np.array([EAST, NORTH]))


def test_two_squares_share_their_corner():
    assert overlaps([shapely.box(0, 0, 10, 10)], [shapely.box(7, 6, 20, 20)]) == [(0, 0, 12.0)]  # 3 x 4


def test_parcel_in_a_zone_has_its_own_area():
    assert area(shapely.box(2, 2, 5, 5), shapely.box(0, 0, 10, 10)) == 9


def test_zone_in_a_parcel_has_its_own_area():
    assert area(shapely.box(0, 0, 10, 10), shapely.box(2, 2, 5, 5)) == 9


def test_triangle_and_square():
    # the triangle below y = x over 0..10, the square from 5 to 15: half of 5 x 5
    assert area(shapely.Polygon([(0, 0), (10, 0), (10, 10)]), shapely.box(5, 5, 15, 15)) == 12.5


@pytest.mark.parametrize("other", [shapely.box(10, 0, 20, 10), shapely.box(10, 10, 20, 20), shapely.box(0, -5, 10, 0)])
def test_touching_parcels_do_not_overlap(other):
    assert overlaps([shapely.box(0, 0, 10, 10)], [other]) == []


def test_zone_whose_edge_runs_straight_up_through_the_parcel():
    assert area(shapely.box(4, 4, 6, 6), shapely.box(5, 0, 20, 20)) == 2


def test_hole_of_the_zone_is_left_out():
    assert area(shapely.box(1, 1, 5, 5), POLYGONS["square_with_hole"]) == 16 - 4


def test_parcel_in_a_hole_does_not_overlap():
    assert overlaps([shapely.box(2.5, 2.5, 3.5, 3.5)], [POLYGONS["square_with_hole"]]) == []


def test_hole_of_the_parcel_is_left_out():
    assert area(POLYGONS["square_with_hole"], shapely.box(1, 1, 5, 5)) == 16 - 4


def test_island_in_a_hole_counts():
    assert area(POLYGONS["island_in_hole"], shapely.box(0, 0, 10, 10)) == 100 - 36 + 4


def test_parts_of_both_sides_add_up():
    two = shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(10, 0, 12, 2)])
    across = shapely.MultiPolygon([shapely.box(1, 1, 11, 5), shapely.box(0, -5, 12, 0.5)])
    assert area(two, across) == 1 + 1 + 1 + 1


def test_pairs_come_by_parcel_then_zone():
    strips = [shapely.box(0, k, 10, k + 1) for k in range(5)]
    columns_ = [shapely.box(k, 0, k + 1, 5) for k in range(10)]
    assert [pair[:2] for pair in overlaps(strips, columns_)] == [(p, z) for p in range(5) for z in range(10)]


def test_none_and_empty_overlap_nothing():
    assert overlaps([None, POLYGONS["empty"], shapely.box(0, 0, 1, 1)], [None, shapely.box(0, 0, 1, 1)]) == [
        (2, 1, 1.0)
    ]


def test_nothing_overlaps_nothing():
    assert overlaps([], [shapely.box(0, 0, 1, 1)]) == []
    assert overlaps([shapely.box(0, 0, 1, 1)], []) == []


def test_invalid_polygons_count_as_repaired():
    # both lobes of the bow-tie, two triangles of 25
    assert area(POLYGONS["bow_tie"], shapely.box(0, 0, 10, 10)) == 50
    assert area(POLYGONS["overlapping_parts"], shapely.box(0, 0, 10, 10)) == 16 + 16 - 4


def test_shares_of_parcel_and_zone():
    parcels, zones = columns([shapely.box(0, 0, 10, 10)]), columns([shapely.box(5, 0, 25, 10)])
    of_parcel, of_zone = shares(overlap_areas(parcels, zones), parcels, zones)
    assert (of_parcel.tolist(), of_zone.tolist()) == ([0.5], [0.25])


def test_planar_areas_leave_out_holes():
    assert planar_areas(columns([POLYGONS["square_with_hole"], None])).tolist() == [96, 0]


@pytest.mark.parametrize("shape", [LINES["line"], POINTS["point"], POLYGONS["huge_coordinates"]])
def test_what_has_no_area_or_no_place_is_refused(shape):
    zone = columns([shapely.box(0, 0, 1, 1)])
    for pair in ((GeometryColumns.from_shapely([shape]), zone), (zone, GeometryColumns.from_shapely([shape]))):
        with pytest.raises(GeometryError):
            overlap_areas(*pair)


def test_sliver_of_a_tenth_of_a_millimetre_is_found():
    # 100 m x 0.0001 m = 0.01 m2, with eastings of eight digits
    found = area(moved(shapely.box(0, 0, 100, 50)), moved(shapely.box(0, 49.9999, 100, 90)))
    assert found == pytest.approx(0.01, abs=100 * SPACING)


@pytest.mark.parametrize("name", [n for n, g in POLYGONS.items() if g is not None and n != "huge_coordinates"])
@pytest.mark.parametrize("other", [n for n, g in POLYGONS.items() if g is not None and n != "huge_coordinates"])
def test_zoo_agrees_with_geos(name, other):
    one, two = valid_shapes(np.array([POLYGONS[name], POLYGONS[other]], dtype=object))
    assert area(POLYGONS[name], POLYGONS[other]) == pytest.approx(shapely.intersection(one, two).area, abs=1e-12)


def bound(one, other):
    """What `overlap_areas` allows itself against GEOS: a hundred times the spacing along the parcel's box."""
    west, south, east, north = one.bounds
    largest = max(abs(v) for v in (west, south, east, north))
    return 200 * 2.0**-52 * largest * (east - west + north - south) + 1e-12 * (east - west) * (north - south)


WHOLE = st.integers(0, 12).map(float)
ANY = st.floats(-50, 50).map(lambda v: round(v, 6))
RINGS = st.lists(st.tuples(WHOLE, WHOLE), min_size=3, max_size=10) | st.lists(
    st.tuples(ANY, ANY), min_size=3, max_size=20
)


def polygon(corners):
    return valid_shapes(np.array([shapely.Polygon(corners)], dtype=object))[0]


@settings(deadline=None, max_examples=400)
@given(RINGS, RINGS, st.booleans())
def test_random_shapes_agree_with_geos(one, other, far):
    a, b = polygon(one), polygon(other)
    assume(not a.is_empty and not b.is_empty)
    if far:
        a, b = moved(a), moved(b)
        assume(a.is_valid and b.is_valid)
    assert area(a, b) == pytest.approx(shapely.intersection(a, b).area, abs=bound(a, b))


@settings(deadline=None, max_examples=100)
@given(RINGS, RINGS, RINGS)
def test_random_shapes_with_holes_agree_with_geos(one, other, cut):
    a, b = polygon(one), shapely.difference(polygon(other), polygon(cut))
    assume(a.area > 0 and b.area > 0 and b.is_valid and b.geom_type != "GeometryCollection")
    assert area(b, a) == pytest.approx(shapely.intersection(a, b).area, abs=bound(b, a))
    assert area(a, b) == pytest.approx(shapely.intersection(a, b).area, abs=bound(a, b))


def star(centre, rng, vertices, radius):
    angle = np.sort(rng.random(vertices)) * 2 * np.pi
    reach = rng.uniform(0.3, 1, vertices) * radius
    return shapely.Polygon(centre + np.column_stack([reach * np.cos(angle), reach * np.sin(angle)]))


@pytest.mark.parametrize("few", [0, 20_000], ids=["by bins", "all pairs"])
def test_large_stars_agree_with_geos(monkeypatch, few):
    rng = np.random.default_rng(4)
    centre = np.array([EAST, NORTH])
    pairs = [[star(centre + rng.uniform(-50, 50, 2), rng, 120, 100) for _ in range(10)] for _ in range(2)]
    pairs = [[s for s in shapes if s.is_valid] for shapes in pairs]
    parcels, zones = pairs
    found = {(p, z): a for p, z, a in overlaps(parcels, zones)}
    for p, one in enumerate(parcels):
        for z, other in enumerate(zones):
            assert found.get((p, z), 0) == pytest.approx(one.intersection(other).area, abs=bound(one, other))


def test_two_shapes_of_many_vertices():
    # 2 x 3,000 edges: too many pairs to look at all
    rng = np.random.default_rng(1)
    one, other = (star(np.array([EAST + x, NORTH]), rng, 3000, 100) for x in (0, 30))
    assert len(one.exterior.coords) * len(other.exterior.coords) > overlap.FEW
    assert area(one, other) == pytest.approx(one.intersection(other).area, abs=bound(one, other))


def test_combs_that_defeat_bins_are_left_to_geos():
    # every tooth of one crosses every tooth of the other: 4,000 x 4,000 edges
    teeth = np.arange(2000)
    zigzag = np.column_stack(
        [np.where(np.arange(4000) % 2, 1000.0, 0.0), np.repeat(teeth, 2) * 0.5 + np.tile([0, 0.2], 2000)]
    )
    comb = shapely.Polygon([*zigzag, (1001, 1000), (1001, -1), (-1, -1)])
    comb = comb if comb.is_valid else polygon(comb.exterior.coords)
    turned = shapely.transform(comb, lambda p: p[:, ::-1])
    small_comb = shapely.box(200, 200, 230, 230)
    assert area(small_comb, comb) == pytest.approx(small_comb.intersection(comb).area, rel=1e-9)
    assert area(small_comb, turned) == pytest.approx(small_comb.intersection(turned).area, rel=1e-9)


def test_polygon_of_a_million_vertices():
    angle = np.linspace(0, 2 * np.pi, 1_000_001)[:-1]
    circle = shapely.Polygon(np.column_stack([EAST + 1000 * np.cos(angle), NORTH + 1000 * np.sin(angle)]))
    half = shapely.box(EAST, NORTH - 2000, EAST + 2000, NORTH + 2000)
    assert area(half, circle) == pytest.approx(np.pi * 1000**2 / 2, rel=1e-9)
    assert area(circle, half) == pytest.approx(np.pi * 1000**2 / 2, rel=1e-9)
    assert area(circle, circle) == pytest.approx(np.pi * 1000**2, rel=1e-9)


def test_ten_thousand_holes():
    holes = [shapely.box(x, y, x + 1, y + 1).exterior for x in range(1, 300, 3) for y in range(1, 300, 3)]
    pierced = shapely.Polygon(shapely.box(0, 0, 300, 300).exterior, holes)
    assert area(pierced, shapely.box(0, 0, 150, 300)) == pytest.approx(150 * 300 - 5000)
    assert area(shapely.box(0, 0, 150, 300), pierced) == pytest.approx(150 * 300 - 5000)


def test_shapes_of_the_overlaps():
    parcels = columns([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 30, 10)])
    zones = columns([shapely.box(7, 6, 40, 20), shapely.box(-50, -50, 50, 50)])
    found = overlap_shapes(parcels, zones)
    assert (found.parcel.tolist(), found.zone.tolist()) == ([0, 0, 1, 1], [0, 1, 0, 1])
    wanted = [
        shapely.box(7, 6, 10, 10),
        shapely.box(0, 0, 10, 10),
        shapely.box(20, 6, 30, 10),
        shapely.box(20, 0, 30, 10),
    ]
    assert shapely.equals(found.shape, wanted).all()


def test_shape_of_an_overlap_beside_a_touch_has_no_line_in_it():
    step = shapely.Polygon([(0, 0), (10, 0), (10, 5), (20, 5), (20, 15), (0, 15)])
    found = overlap_shapes(columns([step]), columns([shapely.box(5, -5, 15, 5)]))
    assert found.shape[0].equals(shapely.box(5, 0, 10, 5))


def test_shapes_and_areas_agree():
    rng = np.random.default_rng(7)
    shapes = [star(rng.uniform(0, 300, 2), rng, 15, 40) for _ in range(120)]
    shapes = [s for s in shapes if s.is_valid]
    parcels, zones = columns(shapes[:50]), columns(shapes[50:])
    areas, made = overlap_areas(parcels, zones), overlap_shapes(parcels, zones)
    assert (areas.parcel.tolist(), areas.zone.tolist()) == (made.parcel.tolist(), made.zone.tolist())
    np.testing.assert_allclose(shapely.area(made.shape), areas.area, rtol=1e-9, atol=1e-9)


def test_real_farms_against_shifted_farms(shared_data):
    import geopandas

    farms = geopandas.read_file(shared_data / "cadastre_za_farms" / "farms_33S.shp").geometry
    farms = farms[farms.notna() & farms.is_valid].to_numpy()
    other = shapely.transform(farms, lambda p: p + np.array([150, -90]))
    found = overlap_areas(columns(farms), columns(other))
    expected = shapely.intersection(farms[found.parcel], other[found.zone])
    np.testing.assert_allclose(found.area, shapely.area(expected), rtol=1e-9, atol=1e-4)
    assert found.area.sum() == pytest.approx(_all_pairs(farms, other), rel=1e-12)


def _all_pairs(parcels, zones):
    p, z = shapely.STRtree(zones).query(parcels)
    return shapely.area(shapely.intersection(parcels[p], zones[z])).sum()
