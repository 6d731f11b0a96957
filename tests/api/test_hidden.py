"""What a role may not see is in no list, document, tile, header or error: every route of GET, with a hidden layer."""

import gzip
import io
import json
import re
import zipfile
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from api.access.rights import read_rights
from api.app import create_app
from api.settings import Settings
from layers.report import read_report
from layers.roles import Role
from tests.api.people import (
    ENGINES,
    HIDDEN,
    HIDDEN_EN,
    HIDDEN_FIELD,
    HIDDEN_ZH,
    SEEN_BY,
    routes,
    signed_in,
    store_with_secrets,
)

PHANTOM = "phantom_layer"
"""A layer that never was."""

SECRETS = [HIDDEN, HIDDEN_ZH, HIDDEN_EN, HIDDEN_FIELD, "XJ-4711", "Depth of the spring"]
PLACES = {"matrix_set": "WebMercatorQuad", "zoom": "0", "row": "0", "column": "0", "year": "2024", "kind": "json"}
NAMES = {"layer", "name", "file", "raster", "sheet", "code"}
"""The parameters of paths that may name a layer."""

OGC = ["?f=html", "?collections={0}", "?filter={0}=1", "?properties={0}", "?sortby={0}", "?{0}=1"]
OTHERS = ["?layer={0}&by={0}&q=XJ-4711&name={0}&metric=yield", "?filter={0}=1", "?zones={0}&collections={0}"]
"""What is asked for besides, naming the layer wherever an address takes a name; OGC's refuse what they do not know."""


def blind():
    """Nobody, and the roles before the one that sees."""
    order = list(Role)
    return [None, *order[: order.index(SEEN_BY)]]


@pytest.fixture(scope="module", params=[ENGINES[0], pytest.param(ENGINES[1], marks=pytest.mark.postgis)])
def store(request, tmp_path_factory):
    with store_with_secrets(request.param, tmp_path_factory.mktemp("hidden")) as store:
        yield store


@pytest.fixture(scope="module")
def tokens(store):
    return {role: store.tokens.add(f"某{role}", role) for role in Role}


@pytest.fixture(scope="module")
def app(store):
    return create_app(Settings(_env_file=None), store)


@pytest.fixture
def ask(app, tokens):
    """Asks for an address as a role."""
    with TestClient(app, follow_redirects=False) as anonymous:
        people = {None: anonymous} | {role: signed_in(app, tokens[role], follow_redirects=False) for role in Role}
        yield lambda role, path: people[role].get(path)


def address(path, named):
    """`path` with its parameters filled in, those that may name a layer by `named`."""
    values = PLACES | dict.fromkeys(NAMES, named)
    filled = re.sub(r"\{([^}:]*)[^}]*\}", lambda found: values.get(found[1], "1"), path)
    return f"{filled}.csv" if path.startswith("/exports/") else filled


def readable(app):
    return [path for method, path in routes(app) if method == "GET" and read_rights().action(method, path) == "read"]


def whole(answer):
    """All that an answer tells, its headers included; what is packed in it unpacked."""
    parts = [answer.content, str(answer.headers).encode()]
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            parts += [name.encode() + archive.read(name) for name in archive.namelist()]
    if answer.content.startswith(b"\x1f\x8b"):
        parts.append(gzip.decompress(answer.content))
    return b"\n".join(parts).decode("utf-8", "replace")


def told(answer, besides=""):
    """The secrets that an answer tells; what was asked for itself may be repeated."""
    text = whole(answer)
    written = {secret: {secret, json.dumps(secret)[1:-1], quote(secret)} for secret in SECRETS}
    return [secret for secret, forms in written.items() if secret not in besides and any(map(text.__contains__, forms))]


@pytest.mark.parametrize("role", blind())
def test_nothing_hidden_is_told_unasked(app, ask, role):
    for path in readable(app):
        for named in ("springs", "base", "grids.cells"):
            for query in ("", "?f=html") if path.startswith("/ogc") else ("",):
                asked = address(path, named) + query
                assert (asked, told(ask(role, asked))) == (asked, [])


@pytest.mark.parametrize("role", blind())
def test_asking_for_a_hidden_layer_is_answered_like_asking_for_one_that_never_was(app, ask, role):
    for path in readable(app):
        for query in ("", *(OGC if path.startswith("/ogc") else OTHERS)):
            if HIDDEN not in address(path, HIDDEN) + query.format(HIDDEN):
                continue
            hidden, phantom = (ask(role, address(path, each) + query.format(each)) for each in (HIDDEN, PHANTOM))
            assert (path, query, hidden.status_code) == (path, query, phantom.status_code)
            assert comparable(hidden, HIDDEN) == comparable(phantom, PHANTOM), (path, query)
            assert told(hidden, besides=HIDDEN) in ([], ["XJ-4711"]), (path, query)


