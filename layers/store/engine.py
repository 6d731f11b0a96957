"""What must an engine do so that one store runs on it?"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Engine, FromClause, Table, bindparam

from gis.types import Bounds
from layers.store.codecs import PLAIN, Codec
from layers.store.filter_sql import FilterSql
from layers.store.tables import COMMON, GEOM, Named, StoredLayer, revisions


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows ready to be written: columns by name in stored Arrow types; `geom` is WKB with its (n, 4) bounds."""

    columns: Mapping[str, pa.Array]
    bounds: NDArray[np.float64]

    def __len__(self) -> int:
        """The number of rows."""
        return len(next(iter(self.columns.values())))


AS_IS = Named("")
"""The type of parameters that codecs have made what the driver takes."""


@lru_cache(maxsize=256)
def rectangle(bounds: Bounds) -> shapely.Geometry:
    """The rectangle; a point or line where it has no width, which shapely.box would make an invalid polygon."""
    west, south, east, north = bounds
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


class StoreEngine(ABC):
    """What differs between the databases; everything else is written once, in SQLAlchemy."""

    codecs: ClassVar[Mapping[str, Codec]]
    filters: ClassVar[FilterSql]
    sql: Engine
    url: str
    path: Path | None = None
    is_at_hand = True
    """Whether `pulse` takes microseconds, as of a file and of a server on this machine."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that sees one state of the store throughout and cannot write."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Connection]:
        """A connection that is the only writer; commits at the end, rolls everything back (tables too) on error."""

    @abstractmethod
    def prepare(self, connection: Connection) -> None:
        """Makes the tables that every store has, where they are missing."""

    @abstractmethod
    def tables(self, connection: Connection) -> set[str]:
        """The names of the tables in the store's own schema."""

    def is_prepared(self, connection: Connection) -> bool:
        """Whether this is a store."""
        return revisions.name in self.tables(connection)

    def lacking(self, connection: Connection) -> list[Table]:
        """Those of the tables that every store has which are not there, as in a store of an older program."""
        names = self.tables(connection)
        return [table for table in COMMON.sorted_tables if table.name not in names]

    @abstractmethod
    def create_layer(self, connection: Connection, layer: StoredLayer) -> None:
        """Makes the tables of `layer`."""

    @abstractmethod
    def drop_layer(self, connection: Connection, layer: StoredLayer) -> None:
        """Removes the tables of `layer` and all that belongs to them."""

    @abstractmethod
    def geometry_out(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """The expression that reads a geometry column."""

    @abstractmethod
    def decode_geometry(self, values: Sequence[Any]) -> pa.Array:
        """ISO WKB from what the driver gave for `geometry_out`."""

    @abstractmethod
    def near(self, table: Table, bounds: Bounds, epsg: int) -> ColumnElement[bool]:
        """Whether a row's geometry touches the rectangle (layer's CRS)."""

    @abstractmethod
    def touches(self, table: Table, region: bytes, bounds: Bounds, epsg: int) -> ColumnElement[bool]:
        """Whether a row's geometry touches the WKB polygon `region`, whose bounds are given."""

    def window(
        self, layer: StoredLayer, names: tuple[str, ...], bounds: Bounds, *, version: int, size: int
    ) -> AbstractContextManager[Iterator[list[tuple[Any, ...]]] | None]:
        """Driver values of the columns `names` of the features that touch a rectangle, by fid, in lists of some.

        A short cut: None where there is none, or where the store's schema is no longer `version`.
        """
        return nullcontext(None)

    @abstractmethod
    def among(self, column: ColumnElement[Any], numbers: Sequence[int]) -> ColumnElement[bool]:
        """Whether the column's integer is one of `numbers`, however many they are."""

    @abstractmethod
    def decimal_digits(self, column: ColumnElement[Any], decimals: int) -> ColumnElement[Any]:
        """A decimal as an integer of 10**-decimals, so that sums are exact."""

    @abstractmethod
    def insert(self, connection: Connection, layer: StoredLayer, table: Table, rows: Rows) -> None:
        """Adds `rows` (with fid and revision) to the layer's current or history table."""

    @abstractmethod
    def update(self, connection: Connection, layer: StoredLayer, rows: Rows) -> None:
        """Sets the columns of `rows` in the current rows of their fid."""

    @abstractmethod
    def written(self, connection: Connection, layer: StoredLayer, added: Bounds | None, *, shrunk: bool) -> None:
        """Called once a transaction and layer: `added` bounds the new geometries; `shrunk`: some went or moved."""

    @abstractmethod
    def extent(self, connection: Connection, layer: StoredLayer) -> Bounds | None:
        """The extent of the layer's current features; None if there are none."""

    @abstractmethod
    def bounds(self, connection: Connection, rows: FromClause) -> Bounds | None:
        """The extent of the column `geom` of `rows`; None if there are none."""

    @abstractmethod
    def pulse(self) -> Any:
        """A value that changes whenever anybody commits to the store, cheaply; None where it cannot be told now."""

    @abstractmethod
    def close(self) -> None:
        """Closes the connections."""

    def _statement_values(self, rows: Rows) -> dict[str, ColumnElement[Any]]:
        """A parameter for every column of `rows`, p0 and so on, as names of fields may hold any character."""
        return {name: bindparam(f"p{i}", type_=AS_IS) for i, name in enumerate(rows.columns)}

    @abstractmethod
    def encode_geometry(self, layer: StoredLayer, rows: Rows) -> list[Any]:
        """The geometries of `rows` as the driver takes them."""

    def encoded(self, layer: StoredLayer, rows: Rows) -> dict[str, list[Any]]:
        """The columns of `rows` as the driver takes them."""
        return {name: self._encoded(layer, rows, name) for name in rows.columns}

    def _encoded(self, layer: StoredLayer, rows: Rows, name: str) -> list[Any]:
        if name == GEOM:
            return self.encode_geometry(layer, rows)
        kind = layer.kinds.get(name)
        codec = PLAIN if kind is None else self.codecs[kind.base]
        return codec.encode(rows.columns[name])
