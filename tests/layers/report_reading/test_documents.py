"""Is the same text read from txt, docx and pdf, and is every other file refused by name?"""

from __future__ import annotations

import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from layers.errors import ReportError
from layers.report.reading import read_file, text_of
from layers.report.reading.documents import unwrapped
from tests.layers.report_reading.files import BODY, docx, paragraphs, pdf, table

VALUES = ["40.5", "6.5", "820", "3102", "100", "98.6", "48", "205", "31"]


def values(path: Path) -> list[str]:
    return [figure.value for figure in read_file(path).figures]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "总结.txt"
    path.write_bytes(BODY.replace("\n", "\r\n").encode(encoding))
    assert values(path) == VALUES
    assert text_of(path) == BODY


def test_a_word_document(tmp_path: Path) -> None:
    assert values(docx(tmp_path / "总结.docx", paragraphs(BODY))) == VALUES


def test_a_row_of_a_table_is_one_line(tmp_path: Path) -> None:
    path = docx(tmp_path / "总结.docx", paragraphs(BODY) + table(("新建道路", "12公里"), ("修桥", "3座")))
    assert text_of(path).endswith("新建道路\t12公里\n修桥\t3座")


def test_deleted_text_and_fallbacks_are_not_read(tmp_path: Path) -> None:
    again = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    gone = "<w:p><w:del><w:r><w:delText>9999亩</w:delText></w:r></w:del>"
    gone += f'<m:Fallback xmlns:m="{again}"><w:r><w:t>8888亩</w:t></w:r></m:Fallback></w:p>'
    assert values(docx(tmp_path / "总结.docx", paragraphs(BODY) + gone)) == VALUES


def test_a_pdf_with_text(tmp_path: Path) -> None:
    assert values(pdf(tmp_path / "总结.pdf", BODY.splitlines())) == VALUES


def test_lines_that_a_page_broke_are_joined() -> None:
    broken = (
        "一、主要工作\n全年完成固定资产投资四十亿元，同比\n增长百分之六，增速位居全区前列，连\n"
        "续三年保持。\n- 3 -\n（二）农业\n"
    )
    joined = (
        "一、主要工作\n全年完成固定资产投资四十亿元，同比增长百分之六，增速位居全区前列，连续三年保持。\n（二）农业"
    )
    assert unwrapped(broken) == joined


def test_a_scanned_pdf_asks_for_text(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"(?s)扫描件.*OCR"):
        read_file(pdf(tmp_path / "扫描.pdf", []))


def test_an_entity_is_refused(tmp_path: Path) -> None:
    head = '<!DOCTYPE d [<!ENTITY a "3亩">]>'
    with pytest.raises(ReportError, match="DOCTYPE"):
        read_file(docx(tmp_path / "总结.docx", paragraphs(BODY), head=head))


def test_a_document_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (61 << 20))
    with pytest.raises(ReportError, match="60 MB"):
        read_file(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("总结.docx", b"PK\x03\x04 no zip"),
        ("总结.docx", "名为 docx 的文本".encode()),
        ("总结.pdf", b"%PDF-1.7\nnothing"),
        ("总结.pdf", b""),
        ("总结.txt", b"\x00\x01\x02" * 50),
        ("总结.txt", b""),
        ("总结.txt", b"The quick brown fox has 12 legs in 2024."),
        ("总结.doc", b"\xd0\xcf\x11\xe0"),
        ("总结.xlsx", b"PK\x03\x04"),
        ("总结", b"text"),
        ("诗.txt", ("春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。" * 5).encode()),
    ],
)
def test_a_file_that_is_no_report_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ReportError) as caught:
        read_file(path)
    assert caught.value.place == str(path)
    assert caught.value.zh
    assert caught.value.remedy_zh
    assert caught.value.remedy_en


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"没有\.txt"):
        read_file(tmp_path / "没有.txt")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "夹.txt").mkdir()
    with pytest.raises(ReportError):
        read_file(tmp_path / "夹.txt")


@pytest.mark.parametrize("suffix", [".pdf", ".docx"])
@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, suffix: str, seed: int) -> None:
    path = tmp_path / f"总结{suffix}"
    if suffix == ".pdf":
        pdf(path, BODY.splitlines())
    else:
        docx(path, paragraphs(BODY))
    content, chance = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(20):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(bytes(content[: chance.randrange(len(content) // 2, len(content))] if seed % 2 else content))
    assert read_or_refused(path)


def read_or_refused(path: Path) -> bool:
    """Whether `path` was read, or refused under its name."""
    try:
        return bool(read_file(path, 2030).figures)
    except ReportError as error:
        return error.place == str(path)


def test_the_pdf_library_writes_no_warnings_of_its_own(tmp_path: Path) -> None:
    """In a process of its own, since pytest takes every warning that is logged."""
    path = tmp_path / "照片.pdf"
    path.write_bytes(b"\x89PNG\r\n")
    lines = f"from layers.report.reading.documents import PdfReader\nPdfReader({str(path)!r})"
    found = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=False)
    assert "PdfStreamError" in found.stderr
    assert not found.stderr.startswith(("EOF", "invalid"))
