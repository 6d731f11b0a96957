"""A year against the year before."""

from tests.layers.report.audit.made import figure, found, graded, last_year


def test_a_jump_without_a_growth_to_explain_it() -> None:
    assert graded(figure("a.b", 600), before=last_year(figure("a.b", 100))) == [("jumps", "warning")]
    assert graded(figure("a.b", 100), before=last_year(figure("a.b", 600))) == [("jumps", "warning")]
    assert graded(figure("a.b", 400), before=last_year(figure("a.b", 100))) == []


def test_a_jump_that_a_growth_explains() -> None:
    rise = figure("a.rise", 500, "percent", growth_of="a.b")
    assert graded(figure("a.b", 600), rise, before=last_year(figure("a.b", 100))) == []


def test_small_counts_may_jump() -> None:
    assert graded(figure("a.b", 12), before=last_year(figure("a.b", 1))) == []


def test_a_jump_of_fifteen_times_hints_at_hectares() -> None:
    (finding,) = found(figure("a.b", 1500, "mu"), before=last_year(figure("a.b", 100, "mu")))
    assert "公顷" in finding.zh


def test_another_unit_of_the_same_kind_is_converted() -> None:
    # 100 ha = 1,500 mu
    assert graded(figure("a.b", 1500, "mu"), before=last_year(figure("a.b", 100, "ha"))) == []


def test_another_kind_of_unit() -> None:
    assert graded(figure("a.b", 1500, "mu"), before=last_year(figure("a.b", 100, "kg"))) == [
        ("same_units_as_before", "error")
    ]


def test_the_very_digits_of_last_year() -> None:
    assert graded(figure("a.b", "40.44", "yi_yuan"), before=last_year(figure("a.b", "40.44", "yi_yuan"))) == [
        ("repeated_digits", "note")
    ]
    assert graded(figure("a.b", 1500, "mu"), before=last_year(figure("a.b", 1500, "mu"))) == []


def test_last_years_value_told_otherwise() -> None:
    figures = (figure("a.b", 110), figure("a.was", 100, period="2029", previous_of="a.b"))
    assert graded(*figures, before=last_year(figure("a.b", 100))) == []
    assert graded(*figures, before=last_year(figure("a.b", 101))) == [("restated_values", "warning")]


def test_figures_that_were_not_there_last_year_are_left_alone() -> None:
    assert graded(figure("a.b", 600), before=last_year(figure("a.c", 100))) == []
