"""Which features does the filter of a request ask for?"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.asking.coordinates import CRS84, named_crs
from api.errors import BadParameter
from layers.definition import LayerDefinition
from layers.filtering import Expression, FilterCrs, Language, parse_filter

FILTER = "过滤条件（CQL2） / filter in CQL2, such as DLBM = '0101' AND area_m2 > 1000"
LANGUAGE = "过滤语言 / language of the filter: cql2-text, cql2-json"
CRS = "过滤条件中坐标的坐标系 URI / URI of the CRS of coordinates in the filter; else longitude and latitude (CRS84)"


class FilterParameters(BaseModel):
    """The parameters of OGC API Features Part 3, 6.1, for models of parameters to inherit."""

    model_config = ConfigDict(populate_by_name=True)

    filter: str | None = Field(None, description=FILTER)
    filter_lang: Language = Field("cql2-text", alias="filter-lang", description=LANGUAGE)
    filter_crs: str | None = Field(None, alias="filter-crs", description=CRS)

    def expression(self, definition: LayerDefinition) -> Expression | None:
        """What the filter asks of the layer; None where there is none.

        Raises InvalidFilter, UnknownField, and BadParameter for a CRS the layer is not given in or one without filter.
        """
        if self.filter is None:
            if self.filter_crs is not None:
                raise BadParameter(
                    "有 filter-crs 而没有 filter。", "There is a filter-crs and no filter.", place="filter-crs",
                    remedy_zh="请写明 filter。", remedy_en="Give a filter.",
                )  # fmt: skip
            return None
        return parse_filter(self.filter, language=self.filter_lang, definition=definition, crs=self._crs(definition))

    def _crs(self, definition: LayerDefinition) -> FilterCrs:
        if self.filter_crs is None:
            return "CRS84"
        named = named_crs(self.filter_crs, definition, place="filter-crs")
        return "CRS84" if named == CRS84 else named.epsg


def get_filter(
    filter: Annotated[str | None, Query(description=FILTER)] = None,
    filter_lang: Annotated[Language, Query(alias="filter-lang", description=LANGUAGE)] = "cql2-text",
    filter_crs: Annotated[str | None, Query(alias="filter-crs", description=CRS)] = None,
) -> FilterParameters:
    """The filter of a route that has parameters of its own, to be read once the layer is known."""
    return FilterParameters(filter=filter, filter_lang=filter_lang, filter_crs=filter_crs)


FilterDep = Annotated[FilterParameters, Depends(get_filter)]
