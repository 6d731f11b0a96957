"""OGC API Features: one feature."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response

from api.asking.negotiation import NegotiatedRoute
from api.asking.parameters import FeatureParameters
from api.asking.reading import selected_item
from api.asking.versions import form_tag, is_held
from api.dependencies import LanguageDep, SettingsDep, StoreDep
from api.documents.described import CRS_HEADER, ETAG_HEADER, NOT_MODIFIED, answers
from api.errors import NotFound
from api.media import GEOJSON
from api.representations import REPRESENTATIONS

router = APIRouter(
    prefix="/ogc/collections/{layer}/items/{fid}", tags=["OGC API Features"], route_class=NegotiatedRoute
)

Fid = Annotated[int, Path(ge=0, le=2**63 - 1, description="要素号 / feature id")]


@router.get(
    "", summary="单个要素 / One feature", response_class=Response,
    responses=answers("Feature", GEOJSON, headers={**CRS_HEADER, **ETAG_HEADER}) | NOT_MODIFIED,
)  # fmt: skip
def item(
    layer: str,
    fid: Fid,
    request: Request,
    store: StoreDep,
    settings: SettingsDep,
    language: LanguageDep,
    asked: Annotated[FeatureParameters, Query()],
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """One feature, with the ETag that a change of it must name."""
    selection = selected_item(request, store, settings, language, layer, fid, asked)
    row = store.read(layer, selection.query, as_of=selection.revision)
    if row.num_rows == 0:
        raise NotFound(
            f"图层“{layer}”没有编号为 {fid} 的要素。", f"Layer {layer!r} has no feature {fid}.", place=f"{layer}/{fid}"
        )
    give = REPRESENTATIONS[selection.representation].item
    if give is None:
        raise NotFound("没有单个要素的这种格式。", "One feature is not given in that form.", place="f")
    etag = form_tag(selection, int(row["revision"][0].as_py()))
    if is_held(if_none_match, etag):
        return Response(status_code=304, headers={"ETag": etag})
    response = give(selection, row)
    if selection.representation != "html":  # a page has the reader's language and a nonce in it
        response.headers["ETag"] = etag
    return response
