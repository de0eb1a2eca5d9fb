"""A council whose police feed is delivered by its supplier's own system."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from tests.integration.intake.conftest import NOTICES, WEEK, area, council, csv, notice

from kinfold.operations.home import Home

__all__ = ["area", "council"]  # fixtures of the room next door
GOOD = csv(NOTICES, notice("N1"), notice("N2", "31/02/2025"))
NOBODY = "0" * 32


class Supplier:
    """A supplier's system: its key, and what it asks."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.client = Client()

    def ask(self, method: str, path: str, content: Any = b"", *, sent_key: str = "", **more: Any) -> HttpResponse:
        headers = {"Authorization": f"Bearer {self.key}"} | ({"Idempotency-Key": sent_key} if sent_key else {})
        is_json = not isinstance(content, bytes)
        return self.client.generic(
            method,
            f"/api/v1{path}",
            json.dumps(content) if is_json else content,
            content_type="application/json" if is_json else "application/octet-stream",
            headers=headers,
            **more,
        )

    def announce(self, content: bytes = GOOD, *, sent_key: str = "first", **changes: Any) -> HttpResponse:
        file = {"name": "notices.csv", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        wish = {"delivered": "2025-06-02", "files": [file], **changes}
        return self.ask("POST", "/deliveries", wish, sent_key=sent_key)

    def deliver(self, content: bytes = GOOD, **changes: Any) -> str:
        """Announce, send and complete; returns the number."""
        number = self.announce(content, **changes).json()["delivery"]
        assert self.ask("PUT", f"/deliveries/{number}/files/1?offset=0", content).status_code == 200
        assert self.ask("POST", f"/deliveries/{number}/complete").status_code == 202
        return str(number)


@pytest.fixture
def served(council: Home, settings: Any) -> Home:
    settings.HOME = council.folder
    cache.clear()
    return council


@pytest.fixture
def supplier(served: Home) -> Callable[..., Supplier]:
    """Make a supplier with a key for the feeds named: `supplier("police")`."""
    from kinfold.workbench.api import keys

    def make(*feeds: str, name: str = "Saltmarsh Police") -> Supplier:
        at = timezone.now()
        _, key = keys.make(
            supplier=name, feeds=feeds, known_feeds=("police", "school"), at=at, expires_on=(at + WEEK).date()
        )
        return Supplier(key)

    return make


@pytest.fixture
def police(supplier: Callable[..., Supplier]) -> Supplier:
    return supplier("police")


@pytest.fixture
def work(served: Home) -> Callable[[], None]:
    """Do what is queued, as the worker of `kinfold serve` does."""
    from django_tasks_db.management.commands.db_worker import Worker
    from django_tasks_db.models import DBTaskResult

    worker = Worker(
        queue_names=["default"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id="a test", excluded_queue_names=[],
    )  # fmt: skip

    def run() -> None:
        # Not `worker.run`, which closes connections and with them the transaction of the test.
        while (one := DBTaskResult.objects.ready().first()) is not None:
            one.claim(worker.worker_id)
            worker.run_task(one)

    return run
