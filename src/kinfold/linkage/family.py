"""
Families, only as somebody stated them.

Nobody is a parent because of a shared address or surname. A stated tie is shown from both ends; brothers and sisters
also follow from stated parents.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from kinfold.store.engine import Engine

# What this person is to the other, from what the other is to this one. A carer's child is in their care, not theirs.
OTHER_WAY = {
    "parent": "child",
    "child": "parent",
    "carer": "in_care_of",
    "sibling": "sibling",
    "half_sibling": "half_sibling",
    "partner": "partner",
    "household_member": "household_member",
    "other": "other",
}
COLUMNS = (
    "person_id", "other_id", "kind", "source", "source_id", "delivery_id", "part", "row_number", "from_on", "to_on",
)  # fmt: skip
TIE = ("person_id", "other_id", "kind")


def family(engine: Engine, relationship: ir.Table, link: ir.Table) -> ir.Table:
    """
    Stated ties between people.

    relationship: `kind` is what the other person is to this one. Returns one row per tie, direction and source
    that said it, with the row that supports it. A tie of a person to themselves (two records that proved to be one
    person) is left out.
    """
    ids = link.select("person_key", "person_id")
    others = link.select(other_key="person_key", other_id="person_id")
    stated = relationship.join(ids, "person_key").join(others, "other_key")
    stated = stated.filter(stated.person_id != stated.other_id).select(*COLUMNS)
    back = stated.mutate(
        person_id=stated.other_id,
        other_id=stated.person_id,
        kind=stated.kind.cases(*OTHER_WAY.items(), else_="other"),
    ).select(*COLUMNS)
    both = engine.keep(_once(ibis.union(stated, back)))
    siblings = engine.keep(_through_parents(both))
    known = both.filter(both.kind.isin(["sibling", "half_sibling"])).select("person_id", "other_id").distinct()
    return ibis.union(both, siblings.anti_join(known, ["person_id", "other_id"]))


def _once(ties: ir.Table) -> ir.Table:
    """One row per tie and source: the one told last."""
    order = [ties.delivery_id.desc(), ties.part, ties.row_number, ties.source_id]
    ranked = ties.mutate(place=ibis.row_number().over(group_by=[*TIE, "source"], order_by=order))
    return ranked.filter(ranked.place == 0).select(*COLUMNS)


def _through_parents(ties: ir.Table) -> ir.Table:
    """
    Brothers and sisters: people who share a stated parent.

    Half, when each also has a parent whom the other does not share; otherwise it is not known to be half.
    """
    parents = ties.filter(ties.kind == "parent")
    pairs = parents.select("person_id", parent_id="other_id").distinct()
    counted = pairs.group_by("person_id").agg(parents=ibis._.count())
    other = pairs.select(other_id="person_id", parent_id="parent_id")
    shared = pairs.join(other, "parent_id")
    shared = (
        shared.filter(shared.person_id != shared.other_id)
        .group_by("person_id", "other_id")
        .agg(shared=ibis._.count(), parent_id=ibis._.parent_id.min())
    )
    theirs = counted.select(other_id="person_id", other_parents="parents")
    shared = shared.join(counted, "person_id").join(theirs, "other_id")
    is_half = (shared.parents > shared.shared) & (shared.other_parents > shared.shared)
    shared = shared.mutate(kind=ibis.ifelse(is_half, "half_sibling", "sibling"))
    order = [parents.source, parents.delivery_id, parents.part, parents.row_number]
    said = parents.mutate(place=ibis.row_number().over(group_by=["person_id", "other_id"], order_by=order))
    said = said.filter(said.place == 0).select(
        "person_id", "source", "source_id", "delivery_id", "part", "row_number", "from_on", "to_on",
        parent_id="other_id",
    )  # fmt: skip
    return shared.join(said, ["person_id", "parent_id"]).select(*COLUMNS)
