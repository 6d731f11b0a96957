"""Signing in and out with pages, without a script."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from api.access.auth import COOKIE
from api.app import create_app
from api.routes.sign_in import own_address
from api.settings import Settings
from layers.roles import Role
from layers.store import open_store
from tests.layers.store import sample


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.gpkg", sample.catalogue()) as store:
        yield store


@pytest.fixture
def token(store):
    return store.tokens.add("规划", Role.PLANNER)


@pytest.fixture
def client(store):
    app = create_app(Settings(_env_file=None, anonymous_reading=False), store)
    with TestClient(app, follow_redirects=False, headers={"Accept": "text/html"}) as client:
        yield client


def test_the_page_comes_in_chinese_first_and_in_english(client):
    assert "请输入管理员发给您的令牌。" in client.get("/sign-in").text
    assert "Enter the token that your administrator gave you." in client.get("/sign-in?lang=en").text


def test_the_page_has_no_field_in_an_address(client):
    assert 'method="post" action="/sign-in"' in client.get("/sign-in").text


def test_signing_in_goes_on_to_the_page_that_was_asked_for(client, token):
    answer = client.post("/sign-in", data={"token": token, "next": "/layers?lang=zh"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/layers?lang=zh")
    assert client.get("/layers").status_code == 200


def test_the_cookie_is_for_no_script_and_no_other_site(client, token):
    parts = client.post("/sign-in", data={"token": token}).headers["Set-Cookie"].split("; ")
    assert parts[0] == f"{COOKIE}={token}"
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(parts)
    assert "Secure" not in parts


def test_the_cookie_is_for_encrypted_connections_where_it_came_by_one(store, token):
    with TestClient(create_app(Settings(_env_file=None), store), base_url="https://gaodu.example") as client:
        answer = client.post("/sign-in", data={"token": token}, follow_redirects=False)
    assert "; Secure" in answer.headers["Set-Cookie"]


def test_the_cookie_lives_no_longer_than_the_token(client, store):
    text = store.tokens.add("a", Role.VIEWER, expires=datetime.now(UTC) + timedelta(hours=1))
    cookie = client.post("/sign-in", data={"token": text}).headers["Set-Cookie"]
    assert 3_500 < int(cookie.split("Max-Age=")[1].split(";")[0]) <= 3_600


@pytest.mark.parametrize("data", [{}, {"token": ""}, {"token": "gaodu_x"}, {"token": "x" * 5_000}, {"next": "/layers"}])
def test_a_token_that_does_not_hold_is_told_so(client, data):
    answer = client.post("/sign-in", data=data)
    assert answer.status_code == 401
    assert "令牌无效" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_the_page_does_not_give_a_token_back(client, token):
    assert token[:-1] not in client.post("/sign-in", data={"token": token[:-1]}).text


def test_another_site_can_sign_nobody_in(client, token):
    answer = client.post("/sign-in", data={"token": token}, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)


def test_signing_out_takes_the_cookie_away(client, token):
    client.post("/sign-in", data={"token": token})
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, '"cache"')
    assert client.get("/layers").status_code == 401


def test_another_site_can_sign_nobody_out(client, token):
    client.post("/sign-in", data={"token": token})
    assert client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get("/layers").status_code == 200


@pytest.mark.parametrize("text", ["/", "/layers", "/layers?a=b&c=d#e", "/报告"])
def test_an_address_of_ours_is_gone_on_to(text):
    assert own_address(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "layers", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil", "https://evil.example", "/\tx",
     "/\n/evil.example", "javascript:alert(1)", " //evil"],
)  # fmt: skip
def test_any_other_address_becomes_the_first_page(text):
    assert own_address(text) == "/"


def test_a_form_of_many_fields_is_refused(client):
    assert client.post("/sign-in", data={f"f{i}": "x" for i in range(9_000)}).status_code == 401
