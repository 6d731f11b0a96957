"""Which encoding is this text in?"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gis.errors import FormatError
from gis.formats.model import Note

SAMPLE = 10
"""How many distinct values are shown for a person to judge an encoding by."""

LANGUAGE_DRIVERS = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x4D: "gb18030", 0x4E: "cp949", 0x4F: "big5",
    0x13: "cp932", 0x64: "cp852", 0x65: "cp866", 0x78: "big5", 0x79: "cp949", 0x7A: "gb18030", 0x7B: "cp932",
    0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253", 0xCC: "cp1257",
}  # fmt: skip
"""Code pages by the language driver byte (LDID) of a .dbf; GBK is read as GB18030, its superset."""

CHINESE = "gb18030"

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, slots=True)
class Choice:
    """The encoding that was chosen, and the note to show where something other than plain evidence decided."""

    encoding: str
    notes: tuple[Note, ...] = ()


def normal_name(encoding: str) -> str:
    """Python's name of `encoding`, with GBK, GB2312 and cp936 as gb18030; raises FormatError for an unknown one."""
    try:
        name = codecs.lookup(encoding.strip()).name
    except (LookupError, ValueError):
        raise FormatError(
            f"未知的字符编码“{encoding}”。",
            f"Unknown text encoding {encoding!r}.",
            remedy_zh="可用：utf-8、gb18030（含 GBK、GB2312）、big5、latin-1 等。",
            remedy_en="Use utf-8, gb18030 (which holds GBK and GB2312), big5, latin-1 and the like.",
        ) from None
    return CHINESE if name in {"gbk", "gb2312"} else "latin-1" if name == "iso8859-1" else name


def declared_name(text: str) -> str | None:
    """The encoding that the text of a .cpg file names, None where it names none we know."""
    text = text.strip().strip("\ufeff\0")
    number = re.fullmatch(r"(?:OEM|ANSI|CP|WINDOWS)?[\s-]*(\d{3,5})", text, re.IGNORECASE)
    names = {"65001": "utf-8", "936": CHINESE, "54936": CHINESE, "88591": "latin-1"}
    wanted = names.get(number[1], f"cp{number[1]}") if number else text.replace("ISO 88591", "iso-8859-1")
    try:
        return normal_name(wanted)
    except FormatError:
        return None


def choose(
    values: Sequence[bytes], *, explicit: str | None = None, declared: str | None = None, may_be_cut: bool = False
) -> Choice:
    """The encoding of `values`: the explicit one, else strict UTF-8, else GB18030, else the declared one, else latin-1.

    What a file declares may lie, so bytes decide: text that is valid UTF-8 is UTF-8. GB18030 is believed at once when
    most of its characters lie in the core of GB 2312; European text decoded as GB18030 has few there, and then a
    declared single-byte code page is believed first, and latin-1 where hanzi would stand inside Latin words (the "ïs"
    of "Maïs" is a rare hanzi's bytes). What is only guessed has a note. `may_be_cut` forgives a character cut off at
    the end of a value. Raises FormatError where `explicit` cannot decode the values.
    """
    beyond_ascii = [value for value in values if not value.isascii()]
    if explicit:
        return _explicit(beyond_ascii, normal_name(explicit), may_be_cut)
    if not beyond_ascii:
        return Choice(declared or "utf-8")

    def fits(encoding: str) -> bool:
        return all(_decodes(value, encoding, may_be_cut) for value in beyond_ascii)

    if fits("utf-8"):
        return Choice("utf-8", _contradiction("utf-8", declared))
    chinese = fits(CHINESE)
    if chinese and _looks_chinese(beyond_ascii):
        return Choice(CHINESE, _contradiction(CHINESE, declared))
    if declared and declared not in {"utf-8", CHINESE} and fits(declared):
        return Choice(declared)
    if chinese and (declared == CHINESE or not _looks_latin(beyond_ascii)):
        return Choice(CHINESE, (_unsure(CHINESE),))
    return Choice("latin-1", (_unsure("latin-1"),))


