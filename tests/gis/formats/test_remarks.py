import pytest

from gis.formats.remarks import LONGEST, legible, shortened


@pytest.mark.parametrize(
    ("text", "shown"),
    [("no table", "no table"), ("a\x1b[31m\x00b", "a[31mb"), ("坏\ufffd字\ud800", "坏字"),
     (" a\r\n\tb  c\u3000d ", "a b c d"), ("a\u202eb\u200b", "ab"), ("", "")],
)  # fmt: skip
def test_only_what_can_be_read_is_shown(text, shown):
    assert legible(text) == shown


def test_a_text_of_the_longest_length_is_whole():
    assert shortened("图" * LONGEST) == "图" * LONGEST


def test_a_longer_text_ends_in_an_ellipsis_at_that_length():
    assert shortened("图" * (LONGEST + 1)) == "图" * (LONGEST - 1) + "…"