def comparable(answer, named):
    """The body without the name asked for, and without what is new in every answer: nonces, and folium's names."""
    if answer.headers.get("content-type", "").startswith(("application/zip", "application/vnd", "image/")):
        return answer.status_code
    return re.sub(r'nonce="[\w-]+|_[0-9a-f]{32}|"timeStamp":"[^"]*"', "", answer.text.replace(named, "…"))


@pytest.mark.parametrize("role", [SEEN_BY, Role.ADMIN])
def test_who_may_see_it_sees_it(ask, role):
    assert HIDDEN in [each["id"] for each in ask(role, "/api/layers").json()]
    assert HIDDEN_ZH in ask(role, f"/layers/{HIDDEN}").text
    assert ask(role, f"/ogc/collections/{HIDDEN}/items").json()["numberMatched"] == 1
    assert "XJ-4711" in ask(role, "/fragments/search?q=XJ-4711").text
    assert HIDDEN_FIELD in ask(role, "/layers/springs").text


@pytest.mark.parametrize("role", blind())
def test_the_figure_of_a_hidden_layer_is_only_stated(ask, role, monkeypatch):
    report = read_report(2024)
    figure = next(each for each in report.figures if each.recipe)
    recipe = {"layer": HIDDEN, "aggregate": "count"}
    changed = tuple(each.model_copy(update={"recipe": recipe}) if each is figure else each for each in report.figures)
    secret = report.model_copy(update={"figures": changed})
    secret.__dict__.pop("by_code", None)
    for module in ("report", "pages"):
        monkeypatch.setattr(f"api.routes.{module}.read_report", lambda year: secret)
    document = ask(role, f"/api/report/2024/figures/{figure.code}")
    assert (document.json()["derived"], told(document)) == (None, [])
    for path in ("/api/report/2024", "/report/2024", f"/api/report/2024/figures/{figure.code}/features"):
        assert told(ask(role, path)) == []
    assert ask(SEEN_BY, f"/api/report/2024/figures/{figure.code}").json()["derived"]["value"] == 1


def test_the_revisions_name_what_is_seen_only(ask, store, tokens):
    text = json.dumps(ask(Role.ADMIN, "/api/revisions").json(), ensure_ascii=False)
    assert HIDDEN in text
    assert HIDDEN_ZH in text


def test_what_a_role_was_told_is_kept_from_others(ask):
    for role in Role:
        answer = ask(role, "/api/layers")
        assert {"Authorization", "Cookie"} <= {each.strip() for each in answer.headers["Vary"].split(",")}
        assert answer.headers["Cache-Control"].startswith("private")


def test_a_tile_that_somebody_signed_in_was_given_is_not_for_shared_caches(ask, store):
    tile = f"/ogc/collections/{HIDDEN}/tiles/WebMercatorQuad/0/0/0"
    seen = ask(SEEN_BY, tile)
    assert seen.status_code == 200
    assert "public" not in seen.headers["Cache-Control"]
    assert ask(None, tile).status_code == 404


def test_a_tag_of_a_hidden_layer_is_not_confirmed(app, ask, tokens):
    tile = f"/ogc/collections/{HIDDEN}/tiles/WebMercatorQuad/0/0/0"
    tag = ask(SEEN_BY, tile).headers["ETag"]
    with TestClient(app) as anonymous:
        assert anonymous.get(tile, headers={"If-None-Match": tag}).status_code == 404


@pytest.mark.parametrize("role", blind())
def test_a_check_leaves_hidden_layers_out(app, ask, tokens, role):
    around = {"type": "Polygon", "coordinates": [[[118, 34], [119, 34], [119, 35], [118, 35], [118, 34]]]}
    client = TestClient(app) if role is None else signed_in(app, tokens[role])
    assert told(client.post("/api/checks", json=around)) == []
    refused = [client.post(f"/api/checks?layer={each}", json=around) for each in (HIDDEN, PHANTOM)]
    assert refused[0].text.replace(HIDDEN, "…") == refused[1].text.replace(PHANTOM, "…")


def test_the_openapi_document_names_no_hidden_layer(ask):
    assert told(ask(None, "/openapi.json")) == []
