from __future__ import annotations

import numpy as np
import pytest

from gis.bands import INDICES, index, parsed
from gis.errors import RasterError
from gis.raster import CellWindow, Raster
from tests.gis.grids import write

ONE = CellWindow(0, 0, 1, 2)


@pytest.fixture
def raster(tmp_path):
    """Red 50 and 0, near infrared 150 and 0."""
    with Raster(write(tmp_path / "a.tif", np.array([[[50, 0]], [[150, 0]]], np.uint8))) as opened:
        yield opened


def value(text, **names):
    return parsed(text).of({k: np.array([v], np.float32) for k, v in names.items()})[0]


def test_ndvi_of_small_unsigned_numbers_does_not_wrap_round(raster):
    found = index(raster, "NDVI", {"red": 2, "nir": 1}).read(ONE)
    assert found[0, 0] == -0.5  # (50 - 150) / (50 + 150)


def test_ndvi_of_nothing_is_no_data(raster):
    assert np.isnan(index(raster, "ndvi", {"red": 1, "nir": 2}).read(ONE)[0, 1])


def test_bands_go_by_number_too(raster):
    assert index(raster, "b2 - b1").read(ONE).tolist() == [[100, 0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * 2", 13), ("(a + b) * 2", 16), ("-a", -3), ("+a - -b", 8), ("max(a, b) - min(a, b)", 2),
        ("sqrt(abs(-a * 12))", 6), ("log(a / a)", 0), ("a / 2e0", 1.5), (" a ", 3),
    ],
)  # fmt: skip
def test_arithmetic(text, expected):
    assert value(text, a=3, b=5) == expected


@pytest.mark.parametrize("text", ["a / 0", "sqrt(0 - a)", "log(a - a)"])
def test_what_is_not_finite_is_no_data(text):
    assert np.isnan(value(text, a=3))


@pytest.mark.parametrize(
    "text",
    [
        "", "a +", "a b", "a; b", "a ** 2", "a // 2", "a if a else a", "a[0]", "a.real", "'a'", "[a]", "a and a",
        "a == a", "lambda: a", "__import__('os')", "sqrt(a, a)", "sqrt(a=1)", "max(a)", "eval(a)", "sqrt", "True + a",
        "1j * a", "1e400 + a", "9" * 400 + " + a", "1 + 1", "(" * 240 + "a" + ")" * 240, "-" * 300 + "a", "a" * 501,
        "a\0", "(a := 1)", "f'{a}'", "a @ a", "~a", "not a",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(RasterError, match=r"formula|not allowed|levels|longer|no band"):
        parsed(text)


def test_unknown_band_is_refused_with_the_choices(raster):
    with pytest.raises(RasterError, match="red, b1, b2"):
        index(raster, "nir / red", {"red": 1})


@pytest.mark.parametrize("name", INDICES)
def test_indices_are_formulas(name):
    assert set(parsed(INDICES[name]).names) <= {"red", "green", "blue", "nir", "swir"}


def test_ndvi_of_a_real_scene(shared_data):
    with Raster(shared_data / "rasters_ndvi" / "naip" / "m_4709963_se_14_1_20180716.tif") as scene:
        window = CellWindow(100, 200, 300, 250)
        found = index(scene, "ndvi", {"red": 1, "nir": 4}).read(window)
        red, nir = (scene.band(k).read(window).astype(float) for k in (1, 4))
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(found, (nir - red) / (nir + red))
    assert -1 <= np.nanmin(found) < np.nanmax(found) <= 1
