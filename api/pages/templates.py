"""How is a page written, and in which language?"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urlencode

from babel.messages.pofile import read_po
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.access.auth import get_principal
from api.dependencies import get_language
from api.documents.rasters import raster_legend
from api.errors import HEADERS, NotSignedIn, invalid_request, status_of
from api.settings import Language
from api.web import LOCALES, TEMPLATES
from gis.errors import Problem
from gis.units import mu_from_m2, round_half_up
from layers.definition import METHODS
from layers.report.periods import period_named

COOKIE = "lang"
COOKIE_SECONDS = 365 * 24 * 3600


class PageRoute(APIRoute):
    """A route whose refusals are pages too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with every Problem and bad parameter shown as a page in the reader's language."""
        handler = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handler(request)
            except Problem as problem:
                return refusal(request, problem)
            except RequestValidationError as error:
                return refusal(request, invalid_request(error))

        return handled


def page(request: Request, template: str, language: Language, status: int = 200, **context: Any) -> HTMLResponse:
    """`template` filled with `context`; `?lang=` is remembered in a cookie.

    Templates also get language, _ (translation), root, nonce, principal (who asks) and here (an address of this page
    with other parameters).
    """
    asked = request.query_params.get("lang")
    html = _environment(language).get_template(template).render(
        language=language,
        root=request.scope.get("root_path", ""),
        nonce=getattr(request.state, "nonce", ""),
        path=request.url.path,
        methods={method.value: name.get(language) for method, name in METHODS.items()},
        mu_per_m2=mu_from_m2(1.0),
        principal=get_principal(request),
        here=lambda **changes: _address(request.query_params, changes),
        **context,
    )  # fmt: skip
    response = HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-cache", "Vary": "Cookie"})
    if asked in ("zh", "en"):
        response.set_cookie(COOKIE, asked, max_age=COOKIE_SECONDS, httponly=True, samesite="lax")
    return response


def refusal(request: Request, problem: Problem) -> HTMLResponse:
    """The page that says what `problem` refuses and what to do about it; the one to sign in on where that is it."""
    if isinstance(problem, NotSignedIn):
        return sign_in_page(request, problem)
    language = _language(request)
    english = language == "en"
    return page(
        request,
        "refusal.html",
        language,
        status_of(problem),
        message=problem.en if english else problem.zh,
        remedy=problem.remedy_en if english else problem.remedy_zh,
        place=problem.place,
    )


def sign_in_page(request: Request, problem: NotSignedIn | None = None, following: str | None = None) -> HTMLResponse:
    """The page to sign in on, with what `problem` says; from it one goes on to the address `following`.

    By default that is the one that was asked for. A part of a page that htmx asked for sends the whole page there.
    """
    language = _language(request)
    asked = "/"
    if request.method in ("GET", "HEAD"):
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    shown = page(
        request,
        "sign_in.html",
        language,
        200 if problem is None else status_of(problem),
        following=asked if following is None else following,
        message="" if problem is None else problem.en if language == "en" else problem.zh,
    )
    shown.headers.update({} if problem is None else HEADERS[NotSignedIn])
    if "hx-request" in request.headers:
        shown.headers["HX-Redirect"] = f"{request.scope.get('root_path', '')}/sign-in"
    return shown


def _language(request: Request) -> Language:
    asked = request.query_params.get("lang")
    return get_language(request, asked if asked in ("zh", "en") else None)  # type: ignore[arg-type]


def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """`value` with thousands separators, rounded half up to `decimals`; a dash for None."""
    if value is None:
        return "–"
    return f"{round_half_up(float(value), decimals):,.{decimals}f}"


def printed(digits: str) -> str:
    """A report's `digits` with thousands separators and the decimals that it printed."""
    whole, point, decimals = digits.partition(".")
    return f"{int(whole):,}{point}{decimals}"


@cache
def translations() -> Mapping[str, str]:
    """The English text of every Chinese one that templates use, from locales/en.po."""
    with (LOCALES / "en.po").open("rb") as file:
        catalogue = read_po(file, locale="en")
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts: Mapping[str, str] = translations() if language == "en" else {}
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: texts.get(text, text), lambda one, many, count: texts.get(one, one), newstyle=False
    )
    environment.filters |= {"number": number, "printed": printed, "period": period_named, "ramp": raster_legend}
    return environment


def _address(parameters: Mapping[str, str], changes: Mapping[str, Any]) -> str:
    kept = {**parameters, **changes}
    return "?" + urlencode({name: value for name, value in kept.items() if value is not None})
