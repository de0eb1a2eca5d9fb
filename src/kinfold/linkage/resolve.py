"""From standardised records to people: block, score, judge, cluster. The same for a council's run and for any file."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable, Iterator
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from kinfold.linkage import blocks, cluster, definition, judge, model, vetoes
from kinfold.linkage.ways import Parted, parted, stacked
from kinfold.store.engine import Engine

# Told the name of each step as it starts.
Progress = Callable[[str], None]
# All pairs inside a doubtful group of up to this many records are compared before it is settled.
MOST_IN_A_GROUP = 80
# How two records came to be compared.
BY_KEY, TOLD, IN_GROUP = "key", "told", "group"
NAMED = ("forename", "surname")


@dataclasses.dataclass(frozen=True)
class Resolved:
    """
    person: for each record number, the lowest number among the records of the same person.
    pairs: every compared pair, judged, with `met`: by a key, told (by a decision or a move), or in a doubtful group.
    parted: the same as they are kept, before anything is settled.
    reach: what each blocking rule found. doubtful: groups that were built again. keys and twins: what the next night
    goes on from (`blocks.Blocked.keys`, `vetoes.twin_pairs`).
    """

    person: np.ndarray
    pairs: ir.Table
    reach: list[dict[str, object]]
    doubtful: int
    keys: ir.Table
    twins: ir.Table
    parted: Parted


@dataclasses.dataclass(frozen=True)
class Options:
    """
    What may differ between uses: the model and its settings, thresholds, rules, and who is never compared.

    moves: pairs (left, right) that a register moved from one home to another on one day (`moves.same_day`).
    """

    model: model.Model
    settings: dict[str, Any]
    thresholds: judge.Thresholds = judge.Thresholds()
    rules: tuple[blocks.Rule, ...] = blocks.RULES
    apart: ir.Table | None = None
    decisions: pa.Table | None = None
    moves: ir.Table | None = None

    def also(self, engine: Engine) -> ir.Table | None:
        """Pairs (left, right) to compare whatever the rules say: those decided, and those that moved."""
        decided = engine.take(self.decisions) if self.decisions is not None else None
        if decided is not None:
            decided = decided.filter(decided.left != decided.right)
        told = [pairs.select("left", "right") for pairs in (decided, self.moves) if pairs is not None]
        return ibis.union(*told, distinct=True) if told else None


@dataclasses.dataclass(frozen=True)
class Prepared:
    """records: with how common their names are. blocked: the pairs to compare."""

    records: ir.Table
    blocked: blocks.Blocked


def prepare(engine: Engine, records: ir.Table, *, options: Options) -> Prepared:
    """What does not depend on weights, so that it is done once however often they are learned."""
    records = with_shares(engine, records, options.model)
    blocked = blocks.block(engine, records, rules=options.rules, apart=options.apart, also=options.also(engine))
    return Prepared(records, blocked)


def scored(engine: Engine, prepared: Prepared, pairs: ir.Table, options: Options) -> ir.Table:
    """Some of the pairs of `prepared`, weighed and judged."""
    weighed = compared(engine, prepared.records, pairs, options, told=prepared.blocked.told)
    together = engine.keep(vetoes.births_together(weighed, prepared.records))
    return engine.keep(judged(engine, weighed, prepared.records, options, together))


def resolve(
    engine: Engine,
    records: ir.Table,
    *,
    options: Options,
    progress: Progress = lambda step: None,
    prepared: Prepared | None = None,
) -> Resolved:
    """
    Say which records are one person.

    records: as `standardise` makes them. prepared: of these records and rules, where it was done already.
    """
    prepared = prepared or prepare(engine, records, options=options)
    records, blocked = prepared.records, prepared.blocked
    progress(f"Comparing {blocked.pairs.count().execute():,} pairs")
    weighed = compared(engine, records, blocked.pairs, options, told=blocked.told)
    progress("Deciding which pairs are one person")
    twins = engine.keep(vetoes.twin_pairs(weighed, records))
    together = engine.keep(vetoes.multiples(twins, records))
    with leaving_only(engine, weighed) as keep:
        kept = parted(engine, engine.keep(judged(engine, weighed, records, options, together)))
        for table in (kept.pairs, kept.ways):
            keep(table)
    progress("Settling who is one person")
    count = records.count().execute()
    arrays = as_arrays(kept.whole, options.thresholds)
    group = cluster.components(count, arrays)
    doubtful = cluster.in_doubt(group, arrays)
    once_in = _apart(options.apart, count)
    missing = not_compared(engine, group, doubtful, arrays, apart=once_in)
    if missing is not None:
        more = judged(engine, compared(engine, records, missing, options), records, options, together)
        kept = stacked(engine, kept, parted(engine, engine.keep(more)))
        arrays = as_arrays(kept.whole, options.thresholds)
    person = cluster.people(count, arrays, once_in=once_in)
    return Resolved(
        person=person, pairs=kept.whole, reach=blocked.reach, doubtful=len(doubtful), keys=blocked.keys, twins=twins,
        parted=kept,
    )  # fmt: skip


@contextlib.contextmanager
def leaving_only(engine: Engine, *gone: ir.Table) -> Iterator[Callable[[ir.Table], ir.Table]]:
    """Drop every table made inside but those given to what it yields, and `gone`: a run's memory is mostly these."""
    before = set(engine.con.list_tables()) - {table.get_name() for table in gone}
    kept: list[str] = []

    def keep(table: ir.Table) -> ir.Table:
        kept.append(table.get_name())
        return table

    yield keep
    for name in set(engine.con.list_tables()) - before - set(kept):
        engine.con.drop_table(name, force=True)


