"""How are layers read and written, whatever holds them?"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, Self

import pyarrow as pa
from sqlalchemy import Connection

from gis.types import Bounds
from layers.catalogue import Catalogue
from layers.errors import StoreError
from layers.query import Query
from layers.roles import Role
from layers.store import history, located, reading, schema, transfer, writing
from layers.store.closings import Closings
from layers.store.compile import Origin, Source, unpaged
from layers.store.engine import StoreEngine
from layers.store.failures import store_errors
from layers.store.geopackage import GeoPackageEngine
from layers.store.history import Change, Revision
from layers.store.located import Windows
from layers.store.postgis import PostGisEngine
from layers.store.reading import Group
from layers.store.sight import WHOLE, Sight, hidden, hides
from layers.store.standing import STORE, Facts, Standing, Standings, State
from layers.store.tables import kinds_of
from layers.store.tokens import Tokens
from layers.store.writing import Transaction

EVERYTHING = Query()

ENGINES: dict[str, Callable[[str], StoreEngine]] = {
    "": lambda path: GeoPackageEngine(Path(path)),
    "postgresql": PostGisEngine,
    "postgres": PostGisEngine,
}
"""URL scheme -> the engine for it; what has none is the path of a GeoPackage."""


def open_store(url: str | Path, catalogue: Catalogue) -> Store:
    """The store at `url`, a GeoPackage's path or postgresql://...; makes what is missing of file, tables and columns.

    Raises StoreError where it cannot be opened (a folder, another kind of file, a read-only or network place, no
    server) and where a definition changes the type of a stored column.
    """
    engine = _engine(url)
    try:
        return Store(engine, catalogue)
    except BaseException:
        engine.close()
        raise


def _engine(url: str | Path) -> StoreEngine:
    scheme = str(url).partition("://")[0] if "://" in str(url) else ""
    if scheme not in ENGINES:
        raise StoreError(
            f"不认识的数据库地址“{scheme}://”。", f"A store cannot be at {scheme}://.",
            remedy_zh="请给出 .gpkg 文件的路径，或 postgresql://用户@主机/数据库。",
            remedy_en="Give the path of a .gpkg file, or postgresql://user@host/database.",
        )  # fmt: skip
    with store_errors(scheme or str(url)):
        return ENGINES[scheme](str(url))


@dataclass(frozen=True, slots=True)
class _View:
    """One state of the store, as a reader sees it."""

    engine: StoreEngine
    connection: Connection
    schema: schema.Schema
    catalogue: Catalogue
    whole: bool

    def among(self) -> list[str] | None:
        """The layers that are seen; None for all, also those that have no definition any more."""
        return None if self.whole else list(self.catalogue)

    def sees(self, layer: str) -> bool:
        """Whether the layer, which may have no definition any more, is seen."""
        return self.whole or layer in self.catalogue

    def columns(self, layer: str) -> list[str]:
        """The columns of a layer's tables that are seen, also those its definition has since dropped."""
        kinds = self.schema.layers[layer].kinds
        return list(kinds) if self.whole else [name for name in kinds_of(self.catalogue[layer]) if name in kinds]

    def check(self, layer: str | None) -> None:
        """Raises UnknownLayer if `layer` is given and is not there."""
        if layer is not None:
            self.catalogue[layer]

    def origin(self, layer: str) -> Origin:
        """The tables of a layer, also of one that has no definition any more."""
        return Origin(self.engine, self.schema.layers[layer])

    def source(self, layer: str, as_of: int | None) -> Source:
        """The features of a layer at a revision; what nobody has touched since is read without its history."""
        definition = self.catalogue[layer]
        if as_of is not None and history.latest(self.connection, layer) <= as_of:
            as_of = None
        return Source(self.engine, self.schema.layers[layer], definition, None if as_of is None else int(as_of))


class _Known(NamedTuple):
    """The schema last read, and the catalogue it makes with the one given."""

    schema: schema.Schema
    catalogue: Catalogue


