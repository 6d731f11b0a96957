"""What did the layers give when a year was closed, and is it still so?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gis.errors import Problem
from layers.definition import Strict
from layers.errors import ReportError
from layers.query import InvalidQuery
from layers.report.derived import AsOf, Derived, all_derived
from layers.report.figures import Report
from layers.store import Store
from layers.store.closings import KeptClosing
from layers.store.history import CHINA


class ClosedFigure(Strict):
    """A figure with a recipe as it was at the closing: stated value, recipe, derived value and what it stood on.

    `value` is a fraction, "1570" or "3140/2", None where it could not be computed; `checksums` are those of the
    features of each layer and of the files of surfaces.
    """

    code: str
    stated: str
    recipe: dict[str, Any]
    value: str | None
    checksums: dict[str, str]


class Closing(Strict):
    """A closed year: the revision of the store that its figures stand on, and the figures."""

    year: int
    revision: int
    closed_on: date
    who: str
    figures: tuple[ClosedFigure, ...]


@dataclass(frozen=True, slots=True)
class ClosedYear:
    """A year that is closed in the store.

    closing      what was found then, and `closed_at` when (UTC)
    why          the reason given
    checksum     the SHA-256 of what is kept: whoever wrote it down can tell later that it was not replaced
    deviations   what no longer is as it was at the revision of the closing
    moved        figures whose derived value is another one at the latest revision: no fault, but to be known
    """

    closing: Closing
    closed_at: datetime
    why: str
    checksum: str
    deviations: tuple[Deviation, ...]
    moved: tuple[Deviation, ...]

    @property
    def is_unchanged(self) -> bool:
        """Whether everything is as it was at the closing."""
        return not self.deviations


@dataclass(frozen=True, slots=True)
class Deviation:
    """What is no longer as it was at the closing."""

    code: str
    zh: str
    en: str


def close_year(store: Store, report: Report, *, who: str, why: str = "", again: bool = False) -> ClosedYear:
    """Closes the year of `report` at the latest revision and keeps that in the store.

    Raises YearClosed where it was closed before, unless `again` is set; StoreError.
    """
    made = closed(store, report, who=who, on=datetime.now(CHINA).date())
    kept = store.closings.add(report.year, made.revision, who=who, why=why, content=made.model_dump_json(), again=again)
    return ClosedYear(made, kept.at, why, checksum_of(kept), (), ())


def closed_year(store: Store, report: Report) -> ClosedYear | None:
    """The closing of the year of `report` that is in force, and what differs since; None while the year is open.

    `report` may be as somebody sees it (layers.report.sight): figures without a recipe in it are not compared.
    Raises ReportError where what is kept is no closing, StoreError.
    """
    kept = store.closings.of(report.year)
    if kept is None:
        return None
    closing = kept_closing(kept)
    seen = [each for each in closing.figures if each.code not in report.by_code or report.by_code[each.code].recipe]
    closing = closing.model_copy(update={"figures": tuple(seen)})
    try:
        changed = tuple(deviations(store, report, closing))
    except InvalidQuery as problem:
        changed = (Deviation("", problem.zh, problem.en),)
    return ClosedYear(closing, kept.at, kept.why, checksum_of(kept), changed, tuple(_moved(store, report, closing)))


def closing_history(store: Store, year: int) -> list[KeptClosing]:
    """Every closing of `year`, the last first; what they hold is read with `kept_closing`."""
    return store.closings.listing(year)


def kept_closing(kept: KeptClosing) -> Closing:
    """The closing that the store keeps; raises ReportError where it is none."""
    try:
        return Closing.model_validate_json(kept.content)
    except ValidationError as error:
        raise ReportError(
            f"{kept.year} 年的封存记录已损坏。", f"The closing of {kept.year} is damaged.", place="gaodu_closings",
            remedy_zh="请从备份恢复，或用 --again 重新封存。", remedy_en="Restore a backup, or close it --again.",
        ) from error  # fmt: skip


def checksum_of(kept: KeptClosing) -> str:
    """The SHA-256 of what the store keeps of a closing: year, revision, who and content."""
    text = "\n".join((str(kept.year), str(kept.revision), kept.who, kept.why, kept.content))
    return hashlib.sha256(text.encode()).hexdigest()


def standing_revision(store: Store, year: int, asked: AsOf) -> AsOf:
    """What a report of `year` is computed at: as asked, else the revision of its closing, else the latest (None).

    A closing that the store does not reach, as after a restore, counts for nothing here; `closed_year` tells of it.
    """
    kept = store.closings.of(year) if asked is None else None
    return kept.revision if kept and kept.revision <= store.revision() else asked


def closed(store: Store, report: Report, *, who: str, on: date) -> Closing:
    """The closing of a year at the latest revision of the store; raises StoreError."""
    revision = store.revision()
    found = all_derived(store, report, as_of=revision)
    return Closing(
        year=report.year, revision=revision, closed_on=on, who=who,
        figures=tuple(_closed(each) for each in found.values()),
    )  # fmt: skip


def deviations(store: Store, report: Report, closing: Closing) -> list[Deviation]:
    """What differs if the figures are computed again at the revision of the closing; nothing, as long as neither the
    report, nor its recipes, nor the history of the store was changed.

    Raises InvalidQuery where the store does not reach that revision.
    """
    again = {code: _closed(each) for code, each in all_derived(store, report, as_of=closing.revision).items()}
    return list(_deviations(closing, again))


def _moved(store: Store, report: Report, closing: Closing) -> Iterator[Deviation]:
    if store.revision() == closing.revision:
        return
    latest = {code: _closed(each) for code, each in all_derived(store, report, as_of=store.revision()).items()}
    for then in closing.figures:
        now = latest.get(then.code)
        if now is not None and now.value != then.value:
            yield Deviation(
                then.code, f"封存时推算 {_shown(then.value)}，按最新数据为 {_shown(now.value)}。",
                f"Derived at the closing: {_shown(then.value)}; from the latest data: {_shown(now.value)}.",
            )  # fmt: skip


def read_closing(path: Path) -> Closing:
    """The closing in the JSON file at `path`; raises ReportError naming the file and what is wrong."""
    try:
        return Closing.model_validate_json(path.read_bytes())
    except OSError as error:
        raise _unreadable(path, str(error.strerror)) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _unreadable(path, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _unreadable(path: Path, cause: str) -> Problem:
    return ReportError(
        f"无法读取封存文件：{cause}", f"The file of the closing cannot be read: {cause}", place=str(path),
        remedy_zh="请给出 gaodu report close 写出的文件。", remedy_en="Give a file that gaodu report close wrote.",
    )  # fmt: skip


def _closed(found: Derived) -> ClosedFigure:
    checksums = {source.layer: source.checksum for source in found.sources}
    return ClosedFigure(
        code=found.figure.code,
        stated=found.figure.value,
        recipe=found.figure.recipe or {},
        value=None if found.value is None else str(found.value),
        checksums=checksums | {surface.name: surface.checksum for surface in found.surfaces},
    )


def _deviations(closing: Closing, again: dict[str, ClosedFigure]) -> Iterator[Deviation]:
    for then in closing.figures:
        now = again.get(then.code)
        if now is None:
            yield Deviation(then.code, "指标或其算法已不存在。", "The figure or its recipe is gone.")
            continue
        if now.stated != then.stated:
            yield Deviation(
                then.code, f"报告数值由 {then.stated} 改为 {now.stated}。",
                f"The stated value was {then.stated} and is {now.stated}.",
            )  # fmt: skip
        if now.model_dump(mode="json")["recipe"] != then.model_dump(mode="json")["recipe"]:
            yield Deviation(then.code, "算法已修改。", "The recipe was changed.")
        if now.value != then.value:
            yield Deviation(
                then.code, f"推算数值由 {_shown(then.value)} 变为 {_shown(now.value)}。",
                f"The derived value was {_shown(then.value)} and is {_shown(now.value)}.",
            )  # fmt: skip
        for name in sorted(then.checksums.keys() | now.checksums.keys()):
            if then.checksums.get(name) != now.checksums.get(name):
                yield Deviation(then.code, f"数据“{name}”已变化。", f"The data of {name} differ.")
    for code in sorted(again.keys() - {figure.code for figure in closing.figures}):
        yield Deviation(code, "封存后新增了算法。", "It has a recipe since the closing.")


def _shown(value: str | None) -> str:
    return "–" if value is None else f"{float(Fraction(value)):g}"
