"""What the worker refuses, and that what happens to it does not happen to us."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gis.errors import FormatError
from gis.formats import Limits, read_table, sandbox, tables
from gis.formats.confinement import PACKAGE
from tests.gis.formats.made import geojson, point, shapefile, zipped

VRT = '<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / "secret.csv"
    path.parent.mkdir()
    path.write_text('id,WKT\n1,"POINT(1 2)"\n')
    return path


@pytest.mark.parametrize("suffix", [".geojson", ".gml", ".kml", ".csv"])
def test_vrt_under_another_suffix_reads_no_other_file(tmp_path, secret, suffix):
    path = tmp_path / f"trojan{suffix}"
    path.write_text(VRT.format(secret))
    with pytest.raises(FormatError):
        read_table(path)


def test_a_gdal_pipeline_under_geojson_reads_no_other_file(tmp_path, secret):
    pipeline = f"gdal vector read {secret} ! write --format stream streamed_dataset"
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "gdal_streamed_alg", "command_line": pipeline}))
    with pytest.raises(FormatError, match="not what its suffix says"):
        read_table(tmp_path / "a.geojson")


@pytest.mark.parametrize("suffix", [".kml", ".gml"])
@pytest.mark.parametrize("declaration", ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "<!DOCTYPE a>"])
def test_entities_are_refused_at_every_xml_door(tmp_path, suffix, declaration):
    (tmp_path / f"a{suffix}").write_text(f'<?xml version="1.0"?>{declaration}<a>&x;</a>')
    with pytest.raises(FormatError, match="DOCTYPE"):
        read_table(tmp_path / f"a{suffix}")


def test_xml_in_utf16_is_refused_since_a_doctype_would_hide_in_it(tmp_path):
    (tmp_path / "a.gml").write_bytes('<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16"))
    with pytest.raises(FormatError, match="not XML"):
        read_table(tmp_path / "a.gml")


@pytest.fixture
def web():
    """A server, and the requests it got."""
    hits: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    server.server_close()


def test_no_link_in_a_file_is_followed(tmp_path, web):
    address, hits = web
    crs = {"type": "link", "properties": {"href": f"{address}/crs", "type": "proj4"}}
    geojson(tmp_path / "a.geojson", ({"a": 1}, point(1, 2)), crs=crs)
    (tmp_path / "a.gml").write_text(
        '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'xsi:schemaLocation="http://x {address}/x.xsd"><gml:featureMember><a gml:id="1">'
        f'<b xlink:href="{address}/b">q</b></a></gml:featureMember></gml:FeatureCollection>'
    )
    style = f"<styleUrl>{address}/s.kml#x</styleUrl><Point><coordinates>118,35</coordinates></Point>"
    (tmp_path / "a.kml").write_text(f"<kml><Document><Placemark>{style}</Placemark></Document></kml>")
    for name in ("a.geojson", "a.gml", "a.kml"):
        assert read_table(tmp_path / name).data.num_rows == 1
    assert hits == []


def test_a_worker_that_takes_too_long_is_stopped(tmp_path):
    path = geojson(tmp_path / "a.geojson", ({"a": 1}, point(1, 2)))
    with pytest.raises(FormatError, match=r"more than 0\.05 seconds") as caught:
        read_table(path, limits=Limits(seconds=0.05))
    assert "拆分" in caught.value.remedy_zh


def test_a_worker_without_memory_is_a_refusal(tmp_path):
    path = geojson(tmp_path / "a.geojson", *[({"a": "x" * 1000}, point(1, 2))] * 30_000)
    with pytest.raises(FormatError, match="GiB of memory"):
        read_table(path, limits=Limits(memory_bytes=300 << 20))


def test_a_worker_may_not_write_more_than_its_limit(tmp_path):
    path = geojson(tmp_path / "a.geojson", *[({"a": "x" * 1000}, point(1, 2))] * 3000)
    with pytest.raises(FormatError):
        read_table(path, limits=Limits(output_bytes=1 << 20))


def test_modules_in_an_archive_are_not_imported(tmp_path):
    shp = shapefile(tmp_path / "s")
    members = {f"s/{part.name}": part.read_bytes() for part in shp.parent.iterdir()}
    evil = b"raise SystemExit('imported from the archive')"
    members |= dict.fromkeys(("json.py", "shapely.py", "gis/__init__.py", "sitecustomize.py"), evil)
    assert read_table(zipped(tmp_path / "a.zip", members)).data.num_rows == 1


def test_no_temporary_folder_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    read_table(geojson(tmp_path / "a.geojson", ({"a": 1}, point(1, 2))))
    (tmp_path / "b.geojson").write_text("{")
    with pytest.raises(FormatError):
        read_table(tmp_path / "b.geojson")
    assert list((tmp_path / "tmp").iterdir()) == []


CONFINED = """
import socket, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from gis.formats import confinement
print(confinement.refuse_sockets(), confinement.only_files([Path(sys.argv[2])], Path(sys.argv[3])))
def attempt(action):
    try:
        action()
        return "done"
    except OSError as error:
        return type(error).__name__
