"""Long work behind the workbench's pages. The receipt on disk is the truth; a task lost is found again at start-up."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from kinfold.operations import home as homes
from kinfold.operations import intake


@task()
def check_receipt(receipt_id: str, by: str) -> None:
    """Read what came as a load would, and stop, so that somebody can read the report first."""
    intake.check(homes.open_home(settings.HOME), receipt_id, by=by, at=timezone.now())


@task()
def load_receipt(receipt_id: str, by: str) -> None:
    """Load what came."""
    intake.load(homes.open_home(settings.HOME), receipt_id, by=by, at=timezone.now())
