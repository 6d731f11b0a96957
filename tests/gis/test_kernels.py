from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import gis
from gis.area import area_m2
from gis.columns import GeometryColumns, GeometryKind
from gis.geojson import feature_collection
from gis.kernels import _to_warm, compiled, warm
from gis.overlay import overlap_areas
from gis.topology import findings
from gis.validity import repair
from tests.gis.zoo import POLYGONS, ZOO

ASCENDING = "import numpy; from gis.kernels import gather; print(gather.is_ascending(numpy.arange(5)))"


def asked(folder: Path, **environment: str) -> tuple[str, str]:
    """What a new process says that calls a kernel of the engine in `folder`: its output and its errors."""
    known = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA_")}
    ran = subprocess.run(
        [sys.executable, "-c", ASCENDING],
        cwd=folder,
        env=known | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout.strip(), ran.stderr


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    """A folder with a copy of the engine, nothing compiled."""
    source = Path(gis.__file__).parent
    shutil.copytree(source, tmp_path / "gis", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_every_kernel_is_compiled_once_warm_is_done():
    count = warm()
    assert count == len(_to_warm) > 0
    assert all(signature in dispatcher.signatures for dispatcher, signature in _to_warm)


def test_the_engine_works_where_no_cache_can_be_written(engine: Path):
    nowhere = engine / "file"
    nowhere.write_text("not a folder")
    (engine / "gis" / "kernels" / "__pycache__").write_text("not a folder")
    said, errors = asked(engine, XDG_CACHE_HOME=str(nowhere), HOME=str(nowhere))
    assert said == "True", errors
    assert errors.count("NUMBA_CACHE_DIR") == 1


def test_damaged_cache_files_are_compiled_anew(engine: Path, tmp_path: Path):
    cache = tmp_path / "cache"
    assert asked(engine, NUMBA_CACHE_DIR=str(cache))[0] == "True"
    files = [path for path in cache.rglob("*") if path.suffix in (".nbi", ".nbc")]
    for number, path in enumerate(files):
        path.write_bytes(path.read_bytes()[: 40 * (number % 3)])
    said, errors = asked(engine, NUMBA_CACHE_DIR=str(cache))
    assert files
    assert said == "True", errors


def test_a_change_in_a_kernel_that_is_called_is_noticed(engine: Path, tmp_path: Path):
    # caller.py calls called.py: numba alone would go on with the old one
    kernels = engine / "gis" / "kernels"
    (kernels / "called.py").write_text("from gis.kernels import compiled\n\n\n@compiled()\ndef one():\n    return 1\n")
    (kernels / "caller.py").write_text(
        "from gis.kernels import called, compiled\n\n\n@compiled()\ndef two():\n    return called.one() * 2\n"
    )
    run = [sys.executable, "-c", "from gis.kernels.caller import two; print(two())"]
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    first = subprocess.check_output(run, cwd=engine, env=environment, text=True)
    (kernels / "called.py").write_text("from gis.kernels import compiled\n\n\n@compiled()\ndef one():\n    return 5\n")
    second = subprocess.check_output(run, cwd=engine, env=environment, text=True)
    assert (first.strip(), second.strip()) == ("2", "10")


def test_division_by_zero_gives_what_numpy_gives():
    @compiled()
    def share(part, whole):
        return part / whole

    assert share(1.0, 0.0) == float("inf")


def test_kernels_are_called_with_the_types_they_are_warmed_for():
    # a call with another type would compile in the middle of a request
    warm()
    before = {dispatcher: set(dispatcher.signatures) for dispatcher, _ in _to_warm}
    for kind, shapes in ZOO.items():
        columns = GeometryColumns.from_shapely(list(shapes.values()), kind=GeometryKind(kind))
        GeometryColumns.concatenate([columns, columns.take([0, 1])]).to_wkb()
        feature_collection(columns, np.arange(len(columns)), pa.table({"name": list(shapes)}))
    polygons = GeometryColumns.from_shapely([shape for name, shape in POLYGONS.items() if name != "huge_coordinates"])
    at_site = replace(polygons, xy=np.add(polygons.xy, [39_618_700, 3_872_200]))
    for method in ("ellipsoidal", "planar"):
        area_m2(at_site, method, 4527)
    findings(at_site, 4527)
    repair(at_site, 4527)
    overlap_areas(at_site, at_site)
    assert {dispatcher: set(dispatcher.signatures) for dispatcher, _ in _to_warm} == before
