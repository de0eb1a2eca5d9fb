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
import itertools
import sys
from collections import Counter, defaultdict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kinfold.linkage.ledger import LEAVES, last_arrivals
from kinfold.linkage.schema import IDS, LEDGER

BY_RUN, BY_DECISION = "run", "decision"


@dataclasses.dataclass(frozen=True)
class Identities:
    """ids (a row for each record, in the order given) and ledger: to be kept for the next run."""

    ids: pa.Table
    ledger: pa.Table

    @property
    def person_ids(self) -> list[str]:
        return list(self.ids.column("person_id").to_pylist())


@dataclasses.dataclass(frozen=True)
class Stamp:
    """Which run changed an id, on what day and with which model."""

    run_id: str
    on: datetime.date
    model_hash: str


def identify(
    keys: list[str] | pa.Array,
    people: list[int] | np.ndarray,
    *,
    previous: pa.Table | None,
    ledger: pa.Table | None,
    sealed: frozenset[str],
    key: bytes,
    stamp: Stamp,
    decided: frozenset[str] = frozenset(),
) -> Identities:
    """
    Give each group of records its person id.

    keys: person keys in order. people: for each, any number that its group shares. previous, ledger: what the last
    run returned, or None. sealed: keys that must be forgotten; an id that held one is not used again. decided: keys
    about which a person decided; the ledger names the decision where it moved one. Groups that are what they were
    are not looked at one by one, so a night costs what it changes.
    """
    ledger = (ledger if ledger is not None else LEDGER.empty_table()).cast(LEDGER)
    names = keys if isinstance(keys, pa.Array) else pa.array(keys, pa.string())
    labels = np.asarray(people, dtype=np.int64)
    burnt = _burnt(previous, ledger, sealed)
    ledger = _without_burnt(ledger, burnt)
    last = _last_known(previous, ledger)
    before = last.filter(pc.invert(pc.is_in(last.column("person_id"), burnt)))
    at = pc.index_in(names, before.column("person_key").combine_chunks())
    was = before.column("person_id").combine_chunks().take(at)
    present = pc.invert(before.column("is_gone").combine_chunks()).take(at)
    is_moved = _is_moved(labels, was)
    moved = np.flatnonzero(is_moved)
    moved_keys = names.take(pa.array(moved)).to_pylist()
    known = {k: v for k, v in zip(moved_keys, was.take(pa.array(moved)).to_pylist(), strict=True) if v is not None}
    groups: dict[int, list[str]] = defaultdict(list)
    for person_key, group in zip(moved_keys, labels[moved].tolist(), strict=True):
        groups[group].append(person_key)
    past = _Past.of(ledger, moved_keys, set(known.values()))
    taken = _take_over(groups, known, past)
    taken |= _take_back(groups, taken, past, in_use=was.filter(pa.array(~is_moved)))
    ids = taken | _mint(groups, taken, ledger=ledger, last=last, key=key)
    named = pa.array([ids[group] for group in labels[moved].tolist()], pa.string())
    person_ids = pc.replace_with_mask(was, pa.array(is_moved), named)
    rows = _changes(groups, ids, known, past, decided=decided)
    # A record that comes back to the person it was says so too.
    returned = np.flatnonzero(~np.asarray(pc.fill_null(present, True)) & np.asarray(pc.is_valid(was)))
    stayed = pc.equal(was, person_ids)
    rows += [(was[n].as_py(), names[n].as_py(), "joined", BY_RUN) for n in returned.tolist() if stayed[n].as_py()]
    rows += _gone(before, at)
    return Identities(
        ids=pa.table({"person_key": names, "person_id": person_ids}, schema=IDS),
        ledger=pa.concat_tables([ledger, _stamped(rows, stamp)]),
    )


def _last_known(previous: pa.Table | None, ledger: pa.Table) -> pa.Table:
    """
    The person each record last was: person_key, person_id, is_gone when its source no longer sent it.

    A record that comes back finds its person again.
    """
    if previous is None:
        return last_arrivals(ledger)
    kept = previous.select(["person_key", "person_id"])
    kept = kept.append_column("is_gone", pa.array(np.zeros(kept.num_rows, dtype=bool)))
    elsewhere = pc.is_in(ledger.column("person_key"), kept.column("person_key").combine_chunks())
    others = last_arrivals(ledger.filter(pc.invert(elsewhere)))
    others = others.set_column(2, "is_gone", pa.array(np.ones(others.num_rows, dtype=bool)))
    return pa.concat_tables([kept, others])


def _burnt(previous: pa.Table | None, ledger: pa.Table, sealed: frozenset[str]) -> pa.Array:
    """Every id that ever held a sealed record: nobody is to be found by it again."""
    held = [ledger, *([] if previous is None else [previous])]
    keys = pa.array(sorted(sealed), pa.string())
    ids = [rows.filter(pc.is_in(rows.column("person_key"), keys)).column("person_id") for rows in held]
    return pc.unique(pa.chunked_array([chunk for column in ids for chunk in column.chunks], pa.string()))


