"""How is a plain request answered on a short way, before it comes to its route?"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from fastapi import Response
from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access.guard import Guard

Asked = TypeVar("Asked")


class ShortCut(ABC, Generic[Asked]):
    """Answers the requests that it takes for plain, where it makes no difference who asks; hands on all others."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = self.asked(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        response = None if asked is None or not self._is_open(scope, asked) else await self._answered(scope, asked)
        if response is None:
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["guarded"] = True
        await response(scope, receive, send)

    @abstractmethod
    def asked(self, scope: Scope) -> Asked | None:
        """What a GET request asks for; None where it is not plain."""

    @abstractmethod
    def route(self, asked: Asked) -> str:
        """The path of the route that would answer, as it stands in the table of rights."""

    @abstractmethod
    def answer(self, scope: Scope, asked: Asked) -> Response | None:
        """The answer, byte for byte as the route gives it; None where it does not stand ready."""

    def is_quick(self, asked: Asked) -> bool:
        """Whether the answer is made so fast that it keeps nobody waiting."""
        return True

    def _is_open(self, scope: Scope, asked: Asked) -> bool:
        guard: Guard = scope["app"].state.guard
        return guard.is_open("GET", self.route(asked), scope["app"].state.store)

    async def _answered(self, scope: Scope, asked: Asked) -> Response | None:
        if scope["app"].state.store.is_at_hand and self.is_quick(asked):
            return self.answer(scope, asked)
        return await run_in_threadpool(self.answer, scope, asked)  # so is any where a server elsewhere is asked
