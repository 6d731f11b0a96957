from __future__ import annotations

import numpy as np
import pytest

from gis.exact import ExactCoordinates

METRES = np.array([[39_618_000.1234, 3_870_000.0001], [39_618_060.0, 3_869_999.9999]])
DEGREES = np.array([[118.312345678, 34.98], [-118.1, 34.987654321]])
FREE = np.array([[1 / 3, 2 / 3]])


@pytest.mark.parametrize("xy", [METRES, DEGREES[:1], FREE])
def test_every_double_comes_back(xy: np.ndarray) -> None:
    assert (ExactCoordinates.of([xy])[np.arange(len(xy))] == xy).all()


def test_tenths_of_millimetres_take_half_the_memory() -> None:
    assert ExactCoordinates.of([METRES, METRES]).values.nbytes == 2 * METRES.nbytes // 2


@pytest.mark.parametrize("pieces", [[FREE], [METRES, FREE], [METRES, METRES + np.array([300_000, 0])], [DEGREES]])
def test_what_whole_units_do_not_give_back_is_kept_as_it_is(pieces: list[np.ndarray]) -> None:
    """A third, more than 214 km or 2.1 degrees from the first vertex."""
    found = ExactCoordinates.of(pieces)
    assert (found.values == np.concatenate(pieces)).all()


def test_nothing_is_kept_of_nothing() -> None:
    assert ExactCoordinates.of([])[np.arange(0)].shape == (0, 2)


def test_vertices_come_in_the_order_asked_for() -> None:
    assert (ExactCoordinates.of([METRES])[np.array([1, 0, 1])] == METRES[[1, 0, 1]]).all()
