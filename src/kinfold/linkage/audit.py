"""What a run says of its own work: counts to watch, and findings that cannot be right."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kinfold.linkage import vetoes
from kinfold.linkage.resolve import Resolved
from kinfold.store.engine import Engine

LARGE = 40


def report(engine: Engine, resolved: Resolved, records: ir.Table, link: ir.Table, *, model_hash: str) -> dict[str, Any]:
    """
    Counts only, never a name or an identifier.

    link: one row per record. Returns records, people, bands, vetoes by kind, reach of each blocking rule, the audit
    of twins, and implausible findings: people with two valid numbers of a kind, two sexes, two birth dates, births
    a generation apart, or very many records.
    """
    pairs = resolved.pairs
    asked = records.select("number", "person_key", "birth_on", "birth_year", "sex", "nhs", "upns")
    numbered = engine.keep(asked.join(link.select("person_key", "person_id"), "person_key"))
    return {
        "model": model_hash,
        "records": records.count().execute(),
        "people": link.person_id.nunique().execute(),
        "pairs_compared": pairs.count().execute(),
        "groups_built_again": resolved.doubtful,
        "bands": _counts(pairs, "band"),
        "vetoes": {v.name: 0 for v in vetoes.VETOES} | _counts(pairs.filter(pairs.veto.notnull()), "veto"),
        "rules": _counts(link, "rule"),
        "reach": resolved.reach,
        "families": _families(pairs, numbered),
        "implausible": _implausible(numbered),
    }


def _counts(table: ir.Table, column: str) -> dict[str, int]:
    counted = table.group_by(column).agg(times=ibis._.count()).order_by(column).to_pyarrow()
    return dict(zip(counted.column(column).to_pylist(), counted.column("times").to_pylist(), strict=True))


def _families(pairs: ir.Table, numbered: ir.Table) -> dict[str, int]:
    """Pairs that families make and that must not be one person, and how many became one all the same."""
    one = numbered.select(left="number", person="person_id")
    other = numbered.select(right="number", other_person="person_id")
    risky = pairs.filter(pairs.veto.notnull() & (pairs.weight > 0)).select("left", "right", "veto")
    placed = risky.join(one, "left").join(other, "right")
    merged = placed.filter(placed.person == placed.other_person)
    together = pairs.filter(pairs.is_multiple)
    return {
        "pairs_of_children_born_together": together.count().execute(),
        "kept_apart_by_forename": placed.filter(placed.veto == "forename").count().execute(),
        "kept_apart_by_generation": placed.filter(placed.veto == "generation").count().execute(),
        "vetoed_and_still_one_person": merged.count().execute(),
    }


def _implausible(numbered: ir.Table) -> dict[str, int]:
    # Two of a kind are a lowest and a highest that differ: a third of the cost of collecting all. Lists are in order.
    ends = {"sex": (numbered.sex, numbered.sex)}
    ends |= {name: (numbered[name][0], numbered[name][-1]) for name in ("nhs", "upns")}
    by_person = numbered.group_by("person_id").agg(
        records=ibis._.count(),
        births=ibis._.birth_on.nunique(),
        first=ibis._.birth_year.min(),
        last=ibis._.birth_year.max(),
        **{f"lowest_{name}": lowest.min() for name, (lowest, _) in ends.items()},
        **{f"highest_{name}": highest.max() for name, (_, highest) in ends.items()},
    )

    def two(name: str) -> ir.BooleanValue:
        return by_person[f"lowest_{name}"] != by_person[f"highest_{name}"]

    found = by_person.agg(
        two_nhs_numbers=two("nhs").sum(),
        two_upns=two("upns").sum(),
        two_sexes=two("sex").sum(),
        three_birth_dates=(by_person.births > 2).sum(),
        a_generation_apart=(by_person.last - by_person.first >= 12).sum(),
        very_many_records=(by_person.records > LARGE).sum(),
        largest_person=by_person.records.max(),
    )
    return {k: int(v or 0) for k, v in found.to_pyarrow().to_pylist()[0].items()}
