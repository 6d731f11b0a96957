"""OGC API Features, parts 3 and 5: what features may be filtered and sorted by, what they hold, and functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.asking.negotiation import NegotiatedRoute
from api.asking.parameters import OgcParameters
from api.dependencies import LanguageDep, StoreDep
from api.documents.described import PROPERTY_SCHEMA, answers
from api.documents.links import collection_url
from api.documents.schemas import functions_document, queryables_document, schema_document, sortables_document
from api.documents.sheets import Cell, Sheet, Table, answer, two_tongued
from api.media import SCHEMA
from api.settings import Language
from layers.definition import LayerDefinition

router = APIRouter(prefix="/ogc", tags=["OGC API Features"], route_class=NegotiatedRoute)

Asked = Annotated[OgcParameters, Query()]
TITLES = {
    "queryables": {"zh": "可查询的属性", "en": "Queryables"},
    "sortables": {"zh": "可排序的属性", "en": "Sortables"},
    "schema": {"zh": "要素结构", "en": "Schema of features"},
    "functions": {"zh": "过滤函数", "en": "Functions for filters"},
}
HEAD = {"zh": ["属性", "名称", "类型", "单位", "必填"], "en": ["Property", "Title", "Type", "Unit", "Required"]}
FUNCTION_HEAD = {"zh": ["函数", "说明", "参数", "结果"], "en": ["Function", "Description", "Arguments", "Result"]}


@router.get("/collections/{layer}/queryables", summary="可查询的属性 / Queryables", responses=PROPERTY_SCHEMA)
def queryables(layer: str, request: Request, store: StoreDep, language: LanguageDep, asked: Asked) -> Response:
    """What filters, and parameters called like fields, may name; as JSON Schema."""
    return _described(request, asked, language, store.catalogue[layer], "queryables", queryables_document)


@router.get("/collections/{layer}/sortables", summary="可排序的属性 / Sortables", responses=PROPERTY_SCHEMA)
def sortables(layer: str, request: Request, store: StoreDep, language: LanguageDep, asked: Asked) -> Response:
    """What `sortby` may name; as JSON Schema."""
    return _described(request, asked, language, store.catalogue[layer], "sortables", sortables_document)


@router.get("/collections/{layer}/schema", summary="要素结构 / Schema of features", responses=PROPERTY_SCHEMA)
def schema(layer: str, request: Request, store: StoreDep, language: LanguageDep, asked: Asked) -> Response:
    """What features hold when they are read or sent; as JSON Schema."""
    return _described(request, asked, language, store.catalogue[layer], "schema", schema_document)


@router.get("/functions", summary="过滤函数 / Functions for filters", responses=answers("Functions"))
def functions(request: Request, language: LanguageDep, asked: Asked) -> Response:
    """What filters may call."""
    document = functions_document()

    def sheet(tongue: Language) -> Sheet:
        rows: list[list[Cell | str]] = [
            [each["name"], two_tongued(each["description"], tongue),
             ", ".join("|".join(argument["type"]) for argument in each["arguments"]), "|".join(each["returns"])]
            for each in document["functions"]
        ]  # fmt: skip
        return Sheet(TITLES["functions"][tongue], tables=[Table("", FUNCTION_HEAD[tongue], rows)])

    return answer(request, asked, language, document, sheet)


def _described(
    request: Request, asked: OgcParameters, language: Language, definition: LayerDefinition, name: str,
    make: Callable[[LayerDefinition, str], dict[str, Any]],
) -> Response:  # fmt: skip
    """The document that `make` makes for the collection's resource `name`."""
    document = make(definition, f"{collection_url(request, definition.id)}/{name}")

    def sheet(tongue: Language) -> Sheet:
        title = f"{definition.title.get(tongue)} · {TITLES[name][tongue]}"
        required = document.get("required", ())
        rows = [_row(each, part, required, tongue) for each, part in document["properties"].items()]
        return Sheet(title, tables=[Table("", HEAD[tongue], rows)])

    return answer(request, asked, language, document, sheet, media_type=SCHEMA)


def _row(name: str, part: Mapping[str, Any], required: Any, tongue: Language) -> list[Cell | str]:
    kind = " ".join(filter(None, (part.get("type"), part.get("format"))))
    return [name, two_tongued(part["title"], tongue), kind, part.get("x-ogc-unit", ""), "✓" if name in required else ""]
