"""When a delivery was taken back, and when it was put back: `withdrawn.json` beside its manifest."""

from __future__ import annotations

import dataclasses
import datetime
import json
from pathlib import Path

FILE = "withdrawn.json"


@dataclasses.dataclass(frozen=True)
class Withdrawal:
    """One time that a delivery was taken back, from the day `on`; `again_on`: the day it came again, null when not."""

    on: datetime.date
    by: str
    reason: str
    again_on: datetime.date | None = None

    def holds_on(self, day: datetime.date) -> bool:
        return self.on <= day and (self.again_on is None or day < self.again_on)


def of(folder: Path) -> tuple[Withdrawal, ...]:
    """Every time the delivery of this folder was taken back, oldest first."""
    path = folder / FILE
    if not path.exists():
        return ()
    return tuple(
        Withdrawal(
            on=datetime.date.fromisoformat(one["on"]),
            by=one["by"],
            reason=one["reason"],
            again_on=datetime.date.fromisoformat(one["again_on"]) if one["again_on"] else None,
        )
        for one in json.loads(path.read_text(encoding="utf-8"))["times"]
    )


def now_of(folder: Path) -> Withdrawal | None:
    """The withdrawal that has not been undone, if there is one."""
    return next((one for one in of(folder) if one.again_on is None), None)


def as_text(times: tuple[Withdrawal, ...]) -> str:
    shown = [
        dataclasses.asdict(one)
        | {"on": one.on.isoformat(), "again_on": one.again_on.isoformat() if one.again_on else None}
        for one in times
    ]
    return json.dumps({"times": shown}, indent=1)
