"""May a store's file lie here?"""

from __future__ import annotations

import os
from pathlib import Path

from layers.errors import StoreError

NETWORK_FILESYSTEMS = frozenset({
    "nfs", "nfs4", "cifs", "smbfs", "smb2", "smb3", "ncpfs", "afs", "davfs", "fuse.davfs2",
    "fuse.sshfs", "fuse.smbnetfs",
})  # fmt: skip
"""Where WAL corrupts: its index is memory shared by the processes of one machine (sqlite.org/wal.html)."""

MOUNTS = Path("/proc/self/mountinfo")


def checked_path(path: Path) -> Path:
    """`path`, absolute; raises StoreError for a folder, a missing folder, and places that cannot hold a store."""
    path = path.expanduser().absolute()
    if path.is_dir():
        raise _refused(path, "这是文件夹，不是文件。", "This is a folder, not a file.",
                       "请给出 .gpkg 文件的路径。", "Give the path of a .gpkg file.")  # fmt: skip
    if not path.parent.is_dir():
        raise _refused(path, "文件夹不存在。", "The folder does not exist.",
                       "请先新建该文件夹。", "Make the folder first.")  # fmt: skip
    network = network_filesystem(path.parent)
    if network:
        raise _refused(path, f"该位置在网络盘（{network}）上，多机同时写入会损坏数据库。",
                       f"This place is on a network drive ({network}), where writers corrupt the store.",
                       "请放在本机磁盘，或使用 PostGIS。", "Use a local disk, or PostGIS.")  # fmt: skip
    for place in (path, path.parent):
        if place.exists() and not os.access(place, os.W_OK):
            raise _refused(path, "没有写权限。", "This place is read-only.", "请检查文件和文件夹的权限。",
                           "Check the permissions of the file and its folder.")  # fmt: skip
    return path


def _refused(path: Path, zh: str, en: str, remedy_zh: str, remedy_en: str) -> StoreError:
    return StoreError(zh, en, place=str(path), remedy_zh=remedy_zh, remedy_en=remedy_en)


def network_filesystem(folder: Path) -> str | None:
    """The name of the network filesystem that `folder` is on; None on a local disk."""
    resolved = folder.resolve()
    if str(resolved).startswith(("\\\\", "//")):
        return "SMB"
    try:
        mounts = MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    kind = mounted_kind(mounts, resolved)
    return kind if kind in NETWORK_FILESYSTEMS else None


def mounted_kind(mountinfo: str, folder: Path) -> str | None:
    """The filesystem type of the mount that `folder` is on, by the text of /proc/self/mountinfo (proc(5))."""
    found: dict[Path, str] = {}
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        if after:
            point = before.split(" ")[4].replace("\\040", " ")
            found[Path(point)] = after.split(" ")[0]
    holders = [point for point in found if folder.is_relative_to(point)]
    return found[max(holders, key=lambda point: len(point.parts))] if holders else None
