"""From standardised records to people: block, score, judge, cluster. The same for a council's run and for any file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from kinfold.linkage import blocks, cluster, judge, model
from kinfold.store.engine import Engine

Progress = Callable[[str, int], None]
# All pairs inside a doubtful group of up to this many records are compared before it is settled.
MOST_IN_A_GROUP = 80
# No name is taken to be rarer than this share of people.
RAREST = 1e-5


@dataclasses.dataclass(frozen=True)
class Resolved:
    """
    person: for each record number, the lowest number among the records of the same person.
    pairs: every compared pair, judged. reach: what each blocking rule found. doubtful: groups that were built again.
    """

    person: np.ndarray
    pairs: ir.Table
    reach: list[dict[str, object]]
    doubtful: int


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


def resolve(
    engine: Engine, records: ir.Table, *, options: Options, progress: Progress = lambda step, rows: None
) -> Resolved:
    """
    Say which records are one person.

    records: as `standardise` makes them. progress is called with each step's name and its rows.
    """
    records = _with_frequencies(engine, records, options.model)
    decided = engine.take(options.decisions) if options.decisions is not None else None
    told = [pairs.select("left", "right") for pairs in (decided, options.moves) if pairs is not None]
    also = ibis.union(*told, distinct=True) if told else None
    blocked = blocks.block(engine, records, rules=options.rules, apart=options.apart, also=also)
    progress("pairs to compare", blocked.pairs.count().execute())
    pairs = _compared(engine, records, blocked.pairs, options, decided)
    progress("pairs compared", pairs.count().execute())
    count = records.count().execute()
    arrays = _arrays(pairs, options.thresholds)
    group = cluster.components(count, arrays)
    doubtful = cluster.in_doubt(group, arrays)
    once_in = _apart(options.apart, count)
    missing = _not_compared(engine, group, doubtful, arrays, apart=once_in)
    if missing is not None:
        more = _compared(engine, records, missing, options, decided)
        pairs = engine.keep(ibis.union(pairs, more))
        arrays = _arrays(pairs, options.thresholds)
        progress("pairs compared inside doubtful groups", more.count().execute())
    person = cluster.people(count, arrays, once_in=once_in)
    progress("people", len(np.unique(person)))
    return Resolved(person=person, pairs=pairs, reach=blocked.reach, doubtful=len(doubtful))


def _with_frequencies(engine: Engine, records: ir.Table, saved: model.Model) -> ir.Table:
    """
    `records` with tf_forename and tf_surname: the saved share of a name, or this pool's when it is more common here.

    A county's own commonest names are seldom the nation's. The pool's share is rounded to a power of two, so that
    a few new records do not move every score.
    """
    for column in ("forename", "surname"):
        share = f"tf_{column}"
        named = records.filter(records[column].notnull())
        counted = named.group_by(column).agg(times=ibis._.count())
        everyone = max(counted.times.sum().execute() or 1, 1)
        here = ibis.literal(2.0).pow((counted.times / everyone).log2().round()).name("here")
        known = engine.take(saved.frequencies[column])
        both = counted.mutate(here=here).left_join(known, column)
        # A name met once is rare, not known to be as common as one in this file.
        rare = max(1 / everyone, RAREST)
        both = both.select(column, share=ibis.greatest(both.here, both[share].fill_null(rare)))
        records = records.left_join(engine.keep(both.rename({share: "share"})), column).drop(f"{column}_right")
    return engine.keep(records)


def _compared(
    engine: Engine, records: ir.Table, pairs: ir.Table, options: Options, decided: ir.Table | None
) -> ir.Table:
    scored = model.score(engine, records, pairs, settings=options.settings, model=options.model)
    scored = _with_moves(scored, options.moves)
    return engine.keep(judge.judged(scored, records, decisions=decided, thresholds=options.thresholds))


def _with_moves(pairs: ir.Table, moves: ir.Table | None) -> ir.Table:
    """`pairs` with `moved`: on one day, or unknown."""
    if moves is None:
        return pairs.mutate(moved=ibis.literal("unknown"))
    told = moves.select(m_left="left", m_right="right")
    joined = pairs.left_join(told, [pairs.left == told.m_left, pairs.right == told.m_right])
    return joined.mutate(moved=ibis.ifelse(joined.m_left.notnull(), "on one day", "unknown")).drop("m_left", "m_right")


def _arrays(pairs: ir.Table, thresholds: judge.Thresholds) -> cluster.Pairs:
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


def _not_compared(
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
    have = pairs.left.astype(np.int64) * len(group) + pairs.right
    new = ~np.isin(left.astype(np.int64) * len(group) + right, have)
    if apart is not None:
        new &= apart[left] != apart[right]
    if not new.any():
        return None
    return engine.take(pa.table({"left": left[new].astype(np.int64), "right": right[new].astype(np.int64)}))
