"""In which language can a picture be lettered?"""

from __future__ import annotations

import pytest

from layers.drawing import Lettering, Numbering
from layers.drawing.lettering import LATIN, chinese_family

CHINESE = Lettering("zh", ("SimHei", LATIN))
LATIN_ONLY = Lettering("en", (LATIN,))


def test_the_best_chinese_family_is_taken() -> None:
    assert chinese_family(["Arial", "SimSun", "Microsoft YaHei"]) == "Microsoft YaHei"


def test_without_a_chinese_family_there_is_none() -> None:
    assert chinese_family(["Arial", LATIN]) is None


@pytest.mark.parametrize(("text", "drawn"), [("Tangya", True), ("m²", True), ("塘崖村", False)])
def test_without_a_chinese_font_only_latin_is_drawn(text: str, drawn: bool) -> None:
    assert LATIN_ONLY.can_draw(text) is drawn


def test_names_that_cannot_be_drawn_are_numbered_with_a_key() -> None:
    numbers = Numbering(LATIN_ONLY)
    assert [numbers.drawn(name) for name in ("塘崖村", "Tangya", "红日村")] == ["1", "Tangya", "2"]
    assert numbers.key == ["1 塘崖村", "2 红日村"]


def test_names_that_can_be_drawn_need_no_key() -> None:
    numbers = Numbering(CHINESE)
    assert numbers.drawn("塘崖村") == "塘崖村"
    assert numbers.key == []
