"""What does a number count: the noun phrase beside it?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from layers.report.reading.measures import is_size
from layers.report.reading.mentions import Mention

LONG_LIST = 16
"""A list of so many characters before a number is taken for its last member only."""

LONGEST_CLAUSE = 200
"""Text without a stop is cut at so many characters from the number."""

BREAKS = ",。;:!?\n"
_LEADING = re.compile(
    r"^(?:\d{4}年度?|\d{1,2}(?:[-至]\d{1,2})?月(?:份|底|末|\d{1,2}日)?[前止]?|\d{1,2}日[前止]?|今年(?:以?来)?|本年度?|全年|[上下]半年|"
    r"前三季度|年内|截至(?:目前|年底)?|一年来|目前|[^,、]{0,8}(?:现有|共有)|共计|累计|先后|其中|特别是|另有|拥有|仍有|仅有|已有|还有|有|已|共|并|也|"
    r"还|均|将|使|辖|全面|顺利|高质量|(?:成功|完成|实现|实施)了?(?!率)|实际|预计|力争|计划|确保|达到|开展|新完成|推进了?|[^,]{1,8}方面|街道|"
    r"全镇|全街道|全乡|全办|我镇|我街道|我乡|同时|通过|利用|围绕|依法|[一二三四五六七八九十]是|\(?[一二三四五六七八九十\d]{1,2}[)、.]|"
    r"的|了|无|在|对|与|和|及|以及|等|、|-|~|\s)"
)
_TRAILING = re.compile(
    r"(?:约|近|超过?|突破|首次|双双|平均|(?:提高|提升|上升|下降|增加|扩大|减少|降低|增长|降|升)(?:到|至|为)|达到?了?|(?<![作行])为|共计?|累计|仅(?:有|剩|完成)?|"
    r"仍有|只有|还有?|有|完成了?|实现了?|力争|至|到|由|从|仅|仍|不足|不到|分别|均|各|已|等|的|了|控制在|保持在|稳定在|[(:“\"~-]|\s|、)$"
)
_CHANGE = re.compile(
    r"(?:(?:同比|环比|比上年(?:同期)?|比去年(?:同期)?|较上年(?:同期)?|较去年(?:同期)?|较年初|年均|按?可比(?:价格?|口径)?(?:计算)?|按?不变价(?:格)?(?:计算)?|按?同口径|名义|"
    r"分别|均|实现|逐年)[,、]?)*"
    r"(?P<word>负增长|净增|净减|增长|增幅|增速|增加|上升|提高|提升|下降|降低|减少|回落|下滑|缩减|压减|降幅|减幅|翻(?=[一两三]?番))"
    r"(?:了|率)?(?:分别)?(?:为|达到?|约|近|超过?)?$"
)
_NOUN_END = re.compile(
    r"[,。;:!?\n、()]|完成|面临|实施|年收入|得到|得以|开展|进行|参加|参与|纳入|受益|实现|达到|主管|已|(?<![人户亩])均|全部|被|通过|用于|正在|同比|其中|进入|落户|"
    r"(?<=[^\W\d_]{2})(?:以及|从而|为|是|在)"
)


_GENERIC = frozenset({"投资", "总投资", "投入", "资金", "投入资金", "拨付", "争取资金"})
"""Names that say too little without what follows the number."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a number counts, the word of change before it, and the clause around it."""

    name: str
    change: str | None
    clause: str


def phrase(text: str, mention: Mention, floor: int, ceiling: int) -> Phrase:
    """The phrase for `mention` in `text` (plain), between the numbers that end at `floor` and begin at `ceiling`."""
    begin = max(floor, _before(text, mention.outer_start))
    before, after = text[begin : mention.outer_start], text[mention.outer_end : min(ceiling, _after(text, mention))]
    if begin == floor > 0:
        before = before.rsplit("、", 1)[-1]
    clause = before + text[mention.start : mention.outer_end] + after
    change = _CHANGE.search(before.rstrip())
    if change:
        return Phrase(_stripped(before.rstrip()[: change.start()]), change["word"], clause)
    share = "占比" if mention.unit == "percent" and re.search(r"占[^,、]{0,8}$", before) else ""
    subject = _stripped(re.sub(r"(?:仅)?占[^,、]{0,8}$", "", before) if share else before)
    name = _joined(subject, _counted(mention, subject, after))
    if not (name or share or begin == floor > 0):
        name = _stripped(text[_before(text, begin - 1) : begin - 1])
    return Phrase(name + share if name else share, None, clause)


def _counted(mention: Mention, subject: str, after: str) -> str:
    """The noun after the number; where a size or a percentage has a subject before it, none."""
    if mention.unit == "percent":
        return f"{_noun(after)}占比" if after.startswith("的") and not subject else ""
    if subject in _GENERIC and len(after) > 3:
        return re.sub(r"^(?:高标准|高质量|用于|，)?", "", _noun(after)) + subject
    if is_size(mention.unit):
        return "" if subject else _noun(re.sub(r"^的", "", after))
    return _noun(after) or ("" if subject else after.strip("的、 ")[:16])


def _before(text: str, position: int) -> int:
    reach = max(0, position - LONGEST_CLAUSE)
    return max(reach - 1, *(text.rfind(mark, reach, position) for mark in BREAKS)) + 1


def _after(text: str, mention: Mention) -> int:
    reach = mention.outer_end + LONGEST_CLAUSE
    found = [text.find(mark, mention.outer_end, reach) for mark in BREAKS]
    return min((place for place in found if place >= 0), default=min(reach, len(text)))


def _stripped(words: str) -> str:
    """`words` without what leads in (时间, 累计, 完成) and what leads over to the number (达到, 为)."""
    words = words.strip()
    while found := _LEADING.match(words):
        words = words[found.end() :]
    while found := _TRAILING.search(words):
        words = words[: found.start()]
    return _balanced(words.strip("、\"' ()"))


def _balanced(words: str) -> str:
    """`words` without quotation marks whose partner was cut off."""
    return words if words.count("“") == words.count("”") else re.sub("[“”]", "", words)


def _noun(after: str) -> str:
    """The noun that follows number and unit at once: up to a verb, a comma or 的."""
    after = re.sub(r"^[的至~-]", "", after)
    found = _NOUN_END.search(after)
    return _balanced((after[: found.start()] if found else after)[:30].strip())


def _joined(subject: str, noun: str) -> str:
    if "、" in subject and (noun or len(subject) > LONG_LIST):
        subject = "" if noun else subject.rsplit("、", 1)[-1]
    if not noun:
        return subject
    if re.search(r"(?:范围内|境内|辖区内|其中|区内|村内)$", subject):
        return subject + noun
    if not subject or len(noun) >= 4 or subject.endswith(noun):
        return noun
    return subject + noun


def change_name(subject: str, change: str) -> str:
    """The name of a change: 规模以上工业总产值同比增长."""
    return f"{subject}同比{'增长' if change in ('增幅', '增速', '翻') else change}"
