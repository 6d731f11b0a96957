"""The figures of the annual report over HTTP: as stated, as the layers give them, and audited."""

from __future__ import annotations

import tempfile
from pathlib import Path
from threading import BoundedSemaphore
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response

from api.asking.paging import page
from api.delivery.downloads import MEDIA_TYPES, export_place
from api.dependencies import AsOfDep, LanguageDep, SettingsDep, StoreDep, get_export_places
from api.documents.answers import (
    audit_document,
    closing_document,
    comparison_document,
    figure_document,
    report_document,
)
from api.documents.links import Link, base, collection_url, link
from api.errors import BadParameter, NotFound
from api.media import GEOJSON, JSON
from api.representations import geojson_page
from layers.query import Query as LayerQuery
from layers.report import read_report, report_before, report_years
from layers.report.audit import audit
from layers.report.closing import checksum_of, closed_year, closing_history, standing_revision
from layers.report.comparison import compare
from layers.report.derived import Derived, all_derived, derived
from layers.report.sight import as_seen
from layers.report.writing import WRITERS, composed, write_report

router = APIRouter(prefix="/api/report", tags=["report"])


@router.get("", summary="报告年份 / Years of report")
def years() -> dict[str, Any]:
    """The years there is a report of."""
    return {"years": list(report_years())}


@router.get("/{year}", summary="年度报告数据 / Figures of the annual report")
def report(
    year: int,
    store: StoreDep,
    as_of: AsOfDep,
    with_derived: Annotated[
        bool, Query(alias="derived", description="并列由图层推算的数值 / with what the layers give")
    ] = True,
) -> dict[str, Any]:
    """Every figure of one year's report, as printed, and beside it what the layers give where there is a recipe."""
    found = as_seen(read_report(year), store)
    at = standing_revision(store, year, as_of)
    return report_document(found, all_derived(store, found, at) if with_derived else None, closed_year(store, found))


@router.get("/{year}/audit", summary="报告审核 / Audit of a report")
def audited(year: int) -> dict[str, Any]:
    """What the rules of the audit find in one year's report, errors first."""
    found = read_report(year)
    before = report_before(found)
    return audit_document(found, before, audit(found, before))


@router.get("/{year}/compare/{other}", summary="两年对比 / Two years compared")
def compared(year: int, other: int) -> dict[str, Any]:
    """The figures of two years side by side, with difference and percent, and what only one of them has."""
    return comparison_document(compare(read_report(year), read_report(other)))


@router.get("/{year}/closing", summary="封存 / Closing of a year")
def closing(year: int, store: StoreDep) -> dict[str, Any]:
    """When and by whom a year was closed, what differs since, and the closings before; null for an open year."""
    made = closed_year(store, as_seen(read_report(year), store))
    history = [
        {"revision": each.revision, "closed_at": each.at.isoformat(timespec="seconds"), "who": each.who,
         "why": each.why, "checksum": checksum_of(each)}
        for each in closing_history(store, year)
    ]  # fmt: skip
    return {"year": year, "closing": closing_document(made) if made else None, "history": history}


@router.get("/{year}/document", summary="报告文件 / The report as a file")
def document(
    year: int,
    store: StoreDep,
    as_of: AsOfDep,
    language: LanguageDep,
    places: Annotated[BoundedSemaphore, Depends(get_export_places)],
    form: Annotated[str, Query(alias="f", description="格式 / format: docx, xlsx")] = "docx",
) -> Response:
    """One year's report for Word or Excel: figures stated and derived, sources, audit, charts and maps."""
    if f".{form}" not in WRITERS:
        choices = "、".join(suffix.removeprefix(".") for suffix in WRITERS)
        raise BadParameter(
            f"报告没有“{form}”格式。", f"The report is not written as {form!r}.", place="f",
            remedy_zh=f"可用格式：{choices}。", remedy_en=f"Formats: {choices.replace('、', ', ')}.",
        )  # fmt: skip
    found = as_seen(read_report(year), store)
    with export_place(places), tempfile.TemporaryDirectory(prefix="gaodu-report-") as folder:
        made = Path(folder) / f"report-{year}.{form}"
        before, closed = report_before(found), closed_year(store, found)
        write_report(composed(store, found, language=language, before=before, as_of=as_of, closed=closed), made)
        content = made.read_bytes()
    disposition = f'attachment; filename="{made.name}"'
    return Response(content, media_type=MEDIA_TYPES[made.suffix], headers={"Content-Disposition": disposition})


@router.get("/{year}/figures/{code}", summary="单个指标 / One figure")
def figure(year: int, code: str, request: Request, store: StoreDep, as_of: AsOfDep) -> dict[str, Any]:
    """One figure: stated and derived value, difference, tolerance, verdict, recipe in words, sources and links."""
    found = as_seen(read_report(year), store)
    stated = found.figure(code)
    given = derived(store, found, code, standing_revision(store, year, as_of))
    return {**figure_document(found, stated, given), "links": _links(request, year, code, given)}


@router.get("/{year}/figures/{code}/features", summary="指标对应的要素 / Features behind a figure")
def features(
    year: int,
    code: str,
    request: Request,
    store: StoreDep,
    settings: SettingsDep,
    as_of: AsOfDep,
    after: Annotated[int | None, Query(ge=0, description="上一页最后一个要素号 / last feature id before")] = None,
) -> Response:
    """The features that a figure was derived from, as GeoJSON, at the revision that was used."""
    found = as_seen(read_report(year), store)
    found.figure(code)
    given = derived(store, found, code, standing_revision(store, year, as_of))
    if given is None or not given.sources:
        raise given.problem if given and given.problem else NotFound(
            f"“{code}”没有由图层推算的算法。", f"{code} has no recipe to derive it from layers.", place=code
        )  # fmt: skip
    source = given.sources[0]
    left = [fid for fid in source.fids if after is None or fid > after]
    rows, more = page(
        store, source.layer, LayerQuery(fids=left), limit=settings.max_page, max_bytes=settings.max_page_bytes,
        as_of=source.revision,
    )  # fmt: skip
    links = _links(request, year, code, given)
    if more:
        last = rows["fid"][-1].as_py()
        links.append(link(f"{_url(request, year, code)}/features?after={last}", "next", GEOJSON, "下一页 / Next page"))
    return geojson_page(
        store.catalogue[source.layer], rows, links=links, matched=len(source.fids), illustrative=source.illustrative
    )


def _url(request: Request, year: int, code: str) -> str:
    return f"{base(request)}/api/report/{year}/figures/{quote(code)}"


def _links(request: Request, year: int, code: str, given: Derived | None) -> list[Link]:
    """The figure itself and, where it was derived, its features, a map of them and the layers they are of."""
    url = _url(request, year, code)
    links = [link(url, "self", JSON, "本指标 / This figure")]
    if given and given.sources:
        links.append(link(f"{url}/features", "items", GEOJSON, "对应的要素 / Features behind it"))
    for source in given.sources if given else ():
        links.append(link(collection_url(request, source.layer), "collection", JSON, "图层 / Collection"))
    if given and given.sources:
        shown = f"{base(request)}/maps/{quote(given.sources[0].layer)}?figure={year}/{quote(code)}"
        links.append(link(shown, "alternate", "text/html", "地图 / Map"))
    return links
