"""Whatever is asked of the API: it answers as it is described, and never with an error of its own."""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi

from kinfold.workbench.api import limits

CASES = 25


@pytest.mark.slow
def test_every_answer_is_as_described_and_none_is_an_error_of_ours(police, monkeypatch):
    from django.core.wsgi import get_wsgi_application

    for limit in ("REQUESTS_A_MINUTE", "WRONG_KEYS_IN_FIVE_MINUTES"):
        monkeypatch.setattr(limits, limit, 1_000_000)
    number = police.announce().json()["delivery"]
    application = get_wsgi_application()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    asked = []
    for operation in schema.get_all_operations():
        strategy = operation.ok().as_strategy()
        asked.append(_ask(strategy, {"Authorization": f"Bearer {police.key}"}, number))
    assert sum(asked) >= 4 * CASES


def _ask(strategy, headers, number):
    from hypothesis import given

    times = 0

    @settings(
        max_examples=CASES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=strategy)
    def ask(case):
        nonlocal times
        times += 1
        if times % 2 and case.path_parameters and "delivery" in case.path_parameters:
            case.path_parameters["delivery"] = number
        answer = case.call(headers=headers)
        assert answer.status_code < 500
        case.validate_response(
            answer,
            checks=[
                checks.not_a_server_error, openapi.status_code_conformance, openapi.content_type_conformance,
                openapi.response_schema_conformance,
            ],
        )  # fmt: skip
        assert answer.status_code in (200, 201, 202, 405) or json.loads(answer.content)["message"]

    ask()
    return times
