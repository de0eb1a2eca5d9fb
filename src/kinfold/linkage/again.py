"""
An incremental night: only new and changed records are compared, and only the groups they touch are built again.

The answer is that of a whole run: a name whose share of people has moved by a power of two since makes the records
that bear it changed ones too. `shadow` says whether it is.
"""

from __future__ import annotations

import dataclasses

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from kinfold.linkage import blocks, cluster, judge, vetoes
from kinfold.linkage.night import Night, weighed
from kinfold.linkage.resolve import (
    IN_GROUP,
    TOLD,
    Options,
    Resolved,
    as_arrays,
    compared,
    judged,
    not_compared,
    with_moves,
)
from kinfold.linkage.ways import NARROW, Parted, parted, stacked
from kinfold.store.engine import Engine

ENDS = ["left", "right"]
BESIDE = ["decided", "is_multiple", "rule", "veto", "band"]
# What else than its two records can change of a pair.
TOLD_OF = ["decided", "is_multiple", "moved"]


@dataclasses.dataclass(frozen=True)
class Changes:
    """
    What differs from the last run. same: `old` and `number` of each record that says and weighs what it did then.

    new_to_old: for each number the old one, -1 when the record is fresh. new, changed, gone: how many; reweighed: how
    many say what they said, of a name that has become more or less common.
    """

    same: ir.Table
    fresh: ir.Table
    new_to_old: np.ndarray
    new: int
    changed: int
    gone: int
    reweighed: int


def changes(engine: Engine, marks: ir.Table, night: Night) -> Changes:
    """marks: of tonight's records (`night.marked`)."""
    before = night.records.select("person_key", old="number", was="fingerprint", had="shares")
    met = engine.keep(marks.select("number", "person_key", "fingerprint", "shares").join(before, "person_key"))
    alike = met.filter(met.fingerprint == met.was)
    same = engine.keep(alike.filter(alike.shares == alike.had).select("old", "number"))
    pairs = same.to_pyarrow()
    count = marks.count().execute()
    new_to_old = np.full(count, -1, dtype=np.int64)
    new_to_old[pairs.column("number").to_numpy()] = pairs.column("old").to_numpy()
    known, said_alike = met.count().execute(), alike.count().execute()
    fresh = engine.take(pa.table({"number": np.flatnonzero(new_to_old < 0)}))
    return Changes(
        same=same, fresh=fresh, new_to_old=new_to_old, new=count - known, changed=known - said_alike,
        gone=night.records.count().execute() - known, reweighed=said_alike - pairs.num_rows,
    )  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Again:
    """
    resolved: as a whole run gives it. scored: pairs weighed tonight. touched: groups that were built again.

    is_anew: for each record, whether it is fresh, of a touched group, or of a pair that is not as it was.
    """

    resolved: Resolved
    scored: int
    touched: int
    is_anew: np.ndarray


def resolve_again(
    engine: Engine,
    records: ir.Table,
    marks: ir.Table,
    *,
    night: Night,
    since: Changes,
    options: Options,
) -> Again:
    """
    Say which records are one person, going on from the last run.

    records: of tonight, as `standardise` makes them; marks: of these (`night.marked`). night: made with the same model
    and settings.
    """
    used = blocks.in_use(options.rules, blocks.born(records).count().execute())
    whole = Parted(engine.keep(_renumbered(night.pairs, since.same)), night.ways).whole
    columns = whole.drop("way").columns
    keys, met, no_longer = _met(engine, records, night, since, used)
    also = options.also(engine)
    by_key = whole.filter(whole.met != IN_GROUP)
    new = _to_compare(engine, met, also, by_key)
    dropped = engine.keep(_no_longer_met(by_key, no_longer, met, also))
    scored = compared(engine, _of(engine, records, marks, new.pairs), new.pairs, options, told=new.told)
    still = _renumbered(night.twins, since.same).anti_join(dropped, ENDS)
    twins = engine.keep(ibis.union(still, vetoes.twin_pairs(scored, records)).distinct())
    together = engine.keep(vetoes.multiples(twins, records))
    stands = by_key.anti_join(dropped, ENDS)
    changed, judged_again = _judged_again(engine, stands, records, options, together)
    known = Parted(engine.keep(stands.anti_join(changed, ENDS).select(*NARROW)), night.ways)
    fresh = engine.keep(judged(engine, scored, records, options, together).select(columns))
    every = [known, parted(engine, judged_again), parted(engine, fresh)]
    pairs = stacked(engine, *every).whole
    count = len(since.new_to_old)
    arrays = as_arrays(pairs, options.thresholds)
    group = cluster.components(count, arrays)
    left_behind = [_column(rows, "number") for rows in _left_behind(night, since)]
    touched = _touched(group, since, night, [dropped, judged_again], scored, together, left_behind)
    doubtful = cluster.in_doubt(group, arrays)
    inside = whole.filter(whole.met == IN_GROUP).anti_join(pairs, ENDS)
    untouched = engine.take(pa.table({"number": np.flatnonzero(~touched[group])}))
    inside = engine.keep(inside.semi_join(untouched, inside.left == untouched.number).select(*NARROW))
    every.append(Parted(inside, night.ways))
    missing = not_compared(engine, group, doubtful[touched[doubtful]], arrays, apart=None)
    otherwise = [dropped, judged_again, scored]
    if missing is not None:
        more = compared(engine, _of(engine, records, marks, missing), missing, options)
        more = engine.keep(judged(engine, more, records, options, together).select(columns))
        every.append(parted(engine, more))
        otherwise.append(more)
        arrays = _stacked(arrays, as_arrays(more, options.thresholds))
    person = _people(count, arrays, group, touched, night, since)
    kept = stacked(engine, *every)
    resolved = Resolved(
        person=person, pairs=kept.whole, reach=list(night.about.reach), doubtful=len(doubtful),
        keys=keys, twins=twins, parted=kept,
    )  # fmt: skip
    is_anew = touched[group] | (since.new_to_old < 0)
    for numbers in (*left_behind, *(_column(pairs, end) for pairs in otherwise for end in ENDS)):
        is_anew[numbers] = True
    compared_count = scored.count().execute() + (0 if missing is None else missing.count().execute())
    return Again(resolved=resolved, scored=compared_count, touched=int(touched.sum()), is_anew=is_anew)


