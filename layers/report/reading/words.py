"""Which words of a text stand for a number: 零, 无, 全部, 全覆盖, 半数?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from layers.report.reading.model import Doubt

_CLAUSE = r"[^,。;:!?\n]"
_DONE = (
    r"(?:已|均|都)?(?:按期|如期|按时|及时|顺利)?(?:办结|办理|整改|销号|完成|完工|落实|化解|达标|脱贫|解决|处置|处理|开工|投产|投用|清理|清零|拆除|"
    r"兑现|兑付|发放|交付|竣工|验收|通过|到位|安置|签约|拨付|回迁|关停|取缔|纳入|办妥|入库|建成)"
)
_ALL = re.compile(rf"全部(?={_DONE}|[^,。;、\n]{{0,4}}(?:到位|完毕|清零|见底))")
_ALL_COVERED = re.compile(r"(?<=[^\W\d_])全覆盖(?![式率])")
_COUNT = re.compile(r"\d")
_NOT_ZERO = r"距离|散|售|星|工|部件|碳|碎|容忍|门槛|下|跑|基础|食|件|花|关税|担保|成本|延迟|时差|污染排放"
_EVENTS = (
    "事故|上访|非访|进京|伤亡|死亡|发生|案件|发案|投诉|火灾|火情|疫情|违法|违规|违建|返贫|报告|纠纷|感染|增长|新增|差错|"
    "复发|积案|失信"
)
_ZERO = re.compile(
    rf"(?:(?<=实现)|(?<=保持)|(?<=达到)|(?<=确保)|(?<=做到))[“\"「]?(?P<verb>零)[”\"」]?(?!{_NOT_ZERO})"
    rf"|(?<![一二两三四五六七八九十百千万亿\d.])(?P<event>零)[”\"」]?(?!{_NOT_ZERO})(?=[^\W\d_]{{0,4}}(?:{_EVENTS}))"
)
_NEVER = re.compile(r"未发生(?=一[起例件宗])|无(?=一[起例件宗])")
_NO = re.compile(
    r"(?:(?<=全年)|(?<=今年)|(?<=半年)|(?<=目前)|(?<=辖区)|(?<=境内)|(?<=[,。;]))无"
    r"(?!法|论|人|序|害|偿|障|缝|形|疑|证|关|愧|须|需|毒|公|一|缘|奈|从|限|锡|为|线|不|私|数|比|声|烟|菌|土|抗|花|物业)"
    rf"(?P<list>{_CLAUSE}{{0,120}}?(?P<noun>项目|事故|案件|案例|火灾|上访|企业|投诉|疫情|伤亡|纠纷|违建|隐患|欠账|信访))(?=[,。;])"
)
_HALF = re.compile(r"(?P<prefix>超?过?)(?P<half>半数|一半)(?=以上|的|[,。;])")
_DOUBLED = re.compile(r"翻了?(?P<times>一|两|三)?番")
_UNITS = (
    (re.compile(r"增长"), ("percent", "%")),
    (re.compile(r"伤亡|死亡|感染|返贫"), ("person", "人")),
    (re.compile(r"项目|企业"), ("item", "个")),
)
Made = TypeVar("Made")


def word_mentions(text: str, make: Callable[..., Made]) -> list[Made]:
    """The words of `text` (plain) that stand for a number, each as `make(start, end, ...)` of a mention."""
    return [make(*found) for finder in _FINDERS for found in finder(text)]


def _found(span: tuple[int, int], text: str, value: str, unit: tuple[str, str], *more: Doubt) -> tuple[Any, ...]:
    return (*span, *span, text[slice(*span)], value, *unit, None, (Doubt.WORD, *more))


def _alls(text: str) -> Iterator[tuple[Any, ...]]:
    """全部 with a verb of completing counts as 100 % where what is completed was counted before in the sentence."""
    for match in _ALL.finditer(text):
        reach = max(0, match.start() - 400)
        begin = max(reach - 1, *(text.rfind(mark, reach, match.start()) for mark in "。\n!?")) + 1
        if _COUNT.search(text, begin, match.start()):
            yield _found(match.span(), text, "100", ("percent", "%"))


def _coverage(text: str) -> Iterator[tuple[Any, ...]]:
    for match in _ALL_COVERED.finditer(text):
        yield _found(match.span(), text, "100", ("percent", "%"))


def _zeros(text: str) -> Iterator[tuple[Any, ...]]:
    for match in _ZERO.finditer(text):
        span = match.span("verb") if match["verb"] else match.span("event")
        yield _found(span, text, "0", _unit(text[span[1] : span[1] + 8]), Doubt.GUESSED_UNIT)
    for match in _NEVER.finditer(text):
        zero = _found((match.start(), match.end() + 1), text, "0", _unit(text[match.end() : match.end() + 10]))
        yield (*zero[:3], match.end() + 2, *zero[4:])


def _nones(text: str) -> Iterator[tuple[Any, ...]]:
    """无 before a list is a zero for each of its members."""
    for match in _NO.finditer(text):
        place = match.start("list")
        for member in match["list"].split("、"):
            zero = _found((match.start(), match.start() + 1), text, "0", _unit(match["noun"]), Doubt.GUESSED_UNIT)
            yield (*zero[:3], place, *zero[4:])
            place += len(member) + 1


def _halves(text: str) -> Iterator[tuple[Any, ...]]:
    for match in _HALF.finditer(text):
        yield _found(match.span("half"), text, "50", ("percent", "%"), Doubt.MAYBE_NAME)


def _doublings(text: str) -> Iterator[tuple[Any, ...]]:
    for match in _DOUBLED.finditer(text):
        times = {"一": 1, "两": 2, "三": 3}.get(match["times"] or "一", 1)
        yield _found(match.span(), text, str((2**times - 1) * 100), ("percent", "%"))


def _unit(noun: str) -> tuple[str, str]:
    return next((unit for pattern, unit in _UNITS if pattern.search(noun)), ("case", "件"))


_FINDERS = (_alls, _coverage, _zeros, _nones, _halves, _doublings)
