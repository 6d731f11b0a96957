"""What did the layers give when a year was closed, and is it still so?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gis.errors import Problem
from layers.definition import Strict
from layers.errors import ReportError
from layers.report.derived import Derived, all_derived
from layers.report.figures import Report
from layers.store import Store


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
class Deviation:
    """What is no longer as it was at the closing."""

    code: str
    zh: str
    en: str


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
