"""
Judged pairs, kept narrow: which two records, how they weigh, and in which of some thousand ways they compare.

What was found of a pair is a dozen words, and millions of pairs share a few thousand sets of them. Each set is kept
once, so that to copy, renumber, write and read the pairs of a county costs a fraction of what the words would.
"""

from __future__ import annotations

import dataclasses

import ibis
import ibis.expr.types as ir

from kinfold.store.engine import Engine

EACH = ("left", "right", "weight", "probability")
NARROW = (*EACH, "way")


@dataclasses.dataclass(frozen=True)
class Parted:
    """pairs: left, right, weight, probability and `way`. ways: `way`, a hash of its words, and the words."""

    pairs: ir.Table
    ways: ir.Table

    @property
    def whole(self) -> ir.Table:
        """Each pair with its words, and its `way`."""
        return self.pairs.join(self.ways, "way")


def parted(engine: Engine, judged: ir.Table) -> Parted:
    """judged: pairs as `judge.judged` makes them, worked out, since they are read twice."""
    words = [name for name in judged.columns if name not in EACH]
    named = judged.mutate(way=ibis.struct({name: judged[name] for name in words}).hash())
    ways = named.group_by("way").agg(**{name: named[name].arbitrary() for name in words})
    return Parted(pairs=engine.keep(named.select(*NARROW)), ways=engine.keep(ways))


def stacked(engine: Engine, *several: Parted) -> Parted:
    """Pairs under each other, none of which is twice."""
    names = several[0].ways.columns
    ways = ibis.union(*(one.ways.select(names) for one in several), distinct=True)
    return Parted(pairs=ibis.union(*(one.pairs for one in several)), ways=engine.keep(ways))
