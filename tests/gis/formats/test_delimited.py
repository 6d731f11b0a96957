import datetime

import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import FormatError
from gis.formats.readers import delimited
from gis.formats.readers.delimited import typed
from layers.intake import take_in
from tests.gis.formats.inside import read
from tests.gis.formats.made import PRJ_4527


@pytest.fixture
def reading(tmp_path):
    def reads(text, encoding="utf-8", **options):
        (tmp_path / "a.csv").write_bytes(text.encode(encoding))
        return read(delimited, tmp_path / "a.csv", **options)

    return reads


@pytest.mark.parametrize("name", ["WKT", "geom", "the_geom", "位置"])
def test_the_wkt_column_is_found_whatever_its_name(reading, name):
    result = reading(f'id,{name}\n1,"POINT (1 2)"\n')
    assert result.data.column_names == ["id", "geom"]
    assert result.shapes[0].wkt == "POINT (1 2)"


def test_hex_wkb_is_read_with_its_srid(reading):
    # EWKB of SRID=4490;POINT(1 2)
    result = reading("id,geom\n1,01010000208A110000000000000000F03F0000000000000040\n")
    assert (result.epsg, result.shapes[0].wkt) == (4490, "POINT (1 2)")


def test_ewkt_states_the_crs(reading):
    assert reading('geom\n"SRID=4527;POINT(39618700 3872200)"\n').epsg == 4527


def test_rows_in_different_crss_are_refused(reading):
    with pytest.raises(FormatError, match="4490, 4527"):
        reading('geom\n"SRID=4527;POINT(1 2)"\n"SRID=4490;POINT(1 2)"\n')


def test_without_a_crs_none_is_assumed(reading):
    result = reading('geom\n"POINT(118 35)"\n')
    assert result.epsg is None
    assert "states no coordinate system" in result.said


def test_a_prj_beside_states_the_crs(reading, tmp_path):
    (tmp_path / "a.prj").write_text(PRJ_4527)
    assert reading('geom\n"POINT(39618700 3872200)"\n').epsg == 4527


def test_codes_stay_text_and_numbers_become_numbers(reading):
    result = reading("code,long,n,x,d\n001,1234567890123456,12,1.5,2024-01-31\n12,2,-3,2,2023-12-01\n")
    assert [str(field.type) for field in result.data.schema][:5] == [
        "string", "string", "int64", "double", "date32[day]",
    ]  # fmt: skip
    assert result.data["code"].to_pylist() == ["001", "12"]


def test_an_empty_cell_is_null_and_an_empty_quoted_one_is_not(reading):
    assert reading('a,b\n"",1\n,2\nx,3\n').data["a"].to_pylist() == ["", None, "x"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters(reading, delimiter):
    assert reading(f"a{delimiter}b\n1{delimiter}x\n").data.to_pylist() == [{"a": 1, "b": "x", "geom": None}]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_encodings(reading, encoding):
    assert reading("村名\n东高都\n", encoding).data.column_names[0] == "村名"


def test_a_row_of_another_length_is_refused(reading):
    with pytest.raises(FormatError, match="uneven"):
        reading("a,b\n1,2\n1,2,3\n")


@pytest.mark.parametrize("cell", ["POINT (1", "无", "CURVEPOLYGON (CIRCULARSTRING (0 0, 1 1, 2 0, 1 -1, 0 0))"])
def test_wkt_that_cannot_be_read_is_handed_on_as_its_text(reading, cell):
    result = reading(f'id,geom\n1,"POINT (1 2)"\n2,"{cell}"\n')
    assert result.data["geom"].to_pylist()[1].decode() == cell
    assert "geometry of 1 features cannot be read" in result.said


def test_a_row_of_unreadable_wkt_alone_is_rejected(reading):
    geometry = reading('geom\n"POINT (1 2)"\n"POINT (1"\n"POINT (3 4)"\n').data["geom"]
    taken = take_in(geometry, target=None, epsg=4527, place="a.csv")
    assert taken.rows.tolist() == [0, 2]
    assert [(row.row, row.en) for row in taken.rejected] == [(1, "its geometry cannot be read")]


def test_hex_wkb_of_a_curve_is_handed_on_unreadable(reading):
    # a circular string of no points, which shapely does not know
    result = reading("geom\n01080000000000000000\n0101000000000000000000F03F0000000000000040\n")
    assert shapely.from_wkb(result.data["geom"].to_pylist(), on_invalid="ignore").tolist() == [
        None,
        shapely.Point(1, 2),
    ]


def test_a_column_of_another_name_with_other_text_stays_text(reading):
    assert reading('centre\n"POINT (1 2)"\n无\n').data.column_names == ["centre", "geom"]


def test_a_second_wkt_column_stays_text_with_a_note(reading):
    result = reading('geom,centre\n"POLYGON ((0 0,1 0,1 1,0 0))","POINT (1 2)"\n')
    assert result.data["centre"].to_pylist() == ["POINT (1 2)"]
    assert "centre" in result.said


def test_a_table_without_geometry_is_read(reading):
    result = reading("a\n1\n")
    assert result.data["geom"].to_pylist() == [None]
    assert result.notes == ()


def test_a_table_without_rows_is_read(reading):
    assert reading("a,b\n").data.num_rows == 0


def test_two_columns_of_one_name_are_told_apart(reading):
    result = reading("a,a,geom\n1,2,x\n")
    assert result.data.column_names == ["a", "a_2", "geom_2", "geom"]
    assert "renamed" in result.said


def test_the_notes_of_z_say_so(reading):
    result = reading('geom\n"POINT Z (1 2 3)"\n')
    assert result.shapes[0].wkt == "POINT (1 2)"
    assert "Z and M" in result.said


def test_a_day_that_does_not_exist_leaves_the_column_text():
    assert typed(pa.array(["2023-02-30"])).type == pa.string()


def test_a_time_with_a_zone_is_a_time():
    moment = typed(pa.array(["2024-01-01T08:00:00+08:00"]))[0].as_py()
    assert moment == datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)


@given(st.lists(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1), min_size=1))
def test_integers_of_up_to_15_digits_come_back(numbers):
    column = typed(pa.array([str(number) for number in numbers]))
    assert column.type == pa.int64()
    assert column.to_pylist() == numbers


@given(st.lists(st.from_regex(r"\A0[0-9]+\Z"), min_size=1))
def test_no_code_with_leading_zeros_becomes_a_number(codes):
    assert typed(pa.array(codes)).to_pylist() == codes
