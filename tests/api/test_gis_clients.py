"""GIS clients read the collections without a word from us: GDAL's OGC API Features and GeoJSON drivers."""

import geopandas as gpd
import pytest

from tests.service import running


@pytest.fixture(scope="module")
def address(sample_store):
    with running(sample_store.path) as address:
        yield address


@pytest.mark.parametrize("layer", ["land_use", "paddy_transfer", "enterprises", "township"])
def test_gdal_reads_a_whole_collection_page_by_page(address, sample_store, layer):
    frame = gpd.read_file(f"OAPIF:{address}/ogc/collections/{layer}")
    assert len(frame) == sample_store.count(layer)
    assert set(sample_store.catalogue[layer].field_names) <= set(frame.columns)


def test_gdal_lists_every_collection(address, sample_store):
    assert set(gpd.list_layers(f"OAPIF:{address}/ogc")["name"]) == set(sample_store.catalogue)


def test_gdal_asks_for_a_window(address, sample_store):
    west, south, east, north = gpd.read_file(f"OAPIF:{address}/ogc/collections/township").total_bounds
    half = (west, south, (west + east) / 2, north)
    frame = gpd.read_file(f"OAPIF:{address}/ogc/collections/villages", bbox=half)
    assert 0 < len(frame) < sample_store.count("villages")


def test_the_area_of_what_gdal_read_is_that_of_the_column(address):
    frame = gpd.read_file(f"OAPIF:{address}/ogc/collections/contracted_parcels").to_crs(4527)
    # coordinates travel with 7 decimals of a degree, about a centimetre: on parcels of some mu below 0.1 %
    assert (frame.area / frame["area_m2"]).between(0.998, 1.002).all()
    assert frame.area.sum() == pytest.approx(frame["area_m2"].sum(), rel=1e-5)


def test_gdal_reads_a_page_as_geojson(address):
    frame = gpd.read_file(f"{address}/ogc/collections/grids/items?limit=1000")
    assert (len(frame), frame.crs.to_epsg()) == (46, 4326)
