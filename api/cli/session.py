"""What do the commands share: options, the store they work on, and where they print."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from api.access.auth import local_name
from api.errors import BadParameter
from api.settings import Settings
from layers.catalogue import Catalogue, load_catalogue
from layers.filtering import parse_filter
from layers.query import Query
from layers.store import Store, open_store

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
FilterOption = Annotated[
    str | None, typer.Option("--filter", metavar="CQL2", help='过滤条件 / filter, such as "area_m2 > 1000"')
]
AsOfOption = Annotated[str | None, typer.Option("--asof", help="修订号或日期 / revision or date")]


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
    _tell_of_a_new_file(settings.store)
    found = opener(settings.store, load_catalogue(*filter(None, [settings.layers])))
    try:
        yield found
    finally:
        found.close()


def _tell_of_a_new_file(store: str) -> None:
    """Says on the side that a new file is made: a mistyped name would otherwise look like an empty store."""
    if "://" not in store and not Path(store).exists():
        err.print(f"新建存储 a new store is made: {store}", style="yellow")


def filtered(store: Store, layer: str, text: str | None) -> Query:
    """The features of `layer` that the CQL2 text asks for; all of them where there is none."""
    definition = store.catalogue[layer]
    return Query(filter=None if text is None else parse_filter(text, definition=definition))


def show(document: Any, as_json: bool, printed: Callable[[Console, Any], None]) -> None:
    """Prints `document` as JSON, or through `printed`."""
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
    else:
        printed(out, document)


def name_for_history(who: str | None, store: str | None) -> str:
    """The name that a change is written down under: given, set, or that of the login."""
    return who or local_name(settings_for(store))
