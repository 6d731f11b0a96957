"""How does a written report look in Excel?"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from layers.report.writing import wording as words
from layers.report.writing.blocks import (
    Amount,
    Block,
    Cell,
    Chart,
    Column,
    Map,
    Mark,
    Paper,
    Paragraph,
    Part,
    Table,
    Tone,
)

CHARACTERS_PER_MM = 0.62
MAX_EXACT_DIGITS = 15
PIXELS_PER_MM = 96 / 25.4
LINE_POINTS = 14
A4 = 9
MAP_COLUMNS = 11
"""So many columns of Excel's usual width hold a map."""
MADE = datetime(2000, 1, 1)
"""The same report is the same file, whenever it is written."""

FONTS = {"zh": "宋体", "en": "Calibri"}
TONES = {Tone.GOOD: "#1b7837", Tone.BAD: "#b2182b", Tone.UNSURE: "#8c5100"}


def write(path: Path, paper: Paper) -> None:
    """Writes `paper`: a sheet a part, numbers as numbers with formats, frozen heads, filters, charts of Excel's own.

    Text is never taken for a formula, whatever it begins with.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": paper.title, "comments": paper.notice, "created": MADE})
        formats = _Formats(book, FONTS[paper.language])
        for part in paper.parts:
            _Sheet(book, formats, paper, part).fill()


class _Formats:
    """The cell formats of a workbook, each made once."""

    def __init__(self, book: Any, font: str) -> None:
        self._book, self._font = book, font
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def of(self, **properties: Any) -> Format:
        """A cell with these properties of xlsxwriter's, in the workbook's font."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            base = {"font_name": self._font, "font_size": 10.5, "valign": "vcenter"}
            self._made[key] = self._book.add_format(base | properties)
        return self._made[key]

    def amount(self, amount: Amount) -> Format:
        """A number with its decimals, and its words as part of the format, so that it stays a number."""
        digits = "#,##0" + ("." + "0" * amount.decimals if amount.decimals else "")
        before, after = (f'"{word}"' if word else "" for word in (amount.before, amount.after))
        return self.of(num_format=f"{before}{digits}{after}", border=1, border_color="#bfbfbf")


