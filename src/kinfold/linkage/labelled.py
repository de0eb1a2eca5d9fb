"""
How good a linkage is where somebody knows: pairs that reviewers decided, or the truth of made-up people.

A share of a few pairs says little, and is easily read as saying much. So each stands with its interval, and a group
of under a hundred pairs says "too few to tell" instead.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.store.engine import Engine

TOO_FEW = 100
Z95 = 1.959964
GROUPS = ("sex", "age", "ethnicity", "deprivation")
AGES = ((0, 5, "under 5"), (5, 11, "5 to 10"), (11, 16, "11 to 15"), (16, 18, "16 and 17"), (18, 40, "18 to 39"))
DECISIONS = {"must_link": True, "cannot_link": False}


def wilson(right: int, of: int) -> tuple[float, float] | None:
    """95% interval of a share, 0 to 1 (Wilson, 1927); None of nothing."""
    if not of:
        return None
    share, square = right / of, Z95 * Z95
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = Z95 * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


@dataclasses.dataclass(frozen=True)
class Share:
    """`right` pairs of `of`; low and high bound the share with 95% confidence, null while there are too few."""

    right: int
    of: int

    def as_told(self) -> dict[str, Any]:
        bounds = wilson(self.right, self.of) if self.of >= TOO_FEW else None
        return {
            "right": self.right,
            "of": self.of,
            "share": self.right / self.of if bounds else None,
            "low": bounds[0] if bounds else None,
            "high": bounds[1] if bounds else None,
        }


def from_decisions(decisions: pa.Table | None) -> pa.Table | None:
    """
    left, right, is_same of the pairs that reviewers decided, the newest decision of a pair; None when there is none.

    decisions: left, right (person keys), kind, on. What says neither same nor not (a lock) is left out.
    """
    if decisions is None:
        return None
    last: dict[tuple[str, str], tuple[Any, str]] = {}
    for row in decisions.to_pylist():
        if row["kind"] in DECISIONS and row["left"] is not None and row["right"] is not None:
            one, other = sorted((row["left"], row["right"]))
            last[one, other] = max(last.get((one, other), (row["on"], row["kind"])), (row["on"], row["kind"]))
    rows = [{"left": a, "right": b, "is_same": DECISIONS[kind]} for (a, b), (_, kind) in sorted(last.items())]
    return pa.Table.from_pylist(rows, schema=LABELS) if rows else None


LABELS = pa.schema([("left", pa.string()), ("right", pa.string()), ("is_same", pa.bool_())])


def from_truth(engine: Engine, truth: pa.Table, link: ir.Table) -> ir.Table:
    """
    Every pair of records that is one person in truth, or that linkage made one person: left, right, is_same.

    truth: record_id (a person key) and true_id. Records without a truth are left out.
    """
    known = engine.take(truth.select(["record_id", "true_id"]))
    known = known.select(person_key="record_id", true_id="true_id")
    placed = engine.keep(link.select("person_key", "person_id").join(known, "person_key"))
    pairs = [_inside(placed, column) for column in ("true_id", "person_id")]
    return engine.keep(ibis.union(*pairs, distinct=True))


def _inside(placed: ir.Table, column: str) -> ir.Table:
    one, other = placed, placed.view()
    met = one.join(other, [one[column] == other[column], one.person_key < other.person_key])
    return met.select(left="person_key", right="person_key_right", is_same=met.true_id == met.true_id_right)


def measured(engine: Engine, labels: ir.Table, link: ir.Table, about: ir.Table) -> dict[str, Any]:
    """
    Precision and recall over labelled pairs, in all and by group.

    labels: left, right (person keys), is_same. link: one row per person key. about: one row per person with the
    columns of GROUPS; null where nobody said. A pair counts under the group of its left record's person.
    """
    one = link.select(left="person_key", person_id="person_id")
    other = link.select(right="person_key", other_id="person_id")
    placed = labels.join(one, "left").join(other, "right")
    placed = placed.mutate(is_linked=placed.person_id == placed.other_id).left_join(about, "person_id")
    placed = engine.keep(placed.select("is_same", "is_linked", *GROUPS))
    return {"all": _shares(_counted(placed))} | {
        group: {row[group] or "not known": _shares([row]) for row in _counted(placed, group)} for group in GROUPS
    }


def _counted(placed: ir.Table, *by: str) -> list[dict[str, Any]]:
    same, linked = placed.is_same.cast("int64"), placed.is_linked.cast("int64")
    sums = {"same": same.sum(), "linked": linked.sum(), "both": (same * linked).sum()}
    counted = placed.group_by(by).agg(**sums).order_by(*by) if by else placed.agg(**sums)
    return list(counted.to_pyarrow().to_pylist())


def _shares(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    [row] = rows
    same, linked, both = (int(row[name] or 0) for name in ("same", "linked", "both"))
    return {"precision": Share(both, linked).as_told(), "recall": Share(both, same).as_told()}


def about_people(people: ir.Table, deprivation: ir.Table | None) -> ir.Table:
    """
    Of each person what recall and precision are told apart by: sex, age, ethnicity and deprivation.

    people: with `age` in whole years. deprivation: lsoa and fifth (1 = the most deprived fifth of England), or None.
    """
    bands = ibis.cases(*((people.age.between(low, high - 1), word) for low, high, word in AGES),
                       (people.age.notnull(), "40 and over"), else_=ibis.null("string"))  # fmt: skip
    said = people.select("person_id", "sex", "ethnicity", "lsoa", age=bands)
    if deprivation is None:
        return said.mutate(deprivation=ibis.null("string")).drop("lsoa")
    fifths = deprivation.select(area="lsoa", deprivation=deprivation.fifth.cast("string"))
    return said.left_join(fifths, said.lsoa == fifths.area).drop("lsoa", "area")
