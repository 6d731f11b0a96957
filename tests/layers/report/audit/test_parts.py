"""Parts, wholes, sums and shares."""

import pytest

from tests.layers.report.audit.made import figure, found, graded


def test_a_part_larger_than_its_whole() -> None:
    assert graded(figure("a.whole", 40), figure("a.part", 41, part_of="a.whole")) == [("parts_within_wholes", "error")]


def test_a_part_as_large_as_its_whole_is_no_error() -> None:
    assert graded(figure("a.whole", 40), figure("a.part", 40, part_of="a.whole")) == []


def test_a_part_in_another_unit_is_compared_after_conversion() -> None:
    # 48,998 wan yuan are 4.8998 yi yuan
    whole, part = figure("a.whole", "4.90", "yi_yuan"), figure("a.part", 48998, "wan_yuan", part_of="a.whole")
    assert graded(whole, part) == []
    assert graded({**whole, "value": "4.8"}, part) == [("parts_within_wholes", "error")]


def test_a_part_ten_thousand_times_too_large_hints_at_the_unit() -> None:
    (finding,) = found(figure("a.whole", 40, "yuan"), figure("a.part", 39, "wan_yuan", part_of="a.whole"))
    assert "万" in finding.zh


def test_a_rounded_part_may_exceed_its_rounded_whole() -> None:
    # 4.9 may be 4.94, and 4.94 may be 4.935
    assert graded(figure("a.whole", "4.9", "yi_yuan"), figure("a.part", "4.94", "yi_yuan", part_of="a.whole")) == []


def test_parts_that_exclude_one_another() -> None:
    parts = [figure(f"a.p{n}", n, part_of="a.whole", split="kind") for n in (20, 21)]
    assert graded(figure("a.whole", 41), *parts) == []
    assert graded(figure("a.whole", 40), *parts) == [("disjoint_parts", "error")]


def test_parts_that_may_overlap_may_exceed_their_whole_together() -> None:
    parts = [figure(f"a.p{n}", n, part_of="a.whole") for n in (20, 21)]
    assert graded(figure("a.whole", 40), *parts) == []


def test_shares_that_exclude_one_another() -> None:
    shares = [figure(f"a.s{n}", n, "percent", part_of="a.whole", split="kind") for n in (60, 42)]
    assert graded(figure("a.whole", 1000), *shares) == [("shares_within_hundred", "error")]


def test_shares_rounded_up_may_add_up_to_a_little_more_than_all() -> None:
    # 50.5 + 49.5 would print as 51 + 50
    shares = [figure(f"a.s{n}", n, "percent", part_of="a.whole", split="kind") for n in (51, 50)]
    assert graded(figure("a.whole", 1000), *shares) == []


def test_a_share_beyond_all() -> None:
    assert ("shares_within_hundred", "error") in graded(
        figure("a.whole", 1000), figure("a.share", 102, "percent", part_of="a.whole")
    )


def test_a_share_beyond_all_is_shown_as_such() -> None:
    findings = found(figure("a.whole", 1000), figure("a.share", 102, "percent", part_of="a.whole"))
    assert "102 % > 100 %" in {finding.sum.en for finding in findings}


def test_a_sum() -> None:
    parts = [figure("a.p1", 18, "person"), figure("a.p2", 27, "person"), figure("a.p3", 16, "person")]
    total = figure("a.total", 61, "person", sum_of=["a.p1", "a.p2", "a.p3"])
    assert graded(*parts, total) == []
    (finding,) = found(*parts, {**total, "value": "62"})
    assert (finding.rule, finding.severity.value) == ("sums", "error")
    assert finding.sum.en == "18 persons + 27 persons + 16 persons = 61 persons, printed 62 persons"


def test_a_sum_of_rounded_parts_may_differ_by_their_rounding() -> None:
    # 1.4 + 2.4 + 3.4 = 7.2
    parts = [figure(f"a.p{n}", n, "wan_yuan") for n in (1, 2, 3)]
    total = figure("a.total", 7, "wan_yuan", sum_of=["a.p1", "a.p2", "a.p3"])
    assert graded(*parts, total) == []
    assert graded(*parts, {**total, "value": "9"}) == [("sums", "error")]


@pytest.mark.parametrize(("printed", "grades"), [("11.72", []), ("10.72", ["error"]), ("11.73", ["note"])])
def test_a_share_of_a_count(printed: str, grades: list[str]) -> None:
    # 413 / 3523 = 11.7230 %; 11.73 is 0.7 of a unit of the last digit away
    figures = (
        figure("a.whole", 3523),
        figure("a.count", 413, part_of="a.whole"),
        figure("a.share", printed, "percent", share_of="a.count", part_of="a.whole"),
    )
    assert [each.severity for each in found(*figures) if each.rule == "shares_of_counts"] == grades


def test_a_share_that_was_cut_off_is_noted_only() -> None:
    # 2 / 3 = 66.666...
    figures = (
        figure("a.whole", 3),
        figure("a.count", 2, part_of="a.whole"),
        figure("a.share", "66.6", "percent", share_of="a.count", part_of="a.whole"),
    )
    assert {each.severity.value for each in found(*figures)} == {"note"}


def test_a_share_of_a_count_and_more_is_open() -> None:
    # 1,980 to 1,990 of 2,000 are 99 to 99.5 %
    figures = (
        figure("a.whole", 2000),
        figure("a.count", 1980, qualifier="余", part_of="a.whole"),
        figure("a.share", "99.3", "percent", share_of="a.count", part_of="a.whole"),
    )
    assert graded(*figures) == []
