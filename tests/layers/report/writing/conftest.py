"""One written report of the sample township in each language, read back by the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.report import read_report
from layers.report.writing import composed, write_report
from layers.report.writing.blocks import Paper
from layers.store import Store
from tests.layers.report.conftest import township

__all__ = ["township"]


@pytest.fixture(scope="session")
def paper(township: Store) -> Paper:
    return composed(township, read_report(2024), language="zh")


@pytest.fixture(scope="session")
def english(township: Store) -> Paper:
    return composed(township, read_report(2024), language="en")


@pytest.fixture(scope="session")
def docx_file(paper: Paper, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("written") / "report.docx"
    write_report(paper, path)
    return path


@pytest.fixture(scope="session")
def xlsx_file(paper: Paper, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("written") / "report.xlsx"
    write_report(paper, path)
    return path
