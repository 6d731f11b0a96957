"""The command line: what does `gaodu` do?"""

from __future__ import annotations

import getpass
import json
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import click
import typer
import uvicorn
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.app import create_app
from api.dependencies import parse_as_of
from api.documents import audit_document, figure_document, layer_document, report_document, statistics_document
from api.errors import BadParameter
from api.printing import (
    print_audit,
    print_comparison,
    print_draft,
    print_figure,
    print_import,
    print_layers,
    print_notes,
    print_report,
    print_statistics,
)
from api.settings import Settings
from gis.errors import Problem
from layers.catalogue import Catalogue, check_codes, load_catalogue
from layers.definition import AreaMethod, parse_definition
from layers.errors import UnknownLayer
from layers.exporting import export_layer
from layers.importing import ImportOptions, import_file
from layers.report import Report, parse_report, read_report, read_report_file, report_before, report_years
from layers.report.audit import audit
from layers.report.comparison import compare
from layers.report.derived import all_derived, derived
from layers.report.reading import draft_text, proposed, read_file
from layers.sample import load_sample, open_with_sample
from layers.statistics import statistics
from layers.store import Store, open_store
from layers.store import restore as restore_backup

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="高都街道土地与农业信息系统 / Land and agriculture information system of Gaodu")  # fmt: skip
layers_app = typer.Typer(help="图层清单与定义 / List layers, show and edit their definitions")
report_app = typer.Typer(help="年度报告数据 / Figures of the annual report")
app.add_typer(layers_app, name="layers")
app.add_typer(report_app, name="report")

WIDTH = None if sys.stdout.isatty() else 160
out = Console(width=WIDTH, markup=False, highlight=False)
err = Console(width=WIDTH, markup=False, highlight=False, stderr=True)

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store", metavar="PATH|URL", help="GeoPackage 文件或 postgresql:// 地址 / file or URL [GAODU_STORE]"
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]
AsOfOption = Annotated[str | None, typer.Option("--asof", help="修订号或日期 / revision or date")]


def main() -> None:
    """Runs the command line; a refusal is printed in both languages and ends with status 1, never with a traceback."""
    try:
        app()
    except Problem as problem:
        for language in ("zh", "en"):
            err.print(problem.text(language), style="red", soft_wrap=True)
        sys.exit(1)


def settings_for(store: str | None, **changes: Any) -> Settings:
    """The settings with what the command line says on top; raises BadParameter for a setting that is not valid."""
    try:
        return Settings(**{key: value for key, value in {"store": store, **changes}.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "_".join(map(str, ("GAODU", *first["loc"]))).upper()
        raise BadParameter(
            f"设置无效：{first['msg']}", f"A setting is not valid: {first['msg']}", place=name
        ) from error


@contextmanager
def opened(store: str | None, opener: Callable[[str, Catalogue], Store] = open_store) -> Iterator[Store]:
    """The store that `--store` or the setting names, closed at the end."""
    settings = settings_for(store)
    found = opener(settings.store, load_catalogue(*filter(None, [settings.layers])))
    try:
        yield found
    finally:
        found.close()


@app.command()
def serve(store: StoreOption = None, host: str | None = None, port: int | None = None) -> None:
    """启动服务 / Serve maps, statistics and the OGC API; a GeoPackage that does not exist is made with the sample."""
    settings = settings_for(store, host=host, port=port)
    with _listening(settings) as listener, opened(store, open_with_sample) as found:
        out.print(f"http://{settings.host}:{settings.port}  ({found.url})", style="bold green")
        server = uvicorn.Server(uvicorn.Config(create_app(settings, found), log_level="warning"))
        server.run(sockets=[listener])


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """A socket bound to the address of the settings; taken before the store is opened, so that nothing is half-done."""
    with ExitStack() as stack:
        try:
            family, kind, number, _, address = socket.getaddrinfo(
                settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            listener = stack.enter_context(socket.socket(family, kind, number))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError as error:
            raise BadParameter(
                f"无法在此地址监听：{error.strerror}。",
                f"It is not possible to listen at this address: {error.strerror}.",
                place=f"{settings.host}:{settings.port}",
                remedy_zh="换一个端口（--port），或先停止占用它的程序。",
                remedy_en="Choose another port (--port), or stop the program that has it.",
            ) from error
        yield listener


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="shp、zip、gpkg、geojson、gdb、kml、parquet、csv、txt …")],
    layer: Annotated[str | None, typer.Option(help="导入到此图层 / into this layer of the catalogue")] = None,
    as_new: Annotated[
        str | None, typer.Option("--as", metavar="NEW_ID", help="新图层 id / id of the new layer")
    ] = None,
    table: Annotated[str | None, typer.Option(help="只导入此表 / only this table of the file")] = None,
    area: Annotated[AreaMethod | None, typer.Option(help="面积方法 / area method of the new layer")] = None,
    crs: Annotated[int | None, typer.Option(metavar="EPSG", help="坐标系 EPSG 编码 / EPSG code")] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="文字编码，如 GBK / encoding, such as GBK")
    ] = None,
    map_: Annotated[
        list[str] | None, typer.Option("--map", metavar="TARGET=SOURCE", help="字段对应 / match fields")
    ] = None,
    rejects: Annotated[Path | None, typer.Option(help="未导入要素的文件 / file for rejected features")] = None,
    who: Annotated[str | None, typer.Option(help="记入历史的姓名 / name for the history")] = None,
    why: Annotated[str, typer.Option(help="记入历史的原因 / reason for the history")] = "",
    store: StoreOption = None,
) -> None:
    """导入文件，全部成功或不做任何更改 / Import a file, all of it or nothing."""
    options = ImportOptions(layer, as_new, table, area, crs, encoding, _pairs(map_), rejects, _name(who, store), why)
    with opened(store) as found, _progress(f"导入 importing {file.name}"):
        report = import_file(found, file, options)
    print_import(out, report)


