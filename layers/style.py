"""How is a layer drawn, and what does its legend say?"""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

COLOUR = r"^#[0-9a-fA-F]{6}$"


class Symbol(BaseModel):
    """Colours as #rrggbb, widths and radii in pixels, opacities 0 to 1; `hatch` draws diagonal lines over the fill."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fill: str | None = Field(default=None, pattern=COLOUR)
    fill_opacity: float = Field(default=0.6, ge=0, le=1)
    stroke: str | None = Field(default="#555555", pattern=COLOUR)
    width: float = Field(default=0.8, ge=0, le=20)
    dash: str | None = Field(default=None, pattern=r"^\d+( \d+)*$")
    radius: float = Field(default=6, gt=0, le=40)
    hatch: bool = False


class StyleClass(BaseModel):
    """One class of a categorical style: a value of the field and what differs from the default symbol.

    Titles are left out where the field has a code list: the list gives them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: str | int | bool
    title_zh: str | None = None
    title_en: str | None = None
    fill: str | None = Field(default=None, pattern=COLOUR)
    stroke: str | None = Field(default=None, pattern=COLOUR)


class Style(BaseModel):
    """A single symbol, or classes by the values of `field`; `label` names the field written on the map.

    `colours_from_codes` takes each class's title and colour from the code list of `field`; `order` is the drawing
    order (higher is on top); `visible` is whether the layer is on when the page opens.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    symbol: Symbol = Symbol(fill="#8da0cb")
    field: str | None = None
    colours_from_codes: bool = False
    classes: tuple[StyleClass, ...] = ()
    label: str | None = None
    order: int = 100
    visible: bool = True
    min_zoom: int = Field(default=0, ge=0, le=24)

    @model_validator(mode="after")
    def _classes_hold(self) -> Self:
        if self.classes and self.field is None:
            raise ValueError("classes need field to name what they are the values of")
        values = [str(item.value) for item in self.classes]
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise ValueError(f"classes with the same value: {', '.join(twice)}")
        return self

    def fields(self) -> set[str]:
        """The fields the style reads."""
        return {name for name in (self.field, self.label) if name}
