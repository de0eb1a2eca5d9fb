"""
Which forenames are one name here, learned from an area's own sure records; made in training, never in a run.

Two ways of writing a forename are one name when enough people bear both: records that share a valid number and a birth
date. The list that comes with the product wins, and so do parents: two names that brothers or sisters of one home
bear beside each other are two names.
"""

from __future__ import annotations

from collections import Counter

import ibis
import ibis.expr.types as ir

from kinfold.linkage.names import Equivalents, equivalents
from kinfold.store.engine import Engine

FEWEST_PEOPLE = 5
# Of the people who bear the rarer of the two, at least this share bear the other as well. Under it, it is a slip.
SHARE_OF_THE_RARER = 0.2
SHORTEST = 3
SURE_NUMBERS = ("nhs", "upns")


def learned(engine: Engine, records: ir.Table, *, known: Equivalents | None = None) -> dict[str, str]:
    """
    For each forename key that is another name's way of writing, the key of that name.

    records: as `standardise` makes them, without learned names. known: the curated list.
    """
    curated = known or equivalents()
    together = _together(engine, records)
    bearers = _bearers(engine, records)
    fixed = frozenset(curated.forenames.values())
    pairs = [
        (a, b, people)
        for (a, b), people in together.items()
        if people >= FEWEST_PEOPLE
        and people >= SHARE_OF_THE_RARER * min(bearers[a], bearers[b])
        and not (a in fixed and b in fixed)
        and min(len(a), len(b)) >= SHORTEST
    ]
    apart = _in_one_family(engine, records, [(a, b) for a, b, _ in pairs])
    return _keys([pair for pair in pairs if pair[:2] not in apart], fixed=fixed, bearers=bearers, apart=apart)


def _sure(records: ir.Table) -> ir.Table:
    """One row per number, birth date and forename key that somebody bears with them."""
    named = records.filter(records.birth_on.notnull() & records.forename.notnull())
    each = [
        named.select("birth_on", "forename", number=ibis.literal(c).concat("|", named[c].unnest()))
        for c in SURE_NUMBERS
    ]
    return ibis.union(*each).distinct()


def _together(engine: Engine, records: ir.Table) -> Counter[tuple[str, str]]:
    """People who bear two keys, by the two keys in order."""
    sure = engine.keep(_sure(records))
    other = sure.view()
    met = sure.join(other, [sure.number == other.number, sure.birth_on == other.birth_on,
                            sure.forename < other.forename])  # fmt: skip
    counted = met.group_by("forename", "forename_right").agg(people=met.number.nunique())
    return Counter({(r["forename"], r["forename_right"]): r["people"] for r in counted.to_pyarrow().to_pylist()})


def _bearers(engine: Engine, records: ir.Table) -> Counter[str]:
    counted = _sure(records).group_by("forename").agg(people=ibis._.number.nunique())
    return Counter({row["forename"]: row["people"] for row in counted.to_pyarrow().to_pylist()})


def _in_one_family(engine: Engine, records: ir.Table, pairs: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of some pairs of keys that two people of one home and source bear, who are two by birth date or number."""
    if not pairs:
        return set()
    asked = sorted({key for pair in pairs for key in pair})
    some = records.filter(records.forename.isin(asked)).select("source", "forename", "birth_on", "nhs", "homes")
    homed = engine.keep(some.mutate(home=some.homes.unnest()).drop("homes"))
    other = homed.view()
    met = homed.join(other, [homed.home == other.home, homed.source == other.source, homed.forename < other.forename])
    two = (met.birth_on != met.birth_on_right) | ((met.nhs.length() > 0) & (met.nhs_right.length() > 0)
                                                  & (met.nhs != met.nhs_right))  # fmt: skip
    rows = met.filter(two.fill_null(False)).select("forename", "forename_right").distinct().to_pyarrow().to_pylist()
    return {(row["forename"], row["forename_right"]) for row in rows} & set(pairs)


def _keys(
    pairs: list[tuple[str, str, int]], *, fixed: frozenset[str], bearers: Counter[str], apart: set[tuple[str, str]]
) -> dict[str, str]:
    """One key for each group of names; two curated keys, or two that a family keeps apart, never meet in one."""
    group: dict[str, set[str]] = {}
    for a, b, _ in sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1])):
        both = group.get(a, {a}) | group.get(b, {b})
        is_two = len(both & fixed) > 1 or any((x, y) in apart for x in both for y in both)
        if not is_two:
            for name in both:
                group[name] = both
    chosen = {}
    for name, names in group.items():
        key = min(names, key=lambda n: (n not in fixed, -bearers[n], n))
        if key != name:
            chosen[name] = key
    return dict(sorted(chosen.items()))
