"""Who is asking?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Request


class Role(StrEnum):
    """What a person may be, from the least to the most rights; each may do all that those before it may."""

    VIEWER = "viewer"
    PLANNER = "planner"
    TASK_FORCE = "task_force"
    REVIEWER = "reviewer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: `name` is what the history of an edit gives as who, `role` is None for a person who did not sign in."""

    name: str
    role: Role | None = None


ANONYMOUS = Principal("anonymous")


def get_principal(request: Request) -> Principal:
    """Who sent the request; ANONYMOUS where nobody signed in."""
    found = getattr(request.state, "principal", ANONYMOUS)
    return found if isinstance(found, Principal) else ANONYMOUS


PrincipalDep = Annotated[Principal, Depends(get_principal)]
