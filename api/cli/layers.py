"""`gaodu layers` and `gaodu stats`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import click
import typer

from api.cli.printing import print_layers, print_statistics
from api.cli.raster_printing import print_zones
from api.cli.session import (
    AsOfOption,
    FilterOption,
    JsonOption,
    StoreOption,
    filtered,
    name_for_history,
    opened,
    out,
    settings_for,
    show,
)
from api.dependencies import parse_as_of
from api.documents.answers import layer_document, statistics_document
from api.documents.rasters import zones_document
from layers.catalogue import check_codes
from layers.definition import parse_definition, read_definition
from layers.errors import DefinitionError, UnknownLayer
from layers.raster.catalogue import Rasters
from layers.raster.importing import raster_folder
from layers.raster.zones import zones
from layers.statistics import statistics
from layers.store import Store

commands = typer.Typer(help="图层清单与定义 / List layers, show and edit their definitions")
statistics_commands = typer.Typer()


@statistics_commands.command()
def stats(
    layer: str,
    by: Annotated[str | None, typer.Option(metavar="FIELD", help="分组字段 / field to group by")] = None,
    metric: Annotated[str, typer.Option(help="area 面积, yield 产量")] = "area",
    raster: Annotated[str | None, typer.Option(metavar="ID", help="统计此栅格的像元 / of a raster's cells")] = None,
    filter_: FilterOption = None,
    asof: AsOfOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """面积与产量统计，或某栅格在各要素内的统计 / Area and yield statistics, or of a raster within the features."""
    as_of = parse_as_of(asof)
    with opened(store) as found:
        query = filtered(found, layer, filter_)
        if raster is not None:
            settings = settings_for(store)
            imported = raster_folder(settings.store, settings.rasters)
            with closing(Rasters(*filter(None, [settings.layers]), imported=imported)) as rasters:
                result = zones(found, layer, rasters.of(found)[raster], by=by, query=query, as_of=as_of)
            show(zones_document(result), as_json, print_zones)
            return
        document = statistics_document(statistics(found, layer, by=by, metric=metric, query=query, as_of=as_of))
    show(document, as_json, print_statistics)


@commands.callback(invoke_without_command=True)
def list_layers(context: typer.Context, as_json: JsonOption = False, store: StoreOption = None) -> None:
    """图层清单 / List the layers."""
    if context.invoked_subcommand is None:
        with opened(store) as found:
            documents = [layer_document(found, layer) for layer in found.catalogue]
        show(documents, as_json, print_layers)


@commands.command(name="show")
def show_definition(layer: str, store: StoreOption = None) -> None:
    """显示导入图层的定义（TOML）/ Print the definition of an imported layer."""
    with opened(store) as found:
        typer.echo(_definition_text(found, layer))


@commands.command()
def edit(layer: str, store: StoreOption = None) -> None:
    """在编辑器中修改导入图层的定义 / Edit the definition of an imported layer in your editor."""
    with opened(store) as found:
        changed = click.edit(_definition_text(found, layer), extension=".toml")
        if changed is not None:
            _replace_definition(found, changed, layer, layer)


@commands.command()
def apply(file: Path, store: StoreOption = None) -> None:
    """用文件替换导入图层的定义 / Replace the definition of an imported layer by that of a file."""
    with opened(store) as found:
        definition = read_definition(file)
        _replace_definition(found, file.read_text(encoding="utf-8"), str(file), definition.id)


def _definition_text(store: Store, layer: str) -> str:
    text = store.definition_text(layer)
    if text is None:
        kept = [name for name in store.catalogue if store.definition_text(name)]
        raise UnknownLayer(layer, kept)
    return text


def _replace_definition(store: Store, text: str, place: str, layer: str) -> None:
    definition = parse_definition(text, place=place)
    check_codes(definition, place=place)
    _definition_text(store, layer)
    if definition.id != layer:
        raise DefinitionError(
            f"id 不能由“{layer}”改为“{definition.id}”。",
            f"The id cannot change from {layer!r} to {definition.id!r}.",
            place=f"{place}: id",
        )
    with store.transaction(who=name_for_history(None, store.url), why=f"修改图层定义 {layer}") as transaction:
        transaction.replace_definition(definition, text)
    out.print(f"{layer} ✓", style="bold green")
