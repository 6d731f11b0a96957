"""What does a text of boundary points (界址点坐标 TXT) say, line by line?

The format and its variants are those of the land survey exchange text: a header of key=value lines under [属性描述],
then under [地块坐标] one line a parcel, ending in @, followed by its point lines `number,ring,X,Y`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from gis.errors import FormatError

HEADER_SECTION, PARCEL_SECTION = "属性描述", "地块坐标"
PARCEL_FIELDS = ("界址点数", "地块面积", "地块编号", "地块名称", "记录图形属性", "图幅号", "地块用途", "地类编码")
EXTRA_FIELDS = ("图斑类型", "地类", "改造前质量等别", "改造后质量等别", "备注")
"""What longer parcel lines add before the @."""

_WIDE = "【】，＝＠；：．－＋０１２３４５６７８９"
_NARROW = str.maketrans(_WIDE, "[],=@;:.-+0123456789")
_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?$")


@dataclass(frozen=True, slots=True)
class Point:
    """A point line: its number in the text, the point's label, its ring, and the two coordinates as they stand."""

    line: int
    label: str
    ring: int
    first: float
    second: float


@dataclass(slots=True)
class Parcel:
    """A parcel line (`line` 0 where the points had none) by PARCEL_FIELDS and EXTRA_FIELDS, and its points."""

    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    points: list[Point] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What to call the parcel: its number, else its name, else its line."""
        return self.attributes.get("地块编号") or self.attributes.get("地块名称") or f"#{self.line}"


@dataclass(slots=True)
class Document:
    """The header by key, the parcels in order, and which liberties the text takes."""

    header: dict[str, str] = field(default_factory=dict)
    parcels: list[Parcel] = field(default_factory=list)
    has_wide_marks: bool = False
    has_ringless_points: bool = False
    has_bare_points: bool = False


def parse(text: str) -> Document:
    """The content of `text`; raises FormatError, naming the line, where a line is neither header, parcel nor point."""
    document, in_header = Document(), True
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip().strip("\ufeff\u3000\0").strip()
        narrow = line.translate(_NARROW)
        if not narrow:
            continue
        document.has_wide_marks |= narrow != line
        if section := re.fullmatch(r"\[(.*)\]", narrow):
            in_header = section[1].strip() == HEADER_SECTION
        elif (point := _point(narrow, number, document)) is not None:
            _add_point(document, point)
            in_header = False
        elif narrow.endswith("@") or (narrow.count(",") >= len(PARCEL_FIELDS) - 1 and "=" not in narrow):
            document.parcels.append(_parcel(narrow, number))
            in_header = False
        elif "=" in narrow and (in_header or not document.parcels):
            key, _, value = narrow.partition("=")
            document.header[key.strip()] = value.strip()
        else:
            raise not_understood(number, line)
    return document


def compose(header: dict[str, str], parcels: Iterable[Parcel]) -> str:
    """The text of `header` and `parcels` with CRLF ends: parcel lines of eight fields, coordinates to 4 decimals."""
    lines = [f"[{HEADER_SECTION}]", *(f"{key}={value}" for key, value in header.items()), f"[{PARCEL_SECTION}]"]
    for parcel in parcels:
        lines.append(",".join([*(parcel.attributes.get(name, "") for name in PARCEL_FIELDS), "@"]))
        lines += [f"{p.label},{p.ring},{p.first:.4f},{p.second:.4f}" for p in parcel.points]
    return "\r\n".join(lines) + "\r\n"


def not_understood(number: int, line: str) -> FormatError:
    """The error for line `number` that is no part of the format."""
    return FormatError(
        f"第 {number} 行不是界址点坐标格式：{line[:60]}",
        f"Line {number} is not of the boundary-point format: {line[:60]}",
        remedy_zh="点行应为“点号,圈号,X,Y”，地块行以 @ 结尾；点表请用 --x 和 --y 指明坐标列。",
        remedy_en="A point line is `number,ring,X,Y`, a parcel line ends in @; of a table of points, name --x and --y.",
    )


def _point(line: str, number: int, document: Document) -> Point | None:
    if line.endswith("@"):
        return None
    parts = [part.strip() for part in (line.split(",") if "," in line else line.split())]
    while parts and not parts[-1]:
        parts.pop()
    if 4 <= len(parts) <= 6 and parts[1].isdigit() and _are_numbers(parts[2:4]):
        return Point(number, parts[0], int(parts[1]), float(parts[2]), float(parts[3]))
    if len(parts) == 3 and _are_numbers(parts[1:]):
        document.has_ringless_points = True
        return Point(number, parts[0], 1, float(parts[1]), float(parts[2]))
    return None


def _are_numbers(parts: list[str]) -> bool:
    return all(_NUMBER.match(part) for part in parts)


def _add_point(document: Document, point: Point) -> None:
    if not document.parcels:
        document.has_bare_points = True
        document.parcels.append(Parcel(0))
    document.parcels[-1].points.append(point)


def _parcel(line: str, number: int) -> Parcel:
    parts = [part.strip() for part in line.removesuffix("@").rstrip().removesuffix(",").split(",")]
    names = [*PARCEL_FIELDS, *EXTRA_FIELDS, *(f"字段{i}" for i in range(14, len(parts) + 1))]
    return Parcel(number, dict(zip(names, parts, strict=False)))
