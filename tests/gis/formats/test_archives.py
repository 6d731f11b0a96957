import os
import stat
import zipfile

import pytest

from gis.errors import FormatError
from gis.formats.archives import unpack
from gis.formats.model import Limits
from tests.gis.formats.made import zipped


def test_members_come_out_under_their_names(tmp_path):
    archive = zipped(tmp_path / "a.zip", {"x/a.csv": b"1", "b.csv": b"2"})
    files = unpack(archive, tmp_path / "out", Limits())
    assert sorted(f.relative_to(tmp_path / "out").as_posix() for f in files) == ["b.csv", "x/a.csv"]


@pytest.mark.parametrize("name", ["../evil.csv", "a/../../evil.csv", "/etc/evil.csv", "C:/evil.csv", "..\\evil.csv"])
def test_a_path_outside_the_archive_is_refused(tmp_path, name):
    with pytest.raises(FormatError, match="outside"):
        unpack(zipped(tmp_path / "a.zip", {name: b"1"}), tmp_path / "out", Limits())
    assert not list(tmp_path.rglob("evil.csv"))


def test_a_link_is_refused(tmp_path):
    member = zipfile.ZipInfo("link.csv")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(FormatError, match="is a link"):
        unpack(tmp_path / "a.zip", tmp_path / "out", Limits())


def test_a_bomb_is_stopped_by_what_it_unpacks_to(tmp_path):
    archive = zipped(tmp_path / "a.zip", {"a.csv": bytes(80 << 20)})
    with pytest.raises(FormatError, match="bomb"):
        unpack(archive, tmp_path / "out", Limits())


def test_too_many_members_are_refused(tmp_path):
    archive = zipped(tmp_path / "a.zip", {f"{i}.csv": b"" for i in range(11)})
    with pytest.raises(FormatError, match="11 files; the limit is 10"):
        unpack(archive, tmp_path / "out", Limits(archive_entries=10))


def test_too_many_bytes_are_refused(tmp_path):
    archive = zipped(tmp_path / "a.zip", {"a.csv": os.urandom(2000)})
    with pytest.raises(FormatError, match="unpacks to more"):
        unpack(archive, tmp_path / "out", Limits(archive_bytes=1000))


def test_names_in_gbk_are_decoded(tmp_path):
    raw = "承包地块.csv".encode("gbk")
    zipped(tmp_path / "a.zip", {"placeholder!.csv": b"1"})
    content = (tmp_path / "a.zip").read_bytes().replace(b"placeholder!.csv", raw.rjust(16, b"_"))
    (tmp_path / "a.zip").write_bytes(content)
    assert [f.name for f in unpack(tmp_path / "a.zip", tmp_path / "out", Limits())] == ["____承包地块.csv"]


def test_two_members_of_one_name_are_refused(tmp_path):
    with pytest.raises(FormatError, match="appears twice"):
        unpack(zipped(tmp_path / "a.zip", {"a.csv": b"1", "A.CSV": b"2"}), tmp_path / "out", Limits())


def test_what_macs_add_is_left_out(tmp_path):
    archive = zipped(tmp_path / "a.zip", {"a.csv": b"1", "__MACOSX/._a.csv": b"2", ".DS_Store": b"3"})
    assert [f.name for f in unpack(archive, tmp_path / "out", Limits())] == ["a.csv"]


def test_an_encrypted_archive_is_refused(tmp_path):
    archive = zipped(tmp_path / "a.zip", {"a.csv": b"1"})
    content = bytearray(archive.read_bytes())
    for sign, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.find(sign) + offset] |= 1  # the flag of encryption, in both heads
    archive.write_bytes(bytes(content))
    with pytest.raises(FormatError, match="encrypted"):
        unpack(archive, tmp_path / "out", Limits())


@pytest.mark.parametrize("cut", [10, 40, -30])
def test_a_damaged_archive_is_refused(tmp_path, cut):
    archive = zipped(tmp_path / "a.zip", {"a.csv": os.urandom(500)})
    archive.write_bytes(archive.read_bytes()[:cut])
    with pytest.raises(FormatError, match="damaged"):
        unpack(archive, tmp_path / "out", Limits())
