"""Layers in memory find and write what the store finds and writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely

from gis.columns import GeometryColumns
from gis.crs import transformed
from gis.geojson import feature, feature_collection
from gis.types import Bounds
from layers.catalogue import Catalogue
from layers.definition import parse_definition
from layers.errors import UnknownLayer
from layers.memory import LayerMemory
from layers.query import Query
from layers.resident import KEPT_APART, ResidentLayer, ResidentLayers
from layers.store import Store, open_store
from layers.window import CRS84, windowed
from tests.gis.zoo import ZOO
from tests.layers.store import sample
from tests.services import postgis_schema

BUDGET_BYTES = 50_000_000
ACROSS, SIDE_M = 20, 60.0
ANY_BYTES = 10**12


def layer(name: str, geometry: str, crs: int, fields: str = "") -> str:
    kind = "planar" if crs == 4527 else "ellipsoidal"
    method = f'area = {{method = "{kind}"}}' if "polygon" in geometry else ""
    return f"""
        id = "{name}"
        title = {{zh = "层", en = "Layer"}}
        geometry = "{geometry}"
        crs = {crs}
        date = 2024-12-31
        source = {{zh = "测试", en = "test"}}
        {method}
        {fields}"""


NAME = '[[fields]]\nname = "名称"\ntitle = {zh = "名", en = "N"}\ntype = "text"'
LAYERS = {
    "plane": layer("plane", "multipolygon", 4527, NAME),
    "degrees": layer("degrees", "polygon", 4490),
    "lines": layer("lines", "multiline", 4527),
    "points": layer("points", "point", 4549),
    "bare": layer("bare", "polygon", 4527),
}  # fmt: skip


@pytest.fixture(scope="module", params=["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A coverage of bent quadrangles, the same in degrees, lines, points, and every sound geometry of the zoo."""
    definitions = {name: parse_definition(text, place=name) for name, text in LAYERS.items()}
    given = Catalogue({**definitions, **sample.catalogue()})
    with ExitStack() as stack:
        is_file = request.param == "geopackage"
        url = str(tmp_path_factory.mktemp("s") / "s.gpkg") if is_file else stack.enter_context(postgis_schema())
        opened = stack.enter_context(open_store(url, given))
        with opened.transaction(who="张三", why="") as transaction:
            for name, shapes in shapes_of_layers().items():
                fields = (
                    {"名称": [f'第"{k}"号' if k % 7 else None for k in range(len(shapes))]} if name == "plane" else {}
                )
                transaction.insert(name, pa.table({**fields, "geom": pa.array(shapely.to_wkb(shapes), pa.binary())}))
            transaction.insert("parcels", sample.rows({}, sample.BLANK))
        yield opened


def shapes_of_layers() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(5)
    corners = np.stack(np.meshgrid(np.arange(ACROSS + 1), np.arange(ACROSS + 1)), axis=-1) * SIDE_M
    corners = np.round(corners + generator.uniform(-9, 9, corners.shape) + [39_618_000.0, 3_870_000.0], 4)
    rings = np.stack(
        [corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1], corners[:-1, :-1]], axis=2
    )
    plane = shapely.polygons(rings.reshape(-1, 5, 2))
    degrees = transformed(GeometryColumns.from_shapely(plane), 4527, 4490).to_shapely()
    origin = (39_618_000.0, 3_870_000.0)
    zoo = {
        kind: np.array([s for shape in shapes.values() if is_stored(s := moved(shape, origin))])
        for kind, shapes in ZOO.items()
    }
    eastern = transformed(GeometryColumns.from_shapely(shapely.points(corners.reshape(-1, 2))), 4527, 4549)
    return {
        "plane": np.concatenate([plane, zoo["polygon"]]),
        "degrees": degrees,
        "lines": np.concatenate([shapely.boundary(plane[:90]), zoo["line"]]),
        "points": eastern.to_shapely(),
    }


def is_stored(shape: shapely.Geometry | None) -> bool:
    return shape is not None and not shape.is_empty and bool(shape.is_valid) and max(np.abs(shape.bounds)) < 1e8


def moved(shape: shapely.Geometry | None, origin: tuple[float, float]) -> shapely.Geometry | None:
    return shapely.transform(shapely.force_2d(shape), lambda xy: xy + origin)


@pytest.fixture(scope="module")
def residents(store: Store) -> Iterator[ResidentLayers]:
    made = ResidentLayers(store, LayerMemory(BUDGET_BYTES))
    yield made
    made.close()


def held(residents: ResidentLayers, name: str) -> ResidentLayer:
    found = residents.ready(name)
    assert found is not None
    return found


def windows(extent: Bounds, count: int) -> list[Bounds]:
    """Windows of all sizes around and beyond an extent, the same for every run."""
    generator = np.random.default_rng(11)
    middle = np.array([(extent.west + extent.east) / 2, (extent.south + extent.north) / 2])
    size = np.array([extent.east - extent.west, extent.north - extent.south])
    found = []
    for reach in np.geomspace(0.003, 3, count):
        centre = middle + generator.uniform(-0.6, 0.6, 2) * size
        half = reach * size * generator.uniform(0.2, 1, 2)
        found.append(Bounds(*(centre - half).tolist(), *(centre + half).tolist()))
    return found


def stored(store: Store, name: str, bbox: Bounds) -> pa.Table:
    return store.read(name, windowed(store, name, Query(), bbox))


