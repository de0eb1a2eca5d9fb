"""Trying a mapping on its example: at once for a small file, in the background for a large one."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from kinfold.operations import home as homes
from kinfold.operations import proposals
from kinfold.operations.home import Home
from kinfold.workbench.mappings import actions
from kinfold.workbench.mappings.models import MappingProposal

GONE = "The example is no longer kept: it goes after seven days. Start again from a new file to try the mapping."


def begin(home: Home, given: MappingProposal) -> None:
    """Try a version, or ask for it to be tried."""
    if proposals.is_small(home, given.receipt_id) or proposals.example_path(home, given.receipt_id) is None:
        actions.keep_tried(given, tried(home, given, on=timezone.localdate()))
        return
    actions.keep_tried(given, {"is_working": True})
    try_version.enqueue(given.pk)


@task()
def try_version(proposal_id: int) -> None:
    """Try a version of a mapping; one that was undone meanwhile is not tried."""
    given = MappingProposal.objects.filter(pk=proposal_id).first()
    if given is not None:
        actions.keep_tried(given, tried(homes.open_home(settings.HOME), given, on=timezone.localdate()))


def tried(home: Home, given: MappingProposal, *, on: datetime.date) -> dict[str, Any]:
    """Counts, reasons and a few masked rows; or why it could not be tried."""
    try:
        made = proposals.try_out(home, given.receipt_id, name=given.name, text=given.toml, on=on)
    except proposals.AreaRejected as why:
        return {"refused": str(why)}
    if made is None:
        return {"refused": GONE}
    refused = [report.message for report in made.reports if report.state == "refused"]
    return {
        "refused": refused[0] if refused else "",
        "rows_in": made.rows_in,
        "rows_mapped": made.rows_mapped,
        "rows_set_aside": made.rows_set_aside,
        "problems": [
            {"severity": one.severity, "message": one.message, "count": one.count, "row": one.row}
            for report in made.reports
            for one in report.problems
            if one.code != "columns_removed"
        ],
        "shown": [
            {
                "table": one.table,
                "count": one.count,
                "columns": list(one.columns),
                "rows": [list(row) for row in one.rows],
            }
            for one in made.shown
        ],
    }
