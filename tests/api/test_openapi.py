"""The service describes itself completely, in OpenAPI 3.0."""

from __future__ import annotations

import json
import re

import pytest

METHODS = ("get", "post", "put", "patch", "delete", "options")
PLAIN_FORM = {"in": "query", "style": "form", "explode": False}


@pytest.fixture(scope="module")
def document(client):
    answer = client.get("/ogc/api")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    return answer.json()


@pytest.fixture(scope="module")
def operations(document):
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def walk(part):
    """Every object in a document."""
    if isinstance(part, dict):
        yield part
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from walk(each)


def test_it_is_openapi_3_0_also_in_its_schemas(document):
    assert document["openapi"] == "3.0.3"
    for part in walk(document):
        assert part.get("type") != "null"
        assert not isinstance(part.get("type"), list)
        assert "const" not in part
        assert not isinstance(part.get("exclusiveMinimum"), int) or isinstance(part["exclusiveMinimum"], bool)


def test_it_says_who_where_and_under_which_terms(document):
    assert {"title", "version", "description", "contact", "license"} <= set(document["info"])
    assert document["servers"]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_operation_has_a_name_of_its_own_and_a_description(operations):
    names = [operation["operationId"] for _, operation in operations]
    assert len(set(names)) == len(names) > 40
    assert [name for name, operation in operations if not (operation["summary"] and operation["description"])] == []


def test_every_operation_documents_its_refusals(operations):
    problem = {"$ref": "#/components/responses/Problem"}
    assert [name for name, operation in operations if operation["responses"].get("default") != problem] == []
    assert [name for name, operation in operations if not {"4XX", "400"} & set(operation["responses"])] == []


def test_every_parameter_is_described(operations):
    bare = [
        (name, parameter["name"])
        for name, operation in operations
        for parameter in operation.get("parameters", [])
        if not parameter.get("description") or not parameter.get("schema")
    ]
    assert bare == []


def test_every_tag_is_described(document, operations):
    used = {tag for _, operation in operations for tag in operation["tags"]}
    assert {tag["name"] for tag in document["tags"] if tag["description"]} == used


def test_every_component_is_used_and_every_reference_leads_to_one(document):
    referred = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert referred == set(document["components"]["schemas"])


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("bbox", {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}),
        ("limit", {"type": "integer", "minimum": 1, "default": 100}),
        ("datetime", {"type": "string"}),
    ],
)
def test_parameters_of_items_are_defined_as_part_1_has_them(document, name, schema):
    parameters = document["paths"]["/ogc/collections/{layer}/items"]["get"]["parameters"]
    (found,) = [each for each in parameters if each["name"] == name]
    assert {key: found[key] for key in PLAIN_FORM} == PLAIN_FORM
    assert found["schema"] == schema
    assert not found["required"]


def test_the_pages_that_explain_it_are_the_form_for_people(client):
    answer = client.get("/ogc/api", params={"f": "html"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")
