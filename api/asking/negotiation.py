"""Which form of an answer does the client want?"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from api.errors import BadParameter, NotAcceptable, invalid_request
from api.media import HTML, JSON
from api.pages.templates import refusal
from gis.errors import Problem

DOCUMENT_FORMS: Mapping[str, Sequence[str]] = {"json": (JSON,), "html": (HTML,)}
"""The forms of documents that are no features, by the name that `f=` takes; the first is the default."""


def chosen(request: Request, forms: Mapping[str, Sequence[str]], f: str | None) -> str:
    """The name of one of `forms` (name -> its media types): the one that `f` names, else the one Accept likes best.

    Of forms liked equally the first is given. Raises BadParameter for another `f`, and NotAcceptable where Accept
    takes none of them (RFC 9110, 12.5.1).
    """
    if f is not None:
        if f not in forms:
            raise _unknown(f, forms)
        return f
    accept = request.headers.get("accept")
    if accept is None or accept == "*/*":
        return next(iter(forms))
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    liked = {name: max(_quality(kind, ranges) for kind in kinds) for name, kinds in forms.items()}
    best = max(liked, key=lambda name: liked[name])  # the first of equals
    if liked[best] <= 0 and ranges:
        kinds = ", ".join(kinds[0] for kinds in forms.values())
        raise NotAcceptable(
            "无法按 Accept 要求的格式作答。", f"There is no answer in a form that Accept takes: {accept[:80]}.",
            place="Accept", remedy_zh=f"可用：{kinds}。", remedy_en=f"Forms: {kinds}.",
        )  # fmt: skip
    return best


def _unknown(f: str, forms: Mapping[str, Sequence[str]]) -> BadParameter:
    return BadParameter(
        f"没有“{f[:40]}”格式。",
        f"There is no form {f[:40]!r}.",
        place="f",
        remedy_zh=f"可用：{'、'.join(forms)}。",
        remedy_en=f"Forms: {', '.join(forms)}.",
    )


def _range(part: str) -> tuple[str, float]:
    """A media range and its q-value: text/html;q=0.8; a q that is no number counts as 0."""
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            digits = value.strip().replace(".", "", 1)
            quality = min(float(value), 1.0) if digits.isascii() and digits.isdigit() else 0.0
    return kind, quality


def _quality(kind: str, ranges: Sequence[tuple[str, float]]) -> float:
    """How much `kind` is liked: what the most precise range that takes it says, 0 where none does."""
    kind = kind.partition(";")[0]
    for wanted in (kind, kind.partition("/")[0] + "/*", "*/*"):
        found = [quality for accepted, quality in ranges if accepted == wanted]
        if found:
            return max(found)
    return 0.0


def wants_page(request: Request) -> bool:
    """Whether a refusal is to be a page: the client asked for one, or likes pages best."""
    try:
        return chosen(request, DOCUMENT_FORMS, request.query_params.get("f")) == "html"
    except Problem:
        return False


class NegotiatedRoute(APIRoute):
    """A route whose answers say what they were chosen by, and whose refusals are pages for those who look at pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with the header Vary, and with refusals as pages where the client wants pages."""
        handler = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                response = await handler(request)
            except Problem as problem:
                if not wants_page(request):
                    raise
                response = refusal(request, problem)
            except RequestValidationError as error:
                if not wants_page(request):
                    raise
                response = refusal(request, invalid_request(error))
            response.headers.add_vary_header("Accept")
            return response

        return handled
