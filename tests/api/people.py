"""Who may ask the service: people with tokens, somebody without, and a layer that few may see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow as pa
import shapely
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from layers.catalogue import Catalogue, load_catalogue
from layers.definition import parse_definition
from layers.roles import Role
from layers.store import Store, open_store
from tests.services import postgis_schema

LOCAL = {"base_url": "http://127.0.0.1:8000", "client": ("127.0.0.1", 50_000)}
"""What makes a TestClient somebody at this machine."""

ENGINES = ("geopackage", "postgis")

HIDDEN, HIDDEN_ZH, HIDDEN_EN, HIDDEN_FIELD = "hidden_wells", "保密机井图层", "Classified wells", "保密井深"
SEEN_BY = Role.REVIEWER

WELLS = f"""
id = "{HIDDEN}"
title = {{zh = "{HIDDEN_ZH}", en = "{HIDDEN_EN}"}}
visible_to = "{SEEN_BY}"
geometry = "point"
crs = 4490
date = 2024-12-31
source = {{zh = "测试", en = "test"}}

[[fields]]
name = "name"
title = {{zh = "名称", en = "Name"}}
type = "text"

[[fields]]
name = "code"
title = {{zh = "编码", en = "Code"}}
type = "text"

[style]
label = "name"
"""

SPRINGS = f"""
id = "springs"
title = {{zh = "泉", en = "Springs"}}
geometry = "point"
crs = 4490
date = 2024-12-31
source = {{zh = "测试", en = "test"}}

[[fields]]
name = "name"
title = {{zh = "名称", en = "Name"}}
type = "text"

[[fields]]
name = "{HIDDEN_FIELD}"
title = {{zh = "{HIDDEN_FIELD}", en = "Depth of the spring"}}
type = "integer"
visible_to = "{SEEN_BY}"
"""


@contextmanager
def store_with_secrets(engine: str, folder: Path) -> Iterator[Store]:
    """A layer of which few may see anything, one with a field that few may see, and one without features."""
    definitions = [parse_definition(text, place="test") for text in (WELLS, SPRINGS)]
    catalogue = Catalogue({each.id: each for each in definitions}).with_layer(load_catalogue()["grids"])
    with ExitStack() as stack:
        url = stack.enter_context(postgis_schema()) if engine == "postgis" else folder / "store.gpkg"
        store = stack.enter_context(open_store(url, catalogue))
        with store.transaction(who="张三", why=f"新建{HIDDEN_ZH}") as transaction:
            transaction.insert(HIDDEN, _points(code="XJ-4711"))
        with store.transaction(who="张三", why="泉") as transaction:
            transaction.insert("springs", _points(**{HIDDEN_FIELD: 4711}))
        yield store


def _points(**values: object) -> pa.Table:
    points = [shapely.to_wkb(shapely.Point(118.3, 34.95))]
    columns = {name: pa.array([value]) for name, value in values.items()}
    return pa.table({"geom": pa.array(points, pa.binary()), "name": pa.array(["一号"]), **columns})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def signed_in(app: FastAPI, token: str, **options: object) -> TestClient:
    """A client that gives `token` with every request."""
    return TestClient(app, headers=bearer(token), **options)  # type: ignore[arg-type]


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """The method and the path of every route."""
    found = [(method, str(each.path)) for each in iter_route_contexts(app.routes) for method in each.methods or {"GET"}]
    return sorted({(method, path) for method, path in found if method != "HEAD"})
