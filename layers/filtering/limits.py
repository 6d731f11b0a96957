"""Is a filter short and flat enough to be read?

The parser goes down one call a level, and 1,550 parentheses end the process (cql2 0.6.0), so text and JSON are measured
before it sees them, by scanners that do not recurse. What it cannot read it reads twice for each parenthesis around it:
text is cut short by how deep its parentheses go.
"""

from __future__ import annotations

import re

from layers.filtering.problems import InvalidFilter, refusal

MAX_LENGTH = 65_536
"""Characters of a filter."""

MAX_DEPTH = 64
"""Levels of parentheses, signs, NOTs and operators within one another."""

MAX_READINGS = 2**19
"""Characters that the parser may come to read, again and again, before it gives up: about half a second."""

MAX_OPERATORS = 500
"""Operators in all: a database, too, puts AND and OR within one another when it reads them."""

MAX_BRACKETS = 2 * MAX_DEPTH + 8
"""Levels of [ and { of CQL2 JSON: two for each operator, and those of coordinates."""

MAX_VALUES = 1_000
"""Values in a list."""

TOKENS = re.compile(
    r"""(?P<text>'(?:[^']|'')*')|(?P<quoted>"(?:[^"]|"")*")|(?P<open>[(\[])|(?P<close>[)\]])|(?P<not>not\b)"""
    r"""|(?P<operator>(?:and|or|div|like|between|in|is)\b|<=|>=|<>|[-+*/%^=<>])"""
    r"""|(?P<number>\d+(?:\.\d*)?(?:e[-+]?\d+)?)|(?P<word>[^\W\d][\w.:]*)|(?P<comma>,)|(?P<stray>['"])""",
    re.IGNORECASE,
)
"""The words of CQL2 text, as far as its depth depends on them."""

SIGNS = frozenset("+-")


def check_length(text: str) -> None:
    """Raises InvalidFilter where `text` is too long or holds what no text may hold."""
    if len(text) > MAX_LENGTH:
        raise refusal(f"过滤条件超过 {MAX_LENGTH} 个字符。", f"The filter is longer than {MAX_LENGTH} characters.",
                      remedy=("请缩短。", "Shorten it."))  # fmt: skip
    check_characters(text)


def check_characters(text: str) -> None:
    """Raises InvalidFilter for U+0000 and lone surrogates, which no database takes."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise refusal("过滤条件含有无效字符。", "The filter holds U+0000 or half a surrogate pair.")


def check_text(text: str) -> None:
    """Raises InvalidFilter where CQL2 text is too long, too deep, or has too many operators."""
    check_length(text)
    depth = prefixes = operators = groups = 0
    levels: list[tuple[int, bool]] = []
    after_value = after_name = False
    for token in TOKENS.finditer(text):
        kind, word = token.lastgroup, token[0]
        prefix = kind == "not" or (kind == "operator" and word in SIGNS and not after_value)
        operators += kind in ("operator", "not")
        if prefix:
            prefixes += 1
        elif kind == "open":
            levels.append((prefixes + 1, not after_name))
            depth, prefixes = depth + prefixes + 1, 0
            groups = max(groups, sum(is_group for _, is_group in levels))
        elif kind == "close" and levels:
            depth -= levels.pop()[0]
        if depth + prefixes > MAX_DEPTH or len(text) * 2**groups > MAX_READINGS:
            raise too_deep()
        if not prefix and kind != "open":
            prefixes = 0
        after_value, after_name = kind in ("text", "quoted", "close", "number", "word"), kind == "word"
    if operators > MAX_OPERATORS:
        raise too_many_operators()


def check_json(text: str) -> None:
    """Raises InvalidFilter where CQL2 JSON is too long or has its brackets too deep."""
    check_length(text)
    depth, in_text, escaped = 0, False, False
    for character in text:
        if in_text:
            in_text = escaped or character != '"'
            escaped = character == "\\" and not escaped
            continue
        in_text = character == '"'
        depth += (character in "[{") - (character in "]}")
        if depth > MAX_BRACKETS:
            raise too_deep()


def too_deep() -> InvalidFilter:
    """What is said of a filter that goes deeper than MAX_DEPTH."""
    return refusal(
        f"过滤条件嵌套过深（最多 {MAX_DEPTH} 层，括号多而文字长时更少）。",
        f"The filter goes too deep ({MAX_DEPTH} levels at most; fewer of parentheses around much text).",
        remedy=("请去掉多余的括号，或用 cql2-json。", "Take out parentheses that are not needed, or write cql2-json."),
    )  # fmt: skip


def too_many_operators() -> InvalidFilter:
    """What is said of a filter with more than MAX_OPERATORS operators."""
    return refusal(
        f"过滤条件中的运算符超过 {MAX_OPERATORS} 个。", f"The filter has more than {MAX_OPERATORS} operators.",
        remedy=("请用 IN (…) 代替多个 OR。", "Write IN (...) in place of many ORs."),
    )  # fmt: skip
