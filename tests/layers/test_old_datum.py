"""Xian 1980 and Beijing 1954 are refused, unless the seven parameters are given."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.columns import GeometryColumns
from gis.crs import DatumParameters, transformed
from gis.errors import CrsError
from layers.catalogue import load_catalogue
from layers.errors import ImportRefused
from layers.importing import ImportOptions, import_file
from layers.old_datum import parameters_of
from layers.store import open_store

IN_ZONE_39 = shapely.box(39618700, 3872200, 39618900, 3872350)
IN_DEGREES = shapely.box(118.3, 34.9, 118.302, 34.902)
PARAMETERS = parameters_of("-12.5,80,-60,1,-2,3,5.5,coordinate_frame")


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.gpkg", load_catalogue()) as found:
        yield found


def file_of(tmp_path, shape, crs):
    gpd.GeoDataFrame({"n": [1]}, geometry=[shape], crs=crs).to_file(tmp_path / "fields.gpkg")
    return tmp_path / "fields.gpkg"


@pytest.mark.parametrize(
    ("epsg", "shape"),
    [(4610, IN_DEGREES), (4214, IN_DEGREES), (4555, IN_DEGREES), (2363, IN_ZONE_39), (2437, IN_ZONE_39)],
)
def test_an_old_datum_is_refused_and_nothing_is_taken_in(tmp_path, store, epsg, shape):
    with pytest.raises(CrsError, match="no public parameters") as caught:
        import_file(store, file_of(tmp_path, shape, 4490), ImportOptions(crs=epsg))
    assert "fields" in caught.value.place
    assert "七参数" in caught.value.remedy_zh
    assert store.revision() == 0


def test_an_old_datum_that_the_file_names_is_refused_too(tmp_path, store):
    with pytest.raises(CrsError, match="Xian 1980"):
        import_file(store, file_of(tmp_path, IN_ZONE_39, 2363), ImportOptions())


def test_an_old_datum_is_refused_for_a_catalogue_layer(tmp_path, store):
    layer = next(name for name, each in store.catalogue.items() if each.geometry.has_area)
    with pytest.raises(CrsError, match="no public parameters"):
        import_file(store, file_of(tmp_path, IN_DEGREES, 4490), ImportOptions(crs=4610, layer=layer))


@pytest.mark.parametrize(
    ("old_epsg", "new_epsg", "shape"), [(2363, 4527, IN_ZONE_39), (4610, 4490, IN_DEGREES), (4214, 4490, IN_DEGREES)]
)
def test_with_parameters_the_layer_is_on_cgcs2000(tmp_path, store, old_epsg, new_epsg, shape):
    there = transformed(GeometryColumns.from_shapely([shape]), new_epsg, old_epsg, parameters=PARAMETERS)
    path = file_of(tmp_path, there.to_shapely()[0], old_epsg)
    report = import_file(store, path, ImportOptions(datum_parameters=PARAMETERS))
    assert store.catalogue["fields"].crs == new_epsg
    (found,) = shapely.from_wkb(store.read("fields")["geom"].to_pylist())
    sides = np.array(found.bounds) - np.array(shape.bounds)
    assert np.abs(sides).max() < (1e-7 if new_epsg == 4490 else 1e-2)  # heights are taken as 0 both ways
    assert any("seven parameters" in note.en for note in report.tables[0].notes)


def test_parameters_are_read_from_text():
    assert DatumParameters(-12.5, 80, -60, 1, -2, 3, 5.5, "coordinate_frame") == PARAMETERS


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,4,5,6,7", "1,2,3,4,5,6,7,sideways", "1,2,3,4,5,6,inf,position_vector"]
)
def test_text_that_is_no_parameters_is_refused(text):
    with pytest.raises(ImportRefused, match="seven parameters"):
        parameters_of(text)
