"""How does the store live in a GeoPackage file?"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pysqlite3.dbapi2 as sqlite
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Integer,
    LargeBinary,
    Table,
    Text,
    cast,
    create_engine,
    event,
    insert,
    inspect,
    literal,
    select,
    text,
    update,
)
from sqlalchemy import func as sql
from sqlalchemy.pool import QueuePool

from gis.types import Bounds
from layers.errors import StoreError
from layers.store import blob, filter_geopackage, functions, nearby
from layers.store import geopackage_tables as gpkg
from layers.store.codecs import SQLITE
from layers.store.engine import Rows, StoreEngine
from layers.store.failures import store_error, store_errors
from layers.store.filter_geopackage import SqliteFilters
from layers.store.places import checked_path
from layers.store.tables import COMMON, FID, GEOM, StoredLayer, revisions

BUSY_S = 30.0
"""How long a writer waits for another one."""

MANY = 500
"""From so many rows on, the R-tree is filled directly rather than by triggers that call Python for each row."""

PRAGMAS = (
    f"busy_timeout = {int(BUSY_S * 1000)}",
    "foreign_keys = ON",
    "synchronous = FULL",
    "journal_size_limit = 67108864",
)
WRITES = "gaodu_writes"


class GeoPackageEngine(StoreEngine):
    """A GeoPackage file through pysqlite3, the only SQLite library that may open it while it is a store.

    `read_only` opens a backup as it is, without switching it to WAL.
    """

    codecs = SQLITE
    filters = SqliteFilters()

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = self._file = path if read_only else checked_path(path)
        self.url = str(self._file)
        self._read_only = read_only
        self._turn, self._watching = threading.Lock(), threading.Lock()
        self._watch: Any = None
        _check_file(self._file)
        self.sql: Engine = create_engine(
            "sqlite://", module=sqlite, creator=self._connect, poolclass=QueuePool, pool_size=8, max_overflow=-1
        )
        event.listen(self.sql, "begin", _begin)

    def _connect(self) -> Any:
        connection = connect(self._file, "ro" if self._read_only else "rwc")
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        if not self._read_only:
            connection.execute("PRAGMA journal_mode = WAL")
        functions.register(connection)
        filter_geopackage.register(connection)
        return connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.sql.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        if not self._turn.acquire(timeout=BUSY_S):
            raise store_error(TimeoutError("database is locked"), self.url)
        try:
            with self.sql.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
                yield connection
        finally:
            self._turn.release()

    def tables(self, connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names())

    def prepare(self, connection: Connection) -> None:
        gpkg.make_geopackage(connection)
        COMMON.create_all(connection)
        gpkg.register_attributes(connection, revisions.name)

    def create_layer(self, connection: Connection, layer: StoredLayer) -> None:
        if inspect(connection).has_table(layer.id):
            raise StoreError(
                f"文件中已有名为“{layer.id}”的表，不属于本系统。",
                f"The file already has a table {layer.id!r} that is not the store's.",
                place=self.url,
                remedy_zh="请换一个图层 id，或用另一个文件。",
                remedy_en="Give the layer another id, or use another file.",
            )
        layer.current.create(connection)
        layer.history.create(connection)
        gpkg.register_layer(connection, layer)
        gpkg.create_rtree(connection, layer.id)

    def drop_layer(self, connection: Connection, layer: StoredLayer) -> None:
        layer.current.drop(connection)
        layer.history.drop(connection)
        gpkg.forget_layer(connection, layer.id)

    def geometry_out(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return column

    def decode_geometry(self, values: Sequence[Any]) -> pa.Array:
        return blob.wkbs(values)

    def encode_geometry(self, layer: StoredLayer, rows: Rows) -> list[Any]:
        return list(blob.blobs(rows.columns[GEOM], rows.bounds, layer.epsg))

    def near(self, table: Table, bounds: Bounds, epsg: int) -> ColumnElement[bool]:
        exact = sql.gaodu_touches_box(table.c[GEOM], *bounds)
        return gpkg.in_rtree(table, bounds) & (exact == 1)

    @contextmanager
    def window(
        self, layer: StoredLayer, names: tuple[str, ...], bounds: Bounds, *, version: int, size: int
    ) -> Iterator[Iterator[list[tuple[Any, ...]]] | None]:
        with closing(self.sql.raw_connection()) as pooled:  # which rolls back when it returns to the pool
            connection: Any = pooled.driver_connection
            connection.execute("BEGIN")
            (now,) = connection.execute(nearby.VERSION).fetchone()
            yield nearby.chunks(connection, layer.id, names, bounds, size) if now == version else None

    def touches(self, table: Table, region: bytes, bounds: Bounds, epsg: int) -> ColumnElement[bool]:
        exact = sql.gaodu_touches(table.c[GEOM], literal(region, LargeBinary))
        return gpkg.in_rtree(table, bounds) & (exact == 1)

    def among(self, column: ColumnElement[Any], numbers: Sequence[int]) -> ColumnElement[bool]:
        values = sql.json_each(literal(json.dumps(list(numbers)), Text)).table_valued("value")
        return column.in_(select(values.c.value))

    def decimal_digits(self, column: ColumnElement[Any], decimals: int) -> ColumnElement[Any]:
        return cast(sql.round(column * 10.0**decimals), Integer)

    def insert(self, connection: Connection, layer: StoredLayer, table: Table, rows: Rows) -> None:
        statement = insert(table).values(self._statement_values(rows))
        direct = table is layer.current and len(rows) >= MANY
        if direct:
            gpkg.drop_trigger(connection, layer.id, "insert")
        self._execute_many(connection, statement, layer, rows)
        if direct:
            _fill_rtree(connection, layer, rows)
            gpkg.create_trigger(connection, layer.id, "insert")

    def update(self, connection: Connection, layer: StoredLayer, rows: Rows) -> None:
        values = self._statement_values(rows)
        key = values.pop(FID)
        statement = update(layer.current).where(layer.current.c[FID] == key).values(values)
        self._execute_many(connection, statement, layer, rows)

    def _execute_many(self, connection: Connection, statement: Any, layer: StoredLayer, rows: Rows) -> None:
        """Executes with one tuple of driver values a row: ten times as fast as a dict and a type for every value."""
        compiled = statement.compile(dialect=connection.dialect)
        encoded = self.encoded(layer, rows)
        names = [list(rows.columns)[int(name[1:])] for name in compiled.positiontup]
        connection.exec_driver_sql(str(compiled), list(zip(*(encoded[name] for name in names), strict=True)))

    def written(self, connection: Connection, layer: StoredLayer, added: Bounds | None, *, shrunk: bool) -> None:
        entry = gpkg.contents.c
        values: dict[str, Any] = {"last_change": text(gpkg.NOW)}
        if shrunk:
            west, east, south, north = (gpkg.outermost(layer.id, side) for side in gpkg.SIDES)
            values |= {"min_x": west, "min_y": south, "max_x": east, "max_y": north}
        elif added is not None:
            west, south, east, north = (literal(side) for side in added)
            values |= {
                "min_x": sql.min(sql.coalesce(entry.min_x, west), west),
                "min_y": sql.min(sql.coalesce(entry.min_y, south), south),
                "max_x": sql.max(sql.coalesce(entry.max_x, east), east),
                "max_y": sql.max(sql.coalesce(entry.max_y, north), north),
            }
        connection.execute(update(gpkg.contents).where(entry.table_name == layer.id).values(values))

    def extent(self, connection: Connection, layer: StoredLayer) -> Bounds | None:
        entry = gpkg.contents.c
        sides = select(entry.min_x, entry.min_y, entry.max_x, entry.max_y).where(entry.table_name == layer.id)
        return _bounds(connection.execute(sides).one())

    def bounds(self, connection: Connection, rows: FromClause) -> Bounds | None:
        geom = rows.c[GEOM]
        sides = (sql.min(sql.ST_MinX(geom)), sql.min(sql.ST_MinY(geom)),
                 sql.max(sql.ST_MaxX(geom)), sql.max(sql.ST_MaxY(geom)))  # fmt: skip
        return _bounds(connection.execute(select(*sides)).one())

    def pulse(self) -> int | None:
        """SQLite's data_version: it counts what other connections commit, and this one commits nothing."""
        with self._watching:
            try:
                if self._watch is None:
                    self._watch = connect(self._file, "ro")
                return int(self._watch.execute("PRAGMA data_version").fetchone()[0])
            except sqlite.Error:
                return None

    def close(self) -> None:
        with self._watching:
            if self._watch is not None:
                self._watch.close()
                self._watch = None
        self.sql.dispose()


