from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import FormatError
from gis.formats.fitting import cut_text, fit_geodatabase, fit_plain, fit_shapefile, short_names


def test_names_are_cut_between_characters():
    # three hanzi are 9 bytes of UTF-8, a fourth would make 12
    assert short_names(["永久基本农田"], 10) == ["永久基"]


def test_names_of_ten_bytes_stay():
    assert short_names(["YJJBNTTBBH", "YJJBNTTBMJ"], 10) == ["YJJBNTTBBH", "YJJBNTTBMJ"]


def test_names_that_would_be_one_get_a_number():
    names = ["YJJBNTTBMJ_1", "YJJBNTTBMJ_2", "yjjbnttbmj"]
    assert short_names(names, 10) == ["YJJBNTTBMJ", "YJJBNTTB_1", "yjjbnttb_2"]


def test_another_limit_and_names_that_are_taken():
    # "_1" leaves 4 of 6 bytes, in which one hanzi of 3 has room
    assert short_names(["FID", "地块编号", "地块"], 6, taken=["fid"]) == ["FID_1", "地块", "地_1"]


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20), max_size=30))
def test_short_names_fit_and_differ(names):
    short = short_names(names, 10)
    assert all(len(name.encode()) <= 10 for name in short)
    assert len({name.lower() for name in short}) == len(names)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(min_value=0, max_value=300))
def test_cut_text_is_a_beginning_within_the_limit(text, limit):
    cut = cut_text(text, limit)
    assert text.startswith(cut)
    assert len(cut.encode()) <= limit


def test_text_of_84_hanzi_fits_and_the_85th_is_cut_with_a_note():
    fitted = fit_shapefile(pa.table({"a": ["田" * 84]}))
    assert fitted.table["a"].to_pylist() == ["田" * 84]
    assert fitted.notes == []
    fitted = fit_shapefile(pa.table({"a": ["田" * 85]}))
    assert fitted.table["a"].to_pylist() == ["田" * 84]
    assert "254 bytes" in fitted.notes[0].en


def test_integers_beyond_the_width_of_a_dbf_become_text():
    fitted = fit_shapefile(pa.table({"a": [10**17 - 1], "b": [10**17]}))
    assert fitted.table.to_pylist() == [{"a": 10**17 - 1, "b": "100000000000000000"}]
    assert "b are written as text" in fitted.notes[0].en


def test_a_dbf_of_too_many_fields_is_refused():
    with pytest.raises(FormatError, match="256 fields"):
        fit_shapefile(pa.table({f"f{i}": [1] for i in range(256)}))


def test_decimals_of_15_digits_are_numbers_and_longer_ones_text():
    exact, long = Decimal("1234567890123.45"), Decimal("12345678901234.56")
    kind = pa.decimal128(20, 2)
    fitted = fit_plain(pa.table({"a": pa.array([exact], kind), "b": pa.array([long], kind)}))
    assert fitted.table.to_pylist() == [{"a": 1234567890123.45, "b": "12345678901234.56"}]


def test_integers_of_a_geodatabase():
    fitted = fit_geodatabase(pa.table({"a": [2**31 - 1], "b": [2**31], "c": [2**53 + 1]}))
    assert [str(field.type) for field in fitted.table.schema] == ["int32", "double", "string"]
    assert fitted.table["c"].to_pylist() == [str(2**53 + 1)]
