"""How does PostgreSQL compute filters?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from sqlalchemy import TIMESTAMP, Boolean, Double, Integer, LargeBinary, Numeric, Table, Text, case, extract, literal
from sqlalchemy import cast as sql_cast
from sqlalchemy import collate as sql_collate
from sqlalchemy import func as sql
from sqlalchemy.sql.expression import literal_column

from gis.types import Bounds
from layers.filtering.arithmetic import EXPONENT_LIMIT
from layers.filtering.expression import Shape, Wildcard
from layers.filtering.folding import FINAL_SIGMA, LIGATURES, MARKS, PLAIN, SIGMA, STROKED
from layers.filtering.functions import DAY_END, DAY_START
from layers.store.codecs import POSTGRESQL
from layers.store.filter_sql import Condition, FilterSql, Function, Sql
from layers.store.tables import GEOM

ESCAPE = "\\"
ICU = "und-x-icu"
"""Unicode's own mappings of case, as in Python, whatever the language of the database."""

END_OF_DAY: Sql = literal_column("interval '23:59:59.999'")


def _casei(text: Sql) -> Sql:
    folded = sql.lower(sql.upper(sql.lower(sql_collate(text, ICU))))
    return sql.replace(folded, FINAL_SIGMA, SIGMA, type_=Text())


def _normalized(text: Sql, form: str) -> Sql:
    return sql.normalize(text, literal_column(form), type_=Text())


def _accenti(text: Sql) -> Sql:
    plain = sql.regexp_replace(_normalized(text, "NFD"), f"[{MARKS}]", "", "g")
    plain = sql.translate(plain, STROKED, PLAIN)
    for ligature, letters in LIGATURES.items():
        plain = sql.replace(plain, ligature, letters)
    return _normalized(plain, "NFC")


def _power(a: Sql, b: Sql) -> Sql:
    """layers.filtering.arithmetic.power; PostgreSQL ends a query on what has no value."""
    size = b * sql.ln(sql.abs(a))
    return case(
        (a == 0, case((b > 0, 0.0), (b == 0, 1.0))),
        ((a < 0) & (b != sql.trunc(b)), None),
        (size > EXPONENT_LIMIT, None),
        (size < -EXPONENT_LIMIT, 0.0),
        else_=sql.power(a, b, type_=Double()),
    )


def _remainder(a: Sql, b: Sql) -> Sql:
    """Decimals of 15 digits, as PostgreSQL casts doubles."""
    return sql_cast(sql_cast(a, Numeric) % sql.nullif(sql_cast(b, Numeric), 0), Double)


def _quotient(a: Sql, b: Sql) -> Sql:
    return a / sql.nullif(b, literal(0.0, Double()), type_=Double())


def _part(name: str) -> Callable[[Sql], Sql]:
    return lambda moment: sql_cast(extract(name, moment), Double)


class PostgresFilters(FilterSql):
    """Filters of PostGIS, with integer SRIDs."""

    codecs = POSTGRESQL
    functions: ClassVar[Mapping[str, Function]] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": _quotient,
        "div": lambda a, b: sql.trunc(_quotient(a, b), type_=Double()),
        "%": _remainder,
        "^": _power,
        "abs": lambda number: sql.abs(number, type_=Double()),
        "floor": lambda number: sql.floor(number, type_=Double()),
        "ceil": lambda number: sql.ceil(number, type_=Double()),
        "length": lambda text: sql_cast(sql.char_length(text), Double),
        "casei": _casei,
        "accenti": _accenti,
        "year": _part("year"),
        "month": _part("month"),
        "day": _part("day"),
        DAY_START: lambda day: sql.timezone("UTC", sql_cast(day, TIMESTAMP)),
        DAY_END: lambda day: sql.timezone("UTC", sql_cast(day, TIMESTAMP) + END_OF_DAY),
    }

    def by_code_point(self, text: Sql) -> Sql:
        return sql_collate(text, "C")

    def in_utc(self, moment: Sql) -> Sql:
        return sql.timezone("UTC", moment, type_=TIMESTAMP())

    def least(self, number: Sql, limit: float) -> Sql:
        return sql.least(number, literal(limit, Double()), type_=Double())

    def greatest(self, number: Sql, limit: float) -> Sql:
        return sql.greatest(number, literal(limit, Double()), type_=Double())

    def like(self, text: Sql, pattern: Sequence[str | Wildcard]) -> Condition:
        parts = [part.value if isinstance(part, Wildcard) else _literal(part) for part in pattern]
        return self.by_code_point(text).like("".join(parts), escape=ESCAPE)

    def related(self, table: Table, relation: str, shape: Shape, bounds: Bounds, epsg: int) -> Condition:
        given = sql.ST_GeomFromWKB(literal(shape.wkb, LargeBinary), literal(epsg, Integer()))
        function = getattr(sql, f"ST_{relation.removeprefix('s_').capitalize()}")
        return sql_cast(function(table.c[GEOM], given), Boolean)


def _literal(text: str) -> str:
    for character in (ESCAPE, *Wildcard):
        text = text.replace(character, ESCAPE + character)
    return text
