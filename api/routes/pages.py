"""The pages that people look at: map and statistics, layers, report."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.dependencies import LanguageDep, RastersDep, SettingsDep, StoreDep
from api.pages.attributes import TYPES, attribute_page, unit_names
from api.pages.cards import Card, card, opening, themes
from api.pages.finding import MOST_ASKED, find, is_enough
from api.pages.templates import PageRoute, page
from api.routes.exports import EXPORTS
from api.routes.maps import drawn, notice
from api.settings import Language
from layers.codes import code_list
from layers.definition import METHODS, LayerDefinition
from layers.legend import legend
from layers.notice import DERIVED, ILLUSTRATIVE
from layers.report import QUALIFIERS, Report, read_report, report_before, report_years
from layers.report.audit import audit
from layers.report.closing import closed_year, standing_revision
from layers.report.derived import Derived, all_derived
from layers.report.precision import decimals, shown
from layers.report.sight import as_seen
from layers.statistics import Statistics, statistics
from layers.store import Store

router = APIRouter(route_class=PageRoute, tags=["pages"], default_response_class=HTMLResponse)

MOST_BARS = 12
MEASURES = {"yield": ("output_jin", 0), "area": ("area_mu", 2), "count": ("count", 0)}
"""What a chart shows for a metric, and with how many decimals; a layer without area is counted."""

OF_AREAS = frozenset({".txt"})
"""Formats that hold polygons only: boundary points."""

PLAIN_COLOUR = "#5f9c86"

LayerName = Annotated[str | None, Query(alias="layer", description="图层 / layer")]
By = Annotated[str | None, Query(description="分组字段 / field to group by")]
Asked = Annotated[str, Query(max_length=MOST_ASKED)]
Metric = Annotated[str | None, Query(description="指标 / metric: area, yield")]


@router.get("/", summary="地图与统计 / Map and statistics")
def studio(
    request: Request, store: StoreDep, settings: SettingsDep, language: LanguageDep, rasters: RastersDep,
    layer: LayerName = None, by: By = None, metric: Metric = None,
) -> HTMLResponse:  # fmt: skip
    """The map of every layer and raster, with statistics of one beside it and the parcel check."""
    cards = [
        card(store, each, language, visible=definition.style.visible or each == layer)
        for each, definition in store.catalogue.items()
    ]
    bounds = opening([each for each in cards if layer in (None, each.definition.id)])
    chosen = layer or _first_with_groups(cards)
    found = list(rasters.of(store).values())
    return page(
        request, "studio.html", language,
        themes=themes(cards, language, found),
        map=drawn(request, store, settings, language, cards, bounds, draw=True, rasters=found),
        notice=notice(cards, language),
        studio=True,
        **_statistics(store, chosen, by, metric, language),
    )  # fmt: skip


@router.get("/fragments/statistics", include_in_schema=False)
def statistics_fragment(
    request: Request, store: StoreDep, language: LanguageDep, layer: str = "", by: By = None, metric: Metric = None
) -> HTMLResponse:
    """The statistics of one layer, to be put into the page."""
    return page(request, "statistics.html", language, **_statistics(store, layer, by, metric, language))


@router.get("/fragments/search", include_in_schema=False)
def search_fragment(request: Request, store: StoreDep, language: LanguageDep, q: Asked = "") -> HTMLResponse:
    """The features whose name holds `q`, or one of whose codes is `q`."""
    asked = q.strip() if is_enough(q.strip()) else ""
    return page(request, "found.html", language, asked=asked, hits=find(store, asked))


@router.get("/layers", summary="图层一览 / List of layers")
def layers(request: Request, store: StoreDep, language: LanguageDep) -> HTMLResponse:
    """Every layer with its count, method, source and date."""
    cards = [card(store, layer, language) for layer in store.catalogue]
    return page(request, "layers.html", language, themes=themes(cards, language), notice=notice(cards, language))


@router.get("/layers/{layer}", summary="属性表与图层定义 / Attribute table and definition")
def layer(
    layer: str, request: Request, store: StoreDep, language: LanguageDep,
    after: Annotated[int | None, Query(ge=0)] = None,
) -> HTMLResponse:  # fmt: skip
    """A page of the layer's attribute table, its fields, codes and legend."""
    shown = card(store, layer, language)
    rows, following = attribute_page(store, shown.definition, after, language)
    lists = {field.codes for field in shown.definition.fields if field.codes}
    return page(
        request, "layer.html", language,
        card=shown, rows=rows, after=after, next=following, notice=notice([shown], language),
        codes={name: list(code_list(name).values()) for name in lists},
        units=unit_names(language), types=TYPES[language], downloads=_downloads(shown.definition, language),
    )  # fmt: skip