@app.command()
def export(layer: str, file: Path, overwrite: bool = False, asof: AsOfOption = None, store: StoreOption = None) -> None:
    """导出图层，格式由后缀决定 / Export a layer; the suffix names the format."""
    with opened(store) as found, _progress(f"导出 exporting {layer}"):
        notes = export_layer(found, layer, file, as_of=parse_as_of(asof), overwrite=overwrite)
    print_notes(out, notes)
    out.print(str(file), style="bold green")


@app.command()
def stats(
    layer: str,
    by: Annotated[str | None, typer.Option(metavar="FIELD", help="分组字段 / field to group by")] = None,
    metric: Annotated[str, typer.Option(help="area 面积, yield 产量")] = "area",
    asof: AsOfOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """面积与产量统计 / Area and yield statistics."""
    with opened(store) as found:
        document = statistics_document(statistics(found, layer, by=by, metric=metric, as_of=parse_as_of(asof)))
    _show(document, as_json, print_statistics)


@layers_app.callback(invoke_without_command=True)
def list_layers(context: typer.Context, as_json: JsonOption = False, store: StoreOption = None) -> None:
    """图层清单 / List the layers."""
    if context.invoked_subcommand is None:
        with opened(store) as found:
            documents = [layer_document(found, layer) for layer in found.catalogue]
        _show(documents, as_json, print_layers)


@layers_app.command()
def show(layer: str, store: StoreOption = None) -> None:
    """显示导入图层的定义（TOML）/ Print the definition of an imported layer."""
    with opened(store) as found:
        typer.echo(_definition_text(found, layer))


@layers_app.command()
def edit(layer: str, store: StoreOption = None) -> None:
    """在编辑器中修改导入图层的定义 / Edit the definition of an imported layer in your editor."""
    with opened(store) as found:
        changed = click.edit(_definition_text(found, layer), extension=".toml")
        if changed is not None:
            _replace_definition(found, changed, layer)


@layers_app.command()
def apply(file: Path, store: StoreOption = None) -> None:
    """用文件替换导入图层的定义 / Replace the definition of an imported layer by that of a file."""
    with opened(store) as found:
        _replace_definition(found, file.read_text(encoding="utf-8"), str(file))


@report_app.callback(invoke_without_command=True)
def report(
    context: typer.Context,
    year: int | None = None,
    asof: AsOfOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """显示年度报告数据及由图层推算的数值 / Print the figures of the annual report, and what the layers give."""
    if context.invoked_subcommand is None:
        stated = read_report(year or report_years()[-1])
        with opened(store, open_with_sample) as found:
            document = report_document(stated, all_derived(found, stated, parse_as_of(asof)))
        _show(document, as_json, print_report)


@report_app.command(name="figure")
def one_figure(
    code: Annotated[str, typer.Argument(help="指标编码，如 grids.cells / code of the figure")],
    year: int | None = None,
    asof: AsOfOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """显示一个指标：报告数值、推算数值、算法和来源 / Print a figure: stated, derived, recipe and sources."""
    stated = read_report(year or report_years()[-1])
    with opened(store, open_with_sample) as found:
        document = figure_document(stated, stated.figure(code), derived(found, stated, code, parse_as_of(asof)))
    _show(document, as_json, print_figure)


@report_app.command(name="audit")
def audit_report(
    of: Annotated[
        str | None,
        typer.Argument(
            metavar="YEAR|FILE", help="年份、TOML 文件或报告文本（txt、docx、pdf） / year, TOML or the text itself"
        ),
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="YEAR|FILE", help="上年报告 / the report of the year before")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """审核一份报告内部是否有矛盾 / Find what is wrong inside a report before it is sent."""
    found = _audited(of or str(report_years()[-1]))
    earlier = _audited(before) if before else report_before(found)
    _show(audit_document(found, earlier, audit(found, earlier)), as_json, print_audit)


def _audited(year_or_file: str) -> Report:
    """The report of a year, of a TOML file, or as far as it can be read out of a text."""
    file = Path(year_or_file)
    if year_or_file.isdecimal() or file.suffix.lower() == ".toml":
        return _report_of(year_or_file)
    known = read_report(report_years()[-1])
    return parse_report(draft_text(proposed(read_file(file), known), known.year), place=year_or_file)


@report_app.command(name="read")
def read(
    file: Annotated[Path, typer.Argument(help="报告文本 / the report as txt, docx or pdf with text")],
    to: Annotated[Path, typer.Option("--out", help="草稿文件 / file for the draft (TOML)")],
    year: Annotated[int | None, typer.Option(help="报告年份 / the report's year, where the text does not say")] = None,
    like: Annotated[int | None, typer.Option(help="参照此年的编码 / take known codes from this year")] = None,
    overwrite: bool = False,
) -> None:
    """从报告文本读出数据，写成待确认的草稿 / Read the figures out of a report and draft its TOML file."""
    known = read_report(like or report_years()[-1])
    made = proposed(read_file(file, year), known)
    _write_new(to, draft_text(made, known.year), overwrite=overwrite)
    print_draft(out, made)
    out.print(str(to), style="bold green")


@report_app.command(name="compare")
def compare_reports(
    before: Annotated[str, typer.Argument(metavar="YEAR|FILE", help="较早的年份或 TOML 文件 / earlier year or file")],
    after: Annotated[str, typer.Argument(metavar="YEAR|FILE", help="较晚的年份或 TOML 文件 / later year or file")],
) -> None:
    """比较两年的报告数据 / Compare the figures of two years' reports."""
    print_comparison(out, compare(_report_of(before), _report_of(after)))


def _report_of(year_or_file: str) -> Report:
    return read_report(int(year_or_file)) if year_or_file.isdecimal() else read_report_file(Path(year_or_file))


def _write_new(file: Path, text: str, *, overwrite: bool) -> None:
    try:
        with file.open("w" if overwrite else "x", encoding="utf-8") as opened_file:
            opened_file.write(text)
    except FileExistsError as error:
        raise BadParameter(
            "文件已存在。", "The file exists already.", place=str(file),
            remedy_zh="换一个文件名，或加 --overwrite。", remedy_en="Choose another name, or add --overwrite.",
        ) from error  # fmt: skip
    except OSError as error:
        raise BadParameter(
            f"无法写入文件：{error.strerror}。", f"The file cannot be written: {error.strerror}.", place=str(file)
        ) from error


@app.command()
def sample(store: StoreOption = None) -> None:
    """装入示意乡镇样例 / Load the illustrative sample township into empty layers."""
    with opened(store) as found:
        out.print(f"修订 revision {load_sample(found)}", style="bold green")


@app.command()
def backup(file: Path, store: StoreOption = None) -> None:
    """备份整个存储 / Back the whole store up into one file."""
    with opened(store) as found:
        found.backup(file)
    out.print(str(file), style="bold green")


@app.command()
def restore(
    file: Path,
    overwrite: Annotated[bool, typer.Option(help="替换现有数据 / replace what the store holds")] = False,
    store: StoreOption = None,
) -> None:
    """从备份恢复 / Restore a backup into the store."""
    settings = settings_for(store)
    restore_backup(file, settings.store, replace=overwrite)
    out.print(settings.store, style="bold green")


def _show(document: Any, as_json: bool, printed: Callable[[Console, Any], None]) -> None:
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
    else:
        printed(out, document)


def _progress(text: str) -> Progress:
    progress = Progress(SpinnerColumn(), TextColumn(text), TimeElapsedColumn(), console=err, transient=True)
    progress.add_task(text, total=None)
    return progress


def _name(who: str | None, store: str | None) -> str:
    return who or settings_for(store).who or getpass.getuser()


def _pairs(items: list[str] | None) -> dict[str, str]:
    pairs = dict(item.partition("=")[::2] for item in items or [])
    if not all(pairs.keys()) or not all(pairs.values()):
        raise BadParameter(
            "应写成 目标=来源。", "This must read TARGET=SOURCE.", place="--map",
            remedy_zh="例如 --map DLBM=地类编码。", remedy_en="For instance --map DLBM=landuse.",
        )  # fmt: skip
    return pairs


def _definition_text(store: Store, layer: str) -> str:
    text = store.definition_text(layer)
    if text is None:
        kept = [name for name in store.catalogue if store.definition_text(name)]
        raise UnknownLayer(layer, kept)
    return text


def _replace_definition(store: Store, text: str, place: str) -> None:
    definition = parse_definition(text, place=place)
    check_codes(definition, place=place)
    _definition_text(store, definition.id)
    with store.transaction(who=_name(None, store.url), why=f"修改图层定义 {definition.id}") as transaction:
        transaction.replace_definition(definition, text)
    out.print(f"{definition.id} ✓", style="bold green")


if __name__ == "__main__":
    main()
