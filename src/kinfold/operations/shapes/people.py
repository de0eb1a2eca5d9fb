"""Children, their ties, who they live with, and the records of each source that were joined into them."""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.operations.shapes.common import others_behind, standing_on, whole_name
from kinfold.operations.shapes.lists import contact_notes

Tables = dict[str, ir.Table]


NAMES = ("forename", "surname", "known_as", "former_names")


def in_name_case(people: ir.Table, shown: ir.Table) -> ir.Table:
    """People with every name as a page shows it. shown: one row per name that is to change: written, shown."""
    for column in NAMES:
        change = shown.select(**{f"{column}_written": shown.written, f"{column}_shown": shown.shown})
        joined = people.left_join(change, people[column] == change[f"{column}_written"])
        people = joined.mutate(**{column: joined[f"{column}_shown"].fill_null(joined[column])}).select(people.columns)
    return people


def last_seen(tables: Tables) -> ir.Table:
    """One row per person seen on a visit: last_seen_on, last_seen_alone_on (null when never seen alone)."""
    event, part, link = tables["event"], tables["participant"], tables["link"]
    visits = event.filter(event.kind == "visit")
    seen = part.join(visits, "event_key").join(link, part.person_key == link.person_key)
    return (
        seen.select(link.person_id, visits.on, part.was_seen, part.was_seen_alone)
        .group_by("person_id")
        .agg(
            last_seen_on=lambda t: t.on.max(where=t.was_seen),
            last_seen_alone_on=lambda t: t.on.max(where=t.was_seen_alone),
        )
    )


def children(tables: Tables) -> ir.Table:
    """
    One row per child that was put in order: `record.Child`.

    phone: the one the run found safe to ring, which only a child on a list has. What the feeds hold of a child may
    be the number of a suspect, or one not to be rung.
    """
    order, people, seen = tables["priority_child"], tables["people"], last_seen(tables)
    due = (
        tables["worklist_row"]
        .group_by("person_id")
        .agg(due_sentence=lambda t: t.due_sentence.max(), safe_phone=lambda t: t.phone.max())
    )
    notes = contact_notes(tables)
    rows = order.join(people, "person_id", rname="people_{name}").left_join(seen, "person_id", rname="seen_{name}")
    rows = rows.left_join(due, "person_id", rname="due_{name}")
    rows = rows.left_join(notes, rows.person_id == notes.noted)
    behind = others_behind(tables)
    rows = rows.left_join(behind, rows.person_id == behind.behind)
    return rows.mutate(phone=rows.safe_phone).select(
        "person_id", "role", "forename", "surname", "known_as", "former_names", "birth_on", "birth_quality",
        "expected_on", "sex", "is_restricted", "is_address_withheld", "address_lines", "postcode", "lsoa", "phone",
        "household_id", "band", "pathway", "pathway_sentence", "why", "changed", "is_acute", "is_rising",
        "needs_front_door", "coverage_share", "certainty", "source_count", "pressures", "unmet_needs", "figure",
        "last_seen_on", "last_seen_alone_on", "due_sentence", "contact_note", "about_ids",
    )  # fmt: skip


def ties(tables: Tables, labels: ir.Table) -> ir.Table:
    """One row per child, other person and kind of stated tie: `record.Tie`."""
    order, family, people = tables["priority_child"], tables["family"], tables["people"]
    stated = (
        family.semi_join(order, "person_id")
        .left_join(labels, family.source == labels.feed)
        .group_by(["person_id", "other_id", "kind"])
        .agg(source_label=lambda t: t.label.min())
    )
    other = people.join(stated, people.person_id == stated.other_id)
    return other.select(
        person_id=stated.person_id,
        other_id=stated.other_id,
        other_name=whole_name(people),
        other_birth_on=people.birth_on,
        kind=stated.kind,
        is_child=people.role != "adult",
        source_label=stated.source_label,
    )


def housemates(tables: Tables, *, as_at: datetime.date) -> ir.Table:
    """One row per child and other person at the child's home on the day: `record.Housemate`."""
    order, people = tables["priority_child"], tables["people"]
    living = standing_on(tables["occupancy"], as_at)
    mine = living.semi_join(order, "person_id").select("person_id", "household_id").distinct()
    others = living.group_by(["person_id", "household_id"]).agg(since=lambda t: t.from_on.min())
    others = others.select(other_id="person_id", household_id="household_id", since="since")
    together = mine.join(others, "household_id").filter(lambda t: t.person_id != t.other_id)
    named = together.join(people, together.other_id == people.person_id, rname="other_{name}")
    return named.select(
        person_id=together.person_id,
        other_id=together.other_id,
        other_name=whole_name(people),
        other_birth_on=people.birth_on,
        is_child=people.role != "adult",
        from_on=together.since,
    )


def with_refs(link: ir.Table, key_hashes: ir.Table) -> ir.Table:
    """`link` with `record_ref`, what published rows call a source record. key_hashes: person_key, key_hash."""
    joined = link.left_join(key_hashes, link.person_key == key_hashes.person_key)
    return joined.select(link, record_ref=key_hashes.key_hash)


def matched_records(tables: Tables, labels: ir.Table) -> ir.Table:
    """One row per source record joined into a child: `record.MatchedRecord`."""
    link, order = tables["link"], tables["priority_child"]
    rows = link.semi_join(order, "person_id").left_join(labels, link.source == labels.feed)
    return rows.select(
        person_id=link.person_id,
        source=link.source,
        feed_label=labels.label,
        person_key_hash=link.record_ref,
        rule=link.rule,
        certainty=how_sure(link),
        reasons=link.reasons,
    )


def how_sure(link: ir.Table) -> ir.StringValue:
    """How sure we are that a record is this person's, in the words of the record's certainty."""
    return ibis.cases(
        (link.probability.isnull(), ibis.literal("certain")),
        (link.probability >= 0.999, ibis.literal("very likely")),
        else_=ibis.literal("likely"),
    )
