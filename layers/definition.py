"""What may a layer file say?"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pyproj
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from gis.units import KG_PER_UNIT
from layers.codes import code_list
from layers.errors import DefinitionError, UnknownField
from layers.roles import Role
from layers.style import Style, StyleClass, Symbol

RESERVED_FIELDS = frozenset({"fid", "geom", "area_m2", "revision", "until"})
"""Columns that every layer has: key, geometry, computed area, and the revisions from and until which a row holds."""

RESERVED_PREFIXES = ("gaodu_", "gpkg_", "rtree_", "sqlite_", "pg_")
HISTORY_SUFFIX = "_history"
MAX_NAME_BYTES = 63
"""PostgreSQL cuts longer identifiers silently."""


class Strict(BaseModel):
    """A model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Text(Strict):
    """A text in both languages."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        """The text in `language`; Chinese unless "en" is asked for."""
        return self.en if language == "en" else self.zh


class GeometryType(StrEnum):
    """The geometry types a layer may hold; a single type takes no multipart."""

    POINT = "point"
    LINE = "line"
    POLYGON = "polygon"
    MULTIPOINT = "multipoint"
    MULTILINE = "multiline"
    MULTIPOLYGON = "multipolygon"

    @property
    def ogc(self) -> str:
        """The OGC name in capitals: POLYGON, MULTILINESTRING..."""
        return self.value.upper().replace("LINE", "LINESTRING")

    @property
    def has_area(self) -> bool:
        """Whether features of the type have an area."""
        return "polygon" in self.value


class FieldType(StrEnum):
    """The types a field may have, the same in both stores."""

    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"

    @property
    def is_number(self) -> bool:
        """Whether values are numbers, which have sums and stand at the right of a column."""
        return self in (FieldType.INTEGER, FieldType.REAL, FieldType.DECIMAL)


NUMBERS = frozenset({FieldType.INTEGER, FieldType.REAL, FieldType.DECIMAL})
"""The types that have sums."""


class AreaMethod(StrEnum):
    """How areas are computed: the official ellipsoidal formula, planar in the layer's projected CRS, or geodesic.

    Geodesic area (Karney 2013) is for what is too wide for the others, which measure within a zone: countries.
    """

    ELLIPSOIDAL = "ellipsoidal"
    PLANAR = "planar"
    GEODESIC = "geodesic"


METHODS: dict[AreaMethod, Text] = {
    AreaMethod.ELLIPSOIDAL: Text(zh="图斑椭球面积", en="official ellipsoidal area"),
    AreaMethod.PLANAR: Text(
        zh="投影坐标系平面面积（我国为高斯-克吕格）", en="planar area in the projected CRS (in China: Gauss-Kruger)"
    ),
    AreaMethod.GEODESIC: Text(zh="大地线围成的椭球面积", en="geodesic area on the ellipsoid"),
}
"""What each area method is called."""


def _identifier(name: str) -> str:
    if not re.fullmatch(r"[^\W\d_]\w*", name) or name != name.lower():
        raise ValueError("must begin with a letter and hold lower-case letters, digits and _ only")
    if name.startswith(RESERVED_PREFIXES) or name.endswith(HISTORY_SUFFIX):
        raise ValueError(f"must not begin with {', '.join(RESERVED_PREFIXES)} nor end with {HISTORY_SUFFIX}")
    return _short(name)


def _field_name(name: str) -> str:
    if not name.strip() or any(ord(character) < 32 for character in name) or '"' in name:
        raise ValueError("must not be empty nor hold control characters or double quotes")
    if name.lower() in RESERVED_FIELDS:
        raise ValueError(f"is reserved: {', '.join(sorted(RESERVED_FIELDS))}")
    return _short(name)


def _short(name: str) -> str:
    if len(name.encode()) > MAX_NAME_BYTES - len(HISTORY_SUFFIX):
        raise ValueError(f"must be at most {MAX_NAME_BYTES - len(HISTORY_SUFFIX)} bytes in UTF-8")
    return name


def _epsg(code: int) -> int:
    try:
        pyproj.CRS.from_epsg(code)
    except pyproj.exceptions.CRSError:
        raise ValueError(f"EPSG:{code} is not a known coordinate system") from None
    return code


def _weight(unit: str) -> str:
    if unit not in KG_PER_UNIT:
        raise ValueError(f"unknown unit {unit!r}; units are {', '.join(KG_PER_UNIT)}")
    return unit


def _unit(unit: str) -> str:
    if unit not in code_list("units"):
        raise ValueError(f"unknown unit {unit!r}; units are {', '.join(code_list('units'))}")
    return unit


Identifier = Annotated[str, AfterValidator(_identifier)]
FieldName = Annotated[str, AfterValidator(_field_name)]
Epsg = Annotated[int, AfterValidator(_epsg)]


class FieldDefinition(Strict):
    """One field: its standard name, titles, type, and what values it takes.

    `length` is in characters (text); `decimals` in digits after the point (decimal); `codes` names a code list.
    `visible_to` is the first role, in the order of layers.roles, that learns that there is such a field.
    """

    name: FieldName
    title: Text
    type: FieldType
    length: int | None = Field(default=None, gt=0)
    decimals: int | None = Field(default=None, ge=0, le=9)
    unit: Annotated[str, AfterValidator(_unit)] | None = None
    codes: str | None = None
    required: bool = False
    visible_to: Role | None = None

    @model_validator(mode="after")
    def _facets_fit_type(self) -> Self:
        if self.length is not None and self.type is not FieldType.TEXT:
            raise ValueError("length is for type text only")
        if (self.decimals is None) == (self.type is FieldType.DECIMAL):
            raise ValueError("decimals belongs to type decimal, and decimal needs it")
        if self.required and self.visible_to:
            raise ValueError("a field with visible_to cannot be required: who does not see it could add no feature")
        return self


class AreaDefinition(Strict):
    """How the layer's areas are computed: the method, and the digits in m2 they are rounded to (None: not rounded)."""

    method: AreaMethod
    decimals: int | None = Field(default=None, ge=0, le=6)


