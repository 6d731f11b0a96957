"""Which known figure does an extracted one continue?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from layers.report.figures import Figure, Report
from layers.report.reading.assignment import best_pairs
from layers.report.reading.likeness import Weights, grams, share_found, weights
from layers.report.reading.model import Extracted
from layers.report.units import units

ENOUGH = 0.5
"""A pair below this score is no match."""

SURE = 0.75
"""A match below this score is marked for a person to look at."""

CLOSE = 0.04
"""A second code within this of the score is named."""

PLACES = (("name", 1.0), ("clause", 0.85), ("sentence", 0.6), ("headings", 0.4))
"""How much a word of a known name counts by where it is found again."""

_SECTION_BONUS, _ORDER_BONUS = 0.12, 0.08
_PEOPLE = frozenset({"person", "person_time", "wan_person", "wan_person_time", "household", "wan_household"})


@dataclass(frozen=True, slots=True)
class Match:
    """A known figure's code for an extracted one, its score (to 1, and bonuses), the next best code."""

    code: str
    score: float
    runner_up: str | None = None


def matches(figures: Sequence[Extracted], known: Report) -> dict[int, Match]:
    """The known code of each extracted figure that has one, by the figure's index.

    Names, clauses and headings are compared by their characters, rare ones counting more; units must agree or measure
    the same; a growth matches only a growth. A second pass prefers the section that most of a heading's figures match,
    and the order of the known report. Each code is given once. Figures that are counted and not printed are left out.
    """
    printed = [figure for figure in known.figures if not figure.counted]
    telling = weights(figure.name_zh for figure in printed)
    places = [_places(figure) for figure in figures]
    scores = {(i, j): score for i, figure in enumerate(figures) for j, other in enumerate(printed)
              if (score := _score(figure, places[i], other, telling)) > 0}  # fmt: skip
    first = best_pairs(scores, ENOUGH)
    sections = sections_of(figures, {i: printed[j] for i, j in first.items()})
    better = {
        (i, j): score
        + _SECTION_BONUS * (sections.get(section_key(figures[i])) == printed[j].section)
        + _ORDER_BONUS * (1 - abs(i / max(1, len(figures) - 1) - j / max(1, len(printed) - 1)))
        for (i, j), score in scores.items()
    }
    return {i: _match(i, j, better, printed) for i, j in best_pairs(better, ENOUGH).items()}


def section_key(figure: Extracted) -> tuple[int, ...]:
    """The headings of the first two levels over a figure, by their offsets."""
    return tuple(heading.start for heading in figure.headings if heading.level < 3)


def sections_of(figures: Sequence[Extracted], matched: Mapping[int, Figure]) -> dict[tuple[int, ...], str]:
    """The known section that most matched figures under each pair of headings belong to."""
    votes: dict[tuple[int, ...], Counter[str]] = {}
    for i, figure in matched.items():
        votes.setdefault(section_key(figures[i]), Counter())[figure.section] += 1
    return {key: count.most_common(1)[0][0] for key, count in votes.items()}


def _match(i: int, j: int, scores: Mapping[tuple[int, int], float], printed: Sequence[Figure]) -> Match:
    others = sorted(((score, other) for (k, other), score in scores.items() if k == i and other != j), reverse=True)
    near = others[0][1] if others and others[0][0] >= scores[i, j] - CLOSE else None
    return Match(printed[j].code, round(scores[i, j], 3), printed[near].code if near is not None else None)


def _score(figure: Extracted, places: Places, known: Figure, telling: Weights) -> float:
    if bool(known.growth_of or known.change or "同比" in known.name_zh) != bool(figure.change):
        return 0.0
    unit = _unit_score(figure.unit, known.unit)
    if not unit or (known.growth_of and figure.falls != (known.change == "down")):
        return 0.0
    back = share_found(figure.name, known.name_zh, telling) if figure.name else 0.0
    return unit * (0.75 * _found_again(known.name_zh, places, telling) + 0.25 * back)


Places = list[tuple[frozenset[str], float]]


def _places(figure: Extracted) -> Places:
    """The grams of a figure's surroundings, with how much they count."""
    texts = {
        "name": figure.name + figure.unit_zh,
        "clause": figure.clause,
        "sentence": figure.sentence,
        "headings": "".join(heading.title for heading in figure.headings),
    }
    return [(frozenset(grams(texts[place])), weight) for place, weight in PLACES]


def _found_again(name: str, places: Places, telling: Weights) -> float:
    """The weighted share of the grams of `name` found in the places, each by the best place where it stands."""
    total = found = 0.0
    for gram in grams(name):
        weight = telling.get(gram, 1.0)
        total += weight
        found += weight * max((share for held, share in places if gram in held), default=0.0)
    return found / total if total else 0.0


def _unit_score(unit: str | None, known: str) -> float:
    """1 for the same unit, 0.9 for one of the same measure (万元, 亿元), 0.7 for two words of counting, else 0."""
    if unit == known:
        return 1.0
    if unit is None or units()[unit].base == units()[known].base:
        return 0.9
    return 0.7 if units()[unit].is_count and units()[known].is_count and not {unit, known} & _PEOPLE else 0.0
