"""How does a written report become a file?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gis.errors import FormatError
from gis.formats.writing import appearing
from layers.errors import ExportRefused
from layers.report.writing import document, workbook
from layers.report.writing.blocks import Paper

WRITERS: dict[str, Callable[[Path, Paper], None]] = {".docx": document.write, ".xlsx": workbook.write}
"""Suffix -> what writes a paper to a path that does not exist yet."""


def suffix_of(out: Path) -> str:
    """The suffix of `out`; raises FormatError unless there is a writer for it."""
    suffix = out.suffix.lower()
    if suffix not in WRITERS:
        raise FormatError(
            f"报告不能写成“{suffix or '无后缀'}”文件。", f"A report is not written as {suffix or '(no suffix)'}.",
            place=str(out),
            remedy_zh=f"后缀可用：{'、'.join(WRITERS)}。", remedy_en=f"Suffixes: {', '.join(WRITERS)}.",
        )  # fmt: skip
    return suffix


def write_report(paper: Paper, out: Path, *, overwrite: bool = False) -> None:
    """Writes `paper` to `out` in the format of its suffix, whole or not at all.

    Raises FormatError for another suffix and a place that cannot be written in, ExportRefused where `out` exists and
    `overwrite` is not set.
    """
    writer = WRITERS[suffix_of(out)]
    if out.exists() and not overwrite:
        raise ExportRefused(
            "文件已存在。", "The file exists already.", place=str(out),
            remedy_zh="换一个文件名，或加 --overwrite。", remedy_en="Choose another name, or add --overwrite.",
        )  # fmt: skip
    with appearing(out) as path:
        writer(path, paper)
