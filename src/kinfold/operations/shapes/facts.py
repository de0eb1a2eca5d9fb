"""What a row of a delivery said, in words, and whose record it was: what evidence and timelines are made of."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from kinfold.operations.shapes.common import day_in_words, detail_in_words, in_words, joined
from kinfold.store.engine import Engine
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
    "household_size": "People in the household",
    "benefit_cap": "Benefits are capped",
    "part_time_hours": "Hours of school a week",
    "learning_disability": "Learning disability",
    "young_carer": "Known as a young carer",
    "kin_support": "Wider family helps",
    "few_supports": "Few people to turn to",
    "sdq": "Strengths and difficulties score",
    "unauthorised_absence": "School sessions missed without leave",
    "immunisations_up_to_date": "Immunisations up to date",
    "in_touch": "The council is in touch",
    "accommodation_suitable": "Accommodation is suitable",
    "in_education_or_work": "In education, training or work",
    "placement_distance": "Miles from home to the placement",
    "previous_protection_plans": "Earlier child protection plans",
}
YES_NO = ("free_meals_eligible", "free_meals_taken", "adult_in_work", "goals_on_track", "engaged", "send_unmet",
          "trusted_adult", "tenancy_secure", "benefit_cap", "learning_disability", "young_carer", "kin_support",
          "few_supports", "immunisations_up_to_date", "in_touch", "accommodation_suitable",
          "in_education_or_work")  # fmt: skip
SEVERITY = {"standard": "graded standard", "medium": "graded medium", "high": "graded high"}
ROW = ("source", "source_id", "delivery_id", "part", "row_number")


def said(engine: Engine, tables: Tables, wanted: ir.Table) -> ir.Table:
    """
    One row per row of a delivery and person it is about: table_name, the row's place, person_id, person_key and
    `fact`, the words for what it said.

    wanted: rows with table_name and the row's place; nothing else is put into words.
    """
    of_event = _only(engine, tables, "event", wanted)
    of_part = _only(engine, tables, "participant", wanted)
    return ibis.union(
        _events(of_event),
        _participants(of_part),
        _involvements(_only(engine, tables, "involvement", wanted)),
        _measures(_only(engine, tables, "measure", wanted)),
    )


def _only(engine: Engine, tables: Tables, name: str, wanted: ir.Table) -> Tables:
    """The tables with `name` cut down to the rows that are wanted of it."""
    of_table = wanted.filter(wanted.table_name == name).select(*ROW).distinct()
    return tables | {name: engine.keep(tables[name].semi_join(of_table, list(ROW)))}


def event_words(event: ir.Table) -> ir.StringValue:
    """What happened, in words: with what an assessment found, how a contact ended and how a notice was graded."""
    factor = in_words(event.detail, words.FACTOR)
    found = ibis.literal("Found at assessment: ") + factor
    title = ibis.ifelse(
        (event.kind == "assessment_factor") & (factor != ""), found, in_words(event.kind, words.EVENT, event.kind)
    )
    more = detail_in_words(event.kind, event.detail, words.EVENT_DETAIL)
    return joined(title, in_words(event.severity, SEVERITY), more, by=", ")


def spell_words(held: ir.Table) -> ir.StringValue:
    """What a service did over a period, in words: with the school, the reason for a plan, or the order."""
    school = ibis.ifelse(held.stage == "roll", held.detail.fill_null(""), "")
    why = detail_in_words(held.stage, held.detail, words.SPELL_DETAIL)
    return joined(in_words(held.stage, words.STAGE, held.stage), school, why, by=": ")


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
        spell_words(held),
        _period(held),
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
        _period(measure),
        by=", ",
    )
    return _placed(rows, "measure", measure, link, fact)


def _period(table: ir.Table) -> ir.StringValue:
    """`from 20 April 2026 to 22 July 2026`; the half that is known when only one is."""
    return joined(
        ibis.ifelse(table.from_on.notnull(), ibis.literal("from ") + day_in_words(table.from_on), ""),
        ibis.ifelse(table.to_on.notnull(), ibis.literal("to ") + day_in_words(table.to_on), ""),
    )


def _placed(rows: ir.Table, name: str, table: ir.Table, link: ir.Table, fact: ir.StringValue) -> ir.Table:
    return rows.select(
        table_name=ibis.literal(name),
        **{column: table[column] for column in ROW},
        person_id=link.person_id,
        person_key=link.person_key,
        fact=fact,
    )
