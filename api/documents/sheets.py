"""How does a document of the OGC API look, as JSON and as a page?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Request, Response

from api.asking.negotiation import DOCUMENT_FORMS, chosen
from api.asking.parameters import OgcParameters
from api.media import JSON
from api.pages.templates import page
from api.settings import Language


@dataclass(frozen=True, slots=True)
class Cell:
    """A text of a table, and the address it leads to, if any."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page; `head` are the titles of its columns, already in the reader's language."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell | str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page shows of a document, in the reader's language."""

    title: str
    lead: str = ""
    tables: Sequence[Table] = ()
    notice: str = ""


def answer(
    request: Request,
    asked: OgcParameters,
    language: Language,
    document: Mapping[str, Any],
    sheet: Callable[[Language], Sheet],
    *,
    media_type: str = JSON,
) -> Response:
    """`document` as JSON or as a page, whichever the client wants; its `links` stand on the page too."""
    if chosen(request, {**DOCUMENT_FORMS, "json": (media_type, JSON)}, asked.f) == "html":
        return page(request, "ogc.html", language, sheet=sheet(language), links=document.get("links", ()))
    return Response(orjson.dumps(document), media_type=media_type)


def two_tongued(text: str, language: Language) -> str:
    """The half of "中文 / English" that `language` reads."""
    zh, point, en = text.partition(" / ")
    return en if language == "en" and point else zh
