"""Styles in MapLibre's words: what is drawn, in which colours, with which patterns."""

from __future__ import annotations

import re

import numpy as np
import pytest

from layers.catalogue import load_catalogue
from layers.definition import LayerDefinition, parse_definition
from layers.maplibre import hatches, sprite, vector_layers

KEYS = {"id", "type", "source", "source-layer", "minzoom", "layout", "paint", "filter", "metadata"}
PAINT = {
    "fill": {"fill-color", "fill-opacity", "fill-antialias", "fill-pattern"},
    "line": {"line-color", "line-width", "line-dasharray"},
    "circle": {"circle-radius", "circle-color", "circle-opacity", "circle-stroke-color", "circle-stroke-width"},
    "symbol": {"text-color", "text-halo-color", "text-halo-width"},
}
"""The properties of the specification (version 8) that may stand in our styles, by type of layer."""

COLOUR = re.compile(r"#[0-9a-fA-F]{6}|rgba\(0,0,0,0\)")
CATALOGUE = load_catalogue()

LAYER = """
id = "{geometry}s"
title = {{ zh = "图层", en = "Layer" }}
geometry = "{geometry}"
crs = 4490
date = 2024-12-31
source = {{ zh = "测试", en = "test" }}
fields = [
    {{ name = "KIND", title = {{ zh = "类", en = "Kind" }}, type = "{kind}" }},
    {{ name = "NAME", title = {{ zh = "名", en = "Name" }}, type = "text" }},
]
{area}
[style]
{style}
"""


def layer(geometry: str, style: str, kind: str = "text") -> LayerDefinition:
    area = 'area = { method = "ellipsoidal" }' if geometry == "polygon" else ""
    return parse_definition(LAYER.format(geometry=geometry, style=style, kind=kind, area=area), place="x")


def of_type(definition: LayerDefinition, kind: str) -> dict:
    return next(made for made in vector_layers(definition, "s") if made["type"] == kind)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_layer_is_drawn_in_words_of_the_specification(name: str) -> None:
    made = vector_layers(CATALOGUE[name], "s")
    assert made
    assert len({each["id"] for each in made}) == len(made)
    for each in made:
        assert set(each) <= KEYS
        assert set(each["paint"]) <= PAINT[each["type"]]
        assert (each["source"], each["source-layer"]) == ("s", name)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_a_match_names_each_value_once(name: str) -> None:
    for each in vector_layers(CATALOGUE[name], "s"):
        for value in each["paint"].values():
            if isinstance(value, list) and value[0] == "match":
                labels = [label for group in value[2:-1:2] for label in group]
                assert len(labels) == len(set(labels))
                assert all(COLOUR.fullmatch(colour) for colour in [*value[3:-1:2], value[-1]])


def test_classes_become_a_match() -> None:
    classes = 'classes = [{ value = "a", fill = "#111111" }, { value = "b", fill = "#222222" }]'
    style = f'field = "KIND"\nsymbol = {{ fill = "#333333" }}\n{classes}'
    fill = of_type(layer("polygon", style), "fill")
    assert fill["paint"]["fill-color"] == ["match", ["get", "KIND"], ["a"], "#111111", ["b"], "#222222", "#333333"]


def test_classes_of_numbers_are_matched_as_text() -> None:
    style = 'field = "KIND"\nclasses = [{ value = 1, fill = "#111111" }]'
    expression = of_type(layer("polygon", style, "integer"), "fill")["paint"]["fill-color"]
    assert expression[1:4] == [["to-string", ["get", "KIND"]], ["1"], "#111111"]


def test_a_layer_without_fill_is_drawn_by_its_outline() -> None:
    made = vector_layers(layer("polygon", 'symbol = { stroke = "#ff0000", width = 2, dash = "8 4" }'), "s")
    # dashes count in widths of the line: 8 / 2 and 4 / 2
    assert [(each["type"], each["paint"]["line-dasharray"]) for each in made] == [("line", [4, 2])]


def test_points_are_circles() -> None:
    style = 'symbol = { fill = "#00ff00", radius = 5, stroke = "#000000", width = 1 }'
    assert of_type(layer("point", style), "circle")["paint"]["circle-radius"] == 5


def test_a_label_is_written_for_single_features_only() -> None:
    label = of_type(layer("point", 'label = "NAME"'), "symbol")
    assert label["layout"]["text-field"] == ["to-string", ["get", "NAME"]]
    assert label["filter"] == ["!", ["has", "gaodu_merged"]]


def test_a_layer_that_is_off_is_not_visible() -> None:
    assert of_type(layer("line", "visible = false"), "line")["layout"]["visibility"] == "none"


def test_titles_of_the_legend_stand_in_the_metadata() -> None:
    metadata = vector_layers(CATALOGUE["farmland_protection"], "s")[0]["metadata"]
    first = metadata["gaodu:legend"][0]
    assert metadata["gaodu:title_zh"] == "耕地保护"
    assert {"title_zh", "title_en", "fill"} <= set(first)


def test_hatching_is_a_pattern_of_the_sprite() -> None:
    definition = layer("polygon", 'symbol = { fill = "#ffff00", stroke = "#ff0000", hatch = true }')
    patterns = [each["paint"]["fill-pattern"] for each in vector_layers(definition, "s")
                if "fill-pattern" in each["paint"]]  # fmt: skip
    index, _ = sprite(list(hatches([definition]).values()), 1)
    assert patterns == ["hatch-ff0000"]
    assert index["hatch-ff0000"] == {"x": 0, "y": 0, "width": 8, "height": 8, "pixelRatio": 1}


def test_a_hatch_is_one_diagonal_line() -> None:
    _, picture = sprite(["#ff0000"], 1)
    # eight squares of the diagonal from the lower left to the upper right
    assert [(int(row), int(column)) for row, column in np.argwhere(picture[..., 3])] == [(k, 7 - k) for k in range(8)]
    assert picture[0, 7].tolist() == [255, 0, 0, 190]


def test_without_patterns_the_sprite_is_transparent() -> None:
    index, picture = sprite([], 2)
    assert (index, picture.any()) == ({}, np.False_)
