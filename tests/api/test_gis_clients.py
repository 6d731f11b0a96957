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


@pytest.mark.parametrize("crs", ["EPSG:4527", "EPSG:4490", "EPSG:4547", "EPSG:3857"])
def test_gdal_reads_a_crs_in_its_order_of_axes(address, crs):
    degrees = gpd.read_file(f"OAPIF:{address}/ogc/collections/villages", CRS="OGC:CRS84")
    frame = gpd.read_file(f"OAPIF:{address}/ogc/collections/villages", CRS=crs)
    assert frame.crs == crs
    wanted = degrees.set_crs(4326, allow_override=True).to_crs(crs)
    assert frame.total_bounds == pytest.approx(wanted.total_bounds, abs=1e-6 if crs == "EPSG:4490" else 0.05)


def test_gdal_reads_a_collection_in_the_crs_it_is_stored_in(address):
    assert gpd.read_file(f"OAPIF:{address}/ogc/collections/villages").crs == "EPSG:4527"


@pytest.mark.parametrize("where", ["DLBM = '0101'", "DLBM LIKE '01%'", "DLBM = '0101' AND area_m2 > 5000"])
def test_gdal_filters(address, where):
    frame = gpd.read_file(f"OAPIF:{address}/ogc/collections/land_use")
    rows = frame[frame["DLBM"].str.startswith("01") if "LIKE" in where else frame["DLBM"] == "0101"]
    wanted = rows[rows["area_m2"] > 5000] if "5000" in where else rows
    found = gpd.read_file(f"OAPIF:{address}/ogc/collections/land_use", where=where)
    assert sorted(found["BSM"]) == sorted(wanted["BSM"])
    assert 0 < len(found) < len(frame)


def test_gdal_reads_a_page_as_jsonfg_and_as_csv(address, sample_store):
    items = f"{address}/ogc/collections/villages/items"
    frame = gpd.read_file(f"{items}?f=jsonfg")
    assert (len(frame), frame.crs) == (12, "EPSG:4527")
    assert (frame.area / frame["area_m2"]).between(0.998, 1.002).all()
    assert len(gpd.read_file(f"CSV:/vsicurl/{items}?f=csv")) == 12
