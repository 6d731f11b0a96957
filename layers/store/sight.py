"""What of a store does a role see?"""

from __future__ import annotations

from dataclasses import dataclass

from layers.catalogue import Catalogue
from layers.definition import LayerDefinition
from layers.roles import Role, sees


@dataclass(frozen=True, slots=True)
class Sight:
    """The eyes of `role`; None is somebody who did not sign in. `whole` sees everything, as the program itself does."""

    role: Role | None = None
    whole: bool = False

    def catalogue(self, found: Catalogue) -> Catalogue:
        """The layers of `found` that are seen, each with the fields that are; `found` itself where that is all."""
        if self.whole or not hides(found, self.role):
            return found
        shown = {layer: each for layer, each in found.items() if sees(self.role, each.visible_to)}
        return Catalogue({layer: self._fields(each) for layer, each in shown.items()})

    def shows(self, needed: Role | None) -> bool:
        """Whether what is visible from the role `needed` on (None: to everyone) is seen."""
        return self.whole or sees(self.role, needed)

    def _fields(self, definition: LayerDefinition) -> LayerDefinition:
        shown = tuple(field for field in definition.fields if sees(self.role, field.visible_to))
        return definition if shown == definition.fields else definition.model_copy(update={"fields": shown})


WHOLE = Sight(whole=True)


def hidden(found: Catalogue, seen: Catalogue) -> dict[str, frozenset[str]]:
    """The layers of `found` that `seen` has not, with no fields, or has without the fields named."""
    lacking = {
        layer: frozenset(each.field_names) - frozenset(seen[layer].field_names) if layer in seen else frozenset()
        for layer, each in found.items()
    }
    return {layer: fields for layer, fields in lacking.items() if fields or layer not in seen}


def hides(found: Catalogue, role: Role | None) -> bool:
    """Whether `found` has a layer or a field that `role` does not see."""
    return not sees(role, found.seen_whole_by)
