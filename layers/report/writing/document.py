"""How does a written report look in Word, WPS or LibreOffice?"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from layers.drawing import Picture
from layers.report.writing import wording as words
from layers.report.writing.blocks import Block, Chart, Map, Paper, Paragraph, Part, Table
from layers.report.writing.ooxml import bookmarked, field, linked, table_xml

FONTS = {"zh": ("Times New Roman", "宋体", "黑体"), "en": ("Calibri", "宋体", "黑体")}
"""Latin letters, Chinese body and Chinese headings: fonts that Word and WPS bring; LibreOffice has its own for them."""

MADE = datetime(2000, 1, 1)
"""The same report is the same file, whenever it is written."""

MARGIN_MM = 17.5
TEXT_WIDTH_MM = 210 - 2 * MARGIN_MM
GREY, AMBER = RGBColor(0x59, 0x59, 0x59), RGBColor(0x8C, 0x51, 0x00)


def write(path: Path, paper: Paper) -> None:
    """Writes `paper`: contents, a chapter a part, real tables whose heads are repeated, captions, page numbers."""
    made = docx.Document()
    _set_up(made, paper)
    written = _Chapters(made, paper)
    written.title()
    for part in paper.parts:
        written.part(part)
    raw = io.BytesIO()
    made.save(raw)
    _save_dated(raw, path)


def _save_dated(raw: io.BytesIO, path: Path) -> None:
    """The package with one date for every file in it: python-docx takes the clock's."""
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))


class _Chapters:
    """A document that is written from the top, with numbers for its captions and headings."""

    def __init__(self, made: Document, paper: Paper) -> None:
        self.made, self.paper = made, paper
        self.numbers = {"table": 0, "picture": 0, "heading": 0}

    def title(self) -> None:
        """Title, state of the data, notice, and a table of contents that opens filled."""
        self.made.add_paragraph(self.paper.title, style="Title")
        self.made.add_paragraph(self.paper.subtitle, style="Subtitle")
        if self.paper.notice:
            self._notice(self.paper.notice)
        contents = self.made.add_paragraph(words.CONTENTS.get(self.paper.language), style="TOC Heading")
        entries = [(1, part.title) for part in self.paper.parts]
        listed = [entry for part, entry in zip(self.paper.parts, entries, strict=True) for entry in _headings(part)]
        lines = [self.made.add_paragraph(style=f"TOC {level}") for level, _ in listed]
        for number, (line, (_, text)) in enumerate(zip(lines, listed, strict=True), 1):
            linked(line, f"_Toc{number:05}", text)
        field(lines[0] if lines else contents, r'TOC \o "1-2" \h \z \n', until=lines[-1] if lines else contents)

    def part(self, part: Part) -> None:
        heading = self._heading(part.title, 1)
        heading.paragraph_format.page_break_before = self.numbers["heading"] > 1
        for block in part.blocks:
            BLOCKS[type(block)](self, block)

    def _heading(self, text: str, level: int) -> Any:
        self.numbers["heading"] += 1
        heading = self.made.add_heading(level=level)
        bookmarked(heading, text, f"_Toc{self.numbers['heading']:05}", self.numbers["heading"])
        return heading

    def paragraph(self, block: Paragraph) -> None:
        if block.is_notice:
            self._notice(block.text)
        else:
            self.made.add_paragraph(block.text)

    def _notice(self, text: str) -> None:
        self.made.add_paragraph(text, style="Notice")

    def table(self, block: Table) -> None:
        for group in block.groups:
            if block.grouped_by:
                self._heading(group.title, 2)
            self._caption("table", group.title or block.title, keep_next=True)
            xml = table_xml(block.columns, group.rows, TEXT_WIDTH_MM)
            self.made.element.body.insert_element_before(parse_xml(xml), "w:sectPr")
            self.made.add_paragraph(style="Table End")

    def chart(self, block: Chart) -> None:
        self._picture(block.picture(), block.bars.title, block.note)

    def map(self, block: Map) -> None:
        self._picture(block.picture, block.title, block.note)

    def _picture(self, picture: Picture, title: str, note: str) -> None:
        """The picture with what it shows as its description, its caption, and what its numbers stand for."""
        line = self.made.add_paragraph(style="Picture")
        inline = line.add_run().add_picture(io.BytesIO(picture.png), width=Mm(picture.width_mm))
        inline._inline.docPr.set("descr", f"{title}。{note}")
        self._caption("picture", title, keep_next=True)
        key = words.KEY.get(self.paper.language) + "　".join(picture.key) if picture.key else ""
        self.made.add_paragraph("\n".join(filter(None, (note, key))), style="Picture Note")

    def _caption(self, kind: str, text: str, *, keep_next: bool) -> None:
        self.numbers[kind] += 1
        label = CAPTIONS[kind].get(self.paper.language)
        line = self.made.add_paragraph(label, style="Caption")
        field(line, f"SEQ {label.strip()} \\* ARABIC", str(self.numbers[kind]))
        line.add_run(f"　{text}")
        line.paragraph_format.keep_with_next = keep_next and kind == "table"


