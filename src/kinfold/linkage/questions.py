"""
What is left to ask a person once everybody has been settled: one question for each two people who may be one.

A pair is doubtful by itself; the rest of what is known often settles it. Two records that others hold together are one
person already, and two people between whom a hard veto stands cannot be one whatever their doubtful records say. Of the
pairs between two people the surest is asked, for deciding it decides them all.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from kinfold.linkage import vetoes
from kinfold.store.engine import Engine

# A doubt that other records of the two people do not settle: their numbers contradict each other.
STAYS = tuple(veto.name for veto in vetoes.VETOES if veto.to_review and veto.name != "twin")
ENDS, PEOPLE = ["left", "right"], ["one", "other"]
ASKED_ANYWAY = tuple(veto.name for veto in vetoes.VETOES if veto.to_review)


def settled(engine: Engine, pairs: ir.Table, person: np.ndarray) -> ir.Table:
    """
    `pairs` with the band that each has now that people are known.

    person: for each record number, any number that its person shares. A pair inside a person is a link. Of the pairs
    between two people one is for review, unless a veto keeps those two apart; a link that was not made is such a pair
    too, since the record was drawn to two people alike.
    """
    placed = engine.take(pa.table({"number": np.arange(len(person)), "person": person.astype(np.int64)}))
    narrow = pairs.select("left", "right", "weight", "band", "veto")
    open_ = engine.keep(_placed(narrow.filter(narrow.band.isin(["review", "link"])), placed))
    inside = open_.filter((open_.one == open_.other) & (open_.band == "review"))
    between = engine.keep(open_.filter(open_.one != open_.other))
    is_hard = narrow.veto.notnull() & ~narrow.veto.isin(list(ASKED_ANYWAY))
    kept_apart = _placed(narrow.filter(is_hard), placed).semi_join(between, PEOPLE).select(PEOPLE).distinct()
    stays = between.veto.isin(list(STAYS)).fill_null(False)
    asked = ibis.union(between.filter(stays), between.filter(~stays).anti_join(engine.keep(kept_apart), PEOPLE))
    surest = [asked.weight.desc(), asked.left, asked.right]
    asked = asked.mutate(place=ibis.row_number().over(group_by=PEOPLE, order_by=surest))
    asked = engine.keep(asked.filter(asked.place == 0).select("left", "right"))
    is_asked = between.semi_join(asked, ENDS).select("left", "right", settled_as=ibis.literal("review"))
    others = between.anti_join(asked, ENDS).select("left", "right", settled_as=ibis.literal("no"))
    held = inside.select("left", "right", settled_as=ibis.literal("link"))
    # Few pairs change their band, so only those are joined to what is most of a run's memory.
    changed = engine.keep(ibis.union(is_asked, others, held)).rename(s_left="left", s_right="right")
    told = pairs.left_join(changed, [pairs.left == changed.s_left, pairs.right == changed.s_right])
    return told.mutate(band=told.settled_as.fill_null(told.band)).select(*pairs.columns)


def _placed(pairs: ir.Table, placed: ir.Table) -> ir.Table:
    """`pairs` with their two people, the lower first."""
    of = pairs.join(placed.select(left="number", a="person"), "left")
    of = of.join(placed.select(right="number", b="person"), "right")
    return of.mutate(one=ibis.least(of.a, of.b), other=ibis.greatest(of.a, of.b)).drop("a", "b")