def _without_burnt(ledger: pa.Table, burnt: pa.Array) -> pa.Table:
    """
    The ledger without any way from an id that held a sealed record to anybody, or from anybody to it.

    Also what others were under such an id is gone: who knows the id could follow them to the person that is now. The
    bare id stays, so that it is not minted again.
    """
    if not len(burnt):
        return ledger
    is_burnt = pc.is_in(ledger.column("person_id"), burnt)
    leads = pc.fill_null(pc.is_in(ledger.column("by"), burnt), False)
    spent = pa.table(
        {
            "person_id": burnt, "person_key": pa.nulls(len(burnt), pa.string()),
            "what": pa.array(["created"] * len(burnt), pa.string()),
            **{name: pa.nulls(len(burnt), LEDGER.field(name).type) for name in ("run_id", "on", "by", "model_hash")},
        },
        schema=LEDGER,
    )  # fmt: skip
    return pa.concat_tables([spent, ledger.filter(pc.invert(pc.or_(is_burnt, leads)))])


def _is_moved(labels: np.ndarray, was: pa.Array) -> np.ndarray:
    """For each record, whether its group is not exactly the present records of one earlier person."""
    code = was.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    if not len(labels):
        return np.zeros(0, dtype=bool)
    lowest, highest = _ends(labels, code)
    is_one = (lowest == highest) & (lowest >= 0)
    has_id = code >= 0
    first, last = _ends(code[has_id], labels[has_id])
    is_whole = np.zeros(len(labels), dtype=bool)
    is_whole[has_id] = first == last
    # One record that moved makes every record of its group, and of the person it was, one to look at.
    return ~_all_of(labels, is_one & is_whole)


