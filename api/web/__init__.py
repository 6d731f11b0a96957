"""Where are the files of the pages?"""

from __future__ import annotations

from pathlib import Path

WEB = Path(__file__).resolve().parent
STATIC = WEB / "static"
TEMPLATES = WEB / "templates"
LOCALES = WEB / "locales"
