"""How does the terminal show it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.documents.answers import Document
from gis.formats import Note
from layers.importing import ImportedTable, ImportReport
from layers.notice import ILLUSTRATIVE
from layers.report.closing import ClosedYear, Closing, Deviation
from layers.report.comparison import Comparison
from layers.report.reading import Draft
from layers.report.units import units
from layers.store.closings import KeptClosing
from layers.store.history import CHINA

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


QUALIFIER_FIRST = ("超", "近", "不足")

VERDICTS = {
    "agrees": ("✓ 一致 agrees", "green"),
    "differs": ("✗ 不一致 differs", "red"),
    "failed": ("! 未能推算 failed", "yellow"),
}
SEVERITIES = {
    "error": ("错误 error", "bold red"),
    "warning": ("警告 warning", "yellow"),
    "note": ("提示 note", "cyan"),
}


def print_report(console: Console, document: Document) -> None:
    """The report's figures by section, and what the layers give."""
    for section in document["sections"]:
        columns = ("编码 code", "名称", "name", "数值 stated", "单位 unit", "推算 derived")
        table = Table(*columns, title=section["title_zh"], title_justify="left")
        for figure in document["figures"]:
            if figure["section"] == section["id"]:
                derived = _derived(figure["derived"]) if "derived" in figure else Text()
                table.add_row(
                    figure["code"], figure["name_zh"], figure["name_en"], _stated(figure), figure["unit_zh"], derived
                )
        if table.row_count:
            console.print(table)


def print_figure(console: Console, document: Document) -> None:
    """One figure: stated and derived, the recipe in words and what it stands on."""
    console.print(f"{document['code']}  {document['name_zh']}  {document['name_en']}", style="bold")
    console.print(f"报告 stated: {_stated(document)} {document['unit_zh']}  ({document['period']})")
    derived = document["derived"]
    if derived is None:
        console.print("没有由图层推算的算法 / no recipe derives it from layers", style="yellow")
        return
    console.print(Text.assemble("推算 derived: ", _derived(derived)))
    if "problem" in derived:
        for language in ("zh", "en"):
            console.print(derived["problem"][language], style="red")
        return
    console.print(f"差值 difference: {derived['difference']}；允许误差 tolerance: {derived['tolerance']}")
    console.print(f"{derived['recipe_zh']}\n{derived['recipe_en']}")
    for source in derived["sources"]:
        console.print(
            f"{source['layer']}：修订 revision {source['revision']}，要素 features {source['count']:,}，"
            f"sha256 {source['checksum'][:16]}",
        )  # fmt: skip
    if any("illustrative" in source for source in derived["sources"]):
        console.print(f"{ILLUSTRATIVE.zh} {ILLUSTRATIVE.en}", style="yellow")


def print_audit(console: Console, document: Document) -> None:
    """The findings of an audit, errors first, and how many there are."""
    for finding in document["findings"]:
        name, style = SEVERITIES[finding["severity"]]
        figures = "、".join(f"{figure['name_zh']} ({figure['code']})" for figure in finding["figures"])
        console.print(Text.assemble((name, style), f"  {figures}"))
        for text in (finding["sum_zh"], finding["zh"], finding["en"]):
            console.print(f"    {text}")
    counts = "，".join(f"{SEVERITIES[severity][0]} {count}" for severity, count in document["counts"].items())
    before = f"；对照 against {document['before']}" if document["before"] else ""
    console.print(f"{document['year']}{before}：{counts}", style="bold")


def print_closing(console: Console, made: ClosedYear) -> None:
    """When and by whom a year was closed, at which revision, and what moved since."""
    closing = made.closing
    console.print(
        f"{closing.year}：{closing.closed_on} 由 {closing.who} 封存于修订 closed by {closing.who} at revision "
        f"{closing.revision}；指标 figures {len(closing.figures)}{'；' if made.why else ''}{made.why}",
        style="bold green" if made.is_unchanged else "bold red",
    )
    console.print(f"sha256 {made.checksum}")
    for moved in made.moved:
        console.print(Text.assemble((moved.code, "yellow"), f"  {moved.zh} {moved.en}"))


