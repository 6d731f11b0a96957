"""Who is asking: the person at this machine, a token in a header, a token in a cookie, and pages of other sites."""

import pytest
from fastapi.testclient import TestClient

from api.access.auth import COOKIE, is_loopback
from api.app import create_app
from api.settings import Settings
from layers.roles import Role
from layers.store import open_store
from tests.api.people import LOCAL, bearer, signed_in
from tests.layers.store import sample

REVISIONS = "/api/revisions"
FEATURE = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [118.3, 34.9]}, "properties": {}}
ITEMS = "/ogc/collections/wells/items"


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.gpkg", sample.catalogue()) as store:
        yield store


@pytest.fixture
def app(store):
    return create_app(Settings(_env_file=None, who="本机人"), store)


@pytest.fixture
def local(app):
    with TestClient(app, **LOCAL) as client:
        yield client


def written(client, **headers):
    """The status of an attempt to write."""
    return client.post(ITEMS, json=FEATURE, headers=headers).status_code


def test_the_person_at_this_machine_may_write_while_there_is_no_token(local, store):
    assert written(local) == 201
    assert [each.who for each in store.revisions()] == ["本机人"]


def test_a_token_ends_that_at_once(local, store):
    store.tokens.add("a", Role.VIEWER)
    assert written(local) == 401


def test_a_token_of_another_process_ends_it_too(local, store):
    assert written(local) == 201
    with open_store(store.path, sample.catalogue()) as other:
        other.tokens.add("a", Role.VIEWER)
    assert written(local) == 401


@pytest.mark.parametrize(
    "options",
    [
        LOCAL | {"client": ("10.0.0.7", 50_000)},
        LOCAL | {"base_url": "http://10.0.0.1:8000"},
        LOCAL | {"base_url": "http://rebound.example:8000"},
        LOCAL | {"headers": {"Host": "rebound.example:8000"}},
        LOCAL | {"headers": {"Host": "127.0.0.1.example"}},
        LOCAL | {"headers": {"Host": "[::1"}},
        LOCAL | {"headers": {"Host": ""}},
        LOCAL | {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        LOCAL | {"headers": {"Forwarded": "for=127.0.0.1"}},
        LOCAL | {"headers": {"Via": "1.1 proxy"}},
    ],
)
def test_nobody_else_may_write_without_a_token(app, options):
    with TestClient(app, **options) as client:
        assert written(client) == 401


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "127.0.0.1"])
def test_this_machine_has_several_names(local, host):
    assert written(local, Host=host) == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:3000"},
        {"Origin": "http://localhost:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
    ],
)
def test_pages_of_other_sites_cannot_write_at_this_machine(local, headers):
    answer = local.post(ITEMS, json=FEATURE, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://127.0.0.1:8000"}, {"Sec-Fetch-Site": "same-origin"}])
def test_programs_and_our_own_pages_can(local, headers):
    assert written(local, **headers) == 201


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("0.0.0.0", False), ("::", False),
     ("192.168.1.2", False), ("localhost.example", False), ("", False), (None, False), ("testserver", False)],
)  # fmt: skip
def test_loopback(host, expected):
    assert is_loopback(host) is expected


def test_an_edit_is_written_down_under_the_name_of_the_token(app, store):
    with signed_in(app, store.tokens.add("李四", Role.TASK_FORCE)) as client:
        assert written(client) == 201
    assert store.revisions()[0].who == "李四"


def test_a_token_in_a_header_needs_no_page_of_ours(app, store):
    with signed_in(app, store.tokens.add("a", Role.PLANNER)) as client:
        assert written(client, Origin="https://gis.example") == 201


def test_a_revoked_token_is_refused_with_the_next_request(app, store):
    with signed_in(app, store.tokens.add("a", Role.ADMIN)) as client:
        assert client.get(REVISIONS).status_code == 200
        store.tokens.revoke("a")
        assert client.get(REVISIONS).status_code == 401


def test_every_token_that_does_not_hold_is_answered_alike(app, store):
    gone = store.tokens.add("a", Role.ADMIN)
    store.tokens.revoke("a")
    held = store.tokens.add("b", Role.ADMIN)
    tried = [gone, held[:-1] + ("0" if held[-1] != "0" else "1"), "gaodu_" + "0" * 16 + "_" + "0" * 64, "x"]
    with TestClient(app) as client:
        assert len({client.get(REVISIONS, headers=bearer(each)).text for each in tried}) == 1


def test_a_token_in_an_address_is_nothing(app, store):
    text = store.tokens.add("a", Role.ADMIN)
    with TestClient(app) as client:
        for name in ("token", "access_token", COOKIE):
            assert client.get(f"{REVISIONS}?{name}={text}").status_code == 401


@pytest.fixture
def browser(app, store):
    """A browser that keeps a planner's cookie."""
    with TestClient(app, cookies={COOKIE: store.tokens.add("规划", Role.PLANNER)}) as client:
        yield client


@pytest.mark.parametrize("headers", [{"Origin": "http://testserver"}, {"Sec-Fetch-Site": "same-origin"}])
def test_a_page_of_ours_may_write_with_the_cookie(browser, headers):
    assert written(browser, **headers) == 201


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_no_other_page_may_write_with_the_cookie(browser, store, headers):
    assert written(browser, **headers) == 403
    assert store.revision() == 0


def test_a_cookie_that_does_not_hold_counts_for_nothing(app):
    with TestClient(app, cookies={COOKIE: "gaodu_" + "0" * 16 + "_" + "0" * 64}) as client:
        assert client.get("/layers").status_code == 200
        assert client.get(REVISIONS).status_code == 401


def test_a_header_goes_before_a_cookie(browser):
    assert browser.get("/api/layers", headers=bearer("x")).status_code == 401


def test_pages_say_who_is_signed_in(browser, local, app):
    assert "规划" in browser.get("/layers").text
    assert 'action="/sign-out"' in browser.get("/layers").text
    with TestClient(app) as anonymous:
        assert 'href="/sign-in?next=/layers"' in anonymous.get("/layers").text


def test_pages_say_who_sits_at_this_machine(local):
    assert "本机人" in local.get("/layers").text


def test_nothing_is_logged_that_holds_a_token(app, store, caplog):
    caplog.set_level("DEBUG")
    text = store.tokens.add("a", Role.VIEWER)
    with TestClient(app, raise_server_exceptions=False) as client:
        for headers in (bearer(text), bearer(text[:-1]), {"Cookie": f"{COOKIE}={text}"}):
            client.get(REVISIONS, headers=headers)
        client.post("/sign-in", data={"token": text})
    assert text.split("_")[2][:-1] not in caplog.text
