"""Which tables hold layers, their history and their revisions?"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine, UserDefinedType

from layers.definition import HISTORY_SUFFIX, MAX_NAME_BYTES, FieldDefinition, GeometryType, LayerDefinition
from layers.validation.values import DIGITS

FID, GEOM, AREA_M2, REVISION, UNTIL = "fid", "geom", "area_m2", "revision", "until"


class Named(UserDefinedType[Any]):
    """A column type known to the database by `name`; values pass as they are, codecs convert whole columns."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        """The name, for CREATE TABLE."""
        return self.name


class PerEngine(TypeDecorator[Any]):
    """`postgis` on PostgreSQL and the GeoPackage type called `geopackage` on SQLite."""

    impl = Named
    cache_ok = True
    spatial_index = False
    """Read by GeoAlchemy2 0.20 from columns of geometry: the engine makes its own index."""

    def __init__(self, geopackage: str, postgis: TypeEngine[Any]) -> None:
        super().__init__(geopackage)
        self.geopackage, self.postgis = geopackage, postgis

    def load_dialect_impl(self, dialect: Dialect | None) -> TypeEngine[Any]:
        """The type for `dialect`; GeoAlchemy2 0.20 asks without one when it looks for rasters."""
        if dialect is None:
            return self.postgis
        wanted = self.postgis if dialect.name == "postgresql" else Named(self.geopackage)
        return dialect.type_descriptor(wanted)


COLUMN_TYPES: dict[str, Callable[[int], TypeEngine[Any]]] = {
    "text": lambda _: PerEngine("TEXT", Text()),
    "integer": lambda _: PerEngine("INTEGER", BigInteger()),
    "real": lambda _: PerEngine("DOUBLE", Double()),
    "decimal": lambda decimals: PerEngine("DOUBLE", Numeric(DIGITS, decimals)),
    "boolean": lambda _: PerEngine("BOOLEAN", Boolean()),
    "date": lambda _: PerEngine("DATE", Date()),
    "datetime": lambda _: PerEngine("DATETIME", TIMESTAMP(timezone=True)),
    "area": lambda _: PerEngine("DOUBLE", Double()),
}
"""The types of a field's column by the first word of its kind, given its decimals."""

KEY = BigInteger().with_variant(Integer(), "sqlite")


@dataclass(frozen=True, slots=True)
class Kind:
    """How a column is kept, in words: "text", "decimal 2", "area ellipsoidal 2", "multipolygon EPSG:4490".

    Two definitions whose columns are of the same kinds can share a table; that is all that is compared.
    """

    text: str

    @property
    def base(self) -> str:
        """The first word."""
        return self.text.split(" ")[0]

    @property
    def number(self) -> int:
        """The number at the end: decimals, or the EPSG code of a geometry; 0 if there is none."""
        found = re.search(r"(\d+)$", self.text)
        return int(found[1]) if found else 0


def kinds_of(definition: LayerDefinition) -> dict[str, Kind]:
    """The columns that `definition` wants, by name: geometry, fields in order, area."""
    kinds = {GEOM: Kind(f"{definition.geometry.value} EPSG:{definition.crs}")}
    kinds |= {field.name: _field_kind(field) for field in definition.fields}
    if definition.area:
        rounded = "" if definition.area.decimals is None else f" {definition.area.decimals}"
        kinds[AREA_M2] = Kind(f"area {definition.area.method.value}{rounded}")
    return kinds


def _field_kind(field: FieldDefinition) -> Kind:
    return Kind(field.type.value if field.decimals is None else f"{field.type.value} {field.decimals}")


@dataclass(frozen=True)
class StoredLayer:
    """A layer as the store keeps it: the columns that its tables have, also those its definition has since dropped."""

    id: str
    kinds: Mapping[str, Kind]

    @cached_property
    def current(self) -> Table:
        """The rows in force: fid, geometry, fields, area_m2, and the revision that made the row."""
        key = Column(FID, KEY, primary_key=True, autoincrement="ignore_fk")
        table = Table(self.id, MetaData(), key, *self._columns(), sqlite_autoincrement=True)
        _index(table, REVISION)
        return table

    @cached_property
    def history(self) -> Table:
        """The rows no longer in force, with the revision `until` which they held, itself excluded."""
        key = Column(FID, KEY, primary_key=True, autoincrement=False)
        columns = self._columns(revision_in_key=True)
        table = Table(f"{self.id}{HISTORY_SUFFIX}", MetaData(), key, *columns, Column(UNTIL, KEY, nullable=False))
        _index(table, REVISION)
        _index(table, UNTIL)
        return table

    def _columns(self, *, revision_in_key: bool = False) -> list[Column[Any]]:
        columns = [Column(name, self.column_type(name), nullable=name != GEOM) for name in self.kinds]
        key = Column(REVISION, KEY, primary_key=revision_in_key, nullable=False, autoincrement=False)
        return [*columns, key]

    def column_type(self, name: str) -> TypeEngine[Any]:
        """The type of the column `name`."""
        kind = self.kinds[name]
        if name == GEOM:
            return PerEngine(self.ogc, Geometry(self.ogc, srid=self.epsg, spatial_index=False))
        return COLUMN_TYPES[kind.base](kind.number)

    @property
    def ogc(self) -> str:
        """The OGC name of the geometry type."""
        return GeometryType(self.kinds[GEOM].base).ogc

    @property
    def epsg(self) -> int:
        """The EPSG code of the layer's CRS."""
        return self.kinds[GEOM].number

    @property
    def has_area(self) -> bool:
        """Whether there is a column area_m2."""
        return AREA_M2 in self.kinds

    @property
    def fields(self) -> list[str]:
        """The names of the columns that are neither geometry nor area."""
        return [name for name in self.kinds if name not in (GEOM, AREA_M2)]


