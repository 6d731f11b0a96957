"""What is wrong with which feature?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from layers.errors import InvalidFeature


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why a feature does not fit: its index from 0 (None: the whole column), its field, cause and remedy."""

    index: int | None
    field: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str

    def error(self, layer: str) -> InvalidFeature:
        """The fault as an InvalidFeature of `layer`."""
        where = layer if self.index is None else f"{layer}[{self.index}]"
        return InvalidFeature(
            self.zh,
            self.en,
            place=f"{where}.{self.field}",
            remedy_zh=self.remedy_zh,
            remedy_en=self.remedy_en,
        )

    def moved(self, by: int) -> Fault:
        """The fault of the same feature in a table that begins `by` features earlier."""
        return self if self.index is None else replace(self, index=self.index + by)


def each(
    mask: NDArray[np.bool_], field: str, text: Callable[[int], tuple[str, str]], remedy: tuple[str, str]
) -> Iterator[Fault]:
    """A fault for every feature that `mask` marks; `text` gives cause in zh and en for its index."""
    for index in np.flatnonzero(mask):
        yield Fault(int(index), field, *text(int(index)), *remedy)


def whole(field: str, zh: str, en: str, remedy: tuple[str, str]) -> Fault:
    """A fault of a column as a whole."""
    return Fault(None, field, zh, en, *remedy)


def first(found: Iterable[Fault]) -> Fault | None:
    """The fault of the column, or else of the feature with the smallest index; None if there is none."""
    return min(found, key=lambda fault: -1 if fault.index is None else fault.index, default=None)
