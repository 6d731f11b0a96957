"""Do the tables fit the definitions?"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.schema import CreateColumn

from layers.catalogue import Catalogue
from layers.definition import LayerDefinition, parse_definition
from layers.errors import StoreError
from layers.store.engine import StoreEngine
from layers.store.tables import Kind, StoredLayer, columns, facts, kept, kinds_of, revisions

FORMAT = 1
"""The layout of the store's own tables; a store with a greater number was written by a newer program."""

IDENTITY = "identity"

_VERSION = select(facts.c.value).where(facts.c.name == "schema")


@dataclass(frozen=True, slots=True)
class Schema:
    """The layers whose tables a store has, and the definitions that it keeps with their TOML texts.

    `identity` tells this store from every other, and from itself before a restore; 0 where none was given yet.
    """

    version: int
    layers: Mapping[str, StoredLayer]
    kept: Mapping[str, LayerDefinition]
    texts: Mapping[str, str]
    identity: int = 0

    def catalogue(self, given: Catalogue) -> Catalogue:
        """`given` and the kept layers; a definition given as a file goes before a kept one of the same id."""
        return Catalogue({**self.kept, **given})


def version(connection: Connection) -> int:
    """The number that grows with every change of layers or columns."""
    return int(connection.execute(_VERSION).scalar_one())


def load(connection: Connection, place: str) -> Schema:
    """The schema in force. Raises StoreError for a store of a newer program."""
    numbers = dict(connection.execute(select(facts.c.name, facts.c.value)).all())
    if numbers["format"] > FORMAT:
        raise StoreError(
            f"数据库格式 {numbers['format']} 比本程序的 {FORMAT} 新。",
            f"The store has format {numbers['format']}, newer than this program's {FORMAT}.",
            place=place,
            remedy_zh="请升级程序。",
            remedy_en="Upgrade the program.",
        )
    found: dict[str, dict[str, Kind]] = {}
    listing = select(columns.c.layer, columns.c.name, columns.c.kind).order_by(columns.c.layer, columns.c.position)
    for layer, name, kind in connection.execute(listing):
        found.setdefault(layer, {})[name] = Kind(kind)
    texts = dict(connection.execute(select(kept.c.id, kept.c.definition)).all())
    definitions = {name: parse_definition(toml, place=f"{place}: {name}") for name, toml in texts.items()}
    layers = {name: StoredLayer(name, kinds) for name, kinds in found.items()}
    return Schema(numbers["schema"], layers, definitions, texts, numbers.get(IDENTITY, 0))


def begin(connection: Connection) -> None:
    """Enters the first facts into a new store's tables."""
    connection.execute(insert(facts), [{"name": "format", "value": FORMAT}, {"name": "schema", "value": 0}])
    identify(connection)


def identify(connection: Connection) -> None:
    """Gives the store a new identity, which no other store has."""
    connection.execute(delete(facts).where(facts.c.name == IDENTITY))
    connection.execute(insert(facts).values(name=IDENTITY, value=1 + secrets.randbelow(2**63 - 1)))
    changed(connection)


def changed(connection: Connection) -> None:
    """Tells every process that layers or columns changed."""
    connection.execute(update(facts).where(facts.c.name == "schema").values(value=facts.c.value + 1))


def unmet(schema: Schema, definitions: Iterable[LayerDefinition], place: str) -> list[LayerDefinition]:
    """The definitions that need a table or a column. Raises StoreError where one changes what is stored."""
    return [definition for definition in definitions if missing(schema, definition, place)]


def missing(schema: Schema, definition: LayerDefinition, place: str) -> dict[str, Kind]:
    """The columns that `definition` needs and its table lacks; raises StoreError where a column's kind differs."""
    wanted = kinds_of(definition)
    stored = schema.layers.get(definition.id)
    if stored is None:
        return wanted
    spelled = {name.lower(): name for name in stored.kinds}
    for name, kind in wanted.items():
        have = spelled.get(name.lower(), name)
        if have != name or stored.kinds.get(name, kind) != kind:
            raise _changed(place, definition.id, (have, stored.kinds[have]), (name, kind))
    return {name: kind for name, kind in wanted.items() if name not in stored.kinds}


def _changed(place: str, layer: str, have: tuple[str, Kind], wanted: tuple[str, Kind]) -> StoreError:
    before, now = (f"{name} ({kind.text})" for name, kind in (have, wanted))
    return StoreError(
        f"图层“{layer}”的定义与已存数据不符：已存 {before}，定义为 {now}。",
        f"The definition of layer {layer!r} does not fit the stored data: stored is {before}, defined {now}.",
        place=f"{place}: {layer}.{wanted[0]}",
        remedy_zh="请改回原定义，或用新的 id 建新图层并重新导入。",
        remedy_en="Put the definition back, or make a new layer with another id and import again.",
    )


def fitted(engine: StoreEngine, connection: Connection, given: Iterable[LayerDefinition]) -> Schema:
    """The schema after making, as the writer, what is missing for the definitions `given` and those kept."""
    absent = engine.lacking(connection)
    if revisions in absent:
        engine.prepare(connection)
        begin(connection)
    else:
        for table in absent:
            table.create(connection, checkfirst=False)
    known = load(connection, engine.url)
    if not known.identity:
        identify(connection)
        known = load(connection, engine.url)
    lacking = unmet(known, wanted(known, given), engine.url)
    for definition in lacking:
        fit(engine, connection, known, definition)
    return load(connection, engine.url) if lacking else known


def wanted(known: Schema, given: Iterable[LayerDefinition]) -> Iterable[LayerDefinition]:
    """The definitions `given` and those kept; one given goes before one kept of the same id."""
    return {**known.kept, **{definition.id: definition for definition in given}}.values()


def fit(engine: StoreEngine, connection: Connection, schema: Schema, definition: LayerDefinition) -> StoredLayer:
    """Makes the tables or adds the columns that `definition` needs; the layer as it then is."""
    added = missing(schema, definition, engine.url)
    before = schema.layers.get(definition.id)
    layer = StoredLayer(definition.id, {**(before.kinds if before else {}), **added})
    if before is None:
        create(engine, connection, layer)
    elif added:
        for name in added:
            _add_column(connection, layer, name)
        _list_columns(connection, layer, added, len(before.kinds))
        changed(connection)
    return layer


def create(engine: StoreEngine, connection: Connection, layer: StoredLayer) -> None:
    """Makes the tables of a layer that has none."""
    engine.create_layer(connection, layer)
    _list_columns(connection, layer, layer.kinds, 0)
    changed(connection)


def _list_columns(connection: Connection, layer: StoredLayer, kinds: Mapping[str, Kind], first: int) -> None:
    rows = [
        {"layer": layer.id, "name": name, "position": first + i, "kind": kind.text}
        for i, (name, kind) in enumerate(kinds.items())
    ]
    connection.execute(insert(columns), rows)


def _add_column(connection: Connection, layer: StoredLayer, name: str) -> None:
    preparer = connection.dialect.identifier_preparer
    for table in (layer.current, layer.history):
        column = CreateColumn(table.c[name]).compile(dialect=connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE {preparer.format_table(table)} ADD COLUMN {column}")
