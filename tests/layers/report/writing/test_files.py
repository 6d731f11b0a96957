"""Does a report appear whole or not at all?"""

from __future__ import annotations

from pathlib import Path

import pytest

from gis.errors import FormatError
from layers.errors import ExportRefused
from layers.report.writing import WRITERS, write_report
from layers.report.writing.blocks import Paper, Paragraph, Part

PAPER = Paper("zh", "报告", "", "", (Part("概要", (Paragraph("一句话。"),)),))


@pytest.mark.parametrize("name", ["report.pdf", "report", "report.doc"])
def test_another_suffix_is_refused_with_the_choices(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatError, match=r"\.docx, \.xlsx"):
        write_report(PAPER, tmp_path / name)


@pytest.mark.parametrize("name", ["report.docx", "report.XLSX"])
def test_a_file_that_is_there_is_not_replaced_unasked(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(ExportRefused, match="--overwrite"):
        write_report(PAPER, tmp_path / name)
    assert (tmp_path / name).read_text() == "mine"


def test_it_is_replaced_when_asked(tmp_path: Path) -> None:
    (tmp_path / "report.docx").write_text("mine")
    write_report(PAPER, tmp_path / "report.docx", overwrite=True)
    assert (tmp_path / "report.docx").read_bytes().startswith(b"PK")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"report\.docx"):
        write_report(PAPER, tmp_path / "nowhere" / "report.docx")


def test_nothing_is_left_of_a_report_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, _: Paper) -> None:
        path.write_bytes(b"half")
        raise FormatError("坏", "broken")

    monkeypatch.setitem(WRITERS, ".docx", fail)
    with pytest.raises(FormatError):
        write_report(PAPER, tmp_path / "report.docx")
    assert list(tmp_path.iterdir()) == []