class YieldDefinition(Strict):
    """Which field holds a feature's output, in which unit ("kg", "jin" or "t"), and of what: "paddy" or "milled"."""

    field: str
    unit: Annotated[str, AfterValidator(_weight)]
    basis: Literal["paddy", "milled", "unknown"]


class StatisticsDefinition(Strict):
    """Which fields statistics group by, and where the yield comes from."""

    by: tuple[str, ...] = ()
    yield_: YieldDefinition | None = Field(default=None, alias="yield")


class LayerDefinition(Strict):
    """A thematic layer: identity, geometry, fields, areas, statistics and style.

    `visible_to` is the first role, in the order of layers.roles, that learns that there is such a layer.
    """

    id: Identifier
    title: Text
    abstract: Text | None = None
    theme: str = "other"
    visible_to: Role | None = None
    geometry: GeometryType
    crs: Epsg
    area: AreaDefinition | None = None
    fields: tuple[FieldDefinition, ...] = ()
    statistics: StatisticsDefinition = StatisticsDefinition()
    style: Style = Style()
    source: Text
    date: date

    @model_validator(mode="after")
    def _references_hold(self) -> Self:
        names = [field.name for field in self.fields]
        lower = [name.lower() for name in names]
        twice = sorted({name for name in names if lower.count(name.lower()) > 1})
        if twice:
            raise ValueError(f"fields named twice (case does not count): {', '.join(twice)}")
        wanted = {*self.statistics.by, *self.style.fields()}
        if self.statistics.yield_:
            wanted.add(self.statistics.yield_.field)
        unknown = sorted(wanted - set(names))
        if unknown:
            raise ValueError(f"no such field: {', '.join(unknown)}; fields are {', '.join(names)}")
        hidden = sorted(field.name for field in self.fields if field.visible_to and field.name in wanted)
        if hidden:
            raise ValueError(f"visible_to: statistics and style show what everyone may see: {', '.join(hidden)}")
        if self.style.colours_from_codes and not (self.style.field and self.field(self.style.field).codes):
            raise ValueError("style.colours_from_codes needs style.field to name a field with codes")
        output = self.statistics.yield_
        if output and self.field(output.field).type not in NUMBERS:
            kinds = ", ".join(sorted(NUMBERS))
            raise ValueError(f"statistics.yield.field: {output.field} is text; it must be of type {kinds}")
        return self

    @model_validator(mode="after")
    def _area_fits(self) -> Self:
        if self.geometry.has_area != (self.area is not None):
            raise ValueError("[area] belongs to polygon layers, and every polygon layer needs it")
        if self.area and self.area.method is AreaMethod.PLANAR and not pyproj.CRS.from_epsg(self.crs).is_projected:
            raise ValueError(f"planar area needs a projected crs; EPSG:{self.crs} is geographic: use ellipsoidal")
        return self

    def field(self, name: str) -> FieldDefinition:
        """The field called `name`; raises UnknownField with the valid names."""
        for field in self.fields:
            if field.name == name:
                return field
        raise UnknownField(self.id, name, self.field_names)

    @property
    def label_field(self) -> str | None:
        """The field whose value stands for a feature in lists: the label, what colours the map, or the first field."""
        return self.style.label or self.style.field or next(iter(self.field_names), None)

    @property
    def field_names(self) -> tuple[str, ...]:
        """The names of the fields, in order."""
        return tuple(field.name for field in self.fields)


