"""In which font, and so in which language, can a picture be lettered?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from matplotlib.font_manager import fontManager

LATIN = "DejaVu Sans"
"""Comes with matplotlib."""

CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans GB", "SimHei", "DengXian", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback",
    "AR PL UMing CN", "Heiti SC", "STHeiti", "SimSun", "FangSong", "KaiTi", "Noto Serif CJK SC", "Arial Unicode MS",
    "Noto Sans CJK JP", "Unifont",
)  # fmt: skip
"""Families with Chinese characters that systems bring along, the best for small letters first."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """The font families of a picture, and the language its words are written in.

    Without a Chinese font that is English, and what is named in Chinese only is numbered: nothing turns into boxes.
    """

    language: str
    families: tuple[str, ...]

    @property
    def has_chinese(self) -> bool:
        """Whether Chinese can be drawn."""
        return len(self.families) > 1

    def can_draw(self, text: str) -> bool:
        """Whether `text` can be drawn: without a Chinese font only Latin letters can."""
        return self.has_chinese or all(ord(letter) < 0x250 for letter in text)

    def fitting(self, text: str) -> str:
        """`text` with a question mark for what cannot be drawn; only for names that were not numbered."""
        return text if self.can_draw(text) else "".join(letter if ord(letter) < 0x250 else "?" for letter in text)


@dataclass(slots=True)
class Numbering:
    """Numbers in place of the names that a lettering cannot draw; `key` says what each stands for, below a picture."""

    lettering: Lettering
    key: list[str] = field(default_factory=list)

    def drawn(self, name: str) -> str:
        """`name`, or the number that stands for it."""
        if self.lettering.can_draw(name):
            return name
        self.key.append(f"{len(self.key) + 1} {name}")
        return str(len(self.key))


def lettering(language: str) -> Lettering:
    """The lettering for `language` ("zh" or "en") with the fonts of this machine."""
    found = chinese_family(_installed())
    return Lettering("en", (LATIN,)) if found is None else Lettering(language, (found, LATIN))


def chinese_family(installed: Sequence[str]) -> str | None:
    """The best family with Chinese characters among `installed`; None if there is none."""
    return next((family for family in CHINESE if family in installed), None)


@cache
def _installed() -> tuple[str, ...]:
    return tuple(sorted({entry.name for entry in fontManager.ttflist}))
