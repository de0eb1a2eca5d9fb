"""
Every fact that any marker can turn on, in one long table, and the children each fact reaches.

A fact keeps the row it came from. Whatever is dated after the day of the profile is not here.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

import ibis
import ibis.expr.types as ir

PROVENANCE = ("source", "source_id", "delivery_id", "part", "row_number", "known_from")
TEXT, DATE, NUMBER = "string", "date", "float64"


def facts_of(tables: Mapping[str, ir.Table], kinds: Mapping[str, Iterable[str]], *, as_at: datetime.date) -> ir.Table:
    """
    One row per fact and person it is about.

    tables: event, participant, involvement, measure as known on `as_at`, and link.
    kinds: for each of event, involvement (stages) and measure, the codes wanted.
    Columns beside provenance: table_name, about_id, agency, kind, detail, severity, place, part_taken, was_seen,
    outcome, value, possible; from_on and to_on as told; holds (it still does on `as_at`, periods only); day (the
    day it happened, or the last day it is known to have held); on (the date to show); fades_from.
    """
    link = tables["link"].select("person_key", about_id=tables["link"].person_id)
    wanted = {table: sorted(set(codes)) for table, codes in kinds.items()}
    parts = [
        _events(tables["event"], tables["participant"], link, wanted.get("event", []), as_at),
        _periods(tables["involvement"], "involvement", "stage", link, wanted.get("involvement", []), as_at),
        _periods(tables["measure"], "measure", "kind", link, wanted.get("measure", []), as_at),
    ]
    return ibis.union(*parts)


def _stood(rows: ir.Table, as_at: datetime.date) -> ir.Table:
    told = rows.known_from <= as_at
    return rows.filter(told, rows.known_until.isnull() | (rows.known_until > as_at))


def _events(event: ir.Table, participant: ir.Table, link: ir.Table, kinds: list[str], as_at: datetime.date) -> ir.Table:
    event = _stood(event, as_at).filter(lambda t: t.kind.isin(kinds) & (t.on <= as_at))
    took_part = _stood(participant, as_at).select("person_key", "event_key", "involved_as", "was_seen")
    rows = event.join(took_part.join(link, "person_key"), "event_key")
    return rows.select(
        *PROVENANCE,
        "about_id",
        table_name=ibis.literal("event"),
        agency=ibis.null(TEXT),
        kind=rows.kind,
        detail=rows.detail,
        severity=rows.severity,
        place=rows.place,
        part_taken=rows.involved_as,
        was_seen=rows.was_seen,
        outcome=ibis.null(TEXT),
        value=ibis.null(NUMBER),
        possible=ibis.null(NUMBER),
        from_on=rows.on,
        to_on=rows.ended_on,
        holds=ibis.literal(False),
        day=rows.on,
        on=rows.on,
        fades_from=rows.on,
    )


def _periods(
    table: ir.Table, table_name: str, kind: str, link: ir.Table, kinds: list[str], as_at: datetime.date
) -> ir.Table:
    rows = _stood(table, as_at).filter(lambda t: t[kind].isin(kinds))
    rows = rows.filter(rows.from_on.isnull() | (rows.from_on <= as_at)).join(link, "person_key")
    holds = rows.to_on.isnull() | (rows.to_on > as_at)
    is_measure = table_name == "measure"
    return rows.select(
        *PROVENANCE,
        "about_id",
        table_name=ibis.literal(table_name),
        agency=ibis.null(TEXT) if is_measure else rows.agency,
        kind=rows[kind],
        detail=ibis.null(TEXT) if is_measure else rows.detail,
        severity=ibis.null(TEXT),
        place=ibis.null(TEXT),
        part_taken=ibis.null(TEXT),
        was_seen=ibis.null("boolean"),
        outcome=ibis.null(TEXT) if is_measure else rows.outcome,
        value=rows.value if is_measure else ibis.null(NUMBER),
        possible=rows.possible if is_measure else ibis.null(NUMBER),
        from_on=rows.from_on,
        to_on=rows.to_on,
        holds=holds,
        day=ibis.ifelse(holds, ibis.literal(as_at), (rows.to_on - ibis.interval(days=1)).cast("date")),
        on=ibis.ifelse(holds, rows.from_on.coalesce(rows.known_from), rows.to_on),
        fades_from=ibis.ifelse(holds, ibis.literal(as_at), rows.to_on),
    )


def reaching(
    facts: ir.Table, children: ir.Table, ties: Mapping[str, ir.Table], kinds: Mapping[str, Iterable[str]]
) -> ir.Table:
    """
    One row per child, fact and way the fact reaches the child: the columns of `facts`, person_id, reach, and the
    child's years and is_unborn.

    ties: for parent and sibling, person_id and about_id; for household also from_on and to_on, and the fact
    reaches the child when its `day` is inside. kinds: for each reach, the kinds of fact that any marker wants.
    """
    of_child = children.select("person_id", "years", "is_unborn")
    parts = [_own(facts, of_child, kinds.get("self", ()))]
    for reach, tie in ties.items():
        if reach not in kinds:
            continue
        tie = tie.join(of_child, "person_id")
        wanted = facts.filter(facts.kind.isin(sorted(set(kinds[reach]))))
        if reach == "household":
            tie = tie.rename(home_from="from_on", home_to="to_on")
            met = wanted.join(tie, "about_id")
            met = met.filter(
                met.home_from.isnull() | (met.home_from <= met.day), met.home_to.isnull() | (met.day < met.home_to)
            )
        else:
            met = wanted.join(tie, "about_id")
        parts.append(met.select(*facts.columns, *of_child.columns, reach=ibis.literal(reach)))
    return ibis.union(*parts)


def _own(facts: ir.Table, of_child: ir.Table, kinds: Iterable[str]) -> ir.Table:
    own = facts.filter(facts.kind.isin(sorted(set(kinds))))
    own = own.join(of_child, own.about_id == of_child.person_id)
    return own.select(*facts.columns, *of_child.columns, reach=ibis.literal("self"))
