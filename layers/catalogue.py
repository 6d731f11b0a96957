"""Which layers are there?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from layers.codes import code_list
from layers.definition import LayerDefinition, read_definition
from layers.errors import DefinitionError, UnknownLayer
from layers.roles import RANK, Role

THEMATIC = Path(__file__).parent / "thematic"


class Catalogue(Mapping[str, LayerDefinition]):
    """Layer definitions by id, in drawing order; asking for a layer that is not there raises UnknownLayer."""

    def __init__(self, definitions: Mapping[str, LayerDefinition]) -> None:
        self._definitions = dict(sorted(definitions.items(), key=lambda item: (item[1].style.order, item[0])))

    def __getitem__(self, layer: str) -> LayerDefinition:
        try:
            return self._definitions[layer]
        except KeyError:
            raise UnknownLayer(layer, self._definitions) from None

    def __contains__(self, layer: object) -> bool:
        return layer in self._definitions

    def __iter__(self) -> Iterator[str]:
        return iter(self._definitions)

    def __len__(self) -> int:
        return len(self._definitions)

    @cached_property
    def seen_whole_by(self) -> Role | None:
        """The first role that sees every layer and every field; None where everyone does."""
        layers = self._definitions.values()
        needed = [each.visible_to for each in layers] + [field.visible_to for each in layers for field in each.fields]
        return max(filter(None, needed), key=RANK.__getitem__, default=None)

    def with_layer(self, definition: LayerDefinition) -> Catalogue:
        """This catalogue with `definition` added or put in the place of the one with its id."""
        return Catalogue({**self._definitions, definition.id: definition})


def load_catalogue(*folders: Path) -> Catalogue:
    """The layers of `layers/thematic` and of `folders`: every *.toml is one layer.

    Raises DefinitionError for a file that is wrong, a code list that does not exist and an id used twice.
    """
    found: dict[str, tuple[Path, LayerDefinition]] = {}
    for folder in (THEMATIC, *folders):
        if not folder.is_dir():
            raise DefinitionError(
                "图层文件夹不存在。", "The layer folder does not exist.", place=str(folder),
                remedy_zh="请检查设置 GAODU_LAYERS。", remedy_en="Check the setting GAODU_LAYERS.",
            )  # fmt: skip
        for path in sorted(folder.glob("*.toml")):
            definition = read_definition(path)
            if definition.id in found:
                other = found[definition.id][0]
                raise DefinitionError(
                    f"图层 id“{definition.id}”已在 {other} 中使用。",
                    f"The layer id {definition.id!r} is already used in {other}.",
                    place=f"{path}: id",
                )
            check_codes(definition, place=str(path))
            found[definition.id] = (path, definition)
    return Catalogue({layer: definition for layer, (_, definition) in found.items()})


def check_codes(definition: LayerDefinition, *, place: str) -> None:
    """Raises DefinitionError where `definition` names a theme or a code list that does not exist."""
    themes = code_list("themes")
    if definition.theme not in themes:
        raise DefinitionError(
            f"没有名为“{definition.theme}”的主题。",
            f"There is no theme {definition.theme!r}.",
            place=f"{place}: theme",
            remedy_zh=f"可用主题：{'、'.join(themes)}。",
            remedy_en=f"Themes: {', '.join(themes)}.",
        )
    for field in definition.fields:
        if field.codes:
            try:
                code_list(field.codes)
            except DefinitionError as error:
                error.place = f"{place}: fields.{field.name}.codes"
                raise
