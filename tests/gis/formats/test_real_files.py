"""Real files, where they stand beside the project: counts and CRSs as their inventories state them."""

from pathlib import Path

import pytest

from gis.formats import read_table, tables

FIBOA = {
    "at/inspire_schlaege_2025-1_polygon.gpkg.zip": ("INSPIRE_SCHLAEGE_2025-1_POLYGON", 31287),
    "be_vlg/Landbouwgebruikspercelen_2023_-_Definitief_(extractie_28-03-2024)_GPKG.zip": (
        "Landbouwgebruikspercelen_2023_-_Definitief_(extractie_28-03-2024)", 31370,
    ),
    "de_bb/antrag.zip": ("antrag_land_gem", 25833),
    "dk/Marker_2026.zip": ("Marker_2026", 25832),
    "ec_lv/LV_2021.zip": ("LV_2021_EC21", 3059),
    "ec_si/SI_2021.zip": ("SI_2021_EC21", 3794),
    "es_cat/Cultius_DUN2023_GPKG.zip": ("CULTIUS_DUN2023", 25831),
    "fi/LandUse.ExistingLandUse.GSAAAgriculturalParcel.gpkg": ("hvd_kasvulohko", 3067),
    "ie/GSAA_2024.zip": ("ExistingLandUseObject", 4258),
    "india_10k/india_10k.zip": ("india_10k", 4326),
    "jp/jp_field_polygons_2024.parquet": ("jp_field_polygons_2024", 6668),
    "nl/brpgewaspercelen_definitief_2023.gpkg": ("brp_gewas", 28992),
    "pt/Continente.gpkg": ("Culturas_Aveiro", 3763),
    "us_ca_scm/i15_crop_mapping_2023_provisional_20241127.gdb.zip": ("i15_Crop_Mapping_2023_Provisional", 4269),
}  # fmt: skip


@pytest.mark.parametrize("file", FIBOA)
def test_a_national_parcel_file_is_read_in_its_own_format(shared_data: Path, file: str):
    name, epsg = FIBOA[file]
    table = read_table(shared_data / "parcels_fiboa_14" / file, name)
    assert (table.data.num_rows, table.epsg) == (100, epsg)
    assert table.data["geom"].null_count == 0


@pytest.mark.parametrize(
    ("file", "rows", "epsg"),
    [("parcels_nl_brp/fields.shp", 4872, 28992), ("parcels_nl_brp/wells.gpkg.zip", 29864, 4258),
     ("cadastre_za_farms/farms_33S.shp", 2008, 32733), ("cadastre_nz_waca/nz-waca-adjustments.gpkg", 228, 4167),
     ("buildings_boulder_13k/boulder_buildings.shp", 13491, 4326), ("parcels_uk_defra/parcels.csv", 801, None),
     ("encoding_gbk/chinese_encoding.shp", 78, None)],
)  # fmt: skip
def test_a_real_file_has_its_rows_and_crs(shared_data, file, rows, epsg):
    (info,) = tables(shared_data / file)
    assert (info.features, info.epsg) == (rows, epsg)
    assert read_table(shared_data / file).data.num_rows == rows


def test_the_counties_have_their_names(shared_data):
    table = read_table(shared_data / "encoding_gbk" / "chinese_encoding.shp")
    assert table.encoding == "gb18030"
    assert table.encoding_sample[:2] == ("安徽", "天长市")
    assert set(table.data["PRO_NAME"].to_pylist()) == {"安徽"}
    assert {"天长市", "全椒县", "和县"} <= set(table.data["NAME99"].to_pylist())


def test_the_villages_in_gb18030_have_their_names(shared_data):
    table = read_table(shared_data / "division_codes" / "villages_linyi_3713_GBK.csv")
    names = dict(zip(table.data["code"].to_pylist(), table.data["name"].to_pylist(), strict=True))
    assert table.data.num_rows == 4186
    assert names[371311007201] == "西高都村村民委员会"


def test_sheet_and_parcel_ids_keep_their_leading_zeros(shared_data):
    table = read_table(shared_data / "parcels_uk_defra" / "parcels.csv")
    assert table.data.schema.field("PARCEL_ID").type == "string"
