"""Tokens, on either engine."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from layers.roles import Role
from layers.store import open_store, restore
from layers.store import tokens as module
from layers.store.tables import tokens
from layers.store.tokens import TokenRefused, checked_name
from tests.layers.store import sample

TOMORROW = datetime.now(UTC) + timedelta(days=1)


def test_a_new_store_has_no_token(store):
    assert store.tokens.listing() == []
    assert not store.tokens.exist()


def test_a_token_tells_whose_it_is_and_its_role(store):
    text = store.tokens.add("张三", Role.PLANNER)
    holder = store.tokens.holder(text)
    assert (holder.name, holder.role, holder.expires) == ("张三", Role.PLANNER, None)


def test_a_token_has_256_random_bits_after_its_public_part(store):
    _, public, secret = store.tokens.add("a", Role.VIEWER).split("_")
    assert (len(public), len(bytes.fromhex(secret)) * 8) == (16, 256)


def test_two_tokens_differ(store):
    assert store.tokens.add("a", Role.VIEWER) != store.tokens.add("b", Role.VIEWER)


def test_the_store_holds_no_token_as_it_is_written(store):
    secret = store.tokens.add("a", Role.VIEWER).split("_")[2]
    with store._engine.reading() as connection:
        (row,) = connection.execute(tokens.select()).all()
    assert secret not in str(row)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text + "0",
        lambda text: text[:-1],
        lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"),
        lambda text: text.upper(),
        lambda text: "gaodu_" + "0" * 16 + text[22:],
        lambda text: text * 1000,
        lambda text: text + "\n",
        lambda text: "’ OR 1=1 --",
        lambda text: "令牌",
    ],
)
def test_what_is_not_the_token_is_nobodys(store, change):
    assert store.tokens.holder(change(store.tokens.add("a", Role.ADMIN))) is None


def test_a_revoked_token_is_nobodys(store):
    text = store.tokens.add("a", Role.ADMIN)
    store.tokens.revoke("a")
    assert store.tokens.holder(text) is None


def test_a_token_is_revoked_for_another_process_too(store, url):
    text = store.tokens.add("a", Role.ADMIN)
    with open_store(url, sample.catalogue()) as other:
        assert other.tokens.holder(text) is not None
        store.tokens.revoke("a")
        assert other.tokens.holder(text) is None
        assert not other.tokens.exist()


def test_a_token_that_another_process_made_holds_at_once(store, url):
    with open_store(url, sample.catalogue()) as other:
        assert not other.tokens.exist()
        assert other.tokens.holder(store.tokens.add("a", Role.VIEWER)).name == "a"


def test_a_revoked_name_can_be_given_again(store):
    before = store.tokens.add("a", Role.ADMIN)
    store.tokens.revoke("a")
    after = store.tokens.add("a", Role.VIEWER)
    assert [store.tokens.holder(text) for text in (before, after)] == [None, store.tokens.listing()[0]]


def test_revoking_nobodys_token_names_those_there_are(store):
    store.tokens.add("李四", Role.VIEWER)
    with pytest.raises(TokenRefused, match="李四"):
        store.tokens.revoke("张三")


def test_a_name_has_one_token_whatever_its_case(store):
    store.tokens.add("Zhang", Role.VIEWER)
    with pytest.raises(TokenRefused, match="has a token already"):
        store.tokens.add("zhang", Role.ADMIN)


def test_a_token_holds_until_it_expires(store, monkeypatch):
    text = store.tokens.add("a", Role.VIEWER, expires=TOMORROW)
    assert store.tokens.holder(text) is not None
    monkeypatch.setattr(module, "now", lambda: TOMORROW)
    assert store.tokens.holder(text) is None


def test_an_expired_token_is_listed_as_such(store, monkeypatch):
    store.tokens.add("a", Role.VIEWER, expires=TOMORROW)
    monkeypatch.setattr(module, "now", lambda: TOMORROW)
    assert [token.is_valid for token in store.tokens.listing()] == [False]


def test_expiry_is_kept_to_the_millisecond(store):
    until = datetime(2999, 12, 31, 16, 0, 0, 125_000, tzinfo=UTC)
    store.tokens.add("a", Role.VIEWER, expires=until)
    assert store.tokens.listing()[0].expires == until


def test_a_time_gone_by_is_refused(store):
    with pytest.raises(TokenRefused, match="has passed"):
        store.tokens.add("a", Role.VIEWER, expires=datetime(2020, 1, 1, tzinfo=UTC))


def test_tokens_are_listed_by_name(store):
    for name in ("c", "a", "b"):
        store.tokens.add(name, Role.VIEWER)
    assert [token.name for token in store.tokens.listing()] == ["a", "b", "c"]


@pytest.mark.parametrize("name", ["张三", "zhang.san", "a", "土地专班 李四", "o-k@b.c", "7"])
def test_a_name_may_be(name):
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "name", ["", " a", "a ", "=1+1", "@a", "a\nb", "a\x00", "a" * 65, "<b>", "anonymous", "Gaodu", "a/b", "a\u202eb"]
)
def test_a_name_may_not_be(name):
    with pytest.raises(TokenRefused):
        checked_name(name)


def test_a_name_is_kept_in_one_spelling():
    assert checked_name("e\u0301") == "é"


def test_a_token_makes_no_revision(store):
    store.tokens.add("a", Role.VIEWER)
    assert store.revision() == 0


def test_a_store_of_an_older_program_gets_the_table(store, url):
    with store._engine.writing() as connection:
        tokens.drop(connection)
    with open_store(url, sample.catalogue()) as opened:
        assert opened.tokens.holder(opened.tokens.add("a", Role.VIEWER)).name == "a"


def with_a_revision(store):
    with store.transaction(who="a", why="b") as transaction:
        transaction.insert("parcels", sample.rows({}))
    return store


def test_a_backup_holds_no_token(store, tmp_path):
    secret = store.tokens.add("王五五五", Role.ADMIN).split("_")[2]
    with store._engine.reading() as connection:
        (row,) = connection.execute(tokens.select()).all()
    out = tmp_path / "backup.gpkg"
    with_a_revision(store).backup(out)
    content = out.read_bytes()
    assert [each in content for each in (row.hash.encode(), secret.encode(), "王五五五".encode())] == [False] * 3


def test_a_restore_leaves_the_tokens_of_its_target(store, url, tmp_path):
    out = tmp_path / "backup.gpkg"
    gone = store.tokens.add("离职", Role.ADMIN)
    with_a_revision(store).backup(out)
    store.tokens.revoke("离职")
    stays = store.tokens.add("在职", Role.ADMIN)
    restore(out, url, replace=True)
    assert [bool(store.tokens.holder(text)) for text in (gone, stays)] == [False, True]


def test_gis_programs_are_not_shown_the_table(tmp_path):
    path = tmp_path / "store.gpkg"
    with open_store(path, sample.catalogue()) as store:
        store.tokens.add("a", Role.VIEWER)
        store.backup(tmp_path / "copy.gpkg")
    connection = sqlite3.connect(tmp_path / "copy.gpkg")
    listed = connection.execute("SELECT table_name FROM gpkg_contents").fetchall()
    connection.close()
    assert ("gaodu_tokens",) not in listed


def test_nothing_is_logged_that_holds_a_token(store, caplog):
    caplog.set_level("DEBUG")
    text = store.tokens.add("a", Role.VIEWER)
    store.tokens.holder(text)
    store.tokens.revoke("a")
    assert text.split("_")[2] not in caplog.text
