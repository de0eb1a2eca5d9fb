"""What a row of a delivery said, in words, and whose record it was: what evidence and timelines are made of."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from kinfold.operations.shapes.common import day_in_words, in_words, joined
from kinfold.vocabulary import words

Tables = dict[str, ir.Table]

MEASURE = {
    "attendance": "School sessions missed",
    "free_meals_eligible": "Eligible for free school meals",
    "free_meals_taken": "Takes free school meals",
    "arrears": "Weeks in arrears",
    "bedrooms_short": "Bedrooms short of the bedroom standard",
    "temporary_accommodation": "Weeks in temporary accommodation",
    "adult_in_work": "In work",
    "send_unmet": "Provision for special needs missing",
    "health_reviews_due": "Health reviews due so far",
    "health_reviews_done": "Health reviews done so far",
    "vaccinations_due": "Vaccinations due so far",
    "vaccinations_done": "Vaccinations done so far",
    "goals_on_track": "Plan's goals on track",
    "engaged": "Engaged with the service",
    "trusted_adult": "A trusted adult is recorded",
    "mental_health_wait": "Weeks waiting for mental health care",
    "birth_weight": "Birth weight in grams",
    "nursery_attendance": "Nursery sessions missed",
    "tenancy_secure": "Secure tenancy",
    "age_of_mother_at_birth": "Mother's age at the birth",
}
YES_NO = ("free_meals_eligible", "free_meals_taken", "adult_in_work", "goals_on_track", "engaged", "send_unmet",
          "trusted_adult", "tenancy_secure")  # fmt: skip
SEVERITY = {"standard": "graded standard", "medium": "graded medium", "high": "graded high"}
ROW = ("source", "source_id", "delivery_id", "part", "row_number")


def said(tables: Tables) -> ir.Table:
    """
    One row per row of a delivery and person it is about: table_name, the row's place, person_id, person_key and
    `fact`, the words for what it said.
    """
    return ibis.union(_events(tables), _participants(tables), _involvements(tables), _measures(tables))


def event_words(event: ir.Table) -> ir.StringValue:
    title = in_words(event.kind, words.EVENT, event.kind)
    return joined(title, in_words(event.severity, SEVERITY), by=", ")


def _events(tables: Tables) -> ir.Table:
    event, part, link = tables["event"], tables["participant"], tables["link"]
    who = part.select("event_key", "person_key").distinct()
    rows = event.join(who, "event_key").join(link, who.person_key == link.person_key)
    fact = joined(event_words(event), day_in_words(event.on), by=", ")
    return _placed(rows, "event", event, link, fact)


def _participants(tables: Tables) -> ir.Table:
    event, part, link = tables["event"], tables["participant"], tables["link"]
    rows = part.join(event, "event_key").join(link, part.person_key == link.person_key)
    how = in_words(part.involved_as, words.INVOLVED_AS)
    fact = joined(event_words(event), how, day_in_words(event.on), by=", ")
    return _placed(rows, "participant", part, link, fact)


def _involvements(tables: Tables) -> ir.Table:
    held, link = tables["involvement"], tables["link"]
    rows = held.join(link, "person_key")
    fact = joined(
        in_words(held.stage, words.STAGE, held.stage),
        ibis.ifelse(held.from_on.notnull(), ibis.literal("from ") + day_in_words(held.from_on), ""),
        ibis.ifelse(held.to_on.notnull(), ibis.literal("to ") + day_in_words(held.to_on), ""),
        in_words(held.outcome, words.OUTCOME),
        by=", ",
    )
    return _placed(rows, "involvement", held, link, fact)


def _measures(tables: Tables) -> ir.Table:
    measure, link = tables["measure"], tables["link"]
    rows = measure.join(link, "person_key")
    number = measure.value.round(0).cast("int64").cast("string")
    whole = measure.possible.round(0).cast("int64").cast("string")
    value = ibis.cases(
        (measure.kind.isin(YES_NO), ibis.ifelse(measure.value > 0, "yes", "no")),
        (measure.possible.notnull(), number + " of " + whole),
        else_=number,
    )
    fact = joined(
        joined(in_words(measure.kind, MEASURE, measure.kind), value, by=": "),
        ibis.ifelse(measure.from_on.notnull(), ibis.literal("from ") + day_in_words(measure.from_on), ""),
        ibis.ifelse(measure.to_on.notnull(), ibis.literal("to ") + day_in_words(measure.to_on), ""),
        by=", ",
    )
    return _placed(rows, "measure", measure, link, fact)


def _placed(rows: ir.Table, name: str, table: ir.Table, link: ir.Table, fact: ir.StringValue) -> ir.Table:
    return rows.select(
        table_name=ibis.literal(name),
        **{column: table[column] for column in ROW},
        person_id=link.person_id,
        person_key=link.person_key,
        fact=fact,
    )
