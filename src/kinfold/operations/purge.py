"""
Carry out the end of an agreement: everything that came under it, and everything derived from it, is erased.

A tombstone is written first and kept for ever, so that what a restored backup brings back is erased again. The report
is signed with the home's key. Needs Django to be set up.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import hmac
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kinfold.governance.agreements import actions, policies, queries
from kinfold.governance.agreements.models import Purge
from kinfold.governance.agreements.through import outside
from kinfold.operations import erasing, night
from kinfold.operations.erasing import Found
from kinfold.operations.home import Home, write_whole
from kinfold.record import actions as record
from kinfold.workbench.matches import forgetting
from kinfold.workbench.study import actions as studies

TOMBSTONES = "tombstones.jsonl"


class NoSuchTombstones(Exception):
    """The file of tombstones cannot be read; the message says so."""


@dataclasses.dataclass(frozen=True)
class Erasure:
    """
    One erasure that is due: which feed, why, and what holds it.

    purge_id: null when it is not an agreement's end. counts: how much there was when it was looked for.
    """

    feed: str
    why: str
    found: Found
    purge_id: int | None = None
    counts: dict[str, int] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", self.found.counts())


def due(home: Home, *, on: datetime.date) -> list[Erasure]:
    """What was ended or narrowed and is due to be erased on `on`, each with what would go."""
    return [_of(home, one, on) for one in queries.purges_waiting() if policies.erased_from(one) <= on]


def _of(home: Home, purge: Purge, on: datetime.date) -> Erasure:
    if purge.narrowed_to is None:
        return Erasure(purge.feed, "agreement ended", erasing.of_feed(home, purge.feed), purge.pk)
    version = next(one for one in queries.register(on=on)[purge.feed].versions if one.row.version == purge.narrowed_to)
    held = outside(home.folder, purge.feed, version.terms).delivery_ids
    found = erasing.of_deliveries(home, purge.feed, held)
    return Erasure(purge.feed, "holds more than its agreement lets be kept", found, purge.pk)


def come_back(home: Home, tombstones: Iterable[dict[str, Any]]) -> list[Erasure]:
    """What was erased before and is there again, from a backup for instance; a new agreement's deliveries are not."""
    again = []
    for stone in tombstones:
        there = [one for one in stone["deliveries"] if _is_of_before(home, stone["feed"], one, stone["at"])]
        if there:
            found = erasing.of_deliveries(home, stone["feed"], there)
            again.append(Erasure(stone["feed"], "erased before and come back", found))
    return again


def _is_of_before(home: Home, feed: str, delivery_id: str, at: str) -> bool:
    path = home.deliveries / feed / delivery_id / "manifest.json"
    if not path.exists():
        return (home.mapped / delivery_id).exists()
    received = datetime.datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["received_at"])
    return received < datetime.datetime.fromisoformat(at)


def carry_out(
    home: Home,
    erasures: list[Erasure],
    *,
    as_at: datetime.date,
    at: datetime.datetime,
    say: night.Say = lambda step, is_done: None,
) -> list[dict[str, Any]]:
    """
    Erase, run without what was erased, and erase the snapshots that held it. Returns a signed report for each.

    Cut off anywhere, it is begun again by the next call and comes to the same. Raises what a run raises; the rows are
    then gone already and the snapshot that is live still has what came of them, so the run has to be mended soon.
    """
    if not erasures:
        return []
    counts = [{**one.counts, "record_keys": 0, "decisions": 0} for one in erasures]
    for number, one in enumerate(erasures):
        _bury(home, one, at)
        erasing.keep_manifests(home, one.found)
        keys = erasing.keys_of_none_other(home, one.found)
        counts[number] |= {"record_keys": len(keys), "decisions": forgetting.forget_records(keys=keys, at=at)}
        studies.forget_deliveries(delivery_ids=[held.delivery_id for held in one.found.deliveries], at=at)
        erasing.erase_inputs(home, one.found, keys)
    held = sorted({path for one in erasures for path in one.found.snapshots})
    if home.live_run() is not None:
        night.tonight(home, as_at=as_at, at=at, compare=False, say=say)
        erasing.erase_snapshots(path for path in held if path != home.live_snapshot())
        record.forget_old(keep=1)
    return [_report(home, one, count, at) for one, count in zip(erasures, counts, strict=True)]


def _bury(home: Home, one: Erasure, at: datetime.datetime) -> None:
    """Write the tombstone and flush it, before anything goes."""
    home.erasures.mkdir(exist_ok=True)
    stone = {
        "at": at.isoformat(),
        "feed": one.feed,
        "why": one.why,
        "deliveries": [delivered.delivery_id for delivered in one.found.deliveries],
    }
    with (home.erasures / TOMBSTONES).open("a", encoding="ascii", newline="\n") as file:
        file.write(json.dumps(stone) + "\n")
        file.flush()
        os.fsync(file.fileno())


def tombstones(path: Path) -> list[dict[str, Any]]:
    """The tombstones of a file, oldest first; none when there is no file. Raises NoSuchTombstones."""
    try:
        lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines if line]
    except (OSError, ValueError) as why:
        raise NoSuchTombstones(f"{path.name} is not a file of tombstones. Nothing was erased.") from why


def _report(home: Home, one: Erasure, counts: dict[str, int], at: datetime.datetime) -> dict[str, Any]:
    """Write what was erased, signed, and say so in the register."""
    told: dict[str, Any] = {
        "feed": one.feed,
        "why": one.why,
        "at": at.isoformat(),
        "erased": counts,
        "deliveries": [
            {
                "delivery_id": delivered.delivery_id,
                "delivered": delivered.delivered.isoformat(),
                "rows": delivered.rows,
                "file_hashes": list(delivered.hashes),
                "manifest_hash": hashlib.sha256(delivered.manifest.encode()).hexdigest(),
            }
            for delivered in one.found.deliveries
        ],
        "not_reached": "rebuilds of past days and exports that were written outside the home",
    }
    told["signature"] = signature(home, told)
    write_whole(
        home.erasures / f"{at:%Y%m%dT%H%M%S}-{one.feed}-{told['signature'][:8]}.json", json.dumps(told, indent=1)
    )
    if one.purge_id is not None:
        actions.carried_out(purge_id=one.purge_id, report=told, at=at)
    return told


def signature(home: Home, report: dict[str, Any]) -> str:
    """The keyed hash of a report without its signature: nobody without the home's key can write another."""
    held = {key: value for key, value in report.items() if key != "signature"}
    text = json.dumps(held, sort_keys=True, separators=(",", ":"))
    return hmac.new(home.key("erasure"), text.encode(), hashlib.sha256).hexdigest()


def is_genuine(home: Home, report: dict[str, Any]) -> bool:
    """Whether a report is as this home signed it, to the letter."""
    return hmac.compare_digest(str(report.get("signature", "")), signature(home, report))


def waiting(*, on: datetime.date) -> list[Purge]:
    """What is to be erased on a later day."""
    return [one for one in queries.purges_waiting() if policies.erased_from(one) > on]
