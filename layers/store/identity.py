"""Which features does a table of changes name?"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from layers.errors import InvalidFeature
from layers.store.tables import FID
from layers.validation import Fault

NUMBER = ("请给出整数编号。", "Give integer fids.")


def refused(layer: str, index: int | None, field: str, zh: str, en: str, remedy: tuple[str, str]) -> InvalidFeature:
    """The InvalidFeature for a row of a table of changes."""
    return Fault(index, field, zh, en, *remedy).error(layer)


def integers_of(layer: str, rows: pa.Table, name: str) -> list[int]:
    """The integers of the column `name`; raises InvalidFeature where they are not, or are missing."""
    column = rows.column(name)
    if column.null_count or not (pa.types.is_integer(column.type) or not len(column)):
        raise refused(
            layer, None, name, "该列须为整数，且不得为空。", "The column must hold integers and no nulls.", NUMBER
        )
    return list(column.to_pylist())


def fids_of(layer: str, rows: pa.Table) -> list[int]:
    """The fids of `rows`, each only once. Raises InvalidFeature."""
    if FID not in rows.column_names:
        raise refused(layer, None, FID, "缺少编号列 fid。", "The column fid is missing.", NUMBER)
    fids = integers_of(layer, rows, FID)
    if len(set(fids)) != len(fids):
        twice = next(value["values"] for value in pc.value_counts(rows.column(FID)).to_pylist() if value["counts"] > 1)
        index = len(fids) - 1 - fids[::-1].index(twice)
        raise refused(
            layer, index, FID, f"编号 {twice} 出现多次。", f"The fid {twice} is given more than once.",
            ("请每个要素只给一行。", "Give one row a feature."),
        )  # fmt: skip
    return fids


def given_fids(layer: str, rows: pa.Table) -> list[int] | None:
    """The fids that new features are to have: positive, each only once; None if `rows` leaves them to the store."""
    if FID not in rows.column_names:
        return None
    fids = fids_of(layer, rows)
    for index, fid in enumerate(fids):
        if not 0 < fid < 2**63:
            raise refused(layer, index, FID, f"编号 {fid} 不是正整数。", f"The fid {fid} is not positive.", NUMBER)
    return fids