def print_earlier_closing(console: Console, kept: KeptClosing) -> None:
    """A closing that another one took the place of."""
    day = kept.at.astimezone(CHINA).date().isoformat()
    console.print(f"{kept.year}：原封存 earlier closing {day}，{kept.who}，修订 revision {kept.revision} {kept.why}")


def print_deviations(console: Console, closing: Closing, changed: Sequence[Deviation]) -> None:
    """What is no longer as it was when a year was closed, figure by figure."""
    for deviation in changed:
        console.print(Text.assemble((deviation.code, "bold red"), f"  {deviation.zh} {deviation.en}"))
    verdict = f"{len(changed)} 处变化 changes" if changed else "✓ 没有变化 unchanged"
    closed = f"{closing.closed_on} 封存于修订 closed at revision {closing.revision}"
    console.print(f"{closing.year}：{closed}；{verdict}", style="bold")


def _stated(figure: Document) -> str:
    qualifier = figure.get("qualifier", "")
    digits = str(figure["printed"])
    return f"{qualifier}{digits}" if qualifier in QUALIFIER_FIRST else f"{digits}{qualifier}"


def _derived(derived: Document) -> Text:
    name, style = VERDICTS[derived["verdict"]]
    value = "" if derived["value"] is None else f"{derived['value']:,} "
    return Text.assemble(value, (name, style))


def print_draft(console: Console, made: Draft) -> None:
    """What was read out of a report's text: how many figures are known, new and unsure, and what was not found."""
    figures, known = len(made.proposals), sum(proposal.known for proposal in made.proposals)
    unsure = sum(bool(proposal.doubts) or not proposal.known for proposal in made.proposals)
    console.print(
        f"{made.reading.year} 年：读出数据 figures {figures}，已有编码 known codes {known}，"
        f"新编码 new codes {figures - known}，待确认 to confirm {unsure}；"
        f"不作数据的数字 numbers set aside {len(made.reading.set_aside)}"
    )
    if made.missing:
        names = "、".join(figure.name_zh for figure in made.missing)
        console.print(f"文中没有找到 not found ({len(made.missing)}): {names}", style="yellow")


def print_comparison(console: Console, found: Comparison) -> None:
    """The figures of two years side by side with difference and percent; then what only one of them has."""
    years = (str(found.before.year), str(found.after.year))
    table = Table("编码 code", "名称 name", *years, "单位 unit", "增减 difference", "%")
    for change in found.changes:
        unit = units()[change.after.unit].name_zh
        percent = "" if change.percent is None else f"{float(change.percent):+.2f}"
        mark = "" if change.same_span else " ⚠"
        earlier = change.before.value + ("" if change.before.unit == change.after.unit
                                         else units()[change.before.unit].name_zh)  # fmt: skip
        difference = "—" if change.difference is None else f"{float(change.difference):+,.10g}"
        table.add_row(
            change.after.code, change.after.name_zh, earlier, change.after.value + mark, unit, difference, percent
        )
    console.print(table)
    if not all(change.same_span for change in found.changes):
        console.print("⚠ 两年的时期长短不同 the periods of the two years differ in length", style="yellow")
    for title, figures in ((f"仅 {years[0]} 年有 only in", found.missing), (f"仅 {years[1]} 年有 only in", found.new)):
        if figures:
            console.print(f"{title} ({len(figures)}): {'、'.join(figure.name_zh for figure in figures)}")


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


def _import_lines(imported: ImportedTable) -> Iterator[str]:
    layer = imported.layer
    what = "新图层 new layer" if imported.new else "图层 layer"
    yield (
        f"{imported.table} → {what} {layer.id}: 读取 read {imported.read:,}，"
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
