"""Where do numbers with their units stand in a text?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from layers.report.reading.measures import Measure, counts_in_characters, digits, measure_at, scaled
from layers.report.reading.model import Doubt, SetAside
from layers.report.reading.numerals import (
    DIGITS,
    arabic_value,
    fraction_percent,
    han_value,
    scale_value,
    tenths_percent,
)
from layers.report.reading.set_aside import ILL_FORMED, LONE_ONE, NO_UNIT, WORD, covered
from layers.report.reading.tables import table_mentions
from layers.report.reading.words import word_mentions

_ANY = r"[\d.,]+|[零一二两三四五六七八九十百千点]+"
_TOKEN = re.compile(
    rf"(?P<below>[\d一二三四五六七八九十百]+)分之(?P<above>{_ANY})"
    r"|(?P<slash>(?<![\d/.])[1-9]/(?:[2-9]|10)(?![\d/月.]))"
    r"|(?P<tenths>(?:\d(?:\.\d)?|[一二两三四五六七八九])成[半一二三四五六七八九]?(?![立为果功效品员绩本交熟长都群套人年就分]))"
    r"|(?P<compound>(?<![\d.])\d+(?:亿零?\d{1,4}(?:\.\d+)?[余多]?万|万零?(?:\d{4}(?![\d.年万亿])|[1-9][千百])))"
    r"|(?P<digits>(?<![\d.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?)"
    r"(?:\s?(?P<more>[余多])?(?P<scale>[十百千]?[万亿]{1,2}|[百千](?![克米瓦分伏卡赫])))?"
    r"|(?P<han>[零一二两三四五六七八九十百千万亿]+)"
)
_BEFORE = re.compile(
    r"(超过|突破|高于|逾|超|(?<![通经越不超])过|不少于|不低于|至少|将近|接近|近|约|大约|不足|不到|低于|不超过|上) *$"
)
_AFTER = re.compile(r"[(（]?(及?以上|及?以下|左右|以内)")
QUALIFIERS = {
    "余": "余", "多": "余", "来": "余", "上": "余",
    "超过": "超", "突破": "超", "高于": "超", "逾": "超", "超": "超", "过": "超",
    "近": "近", "将近": "近", "接近": "近",
    "以上": "以上", "及以上": "以上", "不少于": "以上", "不低于": "以上", "至少": "以上",
    "约": "约", "大约": "约", "左右": "左右",
    "不足": "不足", "不到": "不足", "低于": "不足", "以下": "以下", "及以下": "以下", "以内": "以内", "不超过": "以内",
}  # fmt: skip
"""Words beside a number, and the one word that the figure keeps for them."""

_MONEY = re.compile(r"投资|资金|产值|收入|营收|税|贷款|融资|项目|元|增收|补贴|收益|销售额|利润|增加值|存款|拨付|筹集")
_LEVEL = re.compile(r"(?:为|达|达到|至|到|约|得分|指数|增长率?|下降|提高|系数)$")
_COUNTED = re.compile(
    r"(?:新增|新建|建成|完成|改造|安装|种植|发放|维修|更换|设立|建设|实施|开展|举办|办理|累计|共|现有|有|及|和)$"
)
_RANGE = re.compile(r" *[-~至到] *(?=\d|[一二两三四五六七八九十])")
_ALSO = re.compile(r" *[、和及与] *(?=\d)")
_ONE_COUNTS = re.compile(
    r"(?:建成|新建|新增|发生|成立|引进|落地|竣工|获评|争取|查处|化解|扩建|打造|改造|完成)[^,。;]{0,6}$"
)
_STEPS = frozenset("十百千万亿")
_RATE = re.compile(r"率(?:已|均|都)?(?:仅?为|达到?|降至|升至|降到|升到|保持在?|控制在?|提高到|由|从)?$")
_CURRENCY = re.compile(r"美元|欧元|日元|港元|港币|英镑|韩元|卢布")
_LAST_CHARACTER = re.compile(r"[一-鿿](?=[,。;、)!?\n])(?<![强版后号级型系代])")


@dataclass(frozen=True, slots=True)
class Mention:
    """A number that measures or counts: offsets of the number, and of the whole with qualifier and unit."""

    start: int
    end: int
    outer_start: int
    outer_end: int
    printed: str
    value: str
    unit: str | None
    unit_zh: str
    qualifier: str | None = None
    doubts: tuple[Doubt, ...] = ()


def mentions(text: str) -> tuple[list[Mention], list[SetAside]]:
    """The numbers of `text` (plain) that measure or count, and those that do not, both by position."""
    rules = covered(text)
    found: list[Mention] = [*table_mentions(text, Mention), *word_mentions(text, Mention)]
    aside: list[SetAside] = []
    taken = {place for mention in found for place in range(mention.start, mention.end)}
    for token in _TOKEN.finditer(text):
        if token.start() in taken:
            continue
        rule = rules[token.start()]
        mention = (rule.zh, rule.en) if rule else _mention(text, token)
        if isinstance(mention, Mention):
            found.append(mention)
        else:
            aside.append(SetAside(token.start(), token.end(), token[0], *mention))
    return sorted(found, key=lambda mention: mention.start), aside


def _mention(text: str, token: re.Match[str]) -> Mention | tuple[str, str]:
    """The number at `token` as a figure, or why it is none."""
    if token["below"]:
        return _percent_words(text, token, fraction_percent(token["above"].rstrip("、,."), token["below"]))
    if token["slash"]:
        return _percent_words(text, token, fraction_percent(*token["slash"].split("/")))
    if token["tenths"]:
        return _percent_words(text, token, tenths_percent(token["tenths"]))
    return _han(text, token) if token["han"] else _arabic(text, token)


def _percent_words(text: str, token: re.Match[str], percent: Decimal | None) -> Mention | tuple[str, str]:
    if percent is None:
        return ILL_FORMED
    plain = Mention(*token.span(), *token.span(), token[0], digits(percent), "percent", "%", None, (Doubt.WORD,))
    return _qualified(text, plain)


def _arabic(text: str, token: re.Match[str]) -> Mention | tuple[str, str]:
    more = token["more"] or _inner(token) or _more(text, token.end())
    after = token.end() + (1 if _more(text, token.end()) else 0)
    after += re.compile(r" ?(?=\S)|").match(text, after).end() - after  # type: ignore[union-attr]
    found = _measure(text, token, after)
    if not found:
        return NO_UNIT
    measure, printed, doubts = found
    value, unit, unit_zh = scaled(*_amount(text, token, after), measure)
    doubts += (Doubt.UNKNOWN_UNIT,) if unit is None else ()
    outer = (token.start(), after + (len(measure.word) if printed else 0))
    return _qualified(text, Mention(*token.span(), *outer, token[0], value, unit, unit_zh, more, doubts))


def _inner(token: re.Match[str]) -> str | None:
    """The 余 or 多 within a number of two scales: 1亿2600余万."""
    return next((word for word in "余多" if word in (token["compound"] or "")), None)


def _amount(text: str, token: re.Match[str], after: int) -> tuple[Decimal, int]:
    """The number and its scale: 1亿2600万 is 12,600 x 10,000; 10 in 10至12亿 is in 亿 as well."""
    if token["compound"]:
        high, step, low, low_step = _COMPOUND.fullmatch(token["compound"]).groups()  # type: ignore[union-attr]
        scale = scale_value(low_step) if low_step == "万" else 1
        whole = Decimal(high) * scale_value(step) + Decimal(low) * scale_value(low_step or "")
        return whole / scale, scale
    value = arabic_value(token["digits"])
    joint = None if token["scale"] else _RANGE.match(text, after)
    following = joint and _TOKEN.match(text, joint.end())
    shares = following and following["digits"] and following["scale"] and value < arabic_value(following["digits"])
    return value, scale_value((following["scale"] if following and shares else token["scale"]) or "")


_COMPOUND = re.compile(r"(\d+)([亿万])零?(\d+(?:\.\d+)?)[余多]?([万千百]?)")


def _measure(text: str, token: re.Match[str], after: int) -> tuple[Measure, bool, tuple[Doubt, ...]] | None:
    """The unit of a number in digits, whether it is printed at `after`, and doubts; None for a number without one."""
    if known := measure_at(text, after):
        return known, True, ()
    if shared := _shared_measure(text, after):
        return shared, False, (Doubt.RANGE,) if _RANGE.match(text, after) else ()
    if unknown := _unknown_measure(text, token, after):
        return unknown, True, ()
    if token["scale"]:
        return _money(text, token.start(), after), False, (Doubt.GUESSED_UNIT,)
    if _RATE.search(text, max(0, token.start() - 8), token.start()):
        return Measure("%", "percent"), False, (Doubt.GUESSED_UNIT,)
    return _level(text, token, after)


def _han(text: str, token: re.Match[str]) -> Mention | tuple[str, str]:
    run, more = token["han"], _more(text, token.end(), "余多来")
    after = token.end() + (1 if more else 0)
    measure = measure_at(text, after)
    big = text[after : after + 1] == "大" and text[after + 1 : after + 2].isalpha() and not more
    small = run in DIGITS or run == "十"
    if not big and (not measure or (small and not counts_in_characters(measure.word))):
        return WORD
    if set(run) <= _STEPS and run != "十":
        return _bare_scale(text, token, measure, after, more)
    base = run.rstrip("万亿")
    value = han_value(base)
    if value is None:
        return ILL_FORMED
    if run == "一" and not _ONE_COUNTS.search(text, max(0, token.start() - 12), token.start()):
        return LONE_ONE
    measure = measure or Measure("个", "item")
    digits_, unit, unit_zh = scaled(Decimal(value), scale_value(run[len(base) :]), measure)
    doubts = [Doubt.WORD, *([Doubt.MAYBE_NAME] if big or value <= 10 else [])]
    doubts += [Doubt.UNKNOWN_UNIT] if unit is None else []
    outer = (token.start(), after + (1 if big else len(measure.word)))
    return _qualified(text, Mention(*token.span(), *outer, run, digits_, unit, unit_zh, more, tuple(doubts)))


def _bare_scale(
    text: str, token: re.Match[str], measure: Measure | None, after: int, more: str | None
) -> Mention | tuple[str, str]:
    """百, 千万, 亿 without a digit: a number only beside a word such as 近, 超, 余 or 以上."""
    if not measure:
        return WORD
    value, unit, unit_zh = scaled(Decimal(1), scale_value(token["han"]), measure)
    outer = (token.start(), after + len(measure.word))
    mention = Mention(*token.span(), *outer, token["han"], value, unit, unit_zh, more, (Doubt.WORD, Doubt.MAYBE_NAME))
    found = _qualified(text, mention)
    return found if found.qualifier else WORD


def _more(text: str, position: int, words: str = "余多") -> str | None:
    word = text[position : position + 1]
    return word if word and word in words and not text.startswith("多种", position) else None


def _shared_measure(text: str, position: int, reach: int = 4) -> Measure | None:
    """The unit of a later number that this one shares: 3至5家, 分别为12、15和18个."""
    joint = _RANGE.match(text, position) or _ALSO.match(text, position)
    following = joint and _TOKEN.match(text, joint.end())
    if not following or not reach:
        return None
    after = following.end() + (1 if _more(text, following.end()) else 0)
    return measure_at(text, after) or _shared_measure(text, after, reach - 1)


def _unknown_measure(text: str, token: re.Match[str], after: int) -> Measure | None:
    """A unit not in our list: one character before a stop (32箱。), a currency, or after a verb of counting."""
    found = _CURRENCY.match(text, after) or _LAST_CHARACTER.match(text, after)
    if found:
        return Measure(found[0], None)
    counted = _COUNTED.search(text, max(0, token.start() - 4), token.start())
    following = text[after : after + 1]
    if counted and "一" <= following <= "鿿" and len(token["digits"] or token[0]) < 5 and not token["scale"]:
        return Measure(following, None)
    return None


def _level(text: str, token: re.Match[str], after: int) -> tuple[Measure, bool, tuple[Doubt, ...]] | None:
    """No unit, for a number that must be a figure all the same: a decimal, or a level at the end of its clause."""
    ends = not text[after : after + 1] or text[after] in ",。;、)!?\n"
    reached = _LEVEL.search(text, max(0, token.start() - 4), token.start())
    return (Measure("", None), False, ()) if "." in (token["digits"] or "") or (ends and reached) else None


def _money(text: str, start: int, after: int) -> Measure:
    near = text[max(0, start - 20) : after + 8]
    return Measure("元", "yuan") if _MONEY.search(near) else Measure("", None)


def _qualified(text: str, mention: Mention) -> Mention:
    """`mention` with the qualifier that stands before or after it."""
    before = _BEFORE.search(text, max(0, mention.outer_start - 4), mention.outer_start)
    after = _AFTER.match(text, mention.outer_end)
    word = mention.qualifier or (before and before[1]) or (after and after[1])
    if word == "上" and mention.printed not in _STEPS:
        before, word = None, mention.qualifier or (after and after[1])
    return replace(
        mention,
        qualifier=QUALIFIERS[word] if word else None,
        outer_start=before.start() if before else mention.outer_start,
        outer_end=after.end() if after else mention.outer_end,
        doubts=mention.doubts + ((Doubt.APPROXIMATE,) if word in _VAGUE else ()),
    )


_VAGUE = frozenset({"约", "大约", "左右", "不足", "不到", "低于", "以下", "及以下", "以内", "不超过"})
