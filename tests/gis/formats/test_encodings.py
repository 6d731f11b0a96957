import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import FormatError
from gis.formats.encodings import choose, declared_name, decoded, normal_name, sample, text_of

GBK = "罗庄区高都街道".encode("gbk")


def test_gbk_is_known_without_any_declaration():
    assert choose([GBK]).encoding == "gb18030"


@pytest.mark.parametrize("declared", ["utf-8", "cp1252", "latin-1"])
def test_bytes_win_over_a_declaration_that_lies(declared):
    choice = choose([GBK], declared=declared)
    assert choice.encoding == "gb18030"
    assert declared in choice.notes[0].en


def test_utf8_without_declaration_is_utf8():
    assert choose(["高都街道".encode()]).encoding == "utf-8"


def test_european_text_keeps_its_declared_code_page():
    # "Græs" in cp1252 is 47 72 E6 73: E6 73 is also a GBK pair, but none of GB 2312
    assert choose(["Græs og kløver".encode("cp1252")], declared="cp1252").encoding == "cp1252"


# Each holds pairs that GB18030 reads as rare hanzi: EF 73, E6 73 and F8 76, EA 74, E3 6F, F1 61 and E9 73
@pytest.mark.parametrize("text", ["Maïs, snij-", "Græs og kløver", "Forêt", "São", "Coruña (forrajes)", "prés"])
def test_accented_words_of_no_declared_encoding_are_latin_with_a_note(text):
    choice = choose([text.encode("latin-1")])
    assert choice.encoding == "latin-1"
    assert "--encoding" in choice.notes[0].en


HANZI_BEYOND_GB2312 = [
    bytes([lead, trail])
    for lead in [*range(0x81, 0xA1), *range(0xAA, 0xFE)]
    for trail in (range(0x40, 0xFF) if lead < 0xA1 else range(0x40, 0xA1))
    if trail != 0x7F and not (0xC2 <= lead <= 0xDF and trail >= 0x80)
]
"""The regions GBK/3 and GBK/4, but for the pairs that are a control character in UTF-8."""


def test_one_rare_hanzi_alone_is_chinese():
    assert {choose([hanzi]).encoding for hanzi in HANZI_BEYOND_GB2312} == {"gb18030"}


def test_a_name_of_rare_hanzi_only_is_chinese():
    # 镕 is E9 46 and 喆 86 B4: the F of the first stands beside the second, yet belongs to no Latin word
    assert choose(["镕喆镕".encode("gbk")]).encoding == "gb18030"


def test_rare_hanzi_beside_a_number_are_chinese():
    assert choose(["镕12号".encode("gbk"), "镕-3".encode("gbk")]).encoding == "gb18030"


def test_an_accented_word_among_chinese_names_changes_nothing():
    assert choose([GBK, b"Ma\xefs"]).encoding == "gb18030"


def test_a_declared_gbk_is_believed_over_a_latin_look():
    assert choose(["a镕b".encode("gbk")], declared="gb18030").encoding == "gb18030"


def test_bytes_that_are_no_known_encoding_become_latin_1_with_a_note():
    choice = choose([b"\xff\xfe\xff"])
    assert choice.encoding == "latin-1"
    assert choice.notes


def test_the_explicit_encoding_wins():
    assert choose(["é".encode("latin-1")], explicit="latin-1", declared="utf-8").encoding == "latin-1"


def test_an_explicit_encoding_that_does_not_fit_is_refused():
    with pytest.raises(FormatError, match="cannot be decoded"):
        choose([GBK], explicit="utf-8")


def test_an_unknown_encoding_is_refused_with_the_choices():
    with pytest.raises(FormatError, match="gb18030"):
        normal_name("klingon")


@pytest.mark.parametrize(
    ("cpg", "name"),
    [("UTF-8", "utf-8"), ("936", "gb18030"), ("GBK", "gb18030"), ("CP936", "gb18030"), ("65001", "utf-8"),
     ("ANSI 1252", "cp1252"), ("ISO 88591", "latin-1"), ("ISO-8859-1", "latin-1"), ("nonsense", None), ("", None)],
)  # fmt: skip
def test_what_a_cpg_means(cpg, name):
    assert declared_name(cpg) == name


def test_a_character_cut_at_the_end_is_dropped():
    assert decoded("稻田流转".encode()[:-1], "utf-8") == ("稻田流", True)


def test_a_cut_character_does_not_make_a_field_latin_1():
    # 84 hanzi are 252 bytes; the 85th is cut by a width of 254
    assert choose([("田" * 85).encode()[:254]], may_be_cut=True).encoding == "utf-8"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030", "utf-8"])
def test_a_text_file_is_read_in_its_encoding(tmp_path, encoding):
    (tmp_path / "a.txt").write_bytes("东高都花谷1080亩".encode(encoding))
    assert text_of(tmp_path / "a.txt")[0] == "东高都花谷1080亩"


def test_the_sample_holds_ten_distinct_values_beyond_ascii():
    assert sample(["a", *(f"村{i % 20}" for i in range(100))]) == tuple(f"村{i}" for i in range(10))


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1))
def test_any_hanzi_in_utf8_are_utf8(text):
    assert choose([text.encode()], declared="gb18030").encoding == "utf-8"


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_whatever_the_bytes_the_choice_decodes_them(values):
    choice = choose(values)
    for value in values:
        value.decode(choice.encoding)