def text_of(path: Path, explicit: str | None = None) -> tuple[str, Choice]:
    """The text of the file `path` and its encoding, chosen as `choose` does; a byte order mark decides before it."""
    raw = path.read_bytes()
    if not explicit:
        for mark, encoding in _MARKS.items():
            if raw.startswith(mark) and _decodes(raw, encoding):
                return raw.decode(encoding).removeprefix("\ufeff"), Choice(encoding)
    choice = choose([raw], explicit=explicit)
    return raw.decode(choice.encoding).removeprefix("\ufeff"), choice


def is_utf8(path: Path) -> bool:
    """Whether the whole file `path` is valid UTF-8, read piece by piece."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def decoded(value: bytes, encoding: str) -> tuple[str, bool]:
    """`value` as text, and whether a character cut off at its end was dropped; what does not decode becomes U+FFFD."""
    try:
        return value.decode(encoding), False
    except UnicodeDecodeError:
        for cut in (1, 2, 3):
            try:
                return value[:-cut].decode(encoding), True
            except UnicodeDecodeError:
                continue
        return value.decode(encoding, "replace"), True


def sample(values: Iterable[str]) -> tuple[str, ...]:
    """Up to ten distinct `values` that hold characters beyond ASCII, in their order."""
    found: dict[str, None] = {}
    for value in values:
        if not value.isascii():
            found[value] = None
            if len(found) == SAMPLE:
                break
    return tuple(found)


def _explicit(values: Sequence[bytes], encoding: str, may_be_cut: bool) -> Choice:
    wrong = next((value for value in values if not _decodes(value, encoding, may_be_cut)), None)
    if wrong is not None:
        raise FormatError(
            f"文本不是 {encoding} 编码：字节 {wrong[:24].hex(' ')} 无法解码。",
            f"The text is not {encoding}: the bytes {wrong[:24].hex(' ')} cannot be decoded.",
            remedy_zh="请换一种编码，或不指定编码让系统判断。",
            remedy_en="Give another encoding, or none and let it be detected.",
        )
    return Choice(encoding)


def _decodes(value: bytes, encoding: str, may_be_cut: bool = False) -> bool:
    """Whether `value` decodes, a character cut off at its very end aside where that is forgiven (a field's width)."""
    text, cut = decoded(value, encoding)
    return not cut or (may_be_cut and len(value) >= 10 and "\ufffd" not in text)


_PAIR = re.compile(rb"[\x81-\xfe][\x40-\xfe]")
"""A character of two bytes in GBK, or of one and the next in a single-byte code page."""


def _looks_chinese(values: Sequence[bytes]) -> bool:
    pairs = [pair for value in values for pair in _PAIR.findall(value)]
    core = sum(pair[0] >= 0xA1 and pair[1] >= 0xA1 for pair in pairs)
    return bool(core * 2 > len(pairs))


def _looks_latin(values: Sequence[bytes]) -> bool:
    """Whether at least half of the pairs stand inside Latin words; a rare hanzi alone or among hanzi does not."""
    inside = [is_inside for value in values for is_inside in _inside_latin_words(value)]
    return 0 < len(inside) <= 2 * sum(inside)


def _inside_latin_words(value: bytes) -> Iterator[bool]:
    """For each pair, whether latin-1 reads it as an accented and an ASCII letter with an ASCII letter beside them."""
    end = 0
    for pair in _PAIR.finditer(value):
        before, after = value[end : pair.start()][-1:], value[pair.end() : pair.end() + 1]
        is_accented, plain = value[pair.start()] >= 0xC0, value[pair.end() - 1 : pair.end()]
        yield is_accented and plain.isalpha() and (before.isalpha() or after.isalpha())
        end = pair.end()


def _contradiction(encoding: str, declared: str | None) -> tuple[Note, ...]:
    if declared in (None, encoding):
        return ()
    return (
        Note(
            f"文件声明的编码是 {declared}，但文字按字节判断为 {encoding}，已按 {encoding} 读取。",
            f"The file declares {declared}, but its bytes are {encoding}; read as {encoding}.",
        ),
    )


def _unsure(encoding: str) -> Note:
    return Note(
        f"文字编码是猜的，暂按 {encoding} 读取；请核对样例，不对时请指定编码（命令行用 --encoding）。",
        f"The text encoding was guessed; read as {encoding}. Check the sample, and name the encoding if it is wrong "
        "(--encoding on the command line).",
    )