def shares(engine: Engine, records: ir.Table, saved: model.Model) -> dict[str, ir.Table]:
    """
    How common each forename and surname is: the saved share, or this pool's when it is more common here.

    A county's own commonest names are seldom the nation's. The pool's share is rounded to a power of two, so that
    a few new records do not move every score. Returns for each column its values and tf_<column>.
    """
    found = {}
    for column in NAMED:
        named = records.filter(records[column].notnull())
        counted = named.group_by(column).agg(times=ibis._.count())
        everyone = max(counted.times.sum().execute() or 1, 1)
        here = ibis.literal(2.0).pow((counted.times / everyone).log2().round()).name("here")
        known = engine.take(saved.frequencies[column])
        both = counted.mutate(here=here).left_join(known, column)
        share = ibis.greatest(both.here, both[f"tf_{column}"].fill_null(_rare(everyone)))
        found[column] = engine.keep(both.select(column, **{f"tf_{column}": share}))
    return found


def shares_of(engine: Engine, records: ir.Table, saved: model.Model) -> ir.Table:
    """number, tf_forename and tf_surname of each record, as `shares` has them."""
    told = records.select("number", *NAMED)
    for column, found in shares(engine, records, saved).items():
        told = told.left_join(found, column).drop(f"{column}_right")
    return engine.keep(told.drop(*NAMED))


def with_shares(engine: Engine, records: ir.Table, saved: model.Model) -> ir.Table:
    """`records` with tf_forename and tf_surname, as `shares` has them; as they are when they have them already."""
    if f"tf_{NAMED[0]}" in records.columns:
        return records
    return engine.keep(records.join(shares_of(engine, records, saved), "number"))


def _rare(everyone: int) -> float:
    """A name met once is rare, not known to be as common as one in this file; rounded as other shares are."""
    return max(2.0 ** round(math.log2(1 / max(everyone, 1))), definition.RAREST)


