"""May this request come to its route?"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access.auth import ANONYMOUS, COOKIE, Principal, at_this_machine, signed_in
from api.access.rights import OPEN, Rights, row_for
from api.errors import Forbidden, NotSignedIn, problem_response
from api.pages.templates import PageRoute, sign_in_page
from layers.store import Store


class Guard:
    """Decides for every route of one service by its table of rights; what has no row is refused."""

    def __init__(self, rights: Rights, *, anonymous_reading: bool) -> None:
        self.rights = rights
        self._anonymous_reading = anonymous_reading
        self._paths: dict[int, str] = {}

    async def admit(self, request: Request, route: BaseRoute) -> None:
        """Notes who asks in the request's state; raises NotSignedIn or Forbidden where they may not."""
        action = self._action(request, route)
        request.state.guarded = action != OPEN
        if action == OPEN:
            return
        request.state.principal = principal = await self._principal(request, route, action)
        if not self.may(principal.role, action):
            raise self._refusal(principal, action)

    def may(self, role: Any, action: str) -> bool:
        """Whether `role` may do `action`; somebody who did not sign in may only where the setting lets them."""
        return (role is not None or self._anonymous_reading or action == OPEN) and self.rights.may(role, action)

    def is_open(self, method: str, path: str, store: Store) -> bool:
        """Whether anybody may ask that of the route that stands at `path` in the table, and sees all of `store`.

        Where it is so, who asks makes no difference to the answer.
        """
        action = self.rights.action(method, path)
        return action is not None and self._is_open(action, store)

    def _is_open(self, action: str, store: Store) -> bool:
        return self.may(None, action) and not store.hides_from(None)

    def _action(self, request: Request, route: BaseRoute) -> str:
        path = self._path(request.app, route)
        action = self.rights.action(request.method, path)
        if action is None and isinstance(route, Mount):
            action = self.rights.action("GET", path)
        if action is None:
            row = row_for(request.method, path)
            raise Forbidden(
                "权限表没有此地址，故一律拒绝。", "The table of rights has no row for this address, so it is refused.",
                place=f"{request.method} {path}",
                remedy_zh=f"请在 api/access/rights.toml 的 [routes] 中加一行：{row}",
                remedy_en=f"Add a row to [routes] in api/access/rights.toml: {row}",
            )  # fmt: skip
        return action

    def _path(self, app: FastAPI, route: BaseRoute) -> str:
        """The path of a route as it was included, with the names of its parameters."""
        if id(route) not in self._paths:
            self._paths = {id(each.original_route): str(each.path) for each in iter_route_contexts(app.routes)}
        return self._paths[id(route)]

    async def _principal(self, request: Request, route: BaseRoute, action: str) -> Principal:
        store, settings = request.app.state.store, request.app.state.settings
        if "authorization" in request.headers or COOKIE in request.cookies:
            found = await run_in_threadpool(signed_in, request, store)
            if found is not None:
                return found
        # Asking whether there are tokens costs a read, so it is done only where the answer makes a difference.
        if self._is_open(action, store) and not isinstance(route, PageRoute):
            return ANONYMOUS
        return await run_in_threadpool(at_this_machine, request, store, settings) or ANONYMOUS

    def _refusal(self, principal: Principal, action: str) -> NotSignedIn | Forbidden:
        roles = [role.value for role in self.rights.roles(action)]
        if principal.role is None:
            return NotSignedIn(
                f"需要登录，角色为以下之一：{'、'.join(roles)}。",
                f"You must sign in, with one of the roles {', '.join(roles)}.",
                remedy_zh="在 /sign-in 登录，或在 Authorization: Bearer 中给出令牌；令牌由 gaodu token add 发放。",
                remedy_en="Sign in at /sign-in, or give a token as Authorization: Bearer; gaodu token add makes one.",
            )
        return Forbidden(
            f"“{principal.name}”的角色 {principal.role.value} 不能这样做；需要：{'、'.join(roles) or '无'}。",
            f"{principal.name} has the role {principal.role.value}; this needs {' or '.join(roles) or 'none'}.",
            remedy_zh="请有此角色的人操作，或请管理员发放另一令牌。",
            remedy_en="Have somebody with such a role do it, or an administrator make another token.",
        )


async def guarded(request: Request) -> None:
    """The dependency of every route: lets the request through, or raises NotSignedIn or Forbidden."""
    guard: Guard = request.app.state.guard
    await guard.admit(request, request.scope["route"])


class Guarded:
    """A route that takes no dependencies, such as static files, behind the guard all the same."""

    def __init__(self, app: ASGIApp, route: BaseRoute) -> None:
        self.app, self.route = app, route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        guard: Guard = request.app.state.guard
        await guard.admit(request, self.route)
        await self.app(scope, receive, send)


def set_guard(app: FastAPI, guard: Guard) -> None:
    """Puts every route of `app`, which must have `guarded` among its dependencies, behind `guard`."""
    app.state.guard = guard
    for route in app.routes:
        if isinstance(route, Mount | Route) and not isinstance(route, APIRoute):
            route.app = Guarded(route.app, route)
    app.add_exception_handler(NotSignedIn, _on_not_signed_in)


async def _on_not_signed_in(request: Request, error: Exception) -> Response:
    """The page to sign in on for somebody with a browser; problem+json for a program."""
    if not isinstance(error, NotSignedIn):
        raise error
    accepted = request.headers.get("accept", "")
    if request.method in ("GET", "HEAD") and "text/html" in accepted:
        return sign_in_page(request, error)
    return problem_response(error)
