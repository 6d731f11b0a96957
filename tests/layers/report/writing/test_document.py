"""Is the Word document one that Word, WPS and LibreOffice show as meant?"""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from layers.report import read_report
from layers.report.writing import write_report
from layers.report.writing.blocks import Amount, Column, Group, Paper, Part, Table


@pytest.fixture(scope="module")
def opened(docx_file: Path) -> Any:
    return docx.Document(str(docx_file))


def test_every_section_has_a_table_with_its_figures(opened: Any) -> None:
    rows = [row for table in opened.tables[1:12] for row in table.rows[1:]]
    assert len(rows) == len(read_report(2024).figures)


def test_heads_of_tables_are_repeated_on_every_page(opened: Any) -> None:
    assert all(table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in opened.tables)


def test_every_table_and_picture_has_a_numbered_caption(opened: Any) -> None:
    captions = [line for line in opened.paragraphs if line.style.name == "Caption"]
    fields = [line._p.find(f".//{qn('w:instrText')}").text.split()[0] for line in captions]
    assert fields == ["SEQ"] * (len(opened.tables) + len(opened.inline_shapes))


def test_fonts_for_chinese_are_named_in_the_styles(opened: Any) -> None:
    fonts = opened.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "宋体"
    assert opened.styles["Heading 1"].element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"


def test_the_notice_stands_on_every_page(opened: Any, paper: Paper) -> None:
    assert paper.notice in opened.sections[0].header.paragraphs[0].text


def test_pages_are_numbered(opened: Any) -> None:
    footer = opened.sections[0].footer.paragraphs[0]._p
    assert [code.text.strip() for code in footer.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]


def test_the_contents_lead_to_the_headings(opened: Any) -> None:
    anchors = {link.get(qn("w:anchor")) for link in opened.element.body.iter(qn("w:hyperlink"))}
    bookmarks = {mark.get(qn("w:name")) for mark in opened.element.body.iter(qn("w:bookmarkStart"))}
    assert anchors == bookmarks
    assert len(anchors) == 6 + 11  # parts, and sections that have figures


def test_the_same_paper_is_the_same_file(paper: Paper, docx_file: Path, tmp_path: Path) -> None:
    write_report(paper, tmp_path / "again.docx")
    assert (tmp_path / "again.docx").read_bytes() == docx_file.read_bytes()


def test_pictures_say_what_they_show(opened: Any) -> None:
    assert all(shape._inline.docPr.get("descr") for shape in opened.inline_shapes)


def test_characters_that_xml_cannot_hold_and_markup_do_no_harm(tmp_path: Path) -> None:
    table = Table("t", (Column("a", 20), Column("b", 20)), (Group("", (("a\x00\x0b<b>&\ud800", Amount(Decimal(1))),)),))
    write_report(Paper("zh", "x", "y", "", (Part("p", (table,)),)), tmp_path / "x.docx")
    assert docx.Document(str(tmp_path / "x.docx")).tables[0].cell(1, 0).text == "a<b>&"


def test_the_file_is_a_package_without_a_clock(docx_file: Path) -> None:
    with zipfile.ZipFile(docx_file) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
