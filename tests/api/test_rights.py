"""The table of rights: what it says, and what is said of a wrong one."""

import pytest

from api.access.rights import RightsError, parse_rights, read_rights, row_for
from layers.roles import Role

ROLES = {"anonymous": ["read"], "viewer": ["read"], "planner": ["read", "edit"], "task_force": ["read", "edit"],
         "reviewer": ["read", "audit"], "admin": ["read", "edit", "audit"]}  # fmt: skip
ROUTES = {"GET /a/{x}": "read", "PUT /a/{x}": "edit", "GET /health": "open"}


def rights(roles=ROLES, routes=ROUTES):
    return parse_rights({"roles": roles, "routes": routes}, place="rights.toml")


@pytest.mark.parametrize(
    ("role", "action", "expected"),
    [(None, "open", True), (None, "read", True), (None, "edit", False), (Role.VIEWER, "edit", False),
     (Role.TASK_FORCE, "edit", True), (Role.TASK_FORCE, "audit", False), (Role.REVIEWER, "audit", True),
     (Role.REVIEWER, "edit", False), (Role.ADMIN, "audit", True), (Role.ADMIN, "open", True)],
)  # fmt: skip
def test_who_may_do_what(role, action, expected):
    assert read_rights().may(role, action) is expected


def test_the_roles_of_an_action():
    assert rights().roles("audit") == (Role.REVIEWER, Role.ADMIN)


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [("GET", "/a/{x}", "read"), ("HEAD", "/a/{x}", "read"), ("PUT", "/a/{other:path}", "edit"),
     ("POST", "/a/{x}", None), ("GET", "/a", None), ("GET", "/health", "open")],
)  # fmt: skip
def test_a_route_is_found_by_method_and_path_whatever_its_parameters_are_called(method, path, action):
    assert rights().action(method, path) == action


@pytest.mark.parametrize(
    ("route", "row"), [(("GET", "/b"), '"GET /b" = "read"'), (("DELETE", "/b/{c}"), '"DELETE /b/{c}" = "edit"')]
)
def test_the_row_to_add_for_a_route(route, row):
    assert row_for(*route) == row


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "the tables are [roles] and [routes]"),
        ({"roles": ROLES, "routes": ROUTES, "extra": {}}, "the tables are [roles] and [routes]"),
        ({"roles": {**ROLES, "boss": []}, "routes": {}}, "anonymous, viewer, planner, task_force, reviewer, admin"),
        ({"roles": {"viewer": ["read"]}, "routes": {}}, "each once"),
        ({"roles": {**ROLES, "viewer": "read"}, "routes": {}}, "a list of names"),
        ({"roles": ROLES, "routes": {"GET /b": "fly"}}, "'fly'; actions: audit, edit, open, read"),
        ({"roles": ROLES, "routes": {"FETCH /b": "read"}}, "GET, POST, PUT, PATCH, DELETE, OPTIONS"),
        ({"roles": ROLES, "routes": {"/b": "read"}}, "METHOD /path"),
        ({"roles": ROLES, "routes": {"GET /b/{c}": "read", "GET /b/{d}": "edit"}}, "named twice"),
    ],
)
def test_a_wrong_table_is_refused_with_the_choices(content, message):
    with pytest.raises(RightsError) as caught:
        parse_rights(content, place="rights.toml")
    assert message in caught.value.en
    assert caught.value.place.startswith("rights.toml")


def test_what_is_no_toml_is_refused(tmp_path):
    file = tmp_path / "rights.toml"
    file.write_text("[roles", encoding="utf-8")
    with pytest.raises(RightsError, match="not valid TOML"):
        read_rights(file)
