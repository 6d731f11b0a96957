"""How is a filter refused?"""

from __future__ import annotations

from collections.abc import Iterable

from layers.errors import LayersError

SHOWN = 80
"""Characters of a filter that are repeated in a message."""


class InvalidFilter(LayersError):
    """A filter cannot be read, or asks for something the layer cannot answer."""

    code = "invalid_filter"


def shown(value: object) -> str:
    """`value` for a message, cut to SHOWN characters."""
    text = str(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def refusal(zh: str, en: str, *, choices: Iterable[str] = (), remedy: tuple[str, str] = ("", "")) -> InvalidFilter:
    """An InvalidFilter with its remedy: the choices there are, or the one given."""
    listed = list(choices)
    remedy_zh, remedy_en = (f"可选：{'、'.join(listed)}。", f"Choices: {', '.join(listed)}.") if listed else remedy
    return InvalidFilter(zh, en, place="filter", remedy_zh=remedy_zh, remedy_en=remedy_en)
