"""A machine without any Chinese font: is the report still whole, and nothing in it a box?"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from layers.drawing import lettering
from layers.drawing.lettering import LATIN
from layers.report import read_report
from layers.report.writing import composed, write_report
from layers.report.writing.blocks import Map
from layers.store import Store


def test_pictures_are_lettered_in_english_with_a_key_in_the_text(
    township: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A glyph that a font lacks is a warning of matplotlib's, and warnings are errors here."""
    monkeypatch.setattr(import_module("layers.drawing.lettering"), "_installed", lambda: (LATIN,))
    assert lettering("zh").language == "en"
    paper = composed(township, read_report(2024), language="zh")
    maps = [block for part in paper.parts for block in part.blocks if isinstance(block, Map)]
    assert all(len(each.picture.key) == township.count("villages") for each in maps)
    assert maps[0].title == "产业集聚区"
    write_report(paper, tmp_path / "report.docx")
    write_report(paper, tmp_path / "report.xlsx")
