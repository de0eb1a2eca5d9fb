"""Asking for a past day to be tried, with its audit row."""

from __future__ import annotations

import datetime

from django.db import transaction

from kinfold.governance import audit
from kinfold.governance.models import User
from kinfold.operations import backtest_reports
from kinfold.operations.home import Home
from kinfold.workbench.proof import tasks

PURPOSE = "rules"


@transaction.atomic
def ask(
    home: Home, *, day: datetime.date, outcome: str, months: int, by: User, role: str, at: datetime.datetime
) -> backtest_reports.Asked:
    """Queue a backtest; a page says that it is wanted until it is done."""
    asked = backtest_reports.ask(home, day, outcome, months)
    audit.record(action="backtest.asked", at=at, user=by, role=role, purpose=PURPOSE, detail={"report": asked.key})
    transaction.on_commit(lambda: tasks.try_past_day.enqueue(day.isoformat(), outcome, months))
    return asked
