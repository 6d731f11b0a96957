"""May a client keep an answer, and has it kept this one?"""

from __future__ import annotations

from fastapi import Request, Response

FOR_GOOD = "private, max-age=31536000, immutable"
"""Not for caches that people share: who is asked for may see more than the next."""
ASK_AGAIN = "no-cache"


def cache_headers(version: str, asked: str | None = None) -> dict[str, str]:
    """The headers of an answer of `version`: to be kept for good where the address names it, else to be asked about.

    The ETag is weak, as one version is sent compressed or not.
    """
    return {
        "ETag": f'W/"{version}"',
        "Cache-Control": FOR_GOOD if asked == version else ASK_AGAIN,
    }


def is_held(request: Request, version: str) -> bool:
    """Whether the client says that it holds `version` (If-None-Match, RFC 9110, 13.1.2: compared weakly)."""
    asked = request.headers.get("if-none-match")
    if asked is None:
        return False
    return any(tag.strip().removeprefix("W/") in ("*", f'"{version}"') for tag in asked.split(","))


def not_modified(version: str, asked: str | None = None) -> Response:
    """304 for a client that holds `version`."""
    return Response(status_code=304, headers=cache_headers(version, asked))
