"""OGC API Features: where everything is, and which classes hold."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.conformance import CONFORMANCE
from api.dependencies import LanguageDep
from api.links import base, landing_links, link
from api.media import JSON
from api.negotiation import NegotiatedRoute
from api.parameters import OgcParameters
from api.settings import Language
from api.sheets import Sheet, Table, answer

router = APIRouter(prefix="/ogc", tags=["OGC API Features"], route_class=NegotiatedRoute)

DESCRIPTION = {
    "zh": "高都街道专题图层：要素、矢量瓦片、查询与编辑。",
    "en": "Thematic layers of Gaodu: features, vector tiles, filters and edits.",
}
CONFORMANCE_TITLE = {"zh": "一致性声明", "en": "Conformance"}
CLASS = {"zh": "一致性类", "en": "Conformance class"}


@router.get("", summary="OGC 入口 / OGC landing page")
def landing(request: Request, language: LanguageDep, asked: Annotated[OgcParameters, Query()]) -> Response:
    """The landing page of the OGC API."""
    document = {
        "title": request.app.title,
        "description": f"{DESCRIPTION['zh']} / {DESCRIPTION['en']}",
        "links": landing_links(request),
    }
    return answer(request, asked, language, document, lambda tongue: Sheet("OGC API", DESCRIPTION[tongue]))


@router.get("/conformance", summary="一致性声明 / Conformance classes")
def conformance(request: Request, language: LanguageDep, asked: Annotated[OgcParameters, Query()]) -> Response:
    """The conformance classes that hold."""
    document = {
        "links": [link(f"{base(request)}/ogc/conformance", "self", JSON, "一致性声明 / Conformance")],
        "conformsTo": list(CONFORMANCE),
    }

    def sheet(tongue: Language) -> Sheet:
        return Sheet(CONFORMANCE_TITLE[tongue], tables=[Table("", [CLASS[tongue]], [[each] for each in CONFORMANCE])])

    return answer(request, asked, language, document, sheet)