def _ends(group: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each row, the lowest and the highest value among the rows of its group."""
    _, of = np.unique(group, return_inverse=True)
    count = of.max(initial=-1) + 1
    lowest, highest = np.full(count, np.iinfo(np.int64).max), np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(lowest, of, value)
    np.maximum.at(highest, of, value)
    return lowest[of], highest[of]


def _all_of(group: np.ndarray, is_so: np.ndarray) -> np.ndarray:
    return _ends(group, is_so.astype(np.int64))[0] == 1


@dataclasses.dataclass(frozen=True)
class _Past:
    """
    What the ledger says of the ids that some records ever were.

    age: place of the first row of each id. once: the sets of records that each id was at the end of some run.
    """

    age: dict[str, int] = dataclasses.field(default_factory=dict)
    once: dict[str, set[frozenset[str]]] = dataclasses.field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, ledger: pa.Table, keys: list[str], ids: set[str]) -> _Past:
        past = cls()
        if not ledger.num_rows or not keys:
            return past
        ledger = ledger.append_column("place", pa.array(np.arange(ledger.num_rows)))
        touched = ledger.filter(pc.is_in(ledger.column("person_key"), pa.array(keys, pa.string())))
        every = pa.array(sorted(ids | set(pc.unique(touched.column("person_id")).to_pylist())), pa.string())
        rows = ledger.filter(pc.is_in(ledger.column("person_id"), every))
        columns = (rows.column(c).to_pylist() for c in ("run_id", "place", "person_id", "person_key", "what"))
        holds: dict[str, set[str]] = defaultdict(set)
        for _, of_run in itertools.groupby(zip(*columns, strict=True), key=lambda row: row[0]):
            past._after(holds, [row[1:] for row in of_run])
        return past

    def _after(self, holds: dict[str, set[str]], rows: list[tuple[int, str, str | None, str]]) -> None:
        """One run further. holds: the records of each id so far."""
        changed = set()
        for place, person_id, person_key, what in rows:
            self.age.setdefault(person_id, place)
            if person_key is not None:
                (holds[person_id].discard if what == LEAVES else holds[person_id].add)(person_key)
                changed.add(person_id)
        for person_id in changed:
            self.once[person_id].add(frozenset(holds[person_id]))

    def was(self, person_id: str, keys: list[str]) -> bool:
        return frozenset(keys) in self.once.get(person_id, ())

    def place(self, person_id: str) -> int:
        return self.age.get(person_id, sys.maxsize)


def _take_over(groups: dict[int, list[str]], known: dict[str, str], past: _Past) -> dict[int, str]:
    """The id of the person from whom a group kept most; of equals, of whom it is exactly what that id once was."""
    claims = []
    for group, keys in groups.items():
        for person_id, kept in Counter(known[k] for k in keys if k in known).items():
            is_again = past.was(person_id, keys)
            claims.append((-kept, not is_again, past.place(person_id), person_id, min(keys), group))
    taken: dict[int, str] = {}
    used: set[str] = set()
    for *_, person_id, _, group in sorted(claims):
        if group not in taken and person_id not in used:
            taken[group] = person_id
            used.add(person_id)
    return taken


def _take_back(groups: dict[int, list[str]], taken: dict[int, str], past: _Past, *, in_use: pa.Array) -> dict[int, str]:
    """
    Ids out of use for groups that are exactly what such an id once was: a decision was undone.

    Without this a merge undone would leave a person with a new id, and every bookmark with the wrong one. in_use: ids
    of records that did not move.
    """
    was: dict[frozenset[str], list[str]] = defaultdict(list)
    for person_id, sets in past.once.items():
        for keys in sets:
            was[keys].append(person_id)
    wanting = [group for group in sorted(groups, key=lambda g: min(groups[g])) if group not in taken]
    candidates = {group: was.get(frozenset(groups[group]), []) for group in wanting}
    named = pa.array(sorted({one for ids in candidates.values() for one in ids}), pa.string())
    used = {*taken.values(), *named.filter(_among(named, in_use)).to_pylist()}
    back: dict[int, str] = {}
    for group in wanting:
        free = [one for one in candidates[group] if one not in used]
        if free:
            back[group] = min(free, key=past.place)
            used.add(back[group])
    return back


def _mint(
    groups: dict[int, list[str]], taken: dict[int, str], *, ledger: pa.Table, last: pa.Table, key: bytes
) -> dict[int, str]:
    minted: dict[int, str] = {}
    lowest = {group: min(groups[group]) for group in groups if group not in taken}
    wanting = sorted(lowest, key=lambda g: lowest[g])
    attempt = 0
    while wanting:
        mark = f"#{attempt}" if attempt else ""
        offered = pa.array([opaque_id(lowest[g] + mark, key=key) for g in wanting], pa.string())
        known = pc.or_(_among(offered, ledger.column("person_id")), _among(offered, last.column("person_id")))
        again = []
        for group, person_id, is_known in zip(wanting, offered.to_pylist(), known.to_pylist(), strict=True):
            if is_known:
                again.append(group)
            else:
                minted[group] = person_id
        wanting, attempt = again, attempt + 1
    return minted


def _among(few: pa.Array, many: pa.Array | pa.ChunkedArray) -> pa.Array:
    """For each of `few` whether it is among `many`, each of which is looked up: to hash them all costs more."""
    return pc.is_in(few, pc.unique(many.filter(pc.is_in(many, few))))


def opaque_id(text: str, *, key: bytes, prefix: str = "P", role: bytes = b"kinfold-person") -> str:
    """17 characters that only the holder of the key could work out from `text`."""
    digest = hashlib.blake2b(text.encode(), key=key[:64], digest_size=10, person=role).digest()
    return prefix + base64.b32encode(digest).decode()


Row = tuple[str, str | None, str, str | None]


def _changes(
    groups: dict[int, list[str]], ids: dict[int, str], known: dict[str, str], past: _Past, *, decided: frozenset[str]
) -> list[Row]:
    """Rows of person_id, person_key, what and `by`: the run, a decision, or the id merged into or split from."""
    rows: list[Row] = []
    live_before = set(known.values())
    went_to: dict[str, set[str]] = defaultdict(set)
    for group in sorted(groups, key=lambda g: ids[g]):
        person_id = ids[group]
        is_new = person_id not in live_before and person_id not in past.age
        parents = {known[k] for k in groups[group] if k in known} - {person_id}
        for person_key in sorted(groups[group]):
            was = known.get(person_key)
            if was is not None:
                went_to[was].add(person_id)
            if was == person_id:
                continue
            by = BY_DECISION if person_key in decided else BY_RUN
            rows.append((person_id, person_key, "created" if is_new else "joined", by))
            if was is not None:
                rows.append((was, person_key, LEAVES, by))
        if person_id not in live_before and len(parents) == 1:
            rows.append((person_id, None, "split", next(iter(parents))))
    alive = set(ids.values())
    for person_id, heirs in sorted(went_to.items()):
        if person_id not in alive and len(heirs) == 1:
            rows.append((person_id, None, "merged", next(iter(heirs))))
    return rows


def _gone(before: pa.Table, at: pa.Array) -> list[Row]:
    """
    Records that are no longer sent leave their person, so that the ledger alone says who was whom on any day.

    at: places in `before` of the records that are sent.
    """
    is_sent = np.zeros(before.num_rows, dtype=bool)
    is_sent[at.drop_null().to_numpy()] = True
    is_left = pc.and_(pa.array(~is_sent), pc.invert(before.column("is_gone")))
    gone = before.filter(is_left).sort_by("person_key")
    columns = (gone.column("person_id").to_pylist(), gone.column("person_key").to_pylist())
    return [(person_id, person_key, LEAVES, BY_RUN) for person_id, person_key in zip(*columns, strict=True)]


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
