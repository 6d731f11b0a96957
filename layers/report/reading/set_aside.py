"""Which numbers of a report are no figures, and why?"""

from __future__ import annotations

import re
from dataclasses import dataclass

_N = r"[零一二两三四五六七八九十百]"
_D = r"[一二两三四五六七八九]"
_DASH = r"[-~至到、和]"


@dataclass(frozen=True, slots=True)
class Rule:
    """A way of writing in which a number counts nothing; what `pattern` covers holds no figure."""

    zh: str
    en: str
    pattern: re.Pattern[str]


def _rule(zh: str, en: str, *patterns: str) -> Rule:
    return Rule(zh, en, re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.MULTILINE))


RULES = (
    _rule(
        "编号",
        "numbering",
        rf"^ *(?:第{_N}+[部章节]分?|{_N}+(?:、|\.(?!\d))|\d{{1,2}}(?:\.\d{{1,2}}){{0,2}}(?:[、)]|\.(?!\d)))",
        rf"\((?:{_N}+|\d{{1,2}})\)",
        r"(?<=[。;:\n]) *\d{1,2}[.、)](?!\d)",
        rf"(?:(?<=[。;:,!?\n])|^) *(?:其?{_D}|十{_D}?)(?:是|要|则|来)(?![^,。;]{{0,2}}的)",
        rf"其{_D}[,、是]",
        r"[①-⑳]",
    ),
    _rule(
        "年份",
        "a year",
        rf"(?:19|20)\d\d *年? *{_DASH} *(?:19|20)?\d\d *年",
        r"(?:19|20)\d\d *年(?!均|产)(?:度|底|末|初)?",
        r"二零[零一二三四五六七八九]{2}年",
        r"(?<![\d.])(?:19|20)\d\d(?=年度|[./-]\d{1,2}[./-]\d{1,2}(?!\d))",
        rf"(?<![\d.]){_D}?十?[1-9]0年代",
    ),
    _rule(
        "日期或时刻",
        "a date or a time of day",
        rf"(?<![\d.个])(?:1[0-2]|0?[1-9]) *(?:{_DASH} *(?:1[0-2]|0?[1-9]))? *月(?!份?数)份?(?:[底末初]|[上中下]旬)?"
        rf"(?:\d{{1,2}}(?:{_DASH}\d{{1,2}})?[日号])?",
        rf"(?:十[一二]?|{_D})(?:{_DASH}(?:十[一二]?|{_D}))?月(?:份|底|末|初|[上中下]旬|{_N}+[日号])",
        r"(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}",
        r"(?<![\d.])\d{1,2}:\d\d(?!\d)",
        r"前?第?[一二三四1-4](?:[、至-][一二三四1-4])?(?:个?季度)",
        r"[上下前后]半[年月]|[下前后]一?年|(?:周|星期|礼拜)[一二三四五六日]",
    ),
    _rule(
        "序数",
        "an ordinal",
        rf"第 *(?:{_N}+|\d+)",
        rf"[初高]{_D}(?=年级|学生)",
        rf"{_N}+届",
        rf"(?<!{_N}){_D}期(?!间)",
    ),
    _rule(
        "文号、电话或代号",
        "a document number, telephone number or code",
        r"[〔\[(](?:19|20)\d\d[〕\])] *第?\d+ *号",
        r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)",
        r"(?<!\d)1[3-9]\d{9}(?!\d)",
        r"[A-Za-z]{1,8}-?\d+(?:[.-]\d+)*",
        r"(?<![\d.])\d+(?:\.\d+)?(?!kg|km|kW|MW|m[²³23]|hm²|KM|KG|[hH](?![A-Za-z]))[A-Za-z]{1,8}",
        r"\d+(?: *\+ *(?:\d+|[A-Za-z]))+",
        r"\d+ *[×*xX] *\d+小时",
        r"(?<!\d)24小时(?=[^,。;]{0,3}(?:值|不间断|在线|监[控测]|巡|服务|轮|全天|待命))",
        r"\d+ *(?:强|版|后|号|级|型|系|代|国道|省道|县道|路|线(?!索)|师|团|工程|工作法|行动|机制|模式|计划|专项)",
        r"\d+ *(?:平台|热线)",
        r"\d+·\d+",
    ),
    _rule("书名号内的名称", "a title", r"《[^》\n]{0,60}》"),
    _rule(
        "引号内的名称",
        "a name in quotation marks",
        r"[“\"「『‘'](?:(?![零0][”\"」』’'])[^”\"」』’'“\n%]){1,16}[”\"」』’'](?<!%.)",
    ),
    _rule(
        "会议、规划或精神的名称",
        "the name of a congress, a plan or a doctrine",
        rf"党的{_N}+大",
        rf"{_N}{{2,}}大(?=精神|报告|以来|会议|召开)",
        rf"{_N}+中全会",
        rf"{_N}+[项个条](?:规定|禁令|纪律)?精神",
        r"[零一二三四五六七八九十\d]+(?:个|年)?(?:规划|年?行动(?:计划|方案))",
        rf"(?<!近)(?<!连续){_N}年(?=行动|攻坚|规划|计划|提升|专项)",
    ),
    _rule(
        "并列的固定词语",
        "a set phrase of paired numbers",
        rf"{_D}[^\W\d_零一二两三四五六七八九十成]{_D}(?![家个件项条处名户人场次期批元%])[^\W\d_零一二两三四五六七八九十百千万]",
        r"[千百万][^\W\d_][万百千][^\W\d_]",
        rf"{_D}[个项大类]{_D}[个项批]?",
        r"三次(?=产业)",
        rf"学前{_N}年",
        rf"{_N}个方面",
        r"九年(?=义务教育|一贯制)",
    ),
    _rule("比例的写法", "a ratio", r"\d+(?:\.\d+)?(?: *[:∶] *\d+(?:\.\d+)?)+"),
    _rule("概数", "a vague number", r"[数几若]干?[十百千万亿]+|[十百千万]几|[一二三四五六七八九]{2}[十百千][个家名户]"),
)
"""The rules, in the order in which they are asked; the first that covers a number gives the reason."""

WORD = ("词语的一部分，后无计量单位", "part of a word: no unit follows")
LONE_ONE = ("“一”为泛指", "'one' in a manner of speaking")
NO_UNIT = ("数字后没有计量单位，是名称的一部分", "part of a name: no unit follows the digits")
ILL_FORMED = ("不是完整的数字，是名称的一部分", "no well-formed numeral: part of a name")


def covered(text: str) -> list[Rule | None]:
    """For each character of `text` (plain) the first rule that sets a number there aside, or None."""
    found: list[Rule | None] = [None] * len(text)
    for rule in RULES:
        for match in rule.pattern.finditer(text):
            if not _measures(rule, match[0]):
                for place in range(*match.span()):
                    found[place] = found[place] or rule
    return found


def _measures(rule: Rule, words: str) -> bool:
    """Whether what stands in quotation marks measures something all the same (“年产6000吨生产线”)."""
    return rule.en == "a name in quotation marks" and bool(_MEASURED.search(words))


_MEASURED = re.compile(r"\d[余多]?[万亿]?(?:元|亩|吨|斤|公斤|公里|平方米|立方米|人次|户|个百分点)")
