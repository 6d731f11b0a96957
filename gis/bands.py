"""What does an expression over the bands of a raster say?"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gis.errors import RasterError
from gis.raster import Cells, CellWindow, Grid, Raster, Values

INDICES = {
    "ndvi": "(nir - red) / (nir + red)",  # Rouse et al., 1974
    "gndvi": "(nir - green) / (nir + green)",  # Gitelson et al., 1996
    "ndwi": "(green - nir) / (green + nir)",  # McFeeters, 1996
    "savi": "1.5 * (nir - red) / (nir + red + 0.5)",  # Huete, 1988; reflectance from 0 to 1
    "ndbi": "(swir - nir) / (swir + nir)",  # Zha et al., 2003
}
"""Spectral indices by name, over bands named red, green, blue, nir and swir."""

FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "abs": (1, np.abs), "sqrt": (1, np.sqrt), "log": (1, np.log), "min": (2, np.minimum), "max": (2, np.maximum),
}  # fmt: skip
"""Number of arguments and meaning."""

MAX_LENGTH, MAX_DEPTH = 500, 40

_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide, ast.USub: np.negative,
    ast.UAdd: np.positive,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula over named bands; made by `parsed`, which lets nothing but arithmetic through."""

    text: str
    names: tuple[str, ...]
    _tree: ast.expr

    def of(self, values: Mapping[str, Values]) -> Values:
        """The formula cell by cell, in float64; NaN where a band has none or the result is not finite (x / 0)."""
        with np.errstate(all="ignore"):
            out = np.array(_evaluated(self._tree, values), dtype=np.float64)
        out[~np.isfinite(out)] = np.nan
        return out


def parsed(text: str) -> Expression:
    """The formula in `text`: numbers, band names, + - * / ( ), and the functions abs, sqrt, log, min, max.

    Raises RasterError for anything else, for a formula without a band, and for one of more than 500 characters or 40
    levels.
    """
    if len(text) > MAX_LENGTH:
        raise _refused(f"{text[:40]}…", f"长于 {MAX_LENGTH} 个字符", f"is longer than {MAX_LENGTH} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        names: dict[str, None] = {}
        _check(tree, names, text, 0)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _refused(text, "不是算式", "is not a formula") from error
    if not names:
        raise _refused(text, "没有用到波段", "uses no band")
    return Expression(text.strip(), tuple(names), tree)


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """Cells made from cells on the same grid by a function of their values; made by `index` and for differences."""

    sources: tuple[Cells, ...]
    function: Callable[..., Values]

    @property
    def grid(self) -> Grid:
        """Where the cells lie."""
        return self.sources[0].grid

    @property
    def block(self) -> tuple[int, int]:
        """Rows and columns of a block of the first source."""
        return self.sources[0].block

    def read(self, window: CellWindow) -> Values:
        """The values in the window."""
        return self.function(*(source.read(window) for source in self.sources))


def index(raster: Raster, formula: str, bands: Mapping[str, int] | None = None) -> Computed:
    """The cells of `formula` over `raster`: the name of one of `INDICES`, or a formula.

    A name in it is looked up in `bands` (name -> number, from 1), then among the raster's own band names; b1, b2... are
    always there. Raises RasterError for a formula that is none and for a name that is no band.
    """
    expression = parsed(INDICES.get(formula.strip().lower(), formula))
    sources = tuple(raster.band(band_number(raster, name, bands or {})) for name in expression.names)

    def evaluate(*values: Values) -> Values:
        return expression.of(dict(zip(expression.names, values, strict=True)))

    return Computed(sources, evaluate)


def band_number(raster: Raster, name: str, bands: Mapping[str, int]) -> int:
    """The band that `name` means: in `bands`, else among the raster's own names, else as b1, b2...; see `index`."""
    if name in bands:
        return bands[name]
    own = [title.lower() for title in raster.names]
    if name.lower() in own:
        return own.index(name.lower()) + 1
    if match := re.fullmatch(r"b([1-9]\d{0,3})", name):
        return int(match[1])
    known = [*bands, *(title for title in raster.names if title), *(f"b{k + 1}" for k in range(min(raster.bands, 20)))]
    choices = ", ".join(known)
    raise RasterError(
        f"没有波段“{name}”；可用：{choices}。", f"There is no band {name!r}; valid: {choices}.", place=raster.path.name
    )


def _check(node: ast.expr, names: dict[str, None], text: str, depth: int) -> None:
    """Lets only what the grammar has pass, and notes the names of bands."""
    if depth > MAX_DEPTH:
        raise _refused(text, f"嵌套超过 {MAX_DEPTH} 层", f"has more than {MAX_DEPTH} levels")
    match node:
        case ast.BinOp(left, operator, right) if type(operator) in _OPERATORS:
            parts = [left, right]
        case ast.UnaryOp(operator, operand) if type(operator) in _OPERATORS:
            parts = [operand]
        case ast.Call(ast.Name(name), arguments, []) if name in FUNCTIONS and len(arguments) == FUNCTIONS[name][0]:
            parts = arguments
        case ast.Constant(int() | float() as value) if type(value) is not bool and abs(value) < 1e15:
            parts = []
        case ast.Name(name) if name not in FUNCTIONS:
            names[name] = None
            parts = []
        case _:
            raise _refused(text, "含有不允许的内容", "holds something that is not allowed")
    for part in parts:
        _check(part, names, text, depth + 1)


def _evaluated(node: ast.expr, values: Mapping[str, Values]) -> Any:
    match node:
        case ast.BinOp(left, operator, right):
            return _OPERATORS[type(operator)](_evaluated(left, values), _evaluated(right, values))
        case ast.UnaryOp(operator, operand):
            return _OPERATORS[type(operator)](_evaluated(operand, values))
        case ast.Call(ast.Name(name), arguments):
            return FUNCTIONS[name][1](*(_evaluated(argument, values) for argument in arguments))
        case ast.Name(name):
            return values[name].astype(np.float64)
        case ast.Constant(int() | float() as value):
            return np.float64(value)
    raise _refused(ast.unparse(node), "不是算式", "is not a formula")


def _refused(text: str, zh: str, en: str) -> RasterError:
    functions, indices = ", ".join(FUNCTIONS), ", ".join(INDICES)
    return RasterError(
        f"波段算式“{text}”{zh}。", f"The band formula {text!r} {en}.",
        remedy_zh=f"可用：数字、波段名、+ - * / ( )、{functions}；或指数 {indices}。",
        remedy_en=f"Allowed: numbers, band names, + - * / ( ), {functions}; or one of {indices}.",
    )  # fmt: skip
