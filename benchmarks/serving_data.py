"""Which data do the service and its peers serve? The same synthetic parcels for all of them.

Parcels of `benchmarks.parcels` in degrees on CGCS2000: in a GeoPackage store and a PostGIS store of ours, in a plain
GeoPackage and a plain PostGIS table for the peers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg
import pyarrow as pa
import pyogrio.raw
from psycopg.sql import SQL, Identifier

from benchmarks.parcels import attributes, parcels
from gis.columns import GeometryColumns
from gis.crs import transformed
from layers.catalogue import Catalogue
from layers.definition import parse_definition
from layers.store import open_store

LAYER, PEER_LAYER = "parcels", "parcels_plain"
AT_ONCE = 50_000
FIELDS = {"BSM": "text", "DLBM": "text", "ZLDWMC": "text", "TBMJ": "real", "mu": "real", "SJNF": "integer"}

DEFINITION = f"""
id = "{LAYER}"
title = {{zh = "地块", en = "Parcels"}}
geometry = "multipolygon"
crs = 4490
date = 2024-12-31
source = {{zh = "合成", en = "synthetic"}}
area = {{method = "ellipsoidal"}}
""" + "".join(
    f'[[fields]]\nname = "{name}"\ntitle = {{zh = "{name}", en = "{name}"}}\ntype = "{kind}"\n'
    for name, kind in FIELDS.items()
)


@dataclass(frozen=True, slots=True)
class Data:
    """Where the parcels are: files, and the address of a PostGIS database or None."""

    folder: Path
    count: int
    postgis: str | None

    @property
    def store(self) -> Path:
        """Our store in a GeoPackage."""
        return self.folder / f"store_{self.count}.gpkg"

    @property
    def plain(self) -> Path:
        """The peers' GeoPackage."""
        return self.folder / f"plain_{self.count}.gpkg"

    @property
    def schema(self) -> str:
        """The schema of our store in PostGIS."""
        return f"bench_gaodu_{self.count}"

    @property
    def peer_table(self) -> str:
        """The peers' table, in the schema public."""
        return f"{PEER_LAYER}_{self.count}"

    @property
    def postgis_store(self) -> str:
        """The address of our store in PostGIS."""
        joint = "&" if "?" in str(self.postgis) else "?"
        return f"{self.postgis}{joint}options=-c%20search_path%3D{self.schema},public"


def catalogue() -> Catalogue:
    """The one layer."""
    return Catalogue({LAYER: parse_definition(DEFINITION, place=LAYER)})


def made(folder: Path, count: int, postgis: str | None) -> Data:
    """The data, made where they are not there yet; a million parcels take some minutes."""
    data = Data(folder, count, postgis)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "layers").mkdir(exist_ok=True)
    (folder / "layers" / f"{LAYER}.toml").write_text(DEFINITION, encoding="utf-8")
    wanted = [path for path in (data.store, data.plain) if not path.exists()]
    is_missing = postgis is not None and not _is_there(data)
    if wanted or is_missing:
        rows = _rows(count)
        for path, write in ((data.store, _write_store), (data.plain, _write_plain)):
            if path in wanted:
                unfinished = path.with_suffix(".part.gpkg")
                unfinished.unlink(missing_ok=True)
                write(str(unfinished), rows)
                unfinished.rename(path)
        if is_missing:
            _write_postgis(data, rows)
    return data


def _rows(count: int) -> pa.Table:
    columns = transformed(GeometryColumns.from_shapely(parcels(count)), 4527, 4490)
    rounded = GeometryColumns(
        columns.kind, np.round(columns.xy, 9), None, columns.ring_offsets, columns.part_offsets,
        columns.feature_offsets, columns.present, np.ones(len(columns), np.bool_),
    )  # fmt: skip
    return attributes(len(columns)).append_column("geom", rounded.to_wkb())


def _pieces(rows: pa.Table) -> Iterator[pa.Table]:
    return (rows.slice(first, AT_ONCE) for first in range(0, rows.num_rows, AT_ONCE))


def _write_store(address: str, rows: pa.Table) -> None:
    with open_store(address, catalogue()) as store, store.transaction(who="benchmark", why="") as transaction:
        for piece in _pieces(rows):
            transaction.insert(LAYER, piece)


def _write_plain(path: str, rows: pa.Table) -> None:
    names = list(FIELDS)
    pyogrio.raw.write(
        path, rows["geom"].to_numpy(), [rows[name].to_numpy(zero_copy_only=False) for name in names], names,
        layer=PEER_LAYER, driver="GPKG", geometry_type="MultiPolygon", crs="EPSG:4326",
        layer_options={"FID": "id", "GEOMETRY_NAME": "geom"},
    )  # fmt: skip


def _is_there(data: Data) -> bool:
    with psycopg.connect(str(data.postgis)) as connection:
        found = connection.execute(
            "SELECT to_regclass(%s) IS NOT NULL AND to_regclass(%s) IS NOT NULL",
            (f"public.{data.peer_table}", f"{data.schema}.gaodu_revisions"),
        ).fetchone()
    return bool(found and found[0])


def _write_postgis(data: Data, rows: pa.Table) -> None:
    with psycopg.connect(str(data.postgis), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(data.schema)))
        connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(data.schema)))
    _write_store(data.postgis_store, rows)
    table = Identifier(data.peer_table)
    kinds = {"text": SQL("text"), "real": SQL("double precision"), "integer": SQL("integer")}
    fields = SQL(", ").join(SQL("{} {}").format(Identifier(name), kinds[kind]) for name, kind in FIELDS.items())
    with psycopg.connect(str(data.postgis), autocommit=True) as connection:
        connection.execute(SQL("DROP TABLE IF EXISTS public.{}").format(table))
        connection.execute(
            SQL("CREATE TABLE public.{} (id serial PRIMARY KEY, {}, geom geometry(MultiPolygon, 4326))").format(
                table, fields
            )
        )
        names = SQL(", ").join(map(Identifier, [*FIELDS, "geom"]))
        with connection.cursor().copy(SQL("COPY public.{} ({}) FROM STDIN").format(table, names)) as copy:
            for piece in _pieces(rows):
                for row in zip(*(piece[name].to_pylist() for name in FIELDS), piece["geom"].to_pylist(), strict=True):
                    copy.write_row((*row[:-1], _ewkb(row[-1])))
        connection.execute(SQL("CREATE INDEX ON public.{} USING gist (geom)").format(table))
        connection.execute(SQL("VACUUM ANALYZE public.{}").format(table))
        connection.execute(SQL("VACUUM ANALYZE {}.{}").format(Identifier(data.schema), Identifier(LAYER)))


def _ewkb(wkb: bytes) -> str:
    """Little-endian WKB with the SRID 4326 said in it, in hexadecimal."""
    return (wkb[:1] + bytes((6, 0, 0, 0x20)) + (4326).to_bytes(4, "little") + wkb[5:]).hex()
