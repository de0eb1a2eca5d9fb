"""Record on a row of the live list that it is put off for a while, as the person does whose list it is."""

from __future__ import annotations

import datetime
import json
import os
import sys
from pathlib import Path

from kinfold.operations import home, night


def main() -> None:
    night.set_up_service(home.open_home(Path(os.environ["KINFOLD_HOME"])))
    from django.utils import timezone

    from kinfold.governance.models import User
    from kinfold.record import snapshot
    from kinfold.record.published import WorklistRow
    from kinfold.worklists import actions

    live = snapshot.live()
    row = live.of(WorklistRow).exclude(list_group="waiting").filter(is_acute=False).order_by("rank").first()
    today = timezone.localdate()
    until = today + datetime.timedelta(days=20)
    actions.record_outcome(
        row=row, kind="deferred", reason="Away with family until then.", until_on=until, on=today,
        by=User.objects.earliest("pk"), role="social_worker", at=timezone.now(),
    )  # fmt: skip
    sys.stdout.write(json.dumps({"row_key": row.row_key, "until_on": until.isoformat()}))


if __name__ == "__main__":
    main()
