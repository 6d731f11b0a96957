"""Which requests for features are answered from memory, without a route and a database?

The plain ones: pages of a layer's latest features and single features, as GeoJSON, for somebody who did not sign in and
from whom nothing is hidden. The answer is what the route would give, byte for byte; whatever is not plain goes there.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qsl

from fastapi import Request, Response
from starlette.types import Scope

from api.asking.coordinates import CRS84
from api.asking.paging import DEFAULT_LIMIT
from api.asking.parameters import parse_bbox
from api.asking.selection import Selection
from api.asking.versions import form_of
from api.delivery.short_cut import ShortCut
from api.documents.links import item_links, link_header, page_links
from api.errors import BadParameter
from api.media import GEOJSON
from api.representations import REPRESENTATIONS
from api.representations.geojson import crs_header, feature_members, page_members
from gis.types import Bounds
from layers.errors import UnknownLayer
from layers.query import Query
from layers.resident import ResidentLayer, ResidentLayers
from layers.store import Store

ADDRESS = re.compile(r"/ogc/collections/([^/]+)/items(?:/(\d{1,18}))?", re.ASCII)
ROUTES = ("/ogc/collections/{layer}/items", "/ogc/collections/{layer}/items/{fid}")
NUMBER = re.compile(r"\d{1,18}", re.ASCII)
FORMS = ("geojson", "json")
ACCEPTED = (b"*/*", b"application/geo+json", b"application/geo+json,application/json", b"application/json")

TELLING = frozenset({b"authorization", b"cookie", b"if-none-match", b"if-match", b"range"})
"""Headers that make a request more than plain."""

AT_ONCE = 1_000
"""A page of more features is made in a thread, so that it keeps nobody waiting; so is any of a server elsewhere."""


class _Asked(NamedTuple):
    """What a plain request asks for; `fid` for one feature, the others for a page."""

    layer: str
    fid: int | None
    bbox: Bounds | None = None
    limit: int = DEFAULT_LIMIT
    after: int | None = None


class ReadyFeatures(ShortCut[_Asked]):
    """Answers plain requests for layers that stand in memory; hands on all others."""

    def asked(self, scope: Scope) -> _Asked | None:
        return _asked(scope)

    def route(self, asked: _Asked) -> str:
        return ROUTES[asked.fid is not None]

    def answer(self, scope: Scope, asked: _Asked) -> Response | None:
        return _answer(scope, asked)

    def is_quick(self, asked: _Asked) -> bool:
        return asked.limit <= AT_ONCE


def _asked(scope: Scope) -> _Asked | None:
    """What the request asks for; None where it is not plain."""
    if (address := ADDRESS.fullmatch(scope["path"])) is None:
        return None
    headers = scope["headers"]
    if any(name in TELLING for name, _ in headers):
        return None
    given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    named = dict(given)
    form = named.pop("f", None)
    accepts = [value for name, value in headers if name == b"accept"]
    if len(named) + (form is not None) < len(given) or form not in (None, *FORMS):
        return None
    if form is None and accepts and accepts[0] not in ACCEPTED:
        return None
    if address[2] is not None:
        return None if named else _Asked(address[1], int(address[2]))
    return _page_asked(address[1], named)


def _page_asked(layer: str, named: dict[str, str]) -> _Asked | None:
    bbox, limit, after = (named.pop(name, None) for name in ("bbox", "limit", "after"))
    is_plain = not named and all(number is None or NUMBER.fullmatch(number) for number in (limit, after))
    if not is_plain or limit in ("0", ""):
        return None
    try:
        window = None if bbox is None else parse_bbox(bbox)
    except BadParameter:
        return None
    return _Asked(
        layer, None, window, DEFAULT_LIMIT if limit is None else int(limit), None if after is None else int(after)
    )


def _answer(scope: Scope, asked: _Asked) -> Response | None:
    """The answer; None where the layer is not ready or there is no such feature."""
    residents: ResidentLayers = scope["app"].state.residents
    try:
        found = residents.get(asked.layer)
    except UnknownLayer:
        return None
    if found is None:
        return None
    return _page(scope, asked, found) if asked.fid is None else _feature(scope, asked.fid, found)


def _page(scope: Scope, asked: _Asked, found: ResidentLayer) -> Response | None:
    settings, selection = scope["app"].state.settings, _selection(scope, found)
    limit = min(asked.limit, settings.max_page)
    page = found.page(asked.bbox, after=asked.after, limit=limit, max_bytes=settings.max_page_bytes)
    following = None if page.following is None else str(page.following)
    before = str(found.features.ids[page.rows[0]]) if asked.after is not None and len(page.rows) else None
    links = page_links(selection, following=following, before=before)
    members = page_members(links, page.matched, len(page.rows), illustrative=found.is_illustrative)
    return _response(found.features.collection(page.rows, members), link_header(links))


def _feature(scope: Scope, fid: int, found: ResidentLayer) -> Response | None:
    row = found.row(fid)
    if row is None:
        return None
    selection = _selection(scope, found)
    members = feature_members(item_links(selection, fid), illustrative=found.is_illustrative)
    etag = f'"{found.standing.identity[:8]}-{found.revisions[row]}-{form_of(selection)}"'
    return _response(found.features.feature(row, members), {"ETag": etag})


def _selection(scope: Scope, found: ResidentLayer) -> Selection:
    state = scope["app"].state
    store: Store = state.store
    is_one = ADDRESS.fullmatch(scope["path"])[2] is not None  # type: ignore[index]
    return Selection(
        Request(scope),
        store,
        state.settings,
        state.settings.language,
        found.definition,
        Query(),
        found.standing.revision,
        offered=OFFERED[is_one],
    )


OFFERED = tuple(
    {name: form.media_type for name, form in REPRESENTATIONS.items() if not is_one or form.item is not None}
    for is_one in (False, True)
)
"""The media types of the forms of pages, and of single features, by name."""


def _response(content: bytes, headers: dict[str, str]) -> Response:
    return Response(content, media_type=GEOJSON, headers={**crs_header(CRS84), **headers, "Vary": "Accept"})
