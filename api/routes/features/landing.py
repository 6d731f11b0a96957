"""OGC API Features: where everything is, and which classes hold."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.asking.negotiation import NegotiatedRoute, chosen
from api.asking.parameters import OgcParameters
from api.dependencies import LanguageDep
from api.documents.conformance import CONFORMANCE
from api.documents.described import DEFINITION, answers
from api.documents.links import base, landing_links, link
from api.documents.sheets import Sheet, Table, answer
from api.media import HTML, JSON, OPENAPI
from api.settings import Language

router = APIRouter(prefix="/ogc", tags=["OGC API Features"], route_class=NegotiatedRoute)

DESCRIPTION = {
    "zh": "高都街道专题图层：要素、矢量瓦片、查询与编辑。",
    "en": "Thematic layers of Gaodu: features, vector tiles, filters and edits.",
}
CONFORMANCE_TITLE = {"zh": "一致性声明", "en": "Conformance"}
CLASS = {"zh": "一致性类", "en": "Conformance class"}


@router.get("/", include_in_schema=False)
@router.get("", summary="OGC 入口 / OGC landing page", responses=answers("Landing"))
def landing(request: Request, language: LanguageDep, asked: Annotated[OgcParameters, Query()]) -> Response:
    """The landing page of the OGC API."""
    document = {
        "title": request.app.title,
        "description": f"{DESCRIPTION['zh']} / {DESCRIPTION['en']}",
        "links": landing_links(request),
    }
    return answer(request, asked, language, document, lambda tongue: Sheet("OGC API", DESCRIPTION[tongue]))


@router.get("/api", summary="接口定义 / API definition", response_class=Response, responses=DEFINITION)
def api_definition(request: Request, asked: Annotated[OgcParameters, Query()]) -> Response:
    """The service as OpenAPI 3.0; for people, the pages that explain it."""
    if chosen(request, {"json": (OPENAPI, JSON), "html": (HTML,)}, asked.f) == "html":
        return RedirectResponse(f"{request.scope.get('root_path', '')}/docs", status_code=307)
    return Response(orjson.dumps(request.app.openapi()), media_type=OPENAPI)


@router.get("/conformance", summary="一致性声明 / Conformance classes", responses=answers("Conformance"))
def conformance(request: Request, language: LanguageDep, asked: Annotated[OgcParameters, Query()]) -> Response:
    """The conformance classes that hold."""
    document = {
        "links": [link(f"{base(request)}/ogc/conformance", "self", JSON, "一致性声明 / Conformance")],
        "conformsTo": list(CONFORMANCE),
    }

    def sheet(tongue: Language) -> Sheet:
        return Sheet(CONFORMANCE_TITLE[tongue], tables=[Table("", [CLASS[tongue]], [[each] for each in CONFORMANCE])])

    return answer(request, asked, language, document, sheet)
