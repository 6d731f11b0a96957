"""What lies under the layers of a map?"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

from api.web import WEB
from gis.errors import Problem

NONE = "none"
PLACEHOLDERS = ("{z}", "{x}", "{y}")


class BasemapError(Problem):
    """The setting names no background map that can be drawn."""

    code = "basemap"


@dataclass(frozen=True, slots=True)
class Basemap:
    """One layer of background tiles in Web Mercator: address template, attribution, subdomains, deepest zoom."""

    url: str
    attribution: str
    subdomains: str = "abc"
    max_zoom: int = 18

    @property
    def origin(self) -> str:
        """Scheme and host for a content-security-policy; every subdomain where the template has {s}."""
        parts = urlsplit(self.url)
        host = "*." + parts.netloc.split(".", 1)[1] if "{s}" in parts.netloc else parts.netloc
        return f"{parts.scheme}://{host}" if host else ""


def basemaps(name: str, key: str | None = None) -> tuple[Basemap, ...]:
    """The background layers that `name` stands for, bottom first: "none", a key of basemaps.toml or a URL template.

    `key` is the service's access key. Raises BasemapError with the valid choices.
    """
    if name == NONE:
        return ()
    if all(placeholder in name for placeholder in PLACEHOLDERS):
        return (Basemap(name, urlsplit(name).netloc.replace("{s}.", "") or "basemap"),)
    known = _table()
    if name not in known:
        raise _unknown(name, known)
    entry = known[name]
    if not key and any("{key}" in url for url in entry["layers"]):
        raise BasemapError(
            f"底图“{name}”需要密钥。",
            f"The basemap {name!r} needs a key.",
            remedy_zh="请设置 GAODU_TIANDITU_KEY。",
            remedy_en="Set GAODU_TIANDITU_KEY.",
        )
    return tuple(
        Basemap(
            url.replace("{key}", quote(key or "")), entry["attribution"], entry["subdomains"], int(entry["max_zoom"])
        )
        for url in entry["layers"]
    )


@cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads((WEB / "basemaps.toml").read_text(encoding="utf-8"))


def _unknown(name: str, known: Sequence[str] | dict[str, Any]) -> BasemapError:
    choices = [NONE, *known]
    return BasemapError(
        f"没有名为“{name}”的底图。",
        f"There is no basemap {name!r}.",
        remedy_zh=f"可选：{'、'.join(choices)}，或含 {{z}} {{x}} {{y}} 的地址模板。",
        remedy_en=f"Choose one of {', '.join(choices)}, or give an address with {{z}}, {{x}} and {{y}}.",
    )
