import re
from pathlib import Path

import pytest
import shapely

from gis.errors import FormatError
from gis.formats.readers import boundary_points
from tests.gis.formats.inside import Read, read

HEADER = """[属性描述]
格式版本号=1.01版本
坐标系=2000国家大地坐标系
几度分带=3
计量单位=米
带号=39
转换参数=,,,,,,
[地块坐标]
"""
SQUARE = """J1,1,3872200.000,39618700.000
J2,1,3872350.000,39618700.000
J3,1,3872350.000,39618900.000
J4,1,3872200.000,39618900.000
J1,1,3872200.000,39618700.000
"""
HOLE = """J5,2,3872250,39618750
J6,2,3872250,39618800
J7,2,3872300,39618800
J8,2,3872300,39618750
J5,2,3872250,39618750
"""
PARCEL = "5,3.0000,001,东高都一号,面,I50G000000,水田,0101,@\n"
STANDARD = HEADER + PARCEL + SQUARE


@pytest.fixture
def reading(tmp_path: Path):
    def reads(text: str, encoding: str = "gb18030") -> Read:
        (tmp_path / "parcels.txt").write_bytes(text.encode(encoding))
        return read(boundary_points, tmp_path / "parcels.txt")

    return reads


def test_the_standard_text_needs_no_decision(reading):
    assert reading(STANDARD).notes == ()


def test_x_of_the_text_is_north_and_y_east(reading):
    assert shapely.bounds(reading(STANDARD).shapes[0]).tolist() == [39618700, 3872200, 39618900, 3872350]


def test_the_parcel_line_becomes_fields(reading):
    assert reading(STANDARD).data.drop_columns(["geom"]).to_pylist() == [
        {
            "地块编号": "001", "地块名称": "东高都一号", "记录图形属性": "面", "图幅号": "I50G000000",
            "地块用途": "水田", "地类编码": "0101", "地块面积_公顷": 3.0, "界址点号": "J1,J2,J3,J4,J1",
        }
    ]  # fmt: skip


def test_several_parcels_are_several_features(reading):
    assert reading(STANDARD + PARCEL.replace("001", "002") + SQUARE).data["地块编号"].to_pylist() == ["001", "002"]


@pytest.mark.parametrize(
    ("datum", "zone", "prefix", "epsg"),
    [("2000国家大地坐标系", "39", "39", 4527), ("CGCS2000", "40", "40", 4528), ("2000国家大地坐标系", "39", "", 4548),
     ("80国家大地坐标系", "39", "39", 2363), ("1954年北京坐标系", "39", "39", 2415),
     ("2000国家大地坐标系", "20", "20", 4498)],
)  # fmt: skip
def test_the_crs_follows_from_datum_and_zone(reading, datum, zone, prefix, epsg):
    text = STANDARD.replace("2000国家大地坐标系", datum).replace("带号=39", f"带号={zone}")
    text = text.replace("39618", f"{prefix}618").replace("几度分带=3", f"几度分带={6 if zone == '20' else 3}")
    assert reading(text).epsg == epsg


@pytest.mark.parametrize("header", ["38", "3"])
def test_the_prefix_of_the_eastings_beats_the_header(reading, header):
    result = reading(STANDARD.replace("带号=39", f"带号={header}"))
    assert result.epsg == 4527
    assert f"header says zone {header}" in result.said


def test_eastings_without_prefix_take_the_zone_of_the_header(reading):
    result = reading(STANDARD.replace("39618", "618"))
    assert result.epsg == 4548
    assert "carry no zone" in result.said


def test_without_any_zone_the_crs_is_asked_for(reading):
    result = reading(STANDARD.replace("39618", "618").replace("带号=39", "带号="))
    assert result.epsg is None
    assert "Neither" in result.said


def test_without_a_header_the_crs_is_asked_for(reading):
    result = reading(PARCEL + SQUARE)
    assert result.epsg is None
    assert "header" in result.said


def test_points_alone_are_one_parcel(reading):
    result = reading(SQUARE)
    assert shapely.area(result.shapes[0]) == 30000
    assert "without a parcel line" in result.said


def test_exchanged_coordinates_are_told_by_magnitude(reading):
    result = reading(re.sub(r",(38\d+\.000),(39\d+\.000)", r",\2,\1", STANDARD))
    assert shapely.bounds(result.shapes[0]).tolist() == [39618700, 3872200, 39618900, 3872350]
    assert "East stands before north" in result.said


def test_degrees_are_recognised(reading):
    text = HEADER + PARCEL + "J1,1,34.98,118.30\nJ2,1,34.98,118.31\nJ3,1,34.99,118.31\nJ1,1,34.98,118.30\n"
    result = reading(text)
    assert result.epsg == 4490
    assert shapely.bounds(result.shapes[0]).tolist() == [118.30, 34.98, 118.31, 34.99]


def test_longitude_before_latitude_is_recognised(reading):
    text = HEADER + PARCEL + "J1,1,118.30,34.98\nJ2,1,118.31,34.98\nJ3,1,118.31,34.99\nJ1,1,118.30,34.98\n"
    assert shapely.bounds(reading(text).shapes[0]).tolist() == [118.30, 34.98, 118.31, 34.99]


