"""Where in what was handed over do the tables lie: a file, its companions, a folder, members of an archive?"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from gis.errors import FormatError
from gis.formats.archives import unpack
from gis.formats.model import Limits
from gis.formats.reading import SOURCE_NAME, Source

COMPANIONS = {".shp": (".shx", ".dbf", ".prj", ".cpg", ".dbt"), ".csv": (".prj",)}
"""The suffixes of what belongs to a file and lies beside it."""

_GEODATABASE_FILE = "a00000001.gdbtable"

_LESSER = (".csv", ".json", ".txt")
"""What lies beside data as often as it is data: read from an archive only if nothing better is there, in this order."""

_ARCHIVES = {".shp.zip": ".shp", ".gpkg.zip": ".gpkg", ".gdb.zip": ".gdb", ".kmz": ".kml"}
"""What is looked for in an archive of each suffix; in a .zip, everything known."""


@dataclass(frozen=True, slots=True)
class Member:
    """One source of a known suffix, placed under a name of ours."""

    suffix: str
    source: Source


def members(
    handed: list[Path], suffix: str, stem: str, work: Path, limits: Limits, known: frozenset[str]
) -> list[Member]:
    """The sources in `handed`: the first file, or the members with a `known` suffix if it is an archive.

    `handed` is the file, whose name ends in `suffix`, and the files beside it. Everything is placed in the folder
    `work` under safe names, by link where nothing will be written beside it.
    """
    path = handed[0]
    if suffix not in {".zip", *_ARCHIVES}:
        return [Member(suffix, _placed(path, suffix, stem, work, handed[1:]))]
    unpacked = work / "unpacked"
    unpack(path, unpacked, limits)
    wanted = known if suffix == ".zip" else frozenset({_ARCHIVES[suffix]})
    found = _chosen([(file, kind) for file, kind in _sources_below(unpacked) if kind in wanted])
    if not found:
        raise FormatError(
            f"压缩包中没有可读取的文件（{'、'.join(sorted(wanted))}）。",
            f"The archive holds no file that can be read ({', '.join(sorted(wanted))}).",
            remedy_zh="请检查压缩包的内容；不支持压缩包套压缩包。",
            remedy_en="Check its contents; archives within archives are not read.",
        )
    result = []
    for i, (file, kind) in enumerate(found):
        folder = work / f"member{i}"
        folder.mkdir()
        name = stem if file == unpacked else file.name[: -len(kind)] or stem
        result.append(Member(kind, _placed(file, kind, name, folder, list(file.parent.iterdir()))))
    return result


def _chosen(found: list[tuple[Path, str]]) -> list[tuple[Path, str]]:
    better = [(file, kind) for file, kind in found if kind not in _LESSER]
    lesser = ([(file, kind) for file, kind in found if kind == wanted] for wanted in _LESSER)
    return better or next((group for group in lesser if group), [])


def _sources_below(folder: Path) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    for current, folders, files in os.walk(folder):
        folders.sort()
        if _GEODATABASE_FILE in {name.lower() for name in files}:
            found.append((Path(current), ".gdb"))
            folders.clear()
            continue
        for name in sorted(files):
            found.append((Path(current) / name, Path(name).suffix.lower()))
    return found


def _placed(path: Path, suffix: str, stem: str, work: Path, beside: list[Path]) -> Source:
    target = work / f"{SOURCE_NAME}{suffix}"
    for companion in _companions(path, suffix, beside):
        _link(companion, work / f"{SOURCE_NAME}{companion.suffix.lower()}")
    journals = [one for one in beside if one.name in (f"{path.name}-wal", f"{path.name}-journal")]
    if suffix == ".gpkg" and (journals or _is_write_ahead(path)):
        for one in [path, *journals]:  # SQLite writes beside such a file, so it gets a copy
            shutil.copyfile(one, target.with_name(target.name + one.name[len(path.name) :]))
    else:
        _link(path, target)
    return Source(target, stem)


def _companions(path: Path, suffix: str, beside: list[Path]) -> list[Path]:
    """The files `beside` that belong to `path` by stem and suffix, whatever the case of their letters."""
    wanted = COMPANIONS.get(suffix, ())
    return [one for one in beside if one.stem.lower() == path.stem.lower() and one.suffix.lower() in wanted]


def _is_write_ahead(path: Path) -> bool:
    """Whether the SQLite file `path` is in write-ahead mode (bytes 18 and 19 of its head)."""
    with path.open("rb") as file:
        return file.read(20)[18:20] == b"\2\2"


def _link(path: Path, target: Path) -> None:
    try:
        target.symlink_to(path.resolve())
    except OSError:  # Windows without the right to make links
        if path.is_dir():
            shutil.copytree(path, target)
        else:
            shutil.copyfile(path, target)
