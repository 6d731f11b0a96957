"""A stranger's GeoTIFF: the values a legend is divided at. What is kept and refused is tested with layers.raster."""

from gis.geotiff import breaks


def test_equal_steps_from_least_to_greatest() -> None:
    assert breaks(0, 8, 4) == [0, 2, 4, 6, 8]


def test_values_are_rounded_to_a_digit_beyond_their_step() -> None:
    # a step of 1/3: its first digit stands in the tenths, so two decimals
    assert breaks(0, 1, 3) == [0, 0.33, 0.67, 1]


def test_large_steps_have_no_decimals() -> None:
    assert breaks(6284.38, 7754.62, 4) == [6284, 6652, 7020, 7387, 7755]
