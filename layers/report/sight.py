"""Which figures may somebody see derived?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from layers.report.figures import Report
from layers.store import Store


def as_seen(report: Report, store: Store) -> Report:
    """`report` without the recipes that name a layer or a field which is hidden in `store`; it keeps what is stated."""
    hidden = store.hidden
    if not hidden:
        return report
    figures = tuple(
        each.model_copy(update={"recipe": None}) if _names_hidden(each.recipe or {}, hidden) else each
        for each in report.figures
    )
    seen = report.model_copy(update={"figures": figures})
    seen.__dict__.pop("by_code", None)  # a cached property, which the copy would share
    return seen


def _names_hidden(recipe: Mapping[str, Any], hidden: Mapping[str, frozenset[str]]) -> bool:
    """Whether `recipe` names a layer of `hidden` together with one of its fields; no fields mean the whole layer."""
    words = set(_words(recipe))
    return any(layer in words and (not fields or fields & words) for layer, fields in hidden.items())


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield str(key)
            yield from _words(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _words(each)
