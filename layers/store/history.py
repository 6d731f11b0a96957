"""Who changed what, when and why?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from sqlalchemy import Connection, exists, func, literal, select, union_all
from sqlalchemy.sql.expression import literal_column

from layers.query import InvalidQuery
from layers.store import codecs
from layers.store.compile import Origin
from layers.store.engine import StoreEngine
from layers.store.reading import batches
from layers.store.tables import FID, REVISION, UNTIL, Kind, StoredLayer, revisions, touched

CHINA = timezone(timedelta(hours=8))
"""Asia/Shanghai, which has had no summer time since 1991."""

PAGE = 1_000
MOMENT = Kind("datetime")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many features of a layer a revision inserted, updated and deleted."""

    inserted: int
    updated: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Revision:
    """A committed transaction: its number, when (UTC), who, why, and what it did to which layers.

    `illustrative` marks data that only show what the system does, such as the sample township.
    """

    id: int
    at: datetime
    who: str
    why: str
    illustrative: bool
    layers: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Change:
    """What a revision did to one feature: "insert", "update" or "delete", and its fields, geom (WKB) and area_m2.

    `before` is None for an insert, `after` for a delete.
    """

    layer: str
    fid: int
    operation: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def latest(connection: Connection, layer: str | None = None) -> int:
    """The latest revision, of `layer` if one is given; 0 when there is none."""
    statement = select(func.max(revisions.c.id))
    if layer is not None:
        statement = select(func.max(touched.c.revision)).where(touched.c.layer == layer)
    return int(connection.execute(statement).scalar_one() or 0)


def listing(
    engine: StoreEngine,
    connection: Connection,
    layer: str | None = None,
    *,
    limit: int | None = None,
    among: Collection[str] | None = None,
) -> list[Revision]:
    """The revisions, newest first; only those that touched `layer` if one is given.

    With `among`, as somebody may be told who sees these layers only: without the revisions that touched none but
    others, and without the reason, which may name them, of those that touched others too.
    """
    columns = revisions.c
    statement = select(columns.id, columns.at, columns.who, columns.why, columns.illustrative)
    if layer is not None:
        statement = statement.where(columns.id.in_(select(touched.c.revision).where(touched.c.layer == layer)))
    if among is not None:
        touching = [select(touched.c.revision), select(touched.c.revision).where(touched.c.layer.in_(among))]
        statement = statement.where(columns.id.not_in(touching[0]) | columns.id.in_(touching[1]))
    found = connection.execute(statement.order_by(columns.id.desc()).limit(limit)).all()
    counts = _counts(connection, [row.id for row in found])
    moments = moments_of(engine, [row.at for row in found])
    listed = [
        Revision(row.id, at, row.who, row.why, bool(row.illustrative), counts.get(row.id, {}))
        for row, at in zip(found, moments, strict=True)
    ]
    return listed if among is None else [_told(revision, among) for revision in listed]


def _told(revision: Revision, among: Collection[str]) -> Revision:
    seen = {layer: counts for layer, counts in revision.layers.items() if layer in among}
    return replace(revision, layers=seen, why=revision.why if len(seen) == len(revision.layers) else "")


def _counts(connection: Connection, ids: Sequence[int]) -> dict[int, dict[str, Counts]]:
    counts: dict[int, dict[str, Counts]] = {}
    if ids:
        within = touched.c.revision.between(min(ids), max(ids))
        for revision, layer, *numbers in connection.execute(select(*touched.c).where(within)):
            counts.setdefault(revision, {})[layer] = Counts(*numbers)
    return counts


def layers_of(connection: Connection, revision: int) -> list[str]:
    """The layers that a revision touched."""
    statement = select(touched.c.layer).where(touched.c.revision == revision).order_by(touched.c.layer)
    return [layer for (layer,) in connection.execute(statement)]


def moments_of(engine: StoreEngine, values: Sequence[Any]) -> list[datetime]:
    """Aware UTC datetimes from what the driver gave for a time."""
    found = engine.codecs[MOMENT.base].decode(values, codecs.UTC_MS).cast("int64").to_pylist()
    return [datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=value) for value in found]


