"""Files with several tables, columns of every type, and features as wide as the earth."""

from __future__ import annotations

import geopandas as gpd
import pyogrio
import pytest
import shapely

from layers.catalogue import load_catalogue
from layers.definition import AreaMethod, FieldType
from layers.importing import ImportOptions, import_file
from layers.store import open_store
from tests.layers.filtering import atlas
from tests.layers.filtering.official_cases import COUNTRIES, PLACES

TYPES = {
    "name": FieldType.TEXT, "nameascii": FieldType.TEXT, "featurecla": FieldType.TEXT, "pop_other": FieldType.INTEGER,
    "pop_max": FieldType.INTEGER, "pop_min": FieldType.INTEGER, "date": FieldType.DATE, "start": FieldType.DATETIME,
    "end": FieldType.DATETIME, "boolean": FieldType.BOOLEAN,
}  # fmt: skip


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("imported")
    places = atlas.places()
    pyogrio.write_arrow(
        places, folder / "atlas.gpkg", layer=PLACES, geometry_name="geom", geometry_type="Point", crs="EPSG:4326"
    )
    countries = atlas.countries()
    frame = gpd.GeoDataFrame(
        countries.drop_columns(["geom"]).to_pandas(), geometry=shapely.from_wkb(countries["geom"].to_pylist()), crs=4326
    )
    frame.to_file(folder / "atlas.gpkg", layer=COUNTRIES, engine="pyogrio", GEOMETRY_NAME="geom")
    with open_store(folder / "store.gpkg", load_catalogue()) as store:
        for layer in (PLACES, COUNTRIES):
            import_file(store, folder / "atlas.gpkg", ImportOptions(as_new=layer, rejects=folder / "rejects.csv"))
        yield store


def test_the_id_of_the_new_layer_chooses_the_table_of_that_name(imported):
    assert imported.count(COUNTRIES) == len(atlas.BOXES)
    assert imported.count(PLACES) == len(atlas.CITIES)


def test_names_and_types_of_columns_stay(imported):
    assert {field.name: field.type for field in imported.catalogue[PLACES].fields} == TYPES
    assert [field.name for field in imported.catalogue[COUNTRIES].fields] == ["NAME", "POP_EST"]


def test_values_stay(imported):
    kept = imported.read(PLACES).to_pylist()
    days = [row["date"] for row in kept[:4]]
    assert days == [day for day, *_ in atlas.DATED] + [None]
    assert [row["boolean"] for row in kept[:4]] == [True, False, True, None]
    assert [row["start"] for row in kept[:3]] == [start for _, start, *_ in atlas.DATED]


def test_countries_have_geodesic_areas(imported):
    assert imported.catalogue[COUNTRIES].area.method is AreaMethod.GEODESIC
    areas = imported.read(COUNTRIES).to_pandas().set_index("NAME")["area_m2"]
    # a square of about 0.57 by 0.69 degrees at 49.8 N: 0.57 x 111.2 x cos 49.8 x 0.69 x 111.2 = 3,140 km2
    assert areas["Luxembourg"] == pytest.approx(3_140e6, rel=0.01)
