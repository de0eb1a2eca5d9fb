"""
What a new model would change, told before anybody uses it: weights moved, pairs of another band, twins joined.

Both models link the same sample of the live records, so nothing but the model differs.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from kinfold.linkage import quality, resolve, train
from kinfold.linkage.model import Model
from kinfold.store.engine import Engine

SAMPLE = 20_000
MOVED_BY = 0.25
BANDS = ("link", "review", "no")


@dataclasses.dataclass(frozen=True)
class Linked:
    """pairs: left_key, right_key and band of each compared pair. links: person_key and person_id."""

    pairs: ir.Table
    links: ir.Table


def compared(
    engine: Engine, *, now: Model, new: Model, records_now: ir.Table, records_new: ir.Table, tables: dict[str, ir.Table]
) -> dict[str, Any]:
    """
    The difference between the model in use and a new one.

    records_now, records_new: the live records as each model's names standardise them. tables: the twelve, to know
    twins by. Returns weights moved by a quarter or more, pairs of the sample by band before and after, and twins.
    """
    before, after = _linked(engine, records_now, now), _linked(engine, records_new, new)
    twins = quality.born_together(engine, tables)
    return {
        "model_now": now.hash,
        "model_new": new.hash,
        "weights": _weights(now, new),
        "sampled": int(before.links.count().to_pyarrow().as_py()),
        "bands": _bands(before.pairs, after.pairs),
        "twins": {"now": _joined(twins, before.links), "new": _joined(twins, after.links)},
        "names_learned": len(new.equivalents),
    }


def _weights(now: Model, new: Model) -> list[dict[str, Any]]:
    """Degrees whose weight moves, the most first."""
    was, is_ = train.weights(now), train.weights(new)
    rows = [
        {"comparison": c, "degree": d, "now": round(was[c, d], 2), "new": round(is_[c, d], 2)}
        for c, d in is_
        if (c, d) in was and abs(is_[c, d] - was[c, d]) >= MOVED_BY
    ]
    return sorted(rows, key=lambda row: (-abs(row["new"] - row["now"]), row["comparison"], row["degree"]))


def _linked(engine: Engine, records: ir.Table, chosen: Model) -> Linked:
    some = _sample(engine, records)
    people = int(records.count().to_pyarrow().as_py())
    options = resolve.Options(model=chosen, settings=chosen.for_people(people))
    found = resolve.resolve(engine, some, options=options)
    one = some.select(left="number", left_key="person_key")
    other = some.select(right="number", right_key="person_key")
    pairs = found.pairs.join(one, "left").join(other, "right").select("left_key", "right_key", "band")
    links = engine.take(_placed(found)).join(some.select("number", "person_key"), "number")
    return Linked(pairs=engine.keep(pairs), links=engine.keep(links.select("person_key", "person_id")))


def _placed(found: resolve.Resolved) -> pa.Table:
    return pa.table({"number": np.arange(len(found.person)), "person_id": pa.array(found.person).cast(pa.string())})


def _sample(engine: Engine, records: ir.Table) -> ir.Table:
    """Records of some surnames, numbered anew: whole families, so that what families do to a model is seen."""
    count = int(records.count().to_pyarrow().as_py())
    one_in = max(1, -(-count // SAMPLE))
    by = records.surname_sound.fill_null(records.person_key)
    some = records.filter(by.hash().abs() % one_in == 0) if one_in > 1 else records
    return engine.keep(some.mutate(number=ibis.row_number().over(order_by=some.person_key)))


def _bands(before: ir.Table, after: ir.Table) -> dict[str, int]:
    """Pairs by `band before > band after`, of those that differ; a pair that was not compared is `no`."""
    then = after.select("left_key", "right_key", then="band")
    both = before.outer_join(then, ["left_key", "right_key"])
    was, is_ = both.band.fill_null("no"), both.then.fill_null("no")
    moved = both.mutate(moved=was.concat(" > ", is_)).filter(was != is_)
    counted = moved.group_by("moved").agg(pairs=ibis._.count()).order_by("moved").to_pyarrow().to_pylist()
    return {row["moved"]: row["pairs"] for row in counted}


def _joined(twins: ir.Table, links: ir.Table) -> int:
    one = links.select(left="person_key", one="person_id")
    other = links.select(right="person_key", other="person_id")
    placed = twins.join(one, "left").join(other, "right")
    return int(placed.filter(placed.one == placed.other).count().to_pyarrow().as_py())