print(attempt(socket.socket), attempt(Path(sys.argv[2]).read_bytes), attempt(Path(sys.argv[4]).read_bytes))
print(attempt(lambda: (Path(sys.argv[3]) / "x").write_text("x")), attempt(lambda: Path(sys.argv[2]).write_text("x")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp and Landlock are Linux")
def test_a_confined_process_opens_no_socket_and_no_other_file(tmp_path, secret):
    (tmp_path / "given").write_text("given")
    (tmp_path / "work").mkdir()
    arguments = [str(path) for path in (PACKAGE.parent, tmp_path / "given", tmp_path / "work", secret)]
    done = subprocess.run([sys.executable, "-c", CONFINED, *arguments], capture_output=True, text=True, check=True)
    lines = done.stdout.split("\n")
    if lines[0] != "True True":
        pytest.skip("this kernel has no seccomp or no Landlock")
    assert lines[1] == "PermissionError done PermissionError"
    assert lines[2] == "done PermissionError"


def test_the_worker_inherits_nothing_of_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("GDAL_SKIP", "GeoJSON")
    monkeypatch.setenv("PYTHONSTARTUP", "/nonexistent")
    assert tables(geojson(tmp_path / "a.geojson", ({"a": 1}, point(1, 2))))[0].features == 1
    assert "GDAL_SKIP" in os.environ


def ended(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> FormatError:
    """What is said of a worker that runs `code` instead of its job."""
    program = folder / "program.py"
    program.write_text(code)
    monkeypatch.setattr(sandbox, "_WORKER", (str(program),))
    work = folder / "job"
    work.mkdir()
    with pytest.raises(FormatError) as caught:
        sandbox.run({}, work=work, readable=[], limits=Limits(), place="a.shp")
    return caught.value


def test_a_signal_is_named_in_words_and_no_empty_detail_follows(tmp_path, monkeypatch):
    error = ended("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", tmp_path, monkeypatch)
    assert error.zh == "读写进程意外终止（读写库访问内存出错，SIGSEGV）。"
    assert error.en == "The worker process ended unexpectedly (the library made a memory fault, SIGSEGV)."


def test_a_signal_without_words_of_ours_keeps_its_name(tmp_path, monkeypatch):
    assert "SIGUSR1" in ended("import os, signal\nos.kill(os.getpid(), signal.SIGUSR1)", tmp_path, monkeypatch).zh


def test_the_last_words_of_a_worker_are_legible_and_short(tmp_path, monkeypatch):
    code = "import sys\nsys.stderr.buffer.write(b'\\x1b[31m\\xff\\x00' + b'x' * 1000)\nsys.exit(3)"
    error = ended(code, tmp_path, monkeypatch)
    assert error.en == f"The worker process ended unexpectedly (exit status 3): [31m{'x' * 295}…"


def test_what_gdal_says_is_legible_and_short(tmp_path):
    # SQLite quotes the broken definition of a table in its error
    path = tmp_path / "a.gpkg"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE parcels (a TEXT)")
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_master SET sql = ?", ("CREATE TABLE \x1b[31m" + "x" * 1000 + " (",))
        database.commit()
    with pytest.raises(FormatError) as caught:
        read_table(path)
    assert all(len(text) <= 300 for text in (caught.value.zh, caught.value.en))
    assert "\x1b" not in str(caught.value)
