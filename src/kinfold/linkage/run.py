"""Linkage in a council's run: from the twelve tables to people, households and families."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from kinfold.linkage import (
    audit,
    family,
    gate,
    identity,
    judge,
    model,
    moves,
    occupancy,
    people,
    questions,
    standardise,
    unborn,
)
from kinfold.linkage import night as nights
from kinfold.linkage.resolve import Options, Progress, Resolved
from kinfold.linkage.schema import LINK
from kinfold.linkage.tonight import Tonight, resolve_tonight
from kinfold.store.engine import Engine

# Of each record, this many of its surest links are kept with the pairs; all that a person should look at are.
LINKS_KEPT = 2
ENDS = ["left", "right"]
# So often, in days, a whole run is done beside the incremental one.
SHADOW_EVERY_DAYS = 7


@dataclasses.dataclass(frozen=True)
class Linked:
    """
    tables: link, people, occupancy, family and pairs (ADR 1). ids, ledger: to be kept for the next run.
    sealed: person keys of sealed identities among the tables; nothing after linkage may read or keep them.
    report: counts a data engineer watches, see `audit.report`. night: what the next run goes on from (`night.save`).
    weights: of every degree of every comparison as this run used them, in Splink's settings.
    """

    tables: dict[str, ir.Table]
    ids: pa.Table
    ledger: pa.Table
    report: dict[str, Any]
    sealed: frozenset[str] = frozenset()
    night: nights.Night | None = None
    weights: dict[str, Any] = dataclasses.field(default_factory=dict)


def link(
    engine: Engine,
    tables: dict[str, ir.Table],
    *,
    previous_ids: pa.Table | None,
    ledger: pa.Table | None,
    seals: pa.Table | None,
    decisions: pa.Table | None,
    upn_sources: frozenset[str],
    key: bytes,
    run_id: str,
    as_at: datetime.date,
    progress: Progress | None = None,
    seal_key: bytes | None = None,
    trained: model.Model | None = None,
    before: nights.Night | None = None,
    shadow_every_days: int = SHADOW_EVERY_DAYS,
) -> Linked:
    """
    Say which source persons are one person, who lives together, and who is family to whom.

    tables: the twelve tables as known on `as_at`. previous_ids, ledger: what the last run returned. seals: rows of
    `key_hash` made with `gate.key_hash` or `gate.number_hash`, and `seal_key` (`key` when not given). decisions:
    left, right (person keys), kind, on, as `judge.latest_decisions` reads them. trained: an area's own model instead
    of the one that comes with the product. before: what the last run kept; then only new and changed records are
    compared, unless the model or a setting is another, and every `shadow_every_days` the whole run is done as well and
    stands.
    The same tables give the same ids, in whatever order their rows come.
    """
    tell = progress or (lambda step, rows: None)
    seal_key = key if seal_key is None else seal_key
    remembered = [*_keys(previous_ids), *_keys(ledger)]
    sealed = gate.sealed_among(tables, seals, key=seal_key, remembered=remembered)
    known = {name: _standing(t, as_at=as_at) for name, t in gate.without(engine, tables, sealed).items()}
    known["address"] = standardise.withheld_everywhere(engine, known["address"], as_at=as_at)
    chosen = trained or model.load()
    stood = standardise.standardise(engine, known, upn_sources=upn_sources, as_at=as_at, learned=chosen.equivalents)
    records = stood.records
    gate.check(engine, records, sealed, at="what is compared")
    gate.check(engine, stood.homes, sealed, at="homes and households")
    keys = records.order_by("number").select("person_key").to_pyarrow().column(0).to_pylist()
    tell("records", len(keys))
    numbers = {k: n for n, k in enumerate(keys)}
    options = Options(
        model=chosen,
        settings=chosen.for_people(len(keys)),
        decisions=judge.latest_decisions(decisions, numbers),
        moves=engine.keep(moves.same_day(records, stood.homes)),
    )
    tonight = resolve_tonight(
        engine, records, options=options, before=before, as_at=as_at, shadow_every_days=shadow_every_days, progress=tell
    )

    def with_unborn(found: Resolved) -> Resolved:
        joined = unborn.joined(found.person, records, known, decisions=options.decisions)
        return dataclasses.replace(found, person=joined)

    def identified(found: Resolved) -> identity.Identities:
        return identity.identify(
            keys,
            found.person.tolist(),
            previous=previous_ids,
            ledger=ledger,
            sealed=sealed,
            key=key,
            stamp=identity.Stamp(run_id=run_id, on=as_at, model_hash=chosen.hash),
            decided=_decided(decisions),
        )

    resolved = with_unborn(tonight.resolved)
    resolved = dataclasses.replace(resolved, pairs=questions.settled(engine, resolved.pairs, resolved.person))
    identities = identified(resolved)
    gate.check_keys(keys, sealed, at="the groups of one person")
    gate.check_keys([*_keys(identities.ids), *_keys(identities.ledger)], sealed, at="the ledger of person ids")
    links = engine.keep(_links(engine, resolved, records, identities.person_ids))
    out = {
        "link": links,
        "people": engine.keep(people.people(engine, known, links, as_at=as_at)),
        "occupancy": engine.keep(
            occupancy.occupancy(engine, stood.homes, known["address"], links, key=key, as_at=as_at)
        ),
        "family": engine.keep(family.family(engine, known["relationship"], links)),
        "pairs": engine.keep(_kept_pairs(engine, resolved, records)),
    }
    for name, table in out.items():
        gate.check(engine, table, sealed, at=f"the table {name}")
    told = audit.report(engine, resolved, records, links, model_hash=chosen.hash)
    report = {
        **told,
        "sealed": len(sealed),
        "night": _night_report(tonight, identities, lambda r: identified(with_unborn(r))),
    }
    return Linked(
        tables=out, ids=identities.ids, ledger=identities.ledger, report=report, sealed=sealed, night=tonight.night,
        weights=options.settings,
    )  # fmt: skip


def _night_report(
    tonight: Tonight, identities: identity.Identities, identified: Callable[[Resolved], identity.Identities]
) -> dict[str, Any]:
    """How tonight was linked; where both ways were taken, also how many records would have another person id."""
    if tonight.changes is None:
        return tonight.report
    others = zip(identities.person_ids, identified(tonight.changes).person_ids, strict=True)
    return {**tonight.report, "records_with_another_person_id": sum(1 for one, other in others if one != other)}


def _decided(decisions: pa.Table | None) -> frozenset[str]:
    if decisions is None:
        return frozenset()
    return frozenset((*decisions.column("left").to_pylist(), *decisions.column("right").to_pylist()))


def _keys(table: pa.Table | None) -> list[str]:
    return [] if table is None else table.column("person_key").to_pylist()


def _standing(table: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """Rows that had not been withdrawn on the day."""
    if "known_until" not in table.columns:
        return table
    return table.filter(table.known_until.isnull() | (table.known_until > as_at))


def _links(engine: Engine, resolved: Resolved, records: ir.Table, person_ids: list[str]) -> ir.Table:
    """One row per record: its person, and the surest pair that holds it there."""
    count = len(person_ids)
    placed = engine.take(
        pa.table(
            {
                "number": pa.array(np.arange(count), pa.int64()),
                "person_id": pa.array(person_ids, pa.string()),
                "person": pa.array(resolved.person, pa.int64()),
            }
        )
    )
    pairs = resolved.pairs.filter(resolved.pairs.band == "link")
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
    return whole.select(
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


def _was_decided(pairs: ir.Table) -> ir.BooleanValue:
    return pairs.decided.isin(["must_link", "cannot_link"]).fill_null(False)


def _kept_pairs(engine: Engine, resolved: Resolved, records: ir.Table) -> ir.Table:
    """Pairs to look at, those decided, vetoed ones that weigh enough to ask why, and the surest links of each."""
    pairs = resolved.pairs
    links = pairs.filter(pairs.band == "link").select(*ENDS, "weight", "decided")
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
    return said.select(
        left="left_key", right="right_key", weight="weight", probability="probability", band="band", reasons="reasons"
    )
