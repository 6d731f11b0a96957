"""What is wrong inside a report, before it is sent?"""

from __future__ import annotations

from layers.report.audit.finding import Case, Finding, Rule, Severity
from layers.report.audit.granularity import possible_percentages, possible_wholes
from layers.report.audit.growth import bases_of_parts, growth_of_values, implied_bases
from layers.report.audit.kinds import units_of_relations
from layers.report.audit.parts import disjoint_parts, parts_within_wholes, shares_of_counts, shares_within_hundred, sums
from layers.report.audit.plausible import Plausible, plausible
from layers.report.audit.rates import grain_basis, plausible_quotients, printed_rates
from layers.report.audit.repetition import qualifiers_alone, qualifiers_and_values, same_thing_twice
from layers.report.audit.years import jumps, repeated_digits, restated_values, same_units_as_before
from layers.report.figures import Report

__all__ = ["RULES", "Finding", "Severity", "audit"]

RULES: dict[str, Rule] = {
    "parts_within_wholes": parts_within_wholes,
    "shares_within_hundred": shares_within_hundred,
    "disjoint_parts": disjoint_parts,
    "sums": sums,
    "shares_of_counts": shares_of_counts,
    "possible_percentages": possible_percentages,
    "possible_wholes": possible_wholes,
    "growth_of_values": growth_of_values,
    "implied_bases": implied_bases,
    "bases_of_parts": bases_of_parts,
    "printed_rates": printed_rates,
    "plausible_quotients": plausible_quotients,
    "grain_basis": grain_basis,
    "units_of_relations": units_of_relations,
    "same_thing_twice": same_thing_twice,
    "qualifiers_and_values": qualifiers_and_values,
    "qualifiers_alone": qualifiers_alone,
    "same_units_as_before": same_units_as_before,
    "restated_values": restated_values,
    "jumps": jumps,
    "repeated_digits": repeated_digits,
}
"""Name -> the rule of that name; the first line of its docstring says what it finds."""


def audit(report: Report, before: Report | None = None, limits: Plausible | None = None) -> list[Finding]:
    """What the rules find in `report`: errors first, then warnings and notes, each in the report's order.

    `before` is the report of the year before; rules over two years say nothing without it. `limits` are the thresholds,
    those of data/report/plausible.toml unless given. Raises ReportError where that file is wrong.
    """
    case = Case(report, before, limits or plausible())
    order = {code: number for number, code in enumerate(report.by_code)}
    grades = list(Severity)
    return sorted(
        (finding for rule in RULES.values() for finding in rule(case)),
        key=lambda finding: (grades.index(finding.severity), order[finding.figures[0]]),
    )
