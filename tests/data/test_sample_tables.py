"""Do the sample's tables say what their layer files allow?"""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
import shapely

from layers.catalogue import load_catalogue
from layers.codes import code_list
from tests.data.conftest import SAMPLE, Sample

CATALOGUE = load_catalogue()
RASTERS = {"elevation_before", "elevation_after", "yield_2024"}
ARROW = {"text": pa.string(), "integer": pa.int64(), "date": pa.date32()}
FIELDS = [(layer, field) for layer, definition in CATALOGUE.items() for field in definition.fields]
each_layer = pytest.mark.parametrize("layer", sorted(CATALOGUE))
each_field = pytest.mark.parametrize(("layer", "field"), FIELDS, ids=[f"{x}.{f.name}" for x, f in FIELDS])


def test_every_layer_has_a_table_and_there_are_three_rasters() -> None:
    expected = {f"{layer}.parquet" for layer in CATALOGUE} | {f"{name}.tif" for name in RASTERS}
    assert {path.name for path in SAMPLE.iterdir()} == expected


def test_the_sample_is_below_8_mb() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) < 8_000_000


@each_layer
def test_columns_are_the_geometry_and_the_fields_in_order(sample: Sample, layer: str) -> None:
    assert sample.table(layer).column_names == ["geom", *CATALOGUE[layer].field_names]


@each_layer
def test_geometries_are_of_the_layers_type_and_valid(sample: Sample, layer: str) -> None:
    shapes = sample.shapes(layer)
    assert {shape.geom_type.lower() for shape in shapes} == {CATALOGUE[layer].geometry.value}
    assert bool(shapely.is_valid(shapes).all())


@each_layer
def test_coordinates_are_doubles_nearest_to_a_tenth_of_a_millimetre(sample: Sample, layer: str) -> None:
    xy = shapely.get_coordinates(sample.shapes(layer))
    assert bool((np.rint(xy * 10_000) / 10_000 == xy).all())


@each_layer
def test_metadata_are_geoparquet_in_the_layers_crs(sample: Sample, layer: str) -> None:
    geo = json.loads(sample.table(layer).schema.metadata[b"geo"])
    column = geo["columns"][geo["primary_column"]]
    assert (geo["version"], column["encoding"], column["crs"]["id"]["code"]) == ("1.1.0", "WKB", 4527)


@each_field
def test_values_have_the_fields_type(sample: Sample, layer: str, field) -> None:  # type: ignore[no-untyped-def]
    kind = pa.decimal128(15, field.decimals) if field.type == "decimal" else ARROW[field.type]
    assert sample.table(layer)[field.name].type == kind


@each_field
def test_values_fit_length_codes_and_requirement(sample: Sample, layer: str, field) -> None:  # type: ignore[no-untyped-def]
    values = sample.column(layer, field.name)
    given = {value for value in values if value is not None}
    assert not field.required or None not in values
    assert not field.length or all(0 < len(value) <= field.length for value in given)
    assert not field.codes or given <= set(code_list(field.codes))


@pytest.mark.parametrize(
    ("layer", "field", "digits"),
    [
        ("land_use", "BSM", 18),
        ("land_use", "ZLDWDM", 19),
        ("land_use", "QSDWDM", 19),
        ("villages", "BSM", 18),
        ("farmland_protection", "BSM", 18),
        ("contracted_parcels", "DKBM", 19),
        ("paddy_transfer", "LZHTBM", 18),
        ("paddy_transfer", "CBFBM", 18),
        ("paddy_transfer", "SRFBM", 18),
    ],
)
def test_codes_have_the_standards_digits(sample: Sample, layer: str, field: str, digits: int) -> None:
    assert all(len(code) == digits and code.isdigit() for code in sample.column(layer, field))


@pytest.mark.parametrize(
    ("layer", "field"),
    [
        ("land_use", "BSM"),
        ("farmland_protection", "BSM"),
        ("farmland_protection", "YJJBNTTBBH"),
        ("contracted_parcels", "BSM"),
        ("contracted_parcels", "DKBM"),
        ("grids", "WGBM"),
        ("idle_land", "DKBH"),
        ("enterprises", "QYMC"),
        ("clinics", "WSSMC"),
        ("projects", "XMDM"),
        ("investment_projects", "XMBH"),
        ("investment_projects", "XMMC"),
        ("water_supply", "GSMC"),
        ("village_income", "CBH"),
        ("work_orders", "GDBH"),
        ("grid_requests", "SQBH"),
        ("disputes", "JFBH"),
        ("petitions", "XFBH"),
        ("hazards", "YHBH"),
        ("inspections", "XCBH"),
    ],
)
def test_identifiers_are_unique(sample: Sample, layer: str, field: str) -> None:
    values = sample.column(layer, field)
    assert len(set(values)) == len(values)


def test_land_use_codes_are_those_of_the_land_survey(sample: Sample) -> None:
    # GB/T 21010-2017 codes that the survey merges (0501, 0604, 0801 ...) do not occur in DLTB
    merged = {"0501", "0502", "0503", "0504", "0505", "0506", "0507", "0604"}
    merged |= {"0801", "0802", "0803", "0804", "0805", "0806", "0807", "0808", "0901", "0905"}
    assert not merged & set(sample.column("land_use", "DLBM"))


def test_a_parcel_codes_village_is_the_one_it_lies_in(sample: Sample) -> None:
    villages = shapely.STRtree(sample.shapes("villages"))
    parcel, village = villages.query(sample.shapes("contracted_parcels"), predicate="within")
    codes, names = sample.column("contracted_parcels", "DKBM"), sample.column("villages", "XZQDM")
    assert len(parcel) == len(codes)
    assert all(codes[p][:12] == names[v] for p, v in zip(parcel, village, strict=True))


def test_settlement_code_is_given_where_the_standard_wants_it(sample: Sample) -> None:
    for code, settlement in zip(sample.column("land_use", "DLBM"), sample.column("land_use", "CZCSXM"), strict=True):
        wanted = code[:2] in {"05", "06", "07", "08", "09"} or code in {"1004", "1005", "1201"}
        assert (settlement is not None) == wanted


def test_contract_ends_after_it_begins_and_land_stays_cropped(sample: Sample) -> None:
    table = sample.table("paddy_transfer").to_pydict()
    assert all(a < b for a, b in zip(table["LZQXKSRQ"], table["LZQXJSRQ"], strict=True))
    assert set(table["LZHTDYT"]) == {"1"}


def test_no_field_names_a_person(sample: Sample) -> None:
    personal = {"ZJRXM", "ZRRZJHM", "ZRRMC", "LXDH", "JZDZ", "CFZR", "ZZRR", "KJZB"}
    assert not personal & {name for layer in CATALOGUE for name in sample.table(layer).column_names}