def _index(table: Table, column: str) -> None:
    Index(index_name(table.name, column), table.c[column])


def index_name(table: str, column: str) -> str:
    """A name for an index that PostgreSQL does not cut: it allows MAX_NAME_BYTES."""
    name = f"{table}_{column}_idx"
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    return f"ix_{hashlib.sha256(name.encode()).hexdigest()[:32]}"


COMMON = MetaData()

revisions = Table(
    "gaodu_revisions", COMMON,
    Column("id", KEY, primary_key=True, autoincrement=False),
    Column("at", COLUMN_TYPES["datetime"](0), nullable=False),
    Column("who", COLUMN_TYPES["text"](0), nullable=False),
    Column("why", COLUMN_TYPES["text"](0), nullable=False),
    Column("illustrative", COLUMN_TYPES["boolean"](0), nullable=False),
)  # fmt: skip
"""Every committed transaction: its number, when (UTC), who, why, and whether its data only illustrate."""

touched = Table(
    "gaodu_touched", COMMON,
    Column("revision", KEY, ForeignKey("gaodu_revisions.id"), primary_key=True, autoincrement=False),
    Column("layer", COLUMN_TYPES["text"](0), primary_key=True),
    Column("inserted", KEY, nullable=False),
    Column("updated", KEY, nullable=False),
    Column("deleted", KEY, nullable=False),
    Index("gaodu_touched_layer_idx", "layer", "revision"),
)  # fmt: skip
"""Which layers a revision touched, and how many features it inserted, updated and deleted."""

kept = Table(
    "gaodu_layers", COMMON,
    Column("id", COLUMN_TYPES["text"](0), primary_key=True),
    Column("definition", COLUMN_TYPES["text"](0), nullable=False),
    Column("revision", KEY, ForeignKey("gaodu_revisions.id"), nullable=False),
)  # fmt: skip
"""The layers whose definition, a TOML text, is kept in the store, and the revision that wrote it."""

columns = Table(
    "gaodu_columns", COMMON,
    Column("layer", COLUMN_TYPES["text"](0), primary_key=True),
    Column("name", COLUMN_TYPES["text"](0), primary_key=True),
    Column("position", KEY, nullable=False),
    Column("kind", COLUMN_TYPES["text"](0), nullable=False),
)  # fmt: skip
"""The columns of the layers' tables and their kinds, which say more than the databases' own types."""

tokens = Table(
    "gaodu_tokens", COMMON,
    Column("key", COLUMN_TYPES["text"](0), primary_key=True),
    Column("hash", COLUMN_TYPES["text"](0), nullable=False),
    Column("name", COLUMN_TYPES["text"](0), nullable=False, unique=True),
    Column("role", COLUMN_TYPES["text"](0), nullable=False),
    Column("made", COLUMN_TYPES["datetime"](0), nullable=False),
    Column("expires", COLUMN_TYPES["datetime"](0)),
)  # fmt: skip
"""Who may come in: the public part of a token, the SHA-256 of its secret part, whose it is, its role, from and until
when (UTC). Not in backups."""

closings = Table(
    "gaodu_closings", COMMON,
    Column("id", KEY, primary_key=True, autoincrement=False),
    Column("year", KEY, nullable=False),
    Column("revision", KEY, nullable=False),
    Column("at", COLUMN_TYPES["datetime"](0), nullable=False),
    Column("who", COLUMN_TYPES["text"](0), nullable=False),
    Column("why", COLUMN_TYPES["text"](0), nullable=False),
    Column("content", COLUMN_TYPES["text"](0), nullable=False),
)  # fmt: skip
"""The years that were closed, the last of each being in force: at which revision, when (UTC), by whom, why, and what
the figures were."""

facts = Table(
    "gaodu_facts", COMMON,
    Column("name", COLUMN_TYPES["text"](0), primary_key=True),
    Column("value", KEY, nullable=False),
)  # fmt: skip
"""The store's own numbers: `format`; `schema`, which grows with every change of layers or columns; `identity`."""
