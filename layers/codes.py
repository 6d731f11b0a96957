"""Which codes may a field hold, and what do they mean?"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from layers.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code list; `colour` as #rrggbb where the list gives one."""

    code: str
    name_zh: str
    name_en: str
    colour: str | None = None


CodeList = dict[str, Code]


def code_list(name: str) -> CodeList:
    """The code list `data/codes/<name>.csv` by code; raises DefinitionError with the lists there are.

    The CSV has the columns code, name_zh, name_en and, where codes are drawn, rgb ("r g b").
    """
    if name not in code_list_names():
        choices = ", ".join(code_list_names())
        raise DefinitionError(
            f"没有名为“{name}”的代码表。",
            f"There is no code list {name!r}.",
            place=f"data/codes/{name}.csv",
            remedy_zh=f"可用代码表：{choices}。",
            remedy_en=f"Code lists: {choices}.",
        )
    return _read(name)


@cache
def code_list_names() -> tuple[str, ...]:
    """The names of the code lists, sorted."""
    return tuple(sorted(f.name.removesuffix(".csv") for f in _folder().iterdir() if f.name.endswith(".csv")))


@cache
def _read(name: str) -> CodeList:
    with (_folder() / f"{name}.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return {r["code"]: Code(r["code"], r["name_zh"], r["name_en"], _colour(r.get("rgb"))) for r in rows}


def _colour(rgb: str | None) -> str | None:
    return "#" + "".join(f"{int(part):02x}" for part in rgb.split()) if rgb else None


def _folder() -> Traversable:
    return files("data") / "codes"
