"""What can go wrong in the spatial engine, as one tree.

Problem                 a refusal that a person can act on, in Chinese and English
└── GisError            raised by `gis`
    ├── GeometryError   a geometry is not what the operation needs
    ├── CrsError        a coordinate system is missing, unknown or may not be mixed
    ├── FormatError     a file is not what its name says, or cannot be read or written
    └── RasterError     grids differ, bands are missing, a raster cannot be read
"""

from __future__ import annotations


class Problem(Exception):
    """A refusal: what came, where, what is allowed and what to do, in `zh` and `en`.

    `place` names the file, layer, feature, field or line; `remedy_zh` and `remedy_en` say what to do about it.
    `code` is stable and machine-readable; `api/errors.py` maps the class to an HTTP status.
    """

    code = "problem"

    def __init__(self, zh: str, en: str, *, place: str = "", remedy_zh: str = "", remedy_en: str = "") -> None:
        super().__init__(en)
        self.zh, self.en, self.place = zh, en, place
        self.remedy_zh, self.remedy_en = remedy_zh, remedy_en

    def text(self, language: str = "zh") -> str:
        """The whole message on one line, in `language` ("zh" or "en")."""
        message, remedy = (self.en, self.remedy_en) if language == "en" else (self.zh, self.remedy_zh)
        return " ".join(part for part in (f"{self.place}:" if self.place else "", message, remedy) if part)

    def __str__(self) -> str:
        return f"{self.text('zh')} | {self.text('en')}"


class GisError(Problem):
    """Base of everything that `gis` raises on purpose."""

    code = "gis"


class GeometryError(GisError):
    """A geometry is not what the operation needs."""

    code = "geometry"


class CrsError(GisError):
    """A coordinate system is missing, unknown, or differs from the one needed."""

    code = "crs"


class FormatError(GisError):
    """A file is not what its name says, or cannot be read or written."""

    code = "format"


class RasterError(GisError):
    """Grids differ, a band is missing, or a raster cannot be read."""

    code = "raster"
