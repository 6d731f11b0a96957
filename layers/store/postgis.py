"""How does the store live in PostGIS?"""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import pyarrow as pa
import shapely
from psycopg.sql import SQL, Identifier
from sqlalchemy import (
    ARRAY,
    URL,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Index,
    LargeBinary,
    Table,
    Text,
    and_,
    any_,
    cast,
    create_engine,
    event,
    inspect,
    literal,
    make_url,
    or_,
    select,
    text,
    update,
)
from sqlalchemy import func as sql
from sqlalchemy.exc import DBAPIError

from gis.types import Bounds
from layers.errors import StoreError
from layers.store.codecs import POSTGRESQL
from layers.store.engine import Rows, StoreEngine, rectangle
from layers.store.filter_postgis import PostgresFilters
from layers.store.functions import rectangle_inside
from layers.store.tables import COMMON, FID, GEOM, StoredLayer, index_name

BUSY_S = 30
"""How long a writer waits for another one."""

LOCK = text("SELECT pg_advisory_xact_lock(hashtext('gaodu'), hashtext(current_schema()))")
"""One writer a schema: revisions become visible in the order of their numbers, as the lock outlasts the commit."""

LOCAL = {"localhost", "127.0.0.1", "::1"}

ROUNDED = 2.0**-20
"""More, of the largest coordinate, than rounding to 32 bits moves a side of a box."""

SNAPSHOT = "SELECT pg_current_snapshot()::text"

SRID_FLAG = 0x2000_0000
"""Says in an EWKB's type that the SRID follows (PostGIS, liblwgeom)."""


