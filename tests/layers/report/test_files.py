"""Are mistakes in a report's file named by file, line, figure and key?"""

from pathlib import Path

import pytest

from layers.errors import ReportError, UnknownYear
from layers.report import UnknownFigure, parse_report, read_report, read_report_file, report_before

HEAD = """year = 2030
title_zh = "报告"
title_en = "Report"

[[sections]]
id = "all"
title_zh = "全部"
title_en = "All"
"""


def text_of(*figures: str) -> str:
    """A report of the given figures; each begins on a line of its own after the eight of the head."""
    return HEAD + "".join(
        f'[[figures]]\nname_zh = "数"\nname_en = "number"\nperiod = "2030"\nsection = "all"\ntopic = "t"\n{figure}\n'
        for figure in figures
    )


def test_a_report_is_read_from_its_text() -> None:
    report = parse_report(text_of('code = "a.b"\nvalue = "5.0"\nunit = "mu"'), place="x.toml")
    assert [(figure.code, figure.value) for figure in report.figures] == [("a.b", "5.0")]


def test_the_place_of_a_figure_is_its_file_and_line() -> None:
    report = parse_report(
        text_of('code = "a.b"\nvalue = "5"\nunit = "mu"', 'code = "a.c"\nvalue = "5"\nunit = "mu"'), place="x.toml"
    )
    # nine lines of head and nine of the first figure
    assert (report.place("a.b"), report.place("a.c")) == ("x.toml:9", "x.toml:18")


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        ('code = "a.b"\nvalue = "many"\nunit = "mu"', "not a number"),
        ('code = "a.b"\nvalue = "NaN"\nunit = "mu"', "not a number"),
        ('code = "a.b"\nvalue = "Infinity"\nunit = "mu"', "not a number"),
        ('code = "a.b"\nvalue = "1e99999999"\nunit = "mu"', "not a number"),
        ('code = "a.b"\nvalue = "5"\nunit = "acre"', "unknown unit 'acre'"),
        ('code = "a.b"\nvalue = "5"\nunit = "mu"\ncolour = "red"', "colour"),
        ('code = "a.b"\nvalue = "5"\nunit = "mu"\nqualifier = "约"', "qualifier"),
        ('code = "a.b"\nvalue = "5"\nunit = "mu"\ncounted = false', "counted"),
    ],
)
def test_a_wrong_figure_is_named_with_its_line(figure: str, message: str) -> None:
    with pytest.raises(ReportError, match=message) as caught:
        parse_report(text_of(figure), place="x.toml")
    assert caught.value.place == "x.toml:9"


@pytest.mark.parametrize("key", ['part_of = "a.x"', 'rate_of = ["a.x", "a.b"]', 'sum_of = ["a.x"]', 'same_as = "a.b"'])
def test_a_reference_to_no_other_figure_is_refused(key: str) -> None:
    with pytest.raises(ReportError, match="no other figure"):
        parse_report(text_of(f'code = "a.b"\nvalue = "5"\nunit = "mu"\n{key}'), place="x.toml")


def test_text_that_is_no_toml_is_refused_with_its_line() -> None:
    with pytest.raises(ReportError, match="line 2"):
        parse_report("year = 2030\n一、工作总结", place="x.toml")


@pytest.mark.parametrize("text", ["a = " + "[" * 20_000, "year = " + "9" * 5_000], ids=["deep", "long"])
def test_toml_too_deep_or_with_numbers_too_long_is_refused(text: str) -> None:
    with pytest.raises(ReportError, match=r"x\.toml"):
        parse_report(text, place="x.toml")


def test_toml_that_is_no_report_is_refused() -> None:
    with pytest.raises(ReportError, match="year"):
        parse_report("[project]\nname = 'x'", place="x.toml")


def test_figures_that_are_no_tables_are_refused() -> None:
    with pytest.raises(ReportError):
        parse_report(HEAD.replace("[[sections]]", "figures = [1]\n[[sections]]"), place="x.toml")


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "draft.toml"
    path.write_text(text_of(), "utf-8")
    with pytest.raises(ReportError, match="figures"):
        read_report_file(path)
    path.write_text(text_of('code = "a.b"\nvalue = "5"\nunit = "mu"'), "utf-8")
    assert read_report_file(path).year == 2030


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(ReportError, match="cannot be read"):
            read_report_file(path)


def test_a_year_without_report_names_the_years() -> None:
    with pytest.raises(UnknownYear) as caught:
        read_report(1999)
    assert "2024" in caught.value.remedy_en


def test_the_first_report_has_none_before() -> None:
    assert report_before(read_report(2024)) is None


def test_an_unknown_figure_names_those_of_its_topic() -> None:
    with pytest.raises(UnknownFigure) as caught:
        read_report(2024).figure("grids.cell")
    assert "grids.cells" in caught.value.remedy_en
