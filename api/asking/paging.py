"""How many features go into one answer?"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from api.asking.selection import Selection
from api.errors import BadParameter
from layers.query import Order, Query
from layers.store import Store

FIRST, READ_AT_ONCE = 64, 1_024
"""Features read before the first look at the size, and at most between two looks."""

DEFAULT_LIMIT = 100
"""Features in a page where the client gave no number."""

MAX_FID = 2**63 - 1
PLAIN = (str, int, float, bool, type(None))


def page(store: Store, layer: str, query: Query, *, limit: int, max_bytes: int, as_of: int) -> tuple[pa.Table, bool]:
    """The first features of `query` at revision `as_of`, in its order, and whether there are more.

    At most `limit` features, whose geometry as WKB takes at most `max_bytes`; at least one where there is any.
    """
    kept: list[pa.RecordBatch] = []
    count, left_bytes = 0, max_bytes
    wanted = replace(query, limit=limit + 1)
    with closing(store.batches(layer, wanted, as_of=as_of, size=READ_AT_ONCE, first=FIRST)) as batches:
        for batch in batches:
            taken = np.cumsum(pc.binary_length(batch["geom"]).to_numpy(zero_copy_only=False))
            fitting = min(int(np.searchsorted(taken, left_bytes, side="right")), limit - count)
            fitting = max(fitting, 0 if count else 1)
            kept.append(batch.slice(0, fitting))
            if fitting < batch.num_rows:
                break
            count, left_bytes = count + fitting, left_bytes - int(taken[-1])
        else:
            return (pa.Table.from_batches(kept) if kept else store.read(layer, Query(fids=()), as_of=as_of)), False
    return pa.Table.from_batches(kept), True


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a selection: its rows in order, how many there are on all pages, and the keys to go on with.

    `following` is the `after` of the next page, `before` the `before` of the page before; None where there is none.
    """

    rows: pa.Table
    matched: int
    following: str | None
    before: str | None


def paged(selection: Selection) -> Page:
    """The page that `selection` asks for, whole features within the limits of the settings.

    This is the one place where pages of features are read: what is kept in memory is to be looked up in `page` and
    `Store.count`, which get all that decides about the answer (layer, query, revision).
    """
    backwards = selection.before is not None
    query = replace(selection.query, after=position(selection))
    if backwards:
        query = replace(query, order=_reversed(query.order))
    rows, left = page(
        selection.store,
        selection.layer,
        query,
        limit=min(selection.limit or DEFAULT_LIMIT, selection.settings.max_page),
        max_bytes=selection.settings.max_page_bytes,
        as_of=selection.revision,
    )
    if backwards:
        rows = rows.take(np.arange(rows.num_rows)[::-1])
    more_after, more_before = (rows.num_rows > 0, left) if backwards else (left, selection.after is not None)
    order = selection.query.order
    return Page(
        rows,
        selection.store.count(selection.layer, selection.query, as_of=selection.revision),
        _token(rows, -1, order) if more_after and rows.num_rows else None,
        _token(rows, 0, order) if more_before and rows.num_rows else None,
    )


def _reversed(order: Sequence[Order]) -> tuple[Order, ...]:
    turned = tuple(Order(key.field, not key.descending) for key in order)
    return turned if _names_fid(order) else (*turned, Order("fid", descending=True))


def position(selection: Selection) -> Any:
    """The `after` of the query for the page that the token of `selection` names. Raises BadParameter."""
    token = selection.after if selection.before is None else selection.before
    if token is None:
        return None
    values = _key(token, len(selection.query.order))
    if values is None:
        raise BadParameter(
            "翻页标记无效。",
            "That is no page of this order.",
            place="after" if selection.before is None else "before",
            remedy_zh="请使用上一页给出的 next 或 prev 链接。",
            remedy_en="Follow the next or prev link of a page.",
        )
    if selection.before is not None:
        return values if _names_fid(selection.query.order) else (*values, values[-1])
    return values if selection.query.order else values[0]


def _names_fid(order: Sequence[Order]) -> bool:
    return any(key.field == "fid" for key in order)


def _token(rows: pa.Table, index: int, order: Sequence[Order]) -> str:
    """What stands in an address for the feature at `index`: its fid, after its values of the ordering fields if any."""
    row = index % rows.num_rows
    fid = rows["fid"][row].as_py()
    if not order:
        return str(fid)
    values = [*(rows[key.field][row].as_py() for key in order), fid]
    return urlsafe_b64encode(orjson.dumps(values, default=str)).decode().rstrip("=")


def _key(token: str, keys: int) -> tuple[Any, ...] | None:
    """The values that `token` holds, `keys` of ordering fields and the fid; None if it is no such token."""
    if not keys:
        return (int(token),) if token.isascii() and token.isdigit() and int(token) <= MAX_FID else None
    try:
        values = orjson.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        return None
    plain = isinstance(values, list) and all(isinstance(value, PLAIN) for value in values)
    return tuple(values) if plain and len(values) == keys + 1 and _is_fid(values[-1]) else None


def _is_fid(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MAX_FID
