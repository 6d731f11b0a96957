"""Which XML of Word's has no call in python-docx?

ECMA-376 part 1: 17.16 fields, 17.13.6 bookmarks, 17.4 tables. Tables are written as text: a call a cell takes seconds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph

from layers.report.writing.blocks import Amount, Cell, Column, Mark, Tone

TWENTIETHS_PER_MM = 1440 / 25.4
TABLE_SIZE = 17
"""Half points."""

HEAD_FILL, EDGE = "E8EFE9", "A6A6A6"
TONES = {Tone.GOOD: "1B7837", Tone.BAD: "B2182B", Tone.UNSURE: "8C5100"}

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff￾￿]")


def printable(text: str) -> str:
    """`text` without the characters that XML 1.0 cannot hold."""
    return _UNPRINTABLE.sub("", text)


def field(line: Paragraph, instruction: str, shown: str = "", *, until: Paragraph | None = None) -> None:
    """A field at the end of `line` that shows `shown` until it is updated; with `until`, around all lines up to it."""
    begin = _run('<w:fldChar w:fldCharType="begin"/>')
    code = _run(f'<w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText>')
    separate, end = _run('<w:fldChar w:fldCharType="separate"/>'), _run('<w:fldChar w:fldCharType="end"/>')
    if until is None:
        for element in (begin, code, separate, _run(_text(shown)), end):
            line._p.append(element)
        return
    for place, element in enumerate((begin, code, separate)):
        line._p.insert((1 if line._p.pPr is not None else 0) + place, element)
    until._p.append(end)


def linked(line: Paragraph, bookmark: str, text: str) -> None:
    """`text` that leads to a bookmark."""
    anchor = f'{nsdecls("w")} w:anchor={quoteattr(bookmark)} w:history="1"'
    line._p.append(parse_xml(f"<w:hyperlink {anchor}><w:r>{_text(text)}</w:r></w:hyperlink>"))


def bookmarked(line: Paragraph, text: str, name: str, number: int) -> None:
    """`text` within a bookmark."""
    start = f'<w:bookmarkStart {nsdecls("w")} w:id="{number}" w:name={quoteattr(name)}/>'
    line._p.append(parse_xml(start))
    line._p.append(_run(_text(text)))
    line._p.append(parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="{number}"/>'))


def table_xml(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width_mm: float) -> str:
    """A table as wide as the text or its columns, whose head is repeated and whose rows are not broken over pages."""
    total = sum(column.width_mm for column in columns)
    factor = min(1.0, width_mm / total) * TWENTIETHS_PER_MM
    widths = [round(column.width_mm * factor) for column in columns]
    edges = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{EDGE}"/>' for side in SIDES)
    head = _row([_head(column, width) for column, width in zip(columns, widths, strict=True)], is_head=True)
    body = "".join(
        _row([_cell(cell, column, width) for cell, column, width in zip(row, columns, widths, strict=True)])
        for row in rows
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>'
    )


SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def _row(cells: Sequence[str], *, is_head: bool = False) -> str:
    head = "<w:tblHeader/>" if is_head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{''.join(cells)}</w:tr>"


def _head(column: Column, width: int) -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{HEAD_FILL}"/>'
    return _filled(column.title, width, right=column.is_number, look="<w:b/>", shade=shade)


def _cell(cell: Cell, column: Column, width: int) -> str:
    if isinstance(cell, Mark):
        return _filled(cell.text, width, look=f'<w:color w:val="{TONES[cell.tone]}"/>')
    text = "–" if cell is None else cell.text if isinstance(cell, Amount) else cell
    return _filled(text, width, right=column.is_number)


def _filled(text: str, width: int, *, right: bool = False, look: str = "", shade: str = "") -> str:
    aligned = '<w:jc w:val="right"/>' if right else ""
    bold, colour = ("<w:b/>", "") if look == "<w:b/>" else ("", look)
    size = f'<w:sz w:val="{TABLE_SIZE}"/><w:szCs w:val="{TABLE_SIZE}"/>'
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>{aligned}</w:pPr>'
        f"<w:r><w:rPr>{bold}{colour}{size}</w:rPr>{_text(text)}</w:r></w:p></w:tc>"
    )


def _text(text: str) -> str:
    return f'<w:t xml:space="preserve">{escape(printable(text))}</w:t>'


def _run(content: str) -> Any:
    return parse_xml(f"<w:r {nsdecls('w')}>{content}</w:r>")
