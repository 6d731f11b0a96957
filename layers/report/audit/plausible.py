"""What does the audit hold for plausible or for defined?"""

from __future__ import annotations

import tomllib
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from layers.errors import ReportError
from layers.report.units import units

FILE = "data/report/plausible.toml"


def _known(code: str) -> str:
    if code not in units():
        raise ValueError(f"unknown unit {code!r}; units are {', '.join(units())}")
    return code


def _exact(value: object) -> Fraction:
    if not isinstance(value, str | int):
        raise ValueError("must be a whole number or digits in quotation marks")
    return Fraction(value)


Exact = Annotated[Fraction, BeforeValidator(_exact)]
Unit = Annotated[str, AfterValidator(_known)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Range(_Strict):
    """The quotient `of` / `per`, in `unit`: beyond warn_* it is a warning, beyond refuse_* an error; None is no limit.

    With `basis`, the audit asks whether a weight is paddy or milled rice; `milled_from_paddy` is the least and the most
    that milling leaves.
    """

    id: str
    name_zh: str
    name_en: str
    of: str
    per: str
    unit: Unit
    warn_below: Exact | None = None
    warn_above: Exact | None = None
    refuse_below: Exact | None = None
    refuse_above: Exact | None = None
    basis: bool = False
    milled_from_paddy: tuple[Exact, Exact] | None = None
    why_zh: str
    why_en: str
    source: str


class Granularity(_Strict):
    """From how many units of its last digit an impossible percentage is an error."""

    error_from_units: int


class Growth(_Strict):
    """How many points a growth of money may differ where nothing is said of prices."""

    price_points: Exact


class Years(_Strict):
    """What counts as a jump from the year before, which counts may, and when repeated digits are noted."""

    jump: Exact
    small_count: int
    repeated_digits: int


class Plausible(_Strict):
    """All thresholds of the audit, from data/report/plausible.toml."""

    granularity: Granularity
    growth: Growth
    years: Years
    ranges: tuple[Range, ...]


@cache
def plausible() -> Plausible:
    """The thresholds of data/report/plausible.toml; raises ReportError naming file, key and cause."""
    return parse_plausible((files("data") / "report" / "plausible.toml").read_text("utf-8"), place=FILE)


def parse_plausible(text: str, *, place: str) -> Plausible:
    """The thresholds in TOML `text`; `place` names its origin. Raises ReportError."""
    try:
        return Plausible.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ReportError(f"不是有效的 TOML：{error}", f"This is not valid TOML: {error}", place=place) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        raise ReportError(
            f"审核阈值有误：{first['msg']}", f"The thresholds are wrong: {first['msg']}", place=f"{place}: {key}"
        ) from error
