"""What is in this archive, and may it be unpacked?"""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from gis.errors import FormatError
from gis.formats.model import Limits

_FREE_BYTES = 64 << 20
"""Below this size an archive may unpack to any ratio: blank-padded tables pack a thousandfold."""

_CHUNK = 1 << 20


def unpack(archive: Path, folder: Path, limits: Limits) -> list[Path]:
    """Unpacks `archive` into `folder` and returns the files; raises FormatError for what may not be unpacked.

    Refused: paths that leave the folder, absolute paths, links, encryption, two members of one name, more members
    or bytes than `limits` allow (counted while unpacking; the archive's own figures are not believed). Names are
    UTF-8 where flagged, else UTF-8 or GB18030 by their bytes.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = list(_members(opened, limits))
            return _extract(opened, members, folder, limits, archive.stat().st_size)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError) as error:
        raise _broken(str(error)) from error
    except (NotImplementedError, RuntimeError, OSError) as error:  # RuntimeError: a password is missing
        raise _broken(str(error)) from error


def _members(opened: zipfile.ZipFile, limits: Limits) -> Iterator[tuple[zipfile.ZipInfo, PurePosixPath]]:
    if len(opened.infolist()) > limits.archive_entries:
        raise FormatError(
            f"压缩包内文件过多（{len(opened.infolist())} 个，上限 {limits.archive_entries}）。",
            f"The archive holds {len(opened.infolist())} files; the limit is {limits.archive_entries}.",
            remedy_zh="请分成几个压缩包。", remedy_en="Split it into several archives.",
        )  # fmt: skip
    seen: set[str] = set()
    for member in opened.infolist():
        if member.is_dir():
            continue
        path = PurePosixPath(member_name(member).replace("\\", "/"))
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _refused(str(path), "是链接", "is a link")
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or not path.name:
            raise _refused(str(path), "的路径越出压缩包", "has a path outside the archive")
        if str(path).lower() in seen:
            raise _refused(str(path), "重复出现", "appears twice")
        seen.add(str(path).lower())
        if not (path.parts[0] == "__MACOSX" or path.name.startswith(".")):
            yield member, path


def member_name(member: zipfile.ZipInfo) -> str:
    """The member's name: as flagged when UTF-8, else decoded from its bytes as UTF-8 or GB18030."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        raw = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _extract(
    opened: zipfile.ZipFile,
    members: list[tuple[zipfile.ZipInfo, PurePosixPath]],
    folder: Path,
    limits: Limits,
    packed_bytes: int,
) -> list[Path]:
    allowed = min(limits.archive_bytes, max(_FREE_BYTES, limits.archive_ratio * packed_bytes))
    written, files = 0, []
    for member, path in members:
        target = folder.joinpath(*path.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with opened.open(member) as source, target.open("xb") as file:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > allowed:
                    raise FormatError(
                        f"压缩包解开后超过 {allowed / 1e6:.0f} MB，可能是压缩炸弹。",
                        f"The archive unpacks to more than {allowed / 1e6:.0f} MB and may be a bomb.",
                        place=str(path),
                        remedy_zh="请解压后分批上传。",
                        remedy_en="Unpack it and send its files one by one.",
                    )
                file.write(chunk)
        files.append(target)
    return files


def _refused(member: str, zh: str, en: str) -> FormatError:
    return FormatError(
        f"压缩包中的“{member}”{zh}，已拒绝。", f"{member!r} in the archive {en}; refused.",
        remedy_zh="请用普通方式重新压缩。", remedy_en="Pack the files again in the ordinary way.",
    )  # fmt: skip


def _broken(reason: str) -> FormatError:
    return FormatError(
        f"压缩包已损坏或已加密：{reason}", f"The archive is damaged or encrypted: {reason}",
        remedy_zh="请重新压缩为不加密的 zip。", remedy_en="Pack it again as a zip without a password.",
    )  # fmt: skip
