"""A past day tried in the background: minutes for a county."""

from __future__ import annotations

import datetime

from django.conf import settings
from django_tasks import task

from kinfold.operations import backtest, backtest_reports
from kinfold.operations import home as homes


@task()
def try_past_day(as_at: str, outcome: str, months: int) -> None:
    """Whatever stops it is written beside the request; an error nobody foresaw says its kind alone."""
    home = homes.open_home(settings.HOME)
    day = datetime.date.fromisoformat(as_at)
    asked = backtest_reports.Asked(backtest_reports.key_of(day, outcome, months), day, outcome, months)
    try:
        backtest.backtest(home, as_at=day, outcome=outcome, months=months)
    except backtest.REFUSALS as why:
        backtest_reports.stopped(home, asked, str(why))
    except Exception as why:  # noqa: BLE001 - its own words could quote a cell
        backtest_reports.stopped(home, asked, f"It stopped at an error nobody foresaw ({type(why).__name__}).")
    else:
        backtest_reports.done(home, asked)
