"""Which HTTP status does an error become, and how is it said?"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from gis.errors import Problem
from layers.errors import InvalidFeature, StaleWrite, StoreError, UnknownField, UnknownLayer, UnknownYear
from layers.report import UnknownFigure
from layers.validation import Fault

log = logging.getLogger(__name__)


class NotFound(Problem):
    """No such resource."""

    code = "not_found"


class BadParameter(Problem):
    """A query parameter or header cannot be read."""

    code = "bad_parameter"


class NotAcceptable(Problem):
    """The client takes none of the forms that the answer has."""

    code = "not_acceptable"


class InvalidFeatures(InvalidFeature):
    """Features of a request do not fit the layer: `faults` are all reasons, each with its place in the body."""

    def __init__(self, first: InvalidFeature, faults: Sequence[tuple[str, Fault]]) -> None:
        place = faults[0][0] if faults else first.place
        super().__init__(first.zh, first.en, place=place, remedy_zh=first.remedy_zh, remedy_en=first.remedy_en)
        self.faults = faults


class PreconditionRequired(Problem):
    """A change must say which state of the feature it is made to."""

    code = "precondition_required"


class UnsupportedMedia(Problem):
    """The body is of a kind that is not taken."""

    code = "unsupported_media_type"


class NotSignedIn(Problem):
    """Somebody must say who they are, or what they said of it does not hold."""

    code = "not_signed_in"


class Forbidden(Problem):
    """Somebody may not do that."""

    code = "forbidden"


class MethodNotAllowed(Problem):
    """The address does not take the method."""

    code = "method_not_allowed"


class Refused(Problem):
    """The request is refused for a reason that its status tells."""

    code = "refused"


class Busy(Problem):
    """The service is doing as much of that as it may; later there will be room."""

    code = "busy"


class TooLarge(Problem):
    """The request is larger than the service takes."""

    code = "too_large"


STATUS: dict[type[Problem], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    UnknownLayer: HTTPStatus.NOT_FOUND,
    UnknownYear: HTTPStatus.NOT_FOUND,
    UnknownFigure: HTTPStatus.NOT_FOUND,
    UnknownField: HTTPStatus.BAD_REQUEST,
    BadParameter: HTTPStatus.BAD_REQUEST,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    PreconditionRequired: HTTPStatus.PRECONDITION_REQUIRED,
    UnsupportedMedia: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    InvalidFeature: HTTPStatus.UNPROCESSABLE_ENTITY,
    StaleWrite: HTTPStatus.PRECONDITION_FAILED,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    Problem: HTTPStatus.BAD_REQUEST,
}
"""The nearest class on an error's own line of descent decides."""

HEADERS: dict[type[Problem], dict[str, str]] = {
    Busy: {"Retry-After": "10"},
    NotSignedIn: {"WWW-Authenticate": 'Bearer realm="gaodu"'},
}
"""What else an answer says; times in seconds."""

HTTP_PROBLEMS = {
    404: NotFound("没有这个地址。", "There is nothing at this address."),
    405: MethodNotAllowed("此地址不支持该方法。", "This address does not take that method."),
}
"""What the framework refuses, by status."""

INVALID_ZH = {
    "extra_forbidden": "没有这个参数",
    "missing": "缺少参数",
    "int_parsing": "应为整数",
    "float_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "greater_than_equal": "应不小于 {ge}",
    "less_than_equal": "应不大于 {le}",
    "literal_error": "可选值：{expected}",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "应符合 {pattern}",
}
"""What pydantic finds wrong with a parameter, in Chinese; what is not here is said in its English."""


def status_of(problem: Problem) -> HTTPStatus:
    """The HTTP status of `problem`."""
    return next(STATUS[kind] for kind in type(problem).__mro__ if kind in STATUS)


def problem_response(problem: Problem, status: int | None = None) -> Response:
    """`problem` as application/problem+json (RFC 9457) with code, both texts, place and remedy."""
    status = status or status_of(problem)
    return JSONResponse(
        {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": int(status),
            "detail": problem.text("zh"),
            "code": problem.code,
            "zh": problem.zh,
            "en": problem.en,
            "remedy_zh": problem.remedy_zh,
            "remedy_en": problem.remedy_en,
            "place": problem.place,
            **_errors(problem),
        },
        status_code=int(status),
        headers=HEADERS.get(type(problem)),
        media_type="application/problem+json",
    )


MOST_ERRORS = 100


def _errors(problem: Problem) -> dict[str, list[dict[str, str]]]:
    """Everything that is wrong with the features of a request, at most MOST_ERRORS; for other problems nothing."""
    if not isinstance(problem, InvalidFeatures):
        return {}
    listed = [
        {"place": place, "zh": fault.zh, "en": fault.en, "remedy_zh": fault.remedy_zh, "remedy_en": fault.remedy_en}
        for place, fault in problem.faults[:MOST_ERRORS]
    ]
    return {"errors": listed}


async def _on_problem(_: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return problem_response(error)


def invalid_request(error: RequestValidationError) -> BadParameter:
    """What pydantic finds wrong with a request, the first of it, as a Problem."""
    first = error.errors()[0]
    facts = dict(first.get("ctx", {}))
    if choices := re.findall(r"'([^']*)'", str(facts.get("expected", ""))):
        facts["expected"] = "、".join(choices)
    reason = INVALID_ZH.get(str(first["type"]), "").format(**facts) or str(first["msg"])
    return BadParameter(
        f"请求参数无效：{reason}。",
        f"The request is not valid: {first['msg']}.",
        place=".".join(str(part) for part in first["loc"]),
        remedy_zh="参数见 /docs。",
        remedy_en="The parameters are described at /docs.",
    )


async def _on_invalid_request(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return problem_response(invalid_request(error))


async def _on_http(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    said = str(error.detail)
    response = problem_response(HTTP_PROBLEMS.get(error.status_code, Refused(said, said)), error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _on_anything_else(request: Request, error: Exception) -> Response:
    log.error("unexpected error at %s %s", request.method, request.url.path, exc_info=error)
    return problem_response(
        Problem("服务内部错误，已记入日志。", "An internal error; it has been logged."),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )


def handle_errors(app: FastAPI) -> None:
    """Answers every error of `app` with problem+json."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_anything_else)
