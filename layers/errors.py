"""What can go wrong around layers, as one tree.

Problem (gis.errors)
└── LayersError
    ├── DefinitionError     a layer file is wrong: file, key and the valid choices
    ├── UnknownLayer        no layer of that id
    ├── UnknownField        the layer has no such field
    ├── InvalidFeature      a feature does not fit the layer's definition
    ├── StoreError          the store cannot be opened or written
    │   └── StaleWrite      somebody wrote the feature in between
    ├── ImportRefused       a file cannot be taken in as it is
    ├── ExportRefused       a layer cannot be written in that form
    └── ReportError         a report file is wrong: file, line and cause
        └── UnknownYear     there is no report of that year
"""

from __future__ import annotations

from collections.abc import Iterable

from gis.errors import Problem


class LayersError(Problem):
    """Base of everything that `layers` raises on purpose."""

    code = "layers"


class DefinitionError(LayersError):
    """A layer file is wrong."""

    code = "definition"


class UnknownLayer(LayersError):
    """No layer of that id."""

    code = "unknown_layer"

    def __init__(self, layer: str, known: Iterable[str]) -> None:
        choices = "、".join(known)
        super().__init__(
            f"没有名为“{layer}”的图层。",
            f"There is no layer {layer!r}.",
            remedy_zh=f"可用图层：{choices}。",
            remedy_en=f"Layers: {choices.replace('、', ', ')}.",
        )


class UnknownField(LayersError):
    """The layer has no such field."""

    code = "unknown_field"

    def __init__(self, layer: str, field: str, known: Iterable[str]) -> None:
        choices = "、".join(known)
        super().__init__(
            f"图层“{layer}”没有字段“{field}”。",
            f"Layer {layer!r} has no field {field!r}.",
            remedy_zh=f"可用字段：{choices}。",
            remedy_en=f"Fields: {choices.replace('、', ', ')}.",
        )


class InvalidFeature(LayersError):
    """A feature does not fit the layer's definition."""

    code = "invalid_feature"


class StoreError(LayersError):
    """The store cannot be opened, read or written."""

    code = "store"


class StaleWrite(StoreError):
    """The feature was changed by somebody else in between."""

    code = "stale_write"


class ImportRefused(LayersError):
    """A file cannot be taken in as it is."""

    code = "import_refused"


class ExportRefused(LayersError):
    """A layer cannot be written in that form."""

    code = "export_refused"


class ReportError(LayersError):
    """A report file is wrong."""

    code = "report"


class UnknownYear(ReportError):
    """There is no report of that year."""

    code = "unknown_year"
