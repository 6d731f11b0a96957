"""What must the audit find in the report of 2024, and what must it leave alone?"""

from layers.report import read_report
from layers.report.audit import RULES, Finding, Severity, audit

FOUND = audit(read_report(2024))


def of(rule: str, code: str) -> Finding:
    (finding,) = [each for each in FOUND if each.rule == rule and each.figures[0] == code]
    return finding


def test_the_share_of_property_management_is_not_413_of_3523() -> None:
    finding = of("shares_of_counts", "hotline.share_property")
    # 413 / 3523 = 0.117230...; 413 / 0.10725 = 3850.8, 413 / 0.10715 = 3854.4
    assert finding.severity is Severity.ERROR
    assert finding.sum.en == "413 / 3523 = 11.72 %, printed 10.72 %"
    assert "3854" in finding.en
    assert set(finding.figures) == {"hotline.share_property", "hotline.property_orders", "hotline.orders"}


def test_five_collective_petitions_with_20_persons_have_four_each() -> None:
    finding = of("plausible_quotients", "petitions.group_visitors")
    assert finding.severity is Severity.ERROR
    assert finding.sum.zh == "20人次 / 5批次 = 4 人次"
    assert "五人" in finding.zh


def test_percentages_of_3523_orders_are_graded() -> None:
    # between 3443 / 3523 = 97.7292 and 3444 / 3523 = 97.7576, and so on; 3494 / 3523 = 99.1768 is 99.17 when cut off
    grades = {each.figures[0]: each.severity.value for each in FOUND if each.rule == "possible_percentages"}
    assert grades == {
        "hotline.response_rate": "note",
        "hotline.resolution_rate": "warning",
        "hotline.satisfaction_rate": "warning",
        "hotline.share_urban": "warning",
        "hotline.share_property": "note",
    }


def test_a_percentage_that_a_whole_number_gives_is_left_alone() -> None:
    # 1237 / 3523 = 35.112 %
    assert "hotline.share_agriculture" not in {code for each in FOUND for code in each.figures}


def test_eight_old_cases_are_ninety_per_cent_of_no_number() -> None:
    finding = of("possible_wholes", "petitions.old_cases_settled_rate")
    assert finding.sum.en == "8 / 8 = 100 %; 8 / 9 = 88.89 %, printed 90 %"


def test_the_basis_of_the_rice_is_asked_for() -> None:
    finding = of("grain_basis", "paddy.output")
    # 960 / 0.70 = 1371.4, 960 / 0.65 = 1476.9
    assert finding.severity is Severity.NOTE
    assert "960" in finding.sum.en
    assert "1371–1477" in finding.en


def test_nothing_else_is_found() -> None:
    # growths, the 0.201 m of the flower valley, 960 jin a mu and the mean of all visits are plausible
    assert len(FOUND) == 9


def test_errors_come_first() -> None:
    grades = [list(Severity).index(finding.severity) for finding in FOUND]
    assert grades == sorted(grades)


def test_every_finding_names_its_rule_and_speaks_both_languages() -> None:
    for finding in FOUND:
        assert finding.rule in RULES
        assert finding.zh
        assert finding.en
        assert finding.sum.zh
        assert finding.sum.en


def test_every_rule_says_what_it_finds() -> None:
    assert [name for name, rule in RULES.items() if not rule.__doc__ or rule.__name__ != name] == []
