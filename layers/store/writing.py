"""What does a transaction change?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, delete, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from gis.types import Bounds
from layers.catalogue import Catalogue, check_codes
from layers.definition import LayerDefinition, parse_definition
from layers.errors import DefinitionError, StaleWrite, StoreError
from layers.store import history, schema
from layers.store.engine import Rows, StoreEngine
from layers.store.identity import fids_of, given_fids, integers_of, refused
from layers.store.sight import WHOLE, Sight
from layers.store.tables import (
    AREA_M2,
    FID,
    GEOM,
    REVISION,
    UNTIL,
    StoredLayer,
    kept,
    revisions,
    touched,
)
from layers.validation import Features, valid_features

UPSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(slots=True)
class _Touch:
    """What a transaction did to a layer's geometries so far: bounds of the new ones, and whether some went."""

    added: Bounds | None = None
    shrunk: bool = False

    def add(self, bounds: Any) -> None:
        if len(bounds):
            west, south = bounds[:, :2].min(axis=0).tolist()
            east, north = bounds[:, 2:].max(axis=0).tolist()
            old = self.added or Bounds(west, south, east, north)
            self.added = Bounds(min(west, old.west), min(south, old.south), max(east, old.east), max(north, old.north))


class Transaction:
    """Writes that become one revision together, or none at all; made by `Store.transaction`.

    A call that raises has written nothing, so the caller may go on after catching it. Not for several threads.
    """

    def __init__(
        self,
        engine: StoreEngine,
        connection: Connection,
        given: Catalogue,
        known: schema.Schema,
        revision: int,
        sight: Sight = WHOLE,
    ) -> None:
        self.revision = revision
        self._engine, self._connection = engine, connection
        self._layers = dict(known.layers)
        self._kept = dict(known.kept)
        self._given = given
        self._sight = sight
        self._catalogue = sight.catalogue(known.catalogue(given))
        self._touched: dict[str, _Touch] = {}
        self._next_fids: dict[str, int] = {}
        self._broken = False

    @property
    def catalogue(self) -> Catalogue:
        """The layers as this transaction sees them, with those it made."""
        return self._catalogue

    def create_layer(self, definition: LayerDefinition, toml: str) -> None:
        """Makes a layer whose definition, the text `toml`, is kept in the store.

        Raises StoreError if the id is taken, DefinitionError if `toml` does not say what `definition` does.
        """
        if definition.id in self._catalogue or definition.id in self._layers:
            raise StoreError(
                f"图层 id“{definition.id}”已被使用。",
                f"The layer id {definition.id!r} is taken.",
                place=self._engine.url,
                remedy_zh="请换一个 id。",
                remedy_en="Choose another id.",
            )
        self._keep(definition, toml)

    def replace_definition(self, definition: LayerDefinition, toml: str) -> None:
        """Puts another definition in the place of a kept one; fields may be added, none may change its type.

        Raises UnknownLayer if none of that id is kept, StoreError if stored types would change.
        """
        self._sight.catalogue(Catalogue(self._kept))[definition.id]
        self._keep(definition, toml)

    def _keep(self, definition: LayerDefinition, toml: str) -> None:
        place = f"{self._engine.url}: {definition.id}"
        if parse_definition(toml, place=place) != definition:
            raise DefinitionError(
                "TOML 文本与图层定义不一致。", "The TOML text is not that of the definition.", place=place
            )
        check_codes(definition, place=place)
        row = {"definition": toml, "revision": self.revision}
        upsert = UPSERTS[self._connection.dialect.name](kept).values(id=definition.id, **row)
        with self._connection.begin_nested():
            known = schema.Schema(0, self._layers, {}, {})
            stored = schema.fit(self._engine, self._connection, known, definition)
            self._connection.execute(upsert.on_conflict_do_update(index_elements=["id"], set_=row))
            schema.changed(self._connection)
        self._layers[definition.id] = stored
        self._kept[definition.id] = definition
        self._catalogue = self._sight.catalogue(Catalogue({**self._kept, **self._given}))
        self._touch(definition.id)

    def insert(self, layer: str, rows: pa.Table) -> list[int]:
        """Adds features; returns their fids, in order.

        `rows` has the layer's fields (Arrow types that convert without loss), `geom` (WKB in the layer's CRS) and
        optionally `fid`; fields left out are null. Areas are computed. A fid that was ever used is refused. Raises
        UnknownLayer, UnknownField and InvalidFeature naming layer, feature (index from 0), field, cause and remedy.
        """
        definition, stored = self._layer(layer)
        given = given_fids(layer, rows)
        if given is not None:
            self._refuse_used(stored, given)
        first = self._next_fid(stored)
        fids = list(range(first, first + rows.num_rows)) if given is None else given
        content = rows.drop_columns([FID]) if given is not None else rows
        checked = list(valid_features(definition, content))
        with self._writing():
            for start, features in checked:
                if features.size:
                    self._add(stored, fids[start : start + features.size], features)
        self._next_fids[layer] = max([first - 1, *fids]) + 1
        return fids

    def _add(self, stored: StoredLayer, fids: Sequence[int], features: Features) -> None:
        table = self._rows(stored, fids, features)
        self._engine.insert(self._connection, stored, stored.current, table)
        self._touch(stored.id).add(table.bounds)

    def update(self, layer: str, rows: pa.Table) -> None:
        """Changes features: `rows` has `fid` and the columns to change; areas follow new geometries.

        With a column `revision`, each feature must still be at that revision: StaleWrite if somebody changed it.
        Raises InvalidFeature for a fid that is not there, and as `insert` does.
        """
        definition, stored = self._layer(layer)
        fids = fids_of(layer, rows)
        expected = integers_of(layer, rows, REVISION) if REVISION in rows.column_names else None
        content = rows.drop_columns([FID] if expected is None else [FID, REVISION])
        self._check_current(stored, fids, expected)
        checked = list(valid_features(definition, content, partial=True))
        with self._writing():
            for start, features in checked:
                if features.size:
                    self._change(stored, fids[start : start + features.size], features)

    def _change(self, stored: StoredLayer, fids: Sequence[int], features: Features) -> None:
        self._archive(stored, fids)
        table = self._rows(stored, fids, features)
        self._engine.update(self._connection, stored, table)
        touch = self._touch(stored.id)
        if len(table.bounds):
            touch.add(table.bounds)
            touch.shrunk = True

    def delete(self, layer: str, fids: Sequence[int], *, expected: Sequence[int] | None = None) -> None:
        """Removes features; with `expected`, each must still be at its revision there: StaleWrite if it is not.

        Raises InvalidFeature for a fid that is not there.
        """
        _, stored = self._layer(layer)
        table = pa.table({FID: pa.array(fids, pa.int64())})
        wanted = fids_of(layer, table)
        self._check_current(stored, wanted, None if expected is None else list(expected))
        with self._writing():
            self._archive(stored, wanted)
            gone = self._engine.among(stored.current.c[FID], wanted)
            self._connection.execute(delete(stored.current).where(gone))
        self._touch(layer).shrunk = True

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Around changes of rows: everything was checked before, so a failure is the database's, and ends all.

        No savepoints, as SQLite keeps their journal in memory and walks it after each row that fires a trigger.
        """
        self._check_whole()
        try:
            yield
        except BaseException:
            self._broken = True
            raise

    def _check_whole(self) -> None:
        if self._broken:
            raise StoreError(
                "该事务此前写入失败，已作废。",
                "A write of this transaction failed before, so all of it is void.",
                place=self._engine.url,
                remedy_zh="请重新开始。",
                remedy_en="Begin again.",
            )

    def _layer(self, layer: str) -> tuple[LayerDefinition, StoredLayer]:
        return self._catalogue[layer], self._layers[layer]

    def _touch(self, layer: str) -> _Touch:
        return self._touched.setdefault(layer, _Touch())

    def _next_fid(self, stored: StoredLayer) -> int:
        """A fid greater than any ever used: rows that were deleted are in the history."""
        if stored.id not in self._next_fids:
            tops = [select(func.max(table.c[FID])) for table in (stored.current, stored.history)]
            used = [self._connection.execute(top).scalar_one() or 0 for top in tops]
            self._next_fids[stored.id] = max(used) + 1
        return self._next_fids[stored.id]

    def _refuse_used(self, stored: StoredLayer, fids: Sequence[int]) -> None:
        for table in (stored.current, stored.history):
            found = select(func.min(table.c[FID])).where(self._engine.among(table.c[FID], fids))
            used = self._connection.execute(found).scalar_one()
            if used is not None:
                raise refused(
                    stored.id, fids.index(used), FID, f"编号 {used} 已被使用过。", f"The fid {used} was used before.",
                    ("请换一个编号，或不给编号。", "Choose another fid, or leave it out."),
                )  # fmt: skip

    def _check_current(self, stored: StoredLayer, fids: Sequence[int], expected: Sequence[int] | None) -> None:
        columns = stored.current.c
        found = select(columns[FID], columns[REVISION]).where(self._engine.among(columns[FID], fids))
        have: dict[int, int] = dict(self._connection.execute(found).all())
        for index, fid in enumerate(fids):
            if fid not in have:
                raise refused(
                    stored.id, index, FID, f"没有编号为 {fid} 的要素。", f"There is no feature {fid}.",
                    ("它可能已被删除，请刷新后重试。", "It may have been deleted: reload and try again."),
                )  # fmt: skip
            if expected is not None and have[fid] != expected[index]:
                raise StaleWrite(
                    f"要素 {fid} 已由修订 {have[fid]} 更改，您看到的是修订 {expected[index]}。",
                    f"Feature {fid} was changed by revision {have[fid]}; you saw revision {expected[index]}.",
                    place=f"{stored.id}[{index}].{FID}",
                    remedy_zh="请刷新后重试。",
                    remedy_en="Reload and try again.",
                )

    def _archive(self, stored: StoredLayer, fids: Sequence[int]) -> None:
        """Copies rows that other revisions made into the history, as ended by this one."""
        names = [FID, *stored.kinds, REVISION]
        current = stored.current.c
        rows = select(*(current[name] for name in names), literal(self.revision)).where(
            self._engine.among(current[FID], fids), current[REVISION] < self.revision
        )
        self._connection.execute(insert(stored.history).from_select([*names, UNTIL], rows))

    def _rows(self, stored: StoredLayer, fids: Sequence[int], features: Features) -> Rows:
        columns: dict[str, pa.Array] = {FID: pa.array(fids, pa.int64()), **features.fields}
        bounds = np.empty((0, 4))
        if features.shapes is not None:
            columns[GEOM], bounds = features.shapes.wkb, features.shapes.bounds
            if features.shapes.area_m2 is not None:
                columns[AREA_M2] = pa.array(features.shapes.area_m2)
        columns[REVISION] = pa.array(np.full(len(fids), self.revision, np.int64))
        return Rows(columns, bounds)

    def finish(self) -> None:
        """Counts what was done to each layer and lets the engine keep its extents; then it can be committed.

        Raises StoreError if a write failed, even if the caller caught that.
        """
        self._check_whole()
        for layer, touch in self._touched.items():
            stored = self._layers[layer]
            counts = self._counts(stored)
            self._connection.execute(
                insert(touched).values(
                    revision=self.revision,
                    layer=layer,
                    inserted=counts.inserted,
                    updated=counts.updated,
                    deleted=counts.deleted,
                )
            )
            self._engine.written(self._connection, stored, touch.added, shrunk=touch.shrunk)

    def _counts(self, stored: StoredLayer) -> history.Counts:
        current, past = stored.current.c, stored.history.c
        begun = select(func.count()).where(current[REVISION] == self.revision)
        ended = select(func.count()).where(past[UNTIL] == self.revision)
        both = begun.where(past[UNTIL] == self.revision, past[FID] == current[FID])
        made, gone, updated = (int(self._connection.execute(s).scalar_one()) for s in (begun, ended, both))
        return history.Counts(made - updated, updated, gone - updated)


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def begin(engine: StoreEngine, connection: Connection, *, who: str, why: str, illustrative: bool) -> int:
    """Enters a new revision and returns its number; its time is never before that of the one before it."""
    number = history.latest(connection) + 1
    moment = history.encoded_moment(engine, now())
    last = connection.execute(select(func.max(revisions.c.at))).scalar_one()
    row = {"id": number, "at": max(moment, last or moment), "who": who, "why": why, "illustrative": illustrative}
    connection.execute(insert(revisions).values(row))
    return number
