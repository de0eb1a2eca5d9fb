"""The number to ring about a child, and the numbers that are never shown."""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.areas.pathways import Phone


def at_home(occupancy: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """Where each person lives on `as_at`: person_id, household_id; of two homes, the one moved to last."""
    begun = occupancy.from_on.isnull() | (occupancy.from_on <= as_at)
    lived = occupancy.filter(begun & (occupancy.to_on.isnull() | (occupancy.to_on > as_at)))
    latest = ibis.window(
        group_by="person_id", order_by=[lived.from_on.desc(nulls_first=False), lived.household_id.asc()]
    )
    lived = lived.mutate(nth=ibis.row_number().over(latest))
    return lived.filter(lived.nth == 0).select("person_id", "household_id")


def suspects(parts: ir.Table, *, within_days: int, as_at: datetime.date) -> ir.Table:
    """People named as suspect in domestic abuse of late: person_id."""
    since = as_at - datetime.timedelta(days=within_days)
    named = (parts.kind == "domestic_abuse") & (parts.involved_as == "suspect") & (parts.on > since)
    return parts.filter(named).select("person_id").distinct()


def numbers(
    contact: ir.Table,
    link: ir.Table,
    children: ir.Table,
    parents: ir.Table,
    homes: ir.Table,
    people: ir.Table,
    suspected: ir.Table,
    *,
    settings: Phone,
    as_at: datetime.date,
) -> ir.Table:
    """
    One number for each child that has one: that of a parent or carer at the child's home, else the child's own.

    No number is given of a child or adult whose address is withheld, of a suspect in domestic abuse (nor the same
    number told of somebody else), or with a note that says not to ring. Any other note is kept with the number.
    Returns person_id and phone.
    """
    told = contact.filter((contact.kind == "phone") & (contact.to_on.isnull() | (contact.to_on > as_at)))
    told = told.join(link.select("person_key", "person_id"), "person_key")
    told = told.select("person_id", "note", "known_from", number="value")
    never = told.semi_join(suspected, "person_id").select("number").union(_not_to_be_rung(told, settings)).distinct()
    withheld = people.filter(people.is_address_withheld.fill_null(False)).select("person_id")
    safe = told.filter(told.number.notin(never.number), told.person_id.notin(withheld.person_id))
    open_to_all = children.filter(children.person_id.notin(withheld.person_id)).select("person_id")
    own = safe.join(open_to_all, "person_id").mutate(place=ibis.literal(1, "int64"))
    home = homes.select("person_id", "household_id")
    theirs = parents.join(home, "person_id").join(
        home.select(parent_id="person_id", parent_home="household_id"), "parent_id"
    )
    theirs = theirs.filter(theirs.household_id == theirs.parent_home).select("person_id", "parent_id")
    of_parent = safe.rename(parent_id="person_id").join(theirs.semi_join(open_to_all, "person_id"), "parent_id")
    of_parent = of_parent.mutate(place=ibis.literal(0, "int64"))
    every = ibis.union(own, of_parent.select(*own.columns))
    order = [every.place, every.known_from.desc(), every.number, every.note.asc(nulls_first=True)]
    every = every.mutate(nth=ibis.row_number().over(ibis.window(group_by="person_id", order_by=order)))
    shown = every.number + (ibis.literal(" (") + every.note + ")").fill_null("")
    return every.mutate(phone=shown).filter(every.nth == 0).select("person_id", "phone")


def _not_to_be_rung(told: ir.Table, settings: Phone) -> ir.Table:
    note = told.note.fill_null("").lower()
    says_no = ibis.or_(*(note.contains(words.lower()) for words in settings.never_when_note_has), ibis.literal(False))
    return told.filter(says_no).select("number")
