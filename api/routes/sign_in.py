"""The pages' way in and out: a token typed in once, then kept in a cookie."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access.auth import COOKIE, cross_site, invalid_token, is_foreign
from api.pages.templates import PageRoute, sign_in_page
from layers.store.tokens import Token

router = APIRouter(route_class=PageRoute, tags=["pages"], default_response_class=HTMLResponse)

SEE_OTHER = 303
MOST_FORM_BYTES = 8_000
"""More than a token and an address take; the rest of a longer form is not read."""

FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["token"],
                    "properties": {"token": {"type": "string"}, "next": {"type": "string"}},
                }
            }
        },
    }
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    303: {"description": "登录成功，转到所要的页面 / signed in; on to the page that was asked for"},
    401: {"description": "令牌无效 / the token does not hold", "content": {"text/html": {}}},
}


@router.get("/sign-in", summary="登录页 / Page to sign in on")
def sign_in_form(
    request: Request,
    following: Annotated[
        str, Query(alias="next", max_length=2_000, description="登录后的页面 / page to go on to")
    ] = "/",
) -> HTMLResponse:
    """The page that takes a token; it needs no script."""
    return sign_in_page(request, following=own_address(following))


@router.post("/sign-in", summary="登录 / Sign in", response_class=Response, responses=ANSWERS, openapi_extra=FORM)
async def sign_in(request: Request) -> Response:
    """Keeps the token in a cookie that no script and no other site can use, and goes on to `next`, a page of ours."""
    if is_foreign(request):
        raise cross_site()
    form = parse_qs((await request.body())[:MOST_FORM_BYTES].decode("utf-8", "replace"))
    text, following = (form.get(name, [""])[0].strip() for name in ("token", "next"))
    holder = await run_in_threadpool(request.app.state.store.tokens.holder, text)
    following = own_address(following)
    if holder is None:
        return sign_in_page(request, invalid_token(), following)
    root = request.scope.get("root_path", "")
    answer = RedirectResponse(following or f"{root}/", SEE_OTHER, headers={"Cache-Control": "no-store"})
    answer.set_cookie(
        COOKIE, text, max_age=_seconds_left(holder), path=f"{root}/", httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


@router.post("/sign-out", summary="退出登录 / Sign out", response_class=Response, status_code=SEE_OTHER)
async def sign_out(request: Request) -> Response:
    """Takes the cookie, and the copies of pages that the browser kept, away."""
    if is_foreign(request):
        raise cross_site()
    root = request.scope.get("root_path", "")
    answer = RedirectResponse(f"{root}/", SEE_OTHER, headers={"Clear-Site-Data": '"cache"'})
    answer.delete_cookie(COOKIE, path=f"{root}/", httponly=True, samesite="strict")
    return answer


def own_address(text: str) -> str:
    """`text` where it is an address of this service, which begins with one slash; else the first page."""
    parts = urlsplit(text) if text.isprintable() and "\\" not in text else None
    return text if parts and text.startswith("/") and not text.startswith("//") and not parts.netloc else "/"


def _seconds_left(token: Token) -> int | None:
    """How long the cookie may live; None for as long as the browser is open."""
    return None if token.expires is None else max(0, int((token.expires - datetime.now(UTC)).total_seconds()))