def _renumbered(pairs: ir.Table, same: ir.Table) -> ir.Table:
    """`pairs` of the last run whose two records say what they said, by the numbers of tonight."""
    one, other = same.select(left="old", one="number"), same.select(right="old", other="number")
    found = pairs.join(one, "left").join(other, "right")
    rest = [c for c in pairs.columns if c not in ENDS]
    return found.select(*rest, left="one", right="other").select(*pairs.columns)


def _of(engine: Engine, records: ir.Table, marks: ir.Table, pairs: ir.Table) -> ir.Table:
    ends = engine.keep(ibis.union(pairs.select(number="left"), pairs.select(number="right"), distinct=True))
    return engine.keep(weighed(records.semi_join(ends, "number"), marks.semi_join(ends, "number")))


def _met(
    engine: Engine, records: ir.Table, night: Night, since: Changes, used: list[blocks.Rule]
) -> tuple[ir.Table, ir.Table, ir.Table]:
    """
    Keys of tonight; pairs that share a key of a new or changed record, or one that came back under its most; and pairs
    of old records whose keys all went over it.
    """
    found = engine.keep(blocks.keys_of(records.semi_join(since.fresh, "number"), used))
    moved = night.keys.rename(old="number").join(since.same, "old")
    keys = engine.keep(ibis.union(moved.select("number", "rule", "key"), found))
    lost = night.keys.anti_join(since.same, night.keys.number == since.same.old)
    of_key = ["rule", "key"]
    touched = engine.keep(ibis.union(found.select(of_key), lost.select(of_key), distinct=True))
    now = blocks.sized(keys.semi_join(touched, of_key), used)
    before = blocks.sized(night.keys.semi_join(touched, of_key), used).rename(were="records").drop("most")
    sizes = now.left_join(before, of_key).drop("rule_right", "key_right")
    sizes = engine.keep(sizes.mutate(were=sizes.were.fill_null(0)))
    usable = sizes.filter(sizes.records > 1, sizes.records <= sizes.most)
    usable = usable.mutate(came_back=usable.were > usable.most)
    members = keys.join(usable.select(*of_key, "came_back"), of_key)
    members = engine.keep(members.mutate(is_fresh=members.number.isin(since.fresh.number)))
    met = _pairs(members).filter(lambda t: t.is_fresh | t.is_fresh_right | t.came_back).select(*ENDS).distinct()
    over = engine.keep(sizes.filter(sizes.records > sizes.most, sizes.were <= sizes.most, sizes.were > 1))
    return keys, engine.keep(met), engine.keep(_parted(keys, over, since, used))


def _pairs(members: ir.Table) -> ir.Table:
    one, other = members, members.view()
    met = one.join(other, [one.rule == other.rule, one.key == other.key, one.number < other.number])
    return met.mutate(left=met.number, right=met.number_right)


def _parted(keys: ir.Table, over: ir.Table, since: Changes, used: list[blocks.Rule]) -> ir.Table:
    """Pairs of old records that met by a key that too many now share, and meet by no other."""
    of_key = ["rule", "key"]
    old = keys.semi_join(over, of_key).semi_join(since.same, "number")
    met = _pairs(old).select(*ENDS).distinct()
    mine = keys.select("rule", "key", left="number")
    theirs = keys.select("rule", "key", right="number")
    shared = met.join(mine, "left").join(theirs, ["right", "rule", "key"])
    sizes = blocks.sized(keys.semi_join(shared.select(of_key).distinct(), of_key), used)
    shared = shared.semi_join(sizes.filter(sizes.records <= sizes.most), of_key)
    return met.anti_join(shared, ENDS)


