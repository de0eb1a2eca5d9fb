"""Worklists, the ways to find a child, and the feeds as people are told of them."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from kinfold.operations.shapes.common import in_words, others_behind, whole_name
from kinfold.priority import cases
from kinfold.vocabulary import services

Tables = dict[str, ir.Table]

QUEUE = {"front_door": "Front door", "outreach": "Outreach"}


def worklist(tables: Tables) -> ir.Table:
    """One row per child on somebody's list: `record.WorklistRow`."""
    rows, people, order = tables["worklist_row"], tables["people"], tables["priority_child"]
    band = order.select(banded="person_id", band="band")
    owners, notes = _owner_names(tables), contact_notes(tables)
    told = rows.join(people, "person_id", rname="people_{name}")
    told = told.left_join(band, told.person_id == band.banded)
    told = told.left_join(owners, told.owner_ref == owners.ref)
    told = told.left_join(notes, told.person_id == notes.noted)
    behind = others_behind(tables)
    told = told.left_join(behind, told.person_id == behind.behind)
    service = tables["service"].group_by("service_key").agg(called=lambda t: t.name.min())
    told = told.left_join(service, told.owner_ref == service.service_key)
    named = ibis.cases(
        (rows.owner_kind == "worker", owners.worker_name),
        (rows.owner_kind == "service", service.called.coalesce(_without_agency(rows.team))),
        else_=in_words(rows.owner_ref, QUEUE),
    )
    # A run of an earlier release does not say of its rows why they are on that list.
    because = rows.pathway_sentence if "pathway_sentence" in rows.columns else ibis.literal("")
    share = rows.interval_used
    used = (share * 100).round(0).cast("int64").cast("string") + "% of the interval used"
    return told.select(
        "row_key", "person_id", "household_id", "pathway", "list_group", "owner_kind", "owner_ref", "team", "due_on",
        "interval_days", "plan_interval_days", "last_seen_on", "last_seen_alone_on", "why", "due_sentence", "changed",
        "is_acute", "rank", "birth_on", "expected_on", "band", "is_restricted", "contact_note", "about_ids",
        interval_used=used,
        pathway_sentence=because,
        owner_name=named,
        phone=rows.phone,
        name=whole_name(people),
        status=ibis.literal(""),  # the heading it stands under says it; nothing in the run knows more
    )  # fmt: skip


def _owner_names(tables: Tables) -> ir.Table:
    """By the key of a worker; by the bare number too, for a run of an earlier release, whose lists have no other."""
    told = tables["involvement"].filter(lambda t: t.worker_ref.notnull() & t.worker_name.notnull())
    numbered = cases.numbered(told, tables["feed_standing"]).select("worker_name", ref="worker_ref")
    every = ibis.union(numbered, told.select("worker_name", ref="worker_ref"))
    return every.group_by("ref").agg(worker_name=lambda t: t.worker_name.max())


def _without_agency(team: ir.StringValue) -> ir.StringValue:
    stroke = team.find(services.AGENCY_AND_TEAM)
    return ibis.ifelse(stroke >= 0, team.substr(stroke + 1), team)


def contact_notes(tables: Tables) -> ir.Table:
    """
    One row per child whose own or whose parent's phone carries a note: noted (the child), contact_note.

    A note on the phone of somebody whose address is withheld is left out, as the number is: in free words, it may
    say where they are.
    """
    withheld = tables["people"].filter(lambda t: t.is_address_withheld.fill_null(False)).select("person_id")
    told = tables["contact"].filter(lambda t: (t.kind == "phone") & t.note.notnull()).join(tables["link"], "person_key")
    told = told.select("person_id", "note").distinct().anti_join(withheld, "person_id")
    parents = tables["family"].filter(lambda t: t.kind.isin(("parent", "carer")))
    of_parent = told.join(parents, told.person_id == parents.other_id).select(noted=parents.person_id, note=told.note)
    every = ibis.union(told.select(noted="person_id", note="note"), of_parent)
    return every.group_by("noted").agg(contact_note=lambda t: t.note.min())


def search_keys(tables: Tables, name_keys: ir.Table, identifier_hashes: ir.Table) -> ir.Table:
    """
    One row per way to find a child: `record.SearchKey`.

    name_keys: name, kind, key for every distinct name. identifier_hashes: value, key for every distinct identifier.
    """
    children, link = tables["priority_child"].select("person_id"), tables["link"]
    of_child = link.semi_join(children, "person_id").select("person_key", "person_id")
    name = tables["name"]
    written = name.join(of_child, "person_key")
    named = ibis.union(
        written.select("person_id", name=written.forename), written.select("person_id", name=written.surname)
    ).filter(lambda t: t.name.notnull())
    by_name = named.join(name_keys, "name").select("person_id", "key", "kind")
    people = tables["people"].semi_join(children, "person_id").filter(lambda t: t.birth_on.notnull())
    born = people.select("person_id", key=people.birth_on.cast("string"), kind=ibis.literal("born"))
    identifier = tables["identifier"]
    known = identifier.join(of_child, "person_key").join(identifier_hashes, "value")
    by_identifier = known.select("person_id", "key", kind=ibis.literal("identifier"))
    return ibis.union(by_name, born, by_identifier).distinct()


def feeds(tables: Tables, suppliers: ir.Table) -> ir.Table:
    """One row per feed of the area: `record.Feed`. suppliers: feed, supplier, phone."""
    standing = tables["feed_standing"]
    rows = standing.left_join(suppliers, "feed", rname="supplier_{name}")
    return rows.select(
        "feed", "label", "agency", "state", "last_delivered_on", "due_on", "supplier", "phone", "speaks_for"
    )


def feed_alarms(tables: Tables) -> ir.Table:
    """One row per feed that fell silent and would tell of a child who was seen: `record.FeedAlarm`."""
    alarms = tables["feed_alarm"]
    said = ("unanswered", "in_part")  # a run of an earlier release does not say which questions wait
    told = {name: alarms[name] if name in alarms.columns else ibis.literal("") for name in said}
    return alarms.select("feed", "label", "silent_since", "sentence", **told)
