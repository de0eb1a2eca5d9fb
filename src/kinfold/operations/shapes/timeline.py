"""What happened to a child and who has worked with them, over time."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from kinfold.operations.shapes.common import in_words, joined, who_it_is_about
from kinfold.operations.shapes.facts import event_words, spell_words
from kinfold.vocabulary import words

Tables = dict[str, ir.Table]

SPELLS = ("assessment", "section47", "child_in_need", "child_protection", "looked_after", "placement", "care_leaver",
          "early_help", "caseload", "treatment", "supervision", "roll", "ehcp")  # fmt: skip
OF_ADULTS = ("probation", "mental_health", "substance_misuse", "adult_social_care", "domestic_abuse")
SIGNIFICANT = ("domestic_abuse", "missing", "exploitation_concern", "violent_crime", "sexual_crime", "self_harm",
               "injury_attendance", "permanent_exclusion", "section47", "strategy_discussion", "conference",
               "bereavement", "homeless_duty", "previous_child_removed")  # fmt: skip
SIGNIFICANT_SPELLS = ("section47", "child_protection", "looked_after")
PLACE = ("source", "delivery_id", "part", "row_number")
COLUMNS = ["person_id", "about_id", "on", "ended_on", "kind", "title", "detail", "agency", "is_significant",
           "record_ref", "source", "delivery_id", "part", "row_number", "known_from"]  # fmt: skip
FACT = ["person_id", "about_id", "on", "kind", "title", "detail", "agency"]


def timeline(tables: Tables, feeds: ir.Table) -> ir.Table:
    """
    One row per thing on a child's timeline: `record.TimelineEntry`.

    The same thing told by two feeds is one entry, led back to the first that told us.
    """
    agency = feeds.select(feed="feed", feed_label="label", feed_agency="agency")
    told = ibis.union(
        *(rows.select(*COLUMNS) for rows in (_own_events(tables), _spells(tables))), _events_of_others(tables)
    )
    told = told.left_join(agency, told.source == agency.feed).drop("feed")
    told = told.mutate(agency=told.agency.fill_null(told.feed_agency)).drop("feed_agency")
    order = ibis.window(group_by=FACT, order_by=["known_from", "source", "delivery_id", "part", "row_number"])
    return told.mutate(nth=ibis.row_number().over(order)).filter(lambda t: t.nth == 0).drop("nth")


def _row(table: ir.Table) -> dict[str, ir.Value]:
    return {c: table[c] for c in ("source", "delivery_id", "part", "row_number", "known_from")}


def _own_events(tables: Tables) -> ir.Table:
    event, part, link = tables["event"], tables["participant"], tables["link"]
    children = tables["priority_child"].select("person_id")
    rows = part.join(event, "event_key", rname="event_{name}").join(link, part.person_key == link.person_key)
    rows = rows.semi_join(children, link.person_id == children.person_id)
    # A row that says both that an assessment began and how long it took is one entry: the spell's.
    spells = tables["involvement"].filter(lambda t: t.stage.isin(SPELLS)).select("stage", *PLACE)
    rows = rows.anti_join(spells, [event.kind == spells.stage, *(event[column] == spells[column] for column in PLACE)])
    seen = ibis.cases(
        (part.was_seen_alone, ibis.literal("Seen alone")),
        (part.was_seen, ibis.literal("Seen")),
        (event.kind == "visit", ibis.literal("Not seen")),
        else_=ibis.literal(""),
    )
    return rows.select(
        person_id=link.person_id,
        about_id=link.person_id,
        on=event.on,
        ended_on=event.ended_on,
        kind=event.kind,
        title=joined(event_words(event), in_words(part.involved_as, words.INVOLVED_AS), by=", "),
        detail=seen,
        agency=ibis.null(str),
        is_significant=event.kind.isin(SIGNIFICANT),
        record_ref=link.record_ref,
        **_row(event),
    )


def _spells(tables: Tables) -> ir.Table:
    held, link = tables["involvement"], tables["link"]
    children = tables["priority_child"].select("person_id")
    rows = held.filter(held.stage.isin(SPELLS) & held.from_on.notnull()).join(link, "person_key")
    rows = rows.semi_join(children, link.person_id == children.person_id)
    ended = ibis.ifelse(held.to_on.notnull(), in_words(held.outcome, words.OUTCOME), "")
    return rows.select(
        person_id=link.person_id,
        about_id=link.person_id,
        on=held.from_on,
        ended_on=held.to_on,
        kind=held.stage,
        title=spell_words(held),
        detail=ended,
        agency=held.agency,
        is_significant=held.stage.isin(SIGNIFICANT_SPELLS),
        record_ref=link.record_ref,
        **_row(held),
    )


def _events_of_others(tables: Tables) -> ir.Table:
    """Events of a parent, a sibling or somebody at the home that a statement about the child rests on."""
    others = tables["marker_evidence"].filter(
        lambda t: (t.about_id != t.person_id) & t.table_name.isin(("event", "participant"))
    )
    others = who_it_is_about(others, tables["family"])
    event = tables["event"]
    rows = others.join(
        event,
        [
            others.source == event.source,
            others.delivery_id == event.delivery_id,
            others.part == event.part,
            others.row_number == event.row_number,
        ],
        rname="event_{name}",
    )
    told = rows.select(
        person_id=others.person_id,
        about_id=others.about_id,
        on=event.on,
        ended_on=event.ended_on,
        kind=event.kind,
        title=event_words(event),
        detail=others.about_words,
        agency=ibis.null(str),
        is_significant=event.kind.isin(SIGNIFICANT),
        event_key=event.event_key,
        **_row(event),
    )
    whose = tables["participant"].join(
        tables["link"].select("person_key", "record_ref", about_id="person_id"), "person_key"
    )
    whose = whose.group_by(["event_key", "about_id"]).agg(record_ref=lambda t: t.record_ref.min())
    return told.left_join(whose, ["event_key", "about_id"]).select(*COLUMNS)


def involvements(tables: Tables, feeds: ir.Table) -> ir.Table:
    """
    One row per period a service has worked with the child, or with a parent: `record.Involvement`.

    The episodes of one period of care have its days each (`feeds.periods`): they are one row, led back to the first.
    """
    held, link, family, service = tables["involvement"], tables["link"], tables["family"], tables["service"]
    children = tables["priority_child"].select("person_id")
    rows = held.join(link, "person_key", rname="link_{name}")
    own = rows.semi_join(children, "person_id")
    own = own.filter(own.stage.isin((*SPELLS, "allocation"))).mutate(child_id=own.person_id)
    parents = (
        family.filter(family.kind.isin(("parent", "carer")))
        .select(child_id="person_id", parent_id="other_id")
        .distinct()
    )
    theirs = (
        rows.filter(rows.agency.isin(OF_ADULTS)).join(parents, rows.person_id == parents.parent_id).drop("parent_id")
    )
    theirs = theirs.semi_join(children, theirs.child_id == children.person_id)
    both = ibis.union(own, theirs.select(own.columns))
    named = service.group_by("service_key").agg(service_name=service.name.min())
    both = both.left_join(named, "service_key", rname="service_{name}")
    about = ibis.ifelse(both.child_id == both.person_id, "this child", "a parent")
    words_of_agency = in_words(both.agency, words.AGENCY, both.agency)
    school = ibis.ifelse(both.stage == "roll", both.detail, ibis.null(str))
    periods = both.select(
        "agency", "stage", "worker_ref", "worker_name", "worker_phone", "worker_email", "team", "source",
        "delivery_id", "part", "row_number", "record_ref",
        person_id=both.child_id,
        about_id=both.person_id,
        about_words=about,
        service_name=ibis.coalesce(both.service_name, both.team, school, words_of_agency),
        since=both.from_on,
        until=both.to_on,
        as_of=both.known_from,
    )  # fmt: skip
    same = [c for c in periods.columns if c not in ("as_of", "delivery_id", "part", "row_number", "record_ref")]
    order = ibis.window(group_by=same, order_by=["as_of", "delivery_id", "part", "row_number"])
    return periods.mutate(nth=ibis.row_number().over(order)).filter(lambda t: t.nth == 0).drop("nth")
