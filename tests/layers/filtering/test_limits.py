"""Nothing that could end the process reaches the parser."""

from __future__ import annotations

import contextlib
import json
import resource

import pytest

from gis.errors import Problem
from layers.filtering import InvalidFilter, parse_filter
from layers.filtering.limits import MAX_DEPTH
from tests.layers.filtering.naughty import NAUGHTY
from tests.layers.store.sample import parcels


def parse(text, language="cql2-text"):
    return parse_filter(text, language=language, definition=parcels())


@pytest.mark.parametrize("text", NAUGHTY, ids=range(len(NAUGHTY)))
@pytest.mark.parametrize("language", ["cql2-text", "cql2-json"])
def test_naughty_filters_are_read_or_refused(text, language):
    with contextlib.suppress(Problem):  # anything else would be an error of the service
        parse(text, language)


@pytest.mark.parametrize("text", [
    "(" * 1550 + "fid=1" + ")" * 1550,
    "NOT " * 1550 + "true",
    "NOT (" * 1550 + "true" + ")" * 1550,
    "fid = " + "-" * 1550 + "1",
    "fid = " + "- (" * 1550 + "1" + ")" * 1550,
    "fid = " + "abs(" * 1550 + "1" + ")" * 1550,
    "fid = 1" + " + 1" * 1550,
    "fid = 1" + " ^ 1" * 1550,
    "fid" + " = fid" * 1550,
    "S_INTERSECTS(geom, " + "GEOMETRYCOLLECTION(" * 1550 + "POINT(1 2)" + ")" * 1551,
    "fid in " + "(" * 1550 + "1" + ")" * 1550,
    "a_contains(" + "(1," * 1550 + "1" + ")" * 1551,
], ids=lambda text: text[:12])  # fmt: skip
def test_deep_text_is_refused(text):
    with pytest.raises(InvalidFilter):
        parse(text)


@pytest.mark.parametrize(
    "quote", ["'a(((' = 'a' and ", '"DLBM" = \'"((\' and ', "'it''s (((' = 'a' and ", "'it\\'s (' = 'a' and "]
)
def test_parentheses_in_texts_are_no_depth(quote):
    parse(quote * 20 + "true")


@pytest.mark.parametrize("hidden", ["'", '"', "\\'", "''"])
def test_depth_does_not_hide_behind_quotes(hidden):
    with pytest.raises(Problem):
        parse(hidden + "(" * 3000 + "fid=1" + ")" * 3000)


def test_depth_up_to_the_limit_is_read():
    parse("casei(" * (MAX_DEPTH - 1) + "DLBM" + ")" * (MAX_DEPTH - 1) + " = 'x'")


def test_a_dozen_parentheses_are_read():
    assert parse("(" * 12 + "fid = 1" + ")" * 12) == parse("fid = 1")


@pytest.mark.parametrize("wrong", ["(" * 40 + "fid =" + ")" * 40, "(" * 40 + "fid", "(NOT " * 30 + "x y" + ")" * 30])
def test_what_the_parser_would_read_over_and_over_is_refused_first(wrong):
    with pytest.raises(InvalidFilter, match="deep"):
        parse(wrong)


def test_long_geometry_within_parentheses_is_read():
    ring = ",".join(f"{118 + n / 10_000} 34" for n in range(2_000))
    parse(f"(fid > 1 AND (S_INTERSECTS(geom, MULTIPOLYGON((({ring},118.1 34.5,118 34))))))")


@pytest.mark.parametrize("text", ["[" * 3000, '{"a":' * 3000, '{"op":"not","args":[' * 300 + "true" + "]}" * 300])
def test_deep_json_is_refused(text):
    with pytest.raises(InvalidFilter):
        parse(text, "cql2-json")


def test_nots_of_json_go_as_deep_as_the_limit():
    text = json.dumps(True)
    for _ in range(MAX_DEPTH):
        text = f'{{"op":"not","args":[{text}]}}'
    parse(text, "cql2-json")
    with pytest.raises(InvalidFilter):
        parse(f'{{"op":"not","args":[{text}]}}', "cql2-json")


def test_memory_stays_flat():
    for text in NAUGHTY:  # what is kept once is kept
        _swallowed(text)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(5):
        for text in NAUGHTY:
            _swallowed(text)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kB


def _swallowed(text):
    with contextlib.suppress(Problem):
        parse(text)
