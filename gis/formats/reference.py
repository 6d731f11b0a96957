"""Which coordinate system does a file state, and do its coordinates agree?"""

from __future__ import annotations

from dataclasses import dataclass

import pyproj
from pyproj.exceptions import CRSError

from gis.formats.model import Note
from gis.formats.remarks import shortened

CONFIDENCE = 70
"""The least confidence, in percent, with which a definition without an EPSG code is matched to one (PROJ's measure)."""

_SAME_AXES = {"OGC:CRS84": 4326, "OGC:CRS83": 4269, "OGC:CRS27": 4267}


@dataclass(frozen=True, slots=True)
class Reference:
    """The EPSG code and the name a file states, None where it states none; `degrees` for a geographic system."""

    epsg: int | None = None
    name: str | None = None
    notes: tuple[Note, ...] = ()
    degrees: bool = False


def stated(text: str | None, *, place: str = "") -> Reference:
    """What `text` (WKT of any kind, PROJJSON, "EPSG:n", a URN) states; `place` names the file that holds only it.

    A definition that carries no code is matched by its parameters and the match is reported; an unreadable one is
    reported and gives no code. The vertical part of a compound system is dropped and reported.
    """
    if not text or not text.strip().strip("\0"):
        return Reference(notes=(_missing(),))
    try:
        crs = pyproj.CRS.from_user_input(text.strip().strip("\0\ufeff"))
    except (CRSError, UnicodeEncodeError):  # the latter over a lone surrogate, which JSON can hold
        return Reference(name=shortened(text, 80), notes=(_unreadable(text, place),))
    notes = []
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
        notes.append(Note("坐标系含高程部分，已只取平面部分。", "The vertical part of the CRS was left out."))
    if crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    epsg, match = _code(crs)
    return Reference(epsg, crs.name, (*notes, *match), degrees=crs.is_geographic)


def _code(crs: pyproj.CRS) -> tuple[int | None, tuple[Note, ...]]:
    carried = crs.to_json_dict().get("id", {})
    if carried.get("authority") == "EPSG":
        return int(carried["code"]), ()
    if f"{carried.get('authority')}:{carried.get('code')}" in _SAME_AXES:
        return _SAME_AXES[f"{carried['authority']}:{carried['code']}"], ()
    matched = crs.to_epsg(min_confidence=100) or crs.to_epsg(min_confidence=CONFIDENCE)
    if matched is not None:
        name = pyproj.CRS.from_epsg(matched).name
        return matched, (
            Note(
                f"坐标系“{crs.name}”没有 EPSG 代码，按参数匹配为 EPSG:{matched}（{name}）。",
                f"The CRS {crs.name!r} carries no EPSG code; its parameters match EPSG:{matched} ({name}).",
            ),
        )
    return None, (
        Note(
            f"坐标系“{crs.name}”没有对应的 EPSG 代码，请指定。",
            f"The CRS {crs.name!r} matches no EPSG code; please state one.",
        ),
    )


def _missing() -> Note:
    return Note("文件没有说明坐标系，请指定。", "The file states no coordinate system; please state it.")


def _unreadable(text: str, place: str) -> Note:
    where_zh, where_en = (f"（{place}）", f" ({place})") if place else ("", "")
    return Note(
        f"无法识别文件中的坐标系{where_zh}，按没有处理，请指定（命令行用 --crs）：{shortened(text, 80)}",
        f"The CRS of the file{where_en} is not understood and was left out; please state it "
        f"(--crs on the command line): {shortened(text, 80)}",
    )
