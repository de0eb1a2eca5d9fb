"""
Person ids that last: opaque, the same from run to run, and a ledger of every change.

A group of records takes the id of the earlier person from whom it kept most records (of two, the older id). Others
are given a new id, made from the council's own key and the lowest record key, so it says nothing by itself. When
two persons become one, the ledger says which id took over; a sealed record leaves no trace and its id leads nowhere.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
from collections import Counter, defaultdict

import pyarrow as pa

from kinfold.linkage.schema import IDS, LEDGER

BY_RUN = "run"


@dataclasses.dataclass(frozen=True)
class Identities:
    """person_id of each record, in the order given; ids and ledger to be kept for the next run."""

    person_ids: list[str]
    ids: pa.Table
    ledger: pa.Table


@dataclasses.dataclass(frozen=True)
class Stamp:
    """Which run changed an id, on what day and with which model."""

    run_id: str
    on: datetime.date
    model_hash: str


def identify(
    keys: list[str],
    people: list[int],
    *,
    previous: pa.Table | None,
    ledger: pa.Table | None,
    sealed: frozenset[str],
    key: bytes,
    stamp: Stamp,
) -> Identities:
    """
    Give each group of records its person id.

    keys: person keys in order. people: for each, any number that its group shares. previous, ledger: what the last
    run returned, or None. sealed: keys that must be forgotten; an id that held one is not used again.
    """
    ledger = (ledger if ledger is not None else LEDGER.empty_table()).cast(LEDGER)
    before = _last_known(previous, ledger)
    burnt = {before[k] for k in sealed if k in before}
    age = _ages(ledger)
    groups: dict[int, list[str]] = defaultdict(list)
    for person_key, group in zip(keys, people, strict=True):
        groups[group].append(person_key)
    known = {k: v for k, v in before.items() if k not in sealed and v not in burnt}
    taken = _take_over(groups, known, age)
    minted = _mint(groups, taken, used=set(age) | set(before.values()), key=key)
    ids = taken | minted
    person_ids = [ids[group] for group in people]
    rows = _changes(groups, ids, known, age=age)
    return Identities(
        person_ids=person_ids,
        ids=pa.table({"person_key": keys, "person_id": person_ids}, schema=IDS),
        ledger=pa.concat_tables([_without_sealed(ledger, sealed), _stamped(rows, stamp)]),
    )


def _last_known(previous: pa.Table | None, ledger: pa.Table) -> dict[str, str]:
    """Person id of each key the last time it was seen; a record that comes back finds its person again."""
    known: dict[str, str] = {}
    columns = (ledger.column(c).to_pylist() for c in ("person_key", "person_id", "what"))
    for person_key, person_id, what in zip(*columns, strict=True):
        if person_key is not None and what in ("created", "joined"):
            known[person_key] = person_id
    if previous is not None:
        known |= dict(
            zip(previous.column("person_key").to_pylist(), previous.column("person_id").to_pylist(), strict=True)
        )
    return known


def _ages(ledger: pa.Table) -> dict[str, int]:
    age: dict[str, int] = {}
    for place, person_id in enumerate(ledger.column("person_id").to_pylist()):
        age.setdefault(person_id, place)
    return age


def _take_over(groups: dict[int, list[str]], known: dict[str, str], age: dict[str, int]) -> dict[int, str]:
    claims = []
    for group, keys in groups.items():
        for person_id, kept in Counter(known[k] for k in keys if k in known).items():
            claims.append((-kept, age.get(person_id, len(age)), person_id, min(keys), group))
    taken: dict[int, str] = {}
    used: set[str] = set()
    for _, _, person_id, _, group in sorted(claims):
        if group not in taken and person_id not in used:
            taken[group] = person_id
            used.add(person_id)
    return taken


def _mint(groups: dict[int, list[str]], taken: dict[int, str], *, used: set[str], key: bytes) -> dict[int, str]:
    minted: dict[int, str] = {}
    used = set(used)
    for group in sorted((g for g in groups if g not in taken), key=lambda g: min(groups[g])):
        lowest, attempt = min(groups[group]), 0
        person_id = opaque_id(lowest, key=key)
        while person_id in used:
            attempt += 1
            person_id = opaque_id(f"{lowest}#{attempt}", key=key)
        minted[group] = person_id
        used.add(person_id)
    return minted


def opaque_id(text: str, *, key: bytes, prefix: str = "P", role: bytes = b"kinfold-person") -> str:
    """17 characters that only the holder of the key could work out from `text`."""
    digest = hashlib.blake2b(text.encode(), key=key[:64], digest_size=10, person=role).digest()
    return prefix + base64.b32encode(digest).decode()


Row = tuple[str, str | None, str, str | None]


def _changes(
    groups: dict[int, list[str]],
    ids: dict[int, str],
    known: dict[str, str],
    *,
    age: dict[str, int],
) -> list[Row]:
    """Rows of person_id, person_key, what and `by`: the run, or the id that an id was merged into or split from."""
    rows: list[Row] = []
    live_before = set(known.values())
    went_to: dict[str, set[str]] = defaultdict(set)
    for group in sorted(groups, key=lambda g: ids[g]):
        person_id = ids[group]
        is_new = person_id not in live_before and person_id not in age
        parents = {known[k] for k in groups[group] if k in known} - {person_id}
        for person_key in sorted(groups[group]):
            was = known.get(person_key)
            if was is not None:
                went_to[was].add(person_id)
            if was == person_id:
                continue
            rows.append((person_id, person_key, "created" if is_new else "joined", BY_RUN))
            if was is not None:
                rows.append((was, person_key, "left", BY_RUN))
        if is_new and len(parents) == 1:
            rows.append((person_id, None, "split", next(iter(parents))))
    alive = set(ids.values())
    for person_id, heirs in sorted(went_to.items()):
        if person_id not in alive and len(heirs) == 1:
            rows.append((person_id, None, "merged", next(iter(heirs))))
    return rows


def _without_sealed(ledger: pa.Table, sealed: frozenset[str]) -> pa.Table:
    if not sealed or not ledger.num_rows:
        return ledger
    keep = [k not in sealed for k in ledger.column("person_key").to_pylist()]
    return ledger.filter(pa.array(keep, pa.bool_()))


def _stamped(rows: list[Row], stamp: Stamp) -> pa.Table:
    count = len(rows)
    return pa.table(
        {
            "person_id": pa.array([r[0] for r in rows], pa.string()),
            "person_key": pa.array([r[1] for r in rows], pa.string()),
            "what": pa.array([r[2] for r in rows], pa.string()),
            "run_id": pa.array([stamp.run_id] * count, pa.string()),
            "on": pa.array([stamp.on] * count, pa.date32()),
            "by": pa.array([r[3] for r in rows], pa.string()),
            "model_hash": pa.array([stamp.model_hash] * count, pa.string()),
        },
        schema=LEDGER,
    )