def test_a_ring_left_open_is_closed_and_reported(reading):
    result = reading(HEADER + PARCEL + SQUARE.rsplit("J1", 1)[0])
    assert shapely.area(result.shapes[0]) == 30000
    assert "closed" in result.said


def test_a_count_without_the_closing_point_is_reported(reading):
    assert "leave out the closing point" in reading(STANDARD.replace("5,3.0", "4,3.0")).said


def test_a_wrong_count_is_reported(reading):
    assert "not that of the points" in reading(STANDARD.replace("5,3.0", "9,3.0")).said


@pytest.mark.parametrize(
    ("stated", "said"), [("45.0", "in mu, not hectares"), ("45.0亩", "names its unit, mu"), ("3.0公顷", "hectares"),
                         ("30000平方米", "m2"), ("30000", "in m2, not hectares")],
)  # fmt: skip
def test_an_area_in_another_unit_is_converted_to_hectares(reading, stated, said):
    # 200 m x 150 m = 30,000 m2 = 3 ha = 45 mu
    result = reading(STANDARD.replace("3.0000", stated))
    assert result.data["地块面积_公顷"].to_pylist() == [3.0]
    assert said in result.said


def test_an_area_that_is_not_the_geometrys_is_kept_and_reported(reading):
    result = reading(STANDARD.replace("3.0000", "3.5000"))
    assert result.data["地块面积_公顷"].to_pylist() == [3.5]
    assert "3.5000 ha is not the geometry's, 3.0000 ha" in result.said


def test_ring_2_within_ring_1_is_a_hole(reading):
    # 30,000 - 50 x 50 = 27,500 m2
    assert shapely.area(reading(HEADER + PARCEL.replace("5,3.0000", "10,2.75") + SQUARE + HOLE).shapes[0]) == 27500


def test_a_ring_outside_ring_1_is_a_part(reading):
    # 30,000 + 50 x 50 = 32,500 m2
    result = reading(HEADER + PARCEL + SQUARE + HOLE.replace("38722", "38822").replace("38723", "38823"))
    assert result.shapes[0].geom_type == "MultiPolygon"
    assert shapely.area(result.shapes[0]) == 32500
    assert "parts" in result.said


def test_rings_of_one_number_are_told_apart_by_closing(reading):
    result = reading(HEADER + PARCEL + SQUARE + HOLE.replace(",2,", ",1,"))
    assert shapely.area(result.shapes[0]) == 27500
    assert "several rings" in result.said


def test_an_outer_ring_that_does_not_come_first_is_found(reading):
    result = reading(HEADER + PARCEL + HOLE.replace(",2,", ",1,") + SQUARE.replace(",1,", ",2,"))
    assert shapely.area(result.shapes[0]) == 27500
    assert "outer one" in result.said


def test_ring_numbers_that_run_on_over_parcels_do_not_matter(reading):
    result = reading(STANDARD + PARCEL.replace("001", "002") + SQUARE.replace(",1,", ",2,"))
    assert shapely.area(result.shapes).tolist() == [30000, 30000]


def test_full_width_marks_are_read(reading):
    result = reading(STANDARD.replace("[", "【").replace("]", "】").replace("=", "＝").replace("J1,1", "J1，1"))
    assert result.epsg == 4527
    assert "Full-width" in result.said


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-8", "utf-16"])
def test_encodings(reading, encoding):
    assert reading(STANDARD, encoding).data["地块名称"].to_pylist() == ["东高都一号"]


def test_crlf_and_point_numbers_without_j(reading):
    assert reading(STANDARD.replace("\n", "\r\n").replace("J", "")).data["界址点号"].to_pylist() == ["1,2,3,4,1"]


def test_a_longer_parcel_line_gives_more_fields(reading):
    row = reading(STANDARD.replace("0101,@", "0101,图斑,水田,5,6,备注甲,@")).data.to_pylist()[0]
    assert (row["图斑类型"], row["改造后质量等别"], row["备注"]) == ("图斑", "6", "备注甲")


def test_transformation_parameters_are_reported_as_not_applied(reading):
    assert "not applied" in reading(STANDARD.replace("转换参数=,,,,,,", "转换参数=1.5,2,3,0,0,0,0")).said


def test_a_line_that_is_none_of_the_format_is_named(reading):
    with pytest.raises(FormatError, match="Line 1 "):
        reading("hello world\n")


def test_a_coordinate_with_a_digit_too_many_is_named(reading):
    with pytest.raises(FormatError, match="line 12"):
        reading(STANDARD.replace("J3,1,3872350", "J3,1,38723500"))


def test_eastings_of_two_zones_are_refused(reading):
    with pytest.raises(FormatError, match="39, 40"):
        reading(STANDARD + PARCEL + SQUARE.replace("39618", "40344"))


def test_two_points_are_no_ring(reading):
    with pytest.raises(FormatError, match="fewer than 3"):
        reading(HEADER + PARCEL + "".join(SQUARE.splitlines(keepends=True)[:2]))


def test_a_text_without_points_is_refused(reading):
    with pytest.raises(FormatError, match="no boundary points"):
        reading(HEADER)


def test_kilometres_are_refused(reading):
    with pytest.raises(FormatError, match="英里"):
        reading(STANDARD.replace("计量单位=米", "计量单位=英里"))