def connect(path: Path, mode: str) -> Any:
    """A pysqlite3 connection to `path` in SQLite's `mode` (ro, rw, rwc) that begins no transaction by itself."""
    return sqlite.connect(
        f"file:{quote(str(path))}?mode={mode}", uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )


def copy_file(path: Path, out: Path) -> None:
    """Copies the GeoPackage at `path`, as one state of it, to the new file `out`, while others read and write it."""
    with _raw(path, "ro") as source, _raw(out, "rwc") as target:
        source.backup(target)


def seal(path: Path) -> None:
    """Takes a file that nobody else has open out of WAL mode, so that it is one file; raises StoreError if damaged."""
    with _raw(path, "rw") as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        (verdict,) = connection.execute("PRAGMA quick_check").fetchone()
        if verdict != "ok":
            raise store_error(sqlite.DatabaseError(f"database disk image is malformed: {verdict}"), str(path))


@contextmanager
def _raw(path: Path, mode: str) -> Iterator[Any]:
    """A connection of its own to a file, whose failures are StoreErrors."""
    with store_errors(str(path)), closing(connect(path, mode)) as connection:
        yield connection


def _begin(connection: Connection) -> None:
    """Begins explicitly: a writer takes its turn at once, and tables are made and dropped within transactions."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _check_file(path: Path) -> None:
    """Raises StoreError unless the file is a GeoPackage, empty or not there.

    Only SQLite looks into it: closing a plain file handle would drop the locks of this process's other connections.
    """
    if not path.exists() or path.stat().st_size == 0:
        return
    with _raw(path, "ro") as connection:
        (number,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if number != gpkg.APPLICATION_ID and tables:
        raise StoreError(
            "该 SQLite 文件不是 GeoPackage（1.2 及以上）。",
            "This SQLite file is not a GeoPackage (1.2 or later).",
            place=str(path),
            remedy_zh="请另选文件，或用 gaodu import 导入它。",
            remedy_en="Choose another file, or take it in with gaodu import.",
        )


def _fill_rtree(connection: Connection, layer: StoredLayer, rows: Rows) -> None:
    west, south, east, north = rows.bounds.T.tolist()
    boxes = zip(rows.columns[FID].to_pylist(), west, east, south, north, strict=True)
    connection.exec_driver_sql(
        f"INSERT INTO {gpkg.quoted(gpkg.rtree_name(layer.id))} VALUES (?, ?, ?, ?, ?)", list(boxes)
    )


def _bounds(sides: Sequence[float | None]) -> Bounds | None:
    west, south, east, north = sides
    if west is None or south is None or east is None or north is None:
        return None
    return Bounds(west, south, east, north)
