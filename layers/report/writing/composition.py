"""What does the written report of a year say?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from layers.definition import Text
from layers.drawing import lettering
from layers.notice import ILLUSTRATIVE
from layers.report.audit import Finding, Severity, audit
from layers.report.closing import ClosedYear, standing_revision
from layers.report.derived import AsOf, Derived, Source, Verdict, all_derived
from layers.report.figures import QUALIFIERS, Figure, Report
from layers.report.periods import period_named
from layers.report.precision import decimals, rounded
from layers.report.units import unit
from layers.report.writing import wording as words
from layers.report.writing.blocks import (
    Amount,
    Block,
    Cell,
    Column,
    Group,
    Map,
    Mark,
    Paper,
    Paragraph,
    Part,
    Table,
    Tone,
)
from layers.report.writing.illustrations import charts, maps
from layers.store import Store
from layers.store.history import CHINA

BEFORE = ("超", "近", "不足")
"""Qualifiers that stand before the number in Chinese; in English all but two do."""

AFTER_EN = ("余", "以上")


def composed(
    store: Store,
    report: Report,
    *,
    language: str = "zh",
    before: Report | None = None,
    as_of: AsOf = None,
    closed: ClosedYear | None = None,
) -> Paper:
    """The written report: every figure, what the layers give at a revision or date, findings, charts and maps.

    `before` is the report of the year before, for the audit; `closed` the year's closing, which the summary tells of,
    and whose revision is taken unless another is asked for. Raises InvalidQuery for a
    revision that is none, StoreError; a recipe that fails stands in its row.
    """
    at = store.resolve(standing_revision(store, report.year, as_of) if closed else as_of)
    revision = store.revision() if at is None else at
    found = all_derived(store, report, as_of=at)
    findings = audit(report, before)
    pictures = maps(store, language, revision, lettering(language))
    drawn = charts(store, report.year, language, revision, lettering(language))
    parts = (
        Part(
            words.SUMMARY.get(language),
            (*_closing(closed, report, language), *_summary(store, report, found, findings, revision, language)),
        ),
        Part(words.FIGURES.get(language), tuple(_figures(report, found, language))),
        Part(words.SOURCES.get(language), tuple(_sources(report, found, store, language))),
        Part(words.AUDIT.get(language), tuple(_audit(report, findings, language))),
        Part(words.CHARTS.get(language), drawn),
        Part(words.MAPS.get(language), pictures),
    )
    shown = any(source.illustrative for each in found.values() for source in each.sources) or any(
        isinstance(block, Map) and ILLUSTRATIVE.get(language) in block.note for block in pictures
    )
    return Paper(
        language,
        Text(zh=report.title_zh, en=report.title_en).get(language),
        _state(store, revision, language),
        ILLUSTRATIVE.get(language) if shown else "",
        tuple(part for part in parts if part.blocks),
    )


def _state(store: Store, revision: int, language: str) -> str:
    made = next((each for each in store.revisions() if each.id == revision), None)
    if made is None:
        return words.EMPTY.get(language)
    return words.STATE.get(language).format(revision=revision, day=made.at.astimezone(CHINA).date().isoformat())


def _closing(closed: ClosedYear | None, report: Report, language: str) -> Iterator[Paragraph]:
    """When and by whom the year was closed, and what is no longer as it was then."""
    if closed is None:
        return
    made = closed.closing
    text = words.CLOSED.get(language).format(day=made.closed_on, who=made.who, revision=made.revision)
    yield Paragraph(text + words.CHECKSUM.get(language) + " " + closed.checksum)
    for deviation in closed.deviations:
        figure = report.by_code.get(deviation.code)
        name = _name(figure, language) if figure else deviation.code
        text = Text(zh=deviation.zh, en=deviation.en).get(language)
        yield Paragraph(f"{words.CHANGED.get(language)}{name} {text}", is_notice=True)


def _summary(
    store: Store,
    report: Report,
    found: Mapping[str, Derived],
    findings: Sequence[Finding],
    revision: int,
    language: str,
) -> Iterator[Block]:
    yield Paragraph(_state(store, revision, language) + words.TOLD_APART.get(language))
    verdicts = Counter(each.verdict for each in found.values())
    grades = Counter(each.severity for each in findings)
    rows: list[tuple[Cell, Cell]] = [
        (words.FIGURES_IN_ALL.get(language), _count(len(report.figures))),
        (words.WITH_RECIPE.get(language), _count(len(found))),
    ]
    rows += [(_mark(*words.VERDICTS[verdict], language), _count(verdicts[verdict])) for verdict in Verdict]
    for severity in Severity:
        name, tone = words.SEVERITIES[severity]
        text = words.FINDINGS.get(language).format(name.get(language))
        rows.append((Mark(text, tone), _count(grades[severity])))
    columns = (
        Column(words.COUNTED.get(language), 80),
        Column(words.NUMBER.get(language), 30, is_number=True),
    )
    yield Table(words.SUMMARY.get(language), columns, (Group("", tuple(rows)),))


def _figures(report: Report, found: Mapping[str, Derived], language: str) -> Iterator[Block]:
    columns = (
        Column(words.FIGURE.get(language), 40),
        Column(words.STATED.get(language), 24, is_number=True),
        Column(words.UNIT.get(language), 17),
        Column(words.PERIOD.get(language), 27),
        Column(words.DERIVED.get(language), 20, is_number=True),
        Column(words.DIFFERENCE.get(language), 16, is_number=True),
        Column(words.TOLERANCE.get(language), 15, is_number=True),
        Column(words.VERDICT.get(language), 16),
    )
    groups = []
    for section in report.sections:
        of_section = [figure for figure in report.figures if figure.section == section.id]
        rows = tuple(_figure_row(figure, found.get(figure.code), language) for figure in of_section)
        if rows:
            groups.append(Group(Text(zh=section.title_zh, en=section.title_en).get(language), rows))
    yield Table(words.FIGURES.get(language), columns, tuple(groups), words.SECTION.get(language))


def _figure_row(figure: Figure, found: Derived | None, language: str) -> tuple[Cell, ...]:
    measure = unit(figure.unit)
    stated = _name(figure, language), _stated(figure, language), Text(zh=measure.name_zh, en=measure.name_en).get(
        language
    ), period_named(figure.period, language)  # fmt: skip
    if found is None:
        return (*stated, None, None, None, None)
    places = decimals(figure) + 2
    value, difference = found.value, found.difference
    return (
        *stated,
        None if value is None else Amount(_trimmed(rounded(value, places))),
        None if difference is None else Amount(_trimmed(rounded(difference, places))),
        None if value is None else Amount(_trimmed(found.tolerance)),
        _mark(*words.VERDICTS[found.verdict], language),
    )


def _stated(figure: Figure, language: str) -> Amount:
    qualifier = figure.qualifier
    if not qualifier:
        return Amount(figure.number)
    if language == "en":
        word = QUALIFIERS[qualifier]
        return Amount(figure.number, after=f" {word}") if qualifier in AFTER_EN else Amount(figure.number, f"{word} ")
    return Amount(figure.number, qualifier) if qualifier in BEFORE else Amount(figure.number, after=qualifier)


def _sources(report: Report, found: Mapping[str, Derived], store: Store, language: str) -> Iterator[Block]:
    """One row for each layer and raster that a derived value stands on; one for a recipe that failed."""
    columns = (
        Column(words.FIGURE.get(language), 32),
        Column(words.METHOD.get(language), 46),
        Column(words.LAYER.get(language), 26),
        Column(words.REVISION.get(language), 17, is_number=True),
        Column(words.FEATURES.get(language), 17, is_number=True),
        Column(words.CHECKSUM.get(language), 37),
    )
    rows = [row for each in found.values() for row in _source_rows(each, store, language)]
    if rows:
        yield Table(words.SOURCES.get(language), columns, (Group("", tuple(rows)),))


def _source_rows(found: Derived, store: Store, language: str) -> Iterator[tuple[Cell, ...]]:
    name = _name(found.figure, language)
    if found.problem:
        yield name, Mark(found.problem.text(language), Tone.UNSURE), None, None, None, None
        return
    method = found.words.get(language)
    for number, source in enumerate(found.sources):
        yield (
            name,
            method if not number else "",
            _layer_title(store, source, language),
            _count(source.revision),
            _count(len(source.fids)),
            source.checksum,
        )
    for surface in found.surfaces:
        yield name, "", words.RASTER.get(language).format(surface.name), None, None, surface.checksum


def _layer_title(store: Store, source: Source, language: str) -> str:
    title = store.catalogue[source.layer].title.get(language)
    return title + words.ILLUSTRATIVE_SOURCE.get(language) if source.illustrative else title


def _audit(report: Report, findings: Sequence[Finding], language: str) -> Iterator[Block]:
    if not findings:
        yield Paragraph(words.NOTHING_FOUND.get(language))
        return
    columns = (
        Column(words.SEVERITY.get(language), 18),
        Column(words.FIGURE.get(language), 42),
        Column(words.SUM.get(language), 50),
        Column(words.EXPLANATION.get(language), 65),
    )
    separator = ", " if language == "en" else "、"
    rows = tuple(
        (
            _mark(*words.SEVERITIES[finding.severity], language),
            separator.join(_name(report.figure(code), language) for code in finding.figures),
            finding.sum.get(language),
            Text(zh=finding.zh, en=finding.en).get(language),
        )
        for finding in findings
    )
    yield Table(words.AUDIT.get(language), columns, (Group("", rows),))


def _name(figure: Figure, language: str) -> str:
    return Text(zh=figure.name_zh, en=figure.name_en).get(language)


def _mark(name: Text, tone: Tone, language: str) -> Mark:
    return Mark(name.get(language), tone)


def _count(number: int) -> Amount:
    return Amount(Decimal(number))


def _trimmed(value: Decimal) -> Decimal:
    """`value` without zeros at the end, and never with an exponent above 0 nor a negative zero."""
    trimmed = value.normalize()
    exponent = trimmed.as_tuple().exponent
    whole = isinstance(exponent, int) and exponent > 0
    return (trimmed.quantize(Decimal(1)) if whole else trimmed) + 0
