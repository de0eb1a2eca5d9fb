"""Whatever is asked of the API: it answers as it is described, and never with an error of its own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as described

from kinfold.workbench.api import limits

CASES = 40
CHECKED = [
    checks.not_a_server_error,
    described.status_code_conformance,
    described.content_type_conformance,
    described.response_schema_conformance,
]


@pytest.fixture
def number(police: Any) -> str:
    """A delivery that is there."""
    return str(police.announce().json()["delivery"])


@pytest.fixture
def application(number: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The service as a WSGI application, in the transaction of the test."""
    from django.core.signals import request_finished, request_started
    from django.core.wsgi import get_wsgi_application
    from django.db import close_old_connections

    for limit in ("REQUESTS_A_MINUTE", "WRONG_KEYS_IN_FIVE_MINUTES"):
        monkeypatch.setattr(limits, limit, 1_000_000)
    # As Django's own client does, and undoes after each request: the test's transaction lives in the connection.
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.parametrize("is_right", [True, False], ids=["as described", "not as described"])
def test_every_answer_is_as_described_and_none_is_an_error_of_ours(is_right, police, number, application):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    mode = schemathesis.GenerationMode.POSITIVE if is_right else schemathesis.GenerationMode.NEGATIVE
    answers: Counter[int] = Counter()
    for operation in schema.get_all_operations():
        cases = operation.ok().as_strategy(generation_mode=mode)
        _ask(cases, key=police.key, number=number, answers=answers)
    assert sum(answers.values()) >= 3 * CASES
    assert not {status for status in answers if status >= 500}
    assert set(answers) & ({200, 201, 202} if is_right else {422})


def _ask(cases: Any, *, key: str, number: str, answers: Counter[int]) -> None:
    """Ask one operation in many ways, nine in ten with the right key and half of a delivery that is there."""
    turn = iter(range(10_000))

    @settings(
        max_examples=CASES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases)
    def ask(case: schemathesis.Case) -> None:
        now = next(turn)
        if now % 10:
            case.headers["Authorization"] = f"Bearer {key}"
        if now % 2 and case.path_parameters and "delivery" in case.path_parameters:
            case.path_parameters["delivery"] = number
        answer = case.call()
        answers[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKED)
        assert answer.status_code < 300 or json.loads(answer.content)["message"]

    ask()