class _Sheet:
    """One sheet, filled from the top."""

    def __init__(self, book: Any, formats: _Formats, paper: Paper, part: Part) -> None:
        self.book, self.formats, self.paper, self.part = book, formats, paper, part
        self.sheet: Worksheet = book.add_worksheet(part.title)
        self.row = self.pictures = 0
        self.breaks: list[int] = []

    def fill(self) -> None:
        self._set_up_print()
        self._line(f"{self.paper.title}　{self.part.title}", bold=True, font_size=14)
        self._line(self.paper.subtitle, font_color="#595959")
        if self.paper.notice:
            self._line(self.paper.notice, bold=True, font_color=TONES[Tone.UNSURE])
        for block in self.part.blocks:
            BLOCKS[type(block)](self, block)
        self.sheet.set_h_pagebreaks(self.breaks)
        if all(isinstance(block, Map) for block in self.part.blocks):
            self.sheet.print_area(0, 0, self.row, MAP_COLUMNS - 1)

    def _set_up_print(self) -> None:
        """A4: tables across and as wide as the page, charts across, maps upright, two or three on a page."""
        self.sheet.set_paper(A4)
        if any(isinstance(block, Table) for block in self.part.blocks):
            self.sheet.set_landscape()
            self.sheet.fit_to_pages(1, 0)
        elif any(isinstance(block, Chart) for block in self.part.blocks):
            self.sheet.set_landscape()
            self.sheet.set_print_scale(65)
        else:
            self.sheet.set_print_scale(80)
        self.sheet.hide_gridlines(2)
        self.sheet.set_footer("&C&P / &N")
        if self.paper.notice:
            self.sheet.set_header(f"&L{self.paper.notice[:200].replace('&', '&&')}")

    def _line(self, text: str, **properties: Any) -> None:
        self.sheet.write_string(self.row, 0, text, self.formats.of(**properties))
        self.row += 1

    def paragraph(self, block: Paragraph) -> None:
        look: dict[str, Any] = {"bold": True, "font_color": TONES[Tone.BAD]} if block.is_notice else {}
        for sentence in re.split(r"(?<=。)|(?<=\.) ", block.text):
            if sentence:
                self._line(sentence, **look)

    def table(self, block: Table) -> None:
        columns = ((Column(block.grouped_by, 30),) if block.grouped_by else ()) + block.columns
        head = self.row
        widths = [max(8.0, column.width_mm * CHARACTERS_PER_MM) for column in columns]
        for place, (column, width) in enumerate(zip(columns, widths, strict=True)):
            self.sheet.set_column(place, place, width)
            self._head(head, place, column)
        self.row += 1
        for group in block.groups:
            for cells in group.rows:
                self._row((group.title, *cells) if block.grouped_by else cells, widths)
        if sum(isinstance(each, Table) for each in self.part.blocks) == 1:
            self.sheet.autofilter(head, 0, self.row - 1, len(columns) - 1)
            self.sheet.freeze_panes(head + 1, 2 if block.grouped_by else 1)
            self.sheet.repeat_rows(head)
        self.row += 1

    def _row(self, cells: Sequence[Cell], widths: Sequence[float]) -> None:
        """A row as high as its longest text needs: not every program finds that out by itself."""
        lines = [_lines(_text(cell), width) for cell, width in zip(cells, widths, strict=True)]
        self.sheet.set_row(self.row, LINE_POINTS * max(lines) + 3)
        for place, cell in enumerate(cells):
            self._cell(self.row, place, cell)
        self.row += 1

    def _head(self, row: int, place: int, column: Column) -> None:
        look = self.formats.of(bold=True, bg_color="#e8efe9", border=1, border_color="#bfbfbf", text_wrap=True,
                               align="right" if column.is_number else "left")  # fmt: skip
        self.sheet.write_string(row, place, column.title, look)

    def _cell(self, row: int, place: int, cell: Any) -> None:
        frame: dict[str, Any] = {"border": 1, "border_color": "#bfbfbf", "text_wrap": True}
        if cell is None:
            self.sheet.write_blank(row, place, None, self.formats.of(**frame))
        elif isinstance(cell, Mark):
            self.sheet.write_string(row, place, cell.text, self.formats.of(**frame, font_color=TONES[cell.tone]))
        elif isinstance(cell, Amount) and len(cell.value.as_tuple().digits) <= MAX_EXACT_DIGITS:
            self.sheet.write_number(row, place, float(cell.value), self.formats.amount(cell))
        else:
            text = cell.text if isinstance(cell, Amount) else cell
            self.sheet.write_string(row, place, text, self.formats.of(**frame))

    def _begin_picture(self, on_a_page: int) -> None:
        if self.pictures and self.pictures % on_a_page == 0:
            self.breaks.append(self.row)
        self.pictures += 1

    def chart(self, block: Chart) -> None:
        """The amounts in two columns, and beside them a chart that Excel draws."""
        self._begin_picture(3)
        bars, name = block.bars, self.part.title
        self._line(bars.title, bold=True)
        first = self.row + 1
        self.sheet.set_column(0, 0, 24)
        self.sheet.set_column(1, 1, 16)
        for place, title in enumerate((words.NAME.get(self.paper.language), bars.unit)):
            self._head(self.row, place, Column(title, 0, is_number=bool(place)))
        digits = "#,##0" + ("." + "0" * bars.decimals if bars.decimals else "")
        for i, (title, amount) in enumerate(zip(bars.names, bars.amounts, strict=True)):
            self._cell(first + i, 0, title)
            self.sheet.write_number(first + i, 1, amount, self.formats.of(num_format=digits, border=1,
                                                                          border_color="#bfbfbf"))  # fmt: skip
        last = first + len(bars.names) - 1
        made = self.book.add_chart({"type": "bar"})
        made.add_series({
            "name": bars.title, "categories": [name, first, 0, last, 0], "values": [name, first, 1, last, 1],
            "points": [{"fill": {"color": colour}} for colour in bars.colours], "gap": 45,
            "data_labels": {"value": True, "num_format": digits},
        })  # fmt: skip
        made.set_title({"name": bars.title, "name_font": {"size": 11}, "overlay": False})
        made.set_legend({"none": True})
        made.set_y_axis({"reverse": True, "crossing": "max"})
        made.set_x_axis({"name": bars.unit, "num_format": "#,##0", "major_gridlines": {"visible": True,
                         "line": {"color": "#dddddd"}}, })  # fmt: skip
        rows = max(12, len(bars.names) + 6)
        made.set_size({"width": 620, "height": rows * 20})
        self.sheet.insert_chart(self.row, 3, made)
        self.row = max(last + 1, self.row + rows - 2)
        self._line(block.note, font_color="#595959", italic=True)
        self.row += 1

    def map(self, block: Map) -> None:
        picture = block.picture
        self._begin_picture(2)
        self._line(block.title, bold=True)
        self.sheet.insert_image(
            self.row, 0, f"{block.title}.png",
            {"image_data": io.BytesIO(picture.png), "description": f"{block.title}。{block.note}"},
        )  # fmt: skip
        self.row += int(picture.height_mm * PIXELS_PER_MM / 20) + 2
        self._line(block.note, font_color="#595959", italic=True)
        if picture.key:
            self._line(words.KEY.get(self.paper.language) + "　".join(picture.key))
        self.row += 1


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else "" if cell is None else cell.text


def _lines(text: str, width: float) -> int:
    """How many lines `text` takes in a column `width` digits wide: a Chinese character is as wide as two digits."""
    return max(1, math.ceil(sum(2 if ord(letter) > 0x2E7F else 1.1 for letter in text) / (width - 1)))


BLOCKS: Mapping[type[Block], Callable[[_Sheet, Any], None]] = {
    Paragraph: _Sheet.paragraph,
    Table: _Sheet.table,
    Chart: _Sheet.chart,
    Map: _Sheet.map,
}
