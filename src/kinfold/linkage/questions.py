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
ASKED_ANYWAY = tuple(veto.name for veto in vetoes.VETOES if veto.to_review)


def settled(engine: Engine, pairs: ir.Table, person: np.ndarray) -> ir.Table:
    """
    `pairs` with the band that each has now that people are known.

    person: for each record number, any number that its person shares. A pair inside a person is a link. Of the pairs
    between two people one is for review, unless a veto keeps those two apart; a link that was not made is such a pair
    too, since the record was drawn to two people alike.
    """
    placed = engine.take(pa.table({"number": np.arange(len(person)), "person": person.astype(np.int64)}))
    one = placed.select(left="number", one="person")
    other = placed.select(right="number", other="person")
    of = engine.keep(pairs.join(one, "left").join(other, "right"))
    first, second = ibis.least(of.one, of.other), ibis.greatest(of.one, of.other)
    of = of.mutate(one=first, other=second, is_inside=first == second)
    is_hard = of.veto.notnull() & ~of.veto.isin(list(ASKED_ANYWAY))
    kept_apart = engine.keep(of.filter(~of.is_inside & is_hard).select("one", "other").distinct())
    asked = of.filter(~of.is_inside & of.band.isin(["review", "link"]))
    moot = asked.filter(~asked.veto.isin(list(STAYS)).fill_null(False)).semi_join(kept_apart, ["one", "other"])
    asked = asked.anti_join(moot.select("left", "right"), ["left", "right"])
    surest = [asked.weight.desc(), asked.left, asked.right]
    asked = asked.mutate(place=ibis.row_number().over(group_by=["one", "other"], order_by=surest))
    asked = engine.keep(asked.filter(asked.place == 0).select("left", "right").mutate(is_asked=True))
    told = of.left_join(asked, ["left", "right"]).drop("left_right", "right_right")
    band = ibis.cases(
        (told.is_inside & told.band.isin(["review", "link"]), "link"),
        (told.is_asked.fill_null(False), "review"),
        else_="no",
    )
    return engine.keep(told.mutate(band=band).select(*pairs.columns))