def read_definition(path: Path) -> LayerDefinition:
    """The definition in the TOML file at `path`; raises DefinitionError naming file, key and valid choices."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(
            f"无法读取图层文件：{error}", f"The layer file cannot be read: {error}", place=str(path)
        ) from error
    return parse_definition(text, place=str(path))


def parse_definition(text: str, *, place: str) -> LayerDefinition:
    """The definition in TOML `text`; `place` names its origin in errors. Raises DefinitionError."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"不是有效的 TOML：{error}", f"This is not valid TOML: {error}", place=place) from error
    return definition_of(content, place=place)


def definition_of(content: dict[str, Any], *, place: str) -> LayerDefinition:
    """The definition that `content` holds, as read from TOML; raises DefinitionError naming `place` and the keys."""
    try:
        return LayerDefinition.model_validate(content)
    except ValidationError as error:
        raise _definition_error(error, place) from error


def _definition_error(error: ValidationError, place: str) -> DefinitionError:
    lines_zh, lines_en = [], []
    for item in error.errors(include_url=False):
        key = ".".join(str(part) for part in item["loc"]) or "(layer)"
        message = str(item["msg"]).removeprefix("Value error, ")
        choices = _choices(item)
        lines_en.append(f"{key}: {message}{choices and f'; valid: {choices}'}")
        lines_zh.append(f"{key}：{message}{choices and f'；可选：{choices}'}")
    return DefinitionError(
        "图层定义有误：" + "；".join(lines_zh) + "。",
        "The layer definition is wrong: " + "; ".join(lines_en) + ".",
        place=place,
        remedy_zh="请改正所列键后重试。",
        remedy_en="Correct the keys named and try again.",
    )


def _choices(item: Any) -> str:
    """The valid keys, for a key that does not exist; enum messages already list their values."""
    if item["type"] != "extra_forbidden":
        return ""
    fields = _TABLES[_table(item["loc"])].model_fields
    return ", ".join(field.alias or name for name, field in fields.items())


def _table(place: tuple[str | int, ...]) -> str:
    """The table of a layer file that holds the key at `place`: fields.3.unit stands in "fields"."""
    table = ".".join(str(part) for part in place[:-1] if isinstance(part, str))
    return table if table in _TABLES else ""


_TABLES: dict[str, type[BaseModel]] = {
    "": LayerDefinition,
    "title": Text,
    "abstract": Text,
    "source": Text,
    "area": AreaDefinition,
    "fields": FieldDefinition,
    "fields.title": Text,
    "statistics": StatisticsDefinition,
    "statistics.yield": YieldDefinition,
    "style": Style,
    "style.symbol": Symbol,
    "style.classes": StyleClass,
}
"""The tables of a layer file, by where they stand."""
