"""What is a representation of features?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
from fastapi import Response

from api.asking.selection import Selection
from layers.definition import Text


@dataclass(frozen=True, slots=True)
class Representation:
    """A form in which features are given.

    media_type  what stands in Content-Type and in links
    title       its name for people
    items       the answer to a selection: a page of it (see api/asking/paging.py), or all of it as a file
    item        the answer to one feature, a table of one row; None where the form is for many only
    is_paged    whether `items` gives one page; then links to the next one stand in its body or its Link header
    accepted    media types in Accept that stand for it, beside its own

    A function of it may raise a Problem before its first byte. It sets the header Content-Crs where coordinates are
    written; the route adds Vary.
    """

    media_type: str
    title: Text
    items: Callable[[Selection], Response]
    item: Callable[[Selection, pa.Table], Response] | None = None
    is_paged: bool = True
    accepted: tuple[str, ...] = ()
