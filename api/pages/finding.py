"""Which features go by that name or code?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from layers.definition import FieldDefinition, FieldType, LayerDefinition
from layers.query import Query
from layers.store import Store

MOST_HITS = 20
MOST_ASKED = 80
"""Characters that may be asked for."""

LEAST_ASKED = 2
"""Characters that must be asked for; one 汉字 is enough."""

CODE_ENDS = ("BSM", "BM", "BH", "DM", "CODE", "ID")
"""How names of fields end that hold codes: 标识码, 编码, 编号, 代码."""

MOST_READ = 5_000
"""Layers with more features are asked for whole codes only: their names are not read through."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A feature that was found: the text that matched and its field (None: the layer's label)."""

    definition: LayerDefinition
    fid: int
    text: str
    field: FieldDefinition | None = None


def find(store: Store, asked: str) -> list[Hit]:
    """At most MOST_HITS features whose label holds `asked` (case does not count), or one of whose codes equals it.

    None where `asked` is not enough to look for.
    """
    hits: list[Hit] = []
    if not is_enough(asked):
        return hits
    for definition in reversed(list(store.catalogue.values())):
        hits.extend(_named(store, definition, asked))
        hits.extend(
            hit
            for hit in _coded(store, definition, asked)
            if hit.fid not in {each.fid for each in hits if each.definition is definition}
        )
        if len(hits) >= MOST_HITS:
            break
    return hits[:MOST_HITS]


def is_enough(asked: str) -> bool:
    """Whether `asked` says enough to look for: LEAST_ASKED characters, or one 汉字."""
    return len(asked) >= LEAST_ASKED or any("\u3400" <= character <= "\u9fff" for character in asked)


def _named(store: Store, definition: LayerDefinition, asked: str) -> list[Hit]:
    label = definition.style.label
    if label is None or store.count(definition.id) > MOST_READ:
        return []
    rows = store.read(definition.id, Query(fields=(label,), geometry=False))
    found = rows.filter(pc.match_substring(rows[label].cast("string"), asked, ignore_case=True)).slice(0, MOST_HITS)
    return [Hit(definition, row["fid"], str(row[label])) for row in found.select(["fid", label]).to_pylist()]


def _coded(store: Store, definition: LayerDefinition, asked: str) -> list[Hit]:
    """Features one of whose codes of their own, the label aside, equals `asked`; codes hold a digit."""
    if not any(character.isdigit() for character in asked):
        return []
    hits: dict[int, Hit] = {}
    for field in definition.fields:
        if _holds_codes(field, len(asked)) and field.name != definition.style.label:
            query = Query(equals={field.name: asked}, fields=(field.name,), limit=MOST_HITS, geometry=False)
            for fid in _fids(store.read(definition.id, query)):
                hits.setdefault(fid, Hit(definition, fid, asked, field))
    return list(hits.values())


def _holds_codes(field: FieldDefinition, length: int) -> bool:
    """Whether `field` is text that tells features apart, and takes `length` characters."""
    own = field.type is FieldType.TEXT and field.codes is None and field.name.upper().endswith(CODE_ENDS)
    return own and (field.length is None or length <= field.length)


def _fids(rows: Any) -> list[int]:
    return [int(fid) for fid in rows["fid"].to_pylist()]
