"""Does the service keep to its own OpenAPI document, whatever is sent?"""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

EXAMPLES = 12
"""Requests tried of each operation in each mode; `st run` against a running service tries as many as one wants."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def operations(client: TestClient) -> list[Any]:
    """What the OpenAPI document says can be asked."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", client.app)
    return [result.ok() for result in schema.get_all_operations()]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_every_answer_is_documented_and_none_is_a_server_error(
    operations: list[Any], mode: GenerationMode, subtests: pytest.Subtests
) -> None:
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def answers_as_described(case: Case) -> None:
            case.call_and_validate(checks=CHECKS)

        # what takes no parameters cannot be asked for wrongly
        unasked = suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext()
        with subtests.test(operation.label), unasked:
            answers_as_described()
