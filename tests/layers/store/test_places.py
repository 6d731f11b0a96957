from __future__ import annotations

from pathlib import Path

import pytest

from layers.store.places import mounted_kind

MOUNTINFO = """\
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/share rw,relatime shared:1 - nfs4 server:/export rw
31 22 0:41 / /mnt/my\\040docs rw - cifs //server/docs rw
32 30 8:2 / /mnt/share/local rw - xfs /dev/sdb1 rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/a", "ext4"),
        ("/mnt/share", "nfs4"),
        ("/mnt/share/deep/er", "nfs4"),
        ("/mnt/shared", "ext4"),
        ("/mnt/my docs/x", "cifs"),
        ("/mnt/share/local/x", "xfs"),
    ],
)
def test_innermost_mount_decides(folder: str, kind: str) -> None:
    assert mounted_kind(MOUNTINFO, Path(folder)) == kind


def test_nothing_is_known_without_mounts() -> None:
    assert mounted_kind("", Path("/home")) is None
