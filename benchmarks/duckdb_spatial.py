"""Is DuckDB with its spatial extension there as a peer?

It is not among the project's requirements: `pip install duckdb==1.5.5 duckdb-extension-spatial==1.5.5`, the latter
being the extension as a wheel, so that nothing is fetched at run time.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any


def connection() -> Any | None:
    """A connection with one thread and the spatial extension loaded; None where they are not installed."""
    package = find_spec("duckdb_extension_spatial")
    if find_spec("duckdb") is None or package is None or package.origin is None:
        return None
    import duckdb  # an optional dependency

    found = duckdb.connect(config={"threads": 1, "allow_unsigned_extensions": True})
    found.load_extension(str(next(Path(package.origin).parent.rglob("spatial.duckdb_extension"))))
    return found
