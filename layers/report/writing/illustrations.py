"""Which charts and maps stand in a written report?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from layers.definition import AreaMethod, Text
from layers.drawing import Bars, Lettering, Picture, bar_picture, map_picture
from layers.filtering import parse_filter
from layers.legend import legend
from layers.notice import ILLUSTRATIVE
from layers.query import Query
from layers.report.words import METHODS
from layers.report.writing import wording as words
from layers.report.writing.blocks import Chart, Map
from layers.statistics import Statistics, statistics
from layers.store import Store

MAPPED = ("industrial_cluster", "idle_land", "farmland_protection", "paddy_transfer")
"""The layers that a report has maps of."""

MOST_BARS = 15
PLAIN_COLOUR = "#5f9c86"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a chart shows: a measure of `layers.statistics` for the groups of a field.

    `time` is a date field: only features of the report's year count.
    """

    layer: str
    by: str
    measure: str
    time: str | None = None


CHARTED = (
    Drawn("industrial_cluster", "GNFQ", "area_mu"),
    Drawn("idle_land", "XZYY", "area_mu"),
    Drawn("idle_land", "XZQMC", "area_mu"),
    Drawn("farmland_protection", "XZQMC", "area_mu"),
    Drawn("paddy_transfer", "XZQMC", "area_mu"),
    Drawn("paddy_transfer", "PZ", "yield_jin_per_mu"),
    Drawn("work_orders", "GDLB", "count", time="SLRQ"),
)
"""The charts of a report; those of layers, fields or measures that are not there are left out."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How a measure is asked for, called and shown."""

    metric: str
    title: Text
    unit: Text
    decimals: int


MEASURES = {
    "area_mu": Measure("area", Text(zh="面积", en="area"), Text(zh="亩", en="mu"), 2),
    "yield_jin_per_mu": Measure("yield", Text(zh="单产", en="yield"), Text(zh="斤/亩", en="jin/mu"), 1),
    "count": Measure("area", Text(zh="数量", en="number"), Text(zh="个", en="features"), 0),
}
TITLE = Text(zh="{layer}：按{field}的{measure}", en="{layer}: {measure} by {field}")


def charts(store: Store, year: int, language: str, as_of: int, letters: Lettering) -> tuple[Chart, ...]:
    """The charts for the report of `year` at a revision, with the groups' colours on the map where they have some."""
    return tuple(chart for drawn in CHARTED for chart in _chart(store, drawn, year, language, as_of, letters))


def _chart(store: Store, drawn: Drawn, year: int, language: str, as_of: int, letters: Lettering) -> Iterator[Chart]:
    if drawn.layer not in store.catalogue:
        return
    definition = store.catalogue[drawn.layer]
    if drawn.by not in {field.name for field in definition.fields}:
        return
    measure = MEASURES[drawn.measure]
    within = parse_filter(_of_year(drawn.time, year), definition=definition) if drawn.time else None
    result = statistics(store, drawn.layer, by=drawn.by, metric=measure.metric, query=Query(filter=within), as_of=as_of)
    groups = [group for group in result.groups if drawn.measure in group][:MOST_BARS]
    if not groups:
        return
    title = TITLE.get(language).format(
        layer=definition.title.get(language),
        field=definition.field(drawn.by).title.get(language),
        measure=measure.title.get(language),
    )
    name = "name_en" if language == "en" else "name_zh"
    bars = Bars(
        title, [group[name] for group in groups], [group[drawn.measure] for group in groups],
        measure.unit.get(language), measure.decimals, _colours(result, [str(group["key"]) for group in groups]),
    )  # fmt: skip
    shown = bars if letters.language == language else _in_english(bars, groups, measure)
    yield Chart(bars, partial(bar_picture, shown, letters), _note(result, language))


def _of_year(field: str, year: int) -> str:
    return f"\"{field}\" >= DATE('{year}-01-01') AND \"{field}\" <= DATE('{year}-12-31')"


def _in_english(bars: Bars, groups: list[dict[str, str]], measure: Measure) -> Bars:
    """The chart for a picture that cannot be lettered in Chinese; names without English are numbered in it."""
    names = [group["name_en"] for group in groups]
    return Bars(bars.title, names, bars.amounts, measure.unit.en, bars.decimals, bars.colours)


def _colours(result: Statistics, keys: list[str]) -> list[str]:
    styled = legend(result.layer) if result.by == result.layer.style.field else []
    colours = {str(entry.value): entry.symbol.fill for entry in styled}
    return [colours.get(key) or PLAIN_COLOUR for key in keys]


def _note(result: Statistics, language: str) -> str:
    """The area method, the revision and, for illustrative data, the notice."""
    parts = [METHODS[result.layer.area.method].get(language)] if result.layer.area else []
    parts.append(words.AT_REVISION.get(language).format(result.revision))
    return _sentences(parts, illustrative=result.illustrative, language=language)


def _sentences(parts: list[str], *, illustrative: bool, language: str) -> str:
    text = ("; " if language == "en" else "；").join(parts) + ("." if language == "en" else "。")
    notice = ILLUSTRATIVE.get(language)
    return f"{text} {notice}".strip() if illustrative else text


def maps(store: Store, language: str, as_of: int, letters: Lettering) -> tuple[Map, ...]:
    """The maps at a revision of those layers that have features."""
    found = []
    for layer in MAPPED:
        picture = map_picture(store, layer, letters, as_of=as_of) if layer in store.catalogue else None
        if picture is not None:
            found.append(_map(store, layer, picture, language, as_of))
    return tuple(found)


def _map(store: Store, layer: str, picture: Picture, language: str, as_of: int) -> Map:
    definition = store.catalogue[layer]
    result = statistics(store, layer, as_of=as_of)
    total = result.total
    area = f"{total['area_mu']:,.2f} {MEASURES['area_mu'].unit.get(language)}" if "area_mu" in total else ""
    count = f"{words.FEATURES.get(language)} {total['count']:,}"
    method = METHODS[definition.area.method if definition.area else AreaMethod.ELLIPSOIDAL].get(language)
    parts = [count, *([f"{method} {area}"] if area else []), words.AT_REVISION.get(language).format(as_of)]
    note = _sentences(parts, illustrative=result.illustrative, language=language)
    return Map(definition.title.get(language), picture, note)
