"""Linkage in a council's run: from the twelve tables to people, households and families."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

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
    shown,
    standardise,
    standing,
    unborn,
)
from kinfold.linkage import night as nights
from kinfold.linkage.resolve import Options, Resolved
from kinfold.linkage.tonight import Tonight, resolve_tonight
from kinfold.store.engine import Engine

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
    seal_key = key if seal_key is None else seal_key
    remembered = (person_key for table in (previous_ids, ledger) for person_key in _keys(table))
    sealed = gate.sealed_among(tables, seals, key=seal_key, remembered=remembered)
    known = {name: _standing(t, as_at=as_at) for name, t in gate.without(engine, tables, sealed).items()}
    known["address"] = standardise.withheld_everywhere(engine, known["address"], as_at=as_at)
    chosen = trained or model.load()
    read = standing.standing(
        engine, known, kept=_kept(before, as_at, shadow_every_days), upn_sources=upn_sources, as_at=as_at,
        learned=chosen.equivalents,
    )  # fmt: skip
    stood, records = read.stood, read.stood.records
    gate.check(engine, records, sealed, at="what is compared")
    gate.check(engine, stood.homes, sealed, at="homes and households")
    keys = records.order_by("number").select("person_key").to_pyarrow().column(0).combine_chunks()
    is_decided = decisions is not None and decisions.num_rows > 0
    numbers = {k: n for n, k in enumerate(keys.to_pylist())} if is_decided else {}
    options = Options(
        model=chosen,
        settings=chosen.for_people(len(keys)),
        decisions=judge.latest_decisions(decisions, numbers),
        moves=engine.keep(moves.same_day(records, stood.homes)),
    )
    tonight = resolve_tonight(
        engine, records, options=options, before=before, kept=read.kept, as_at=as_at,
        shadow_every_days=shadow_every_days,
    )  # fmt: skip

    def with_unborn(found: Resolved) -> Resolved:
        joined = unborn.joined(found.person, records, known, decisions=options.decisions)
        return dataclasses.replace(found, person=joined)

    def identified(found: Resolved) -> identity.Identities:
        return identity.identify(
            keys,
            found.person,
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
    # Read out one by one only where somebody is sealed.
    gate.check_keys((key.as_py() for key in keys), sealed, at="the groups of one person")
    told = (person_key for table in (identities.ids, identities.ledger) for person_key in _keys(table))
    gate.check_keys(told, sealed, at="the ledger of person ids")
    placed = _placed(engine, resolved, identities)
    anew = shown.anew(engine, resolved.person, placed, records, tonight.again)
    links = engine.keep(shown.links(engine, resolved, records, placed, anew))
    out = {
        "link": links,
        "people": engine.keep(people.people(engine, known, links, as_at=as_at)),
        "occupancy": engine.keep(
            occupancy.occupancy(engine, stood.homes, known["address"], links, key=key, as_at=as_at)
        ),
        "family": engine.keep(family.family(engine, known["relationship"], links)),
        "pairs": engine.keep(shown.kept_pairs(engine, resolved, records, anew)),
    }
    for name, table in out.items():
        gate.check(engine, table, sealed, at=f"the table {name}")
    counts = audit.report(engine, resolved, records, links, model_hash=chosen.hash)
    report = {
        **counts,
        "sealed": len(sealed),
        "night": {
            "standardised": read.standardised,
            **_night_report(tonight, identities, lambda r: identified(with_unborn(r))),
        },
    }
    night = nights.with_shown(engine, tonight.night, placed, links=links, shown=out["pairs"])
    return Linked(
        tables=out, ids=identities.ids, ledger=identities.ledger, report=report, sealed=sealed, night=night,
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


def _kept(before: nights.Night | None, as_at: datetime.date, shadow_every_days: int) -> standing.Kept | None:
    """Records to go on from; none on the night that is to show whether going on comes to the same."""
    return None if before is None or nights.is_shadow_due(before, as_at, shadow_every_days) else before.kept


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


def _placed(engine: Engine, resolved: Resolved, identities: identity.Identities) -> ir.Table:
    """number, person_id and person (any number that the records of one person share) of each record."""
    return engine.take(
        pa.table(
            {
                "number": pa.array(np.arange(identities.ids.num_rows), pa.int64()),
                "person_id": identities.ids.column("person_id"),
                "person": pa.array(resolved.person, pa.int64()),
            }
        )
    )
