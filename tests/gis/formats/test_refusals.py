"""Every file that is not what its name says is refused, with cause and remedy in both languages."""

import contextlib

import pytest

from gis.errors import FormatError
from gis.formats import read_table, tables
from tests.gis.formats.made import shapefile, zipped


def refusal(path, **options):
    with pytest.raises(FormatError) as caught:
        read_table(path, **options)
    return caught.value


@pytest.mark.parametrize(
    "name",
    ["a.shp", "a.gpkg", "a.fgb", "a.parquet", "a.zip", "a.shp.zip", "a.gdb.zip", "a.gpkg.zip", "a.kmz", "a.dxf",
     "a.geojson", "a.json", "a.gml", "a.kml", "a.txt"],
)  # fmt: skip
@pytest.mark.parametrize("content", [b"hello world", b"", b"\x00\xff\x00\xff" * 100], ids=["text", "empty", "noise"])
def test_another_content_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    error = refusal(tmp_path / name)
    assert name in error.place
    assert error.zh
    assert error.en


@pytest.mark.parametrize("suffix", [".mdb", ".accdb"])
def test_a_personal_geodatabase_is_asked_for_in_another_form(tmp_path, suffix):
    (tmp_path / f"a{suffix}").write_bytes(b"x")
    error = refusal(tmp_path / f"a{suffix}")
    assert ".gdb" in error.remedy_zh
    assert ".shp" in error.remedy_en


@pytest.mark.parametrize("name", ["a.dwg", "a.rar", "a.dbf", "a.xls", "a.abc", "a"])
def test_an_unsupported_suffix_says_what_to_do(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    assert refusal(tmp_path / name).remedy_zh


def test_a_file_that_does_not_exist(tmp_path):
    assert "does not exist" in refusal(tmp_path / "a.gpkg").en


def test_a_workbook_is_written_only(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK\3\4")
    assert "written only" in refusal(tmp_path / "a.xlsx").en


def test_an_archive_without_data(tmp_path):
    error = refusal(zipped(tmp_path / "a.zip", {"readme.md": b"x", "inner.zip": b"PK\3\4"}))
    assert "no file that can be read" in error.en


def test_a_geodatabase_that_is_a_file(tmp_path):
    (tmp_path / "a.gdb").write_bytes(b"x")
    assert "must be a folder" in refusal(tmp_path / "a.gdb").en


def test_a_table_that_is_not_there_is_answered_with_those_that_are(tmp_path):
    assert "parcels" in refusal(shapefile(tmp_path), table="others").remedy_en


def test_several_tables_and_none_named(tmp_path):
    members = {
        f"{name}{part.suffix}": part.read_bytes()
        for name in ("村", "组")
        for part in shapefile(tmp_path / "s").parent.iterdir()
    }
    path = zipped(tmp_path / "a.zip", members)
    assert "村" in refusal(path).remedy_zh
    assert [info.name for info in tables(path)] == ["村", "组"]
    assert read_table(path, "组").name == "组"


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("part", ["shp", "dbf", "shx"])
def test_a_truncated_shapefile_is_read_or_refused_but_never_crashes(tmp_path, part, cut):
    shapefile(tmp_path, rows=[(b"a",)] * 20)
    path = tmp_path / f"parcels.{part}"
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * cut)])
    with contextlib.suppress(FormatError):
        assert read_table(tmp_path / "parcels.shp").data.num_rows <= 20
