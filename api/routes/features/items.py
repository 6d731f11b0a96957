"""OGC API Features: the features of a collection."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.asking.negotiation import NegotiatedRoute
from api.asking.parameters import ItemsParameters
from api.asking.reading import selected_items
from api.dependencies import LanguageDep, SettingsDep, StoreDep
from api.documents.described import CRS_HEADER, answers
from api.media import GEOJSON
from api.representations import REPRESENTATIONS

router = APIRouter(prefix="/ogc/collections/{layer}/items", tags=["OGC API Features"], route_class=NegotiatedRoute)


@router.get(
    "", summary="要素 / Features of a collection", response_class=Response,
    responses=answers("FeatureCollection", GEOJSON, headers=CRS_HEADER),
)  # fmt: skip
def items(
    layer: str,
    request: Request,
    store: StoreDep,
    settings: SettingsDep,
    language: LanguageDep,
    asked: Annotated[ItemsParameters, Query()],
) -> Response:
    """A page of features, whose next link goes on after its last one; or all of them as a file."""
    selection = selected_items(request, store, settings, language, layer, asked)
    return REPRESENTATIONS[selection.representation].items(selection)
