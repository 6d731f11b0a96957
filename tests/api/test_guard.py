"""Every route for every role: who is let in, who is not, and what they are told."""

import re

import pytest
from fastapi.testclient import TestClient

from api.access.guard import Guard
from api.access.rights import OPEN, read_rights, row_for
from api.app import create_app
from api.settings import Settings
from layers.roles import Role
from layers.store import open_store
from tests.api.people import ENGINES, bearer, routes, signed_in, store_with_secrets
from tests.layers.store import sample

NOBODY = "gaodu_0123456789abcdef_" + "0" * 64
VALUES = {"layer": "springs", "name": "springs", "file": "springs.csv", "code": "grids.cells", "year": "2024",
          "matrix_set": "WebMercatorQuad", "zoom": "0", "row": "0", "column": "0", "raster": "yield_2024"}  # fmt: skip
"""What stands for the parameters of paths; others are 1."""


@pytest.fixture(scope="module", params=[ENGINES[0], pytest.param(ENGINES[1], marks=pytest.mark.postgis)])
def store(request, tmp_path_factory):
    with store_with_secrets(request.param, tmp_path_factory.mktemp("guard")) as store:
        yield store


@pytest.fixture(scope="module")
def tokens(store):
    """A token of each role."""
    return {role: store.tokens.add(f"某{role}", role) for role in Role}


@pytest.fixture(scope="module", params=[True, False], ids=["public", "closed"])
def app(request, store):
    return create_app(Settings(_env_file=None, anonymous_reading=request.param), store)


def address(path):
    return re.sub(r"\{([^}:]*)[^}]*\}", lambda found: VALUES.get(found[1], "1"), path)


def answers(app, wanted, **headers):
    """The answers of all routes whose action is in `wanted`, by method and path."""
    with TestClient(app, headers=headers, follow_redirects=False, raise_server_exceptions=False) as client:
        for method, path in routes(app):
            if read_rights().action(method, path) in wanted:
                yield f"{method} {path}", client.request(method, address(path))


ACTIONS = frozenset(read_rights().routes.values())


def test_every_route_has_a_row(app):
    lacking = [row_for(*route) for route in routes(app) if read_rights().action(*route) is None]
    assert not lacking, "add to [routes] in api/access/rights.toml:\n" + "\n".join(lacking)


def test_every_operation_of_the_openapi_document_has_a_row(app):
    operations = [
        (method.upper(), path) for path, item in app.openapi()["paths"].items() for method in item if method != "head"
    ]
    lacking = [row_for(*each) for each in operations if read_rights().action(*each) is None]
    assert operations
    assert not lacking, "add to [routes] in api/access/rights.toml:\n" + "\n".join(lacking)


def test_every_row_has_a_route(app):
    keys = {re.sub(r"\{[^}]*\}", "{}", f"{method} {path}") for method, path in routes(app)}
    assert sorted(set(read_rights().routes) - keys) == []


def test_without_a_token_all_but_reading_is_401(app):
    wanted = ACTIONS - {OPEN, "read"} if app.state.settings.anonymous_reading else ACTIONS - {OPEN}
    for route, answer in answers(app, wanted):
        assert (route, answer.status_code) == (route, 401)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="gaodu"', route


def test_a_token_that_is_none_is_401_everywhere(app):
    for route, answer in answers(app, ACTIONS - {OPEN}, **bearer(NOBODY)):
        assert (route, answer.status_code) == (route, 401)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="gaodu"', route


@pytest.mark.parametrize(
    "header", ["Basic YTpi", "Bearer", "bearer ", f"Bearer {NOBODY} x", "令牌".encode(), "Bearer " * 999]
)
def test_a_header_that_is_no_token_is_401(app, header):
    with TestClient(app, headers={"Authorization": header}) as client:
        assert client.get("/api/layers").status_code == 401


@pytest.mark.parametrize("role", Role)
def test_a_role_is_refused_what_it_may_not(app, tokens, role):
    wanted = {action for action in ACTIONS if not read_rights().may(role, action)}
    for route, answer in answers(app, wanted, **bearer(tokens[role])):
        assert (route, answer.status_code) == (route, 403)
        told = answer.json()
        needed = read_rights().roles(read_rights().action(*route.split(" ")))
        assert all(each.value in told["zh"] and each.value in told["en"] for each in needed), told
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("role", Role)
def test_a_role_is_let_in_where_it_may(app, tokens, role):
    wanted = {action for action in ACTIONS - {OPEN} if read_rights().may(role, action)}
    for route, answer in answers(app, wanted, **bearer(tokens[role])):
        assert answer.status_code not in (401, 403), (route, answer.text)
        assert answer.status_code < 500, (route, answer.text)


def test_what_is_open_is_open_to_all(app):
    for route, answer in answers(app, {OPEN}, **bearer(NOBODY)):
        assert answer.status_code != 403, route
        assert answer.status_code != 401 or route == "POST /sign-in"


def test_anonymous_reading_lets_everyone_read(app):
    if not app.state.settings.anonymous_reading:
        pytest.skip("this service is closed")
    for route, answer in answers(app, {"read"}):
        assert answer.status_code not in (401, 403), route


def test_a_page_asks_to_sign_in(store):
    closed = create_app(Settings(_env_file=None, anonymous_reading=False), store)
    with TestClient(closed, headers={"Accept": "text/html,*/*;q=0.8"}) as client:
        for path in ("/", "/layers?lang=zh", "/report/2024", "/docs", "/ogc?f=html"):
            answer = client.get(path)
            assert answer.status_code == 401
            assert 'action="/sign-in"' in answer.text
            assert f'name="next" value="{path}"' in answer.text


def test_a_part_of_a_page_sends_the_page_to_sign_in(store):
    closed = create_app(Settings(_env_file=None, anonymous_reading=False), store)
    with TestClient(closed, headers={"HX-Request": "true"}) as client:
        assert client.get("/fragments/search?q=x").headers["HX-Redirect"] == "/sign-in"


def test_what_is_refused_is_not_done(app, store, tokens):
    before = store.count("springs")
    with signed_in(app, tokens[Role.VIEWER]) as client:
        assert client.delete("/ogc/collections/springs/items/1").status_code == 403
    assert store.count("springs") == before


def test_a_refusal_comes_before_the_request_is_judged(app):
    with TestClient(app) as client:
        assert client.get("/api/revisions?limit=many").status_code == 401


def test_a_refusal_names_the_row_to_add(store, tokens, monkeypatch):
    monkeypatch.setattr("api.access.rights.Rights.action", lambda *_: None)
    with signed_in(create_app(Settings(_env_file=None), store), tokens[Role.ADMIN]) as client:
        answer = client.get("/api/layers/springs")
    assert answer.status_code == 403
    assert '"GET /api/layers/{layer}" = "read"' in answer.json()["remedy_en"]


@pytest.mark.parametrize("is_public", [True, False])
def test_a_route_is_open_where_who_asks_makes_no_difference(tmp_path, is_public):
    guard = Guard(read_rights(), anonymous_reading=is_public)
    with open_store(tmp_path / "s.gpkg", sample.catalogue()) as plain:
        assert guard.is_open("GET", "/ogc/collections", plain) == is_public
        assert not guard.is_open("POST", "/ogc/collections/{layer}/items", plain)
        assert not guard.is_open("GET", "/nowhere", plain)


def test_no_route_is_open_where_something_is_hidden(store):
    assert not Guard(read_rights(), anonymous_reading=True).is_open("GET", "/ogc/collections", store)