@router.get("/report", include_in_schema=False)
def latest_report(request: Request) -> RedirectResponse:
    """On to the latest year's report."""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/report/{report_years()[-1]}", status_code=307)


@router.get("/report/{year}", summary="年度报告数据 / Figures of the annual report")
def report(year: int, request: Request, store: StoreDep, language: LanguageDep) -> HTMLResponse:
    """The figures of one year's report by section, with what the layers give beside them."""
    found = as_seen(read_report(year), store)
    at = standing_revision(store, year, None)
    given = all_derived(store, found, at)
    illustrative = any(source.illustrative for each in given.values() for source in each.sources)
    return page(
        request, "report.html", language,
        report=found, years=report_years(), sections=_sections(found, language), units=unit_names(language),
        names={each.code: each.name_en if language == "en" else each.name_zh for each in found.figures},
        qualifiers=QUALIFIERS, derived={code: _beside(each, language) for code, each in given.items()},
        closed=closed_year(store, found), findings=audit(found, report_before(found)),
        notice=DERIVED.get(language) if illustrative else "",
    )  # fmt: skip


def _beside(found: Derived, language: Language) -> dict[str, Any]:
    """What the page says of a derived value: two more digits than printed, the recipe or the problem, and its layer."""
    words = found.problem.text(language) if found.problem else found.words.get(language)
    return {
        "value": "–" if found.value is None else f"{Decimal(shown(found.value, decimals(found.figure) + 2)):,}",
        "verdict": found.verdict.value,
        "words": words,
        "layer": found.sources[0].layer if found.sources else None,
    }


def _sections(found: Report, language: Language) -> list[dict[str, Any]]:
    """The sections that have figures, in the report's order."""
    sections = [
        {
            "id": section.id,
            "title": section.title_en if language == "en" else section.title_zh,
            "figures": [figure for figure in found.figures if figure.section == section.id],
        }
        for section in found.sections
    ]
    return [section for section in sections if section["figures"]]


def _first_with_groups(cards: Sequence[Card]) -> str:
    grouped = [each for each in cards if each.definition.statistics.by and each.count]
    return (grouped or list(cards))[0].definition.id


def _statistics(store: Store, layer: str, by: str | None, metric: str | None, language: Language) -> dict[str, Any]:
    """What the template of statistics needs; by default grouped by the layer's first field."""
    definition = store.catalogue[layer]
    fields = definition.statistics.by
    chosen = by if by in fields else next(iter(fields), None)
    measured = "yield" if metric == "yield" and definition.statistics.yield_ else "area"
    result = statistics(store, layer, by=chosen, metric=measured)
    return {
        "result": result,
        "chart": _chart(result, language),
        "method": METHODS[definition.area.method].get(language) if definition.area else None,
        "downloads": _downloads(definition, language),
        "marked": ILLUSTRATIVE.get(language) if result.illustrative else "",
        "choices": [(each.id, each.title.get(language)) for each in store.catalogue.values()],
    }


def _downloads(definition: LayerDefinition, language: Language) -> list[tuple[str, str]]:
    """The suffixes and names of the formats that the layer can be written in."""
    return [
        (suffix, form.name if language == "en" else form.title_zh)
        for suffix, form in EXPORTS.items()
        if definition.geometry.has_area or suffix not in OF_AREAS
    ]


def _chart(result: Statistics, language: Language) -> dict[str, Any]:
    """Names, values and colours of the largest groups, for a bar chart."""
    definition = result.layer
    metric = result.metric if definition.area or result.metric == "yield" else "count"
    measure, decimals = MEASURES[metric]
    styled = legend(definition) if result.by == definition.style.field else []
    colours = {str(entry.value): entry.symbol.fill for entry in styled}
    groups = result.groups[:MOST_BARS]
    return {
        "names": [group["name_en" if language == "en" else "name_zh"] for group in groups],
        "values": [round(group[measure], decimals) for group in groups],
        "colours": [colours.get(str(group["key"])) or PLAIN_COLOUR for group in groups],
        "decimals": decimals,
    }
