"""Which servers may the tests use?"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import psycopg
import pytest

POSTGIS = "GAODU_TEST_POSTGIS"
REQUIRED = "GAODU_REQUIRE_SERVICES"


def postgis_server() -> str:
    """The URL of a PostGIS database to test in (.ci/postgis starts one); skips the test, or fails it, without one."""
    url = os.environ.get(POSTGIS)
    if url:
        return url
    message = f"{POSTGIS} is not set; .ci/postgis starts a server and prints its URL"
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def postgis_schema() -> Iterator[str]:
    """The URL of a new, empty schema of the test database, which is dropped afterwards."""
    server = postgis_server()
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.execute(f"CREATE SCHEMA {name}")
    try:
        joint = "&" if "?" in server else "?"
        yield f"{server}{joint}options={quote(f'-c search_path={name},public')}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("SET client_min_messages = warning")
            connection.execute(f"DROP SCHEMA {name} CASCADE")
