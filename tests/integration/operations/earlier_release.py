"""Make the live snapshot as an earlier release published it, then set the service up; print what people read then."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from pathlib import Path

from kinfold.operations import home, night


def main() -> None:
    council = home.open_home(Path(os.environ["KINFOLD_HOME"]))
    night.set_up_service(council)
    from kinfold.record import snapshot
    from kinfold.record.models import Publication
    from kinfold.record.published import Evidence

    before = snapshot.live()
    Publication.objects.filter(is_live=True).update(shape="")
    if snapshot.is_apart():
        snapshot.let_go(before.run_id)
        with sqlite3.connect(snapshot.file_of(before.run_id)) as db:
            db.execute('ALTER TABLE "snapshot_evidence" DROP COLUMN "about_id"')
    was_read = snapshot.live() is not None
    night.set_up_service(council)
    after = snapshot.live()
    told = {
        "was_read": was_read,
        "is_the_same_run": after == before,
        "evidence": after.of(Evidence).count(),
        "without_whose_it_is": after.of(Evidence).filter(about_id="").count(),
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
