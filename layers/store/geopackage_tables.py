"""What makes an SQLite file a GeoPackage?

OGC 12-128r18 (GeoPackage 1.4): 2.1 tables, F.3 the R-tree extension with its triggers.
"""

from __future__ import annotations

from string import Template

import pyproj
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    MetaData,
    Table,
    UniqueConstraint,
    column,
    delete,
    insert,
    select,
    table,
    text,
    true,
)
from sqlalchemy import func as sql
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.expression import TableClause

from gis.types import Bounds
from layers.store.tables import FID, GEOM, UNTIL, Named, StoredLayer

APPLICATION_ID = 0x47504B47
"""GPKG in ASCII."""

USER_VERSION = 10400
NOW = "(strftime('%Y-%m-%dT%H:%M:%fZ','now'))"
SIDES = ("minx", "maxx", "miny", "maxy")

TEXT, INTEGER, DOUBLE, DATETIME, TINYINT = (Named(n) for n in ("TEXT", "INTEGER", "DOUBLE", "DATETIME", "TINYINT"))

GPKG = MetaData()

spatial_ref_sys = Table(
    "gpkg_spatial_ref_sys", GPKG,
    Column("srs_name", TEXT, nullable=False),
    Column("srs_id", INTEGER, primary_key=True),
    Column("organization", TEXT, nullable=False),
    Column("organization_coordsys_id", INTEGER, nullable=False),
    Column("definition", TEXT, nullable=False),
    Column("description", TEXT),
)  # fmt: skip

contents = Table(
    "gpkg_contents", GPKG,
    Column("table_name", TEXT, primary_key=True),
    Column("data_type", TEXT, nullable=False),
    Column("identifier", TEXT, unique=True),
    Column("description", TEXT, server_default=text("''")),
    Column("last_change", DATETIME, nullable=False, server_default=text(NOW)),
    *(Column(side, DOUBLE) for side in ("min_x", "min_y", "max_x", "max_y")),
    Column("srs_id", INTEGER, ForeignKey("gpkg_spatial_ref_sys.srs_id")),
)  # fmt: skip

geometry_columns = Table(
    "gpkg_geometry_columns", GPKG,
    Column("table_name", TEXT, ForeignKey("gpkg_contents.table_name"), primary_key=True, unique=True),
    Column("column_name", TEXT, primary_key=True),
    Column("geometry_type_name", TEXT, nullable=False),
    Column("srs_id", INTEGER, ForeignKey("gpkg_spatial_ref_sys.srs_id"), nullable=False),
    Column("z", TINYINT, nullable=False),
    Column("m", TINYINT, nullable=False),
)  # fmt: skip

extensions = Table(
    "gpkg_extensions", GPKG,
    Column("table_name", TEXT),
    Column("column_name", TEXT),
    Column("extension_name", TEXT, nullable=False),
    Column("definition", TEXT, nullable=False),
    Column("scope", TEXT, nullable=False),
    UniqueConstraint("table_name", "column_name", "extension_name", name="ge_tce"),
)  # fmt: skip

sequences = table("sqlite_sequence", column("name"), column("seq"))

RTREE_EXTENSION = {
    "extension_name": "gpkg_rtree_index",
    "definition": "http://www.geopackage.org/spec120/#extension_rtree",
    "scope": "write-only",
}

UNDEFINED = [
    {"srs_name": f"Undefined {kind} SRS", "srs_id": srs_id, "organization": "NONE",
     "organization_coordsys_id": srs_id, "definition": "undefined", "description": f"undefined {kind} CRS"}
    for srs_id, kind in ((-1, "Cartesian"), (0, "geographic"))
]  # fmt: skip

_FILLED, _HOLLOW = (
    "($row.$geom NOTNULL AND NOT ST_IsEmpty($row.$geom))",
    "($row.$geom ISNULL OR ST_IsEmpty($row.$geom))",
)
_BOX = "ST_MinX(NEW.$geom), ST_MaxX(NEW.$geom), ST_MinY(NEW.$geom), ST_MaxY(NEW.$geom)"
_SET = "minx = ST_MinX(NEW.$geom), maxx = ST_MaxX(NEW.$geom), miny = ST_MinY(NEW.$geom), maxy = ST_MaxY(NEW.$geom)"


def _filled(row: str) -> str:
    return _FILLED.replace("$row", row)


def _hollow(row: str) -> str:
    return _HOLLOW.replace("$row", row)


TRIGGERS = {
    "insert": f"AFTER INSERT ON $table WHEN {_filled('NEW')} "
              f"BEGIN INSERT OR REPLACE INTO $rtree VALUES (NEW.$fid, {_BOX}); END",
    "update6": f"AFTER UPDATE OF $geom ON $table WHEN OLD.$fid = NEW.$fid AND {_filled('NEW')} AND {_filled('OLD')} "
               f"BEGIN UPDATE $rtree SET {_SET} WHERE id = NEW.$fid; END",
    "update7": f"AFTER UPDATE OF $geom ON $table WHEN OLD.$fid = NEW.$fid AND {_filled('NEW')} AND {_hollow('OLD')} "
               f"BEGIN INSERT INTO $rtree VALUES (NEW.$fid, {_BOX}); END",
    "update2": f"AFTER UPDATE OF $geom ON $table WHEN OLD.$fid = NEW.$fid AND {_hollow('NEW')} "
               "BEGIN DELETE FROM $rtree WHERE id = OLD.$fid; END",
    "update5": f"AFTER UPDATE ON $table WHEN OLD.$fid != NEW.$fid AND {_filled('NEW')} BEGIN "
               f"DELETE FROM $rtree WHERE id = OLD.$fid; INSERT OR REPLACE INTO $rtree VALUES (NEW.$fid, {_BOX}); END",
    "update4": f"AFTER UPDATE ON $table WHEN OLD.$fid != NEW.$fid AND {_hollow('NEW')} "
               "BEGIN DELETE FROM $rtree WHERE id IN (OLD.$fid, NEW.$fid); END",
    "delete": "AFTER DELETE ON $table WHEN OLD.$geom NOT NULL BEGIN DELETE FROM $rtree WHERE id = OLD.$fid; END",
}  # fmt: skip
"""The standard's triggers that keep the R-tree, by the end of their name."""


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def rtree_name(layer: str) -> str:
    """The name of the R-tree of a layer's table."""
    return f"rtree_{layer}_{GEOM}"


