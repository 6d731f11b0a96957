"""Percentages that no whole number gives."""

import pytest

from tests.layers.report.audit.made import figure, found, graded


def of(base: int, printed: str) -> list[tuple[str, str]]:
    return graded(figure("a.whole", base), figure("a.share", printed, "percent", part_of="a.whole"))


@pytest.mark.parametrize(
    ("base", "printed"),
    [(3, "33.33"), (3, "33"), (7, "14.3"), (3523, "35.11"), (8, "62.5"), (8, "63"), (46, "100"), (46, "0")],
)
def test_what_a_whole_number_gives_is_left_alone(base: int, printed: str) -> None:
    assert of(base, printed) == []


def test_a_half_may_be_rounded_either_way() -> None:
    # 1 / 8 = 12.5 %
    assert of(8, "13") == of(8, "12") == []


def test_what_is_cut_off_is_noted() -> None:
    # 2 / 3 = 66.67 %
    assert of(3, "66.66") == [("possible_percentages", "note")]


def test_what_is_near_to_a_possible_percentage_is_a_warning() -> None:
    # of 3,523: 97.729 and 97.758
    assert of(3523, "97.74") == [("possible_percentages", "warning")]


def test_what_is_far_from_all_possible_percentages_is_an_error() -> None:
    # of 12: 75 and 83.33, 1.67 from 81.67: 167 units of the last digit
    assert of(12, "81.67") == [("possible_percentages", "error")]


@pytest.mark.parametrize(("base", "printed"), [(10_000, "97.74"), (100, "97"), (1000, "97.7")])
def test_a_base_too_large_for_the_precision_gives_everything(base: int, printed: str) -> None:
    assert of(base, printed) == []


def test_a_base_and_more_cannot_be_tested() -> None:
    assert graded(figure("a.whole", 12, qualifier="余"), figure("a.share", "81.67", "percent", part_of="a.whole")) == []


def test_a_share_above_is_not_tested() -> None:
    share = figure("a.share", "81.67", "percent", part_of="a.whole", qualifier="超")
    assert graded(figure("a.whole", 12), share) == []


def test_a_measured_base_has_no_grains() -> None:
    assert graded(figure("a.whole", 12, "mu"), figure("a.share", "81.67", "percent", part_of="a.whole")) == []


def test_the_chance_is_told() -> None:
    # 3,524 of the 10,001 percentages of two digits: 35 %
    (finding,) = found(figure("a.whole", 3523), figure("a.share", "97.74", "percent", part_of="a.whole"))
    assert "35 %" in finding.en


@pytest.mark.parametrize(("count", "printed"), [(9, "90"), (8, "89"), (8, "88.89"), (2, "67")])
def test_a_count_that_has_the_rate_of_a_whole_number(count: int, printed: str) -> None:
    assert graded(figure("a.count", count), figure("a.rate", printed, "percent", share_of="a.count")) == []


def test_a_count_that_has_the_rate_of_no_whole_number() -> None:
    assert graded(figure("a.count", 8), figure("a.rate", 90, "percent", share_of="a.count")) == [
        ("possible_wholes", "warning")
    ]
