"""What do the layers give for a figure, and does the report agree?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from gis.errors import Problem
from layers.definition import Text
from layers.errors import StoreError
from layers.report.aggregates import Surface, made
from layers.report.choosing import Reads, Rows, features
from layers.report.figures import Figure, Report
from layers.report.fitting import fit
from layers.report.precision import printed_interval
from layers.report.recipes import Recipe, RecipeError, recipe_of
from layers.report.units import converted
from layers.report.words import told
from layers.store import Store


class Verdict(StrEnum):
    """Whether the layers give what the report states, within its printed precision, qualifier and tolerance."""

    AGREES = "agrees"
    DIFFERS = "differs"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Source:
    """What a derived value stands on: the features of a layer at a revision, the layer's last or the one asked for.

    `checksum` is the SHA-256 of the fid, revision and stored area of each and of the fields it was summed or chosen by
    other than by equality, in the order of fids: it changes when any of them does. `illustrative` says that they only
    show what the system does.
    """

    layer: str
    revision: int
    fids: tuple[int, ...]
    checksum: str
    illustrative: bool


@dataclass(frozen=True, slots=True)
class Derived:
    """What the layers give for `figure`.

    value       in the unit of the figure, exact but for the noise of summing areas; None if it could not be computed
    difference  derived less stated
    tolerance   what the recipe allows beyond the printed precision
    words       the recipe in words; empty if it could not be read
    sources     the layers, that of the features first, then that of the region
    problem     why there is no value
    """

    figure: Figure
    value: Fraction | None
    tolerance: Decimal
    verdict: Verdict
    words: Text
    sources: tuple[Source, ...] = ()
    surfaces: tuple[Surface, ...] = ()
    problem: Problem | None = None

    @property
    def difference(self) -> Fraction | None:
        """Derived less stated, in the unit of the figure."""
        return None if self.value is None else self.value - Fraction(self.figure.number)


AsOf = int | date | datetime | None


def derived(store: Store, report: Report, code: str, as_of: AsOf = None) -> Derived | None:
    """What the layers give for the figure `code`, None if it has no recipe.

    `as_of` is a revision or a date, before the recipe's own. What is wrong with a recipe or its layers stands in
    `problem`, so that other figures can still be computed. Raises UnknownFigure, InvalidQuery for a revision that is
    none, StoreError.
    """
    return _derived(Reads(store), report, code, as_of)


def _derived(reads: Reads, report: Report, code: str, as_of: AsOf) -> Derived | None:
    store, figure = reads.store, report.figure(code)
    asked = store.resolve(as_of)
    place = report.place(code)
    try:
        recipe = recipe_of(figure, place)
        if recipe is None:
            return None
        unit = fit(recipe, figure, store.catalogue, place)
        found = features(reads, recipe, figure, _revision(reads, recipe, asked))
        result = made(found)
    except StoreError:
        raise
    except Problem as problem:
        if not problem.place:
            problem.place = place
        elif not isinstance(problem, RecipeError):
            problem.place = f"{place}: {problem.place}"
        return Derived(figure, None, Decimal(0), Verdict.FAILED, NO_WORDS, problem=problem)
    value = converted(result.amount, unit, figure.unit)
    sources = tuple(_source(store, rows) for rows in (found.rows, found.region) if rows is not None)
    words = told(recipe, figure, store.catalogue)
    return Derived(figure, value, recipe.tolerance, _verdict(figure, value, recipe), words, sources, result.surfaces)


def all_derived(store: Store, report: Report, as_of: AsOf = None) -> dict[str, Derived]:
    """What the layers give for every figure that has a recipe, by code, all of one state; raises as `derived`."""
    reads = Reads(store, store.revision())
    found = ((code, _derived(reads, report, code, as_of)) for code in report.by_code)
    return {code: each for code, each in found if each is not None}


def _revision(reads: Reads, recipe: Recipe, asked: int | None) -> int | None:
    """The revision to read at; None, the latest, only where one read is all, so that several see one state."""
    store = reads.store
    at = store.resolve(recipe.as_of) if asked is None else asked
    at = reads.latest if at is None else at
    several = recipe.inside or recipe.part or any(isinstance(value, tuple) for value in recipe.filter.values())
    return store.revision() if at is None and several else at


NO_WORDS = Text(zh="", en="")


def _verdict(figure: Figure, value: Fraction, recipe: Recipe) -> Verdict:
    stated = printed_interval(figure).widened(Fraction(recipe.tolerance))
    above = value >= stated.low
    return Verdict.AGREES if above and (stated.high is None or value <= stated.high) else Verdict.DIFFERS


def _source(store: Store, rows: Rows) -> Source:
    plain = rows.table.drop_columns(["geom"]) if "geom" in rows.table.column_names else rows.table
    lines = (" ".join(map(str, row.values())) for row in plain.to_pylist())
    checksum = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    changed = store.revision(rows.layer)
    revision = changed if rows.revision is None else min(changed, rows.revision)
    return Source(rows.layer, revision, rows.fids, checksum, store.is_illustrative(rows.layer))