def compared(
    engine: Engine, records: ir.Table, pairs: ir.Table, options: Options, *, told: ir.Table | None = None
) -> ir.Table:
    """
    Pairs (left, right) of `records` weighed, with `moved` and how they `met`.

    told: those that no key brought together; None when every pair is of a doubtful group.
    """
    scored = model.score(engine, records, pairs, settings=options.settings, model=options.model)
    scored = with_moves(scored, options.moves)
    if told is None:
        return engine.keep(scored.mutate(met=ibis.literal(IN_GROUP)))
    said = told.select(t_left="left", t_right="right")
    joined = scored.left_join(said, [scored.left == said.t_left, scored.right == said.t_right])
    met = ibis.ifelse(joined.t_left.notnull(), TOLD, BY_KEY)
    return engine.keep(joined.mutate(met=met).drop("t_left", "t_right"))


def judged(engine: Engine, scored: ir.Table, records: ir.Table, options: Options, together: ir.Table) -> ir.Table:
    """together: numbers of the records of children born together."""
    decided = engine.take(options.decisions) if options.decisions is not None else None
    return judge.judged(scored, records, decisions=decided, thresholds=options.thresholds, together=together)


def with_moves(pairs: ir.Table, moves: ir.Table | None) -> ir.Table:
    """`pairs` with `moved`: on one day, or unknown."""
    if moves is None:
        return pairs.mutate(moved=ibis.literal("unknown"))
    told = moves.select(m_left="left", m_right="right")
    joined = pairs.left_join(told, [pairs.left == told.m_left, pairs.right == told.m_right])
    return joined.mutate(moved=ibis.ifelse(joined.m_left.notnull(), "on one day", "unknown")).drop("m_left", "m_right")


def as_arrays(pairs: ir.Table, thresholds: judge.Thresholds) -> cluster.Pairs:
    taken = pairs.select(
        "left",
        "right",
        weight=pairs.weight - thresholds.link,
        is_link=pairs.band == "link",
        is_sure=(pairs.band == "link") & pairs.rule.notnull(),
        is_apart=pairs.veto.notnull(),
    ).to_pyarrow()
    columns = {name: taken.column(name).combine_chunks().to_numpy(zero_copy_only=False) for name in taken.column_names}
    return cluster.Pairs(**columns)


def _apart(apart: ir.Table | None, count: int) -> np.ndarray | None:
    """For each record, the number of the file that holds each person once; null when no file does."""
    if apart is None:
        return None
    rows = apart.select("number", "keeps_apart").to_pyarrow()
    values = np.full(count, -1, dtype=np.int64)
    _, codes = np.unique(rows.column("keeps_apart").to_numpy(zero_copy_only=False), return_inverse=True)
    values[rows.column("number").to_numpy()] = codes
    return values


def not_compared(
    engine: Engine, group: np.ndarray, doubtful: np.ndarray, pairs: cluster.Pairs, *, apart: np.ndarray | None
) -> ir.Table | None:
    """Pairs inside doubtful groups that no blocking rule brought together."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts, ends = np.searchsorted(ordered, doubtful, "left"), np.searchsorted(ordered, doubtful, "right")
    lefts, rights = [], []
    for size in np.unique(ends - starts):
        if size > MOST_IN_A_GROUP:
            continue
        members = np.sort(order[starts[ends - starts == size][:, None] + np.arange(size)], axis=1)
        one, other = np.triu_indices(size, k=1)
        lefts.append(members[:, one].ravel())
        rights.append(members[:, other].ravel())
    if not lefts:
        return None
    left, right = np.concatenate(lefts), np.concatenate(rights)
    is_doubtful = np.zeros(len(group), dtype=bool)
    is_doubtful[doubtful] = True
    near = is_doubtful[group[pairs.left]] & (group[pairs.left] == group[pairs.right])
    have = pairs.left[near].astype(np.int64) * len(group) + pairs.right[near]
    new = ~np.isin(left.astype(np.int64) * len(group) + right, have)
    if apart is not None:
        new &= apart[left] != apart[right]
    if not new.any():
        return None
    return engine.take(pa.table({"left": left[new].astype(np.int64), "right": right[new].astype(np.int64)}))
