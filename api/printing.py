"""How does the terminal show it?"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.table import Table

from api.documents import Document
from gis.formats import Note
from layers.importing import ImportedTable, ImportReport
from layers.notice import ILLUSTRATIVE

COLUMNS = {
    "count": ("数量 count", "{:,}"),
    "area_mu": ("面积 mu", "{:,.2f}"),
    "area_ha": ("面积 ha", "{:,.4f}"),
    "area_m2": ("面积 m²", "{:,.2f}"),
    "output_jin": ("产量 jin", "{:,.0f}"),
    "yield_jin_per_mu": ("单产 jin/mu", "{:,.1f}"),
    "share_percent": ("占比 %", "{:.2f}"),
}


def print_layers(console: Console, layers: list[Document]) -> None:
    """A table of the layers."""
    table = Table("id", "名称 title", "几何 geometry", "EPSG", "面积方法 area", "要素 features", "修订 revision")
    for layer in layers:
        table.add_row(
            layer["id"], f"{layer['title']['zh']} {layer['title']['en']}", layer["geometry"], str(layer["crs"]),
            layer["method"] or "—", f"{layer['count']:,}", str(layer["revision"]),
        )  # fmt: skip
    console.print(table)


def print_statistics(console: Console, document: Document) -> None:
    """A table of groups and total, with the method and the revision they stand on."""
    shown = [name for name in COLUMNS if name in document["total"] or name == "share_percent"]
    table = Table(document["by"] or "", "", *(COLUMNS[name][0] for name in shown), title=document["title"]["zh"])
    for group in document["groups"]:
        table.add_row(str(group["key"]), group["name_zh"], *(_cell(group, name) for name in shown))
    table.add_section()
    table.add_row("合计 total", "", *(_cell(document["total"], name) for name in shown), style="bold")
    console.print(table)
    console.print(f"面积方法 method: {document['method'] or '—'}；修订 revision: {document['revision']}")
    if document["illustrative"]:
        console.print(f"{ILLUSTRATIVE.zh} {ILLUSTRATIVE.en}", style="yellow")


def print_report(console: Console, document: Document) -> None:
    """The report's figures by section."""
    for section in document["sections"]:
        table = Table("编码 code", "名称", "name", "数值", "单位 unit", title=section["title_zh"], title_justify="left")
        for figure in document["figures"]:
            if figure["section"] == section["id"]:
                value = f"{figure['printed']}{figure.get('qualifier', '')}"
                table.add_row(figure["code"], figure["name_zh"], figure["name_en"], value, figure["unit_zh"])
        if table.row_count:
            console.print(table)


def print_import(console: Console, report: ImportReport) -> None:
    """What an import did, table by table: counts, encoding with a sample, repairs with areas, every decision."""
    for imported in report.tables:
        for line in _import_lines(imported):
            console.print(line)
    if report.left_out:
        console.print(f"没有空间要素、未导入的表 / tables without spatial features: {'、'.join(report.left_out)}")
    if report.rejects:
        console.print(f"未导入的要素写在 / rejected features are in: {report.rejects}", style="yellow")
    console.print(f"修订 revision {report.revision}", style="bold green")


def print_notes(console: Console, notes: list[Note]) -> None:
    """Decisions that were taken, one a line."""
    for note in notes:
        console.print(f"• {note.zh} {note.en}", style="cyan")


def _import_lines(imported: ImportedTable) -> Iterator[RenderableType]:
    layer = imported.layer
    what = "新图层 new layer" if imported.new else "图层 layer"
    yield (
        f"[bold]{imported.table}[/] → {what} [bold]{layer.id}[/]: 读取 read {imported.read:,}，"
        f"写入 written {imported.written:,}，修复 repaired {len(imported.repaired):,}，"
        f"未导入 rejected {len(imported.rejected):,}"
    )
    if imported.encoding:
        sample = "、".join(imported.encoding_sample) or "—"
        yield f"  编码 encoding: {imported.encoding}；样例 sample: {sample}"
    for fix in imported.repaired:
        yield (
            f"  修复 repaired row {fix.row + 1}: {fix.reason}; {fix.area_before_m2:,.2f} → {fix.area_after_m2:,.2f} m²"
        )
    for reject in imported.rejected:
        yield f"  未导入 rejected row {reject.row + 1}: {reject.zh} / {reject.en}"
    for note in imported.notes:
        yield f"  • {note.zh} {note.en}"
    if imported.new:
        yield f"  定义 definition: gaodu layers show {layer.id}；修改 edit: gaodu layers edit {layer.id}"


def _cell(row: Document, name: str) -> str:
    value = row.get(name)
    return "" if value is None else COLUMNS[name][1].format(value)
