"""`gaodu token`, and `gaodu serve` without one."""

import json

import pytest

from layers.catalogue import load_catalogue
from layers.roles import Role
from layers.store import open_store
from tests.api.test_cli import gaodu


@pytest.fixture
def folder(tmp_path):
    with open_store(tmp_path / "gaodu.gpkg", load_catalogue()):
        return tmp_path


def holder(folder, text):
    with open_store(folder / "gaodu.gpkg", load_catalogue()) as store:
        return store.tokens.holder(text)


def test_a_token_alone_is_printed_to_be_passed_on(folder):
    done = gaodu(folder, "token", "add", "张三", "--role", "task_force")
    found = holder(folder, done.stdout.strip())
    assert (done.returncode, found.name, found.role) == (0, "张三", Role.TASK_FORCE)


def test_one_is_told_that_it_is_shown_once(folder):
    assert "not shown again" in gaodu(folder, "token", "add", "a", "--role", "viewer").stderr


def test_a_token_holds_to_the_end_of_its_last_day_in_china(folder):
    done = gaodu(folder, "token", "add", "a", "--role", "viewer", "--expires", "2999-12-31")
    assert holder(folder, done.stdout.strip()).expires.isoformat() == "2999-12-31T16:00:00+00:00"


@pytest.mark.parametrize("day", ["2020-01-01", "tomorrow", "9999-12-31"])
def test_a_day_that_cannot_be_is_refused(folder, day):
    done = gaodu(folder, "token", "add", "a", "--role", "viewer", "--expires", day)
    assert (done.returncode, "Traceback" in done.stderr, done.stdout) == (1, False, "")


def test_a_role_that_there_is_not_is_answered_with_those_there_are(folder):
    done = gaodu(folder, "token", "add", "a", "--role", "boss")
    assert done.returncode == 2
    assert "task_force" in done.stderr


def test_tokens_are_listed_without_what_opens_the_door(folder):
    text = gaodu(folder, "token", "add", "张三", "--role", "admin").stdout.strip()
    listed = gaodu(folder, "token", "list")
    assert "张三" in listed.stdout
    assert not any(part in listed.stdout for part in text.split("_")[1:])
    document = json.loads(gaodu(folder, "token", "list", "--json").stdout)
    assert [(each["name"], each["role"], each["expires"], each["valid"]) for each in document] == [
        ("张三", "admin", None, True)
    ]


def test_a_token_is_revoked(folder):
    text = gaodu(folder, "token", "add", "a", "--role", "admin").stdout.strip()
    assert gaodu(folder, "token", "revoke", "a").returncode == 0
    assert holder(folder, text) is None


def test_revoking_what_is_not_there_is_refused_in_both_languages(folder):
    done = gaodu(folder, "token", "revoke", "a")
    assert done.returncode == 1
    assert "没有令牌" in done.stderr
    assert "has no token" in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_without_a_token_nothing_is_served_to_other_machines(folder, host):
    done = gaodu(folder, "serve", "--host", host, "--port", "0")
    assert done.returncode == 1
    assert "尚无令牌" in done.stderr
    assert "gaodu token add NAME --role admin" in done.stderr


@pytest.mark.parametrize(("host", "token"), [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)])
def test_this_machine_is_served_without_one_and_others_with_one(folder, monkeypatch, host, token):
    served = []
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: served.append(sockets))
    if token:
        gaodu(folder, "token", "add", "a", "--role", "admin")
    assert gaodu(folder, "serve", "--host", host, "--port", "0").returncode == 0
    assert len(served) == 1
