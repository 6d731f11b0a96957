from pathlib import Path

import pytest

from gis.formats import FORMATS, suffix_of
from gis.formats.jobs import READERS
from gis.formats.readers import ogr
from gis.formats.sources import _ARCHIVES
from gis.formats.writers.registry import WRITERS


def test_what_can_be_written_has_a_writer():
    assert {suffix for suffix, kind in FORMATS.items() if kind.can_write} == set(WRITERS)


def test_what_can_be_read_has_a_reader_or_is_an_archive():
    assert {suffix for suffix, kind in FORMATS.items() if kind.can_read} == {*READERS, *_ARCHIVES, ".zip"}


def test_gdals_readers_are_those_registered_for_it():
    assert set(ogr.READERS) == {suffix for suffix, module in READERS.items() if module == "ogr"}


@pytest.mark.parametrize(
    ("name", "suffix"), [("a.shp.zip", ".shp.zip"), ("A.SHP", ".shp"), ("x.y.gdb.zip", ".gdb.zip"), ("a.zip", ".zip")]
)
def test_the_longest_suffix_counts(name, suffix):
    assert suffix_of(Path(name)) == suffix
