"""Which state of the store does a request ask for?

`datetime` (OGC API Features 1, 7.15.4) is about when features were in force here: each version of a feature holds
from the moment its revision was made until the one that changed or deleted it. An instant gives what was in force
then, a day what was in force at its end in China. An interval gives what was in force at its end ("..": now), which
is in force within it; nothing where it ends before the first revision. `revision` names the state itself, `asof` either
of them. Dates that a layer keeps as fields (when a contract begins, a project is finished) are for filters.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from api.dependencies import parse_as_of
from api.errors import BadParameter
from layers.store import Store
from layers.store.history import CHINA

OPEN = ("", "..")
"""How an interval writes an end that is open."""

AsOf = int | date | datetime | None


def asked_revision(store: Store, *, moment: str | None, revision: int | None, asof: str | None) -> int | None:
    """The revision that `datetime`, `revision` or `asof` names; None for now. Raises BadParameter, InvalidQuery."""
    given = [
        name for name, value in (("datetime", moment), ("revision", revision), ("asof", asof)) if value is not None
    ]
    if len(given) > 1:
        raise BadParameter(
            f"{'、'.join(given)} 只能给出一个。", f"Give only one of {', '.join(given)}.", place=given[-1],
            remedy_zh="它们都指明数据的版本。", remedy_en="Each of them says which state of the data is meant.",
        )  # fmt: skip
    if moment is not None:
        return store.resolve(_moment(moment))
    return store.resolve(parse_as_of(asof) if revision is None else revision)


def _moment(text: str) -> AsOf:
    """The moment whose state an instant or interval gives; None for now."""
    if "/" not in text:
        return _instant(text, text)
    begin, end = text.split("/", 1)
    first = None if begin in OPEN else _instant(begin, text)
    last = None if end in OPEN else _instant(end, text)
    if first is not None and last is not None and _start(first) > _end(last):
        raise _bad(text, "开始晚于结束", "it ends before it begins")
    return last


def _instant(text: str, whole: str) -> date | datetime:
    """A date, or a date and time, as RFC 3339 writes them."""
    try:
        found = parse_as_of(text) if "-" in text else None
    except BadParameter:
        found = None
    if not isinstance(found, date):
        raise _bad(whole, "应为时刻或时段", "it must be an instant or an interval")
    return found


def _start(moment: date | datetime) -> datetime:
    if isinstance(moment, datetime):
        return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
    return datetime.combine(moment, datetime.min.time(), CHINA)


def _end(moment: date | datetime) -> datetime:
    whole_day = datetime.max.time() if not isinstance(moment, datetime) else None
    return _start(moment) if whole_day is None else datetime.combine(moment, whole_day, CHINA)


def _bad(text: str, zh: str, en: str) -> BadParameter:
    return BadParameter(
        f"datetime“{text[:80]}”无效：{zh}。",
        f"datetime {text[:80]!r} is not valid: {en}.",
        place="datetime",
        remedy_zh="写法：2024-12-31、2024-12-31T08:00:00Z 或 2024-01-01/2024-12-31，“..”表示不限。",
        remedy_en='Write 2024-12-31, 2024-12-31T08:00:00Z or 2024-01-01/2024-12-31; ".." is an open end.',
    )


def utc_text(moment: datetime) -> str:
    """`moment` as RFC 3339 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
