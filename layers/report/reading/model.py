"""What is read out of a report: figures, numbers that are none, headings, doubts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Doubt(Enum):
    """Why a person should look at a figure; the value is (zh, en)."""

    UNKNOWN_UNIT = ("单位表中没有这个单位", "the unit is not in the list of units")
    GUESSED_UNIT = ("原文未写单位，按上下文推定", "no unit is printed; taken from the context")
    MAYBE_NAME = ("可能是名称或泛指，而不是数据", "may be a name or a manner of speaking")
    WORD = ("数字以文字表示", "the number is a word")
    RANGE = ("区间的一端", "one end of a range")
    APPROXIMATE = ("原文为约数或界限", "printed as approximate or as a bound")
    PERIOD = ("时期可能不是一整年", "the period may not be what it seems")
    NAMELESS = ("没有找到所指事物的名称", "no name was found for what it counts")
    GROWTH = ("增幅所属的数据不明确", "it is not clear which figure this change belongs to")
    PLAN = ("可能是目标或计划数", "may be a target or a plan")
    CLOSE_CODES = ("另有相近的编码", "another code fits nearly as well")
    WEAK_CODE = ("编码匹配把握不大", "the code was matched by a weak likeness")

    @property
    def zh(self) -> str:
        return str(self.value[0])

    @property
    def en(self) -> str:
        return str(self.value[1])


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading at offset `start`: level 1 (一、), 2 ((一)) or 3 (一是, 1.), its `mark` and its words."""

    start: int
    level: int
    mark: str
    title: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """A figure of a report's text.

    `start` and `end` are the offsets of the number with its scale (240万) in the text, `printed` those characters;
    `unit_zh` is the unit as printed, `unit` its code in data/codes/units.csv or None, `value` the number in `unit`.
    `qualifier` is the word beside the number (余, 超, 约 ...). `period` is a year or "first month/last month".
    `change_of`, `part_of` and `share_of` are the `start` of the figure that this one is the change, a part, or the
    share of; `change` is the word (增长, 下降 ...). `clause` and `sentence` surround the number, for matching;
    `headings` is the path of headings.
    """

    start: int
    end: int
    printed: str
    value: str
    unit: str | None
    unit_zh: str
    name: str
    period: str
    qualifier: str | None = None
    headings: tuple[Heading, ...] = ()
    change: str | None = None
    change_of: int | None = None
    part_of: int | None = None
    share_of: int | None = None
    clause: str = ""
    sentence: str = ""
    doubts: tuple[Doubt, ...] = ()

    @property
    def falls(self) -> bool:
        """Whether it is the size of a fall."""
        return bool(self.change) and self.change in FALLS


FALLS = frozenset({"下降", "降低", "减少", "回落", "下滑", "缩减", "压减", "降幅", "减幅", "负增长", "净减"})


@dataclass(frozen=True, slots=True)
class SetAside:
    """A number in the text that is no figure, at `start`, with the reason."""

    start: int
    end: int
    printed: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What `read_text` found: the report's year, its headings, its figures and the numbers set aside, by position."""

    year: int
    headings: tuple[Heading, ...]
    figures: tuple[Extracted, ...]
    set_aside: tuple[SetAside, ...]
