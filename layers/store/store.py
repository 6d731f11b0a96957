"""How are layers read and written, whatever holds them?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Self

import pyarrow as pa
from sqlalchemy import Connection

from gis.types import Bounds
from layers.catalogue import Catalogue
from layers.query import Query
from layers.store import history, reading, schema, writing
from layers.store.compile import Origin, Source
from layers.store.engine import StoreEngine
from layers.store.failures import store_errors
from layers.store.geopackage import GeoPackageEngine
from layers.store.history import Change, Revision
from layers.store.reading import Group
from layers.store.writing import Transaction

EVERYTHING = Query()

ENGINES: dict[str, Callable[[str], StoreEngine]] = {}
"""URL scheme -> the engine for it; anything else is the path of a GeoPackage."""


def open_store(url: str | Path, catalogue: Catalogue) -> Store:
    """The store at `url`, a GeoPackage's path or postgresql://...; makes what is missing of file, tables and columns.

    Raises StoreError where it cannot be opened (a folder, another kind of file, a read-only or network place, no
    server) and where a definition changes the type of a stored column.
    """
    scheme = str(url).partition("://")[0] if "://" in str(url) else ""
    with store_errors(scheme or str(url)):
        engine = ENGINES[scheme](str(url)) if scheme in ENGINES else GeoPackageEngine(Path(url))
    try:
        return Store(engine, catalogue)
    except BaseException:
        engine.dispose()
        raise


@dataclass(frozen=True, slots=True)
class _View:
    """One state of the store, as a reader sees it."""

    engine: StoreEngine
    connection: Connection
    schema: schema.Schema
    catalogue: Catalogue

    def check(self, layer: str | None) -> None:
        """Raises UnknownLayer if `layer` is given and is not there."""
        if layer is not None:
            self.catalogue[layer]

    def origin(self, layer: str) -> Origin:
        """The tables of a layer, also of one that has no definition any more."""
        return Origin(self.engine, self.schema.layers[layer])

    def source(self, layer: str, as_of: int | None) -> Source:
        """The features of a layer at a revision."""
        definition = self.catalogue[layer]
        return Source(self.engine, self.schema.layers[layer], definition, as_of)


class Store:
    """Layers with their history. Safe for several threads; every read sees one state, and none blocks a writer.

    Rows are Arrow tables: fid int64, the fields in the definition's order (decimal128(15, d), date32, timestamp ms
    UTC...), geom (binary, 2D ISO WKB in the layer's CRS), area_m2 float64 for polygon layers, revision int64.
    Methods with `layer` raise UnknownLayer, those with `query` UnknownField and InvalidQuery; all raise StoreError
    when the database fails.
    """

    def __init__(self, engine: StoreEngine, catalogue: Catalogue) -> None:
        self._engine, self._given = engine, catalogue
        self.url, self.path = engine.url, engine.path
        with store_errors(self.url):
            self._schema = self._opened()
        self._merged = self._schema.catalogue(catalogue)

    def _opened(self) -> schema.Schema:
        """The schema, after making what is missing; a store that fits is only read, so that writers do not delay it."""
        with self._engine.reading() as connection:
            if self._engine.is_prepared(connection):
                found = schema.load(connection, self.url)
                if not schema.unmet(found, found.catalogue(self._given).values(), self.url):
                    return found
        with self._engine.writing() as connection:
            if not self._engine.is_prepared(connection):
                self._engine.prepare(connection)
                schema.begin(connection)
            found = schema.load(connection, self.url)
            for definition in schema.unmet(found, found.catalogue(self._given).values(), self.url):
                schema.fit(self._engine, connection, found, definition)
            return schema.load(connection, self.url)

    @contextmanager
    def _reading(self) -> Iterator[_View]:
        with store_errors(self.url), self._engine.reading() as connection:
            known, merged = self._schema, self._merged
            if schema.version(connection) != known.version:
                known = schema.load(connection, self.url)
                merged = known.catalogue(self._given)
                self._schema, self._merged = known, merged
            yield _View(self._engine, connection, known, merged)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue given and the layers whose definition is kept in the store, also by other processes."""
        with self._reading() as view:
            return view.catalogue

    def definition_text(self, layer: str) -> str | None:
        """The TOML text of a definition kept in the store; None for a layer that comes from a file."""
        with self._reading() as view:
            view.catalogue[layer]
            return view.schema.texts.get(layer)

    def revision(self, layer: str | None = None) -> int:
        """The latest revision, of `layer` if one is given; 0 when there is none."""
        with self._reading() as view:
            view.check(layer)
            return history.latest(view.connection, layer)

    def revisions(self, layer: str | None = None, *, limit: int | None = None) -> list[Revision]:
        """The revisions, newest first, at most `limit`; only those that touched `layer` if one is given."""
        with self._reading() as view:
            view.check(layer)
            return history.listing(self._engine, view.connection, layer, limit=limit)

    def changes(self, revision: int, layer: str | None = None) -> Iterator[Change]:
        """What `revision` did, feature by feature: by layer, then fid. Reads while it is iterated over."""
        with self._reading() as view:
            view.check(layer)
            for touched in history.layers_of(view.connection, revision):
                if layer in (None, touched) and touched in view.schema.layers:
                    yield from history.changes(view.connection, view.origin(touched), revision)

    def resolve(self, as_of: int | date | datetime | None) -> int | None:
        """The revision in force at `as_of`; a date means the end of that day in China. None stays None.

        0 is the time before the first revision. Raises InvalidQuery for a number that is no revision yet.
        """
        if as_of is None:
            return None
        with self._reading() as view:
            return history.resolve(self._engine, view.connection, as_of)

    @contextmanager
    def transaction(self, *, who: str, why: str, illustrative: bool = False) -> Iterator[Transaction]:
        """Writes that are committed together as one revision at the end of the block, or not at all on an error.

        One transaction at a time: others wait for their turn, and raise StoreError after 30 s. `illustrative` marks
        data that only show what the system does.
        """
        with store_errors(self.url), self._engine.writing() as connection:
            known = schema.load(connection, self.url)
            number = writing.begin(self._engine, connection, who=who, why=why, illustrative=illustrative)
            transaction = Transaction(self._engine, connection, self._given, known, number)
            yield transaction
            transaction.finish()

    def read(self, layer: str, query: Query = EVERYTHING, *, as_of: int | None = None) -> pa.Table:
        """The features that `query` selects, by fid, now or at revision `as_of`."""
        with self._reading() as view:
            return reading.table(view.connection, view.source(layer, as_of), query)

    def batches(
        self, layer: str, query: Query = EVERYTHING, *, as_of: int | None = None, size: int = reading.CHUNK
    ) -> Iterator[pa.RecordBatch]:
        """What `read` returns, `size` rows at a time: memory stays flat, and all batches see one state.

        Exhaust or close the iterator: until then its state cannot be forgotten.
        """
        with self._reading() as view:
            source = view.source(layer, as_of)
            names = source.names(query)
            statement = source.page(query, names)
            yield from reading.batches(view.connection, source, statement, names, size=size, streamed=True)

    def count(self, layer: str, query: Query = EVERYTHING, *, as_of: int | None = None) -> int:
        """How many features fit the conditions of `query`, all pages together (`after` and `limit` do not count)."""
        with self._reading() as view:
            return reading.count(view.connection, view.source(layer, as_of), query)

    def extent(self, layer: str, *, as_of: int | None = None) -> Bounds | None:
        """The rectangle around all features, in the layer's CRS; None if there are none."""
        with self._reading() as view:
            source = view.source(layer, as_of)
            if as_of is None:
                return self._engine.extent(view.connection, source.layer)
            rows = source.rows(EVERYTHING, ["geom"], raw=True).subquery()
            return self._engine.bounds(view.connection, rows)

    def aggregate(
        self,
        layer: str,
        *,
        by: Sequence[str],
        sums: Sequence[str],
        query: Query = EVERYTHING,
        as_of: int | None = None,
    ) -> list[Group]:
        """Counts and sums of number fields or area_m2, by the values of fields: ordered by key, None last.

        Without `by` there is one group, also over nothing. Pages do not count, as in `count`.
        """
        with self._reading() as view:
            return reading.aggregate(view.connection, view.source(layer, as_of), by=by, sums=sums, query=query)

    def is_illustrative(self, layer: str) -> bool:
        """Whether a live feature is, or descends from, one that an illustrative revision made."""
        with self._reading() as view:
            return history.is_illustrative(view.connection, view.source(layer, None).layer)

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
