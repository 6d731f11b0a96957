"""Which roles are there, and what may each see?"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person who signed in may be, from the one who sees least to the one who sees most.

    The order says what is seen (`sees`); what a role may do stands in api/access/rights.toml.
    """

    VIEWER = "viewer"
    PLANNER = "planner"
    TASK_FORCE = "task_force"
    REVIEWER = "reviewer"
    ADMIN = "admin"


RANK = {role: number for number, role in enumerate(Role, start=1)}
"""Role -> its place in the order of seeing; somebody who did not sign in stands before all at 0."""


def sees(role: Role | None, needed: Role | None) -> bool:
    """Whether `role` (None: nobody signed in) sees what is visible from the role `needed` on (None: to everyone)."""
    return needed is None or (role is not None and RANK[role] >= RANK[needed])
