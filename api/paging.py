"""How many features go into one answer?"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from layers.query import Query
from layers.store import Store

READ_AT_ONCE = 64
"""Features read between two looks at the size."""


def page(
    store: Store, layer: str, query: Query, *, limit: int, max_bytes: int, as_of: int
) -> tuple[pa.Table, int | None]:
    """The first features of `query` at revision `as_of`, and the key to go on after; None where that is all.

    At most `limit` features, whose geometry as WKB takes at most `max_bytes`; at least one where there is any.
    """
    kept: list[pa.RecordBatch] = []
    count, left_bytes = 0, max_bytes
    with closing(store.batches(layer, replace(query, limit=limit + 1), as_of=as_of, size=READ_AT_ONCE)) as batches:
        for batch in batches:
            taken = np.cumsum(pc.binary_length(batch["geom"]).to_numpy(zero_copy_only=False))
            fitting = min(int(np.searchsorted(taken, left_bytes, side="right")), limit - count)
            fitting = max(fitting, 0 if count else 1)
            kept.append(batch.slice(0, fitting))
            if fitting < batch.num_rows:
                break
            count, left_bytes = count + fitting, left_bytes - int(taken[-1])
        else:
            return (pa.Table.from_batches(kept) if kept else store.read(layer, Query(fids=()), as_of=as_of)), None
    rows = pa.Table.from_batches(kept)
    return rows, int(rows["fid"][-1].as_py())