def text(store: Store, name: str, rows: pa.Table) -> bytes:
    columns = transformed(GeometryColumns.from_wkb(rows["geom"]), store.catalogue[name].crs, CRS84)
    return feature_collection(columns, rows["fid"].to_numpy(), rows.drop_columns(list(KEPT_APART)))


NAMES = ["plane", "degrees", "lines", "points"]


@pytest.mark.parametrize("name", NAMES)
def test_a_window_finds_what_the_store_finds(store: Store, residents: ResidentLayers, name: str) -> None:
    found = held(residents, name)
    assert found.extent is not None
    counts = []
    for bbox in windows(found.extent, 60):
        rows = stored(store, name, bbox)
        assert found.features.ids[found.selected(bbox)].tolist() == rows["fid"].to_pylist(), bbox
        counts.append(rows.num_rows)
    assert min(counts) == 0
    assert max(counts) == len(found.features)


def test_a_window_that_ends_on_shared_corners_finds_what_the_store_finds(
    store: Store, residents: ResidentLayers
) -> None:
    found = held(residents, "degrees")
    for row in range(0, 400, 9):
        bbox = Bounds(*shapely.bounds(found.shapes(np.array([row]))[0]).tolist())
        assert found.features.ids[found.selected(bbox)].tolist() == stored(store, "degrees", bbox)["fid"].to_pylist()


@pytest.mark.parametrize("bbox", [Bounds(-180, -90, 180, 90), Bounds(170, -40, -170, 40), Bounds(0, 0, 1, 1)])
def test_the_world_the_antimeridian_and_elsewhere_find_what_the_store_finds(
    store: Store, residents: ResidentLayers, bbox: Bounds
) -> None:
    found = held(residents, "plane")
    assert found.features.ids[found.selected(bbox)].tolist() == stored(store, "plane", bbox)["fid"].to_pylist()


@pytest.mark.parametrize("name", [*NAMES, "parcels"])
def test_all_features_read_byte_for_byte_as_from_the_store(store: Store, residents: ResidentLayers, name: str) -> None:
    found, rows = held(residents, name), store.read(name)
    assert found.features.collection(np.arange(len(found.features))) == text(store, name, rows)


def test_one_feature_reads_as_from_the_store(store: Store, residents: ResidentLayers) -> None:
    found, row = held(residents, "parcels"), store.read("parcels", Query(fids=(2,)))
    columns = transformed(GeometryColumns.from_wkb(row["geom"]), 4547, CRS84)
    wanted = feature(columns, [2], row.drop_columns(list(KEPT_APART)), extra_members=b'"a":1')
    place = found.row(2)
    assert place is not None
    assert found.features.feature(place, b'"a":1') == wanted


@pytest.mark.parametrize("fid", [0, 3, 2**63 - 1])
def test_there_is_no_row_of_a_feature_that_is_not_there(residents: ResidentLayers, fid: int) -> None:
    assert held(residents, "parcels").row(fid) is None


def test_pages_follow_one_another_to_the_end(residents: ResidentLayers) -> None:
    found = held(residents, "points")
    after, seen = None, []
    while True:
        page = found.page(None, after=after, limit=100, max_bytes=ANY_BYTES)
        seen += found.features.ids[page.rows].tolist()
        assert page.matched == 441  # 21 x 21 corners
        if page.following is None:
            break
        after = page.following
    assert seen == list(range(1, 442))


def test_a_page_holds_no_more_bytes_than_allowed_but_one_feature(residents: ResidentLayers) -> None:
    found = held(residents, "points")  # WKB of a point: 21 bytes
    sizes = [len(found.page(None, after=None, limit=9, max_bytes=most).rows) for most in (1, 21, 62, 63)]
    assert sizes == [1, 1, 2, 3]


def test_a_layer_without_features_has_none(residents: ResidentLayers) -> None:
    page = held(residents, "bare").page(Bounds(118, 34, 119, 35), after=None, limit=10, max_bytes=1)
    assert (len(page.rows), page.matched, page.following) == (0, 0, None)


def test_an_unknown_layer_is_told(residents: ResidentLayers) -> None:
    with pytest.raises(UnknownLayer):
        residents.get("nope")


# versions


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "s.gpkg", sample.catalogue()) as opened:
        write(opened)
        yield opened


def write(store: Store) -> None:
    with store.transaction(who="张三", why="") as transaction:
        transaction.insert("parcels", sample.rows({}))


def test_a_layer_is_made_from_the_second_request_on(small: Store) -> None:
    residents = ResidentLayers(small, LayerMemory(BUDGET_BYTES))
    assert [residents.get("parcels"), residents.get("parcels")] == [None, None]
    residents.wait()
    assert residents.get("parcels") is not None


def test_an_edit_shows_at_once(small: Store) -> None:
    residents = ResidentLayers(small, LayerMemory(BUDGET_BYTES))
    residents.ready("parcels")
    assert residents.get("parcels") is not None
    write(small)
    assert residents.get("parcels") is None
    assert len(held(residents, "parcels").features) == 2


def test_an_edit_of_another_layer_leaves_what_is_kept(small: Store) -> None:
    residents = ResidentLayers(small, LayerMemory(BUDGET_BYTES))
    before = residents.ready("wells")
    write(small)
    assert residents.get("wells") is before


def test_a_layer_beyond_the_budget_stays_in_the_store(small: Store) -> None:
    residents = ResidentLayers(small, LayerMemory(10))
    assert residents.ready("parcels") is None