CAPTIONS = {"table": words.TABLE, "picture": words.PICTURE}

BLOCKS: Mapping[type[Block], Callable[[_Chapters, Any], None]] = {
    Paragraph: _Chapters.paragraph,
    Table: _Chapters.table,
    Chart: _Chapters.chart,
    Map: _Chapters.map,
}


def _headings(part: Part) -> list[tuple[int, str]]:
    """The headings that a part makes, in order, with their levels."""
    groups = [group for block in part.blocks if isinstance(block, Table) and block.grouped_by for group in block.groups]
    return [(1, part.title), *((2, group.title) for group in groups)]


def _set_up(made: Document, paper: Paper) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(MARGIN_MM)
    section.top_margin, section.bottom_margin = Mm(24), Mm(20)
    properties = made.core_properties
    properties.title, properties.comments, properties.author = paper.title, paper.notice, ""
    properties.created = properties.modified = MADE
    properties.language = {"zh": "zh-CN", "en": "en-GB"}[paper.language]
    _set_styles(made, paper.language)
    head = section.header.paragraphs[0]
    head.text = "　".join(filter(None, (paper.title, paper.notice)))
    head.style = made.styles["Header"]
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    first, second, third = words.PAGE.get(paper.language).split("{}")
    foot.add_run(first)
    field(foot, "PAGE", "1")
    foot.add_run(second)
    field(foot, "NUMPAGES", "1")
    foot.add_run(third)


LOOKS: dict[str, dict[str, Any]] = {
    "Normal": {"size": 10.5, "after": 6, "line": 1.25},
    "Title": {"size": 22, "bold": True, "heading": True, "centred": True, "after": 6},
    "Subtitle": {"size": 11, "centred": True, "colour": GREY, "after": 6},
    "TOC Heading": {"size": 14, "bold": True, "heading": True, "before": 12, "after": 4},
    "TOC 1": {"size": 11, "after": 2, "before": 4},
    "TOC 2": {"size": 10, "after": 0, "indent_mm": 6},
    "Heading 1": {"size": 16, "bold": True, "heading": True, "before": 6, "after": 8},
    "Heading 2": {"size": 12.5, "bold": True, "heading": True, "before": 10, "after": 4},
    "Caption": {"size": 9.5, "bold": True, "centred": True, "before": 4, "after": 3},
    "Picture": {"size": 9, "centred": True, "before": 8, "after": 0, "keep": True},
    "Picture Note": {"size": 9, "centred": True, "colour": GREY, "after": 12},
    "Notice": {"size": 10.5, "bold": True, "colour": AMBER, "centred": True, "after": 8},
    "Table End": {"size": 4, "after": 0},
    "Header": {"size": 9, "colour": GREY},
    "Footer": {"size": 9, "colour": GREY},
}
"""Paragraph style -> size and spacing in points, weight, colour."""


def _set_styles(made: Document, language: str) -> None:
    latin, body, heading = FONTS[language]
    for tongue in made.styles.element.iter(qn("w:lang")):
        tongue.set(qn("w:eastAsia"), "zh-CN")
    for name, look in LOOKS.items():
        style: Any = made.styles[name] if name in made.styles else made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        font, spacing = style.font, style.paragraph_format
        font.name, font.size, font.bold = latin, Pt(look["size"]), look.get("bold", False)
        font.italic, font.color.rgb = False, look.get("colour", RGBColor(0, 0, 0))
        _set_chinese(style, latin, heading if look.get("heading") else body)
        spacing.space_before, spacing.space_after = Pt(look.get("before", 0)), Pt(look.get("after", 0))
        spacing.line_spacing, spacing.keep_with_next = look.get("line", 1.1), bool(look.get("keep") or "before" in look)
        spacing.left_indent = Mm(look.get("indent_mm", 0))
        spacing.alignment = WD_ALIGN_PARAGRAPH.CENTER if look.get("centred") else WD_ALIGN_PARAGRAPH.LEFT
        if name == "Title":
            for border in style.element.findall(f".//{qn('w:pBdr')}"):
                border.getparent().remove(border)


def _set_chinese(style: Any, latin: str, chinese: str) -> None:
    """Names the fonts outright: the theme of the template, which has no Chinese font, goes before them otherwise."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        if key.endswith("Theme"):
            del fonts.attrib[key]
    for key, name in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", chinese)):
        fonts.set(qn(f"w:{key}"), name)
