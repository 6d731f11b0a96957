"""How alike are two Chinese names?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import log

Weights = Mapping[str, float]


@lru_cache(maxsize=4096)
def grams(name: str) -> Counter[str]:
    """The characters and pairs of characters of `name`, without punctuation and digits."""
    letters = re.sub(r"[\W\d_]", "", name)
    return Counter([*letters, *(letters[i : i + 2] for i in range(len(letters) - 1))])


def weights(names: Iterable[str]) -> Weights:
    """How telling each gram is among `names`: log of how few hold it (inverse document frequency)."""
    all_names = [set(grams(name)) for name in names]
    counts = Counter(gram for held in all_names for gram in held)
    return {gram: log(1 + len(all_names) / count) * len(gram) for gram, count in counts.items()}


def share_found(wanted: str, within: str, telling: Weights | None = None) -> float:
    """The weighted share of the grams of `wanted` that stand in `within`, 0 to 1."""
    asked, held = grams(wanted), grams(within)
    unknown = max(telling.values(), default=1.0) if telling else 1.0
    total = found = 0.0
    for gram in asked:
        weight = telling.get(gram, unknown) if telling else float(len(gram))
        total += weight
        found += weight if gram in held else 0.0
    return found / total if total else 0.0


def likeness(one: str, other: str, telling: Weights | None = None) -> float:
    """How alike two names are, 0 to 1: the harmonic mean of the shares found in each other."""
    there, back = share_found(one, other, telling), share_found(other, one, telling)
    return 2 * there * back / (there + back) if there + back else 0.0
