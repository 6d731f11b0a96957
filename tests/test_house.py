"""Rules about the code itself: style, types, import direction, and that what there is is documented."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.settings import Settings
from layers.catalogue import THEMATIC

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["lint-imports"]],
    ids=lambda command: " ".join(command),
)
def test_the_code_passes(command):
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_setting_stands_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"GAODU_{name.upper()}" not in readme]
    assert missing == []


def test_every_thematic_layer_stands_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [path.stem for path in THEMATIC.glob("*.toml") if f"`{path.stem}`" not in readme] == []


def test_every_dependency_is_pinned():
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower().replace("_", "-")
    wanted = re.findall(r'^    "([A-Za-z0-9_-]+)', pyproject.split("[project.scripts]")[0], re.MULTILINE)
    assert [name for name in wanted if not re.search(rf"^{name.lower()}==", constraints, re.MULTILINE)] == []
