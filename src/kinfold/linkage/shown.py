"""
What is shown of a match: the surest pair that holds each record to its person, and the pairs to look at.

Words for a pair cost more than to weigh it, so a night writes them anew for the people it touched; of everybody else
they are copied.
"""

from __future__ import annotations

import dataclasses

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from kinfold.linkage import judge
from kinfold.linkage.resolve import Resolved
from kinfold.linkage.schema import LINK
from kinfold.linkage.tonight import WentOn
from kinfold.store.engine import Engine

# Of each record, this many of its surest links are kept with the pairs; all that a person should look at are.
LINKS_KEPT = 2
ENDS = ["left", "right"]


@dataclasses.dataclass(frozen=True)
class Anew:
    """
    What is to be written tonight. numbers: records of the people whose matches are not as they were; None for all.

    links, shown: rows of the last run about everybody else, as `links` and `kept_pairs` give them.
    """

    numbers: ir.Table | None = None
    links: ir.Table | None = None
    shown: ir.Table | None = None


def anew(engine: Engine, person: np.ndarray, placed: ir.Table, records: ir.Table, went_on: WentOn | None) -> Anew:
    """
    Whose matches are written anew. person: for each record number, any number that its person shares.

    placed: number and person_id. A person is as before when no pair of hers changed and her records are exactly those
    that had her id.
    """
    if went_on is None:
        return Anew()
    before = went_on.before
    if before.links is None or before.shown is None:
        return Anew()
    is_so = ~_stays(engine, person, placed, went_on)
    numbers = engine.take(pa.table({"number": np.flatnonzero(is_so)}))
    present = records.select("number", "person_key")
    gone = before.records.select("person_key").anti_join(present, "person_key")
    not_theirs = engine.keep(ibis.union(present.semi_join(numbers, "number").select("person_key"), gone))
    links = before.links.anti_join(not_theirs, "person_key")
    shown = before.shown
    for end in ENDS:
        shown = shown.anti_join(not_theirs.select(not_theirs.person_key.name(end)), end)
    return Anew(numbers, links, shown)


def _stays(engine: Engine, person: np.ndarray, placed: ir.Table, went_on: WentOn) -> np.ndarray:
    """For each record, whether its whole person is as it was."""
    old = went_on.new_to_old
    was = _ids(went_on.before.records)
    now = _ids(placed)
    coded = pa.chunked_array([was, now]).combine_chunks().dictionary_encode().indices.to_numpy()
    was_code, now_code = coded[: len(was)], coded[len(was) :]
    is_same = ~went_on.is_anew & (old >= 0)
    is_same[is_same] = was_code[old[is_same]] == now_code[is_same]
    # Nobody left her, and every record of hers is the same.
    sizes = np.bincount(was_code, minlength=coded.max(initial=-1) + 1)
    _, label = np.unique(person, return_inverse=True)
    stayed, all_of = np.bincount(label, weights=is_same), np.bincount(label)
    is_whole = (stayed == all_of)[label]
    return is_whole & (sizes[now_code] == all_of[label])


def _ids(rows: ir.Table) -> pa.Array:
    """person_id by number."""
    return rows.select("number", "person_id").order_by("number").to_pyarrow().column("person_id").combine_chunks()


def links(engine: Engine, resolved: Resolved, records: ir.Table, placed: ir.Table, wanted: Anew) -> ir.Table:
    """
    One row per record: its person, and the surest pair that holds it there.

    placed: number, person_id and person of each record.
    """
    pairs = resolved.pairs.filter(resolved.pairs.band == "link")
    if wanted.numbers is not None:
        placed = placed.semi_join(wanted.numbers, "number")
    one = placed.select(left="number", one="person")
    other = placed.select(right="number", other="person")
    inside = pairs.join(one, "left").join(other, "right")
    inside = inside.filter(inside.one == inside.other)
    narrow = engine.keep(inside.select(*ENDS, "weight", is_ruled=inside.rule.notnull()))
    ends = ibis.union(*(narrow.mutate(number=narrow[one], with_=narrow[two]) for one, two in (ENDS, ENDS[::-1])))
    surest = [ends.is_ruled.desc(), ends.weight.desc(), ends.with_]
    ends = ends.mutate(place=ibis.row_number().over(group_by="number", order_by=surest))
    # Words are found for the pairs that are shown alone.
    best = engine.keep(ends.filter(ends.place == 0).select("number", *ENDS))
    held = pairs.join(best, ENDS)
    best = held.select("number", "rule", "weight", "probability", reasons=judge.reasons(held))
    named = records.select("number", "person_key", "source").join(placed, "number")
    whole = named.left_join(best, "number").drop("number_right")
    size = whole.count().over(group_by="person")
    is_alone = size == 1
    found = whole.select(
        "person_key",
        "source",
        "person_id",
        rule=ibis.cases((whole.rule.notnull(), whole.rule), (is_alone, "alone"),
                        (whole.weight.isnull(), "mother@1"), else_="model"),
        weight=whole.weight,
        probability=whole.probability,
        reasons=ibis.cases((is_alone, "the only record of this person"),
                           (whole.weight.isnull(), "expected by the same mother at the same time"),
                           else_=whole.reasons),
    ).select(*LINK.names)  # fmt: skip
    return found if wanted.links is None else ibis.union(wanted.links.select(*LINK.names), found)


def _was_decided(pairs: ir.Table) -> ir.BooleanValue:
    return pairs.decided.isin(["must_link", "cannot_link"]).fill_null(False)


def kept_pairs(engine: Engine, resolved: Resolved, records: ir.Table, wanted: Anew) -> ir.Table:
    """Pairs to look at, those decided, vetoed ones that weigh enough to ask why, and the surest links of each."""
    pairs = every = resolved.pairs
    if wanted.numbers is not None:
        pairs = engine.keep(
            every.filter(every.left.isin(wanted.numbers.number) | every.right.isin(wanted.numbers.number))
        )
    links = every.filter(every.band == "link").select(*ENDS, "weight", "decided")
    if wanted.numbers is not None:
        # What is as sure of a record is among all of its links, also those to people who are as they were.
        links = links.filter(links.left.isin(pairs.left) | links.right.isin(pairs.right))
    ranked = links.mutate(
        from_left=ibis.row_number().over(group_by="left", order_by=[links.weight.desc(), links.right]),
        from_right=ibis.row_number().over(group_by="right", order_by=[links.weight.desc(), links.left]),
    )
    is_close = (ranked.from_left < LINKS_KEPT) & (ranked.from_right < LINKS_KEPT)
    close = engine.keep(ranked.filter(is_close | _was_decided(ranked)).select(*ENDS))
    was_close = (pairs.band == "no") & (pairs.weight >= judge.Thresholds().link) & pairs.veto.notnull()
    others = pairs.filter(pairs.band != "link", (pairs.band == "review") | _was_decided(pairs) | was_close)
    kept = ibis.union(pairs.semi_join(close, ENDS), others)
    one = records.select(left="number", left_key="person_key")
    other = records.select(right="number", right_key="person_key")
    said = kept.mutate(reasons=judge.reasons(kept)).join(one, "left").join(other, "right")
    found = said.select(
        left="left_key", right="right_key", weight="weight", probability="probability", band="band", reasons="reasons"
    )
    return found if wanted.shown is None else ibis.union(wanted.shown.select(*found.columns), found)
