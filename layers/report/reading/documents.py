"""What text does a report's file hold?"""

from __future__ import annotations

import logging
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from gis.errors import FormatError
from gis.formats.encodings import text_of as decoded_text
from layers.errors import ReportError
from layers.report.reading.model import Reading
from layers.report.reading.text import read_text

MOST_BYTES = 30 << 20
"""A larger file is no report: its text would be as long as a library."""

MOST_XML_BYTES = 60 << 20
MOST_PAGES = 400
MOST_CHARACTERS = 200_000
FEWEST_HAN = 60
"""A text with fewer Chinese characters is no report."""

FEWEST_HAN_A_PAGE = 10
"""Pages with fewer characters on average are pictures of a text."""

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
logging.getLogger("pypdf").addHandler(logging.NullHandler())  # its warnings end in our refusal, not on the terminal

_PDF_FAULTS = (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OSError,
               AssertionError, ArithmeticError, NotImplementedError, MemoryError, LookupError)  # fmt: skip
"""What pypdf 7 raises on malformed files, beyond its own errors."""


def read_file(path: Path, year: int | None = None) -> Reading:
    """The figures of the report in the file `path` (txt, docx or pdf with text); offsets count in `text_of` it.

    `year` is the year reported on; without it, it is read from the text. Raises ReportError naming the file for one
    that cannot be read, a scanned PDF, and a text that is no report.
    """
    text = text_of(path)
    try:
        return read_text(text, year)
    except ReportError as error:
        error.place = error.place or str(path)
        raise


def text_of(path: Path) -> str:
    """The text of `path`: UTF-8 or GB18030 text, the paragraphs of a Word document, or the text of a PDF.

    Raises ReportError naming the file for another format, a damaged, locked or scanned one, and one not in Chinese.
    """
    reader = READERS.get(path.suffix.lower())
    if not reader:
        raise _refused(
            path, f"不支持 {path.suffix or '无后缀'} 文件。", f"Files of type {path.suffix or '(none)'} are not read.",
            f"请另存为 {'、'.join(READERS)}。", f"Save it as {', '.join(READERS)}.",
        )  # fmt: skip
    try:
        size = path.stat().st_size
        text = reader(path) if size <= MOST_BYTES else None
    except OSError as error:
        raise _refused(
            path, f"无法读取文件：{error.strerror}。", f"The file cannot be read: {error.strerror}.",
            "请检查路径和权限。", "Check the path and the permissions.",
        ) from error  # fmt: skip
    if text is None or len(text) > MOST_CHARACTERS:
        raise _refused(
            path, "文件过大，不像是工作报告。", "The file is too large for a report.",
            "请只给出报告正文。", "Give the text of the report alone.",
        )  # fmt: skip
    if _han(text) < FEWEST_HAN:
        raise _refused(
            path, "文件中几乎没有中文正文，不是工作报告。", "The file holds hardly any Chinese text: it is no report.",
            "请确认选对了文件，编码为 UTF-8 或 GB18030。", "Check that it is the right file, in UTF-8 or GB18030.",
        )  # fmt: skip
    return text


def _plain_text(path: Path) -> str:
    try:
        text, _ = decoded_text(path)
    except FormatError as error:
        raise ReportError(error.zh, error.en, place=str(path)) from error
    if "\0" in text:
        raise _damaged(path, "不是文本文件", "it is no text file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _docx_text(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive, archive.open("word/document.xml") as member:
            xml = member.read(MOST_XML_BYTES + 1)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        KeyError,
        RuntimeError,
        EOFError,
        ValueError,
        zlib.error,
    ) as error:
        raise _damaged(path, "不是 Word 文档，或已加密、损坏", "no Word document, or locked or broken") from error
    except NotImplementedError as error:
        raise _damaged(path, "压缩方式不支持", "its compression is not supported") from error
    if len(xml) > MOST_XML_BYTES:
        raise _damaged(path, f"正文超过 {MOST_XML_BYTES >> 20} MB", f"its text is over {MOST_XML_BYTES >> 20} MB")
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or b"\0" in xml:
        raise _damaged(path, "XML 中含有 DOCTYPE 或实体声明，出于安全已拒绝", "its XML declares a DOCTYPE or entities")
    try:
        root = ElementTree.fromstring(xml)
        return "\n".join(_paragraphs(root))
    except (ElementTree.ParseError, RecursionError) as error:
        raise _damaged(path, "正文不是有效的 XML", "its text is no valid XML") from error


