"""What do the spatial databases do for the same jobs, where they are installed?

DuckDB needs `duckdb` and `duckdb-extension-spatial`; PostGIS an address in GAODU_BENCH_POSTGIS. One thread each.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa

Job = Callable[[], object]

_PAIRS = """
    select sum(st_area(case when {covers} then p.geom else st_intersection(p.geom, z.geom) end))
    from parcels p join zones z on st_intersects(p.geom, z.geom)
"""
_WORLD = 20037508.342789244


def overlays(parcels: pa.Array, zones: pa.Array) -> dict[str, Job]:
    """Jobs that sum the overlap area of WKB `parcels` and `zones`."""
    found: dict[str, Job] = {}
    if (duck := _duckdb()) is not None:
        for name, values in (("parcels", parcels), ("zones", zones)):
            duck.register("arrow", pa.table({"wkb": values}))
            duck.execute(f"create table {name} as select st_geomfromwkb(wkb) geom from arrow")
        query = _PAIRS.format(covers="st_covers(z.geom, p.geom)")
        found["DuckDB spatial"] = lambda: duck.execute(query).fetchall()
    if (post := _postgis()) is not None:
        for name, values in (("parcels", parcels), ("zones", zones)):
            _copy(post, name, values, pa.table({}), srid=4527)
        query = _PAIRS.format(covers="st_covers(z.geom, p.geom)")
        found["PostGIS, covers shortcut"] = lambda: post.execute(query).fetchall()  # type: ignore[arg-type]
    return found


def tiles(shapes: pa.Array, table: pa.Table, zxy: tuple[int, int, int]) -> dict[str, Job]:
    """Jobs that make one vector tile of WKB `shapes` in EPSG:3857."""
    z, x, y = zxy
    side = 2 * _WORLD / 2**z
    west, north = x * side - _WORLD, _WORLD - y * side
    margin = side * 64 / 4096  # the buffer: all jobs draw the same parcels
    box = f"{west}, {north - side}, {west + side}, {north}"
    wide = f"{west - margin}, {north - side - margin}, {west + side + margin}, {north + margin}"
    names = ", ".join(f'"{name}"' for name in table.column_names)
    found: dict[str, Job] = {}
    if (duck := _duckdb()) is not None:
        duck.register("arrow", table.append_column("wkb", shapes))
        duck.execute(f"create table parcels as select {names}, st_geomfromwkb(wkb) geom from arrow")
        duck.execute("create index parcels_geom on parcels using rtree (geom)")
        duck_query = f"""
            select st_asmvt(t, 'parcels') from (
                select {names}, st_asmvtgeom(geom, st_extent(st_makeenvelope({box})), 4096, 64, true) geom
                from parcels where st_intersects(geom, st_makeenvelope({wide}))) t"""
        found["DuckDB spatial"] = lambda: bytes(duck.execute(duck_query).fetchall()[0][0])
    if (post := _postgis()) is not None:
        _copy(post, "parcels", shapes, table, srid=3857)
        post_query = f"""
            with t as (
                select {names}, st_asmvtgeom(geom, st_tileenvelope({z}, {x}, {y}), 4096, 64, true) geom
                from parcels where geom && st_makeenvelope({wide}, 3857))
            select st_asmvt(t, 'parcels') from t"""
        found["PostGIS"] = lambda: bytes(post.execute(post_query).fetchall()[0][0])  # type: ignore[arg-type]
    return found


def _duckdb() -> Any:
    """A connection with the spatial extension; None where it is not installed."""
    spec = importlib.util.find_spec("duckdb_extension_spatial")
    if spec is None or spec.origin is None or importlib.util.find_spec("duckdb") is None:
        return None
    import duckdb

    extension = next(Path(spec.origin).parent.glob("extensions/*/spatial.duckdb_extension"))
    connection = duckdb.connect(config={"threads": 1, "allow_unsigned_extensions": True})
    connection.execute(f"load '{extension}'")
    return connection


def _postgis() -> Any:
    """A connection; None without an address."""
    address = os.environ.get("GAODU_BENCH_POSTGIS")
    if not address:
        return None
    connection = psycopg.connect(address, autocommit=True)
    connection.execute("create extension if not exists postgis")
    connection.execute("set max_parallel_workers_per_gather = 0")
    return connection


_TYPES = {pa.string(): "text", pa.float64(): "double precision", pa.int32(): "integer", pa.int64(): "bigint"}


def _copy(connection: Any, name: str, shapes: pa.Array, table: pa.Table, *, srid: int) -> None:
    """A table of the shapes and their attributes, indexed and analysed."""
    fields = "".join(f'"{field.name}" {_TYPES[field.type]}, ' for field in table.schema)
    connection.execute(f"drop table if exists {name}")
    connection.execute(f"create unlogged table {name} ({fields} geom geometry)")
    with connection.cursor().copy(f"copy {name} from stdin") as copy:
        for row in zip(*(column.to_pylist() for column in table.columns), shapes.to_pylist(), strict=True):
            copy.write_row((*row[:-1], row[-1].hex()))
    connection.execute(f"update {name} set geom = st_setsrid(geom, {srid})")
    connection.execute(f"create index on {name} using gist (geom)")
    connection.execute(f"vacuum analyze {name}")
