"""How does text in another encoding reach a reader that takes UTF-8 only?"""

from __future__ import annotations

import re
from pathlib import Path

from gis.formats import encodings
from gis.formats.model import Note
from gis.formats.reading import Source

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding=[\"']([\w-]+)[\"']")


def in_utf8(source: Source, explicit: str | None = None) -> tuple[Source, encodings.Choice]:
    """`source`, or where it is not UTF-8 a copy in the worker's folder that is, and the encoding it was in.

    JSON must be UTF-8, but files in GBK exist; XML may declare an encoding, which the copy leaves out. `explicit` is
    what the person says, and wins.
    """
    with source.path.open("rb") as file:
        declared = _DECLARED.match(file.read(200))
    named = declared[1].decode().lower() if declared else "utf-8"
    if not explicit and named in {"utf-8", "utf8"} and encodings.is_utf8(source.path):
        return source, encodings.Choice("utf-8")
    text, choice = encodings.text_of(source.path, explicit)
    copy = _written(source.path, _DECLARATION.sub("", text))
    if choice.encoding == "utf-8":
        return Source(copy, source.stem), choice
    note = Note(f"文本不是 UTF-8，按 {choice.encoding} 读取。", f"The text is not UTF-8; read as {choice.encoding}.")
    return Source(copy, source.stem), encodings.Choice(choice.encoding, (*choice.notes, note))


def _written(path: Path, text: str) -> Path:
    copy = path.parent / "utf8" / path.name
    copy.parent.mkdir(exist_ok=True)
    copy.write_text(text, encoding="utf-8")
    return copy
