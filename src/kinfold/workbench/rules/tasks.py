"""What follows a what-if in the background: how the rules tried would have done on the past, and for whom."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from kinfold.governance.rules import queries
from kinfold.operations import home as homes
from kinfold.operations import what_if_proof
from kinfold.workbench.rules import actions
from kinfold.workbench.rules.models import Trial


def ask(trial: Trial) -> bool:
    """Queue the backtest of a trial once; returns whether it was queued."""
    with transaction.atomic():
        asked = Trial.objects.filter(pk=trial.pk).exclude(further_state__in=("waiting", "done"))
        if not asked.update(further_state="waiting", further={}):
            return False
    prove.enqueue(trial.pk)
    return True


def find_again() -> int:
    """
    Say of each backtest that was cut off that it was, so that it can be asked for again; returns how many.

    Asked when a worker starts: what waits and is not queued was in hand when the one before it ended.
    """
    queued = {
        tuple(one.args_kwargs["args"])
        for one in DBTaskResult.objects.filter(task_path=prove.module_path, status=TaskResultStatus.READY)
    }
    cut = [one.pk for one in Trial.objects.filter(further_state="waiting") if (one.pk,) not in queued]
    for trial_id in cut:
        _settle(trial_id, "stopped", {"why": "The service was stopped while it was worked out. Ask for it again."})
    return len(cut)


@task()
def prove(trial_id: int) -> None:
    """Hold the rules of a trial against those of now on the past."""
    found = Trial.objects.filter(pk=trial_id).first()
    base = queries.to_change().rules
    if found is None or found.base_hash != base.hash:
        _settle(trial_id, "stopped", {"why": "The rules have changed since this was tried."})
        return
    try:
        told = what_if_proof.compare(
            homes.open_home(settings.HOME),
            before=base,
            after=base.changed(actions.changes_of(found)),
            on=timezone.localdate(),
        )
    except what_if_proof.NothingToCompare as why:
        _settle(trial_id, "stopped", {"why": str(why)})
    except Exception as why:  # noqa: BLE001 - whatever it was, its own words may quote a cell
        _settle(trial_id, "stopped", {"why": f"The backtest stopped at an error ({type(why).__name__})."})
    else:
        _settle(trial_id, "done", told)


def _settle(trial_id: int, state: str, told: dict[str, object]) -> None:
    Trial.objects.filter(pk=trial_id).update(further_state=state, further=told)