def _paragraphs(element: ElementTree.Element) -> Iterator[str]:
    """The paragraphs below `element`, the cells of a table row in one line."""
    for child in element:
        if child.tag == f"{_WORD}p":
            yield "".join(_runs(child))
        elif child.tag == f"{_WORD}tr":
            yield "\t".join(" ".join(_paragraphs(cell)) for cell in child if cell.tag == f"{_WORD}tc")
        elif child.tag not in {_FALLBACK, f"{_WORD}del"}:
            yield from _paragraphs(child)


def _runs(element: ElementTree.Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_WORD}t":
            yield child.text or ""
        elif child.tag in _SPACES:
            yield _SPACES[child.tag]
        elif child.tag not in {_FALLBACK, f"{_WORD}del"}:
            yield from _runs(child)


_SPACES = {f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n", f"{_WORD}noBreakHyphen": "-"}


def _pdf_text(path: Path) -> str:
    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            raise _damaged(path, "PDF 已加密", "the PDF is locked")
        pages = len(reader.pages)
        if pages > MOST_PAGES:
            raise _damaged(path, f"PDF 有 {pages} 页，上限 {MOST_PAGES}", f"it has {pages} pages; at most {MOST_PAGES}")
        text = "\n".join(page.extract_text() for page in reader.pages)
    except _PDF_FAULTS as error:
        raise _damaged(path, "不是有效的 PDF", "no valid PDF") from error
    if _han(text) < FEWEST_HAN_A_PAGE * max(1, pages):
        raise _refused(
            path, "PDF 中没有文字，可能是扫描件。", "The PDF holds no text; it may be a scan.",
            "请提供文字版 PDF 或 Word，或先做文字识别（OCR）。",
            "Give a PDF with text or a Word file, or run OCR first.",
        )  # fmt: skip
    return unwrapped(text)


_ENDS = "。；;!！?？:："
_BEGINS = re.compile(
    r"\s*(?:第?[一二三四五六七八九十]+[、.部]|[(（][一二三四五六七八九十\d]+[)）]|\d{1,2}[.、](?!\d)|[-—·]\s*\d+\s*[-—·]?\s*$)"
)
_PAGE_NUMBER = re.compile(r"\s*(?:[-—]\s*)?\d{1,3}(?:\s*[-—])?\s*")


def unwrapped(text: str) -> str:
    """`text` with the lines of a paragraph joined again, page numbers left out.

    A line goes on in the next one if it ends without a stop and is at least nearly as long as the lines are; the next
    one must not begin with the mark of a heading.
    """
    lines = [line.rstrip() for line in text.splitlines() if line.strip() and not _PAGE_NUMBER.fullmatch(line)]
    full = sorted(map(len, lines))[len(lines) * 3 // 4] * 4 // 5 if lines else 0
    joined: list[str] = []
    last = ""
    for line in lines:
        if joined and len(last) >= full and last[-1] not in _ENDS and not _BEGINS.match(line):
            joined[-1] += line.lstrip()
        else:
            joined.append(line)
        last = line
    return "\n".join(joined)


def _han(text: str) -> int:
    return len(re.findall(r"[一-鿿]", text))


def _damaged(path: Path, zh: str, en: str) -> ReportError:
    return _refused(
        path, f"文件无法使用：{zh}。", f"The file cannot be used: {en}.",
        "请重新导出为不加密的 docx、pdf 或 txt。", "Export it again as an unlocked docx, pdf or txt.",
    )  # fmt: skip


def _refused(path: Path, zh: str, en: str, remedy_zh: str, remedy_en: str) -> ReportError:
    return ReportError(zh, en, place=str(path), remedy_zh=remedy_zh, remedy_en=remedy_en)


READERS: dict[str, Callable[[Path], str]] = {".txt": _plain_text, ".docx": _docx_text, ".pdf": _pdf_text}
"""How the text of each kind of file is read."""
