"""Are the code lists well formed, and do the layers' themes and units come from them?"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from layers.catalogue import load_catalogue
from layers.codes import code_list

CODES = Path(__file__).resolve().parents[2] / "data" / "codes"
LISTS = sorted(CODES.glob("*.csv"))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_codes_are_unique_and_named_in_both_languages(path: Path) -> None:
    entries = rows(path)
    assert len({entry["code"] for entry in entries}) == len(entries) > 0
    assert all(entry["code"] and entry["name_zh"] and entry["name_en"] for entry in entries)


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_colours_are_three_bytes(path: Path) -> None:
    for entry in rows(path):
        parts = (entry.get("rgb") or "0 0 0").split()
        assert len(parts) == 3
        assert all(0 <= int(part) <= 255 for part in parts)


def test_every_theme_of_a_layer_has_names() -> None:
    assert {definition.theme for definition in load_catalogue().values()} <= set(code_list("themes"))


def test_every_unit_of_a_field_has_names() -> None:
    units = {field.unit for layer in load_catalogue().values() for field in layer.fields if field.unit}
    assert units <= set(code_list("units"))


def test_a_mu_is_two_thousand_thirds_of_a_square_metre() -> None:
    factors = {entry["code"]: Fraction(entry["factor"]) for entry in rows(CODES / "units.csv")}
    assert factors["mu"] == Fraction(2000, 3)
    assert factors["wan_jin"] == 10_000 * factors["jin"]


def test_land_use_holds_what_the_third_survey_adds() -> None:
    added = {"05H1", "0508", "08H1", "08H2", "08H2A", "09", "0810A", "1104A", "1107A", "0201K", "1104K", "1301", "1304"}
    assert added <= set(code_list("land_use"))


def test_land_use_codes_fit_the_field_they_are_for() -> None:
    assert max(map(len, code_list("land_use"))) <= 5
