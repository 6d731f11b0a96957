"""How does a store become a file, and a file a store again?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import shapely
from sqlalchemy import Connection, Table, delete, insert, select, update

from layers.errors import StoreError
from layers.store import history, schema
from layers.store.compile import Origin
from layers.store.engine import Rows, StoreEngine
from layers.store.failures import store_error
from layers.store.geopackage import GeoPackageEngine, copy_file, seal
from layers.store.places import checked_path
from layers.store.reading import CHUNK, batches
from layers.store.tables import FID, GEOM, closings, columns, facts, kept, revisions, tokens, touched


def backup(engine: StoreEngine, out: Path) -> None:
    """Writes `engine`'s store, history included, tokens not, to `out`: one GeoPackage file, not in WAL mode.

    The file appears complete or not at all. Raises StoreError if `out` exists or cannot be written.
    """
    out = checked_path(out)
    if out.exists():
        raise StoreError(
            "文件已存在。", "The file exists.", place=str(out),
            remedy_zh="请另选文件名。", remedy_en="Choose another name.",
        )  # fmt: skip
    try:
        with TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as folder:
            part = Path(folder) / out.name
            if engine.path is not None:
                copy_file(engine.path, part)
                _identify(part)
            else:
                _export(engine, part)
            seal(part)
            os.replace(part, out)
            _sync(out.parent)
    except OSError as error:
        raise store_error(error, str(out)) from error


def _identify(path: Path) -> None:
    """A copy goes its own way from here on: revisions that it makes are not those of the store it was taken from.

    It lets nobody in: tokens are erased, not only marked as deleted.
    """
    target = GeoPackageEngine(path)
    try:
        with target.writing() as connection:
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
            connection.execute(delete(tokens))
            schema.identify(connection)
    finally:
        target.close()


def _export(engine: StoreEngine, path: Path) -> None:
    target = GeoPackageEngine(path)
    try:
        copy(engine, target, replace=False)
    finally:
        target.close()


def _sync(folder: Path) -> None:
    """Makes a rename durable; Windows has no handles on folders and needs none."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def copy(source: StoreEngine, target: StoreEngine, *, replace: bool) -> None:
    """Puts everything in `source`'s store but its tokens into `target`'s, in one transaction; those there stay.

    Raises StoreError if `source` is no store, or if `target` has revisions and `replace` is not set.
    """
    with source.reading() as origin, target.writing() as connection:
        if not source.is_prepared(origin):
            raise StoreError(
                "该 GeoPackage 不是本系统的备份。", "This GeoPackage is not a backup of a store.", place=source.url,
                remedy_zh="请选择 gaodu backup 写出的文件；其他文件请用 gaodu import。",
                remedy_en="Choose a file that gaodu backup wrote; take others in with gaodu import.",
            )  # fmt: skip
        known = schema.load(origin, source.url)
        before = schema.fitted(target, connection, ())
        if history.latest(connection) and not replace:
            raise StoreError(
                "目标数据库已有数据。", "The target has data already.", place=target.url,
                remedy_zh="请恢复到新的位置，或明确要求覆盖。",
                remedy_en="Restore to a new place, or ask to replace what is there.",
            )  # fmt: skip
        _clear(target, connection, before)
        _copy_revisions(source, origin, target, connection)
        if closings not in source.lacking(origin):
            _copy_closings(source, origin, target, connection)
        for layer in known.layers.values():
            schema.create(target, connection, layer)
            for table in (layer.current, layer.history):
                for rows in _rows(Origin(source, layer), origin, table):
                    target.insert(connection, layer, table, rows)
            target.written(connection, layer, None, shrunk=True)
        number = max(known.version, before.version) + 1
        connection.execute(update(facts).where(facts.c.name == "schema").values(value=number))
        schema.identify(connection)


def _clear(engine: StoreEngine, connection: Connection, known: schema.Schema) -> None:
    for layer in known.layers.values():
        engine.drop_layer(connection, layer)
    for table in (closings, touched, kept, columns, revisions):
        connection.execute(delete(table))


def _copy_revisions(source: StoreEngine, origin: Connection, target: StoreEngine, connection: Connection) -> None:
    for revision in reversed(history.listing(source, origin)):
        row = {
            "id": revision.id,
            "at": history.encoded_moment(target, revision.at),
            "who": revision.who,
            "why": revision.why,
            "illustrative": revision.illustrative,
        }
        connection.execute(insert(revisions).values(row))
    for table in (touched, kept):
        found = [dict(row._mapping) for row in origin.execute(select(table))]
        if found:
            connection.execute(insert(table), found)


def _copy_closings(source: StoreEngine, origin: Connection, target: StoreEngine, connection: Connection) -> None:
    for row in origin.execute(select(closings).order_by(closings.c.id)).all():
        (moment,) = history.moments_of(source, [row.at])
        values = {**row._mapping, "at": history.encoded_moment(target, moment)}
        connection.execute(insert(closings).values(values))


def _rows(origin: Origin, connection: Connection, table: Table) -> Iterator[Rows]:
    names = [column.name for column in table.columns]
    selected: list[Any] = [
        origin.engine.geometry_out(table.c[name]).label(name) if name == GEOM else table.c[name] for name in names
    ]
    statement: Any = select(*selected).order_by(table.c[FID])
    for batch in batches(connection, origin, statement, names, size=CHUNK, streamed=True):
        arrays = dict(zip(names, batch.columns, strict=True))
        yield Rows(arrays, shapely.bounds(shapely.from_wkb(_objects(arrays[GEOM]))))


def _objects(wkb: pa.Array) -> Any:
    return wkb.to_numpy(zero_copy_only=False)
