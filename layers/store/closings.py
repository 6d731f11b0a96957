"""Which years were closed, at which revision and by whom?

A closing is never changed nor removed: closing a year again adds another one, and the last is in force.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from layers.errors import StoreError
from layers.store.engine import StoreEngine
from layers.store.failures import store_errors
from layers.store.history import encoded_moment, moments_of
from layers.store.tables import closings

log = logging.getLogger(__name__)


class YearClosed(StoreError):
    """The year was closed before."""

    code = "year_closed"


@dataclass(frozen=True, slots=True)
class KeptClosing:
    """A closing as the store keeps it: when (UTC), by whom and why, and its content, a JSON text."""

    id: int
    year: int
    revision: int
    at: datetime
    who: str
    why: str
    content: str


class Closings:
    """The closings of a store; all methods raise StoreError when the database fails."""

    def __init__(self, engine: StoreEngine) -> None:
        self._engine = engine

    def add(self, year: int, revision: int, *, who: str, why: str, content: str, again: bool = False) -> KeptClosing:
        """Closes `year` at `revision`; raises YearClosed where it was closed before, unless `again` is set."""
        with store_errors(self._engine.url), self._engine.writing() as connection:
            before = self._read(connection, year)
            if before and not again:
                raise _closed_already(before[0])
            number = (connection.execute(select(func.max(closings.c.id))).scalar_one() or 0) + 1
            now = datetime.now(UTC)
            row = {"year": year, "revision": revision, "who": who, "why": why, "content": content}
            connection.execute(insert(closings).values(id=number, at=encoded_moment(self._engine, now), **row))
            (made, *_) = self._read(connection, year)
        log.info("year %d closed at revision %d by %s", year, revision, who)
        return made

    def listing(self, year: int | None = None) -> list[KeptClosing]:
        """The closings, those of `year` if one is given, the last first."""
        with store_errors(self._engine.url), self._engine.reading() as connection:
            return self._read(connection, year)

    def of(self, year: int) -> KeptClosing | None:
        """The closing of `year` that is in force; None if it is open."""
        return next(iter(self.listing(year)), None)

    def _read(self, connection: Connection, year: int | None) -> list[KeptClosing]:
        statement = select(closings).order_by(closings.c.id.desc())
        rows: list[Any] = list(connection.execute(statement.where(closings.c.year == year) if year else statement))
        moments = moments_of(self._engine, [row.at for row in rows])
        return [
            KeptClosing(row.id, row.year, row.revision, at, row.who, row.why, row.content)
            for row, at in zip(rows, moments, strict=True)
        ]


def _closed_already(before: KeptClosing) -> YearClosed:
    day = before.at.date().isoformat()
    return YearClosed(
        f"{before.year} 年已于 {day} 由 {before.who} 封存于修订 {before.revision}。",
        f"{before.year} was closed on {day} by {before.who} at revision {before.revision}.",
        remedy_zh="确需重新封存请加 --again；原封存保留在历史中。",
        remedy_en="To close it once more, add --again; the earlier closing stays in the history.",
    )