@dataclasses.dataclass(frozen=True)
class _New:
    pairs: ir.Table
    told: ir.Table


def _to_compare(engine: Engine, met: ir.Table, also: ir.Table | None, known: ir.Table) -> _New:
    """Pairs to weigh tonight, and those of them that no key brought together. known: those weighed before."""
    told = met.limit(0) if also is None else also.select(*ENDS).anti_join(met, ENDS).anti_join(known, ENDS)
    told = engine.keep(told)
    return _New(pairs=engine.keep(ibis.union(met.anti_join(known, ENDS), told)), told=told)


def _no_longer_met(known: ir.Table, parted: ir.Table, met: ir.Table, also: ir.Table | None) -> ir.Table:
    """Pairs of two old records that a whole run would not compare tonight."""
    gone = known.filter(known.met == TOLD).anti_join(met, ENDS).select(*ENDS)
    gone = ibis.union(gone, known.semi_join(parted, ENDS).select(*ENDS), distinct=True)
    return gone if also is None else gone.anti_join(also, ENDS)


def _judged_again(
    engine: Engine, stands: ir.Table, records: ir.Table, options: Options, together: ir.Table
) -> tuple[ir.Table, ir.Table]:
    """
    Of the pairs of old records those of which a decision, a move or a twin is known or undone since: which they are
    (left, right), and as they are judged with that.
    """
    decided = engine.take(options.decisions) if options.decisions is not None else None
    told = stands.select(*ENDS, *TOLD_OF).rename(was_decided="decided", was_multiple="is_multiple", was_moved="moved")
    told = judge.told(with_moves(told, options.moves), decided, together)
    differs = (
        (told.was_multiple != told.is_multiple)
        | (told.was_moved != told.moved)
        | ~told.was_decided.identical_to(told.decided)
    )
    changed = engine.keep(told.filter(differs).select(*ENDS))
    columns = stands.drop("way").columns
    unjudged = engine.keep(with_moves(stands.semi_join(changed, ENDS).drop("way", "moved", *BESIDE), options.moves))
    return changed, engine.keep(judged(engine, unjudged, records, options, together).select(columns))


def _touched(
    group: np.ndarray,
    since: Changes,
    night: Night,
    otherwise: list[ir.Table],
    scored: ir.Table,
    together: ir.Table,
    left_behind: list[np.ndarray],
) -> np.ndarray:
    """For each group (its lowest number), whether anything in it differs from the last run."""
    numbers = [np.flatnonzero(since.new_to_old < 0)]
    for pairs in otherwise:
        numbers += [_column(pairs, end) for end in ENDS]
    left, right = _column(scored, "left"), _column(scored, "right")
    inside = group[left] == group[right]
    numbers += [left[inside], right[inside]]
    numbers += left_behind
    said = night.records.filter("is_multiple").join(since.same, night.records.number == since.same.old)
    before = np.zeros(len(group), dtype=bool)
    before[_column(said.select(number=since.same.number), "number")] = True
    after = np.zeros(len(group), dtype=bool)
    after[_column(together, "number")] = True
    numbers.append(np.flatnonzero(before != after))
    touched = np.zeros(len(group), dtype=bool)
    touched[group[np.concatenate(numbers)]] = True
    return touched


def _left_behind(night: Night, since: Changes) -> list[ir.Table]:
    """Records whose pair with another is gone, because the other is gone or changed."""
    found = []
    for end, other in (("left", "right"), ("right", "left")):
        lost = night.pairs.anti_join(since.same, night.pairs[other] == since.same.old).select(old=end)
        found.append(lost.join(since.same, "old").select("number").distinct())
    return found


def _column(rows: ir.Table, name: str) -> np.ndarray:
    return rows.select(name).to_pyarrow().column(0).to_numpy().astype(np.int64)


def _stacked(one: cluster.Pairs, other: cluster.Pairs) -> cluster.Pairs:
    names = [field.name for field in dataclasses.fields(cluster.Pairs)]
    return cluster.Pairs(**{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names})


def _people(
    count: int, arrays: cluster.Pairs, group: np.ndarray, touched: np.ndarray, night: Night, since: Changes
) -> np.ndarray:
    """The person of each record: of touched groups built again, of others as it was, by tonight's numbers."""
    before = night.records.order_by("number").select("person").to_pyarrow().column(0).to_numpy()
    old_to_new = np.full(len(before), -1, dtype=np.int64)
    is_same = since.new_to_old >= 0
    old_to_new[since.new_to_old[is_same]] = np.flatnonzero(is_same)
    is_touched = touched[group]
    person = np.arange(count)
    stays = ~is_touched
    person[stays] = old_to_new[before[since.new_to_old[stays]]]
    chosen = is_touched[arrays.left] & is_touched[arrays.right]
    names = [field.name for field in dataclasses.fields(cluster.Pairs)]
    some = cluster.Pairs(**{name: getattr(arrays, name)[chosen] for name in names})
    person[is_touched] = cluster.people(count, some)[is_touched]
    return person
