import struct

import pytest

from gis.errors import FormatError
from gis.formats import read_table, tables
from tests.gis.formats.made import shapefile

# One square's record: 8 bytes of head, 44 of box and counts, 4 of part, 5 points of 16: 136 bytes; the .shp of 20 has
# 100 + 20 * 136 = 2820. A .dbf of one 20-byte field has 33 + 32 bytes of head and 21 a row: 65 + 420 = 485 and the end.
SHP, SHX, DBF = 2820, 100 + 20 * 8, 485


@pytest.fixture
def whole(tmp_path):
    return shapefile(tmp_path, name="图斑", rows=[(b"a",)] * 20)


def cut(path, size):
    path.write_bytes(path.read_bytes()[:size])


@pytest.mark.parametrize(("suffix", "expected"), [(".shp", SHP), (".shx", SHX), (".dbf", DBF)])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
@pytest.mark.parametrize("action", [tables, read_table])
def test_a_part_cut_short_is_refused_by_name_with_both_lengths(whole, suffix, expected, share, action):
    cut(whole.with_suffix(suffix), int(expected * share))
    with pytest.raises(FormatError) as caught:
        action(whole)
    assert f"图斑{suffix}" in caught.value.place
    assert "截断" in caught.value.zh
    assert f"{int(expected * share):,} present" in caught.value.en
    assert caught.value.remedy_zh
    assert caught.value.remedy_en


def test_the_expected_length_is_the_one_the_head_states(whole):
    cut(whole, SHP // 2)
    with pytest.raises(FormatError, match=r"2,820 bytes expected, 1,410 present"):
        read_table(whole)


def test_a_shp_cut_short_is_refused_without_an_shx_too(whole):
    cut(whole, SHP // 2)
    whole.with_suffix(".shx").unlink()
    with pytest.raises(FormatError, match="truncated"):
        read_table(whole)


def test_a_shp_whose_head_hides_the_cut_is_refused_by_its_index(whole):
    content = whole.read_bytes()[: SHP // 2]
    whole.write_bytes(content[:24] + struct.pack(">i", len(content) // 2) + content[28:])
    with pytest.raises(FormatError, match="truncated"):
        read_table(whole)


def test_a_dbf_without_its_end_mark_is_whole(whole):
    cut(whole.with_suffix(".dbf"), DBF)
    assert read_table(whole).data.num_rows == 20


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf"])
def test_a_part_longer_than_stated_is_read(whole, suffix):
    with whole.with_suffix(suffix).open("ab") as file:
        file.write(bytes(64))
    assert read_table(whole).data.num_rows == 20


def test_half_a_real_shapefile_is_refused(shared_data, tmp_path):
    for suffix in (".shp", ".shx", ".dbf"):
        content = (shared_data / "parcels_nl_brp" / f"fields{suffix}").read_bytes()
        (tmp_path / f"fields{suffix}").write_bytes(content)
    cut(tmp_path / "fields.shp", 3934856 // 2)
    with pytest.raises(FormatError, match=r"fields\.shp: .*3,934,856 bytes expected, 1,967,428 present"):
        read_table(tmp_path / "fields.shp")
