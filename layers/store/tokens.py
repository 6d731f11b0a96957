"""Who holds a token, and which role does it give?

A token is 256 random bits, so that guessing one is hopeless however fast a guess is checked: the slow, salted hashes
that passwords need would only make each request expensive. SHA-256 is kept, from which no token can be found again,
and hashes are compared in constant time, so that the time an answer takes says nothing of the hash kept. A second,
public part names the row, so that one row is compared and not all.

Tokens belong to a place, not to its data: a backup holds none, and a restore leaves those of the target as they are,
so that a revoked token does not come back with yesterday's data.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from layers.errors import LayersError
from layers.roles import Role
from layers.store.engine import StoreEngine
from layers.store.failures import store_errors
from layers.store.history import encoded_moment, moments_of
from layers.store.tables import tokens

log = logging.getLogger(__name__)

KEY_BYTES, SECRET_BYTES = 8, 32
WRITTEN = re.compile(r"gaodu_([0-9a-f]{16})_([0-9a-f]{64})")
"""How a token is written: what is not like this is not looked up."""

NAME = re.compile(r"[^\W_][\w .·@-]{0,62}[\w.]|[^\W_]")
"""At most 64 characters: letters of any script, digits, and some signs within."""

RESERVED = frozenset({"anonymous", "gaodu"})
"""Names that the history has for nobody in particular."""


class TokenRefused(LayersError):
    """A token cannot be made or found."""

    code = "token"


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token: whose it is, the role it gives, since when and until when (UTC; None: for good)."""

    name: str
    role: Role
    made: datetime
    expires: datetime | None

    @property
    def is_valid(self) -> bool:
        """Whether it has not expired."""
        return self.expires is None or now() < self.expires


class _Kept(NamedTuple):
    """A token and the SHA-256 of its secret, in hexadecimal."""

    token: Token
    hash: str


class Tokens:
    """The tokens of a store. What one process adds or revokes holds in all others at once."""

    def __init__(self, engine: StoreEngine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._beat: Any = None
        self._held: Mapping[str, _Kept] = {}

    def add(self, name: str, role: Role, *, expires: datetime | None = None) -> str:
        """Makes a token for `name` and returns it, the only time that it can be read.

        Raises TokenRefused for a name that cannot stand in the history or that has a token, and for a time gone by.
        """
        name = checked_name(name)
        if expires is not None and expires <= now():
            raise TokenRefused(
                "到期时间已过。", "That time has passed.", place="expires",
                remedy_zh="请给出将来的日期。", remedy_en="Give a date in the future.",
            )  # fmt: skip
        key, secret = secrets.token_hex(KEY_BYTES), secrets.token_hex(SECRET_BYTES)
        with store_errors(self._engine.url), self._engine.writing() as connection:
            taken = {kept.token.name.casefold() for kept in self._read(connection).values()}
            if name.casefold() in taken:
                raise TokenRefused(
                    f"“{name}”已有令牌。", f"{name!r} has a token already.", place=name,
                    remedy_zh="先用 gaodu token revoke 撤销，或换一个姓名。",
                    remedy_en="Revoke it with gaodu token revoke first, or choose another name.",
                )  # fmt: skip
            moments = {"made": now(), "expires": expires}
            written = {each: at and encoded_moment(self._engine, at) for each, at in moments.items()}
            connection.execute(
                insert(tokens).values(key=key, hash=_hash(secret), name=name, role=role.value, **written)
            )
        log.info("token of %s added, role %s", name, role.value)
        return f"gaodu_{key}_{secret}"

    def listing(self) -> list[Token]:
        """The tokens by name, expired ones too."""
        return sorted((kept.token for kept in self._all().values()), key=lambda token: token.name)

    def exist(self) -> bool:
        """Whether there is any token, if only an expired one."""
        return bool(self._all())

    def revoke(self, name: str) -> None:
        """Takes the token of `name` away, at once and everywhere. Raises TokenRefused if it has none."""
        with store_errors(self._engine.url), self._engine.writing() as connection:
            gone = connection.execute(delete(tokens).where(tokens.c.name == unicodedata.normalize("NFC", name)))
        if not gone.rowcount:
            known = [token.name for token in self.listing()]
            raise TokenRefused(
                f"“{name}”没有令牌。", f"{name!r} has no token.", place=name,
                remedy_zh=f"有令牌的：{'、'.join(known) or '无'}。",
                remedy_en=f"Tokens: {', '.join(known) or 'none'}.",
            )  # fmt: skip
        log.info("token of %s revoked", name)

    def holder(self, text: str) -> Token | None:
        """What is known of the token `text`; None for what is none, was revoked or has expired, whichever it is."""
        if len(text) > len("gaodu__") + 2 * (KEY_BYTES + SECRET_BYTES) or not (parts := WRITTEN.fullmatch(text)):
            return None
        kept = self._all().get(parts[1])
        same = hmac.compare_digest(kept.hash if kept else "0" * 64, _hash(parts[2]))
        return kept.token if kept and same and kept.token.is_valid else None

    def _all(self) -> Mapping[str, _Kept]:
        """Every token by its key; read again only after somebody committed to the store."""
        beat = self._engine.pulse()
        with self._lock:
            if beat is not None and beat == self._beat:
                return self._held
        with store_errors(self._engine.url), self._engine.reading() as connection:
            found = self._read(connection)
        with self._lock:
            self._beat, self._held = beat, found
        return found

    def _read(self, connection: Connection) -> dict[str, _Kept]:
        rows = connection.execute(select(tokens)).all()
        return {
            row.key: _Kept(Token(row.name, Role(row.role), self._moment(row.made), self._moment(row.expires)), row.hash)
            for row in rows
        }

    def _moment(self, value: Any) -> Any:
        return None if value is None else moments_of(self._engine, [value])[0]


def checked_name(name: str) -> str:
    """`name` in its one Unicode spelling (NFC); raises TokenRefused where it cannot stand in the history."""
    name = unicodedata.normalize("NFC", name)
    if not NAME.fullmatch(name) or name.casefold() in RESERVED:
        raise TokenRefused(
            f"姓名“{name[:80]}”不能使用。", f"The name {name[:80]!r} cannot be used.", place="name",
            remedy_zh="1 至 64 个字符：以文字或数字开头和结尾，其间可有空格和 . · @ _ -；anonymous 和 gaodu 除外。",
            remedy_en="1 to 64 characters: letters, digits, and spaces . · @ _ - within; not anonymous or gaodu.",
        )  # fmt: skip
    return name


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
