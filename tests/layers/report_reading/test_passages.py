"""Are the figures of townships that the reader was not written for read as a person reads them?"""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.report.reading import read_text
from tests.layers.report_reading.marked import PASSAGES, passage

each_passage = pytest.mark.parametrize("path", PASSAGES, ids=lambda path: path.stem)


def test_there_are_passages_of_nine_townships() -> None:
    assert len(PASSAGES) == 9
    assert sum(len(passage(path)[1]) for path in PASSAGES) > 400


@each_passage
def test_every_marked_number_is_read_where_it_stands(path: Path) -> None:
    text, marks = passage(path)
    read = {figure.start: figure.value for figure in read_text(text).figures}
    assert {mark.start: read.get(mark.start) for mark in marks} == {mark.start: mark.value for mark in marks}


@each_passage
def test_every_unit_is_the_marked_one(path: Path) -> None:
    text, marks = passage(path)
    read = {figure.start: figure.unit for figure in read_text(text).figures}
    assert {mark.start: read.get(mark.start) for mark in marks} == {mark.start: mark.unit for mark in marks}


@each_passage
def test_nothing_else_is_read(path: Path) -> None:
    text, marks = passage(path)
    known = {mark.start for mark in marks}
    extra = [text[figure.start - 6 : figure.end + 6] for figure in read_text(text).figures if figure.start not in known]
    assert extra == []


@each_passage
def test_offsets_point_at_the_printed_number(path: Path) -> None:
    text, _ = passage(path)
    reading = read_text(text)
    assert all(figure.end > figure.start for figure in reading.figures)
    assert all("一" <= text[n.start] <= "鿿" or text[n.start].isascii() or text[n.start] in "①②③〇○"
               or text[n.start].isdigit() for n in reading.set_aside)  # fmt: skip


@each_passage
def test_every_figure_has_a_name(path: Path) -> None:
    text, _ = passage(path)
    assert [figure.printed for figure in read_text(text).figures if not figure.name] == []
