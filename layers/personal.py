"""Which fields hold personal data, and are therefore left out?"""

from __future__ import annotations

import pyarrow as pa

from gis.formats import Note
from layers.codes import code_list

LIST = "personal_fields"
"""The code list of field names whose values are personal data, by the standard that has them."""


def without_personal_data(table: pa.Table, keep: bool) -> tuple[pa.Table, list[Note]]:
    """`table` without the fields of the list (case does not count), and a note that says so; as it is with `keep`."""
    names = {name.upper() for name in code_list(LIST)}
    personal = [] if keep else [name for name in table.column_names if name.upper() in names]
    if not personal:
        return table, []
    note = Note(
        f"含个人信息的字段未导入：{'、'.join(personal)}；确需保留用 --keep-personal。",
        f"Fields with personal data were left out: {', '.join(personal)}; --keep-personal keeps them.",
    )
    return table.drop_columns(personal), [note]
