"""Does the service answer where nothing compiled can be kept: read-only code, no home, no cache folder?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASKING = """
from pathlib import Path
from fastapi.testclient import TestClient
from api.app import create_app
from api.settings import Settings
with TestClient(create_app(Settings(store="town.gpkg"))) as client:
    answer = client.get("/ogc/collections")
    print(answer.status_code, len(answer.json()["collections"]) > 0, flush=True)
import os
os._exit(0)  # the rest of the kernels would be compiled first
"""


def test_service_answers_where_no_folder_for_compiled_code_can_be_made(tmp_path: Path) -> None:
    # permissions do not bind the superuser, so files stand where the folders would be
    nowhere = tmp_path / "file"
    nowhere.write_text("not a folder")
    apart = shutil.ignore_patterns("__pycache__", "node_modules")
    for package in ("api", "layers", "gis", "data"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=apart)
    for code in {path.parent for path in tmp_path.rglob("*.py")}:
        (code / "__pycache__").write_text("not a folder")
    unwritable = {"HOME": str(nowhere), "XDG_CACHE_HOME": str(nowhere), "NUMBA_CACHE_DIR": str(nowhere / "cache")}
    ran = subprocess.run(
        [sys.executable, "-c", ASKING], cwd=tmp_path, env=os.environ | unwritable, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert ran.stdout.strip() == "200 True", ran.stderr
    assert ran.stderr.count("set NUMBA_CACHE_DIR") == 1
