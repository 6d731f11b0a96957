"""How does the terminal show what a raster says of a layer?"""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from api.documents.answers import Document
from layers.codes import code_list
from layers.notice import ILLUSTRATIVE

ZONE_COLUMNS = {
    "count": ("个数 count", 0),
    "covered_mu": ("覆盖亩 covered mu", 2),
    "mean": ("均值 mean", 3),
    "min": ("最小 min", 3),
    "max": ("最大 max", 3),
    "output_jin": ("产量斤 jin", 0),
    "yield_jin_per_mu": ("斤/亩 jin per mu", 1),
}
"""What a table of a raster's figures shows, and with how many decimals."""


def print_zones(console: Console, document: Document) -> None:
    """A table of groups and total of a raster's cells, with the unit and the method."""
    raster, total = document["raster"], document["total"]
    shown = [name for name in ZONE_COLUMNS if name in total]
    title = f"{document['title']['zh']} × {raster['title']['zh']}"
    table = Table(document["by"] or "", "", *(ZONE_COLUMNS[name][0] for name in shown), title=title)
    for row, heading in [*((group, None) for group in document["groups"]), (total, "合计 total")]:
        cells = [f"{row[name]:,.{ZONE_COLUMNS[name][1]}f}" if name in row else "–" for name in shown]
        table.add_row(heading or str(row["key"]), "" if heading else row["name_zh"], *cells)
    console.print(table)
    unit = code_list("units").get(raster["unit"] or "")
    console.print(f"单位 unit: {unit.name_zh if unit else '—'}；修订 revision: {document['revision']}")
    console.print(f"{document['method_zh']} {document['method_en']}")
    if document["illustrative"]:
        console.print(f"{ILLUSTRATIVE.zh} {ILLUSTRATIVE.en}", style="yellow")