class Store:
    """Layers with their history. Safe for several threads; every read sees one state, and none blocks a writer.

    Rows are Arrow tables: fid int64, the fields in the definition's order (decimal128(15, d), date32, timestamp ms
    UTC...), geom (binary, 2D ISO WKB in the layer's CRS), area_m2 float64 for polygon layers, revision int64.
    Methods with `layer` raise UnknownLayer, those with `query` UnknownField and InvalidQuery; all raise StoreError
    when the database fails.
    """

    def __init__(self, engine: StoreEngine, catalogue: Catalogue) -> None:
        self._engine, self._given, self._sight = engine, catalogue, WHOLE
        self.url, self.path, self.is_at_hand = engine.url, engine.path, engine.is_at_hand
        self.tokens = Tokens(engine)
        self.closings = Closings(engine)
        self._standings, self._facts, self._windows = Standings(engine.pulse), Facts(), Windows()
        with store_errors(self.url):
            self._known = self._opened()
        self._last_seen = (self._known.catalogue, self._known.catalogue)

    def _opened(self) -> _Known:
        """The schema, after making what is missing; a store that fits is only read, so that writers do not delay it."""
        given = self._given.values()
        with self._engine.reading() as connection:
            if not self._engine.lacking(connection):
                found = schema.load(connection, self.url)
                if found.identity and not schema.unmet(found, schema.wanted(found, given), self.url):
                    return _Known(found, found.catalogue(self._given))
        with self._engine.writing() as connection:
            found = schema.fitted(self._engine, connection, given)
            return _Known(found, found.catalogue(self._given))

    @contextmanager
    def _reading(self) -> Iterator[_View]:
        with store_errors(self.url), ExitStack() as stack:
            connection = stack.enter_context(self._engine.reading())
            known = self._known
            while schema.version(connection) != known.schema.version:
                stack.close()
                self._known = known = self._opened()
                connection = stack.enter_context(self._engine.reading())
            yield _View(self._engine, connection, known.schema, self._seen(known.catalogue), self._sight.whole)

    def _seen(self, found: Catalogue) -> Catalogue:
        """What is seen of `found`, worked out once for each catalogue."""
        last, seen = self._last_seen
        if last is not found:
            last, seen = self._last_seen = found, self._sight.catalogue(found)
        return seen

    def seen_by(self, role: Role | None) -> Store:
        """This store in the eyes of `role`, None for somebody who did not sign in: what is hidden was never there.

        It lives as long as this one; what is kept from one reading to the next is kept for each role by itself.
        """
        seen = copy(self)
        seen._sight, seen._last_seen = Sight(role), (Catalogue({}), Catalogue({}))
        seen._standings, seen._facts, seen._windows = Standings(self._engine.pulse), Facts(), Windows()
        return seen

    def shows(self, needed: Role | None) -> bool:
        """Whether what is visible from the role `needed` on (None: to everyone) is seen here, as a raster may be."""
        return self._sight.shows(needed)

    @property
    def hidden(self) -> dict[str, frozenset[str]]:
        """The layers that are not seen here, and those of whose fields the ones named are not."""
        with self._reading() as view:
            return hidden(self._known.catalogue, view.catalogue)

    def hides_from(self, role: Role | None) -> bool:
        """Whether there was anything that `role` does not see when the definitions were last read."""
        return hides(self._known.catalogue, role)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue given and the layers whose definition is kept in the store, also by other processes."""
        return self._state.catalogue

    @property
    def identity(self) -> str:
        """A text that no other store has, and that a restore into this store changes: what was kept of it is stale."""
        return self._state.identity

    @property
    def _state(self) -> State:
        return self._standings.get(STORE, lambda _: self._read_state())

    def _read_state(self) -> State:
        with self._reading() as view:
            return State(f"{view.schema.identity:016x}", view.catalogue, history.latest(view.connection))

    def definition_text(self, layer: str) -> str | None:
        """The TOML text of a definition kept in the store; None for a layer that comes from a file."""
        with self._reading() as view:
            view.catalogue[layer]
            return view.schema.texts.get(layer)

    def revision(self, layer: str | None = None) -> int:
        """The latest revision, of `layer` if one is given; 0 when there is none."""
        return self._state.revision if layer is None else self.standing(layer).revision

    def standing(self, layer: str) -> Standing:
        """The store's identity, the layer's definition and its latest revision.

        Ten times as fast as reading them while nothing is committed to the store, and never out of date.
        """
        return self._standings.get(layer, self._standing)

    def _standing(self, layer: str) -> Standing:
        with self._reading() as view:
            definition = view.catalogue[layer]
            return Standing(f"{view.schema.identity:016x}", definition, history.latest(view.connection, layer))

    def revisions(self, layer: str | None = None, *, limit: int | None = None) -> list[Revision]:
        """The revisions, newest first, at most `limit`; only those that touched `layer` if one is given."""
        with self._reading() as view:
            view.check(layer)
            return history.listing(self._engine, view.connection, layer, limit=limit, among=view.among())

    def changes(self, revision: int, layer: str | None = None) -> Iterator[Change]:
        """What `revision` did, feature by feature: by layer, then fid. Reads while it is iterated over."""
        with self._reading() as view:
            view.check(layer)
            for touched in history.layers_of(view.connection, revision):
                if layer in (None, touched) and touched in view.schema.layers and view.sees(touched):
                    names = view.columns(touched)
                    yield from history.changes(view.connection, view.origin(touched), revision, names)

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
            known = schema.fitted(self._engine, connection, self._given.values())
            number = writing.begin(self._engine, connection, who=who, why=why, illustrative=illustrative)
            transaction = Transaction(self._engine, connection, self._given, known, number, self._sight)
            yield transaction
            transaction.finish()

    def read(self, layer: str, query: Query = EVERYTHING, *, as_of: int | None = None) -> pa.Table:
        """The features that `query` selects, by fid, now or at revision `as_of`."""
        found = self._window(layer, query) if as_of is None and reading.is_window(query) else None
        if found is not None:
            return found
        with self._reading() as view:
            return reading.table(view.connection, view.source(layer, as_of), query)

    def _window(self, layer: str, query: Query) -> pa.Table | None:
        """What `read` returns of a mere window; None where the schema last read is not in force any more."""
        known = self._known
        seen = self._seen(known.catalogue)
        if layer not in seen or layer not in known.schema.layers:
            return None
        source = Source(self._engine, known.schema.layers[layer], seen[layer], None)
        with store_errors(self.url):
            return reading.window(source, query, known.schema.version)

    def batches(
        self, layer: str, query: Query = EVERYTHING, *, as_of: int | None = None, size: int = reading.CHUNK,
        first: int | None = None,
    ) -> Generator[pa.RecordBatch, None, None]:  # fmt: skip
        """What `read` returns, `size` rows at a time: memory stays flat, and all batches see one state.

        With `first` they begin with so many, for who may not need all. Exhaust or close the iterator: until then its
        state cannot be forgotten.
        """
        standing = self.standing(layer) if as_of is not None and located.is_page(query) else None
        with self._reading() as view:
            if standing is not None and as_of is not None and as_of >= standing.revision:
                now = view.source(layer, standing.revision)
                find = partial(located.fids_of, view.connection, now, query)
                query = located.paged(query, self._windows.get(standing, query, find))
            source = view.source(layer, as_of)
            names = source.names(query)
            statement = source.page(query, names)
            yield from reading.batches(view.connection, source, statement, names, size=size, streamed=True, first=first)

    def count(self, layer: str, query: Query = EVERYTHING, *, as_of: int | None = None) -> int:
        """How many features fit the conditions of `query`, all pages together (`after` and `limit` do not count)."""
        standing = self.standing(layer)
        is_window = located.is_window(unpaged(query))
        if (as_of is not None and as_of < standing.revision) or not (is_window or unpaged(query) == EVERYTHING):
            return self._count(layer, query, as_of)
        if is_window:
            return len(self._windows.get(standing, query, lambda: self._fids(standing, query)))
        return int(self._facts.get(standing, "count", lambda: self._count(layer, query, as_of)))

    def _fids(self, standing: Standing, query: Query) -> located.Fids:
        with self._reading() as view:
            return located.fids_of(view.connection, view.source(standing.definition.id, standing.revision), query)

    def _count(self, layer: str, query: Query, as_of: int | None) -> int:
        with self._reading() as view:
            return reading.count(view.connection, view.source(layer, as_of), query)

    def extent(self, layer: str, *, as_of: int | None = None) -> Bounds | None:
        """The rectangle around all features, in the layer's CRS; None if there are none."""
        standing = self.standing(layer)
        if as_of is not None and as_of < standing.revision:
            return self._extent(layer, as_of)
        found: Bounds | None = self._facts.get(standing, "extent", lambda: self._extent(layer, as_of))
        return found

    def _extent(self, layer: str, as_of: int | None) -> Bounds | None:
        with self._reading() as view:
            source = view.source(layer, as_of)
            if source.as_of is None:
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
        return bool(self._facts.get(self.standing(layer), "illustrative", lambda: self._is_illustrative(layer)))

    def _is_illustrative(self, layer: str) -> bool:
        with self._reading() as view:
            return history.is_illustrative(view.connection, view.source(layer, None).layer)

    def backup(self, out: Path) -> None:
        """Writes everything, history included, to the new file `out`: one GeoPackage, not in WAL mode.

        Others may read and write meanwhile. Raises StoreError if `out` exists or cannot be written.
        """
        with store_errors(self.url):
            transfer.backup(self._engine, Path(out))

    def close(self) -> None:
        """Closes all connections."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def restore(backup: Path, target: str | Path, *, replace: bool = False) -> None:
    """Fills the store at `target` (as for `open_store`) with everything that `backup`, a GeoPackage file, holds.

    All or nothing, also under the eyes of programs that have `target` open. Raises StoreError if `backup` is none, and,
    unless `replace` is set, if `target` has revisions.
    """
    engine = _engine(target)
    try:
        with store_errors(str(backup)), closing(GeoPackageEngine(Path(backup), read_only=True)) as source:
            transfer.copy(source, engine, replace=replace)
    finally:
        engine.close()