class PostGisEngine(StoreEngine):
    """A schema of a PostgreSQL database with PostGIS, through psycopg 3: the first of the connection's search_path."""

    codecs = POSTGRESQL
    filters = PostgresFilters()

    def __init__(self, url: str) -> None:
        address = make_url(url).set(drivername="postgresql+psycopg")
        self.url = address.set(drivername="postgresql").render_as_string(hide_password=True)
        self.sql: Engine = create_engine(address, pool_pre_ping=True, pool_size=8, max_overflow=24)
        self._watch: Any = None
        self._watching = threading.Lock()
        self.is_at_hand = _is_on_this_machine(address)
        event.listen(self.sql, "before_cursor_execute", _in_binary)
        self._reader = self.sql.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._writer = self.sql.execution_options(isolation_level="READ COMMITTED")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._writer.connect() as connection, connection.begin():
            connection.execute(text(f"SET LOCAL lock_timeout = '{BUSY_S}s'"))
            connection.execute(LOCK)
            yield connection

    def tables(self, connection: Connection) -> set[str]:
        """The tables of the first schema of the search_path only: another one may hold another store."""
        return set(inspect(connection).get_table_names(schema=self._schema(connection)))

    def _schema(self, connection: Connection) -> str:
        return str(connection.execute(select(sql.current_schema())).scalar_one())

    def prepare(self, connection: Connection) -> None:
        self._need_postgis(connection)
        COMMON.create_all(connection, checkfirst=False)

    def _need_postgis(self, connection: Connection) -> None:
        if connection.execute(text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")).first():
            return
        try:
            connection.execute(text("CREATE EXTENSION postgis"))
        except DBAPIError as error:
            raise StoreError(
                "数据库没有 PostGIS 扩展，且无法安装。",
                "The database has no PostGIS, and it cannot be installed.",
                place=self.url,
                remedy_zh="请数据库管理员执行 CREATE EXTENSION postgis。",
                remedy_en="Have the database's administrator run CREATE EXTENSION postgis.",
            ) from error

    def create_layer(self, connection: Connection, layer: StoredLayer) -> None:
        if inspect(connection).has_table(layer.id, schema=self._schema(connection)):
            raise StoreError(
                f"数据库中已有名为“{layer.id}”的表，不属于本系统。",
                f"The database already has a table {layer.id!r} that is not the store's.",
                place=self.url,
                remedy_zh="请换一个图层 id，或用另一个数据库模式。",
                remedy_en="Give the layer another id, or use another schema.",
            )
        for table in (layer.current, layer.history):
            table.create(connection, checkfirst=False)
            Index(index_name(table.name, GEOM), table.c[GEOM], postgresql_using="gist").create(
                connection, checkfirst=False
            )

    def drop_layer(self, connection: Connection, layer: StoredLayer) -> None:
        layer.current.drop(connection, checkfirst=False)
        layer.history.drop(connection, checkfirst=False)

    def geometry_out(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return sql.ST_AsBinary(column, "NDR", type_=LargeBinary)

    def decode_geometry(self, values: Sequence[Any]) -> pa.Array:
        return pa.array(values, pa.binary())

    def encode_geometry(self, layer: StoredLayer, rows: Rows) -> list[Any]:
        """EWKB in hexadecimal, PostGIS's text form: the WKB (little-endian, 2D) with the SRID after the type."""
        srid = struct.pack("<I", layer.epsg)
        heads: dict[bytes, bytes] = {}
        encoded = []
        for wkb in rows.columns[GEOM].to_pylist():
            head = heads.get(wkb[:5])
            if head is None:
                (number,) = struct.unpack_from("<I", wkb, 1)
                head = heads[wkb[:5]] = wkb[:1] + struct.pack("<I", number | SRID_FLAG) + srid
            encoded.append((head + wkb[5:]).hex())
        return encoded

    def near(self, table: Table, bounds: Bounds, epsg: int) -> ColumnElement[bool]:
        return self.touches(table, shapely.to_wkb(rectangle(bounds)), bounds, epsg)

    def touches(self, table: Table, region: bytes, bounds: Bounds, epsg: int) -> ColumnElement[bool]:
        """Only what is not wholly in a rectangle inside the region is looked at closely."""
        geom, shape = table.c[GEOM], _shape(region, epsg)
        touching = cast(sql.ST_Intersects(geom, shape), Boolean)
        inside = _shrunk(rectangle_inside(shapely.from_wkb(region)))
        if inside is None:
            return touching
        return and_(geom.bool_op("&&")(shape), or_(geom.bool_op("@")(_shape(shapely.to_wkb(inside), epsg)), touching))

    def among(self, column: ColumnElement[Any], numbers: Sequence[int]) -> ColumnElement[bool]:
        # as one text: psycopg takes ten times as long to write out each of a thousand numbers
        return column == any_(cast(literal(f"{{{','.join(map(str, numbers))}}}", Text), ARRAY(BigInteger)))

    def decimal_digits(self, column: ColumnElement[Any], decimals: int) -> ColumnElement[Any]:
        return cast(column * 10**decimals, BigInteger)

    def insert(self, connection: Connection, layer: StoredLayer, table: Table, rows: Rows) -> None:
        encoded = self.encoded(layer, rows)
        command = SQL("COPY {} ({}) FROM STDIN").format(
            Identifier(table.name), SQL(", ").join(Identifier(name) for name in encoded)
        )
        driver: Any = connection.connection.driver_connection
        with driver.cursor().copy(command) as copy:
            for row in zip(*encoded.values(), strict=True):
                copy.write_row(row)

    def update(self, connection: Connection, layer: StoredLayer, rows: Rows) -> None:
        values = self._statement_values(rows)
        key = values.pop(FID)
        statement = update(layer.current).where(layer.current.c[FID] == key).values(values)
        encoded = self.encoded(layer, rows)
        keys = [f"p{i}" for i in range(len(encoded))]
        parameters = [dict(zip(keys, row, strict=True)) for row in zip(*encoded.values(), strict=True)]
        connection.execute(statement, parameters)

    def written(self, connection: Connection, layer: StoredLayer, added: Bounds | None, *, shrunk: bool) -> None:
        """PostGIS keeps no extent of its own."""

    def extent(self, connection: Connection, layer: StoredLayer) -> Bounds | None:
        return self.bounds(connection, layer.current)

    def bounds(self, connection: Connection, rows: FromClause) -> Bounds | None:
        geom = rows.c[GEOM]
        sides = (sql.min(sql.ST_XMin(geom)), sql.min(sql.ST_YMin(geom)),
                 sql.max(sql.ST_XMax(geom)), sql.max(sql.ST_YMax(geom)))  # fmt: skip
        found = connection.execute(select(*sides)).one()
        return None if found[0] is None else Bounds(*found)

    def pulse(self) -> str | None:
        """The snapshot a reader would see; writers elsewhere on the server change it too.

        One prepared statement on a connection of its own: a thirtieth of the time that one of the pool takes.
        """
        try:
            with self._watching:
                if self._watch is None:
                    self._watch = self._watcher()
                return str(self._watch.execute(SNAPSHOT, prepare=True).fetchone()[0])
        except (DBAPIError, psycopg.Error):
            self._end_watch()
            return None

    def _watcher(self) -> Any:
        """A cursor that no pool and no transaction holds."""
        borrowed = self.sql.raw_connection()
        driver: Any = borrowed.driver_connection
        borrowed.detach()
        driver.rollback()
        driver.autocommit = True
        return driver.cursor()

    def _end_watch(self) -> None:
        with self._watching:
            if self._watch is not None:
                self._watch.connection.close()
                self._watch = None

    def close(self) -> None:
        self._end_watch()
        self.sql.dispose()


def _in_binary(_connection: Connection, cursor: Any, *_: Any) -> None:
    """Has rows that are streamed sent as PostgreSQL holds them: as text, geometry would be twice as long."""
    if isinstance(cursor, psycopg.ServerCursor):
        cursor.format = psycopg.pq.Format.BINARY


def _shape(wkb: bytes, epsg: int) -> ColumnElement[Any]:
    return sql.ST_GeomFromWKB(literal(wkb, LargeBinary), epsg)


def _shrunk(inside: Bounds) -> shapely.Geometry | None:
    """The rectangle `inside` less what PostGIS, whose boxes are of 32 bits, may add to it; None if nothing is left."""
    room = ROUNDED * max(map(abs, inside))
    west, south, east, north = inside.west + room, inside.south + room, inside.east - room, inside.north - room
    return shapely.box(west, south, east, north) if west < east and south < north else None


def _is_on_this_machine(address: URL) -> bool:
    """Whether the server is asked by a socket of the file system or the loopback address."""
    host = str(address.host or address.query.get("host") or "/")
    return host.startswith("/") or host in LOCAL
