"""Which symbol does a feature get, and what is it called?"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from layers.codes import code_list
from layers.definition import LayerDefinition
from layers.style import StyleClass, Symbol


class LegendEntry(BaseModel):
    """One line of a legend: the value it stands for (None: all others, or all), its titles and its symbol."""

    model_config = ConfigDict(frozen=True)

    value: str | int | bool | None
    title_zh: str
    title_en: str
    symbol: Symbol


def legend(definition: LayerDefinition) -> list[LegendEntry]:
    """The legend of a layer: one entry a class, last the entry of everything else; a single entry without classes."""
    style = definition.style
    classes = style.classes or (_classes_from_codes(definition) if style.colours_from_codes else ())
    entries = [_entry(definition, item) for item in classes]
    rest = LegendEntry(
        value=None,
        title_zh="其他" if entries else definition.title.zh,
        title_en="Other" if entries else definition.title.en,
        symbol=style.symbol,
    )
    return [*entries, rest]


def _classes_from_codes(definition: LayerDefinition) -> tuple[StyleClass, ...]:
    field = definition.field(definition.style.field or "")
    codes = code_list(field.codes or "").values()
    return tuple(StyleClass(value=code.code, fill=code.colour) for code in codes if code.colour)


def _entry(definition: LayerDefinition, item: StyleClass) -> LegendEntry:
    symbol = definition.style.symbol
    changes = {"fill": item.fill, "stroke": item.stroke}
    name_zh, name_en = _names(definition, item)
    return LegendEntry(
        value=item.value,
        title_zh=name_zh,
        title_en=name_en,
        symbol=symbol.model_copy(update={key: value for key, value in changes.items() if value}),
    )


def _names(definition: LayerDefinition, item: StyleClass) -> tuple[str, str]:
    codes = definition.field(definition.style.field or "").codes
    code = code_list(codes).get(str(item.value)) if codes else None
    zh = item.title_zh or (code.name_zh if code else str(item.value))
    return zh, item.title_en or (code.name_en if code else zh)
