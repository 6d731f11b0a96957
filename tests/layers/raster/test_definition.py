"""What a raster file may say, and what is said about one that is wrong."""

from __future__ import annotations

import pytest

from layers.errors import DefinitionError
from tests.layers.raster.conftest import definition


def test_kg_per_ha_makes_a_raster_of_yields() -> None:
    assert definition().yield_unit == "kg/ha"


def test_metres_make_none() -> None:
    assert definition(unit="m").yield_unit is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"unit": "furlong"}, "unit: unknown unit"),
        ({"file": "../r.tif"}, "file: must be the name of a .tif"),
        ({"file": "r.vrt"}, "file: must be the name of a .tif"),
        ({"crs": 1}, "crs: EPSG:1 is not a known"),
        ({"colour": "red"}, "valid: id, title"),
        ({"theme": "moon"}, "There is no theme 'moon'"),
        ({"style": {"stops": [{"value": 1.0, "colour": "#ffffff"}]}}, "must ascend"),
        ({"style": {"stops": [{"value": 1.0, "colour": "white"}]}}, "style.stops.0.colour"),
    ],
)
def test_a_wrong_key_is_named(change: dict[str, object], said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        definition(**change)
    assert said in caught.value.en
