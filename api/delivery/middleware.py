"""What happens to every request on its way in and out?"""

from __future__ import annotations

import secrets
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.auth import ANONYMOUS
from api.errors import TooLarge, problem_response

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}

INLINE_SCRIPTS = ("/docs", "/docs/oauth2-redirect")
"""Pages of FastAPI, which show nothing that a person entered, with a script in the page that takes no nonce."""


class SecurityHeaders:
    """Adds the security headers; pages may run only our own scripts and those that carry the request's nonce.

    `basemap_origin` is the one other origin that images may come from: that of the basemap that was configured.
    """

    def __init__(self, app: ASGIApp, basemap_origin: str = "") -> None:
        self.app = app
        self.images = f"'self' data: blob: {basemap_origin}".strip()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if headers.get("content-type", "").startswith("text/html"):
                    scripts = "'unsafe-inline'" if scope["path"] in INLINE_SCRIPTS else f"'nonce-{nonce}'"
                    headers.setdefault("Content-Security-Policy", self._policy(scripts))
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _policy(self, scripts: str) -> str:
        return (
            f"default-src 'self'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
            f"img-src {self.images}; connect-src 'self'; object-src 'none'; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'self'"
        )


class OwnCopies:
    """Keeps answers apart by who asked, in browsers and in caches between: each may hold what others must not see.

    What somebody was told who signed in is kept by nobody but their own browser, and read there only with the same
    token or cookie.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_apart(message: Message) -> None:
            if message["type"] == "http.response.start" and state.get("guarded"):
                _keep_apart(MutableHeaders(scope=message), known=state.get("principal", ANONYMOUS).role is not None)
            await send(message)

        await self.app(scope, receive, send_apart)


def _keep_apart(headers: MutableHeaders, *, known: bool) -> None:
    said = [name.strip() for name in headers.get("vary", "").split(",") if name.strip()]
    lower = {name.lower() for name in said}
    headers["Vary"] = ", ".join([*said, *(name for name in ("Authorization", "Cookie") if name.lower() not in lower)])
    if known:
        kept = [part.strip() for part in headers.get("cache-control", "").split(",")]
        rules = [part for part in kept if part and part.lower() not in ("public", "private")]
        headers["Cache-Control"] = ", ".join(["private", *rules])


class HeadAsGet:
    """Answers HEAD with the headers of GET, which FastAPI's routes do not do by themselves (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app({**scope, "method": "GET"}, receive, send_without_body)


class BodyLimit:
    """Answers 413 to a body of more than `max_bytes`, before it is read where its length is declared."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app, self.max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self.max_bytes:
            await self._refuse(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_bytes:
                raise self._too_large()
            return message

        await self.app(scope, counted, send)

    def _too_large(self) -> TooLarge:
        megabytes = self.max_bytes / 1e6
        return TooLarge(
            f"请求超过 {megabytes:g} MB。",
            f"The request is larger than {megabytes:g} MB.",
            remedy_zh="请减少要素，或改用 gaodu import 导入文件。",
            remedy_en="Send fewer features, or import the file with gaodu import.",
        )

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        await problem_response(self._too_large(), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)(scope, receive, send)
