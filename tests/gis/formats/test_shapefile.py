import datetime

import pytest
import shapely

from gis.errors import FormatError
from gis.formats import read_table, tables
from gis.formats.readers.shapefile import dbf_text, restored_index
from tests.gis.formats.made import PRJ_4527, SQUARE, shapefile, shp, zipped

NAME = "东高都村"


def said(table):
    return " ".join(note.en for note in table.notes)


@pytest.mark.parametrize(
    ("encoding", "language_driver", "cpg"),
    [("gbk", 0x00, None), ("gbk", 0x57, None), ("gbk", 0x4D, None), ("gbk", 0x03, None), ("gbk", 0x00, "UTF-8"),
     ("gbk", 0x00, "ISO-8859-1"), ("utf-8", 0x00, None), ("utf-8", 0x57, None), ("utf-8", 0x4D, None),
     ("utf-8", 0x00, "GBK"), ("gb18030", 0x00, "936")],
)  # fmt: skip
def test_names_are_right_whatever_is_declared(tmp_path, encoding, language_driver, cpg):
    fields = [("村名".encode(encoding), "C", 30, 0)]
    path = shapefile(tmp_path, fields=fields, rows=[(NAME.encode(encoding),)], language_driver=language_driver, cpg=cpg)
    table = read_table(path)
    assert table.data.drop_columns(["geom"]).to_pylist() == [{"村名": NAME}]
    assert table.encoding == ("utf-8" if encoding == "utf-8" else "gb18030")
    assert table.encoding_sample == (NAME,)


def test_an_accented_word_without_any_declaration_is_latin_and_said_to_be_guessed(tmp_path):
    table = read_table(shapefile(tmp_path, rows=[(b"Ma\xefs, snij-",)]))  # the crop of the Dutch parcels
    assert table.data["NAME"].to_pylist() == ["Maïs, snij-"]
    assert "--encoding" in said(table)


def test_the_named_encoding_wins(tmp_path):
    path = shapefile(tmp_path, rows=[("東高都".encode("big5"),)])
    assert read_table(path, encoding="big5").data["NAME"].to_pylist() == ["東高都"]


def test_a_named_encoding_that_does_not_fit_is_refused(tmp_path):
    with pytest.raises(FormatError, match="utf-8"):
        read_table(shapefile(tmp_path, rows=[(NAME.encode("gbk"),)]), encoding="utf-8")


def test_a_character_cut_by_the_width_is_dropped_and_reported(tmp_path):
    # seven hanzi in UTF-8 are 21 bytes; a width of 20 cuts the seventh
    table = read_table(shapefile(tmp_path, rows=[("田田田田田田田".encode()[:20],)]))
    assert table.data["NAME"].to_pylist() == ["田田田田田田"]
    assert "cut in mid-character" in said(table)


def test_a_field_name_cut_in_mid_character_is_read(tmp_path):
    # 永久基本农田: 18 bytes of UTF-8, of which a .dbf keeps 10: three hanzi and a third of the fourth
    table = read_table(shapefile(tmp_path, fields=[("永久基本农田".encode()[:10], "C", 20, 0)]))
    assert table.data.column_names == ["永久基", "geom"]


def test_types(tmp_path):
    fields = [(b"I", "N", 9, 0), (b"L", "N", 18, 0), (b"F", "N", 15, 2), (b"D", "D", 8, 0), (b"B", "L", 1, 0)]
    rows = [(b"7", b"371311007201000001", b"12.50", b"20240131", b"T"), (b"", b"", b"", b"", b"?")]
    data = read_table(shapefile(tmp_path, fields=fields, rows=rows)).data.drop_columns(["geom"])
    assert data.to_pylist() == [
        {"I": 7, "L": 371311007201000001, "F": 12.5, "D": datetime.date(2024, 1, 31), "B": True},
        {"I": None, "L": None, "F": None, "D": None, "B": None},
    ]


def test_a_code_of_20_digits_stored_as_number_is_reported(tmp_path):
    table = read_table(shapefile(tmp_path, fields=[(b"C", "N", 20, 0)], rows=[(b"37131100720100000123",)]))
    assert "codes belong in text" in said(table)


