"""`gaodu import`, `export`, `sample`, `backup` and `restore`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.cli.printing import print_import, print_notes
from api.cli.session import (
    AsOfOption,
    FilterOption,
    StoreOption,
    err,
    filtered,
    name_for_history,
    opened,
    out,
    settings_for,
)
from api.dependencies import parse_as_of
from api.errors import BadParameter
from layers.definition import AreaMethod
from layers.errors import StoreError
from layers.exporting import export_layer
from layers.importing import ImportOptions, import_file
from layers.old_datum import parameters_of
from layers.raster.catalogue import Rasters
from layers.raster.importing import import_raster, is_raster, raster_folder
from layers.sample import load_sample
from layers.store import restore as restore_backup

commands = typer.Typer()


@commands.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="shp、zip、gpkg、geojson、gdb、kml、parquet、csv、txt、tif …")],
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
    x: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="点表的东坐标或经度列 / eastings or longitudes")
    ] = None,
    y: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="点表的北坐标或纬度列 / northings or latitudes")
    ] = None,
    datum_parameters: Annotated[
        str | None,
        typer.Option(
            metavar="DX,DY,DZ,RX,RY,RZ,SCALE,CONVENTION",
            help="西安80、北京54 到 CGCS2000 的七参数（米、秒、ppm） / seven parameters from Xian 1980 or Beijing 1954",
        ),
    ] = None,
    map_: Annotated[
        list[str] | None, typer.Option("--map", metavar="TARGET=SOURCE", help="字段对应 / match fields")
    ] = None,
    rejects: Annotated[Path | None, typer.Option(help="未导入要素的文件 / file for rejected features")] = None,
    who: Annotated[str | None, typer.Option(help="记入历史的姓名 / name for the history")] = None,
    keep_personal: Annotated[
        bool, typer.Option("--keep-personal", help="保留含个人信息的字段 / keep fields with personal data")
    ] = False,
    why: Annotated[str, typer.Option(help="记入历史的原因 / reason for the history")] = "",
    unit: Annotated[str | None, typer.Option(help="栅格数值的单位，如 kg_per_ha / unit of a raster's numbers")] = None,
    store: StoreOption = None,
) -> None:
    """导入文件，全部成功或不做任何更改 / Import a file, all of it or nothing."""
    if is_raster(file):
        _import_raster(file, as_new, layer, crs, unit, store)
        return
    options = ImportOptions(
        layer=layer,
        as_new=as_new,
        table=table,
        area=area,
        crs=crs,
        encoding=encoding,
        fields=_pairs(map_),
        rejects=rejects,
        keep_personal=keep_personal,
        who=name_for_history(who, store),
        why=why,
        x=x,
        y=y,
        datum_parameters=parameters_of(datum_parameters) if datum_parameters else None,
    )
    with opened(store) as found, _progress() as progress:
        task = progress.add_task(f"导入 importing {file.name}", total=None)
        step = lambda table, count: progress.update(task, description=f"{table}: {count:,}")  # noqa: E731
        report = import_file(found, file, options, progress=step)
    print_import(out, report)


def _import_raster(
    file: Path, as_new: str | None, layer: str | None, crs: int | None, unit: str | None, store: str | None
) -> None:
    settings = settings_for(store)
    folder = raster_folder(settings.store, settings.rasters)
    with opened(store) as found, _progress() as progress, closing(Rasters(*filter(None, [settings.layers]))) as fixed:
        progress.add_task(f"导入 importing {file.name}", total=None)
        taken = {*found.catalogue, *fixed.all()}
        report = import_raster(folder, file, as_new=as_new, layer=layer, taken=taken, crs=crs, unit=unit)
    print_notes(out, list(report.notes))
    definition = report.layer.definition
    out.print(f"{file.name} → 栅格 raster {definition.id}: EPSG:{definition.crs}, {report.layer.path}")
    out.print("名称、单位、色带可在其旁的 .toml 中修改。 Title, unit and colours may be edited in the .toml there.")


@commands.command()
def export(
    layer: str,
    file: Path,
    overwrite: bool = False,
    filter_: FilterOption = None,
    asof: AsOfOption = None,
    store: StoreOption = None,
) -> None:
    """导出图层，格式由后缀决定 / Export a layer; the suffix names the format."""
    with opened(store) as found, _progress() as progress:
        progress.add_task(f"导出 exporting {layer}", total=None)
        notes = export_layer(
            found, layer, file, query=filtered(found, layer, filter_), as_of=parse_as_of(asof), overwrite=overwrite
        )
    print_notes(out, notes)
    out.print(str(file), style="bold green")


@commands.command()
def sample(store: StoreOption = None) -> None:
    """装入示意乡镇样例 / Load the illustrative sample township into empty layers."""
    with opened(store) as found:
        out.print(f"修订 revision {load_sample(found)}", style="bold green")


@commands.command()
def backup(file: Path, store: StoreOption = None) -> None:
    """备份整个存储 / Back the whole store up into one file."""
    with opened(store) as found:
        if not found.revision():
            raise StoreError(
                "存储是空的，没有可备份的内容。", "The store is empty: there is nothing to back up.", place=found.url,
                remedy_zh="请检查 --store 或 GAODU_STORE。", remedy_en="Check --store or GAODU_STORE.",
            )  # fmt: skip
        found.backup(file)
    out.print(str(file), style="bold green")


@commands.command()
def restore(
    file: Path,
    overwrite: Annotated[bool, typer.Option(help="替换现有数据 / replace what the store holds")] = False,
    store: StoreOption = None,
) -> None:
    """从备份恢复 / Restore a backup into the store."""
    settings = settings_for(store)
    restore_backup(file, settings.store, replace=overwrite)
    out.print(settings.store, style="bold green")


def _progress() -> Progress:
    return Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=err, transient=True)


def _pairs(items: list[str] | None) -> dict[str, str]:
    pairs = dict(item.partition("=")[::2] for item in items or [])
    if not all(pairs.keys()) or not all(pairs.values()):
        raise BadParameter(
            "应写成 目标=来源。", "This must read TARGET=SOURCE.", place="--map",
            remedy_zh="例如 --map DLBM=地类编码。", remedy_en="For instance --map DLBM=landuse.",
        )  # fmt: skip
    return pairs
