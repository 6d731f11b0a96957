"""OGC API Features, part 4: creating, replacing, changing and deleting features."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

import orjson
import pyarrow as pa
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import ConfigDict, Field

from api.access.auth import Principal, PrincipalDep
from api.asking.coordinates import CRS84, NamedCrs, named_crs
from api.asking.negotiation import NegotiatedRoute
from api.asking.parameters import OgcParameters
from api.asking.received import Received, feature_of, features_of, json_object, table_of
from api.asking.versions import expected_revision, state_tag
from api.dependencies import StoreDep
from api.documents.described import ALLOWED, CHANGED, CREATED, DELETED, FEATURE_BODY, PATCH_BODY
from api.documents.links import collection_url
from api.errors import BadParameter, InvalidFeatures, NotFound, UnsupportedMedia
from api.media import GEOJSON, JSON, MERGE_PATCH
from api.representations.geojson import geometry_as_given
from layers.definition import LayerDefinition
from layers.errors import InvalidFeature
from layers.query import Query as LayerQuery
from layers.store import Store
from layers.store.writing import Transaction
from layers.validation import faults

router = APIRouter(
    prefix="/ogc/collections/{layer}/items", tags=["OGC API Features: editing"], route_class=NegotiatedRoute
)

WHY = {
    "create": "通过接口新增要素 / features created over the API",
    "replace": "通过接口替换要素 / a feature replaced over the API",
    "update": "通过接口修改要素 / a feature changed over the API",
    "delete": "通过接口删除要素 / a feature deleted over the API",
}
"""What the history of an edit gives as its reason where the client gave none."""

METHODS = {"items": "GET, HEAD, OPTIONS, POST", "item": "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"}
MOST_WHY = 500

Fid = Annotated[int, Path(ge=0, le=2**63 - 1, description="要素号 / feature id")]
IfMatch = Annotated[
    str | None, Header(description="所改要素的 ETag（必需） / ETag of the feature as it was read; required")
]
ContentCrs = Annotated[
    str | None, Header(description="坐标系 <URI>，缺省为 CRS84 / CRS of the coordinates as <URI>; CRS84 if not given")
]
Made = TypeVar("Made")


class EditParameters(OgcParameters):
    """The parameters of an edit."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    why: str | None = Field(
        None, max_length=MOST_WHY, description="修改原因，记入历史 / the reason, kept in the history"
    )


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit about to be made: where, by whom, why, in which CRS its coordinates are, and the body of the request."""

    request: Request
    store: Store
    definition: LayerDefinition
    principal: Principal
    why: str | None
    crs: NamedCrs
    body: bytes

    @property
    def layer(self) -> str:
        """The id of the layer."""
        return self.definition.id


async def get_body(request: Request) -> bytes:
    """The body of the request, read where nothing else is done, as reading it waits for the client."""
    return await request.body()


def get_edit(
    layer: str,
    request: Request,
    store: StoreDep,
    principal: PrincipalDep,
    asked: Annotated[EditParameters, Query()],
    body: Annotated[bytes, Depends(get_body)],
    content_crs: ContentCrs = None,
) -> Edit:
    """The edit that a request asks for. Raises UnknownLayer and BadParameter."""
    definition = store.catalogue[layer]
    crs = CRS84
    if content_crs is not None:
        crs = named_crs(content_crs.strip().removeprefix("<").removesuffix(">"), definition, place="Content-Crs")
    return Edit(request, store, definition, principal, asked.why, crs, body)


EditDep = Annotated[Edit, Depends(get_edit)]


@router.post(
    "", summary="新增要素 / Create features", status_code=201, response_class=Response, responses=CREATED,
    openapi_extra=FEATURE_BODY,
)  # fmt: skip
def create(edit: EditDep) -> Response:
    """A Feature becomes a feature of the layer; the features of a FeatureCollection all do, or none.

    Location is the address of the new feature. For a collection the body lists the ids and addresses.
    """
    _check_media(edit.request, GEOJSON, JSON)
    features, is_collection = features_of(edit.body)
    rows = table_of(edit.definition, features, edit.crs)

    def insert(transaction: Transaction) -> list[int]:
        return transaction.insert(edit.layer, rows)

    fids, revision = _written(edit, "create", rows, features, insert)
    addresses = [f"{collection_url(edit.request, edit.layer)}/items/{fid}" for fid in fids]
    if not is_collection:
        headers = {"Location": addresses[0], "ETag": state_tag(edit.store, revision)}
        return Response(status_code=201, headers=headers)
    created = [{"id": fid, "href": address} for fid, address in zip(fids, addresses, strict=True)]
    body = orjson.dumps({"revision": revision, "created": created})
    return Response(body, status_code=201, media_type=JSON, headers={"Location": addresses[0]})


@router.put(
    "/{fid}", summary="替换要素 / Replace a feature", status_code=204, responses=CHANGED, openapi_extra=FEATURE_BODY
)
def replace(fid: Fid, edit: EditDep, if_match: IfMatch = None) -> Response:
    """The Feature takes the place of the one there is; fields that it leaves out become empty."""
    _check_media(edit.request, GEOJSON, JSON)
    current = _current(edit, fid)
    expected = expected_revision(edit.store, if_match, _revision(current))
    feature = feature_of(json_object(edit.body))
    _check_id(feature, fid)
    return _changed(edit, "replace", fid, expected, current, feature, partial=False)


@router.patch(
    "/{fid}", summary="修改要素 / Change a feature", status_code=204, responses=CHANGED, openapi_extra=PATCH_BODY
)
def update(fid: Fid, edit: EditDep, if_match: IfMatch = None) -> Response:
    """A merge patch (RFC 7396) of the Feature: what it names is changed, null empties a field, the rest stays."""
    _check_media(edit.request, MERGE_PATCH, GEOJSON, JSON)
    current = _current(edit, fid)
    expected = expected_revision(edit.store, if_match, _revision(current))
    feature = feature_of(json_object(edit.body), partial=True)
    _check_id(feature, fid)
    return _changed(edit, "update", fid, expected, current, feature, partial=True)


@router.delete("/{fid}", summary="删除要素 / Delete a feature", status_code=204, responses=DELETED)
def delete(fid: Fid, edit: EditDep, if_match: IfMatch = None) -> Response:
    """The feature is in force no more; its history stays."""
    expected = expected_revision(edit.store, if_match, _revision(_current(edit, fid)))

    def remove(transaction: Transaction) -> None:
        transaction.delete(edit.layer, [fid], expected=None if expected is None else [expected])

    _written(edit, "delete", None, [], remove)
    return Response(status_code=204)


@router.options("", summary="允许的方法 / Methods allowed", status_code=204, responses=ALLOWED)
def items_options(layer: str, store: StoreDep) -> Response:
    """What may be done with the features of a collection."""
    _ = store.catalogue[layer]
    return Response(status_code=204, headers={"Allow": METHODS["items"], "Accept-Post": GEOJSON})


@router.options("/{fid}", summary="允许的方法 / Methods allowed", status_code=204, responses=ALLOWED)
def item_options(layer: str, fid: Fid, store: StoreDep) -> Response:
    """What may be done with one feature."""
    _ = store.catalogue[layer]
    return Response(status_code=204, headers={"Allow": METHODS["item"], "Accept-Patch": MERGE_PATCH})


def _changed(
    edit: Edit, kind: str, fid: int, expected: int | None, current: pa.Table, feature: Received, *, partial: bool
) -> Response:
    rows = table_of(edit.definition, [feature], edit.crs, partial=partial)
    if feature.has_geometry and feature.geometry == geometry_as_given(edit.definition, current, edit.crs):
        # The client sends back what it was given, in fewer digits than are stored: the shape stays as it is.
        rows = rows.set_column(rows.column_names.index("geom"), "geom", current["geom"])
    if not rows.num_columns:
        return Response(status_code=204, headers={"ETag": state_tag(edit.store, _revision(current))})
    keys = {"fid": [fid]} if expected is None else {"fid": [fid], "revision": [expected]}
    named = pa.table({**{name: pa.array(values, pa.int64()) for name, values in keys.items()}, **_columns(rows)})

    def change(transaction: Transaction) -> None:
        transaction.update(edit.layer, named)

    _, revision = _written(edit, kind, rows, [feature], change, partial=partial)
    return Response(status_code=204, headers={"ETag": state_tag(edit.store, revision)})


def _columns(rows: pa.Table) -> dict[str, pa.ChunkedArray]:
    return dict(zip(rows.column_names, rows.columns, strict=True))


def _written(
    edit: Edit,
    kind: str,
    rows: pa.Table | None,
    features: list[Received],
    write: Callable[[Transaction], Made],
    *,
    partial: bool = False,
) -> tuple[Made, int]:
    """What `write` returns, and the revision that it became. Raises InvalidFeatures and NotFound."""
    try:
        with edit.store.transaction(who=edit.principal.name, why=edit.why or WHY[kind]) as transaction:
            made = write(transaction)
    except InvalidFeature as error:
        if error.place.endswith(".fid"):  # deleted since it was read
            raise NotFound(error.zh, error.en, place=error.place) from error
        found = [] if rows is None else faults(edit.definition, rows, partial=partial)
        raise InvalidFeatures(
            error, [(_place(features, fault.index, fault.field), fault) for fault in found]
        ) from error
    return made, transaction.revision


def _place(features: list[Received], index: int | None, field: str) -> str:
    """Where in the body a faulty value stands."""
    feature = features[index or 0].place
    member = "geometry" if field == "geom" else f"properties.{field}"
    return f"{feature}.{member}" if feature else member


def _current(edit: Edit, fid: int) -> pa.Table:
    """The feature as it is, one row. Raises NotFound."""
    row = edit.store.read(edit.layer, LayerQuery(fids=(fid,)))
    if row.num_rows == 0:
        raise NotFound(
            f"图层“{edit.layer}”没有编号为 {fid} 的要素。", f"Layer {edit.layer!r} has no feature {fid}.",
            place=f"{edit.layer}/{fid}",
        )  # fmt: skip
    return row


def _revision(row: pa.Table) -> int:
    return int(row["revision"][0].as_py())


def _check_id(feature: Received, fid: int) -> None:
    if feature.id is not None and str(feature.id) != str(fid):
        raise BadParameter(
            f"要素号 {str(feature.id)[:40]} 与地址中的 {fid} 不同。",
            f"The id {str(feature.id)[:40]} is not the one in the address, {fid}.",
            place="id",
            remedy_zh="请去掉 id 或改为一致。",
            remedy_en="Leave the id out, or make it the same.",
        )


def _check_media(request: Request, *taken: str) -> None:
    """Raises UnsupportedMedia for a body of another kind; what says none is taken as the first."""
    kind = request.headers.get("content-type", taken[0]).partition(";")[0].strip().lower()
    if kind not in taken:
        raise UnsupportedMedia(
            f"不接受 {kind[:80]} 格式的内容。",
            f"A body of the kind {kind[:80]} is not taken.",
            place="Content-Type",
            remedy_zh=f"可用：{'、'.join(taken)}。",
            remedy_en=f"Kinds: {', '.join(taken)}.",
        )