def test_the_crs_is_matched_from_the_prj(tmp_path):
    assert read_table(shapefile(tmp_path)).epsg == 4527


def test_without_a_prj_the_crs_is_asked_for(tmp_path):
    table = read_table(shapefile(tmp_path, prj=None))
    assert table.epsg is None
    assert "states no coordinate system" in said(table)


@pytest.mark.parametrize(
    "prj", ['PROJCS["rubbish"]', PRJ_4527[:150], "\x1b\x00\xff", 'GEOGCS["x",DATUM["y"]]', PRJ_4527.replace("]", "")]
)
def test_a_damaged_prj_leaves_the_crs_to_be_stated(tmp_path, prj):
    path = shapefile(tmp_path, prj=prj)
    table = read_table(path)
    assert (table.data.num_rows, table.epsg) == (1, None)
    assert "parcels.prj" in said(table)
    assert tables(path)[0].epsg is None
    assert path.with_suffix(".prj").exists()


def test_without_an_shx_the_index_is_rebuilt(tmp_path):
    path = shapefile(tmp_path, rows=[(b"a",), (b"b",)])
    path.with_suffix(".shx").unlink()
    table = read_table(path)
    assert table.data["NAME"].to_pylist() == ["a", "b"]
    assert "rebuilt" in said(table)
    assert not path.with_suffix(".shx").exists()


def test_the_rebuilt_index_is_the_one_there_was():
    shapes, index = shp([SQUARE, SQUARE])
    assert restored_index(shapes) == index


def test_without_a_dbf_the_geometry_is_read(tmp_path):
    path = shapefile(tmp_path)
    path.with_suffix(".dbf").unlink()
    table = read_table(path)
    assert table.data.column_names == ["geom"]
    assert table.data.num_rows == 1
    assert ".dbf file is missing" in said(table)


def test_parts_of_two_exports_are_refused(tmp_path):
    path = shapefile(tmp_path / "one", rows=[(b"a",), (b"b",)])
    other = shapefile(tmp_path / "other", rows=[(b"a",)])
    path.with_suffix(".dbf").write_bytes(other.with_suffix(".dbf").read_bytes())
    with pytest.raises(FormatError, match="2 shapes but the"):
        read_table(path)


def test_companions_are_found_whatever_their_case(tmp_path):
    path = shapefile(tmp_path, cpg="UTF-8")
    for part in list(tmp_path.iterdir()):
        part.rename(part.with_suffix(part.suffix.upper()))
    assert read_table(path.with_suffix(".SHP")).epsg == 4527


def test_a_shapefile_in_an_archive_with_a_chinese_name(tmp_path):
    parts = shapefile(tmp_path / "s").parent.iterdir()
    path = zipped(tmp_path / "a.shp.zip", {f"成果/承包地块{part.suffix}": part.read_bytes() for part in parts})
    assert [(info.name, info.features, info.geometry, info.epsg) for info in tables(path)] == [
        ("承包地块", 1, "POLYGON", 4527)
    ]


def test_text_files_beside_a_shapefile_in_an_archive_are_not_data(tmp_path):
    parts = shapefile(tmp_path / "s").parent.iterdir()
    members = {f"a{part.suffix}": part.read_bytes() for part in parts} | {"说明.txt": b"x", "fields.csv": b"a\n1\n"}
    assert [info.name for info in tables(zipped(tmp_path / "a.zip", members))] == ["a"]


def test_a_field_named_like_the_geometry_is_renamed(tmp_path):
    table = read_table(shapefile(tmp_path, fields=[(b"geom", "C", 5, 0)]))
    assert table.data.column_names == ["geom_2", "geom"]


def test_geometry_is_two_dimensional_wkb(tmp_path):
    shape = shapely.from_wkb(read_table(shapefile(tmp_path)).data["geom"][0].as_py())
    assert shape.area == 30000
    assert not shape.has_z


def test_a_dbf_gives_its_odd_texts_once(tmp_path):
    path = shapefile(tmp_path, rows=[(NAME.encode("gbk"),), (b"plain",), (NAME.encode("gbk"),)])
    assert dbf_text(path.with_suffix(".dbf")).values == (NAME.encode("gbk"),)
