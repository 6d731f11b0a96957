"""The build hook: what it copies, and when it has nothing to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("hatchling", reason="the hook runs under hatchling, which only builds need")

import api.web.build_hook as build_hook

ASSETS = '[[package]]\nname = "@scope/part"\nfiles = ["dist/part.js"]\n'


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with lists, and an installer that makes the package they name."""
    (tmp_path / "assets.toml").write_text(ASSETS)
    (tmp_path / "package-lock.json").write_text("{}")

    def installed(_: Path, folder: Path) -> Path:
        part = folder / "node_modules" / "@scope" / "part"
        (part / "dist").mkdir(parents=True)
        (part / "dist" / "part.js").write_text("part")
        (part / "dist" / "other.js").write_text("other")
        (part / "package.json").write_text(json.dumps({"name": "@scope/part", "version": "1.0.0", "license": "MIT"}))
        return folder / "node_modules"

    monkeypatch.setattr(build_hook, "_installed", installed)
    return tmp_path


def test_only_listed_files_are_copied(web: Path) -> None:
    build_hook.vendor(web, web / "vendor")
    assert sorted(path.name for path in (web / "vendor" / "@scope" / "part").rglob("*.js")) == ["part.js"]


def test_a_package_without_a_licence_file_says_what_it_declares(web: Path) -> None:
    build_hook.vendor(web, web / "vendor")
    assert "MIT" in (web / "vendor" / "@scope" / "part" / "LICENSE").read_text()


def test_a_second_build_does_nothing(web: Path) -> None:
    assert build_hook.vendor(web, web / "vendor") is True
    assert build_hook.vendor(web, web / "vendor") is False


def test_a_changed_lock_is_built_again(web: Path) -> None:
    build_hook.vendor(web, web / "vendor")
    (web / "package-lock.json").write_text('{"changed": true}')
    assert build_hook.vendor(web, web / "vendor") is True


def test_a_lost_file_is_built_again(web: Path) -> None:
    build_hook.vendor(web, web / "vendor")
    (web / "vendor" / "@scope" / "part" / "dist" / "part.js").unlink()
    assert build_hook.vendor(web, web / "vendor") is True


def test_a_listed_file_that_the_package_lacks_fails_the_build(web: Path) -> None:
    (web / "assets.toml").write_text(ASSETS.replace("part.js", "missing.js"))
    with pytest.raises(FileNotFoundError):
        build_hook.vendor(web, web / "vendor")
    assert not (web / "vendor").exists()
