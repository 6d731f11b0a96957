"""How are square metres, mu, hectares, kilograms and jin converted and rounded?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.errors import GisError

Amount = TypeVar("Amount", float, NDArray[np.float64])

KG_PER_UNIT = {"kg": 1.0, "jin": 0.5, "t": 1000.0}
"""Units of weight: 千克, 斤, 吨."""

MAX_DECIMALS = 12


def mu_from_m2(area_m2: Amount) -> Amount:
    """The area in mu (亩): 1 mu is 2000/3 m2, so area_m2 x 0.0015 exactly, and not area_m2 / 666.67."""
    return area_m2 * 3 / 2000


def m2_from_mu(area_mu: Amount) -> Amount:
    """The area in m2."""
    return area_mu * 2000 / 3


def ha_from_m2(area_m2: Amount) -> Amount:
    """The area in hectares (公顷)."""
    return area_m2 / 10000


def m2_from_ha(area_ha: Amount) -> Amount:
    """The area in m2."""
    return area_ha * 10000


def kg_from(amount: Amount, unit: str) -> Amount:
    """The weight in kg of `amount` in "kg", "jin" or "t"; raises GisError for another unit."""
    return amount * _kg_per(unit)


def weight_from_kg(weight_kg: Amount, unit: str) -> Amount:
    """The weight in "kg", "jin" or "t"; raises GisError for another unit."""
    return weight_kg / _kg_per(unit)


def _kg_per(unit: str) -> float:
    if unit not in KG_PER_UNIT:
        choices = ", ".join(KG_PER_UNIT)
        raise GisError(
            f"未知重量单位“{unit}”；可用：{choices}。", f"Unknown unit of weight {unit!r}; valid: {choices}."
        )
    return KG_PER_UNIT[unit]


@overload
def round_half_up(value: float, decimals: int = 0) -> float: ...
@overload
def round_half_up(value: NDArray[np.float64], decimals: int = 0) -> NDArray[np.float64]: ...


def round_half_up(value: float | NDArray[np.float64], decimals: int = 0) -> float | NDArray[np.float64]:
    """`value` to `decimals` digits after the point, halves away from zero (四舍五入), unlike Python's round.

    What is rounded is the decimal number a person reads: 2.675 gives 2.68, though its double is a little less. NaN and
    infinity stay as they are. Raises GisError unless 0 <= decimals <= 12.
    """
    if not 0 <= decimals <= MAX_DECIMALS:
        raise GisError(f"小数位数须为 0 至 {MAX_DECIMALS}。", f"decimals must be 0 to {MAX_DECIMALS}.")
    values = np.asarray(value, np.float64)
    rounded = np.sign(values) * (_floor_half_up(np.abs(values), decimals))
    return rounded if isinstance(value, np.ndarray) else float(rounded)


def _floor_half_up(values: NDArray[np.float64], decimals: int) -> NDArray[np.float64]:
    """`round_half_up` of values >= 0. What is within 1.5 units in the last place of a double below a half is a half."""
    scale = 10.0**decimals
    whole = ~(values < 2.0**52 / scale)  # has no digit to round away, or is NaN or infinite
    scaled = np.where(whole, 0.0, values) * scale
    floors = np.floor(scaled)
    up = scaled - floors >= 0.5 - scaled * (1.5 * 2**-52)
    return np.where(whole, values, (floors + up) / scale)


def closed(parts: ArrayLike, decimals: int, whole: float | None = None) -> NDArray[np.float64]:
    """`parts` rounded to `decimals` digits so that they add up to the rounded `whole` (面积闭合).

    Each part is rounded down, and the units left over go one each to the parts that lost most (largest remainder;
    of equals, to the first), so that no part is off by a unit of the last digit or more. Without `whole` it is the sum
    of the parts. Raises GisError where a part is not finite, and where `whole` is so far from the sum that rounding
    cannot explain it (more than a unit of the last digit per part).
    """
    exact = np.asarray(parts, np.float64).reshape(-1)
    if not np.isfinite(exact).all():
        raise GisError(
            "面积中有空值或非有限数，无法闭合。", "A part is NaN or infinite, so that parts cannot be closed."
        )
    scale = 10**decimals
    total = math.fsum(exact) if whole is None else whole
    target = round(round_half_up(total, decimals) * scale)
    scaled = exact * scale
    nearest = np.rint(scaled)
    floors = np.where(np.abs(scaled - nearest) <= np.abs(scaled) * 2**-51, nearest, np.floor(scaled))
    missing = target - int(sum(floors.tolist()))
    if not 0 <= missing <= len(exact):
        raise _cannot_close(exact, total, decimals)
    lost = np.argsort(floors - scaled, kind="stable")[:missing]
    floors[lost] += 1
    rounded: NDArray[np.float64] = floors / scale
    return rounded


def _cannot_close(parts: Sequence[float] | NDArray[np.float64], whole: float, decimals: int) -> GisError:
    total = math.fsum(parts)
    return GisError(
        f"各部分之和 {total:.{decimals}f} 与总数 {whole:.{decimals}f} 相差过大，不是舍入误差。",
        f"The parts sum to {total:.{decimals}f} but the whole is {whole:.{decimals}f}: more than rounding explains.",
        remedy_zh="请先查明差额。",
        remedy_en="Find the cause of the difference first.",
    )
