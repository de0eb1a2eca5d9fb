"""Who looks at the small council of `snapshot.py`, and counting what their pages cost."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import connections
from django.test.utils import CaptureQueriesContext

WORKER = {"staff_ref": "W1", "team": "Harbour team", "agency": "social_care"}
MANAGER = {"team": "Harbour team", "agency": "social_care"}
PARTNER = {"service_ref": "youth_justice:yjs", "agency": "youth_justice"}


class Cost:
    """queries: what one request asked of every database, snapshots included."""

    queries: list[str]


@contextlib.contextmanager
def counted() -> Iterator[Cost]:
    cost = Cost()
    with contextlib.ExitStack() as stack:
        captured = [
            stack.enter_context(CaptureQueriesContext(connections[alias])) for alias in list(connections.databases)
        ]
        yield cost
        cost.queries = [query["sql"] for capture in captured for query in capture.captured_queries]