def encoded_moment(engine: StoreEngine, moment: datetime) -> Any:
    """What the driver takes for an aware datetime."""
    (value,) = engine.codecs[MOMENT.base].encode(codecs.one(moment.astimezone(UTC), codecs.UTC_MS))
    return value


def resolve(engine: StoreEngine, connection: Connection, as_of: int | date | datetime) -> int:
    """The revision in force: a number as it is, at a moment, or at the end of a day in China; 0 before the first.

    A datetime without a zone is China's time. Raises InvalidQuery for a number that is no revision yet.
    """
    if isinstance(as_of, int):
        newest = latest(connection)
        if not 0 <= as_of <= newest:
            raise InvalidQuery(
                f"没有修订 {as_of}。", f"There is no revision {as_of}.", place="asof",
                remedy_zh=f"最新修订为 {newest}。", remedy_en=f"The latest is {newest}.",
            )  # fmt: skip
        return as_of
    columns = revisions.c
    newest_until = select(func.max(columns.id)).where(_until(engine, as_of))
    return int(connection.execute(newest_until).scalar_one() or 0)


def _until(engine: StoreEngine, as_of: date | datetime) -> Any:
    if isinstance(as_of, datetime):
        moment = as_of if as_of.tzinfo else as_of.replace(tzinfo=CHINA)
        return revisions.c.at <= literal(encoded_moment(engine, moment), revisions.c.at.type)
    if as_of == date.max:
        return literal(value=True)
    midnight = datetime.combine(as_of + timedelta(days=1), time(), CHINA)
    return revisions.c.at < literal(encoded_moment(engine, midnight), revisions.c.at.type)


def changes(connection: Connection, source: Origin, revision: int, kinds: Sequence[str]) -> Iterator[Change]:
    """What `revision` did to the features of a layer, by fid, in the columns `kinds`; reads as it goes."""
    before, after = _ended(connection, source, revision, kinds), _begun(connection, source, revision, kinds)
    old, new = next(before, None), next(after, None)
    while old or new:
        fid = min(row[FID] for row in (old, new) if row)
        was = old if old and old[FID] == fid else None
        now = new if new and new[FID] == fid else None
        operation = "update" if was and now else "insert" if now else "delete"
        yield Change(source.layer.id, fid, operation, _content(was), _content(now))
        old = next(before, None) if was else old
        new = next(after, None) if now else new


def _content(row: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if row is None else {name: value for name, value in row.items() if name not in (FID, REVISION)}


def _ended(connection: Connection, source: Origin, revision: int, kinds: Sequence[str]) -> Iterator[dict[str, Any]]:
    history = source.layer.history
    names, columns = _columns(source, history, kinds)
    return _rows(connection, source, names, select(*columns).where(history.c[UNTIL] == revision))


def _begun(connection: Connection, source: Origin, revision: int, kinds: Sequence[str]) -> Iterator[dict[str, Any]]:
    selects = []
    for table in (source.layer.current, source.layer.history):
        names, columns = _columns(source, table, kinds)
        selects.append(select(*columns).where(table.c[REVISION] == revision))
    return _rows(connection, source, names, union_all(*selects))


def _columns(source: Origin, table: Any, kinds: Sequence[str]) -> tuple[list[str], list[Any]]:
    names = [FID, *kinds, REVISION]
    columns = [table.c[name] if name != "geom" else source.engine.geometry_out(table.c[name]) for name in names]
    return names, [column.label(name) for column, name in zip(columns, names, strict=True)]


def _rows(connection: Connection, source: Origin, names: list[str], statement: Any) -> Iterator[dict[str, Any]]:
    ordered = statement.order_by(literal_column(FID))
    for batch in batches(connection, source, ordered, names, size=PAGE, streamed=True):
        yield from batch.to_pylist()


def is_illustrative(connection: Connection, layer: StoredLayer) -> bool:
    """Whether a live feature of `layer` is, or descends from, one that an illustrative revision made."""
    current, history = layer.current.c, layer.history.c
    marked = select(revisions.c.id).where(revisions.c.illustrative == literal(True, revisions.c.illustrative.type))
    made = exists().where(current[REVISION].in_(marked))
    descended = exists().where(history[REVISION].in_(marked), history[FID] == current[FID])
    return bool(connection.execute(select(made | descended)).scalar_one())
