"""Which role may do what, on which route?"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from gis.errors import Problem
from layers.roles import Role

RIGHTS = Path(__file__).parent / "rights.toml"
OPEN = "open"
"""The action that everyone may always do."""

ANONYMOUS = "anonymous"
"""Stands among the roles for somebody who did not sign in."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ROW = re.compile(rf"({'|'.join(METHODS)}) (/\S*)")
PARAMETER = re.compile(r"\{[^}]*\}")


class RightsError(Problem):
    """The table of rights is wrong."""

    code = "rights"


@dataclass(frozen=True, slots=True)
class Rights:
    """What each role may do (None: somebody who did not sign in), and what the routes are for by method and path."""

    actions: Mapping[Role | None, frozenset[str]]
    routes: Mapping[str, str]

    def action(self, method: str, path: str) -> str | None:
        """What the route is for; None where the table has no row for it. Names of path parameters do not count."""
        return self.routes.get(_key("GET" if method == "HEAD" else method, path))

    def may(self, role: Role | None, action: str) -> bool:
        """Whether `role` may do `action`."""
        return action == OPEN or action in self.actions[role]

    def roles(self, action: str) -> tuple[Role, ...]:
        """The roles that may do `action`."""
        return tuple(role for role in Role if self.may(role, action))


def _key(method: str, path: str) -> str:
    return f"{method} {PARAMETER.sub('{}', path)}"


def row_for(method: str, path: str) -> str:
    """The row to add to the table for a route that has none: reading, or editing, as its method says."""
    return f'"{method} {path}" = "{"read" if method == "GET" else "edit"}"'


@cache
def read_rights(path: Path = RIGHTS) -> Rights:
    """The table at `path`; raises RightsError naming the row that is wrong and the valid choices."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        _refuse(path.name, f"不是有效的 TOML：{error}", f"this is not valid TOML: {error}")
    return parse_rights(content, place=path.name)


def parse_rights(content: Mapping[str, Any], *, place: str) -> Rights:
    """The table that `content` holds, as read from TOML; raises RightsError as `read_rights` does."""
    tables = {"roles", "routes"}
    if set(content) != tables or not all(isinstance(content[table], dict) for table in tables):
        _refuse(place, "应有且只有 [roles] 和 [routes] 两个表", "the tables are [roles] and [routes], no others")
    actions = _actions(content["roles"], f"{place}: roles")
    known = frozenset().union({OPEN}, *actions.values())
    return Rights(actions, _routes(content["routes"], known, f"{place}: routes"))


def _actions(roles: Mapping[str, Any], place: str) -> dict[Role | None, frozenset[str]]:
    wanted = [ANONYMOUS, *(role.value for role in Role)]
    if sorted(roles) != sorted(wanted):
        _refuse(place, f"角色应为：{'、'.join(wanted)}", f"the roles are {', '.join(wanted)}, each once")
    for role, actions in roles.items():
        if not isinstance(actions, list) or not all(isinstance(action, str) and action for action in actions):
            _refuse(f"{place}.{role}", "应为操作名的列表", "this must be a list of names of actions")
    return {None if role == ANONYMOUS else Role(role): frozenset(actions) for role, actions in roles.items()}


def _routes(rows: Mapping[str, Any], known: frozenset[str], place: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for row, action in rows.items():
        if not (parts := ROW.fullmatch(row)):
            _refuse(f"{place}: {row}", "应写成“方法 路径”，如 GET /health", f"write METHOD /path: {', '.join(METHODS)}")
        if action not in known:
            choices = sorted(known)
            _refuse(f"{place}: {row}", f"没有操作“{action}”，可选：{'、'.join(choices)}",
                    f"there is no action {action!r}; actions: {', '.join(choices)}")  # fmt: skip
        key = _key(parts[1], parts[2])
        if key in found:
            _refuse(f"{place}: {row}", "该路由出现两次", "the route is named twice")
        found[key] = action
    return found


def _refuse(place: str, zh: str, en: str) -> NoReturn:
    raise RightsError(f"权限表有误：{zh}。", f"The table of rights is wrong: {en}.", place=place)
