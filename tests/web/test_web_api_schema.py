"""Requests made up from the API's own description: no unexpected error, and every answer is as it is described."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from web_house import NEWS, house

from monitor.model import ApiToken

TOKEN = "a-token-of-this-test-0123456789abcdef"
BEARER = {"authorization": f"Bearer {TOKEN}"}
SOUND = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
FEW = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    token = ApiToken("machine", TOKEN, ("review",))
    with house(tmp_path_factory.mktemp("api"), NEWS, password="nobody knows", tokens=(token,)) as opened:
        yield opened


@pytest.fixture(scope="module")
def operations(running):
    described = running.get("/api/v1/openapi.json", headers=BEARER).json()
    return [found.ok() for found in schemathesis.openapi.from_dict(described).get_all_operations()]


def ask(operation, mode, checks, running):
    @FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case):
        case.call_and_validate(base_url=running.url, headers=BEARER, checks=checks)

    asked()


def test_every_request_is_described(operations):
    assert {(one.method.upper(), one.path) for one in operations} >= {
        ("GET", "/api/v1/hits"),
        ("POST", "/api/v1/hits/{hit_id}/decision"),
        ("DELETE", "/api/v1/filters/{filter_id}"),
    }


def test_nobody_is_answered_without_a_login(operations, running):
    for one in operations:
        path = one.path.replace("{hit_id}", "1").replace("{filter_id}", "1")
        answer = running.client.request(one.method, running.url + path)
        assert (answer.status_code, answer.json()["title"]) == (401, "Unauthorized")
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.fault("H8")
def test_what_may_be_asked_is_answered_as_described(operations, running):
    for one in operations:
        ask(one, GenerationMode.POSITIVE, [*SOUND, unsupported_method], running)


@pytest.mark.fault("H8")
def test_what_may_not_be_asked_is_refused(operations, running):
    for one in operations:
        ask(one, GenerationMode.NEGATIVE, [*SOUND, negative_data_rejection], running)
