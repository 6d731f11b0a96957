"""Is the workbook one that people can count in?"""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from layers.report import read_report
from layers.report.writing import write_report
from layers.report.writing.blocks import Amount, Column, Group, Paper, Part, Table


@pytest.fixture(scope="module")
def sheet(xlsx_file: Path) -> Any:
    return openpyxl.load_workbook(xlsx_file)["报告数据"]


def test_every_figure_is_a_row_under_one_head(sheet: Any) -> None:
    assert sheet.max_row == 4 + len(read_report(2024).figures)


def test_stated_values_are_numbers_with_their_decimals(sheet: Any) -> None:
    output = next(row for row in sheet.iter_rows(min_row=5) if row[1].value == "规模以上工业总产值")
    assert (output[2].value, output[2].number_format) == (222740.23, "#,##0.00")


def test_a_qualifier_leaves_a_number_a_number(sheet: Any) -> None:
    transferred = next(row for row in sheet.iter_rows(min_row=5) if row[1].value == "稻田流转土地")
    assert (transferred[2].value, transferred[2].number_format) == (2500, '#,##0"余"')


def test_the_head_stays_and_filters(sheet: Any) -> None:
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C5", f"A4:I{sheet.max_row}")


def test_charts_are_the_spreadsheets_own(xlsx_file: Path) -> None:
    with zipfile.ZipFile(xlsx_file) as package:
        charts = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
        pictures = [name for name in package.namelist() if name.startswith("xl/media/")]
    assert len(charts) >= 6
    assert len(pictures) == 4


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-2", "@SUM(A1)", '=HYPERLINK("http://x")', "http://example.com"])
def test_text_is_never_a_formula_nor_a_link(tmp_path: Path, text: str) -> None:
    table = Table("t", (Column("a", 20),), (Group("", ((text,),)),))
    write_report(Paper("zh", "x", "y", "", (Part("p", (table,)),)), tmp_path / "x.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx")["p"]["A4"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_numbers_beyond_fifteen_digits_keep_all_of_them(tmp_path: Path) -> None:
    table = Table("t", (Column("a", 20),), (Group("", ((Amount(Decimal("1234567890123456.5")),),)),))
    write_report(Paper("zh", "x", "y", "", (Part("p", (table,)),)), tmp_path / "x.xlsx")
    assert openpyxl.load_workbook(tmp_path / "x.xlsx")["p"]["A4"].value == "1,234,567,890,123,456.5"