def rtree(layer: str) -> TableClause:
    """The R-tree of a layer's table: id, minx, maxx, miny, maxy."""
    return table(rtree_name(layer), column("id"), *(column(side) for side in SIDES))


def create_trigger(connection: Connection, layer: str, name: str) -> None:
    """Makes one of the standard's triggers on the layer's table."""
    names = {"table": quoted(layer), "rtree": quoted(rtree_name(layer)), "geom": quoted(GEOM), "fid": quoted(FID)}
    body = Template(TRIGGERS[name]).substitute(names)
    connection.exec_driver_sql(f"CREATE TRIGGER {quoted(f'{rtree_name(layer)}_{name}')} {body}")


def drop_trigger(connection: Connection, layer: str, name: str) -> None:
    """Removes one of the standard's triggers."""
    connection.exec_driver_sql(f"DROP TRIGGER {quoted(f'{rtree_name(layer)}_{name}')}")


def create_rtree(connection: Connection, layer: str) -> None:
    """Makes the R-tree of the layer's empty table, with its triggers and its entry in gpkg_extensions."""
    connection.exec_driver_sql(f"CREATE VIRTUAL TABLE {quoted(rtree_name(layer))} USING rtree(id, {', '.join(SIDES)})")
    for name in TRIGGERS:
        create_trigger(connection, layer, name)
    connection.execute(insert(extensions).values(table_name=layer, column_name=GEOM, **RTREE_EXTENSION))


def register_layer(connection: Connection, layer: StoredLayer) -> None:
    """Enters the layer's table as features in the CRS, contents and geometry tables."""
    register_crs(connection, layer.epsg)
    connection.execute(
        insert(contents).values(table_name=layer.id, data_type="features", identifier=layer.id, srs_id=layer.epsg)
    )
    connection.execute(
        insert(geometry_columns).values(
            table_name=layer.id, column_name=GEOM, geometry_type_name=layer.ogc, srs_id=layer.epsg, z=0, m=0
        )
    )


def forget_layer(connection: Connection, layer: str) -> None:
    """Removes the layer's R-tree and entries."""
    connection.exec_driver_sql(f"DROP TABLE {quoted(rtree_name(layer))}")
    for entries in (extensions, geometry_columns, contents):
        connection.execute(delete(entries).where(entries.c.table_name == layer))
    connection.execute(delete(sequences).where(sequences.c.name == layer))


def register_crs(connection: Connection, epsg: int) -> None:
    """Enters EPSG:`epsg` with its WKT in gpkg_spatial_ref_sys."""
    crs = pyproj.CRS.from_epsg(epsg)
    row = {
        "srs_name": crs.name, "srs_id": epsg, "organization": "EPSG", "organization_coordsys_id": epsg,
        "definition": _wkt(crs), "description": None,
    }  # fmt: skip
    connection.execute(sqlite_insert(spatial_ref_sys).values(row).on_conflict_do_nothing())


def _wkt(crs: pyproj.CRS) -> str:
    """WKT 1, the form that the standard asks for; the 49 EPSG systems that have none are known by their code only."""
    try:
        return str(crs.to_wkt("WKT1_GDAL", output_axis_rule=True))
    except pyproj.exceptions.CRSError:
        return "undefined"


def register_attributes(connection: Connection, name: str) -> None:
    """Enters the table `name` as one without geometry; GDAL then lists no table that is not entered."""
    connection.execute(insert(contents).values(table_name=name, data_type="attributes", identifier=name, srs_id=0))


def make_geopackage(connection: Connection) -> None:
    """Marks the file as a GeoPackage and makes the standard's tables, where they are missing."""
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {USER_VERSION}")
    GPKG.create_all(connection)
    connection.execute(sqlite_insert(spatial_ref_sys).on_conflict_do_nothing(), UNDEFINED)
    register_crs(connection, 4326)


def outermost(layer: str, side: str) -> ColumnElement[float]:
    """The exact `side` (minx...) of all geometries of a layer's table.

    The R-tree rounds to 32 bits, and rounding keeps order: the outermost geometry is among those whose rounded side
    is outermost, so only their headers are read.
    """
    boxes = rtree(layer)
    pick = sql.min if side.startswith("min") else sql.max
    ends = select(boxes.c.id).where(boxes.c[side] == select(pick(boxes.c[side])).scalar_subquery())
    rows = table(layer, column(FID), column(GEOM))
    exact = getattr(sql, f"ST_M{side[1:3]}{side[3:].upper()}")(rows.c[GEOM])
    return select(pick(exact)).where(rows.c[FID].in_(ends)).scalar_subquery()


def in_rtree(rows: Table, bounds: Bounds) -> ColumnElement[bool]:
    """Whether the R-tree, which current tables have, lets the row's box meet `bounds`."""
    if UNTIL in rows.c:
        return true()
    boxes = rtree(rows.name).c
    meets = (
        (boxes.minx <= bounds.east) & (boxes.maxx >= bounds.west)
        & (boxes.miny <= bounds.north) & (boxes.maxy >= bounds.south)
    )  # fmt: skip
    return rows.c[FID].in_(select(boxes.id).where(meets))
