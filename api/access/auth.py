"""Who is asking?"""

from __future__ import annotations

import getpass
import ipaddress
import unicodedata
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from api.errors import Forbidden, NotSignedIn
from api.settings import Settings
from layers.roles import Role
from layers.store import Store
from layers.store.tokens import Token

COOKIE = "gaodu_token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""Headers of a proxy: who sends through one does not sit at this machine."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: `name` is what the history of an edit gives as who, `role` is None for a person who did not sign in.

    `local` is the person at this machine, who needs no token as long as there is none.
    """

    name: str
    role: Role | None = None
    local: bool = False


ANONYMOUS = Principal("anonymous")


def get_principal(request: Request) -> Principal:
    """Who sent the request, as the guard found; ANONYMOUS where nobody signed in."""
    found = getattr(request.state, "principal", ANONYMOUS)
    return found if isinstance(found, Principal) else ANONYMOUS


PrincipalDep = Annotated[Principal, Depends(get_principal)]


def signed_in(request: Request, store: Store) -> Principal | None:
    """Who the token of the request, in its Authorization header or its cookie, belongs to; None without a token.

    Raises NotSignedIn for a header that is not right. A cookie that is none any more counts for nothing, so that public
    pages still show. Raises Forbidden where a cookie came with a change that a page of ours did not send.
    """
    header, cookie = request.headers.get("authorization"), request.cookies.get(COOKIE)
    if header is not None:
        scheme, _, text = header.partition(" ")
        holder = store.tokens.holder(text.strip()) if scheme.lower() == "bearer" else None
        if holder is None:
            raise invalid_token()
        return _principal(holder)
    holder = store.tokens.holder(cookie) if cookie else None
    if holder is None:
        return None
    if request.method not in SAFE and not is_ours(request):
        raise cross_site()
    return _principal(holder)


def _principal(token: Token) -> Principal:
    return Principal(token.name, token.role)


def at_this_machine(request: Request, store: Store, settings: Settings) -> Principal | None:
    """The person at this machine, who may do everything as long as there is no token; else None.

    The connection must begin and end at a loopback address and the request name one as its host, which no page of
    another site can do, whatever address its name is made to point at. Raises Forbidden for a change that such a page
    sends, as its Origin and Sec-Fetch-Site tell; programs send neither.
    """
    if not is_loopback_request(request) or store.tokens.exist():
        return None
    if request.method not in SAFE and is_foreign(request):
        raise cross_site()
    return Principal(local_name(settings), Role.ADMIN, local=True)


def is_loopback_request(request: Request) -> bool:
    """Whether the request comes from this machine, to it, under a name that is its own, and not through a proxy."""
    client, server = request.client, request.scope.get("server")
    hosts = [client.host if client else "", server[0] if server else "", _host(request.headers.get("host", ""))]
    return all(map(is_loopback, hosts)) and not any(name in request.headers for name in FORWARDED)


def is_loopback(host: str | None) -> bool:
    """Whether `host` is localhost, or an address of 127.0.0.0/8 or ::1."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _host(header: str) -> str | None:
    try:
        return urlsplit(f"//{header}").hostname
    except ValueError:
        return None


def is_foreign(request: Request) -> bool:
    """Whether a browser says that a page of another site, or of nobody's, sent the request."""
    fetched, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if fetched is not None and fetched not in ("same-origin", "none"):
        return True
    return origin is not None and not _is_own(origin, request.headers.get("host", ""))


def is_ours(request: Request) -> bool:
    """Whether a browser says that a page of this service sent the request."""
    told = "sec-fetch-site" in request.headers or "origin" in request.headers
    return told and not is_foreign(request)


def _is_own(origin: str, host: str) -> bool:
    """Whether `origin` is at `host`; the scheme is left out, as a proxy may have taken the encryption off."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:
        return False


def local_name(settings: Settings) -> str:
    """The name that the history gives to the person at this machine: the setting `who`, else that of the login."""
    try:
        return unicodedata.normalize("NFC", settings.who or getpass.getuser())
    except (OSError, KeyError):
        return "gaodu"


def invalid_token() -> NotSignedIn:
    """The one answer to every token that does not hold, so that it tells nothing of which there are."""
    return NotSignedIn(
        "令牌无效：不存在、已撤销或已过期。",
        "The token does not hold: there is none, it was revoked or it has expired.",
        remedy_zh="请核对令牌，或请管理员用 gaodu token add 发放。",
        remedy_en="Check it, or have an administrator make one with gaodu token add.",
    )


def cross_site() -> Forbidden:
    """The refusal of a change that a browser did not send from a page of ours."""
    return Forbidden(
        "更改请求不是由本系统的页面发出的。",
        "The change was not sent by a page of this service.",
        place="Origin",
        remedy_zh="请在本系统页面中操作；程序请用 Authorization: Bearer 给出令牌。",
        remedy_en="Use the pages of this service; programs give a token as Authorization: Bearer.",
    )
