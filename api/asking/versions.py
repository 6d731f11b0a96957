"""Which state of a feature does the client hold?"""

from __future__ import annotations

import hashlib
import re

from api.asking.selection import Selection
from api.errors import PreconditionRequired
from layers.errors import StaleWrite
from layers.store import Store

ETAG = re.compile(r'"([0-9a-f]{8})-(\d{1,18})(?:-[0-9a-f]{8})?"', re.ASCII)
"""The store, the revision that made the feature what it is, and the form in which the feature was given."""

LISTED = re.compile(r'(?:W/)?"[^"]*"', re.ASCII)


def state_tag(store: Store, revision: int) -> str:
    """The strong ETag of a feature as `revision` of `store` made it, whatever its form."""
    return f'"{store.identity[:8]}-{revision}"'


def form_tag(selection: Selection, revision: int) -> str:
    """The strong ETag of one form of a feature: other forms have other bytes, so other ETags (RFC 9110, 8.8.3)."""
    return f'{state_tag(selection.store, revision)[:-1]}-{form_of(selection)}"'


def form_of(selection: Selection) -> str:
    """A short text that differs for every form in which a feature is given."""
    definition = selection.definition
    shown = (selection.representation, selection.crs, selection.properties, str(selection.request.url), definition.crs)
    return hashlib.sha256(repr((*shown, definition.field_names)).encode()).hexdigest()[:8]


def is_held(if_none_match: str | None, etag: str) -> bool:
    """Whether a client that sends `if_none_match` holds what `etag` names."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or etag in [tag.removeprefix("W/") for tag in LISTED.findall(if_none_match)]


def expected_revision(store: Store, if_match: str | None, current: int) -> int | None:
    """The revision at which a feature must still be for it to be changed; None for "*", which takes any.

    Raises PreconditionRequired without If-Match, and StaleWrite where it names no state that is `current`. Weak ETags
    name none (RFC 9110, 13.1.1).
    """
    if if_match is None:
        raise PreconditionRequired(
            "修改或删除要素须带 If-Match。",
            "To change or delete a feature, send If-Match.",
            place="If-Match",
            remedy_zh="请先读取该要素，把其 ETag 写入 If-Match。",
            remedy_en="Get the feature first and send its ETag as If-Match.",
        )
    if if_match.strip() == "*":
        return None
    identity = store.identity[:8]
    for tag in LISTED.findall(if_match):
        match = ETAG.fullmatch(tag)
        if match and match[1] == identity and int(match[2]) == current:
            return current
    raise StaleWrite(
        f"该要素已被修改，现为修订 {current}。",
        f"The feature was changed meanwhile; it is as revision {current} made it.",
        place="If-Match",
        remedy_zh="请重新读取该要素，在其基础上修改后再提交。",
        remedy_en="Get the feature again and make your change to what it is now.",
    )
