"""
The twelve tables that hold everything any agency can tell us, and the columns every row of them carries.

Every feed is mapped to these tables and everything after the feeds knows only these. Dates are calendar
dates; intervals are half-open, [from, to), and a null `to_on` means it still holds. A null value means the
source did not say; it never means no.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import pyarrow as pa

TEXT, DATE, WHOLE, NUMBER, YES_NO = pa.string(), pa.date32(), pa.int64(), pa.float64(), pa.bool_()


@dataclasses.dataclass(frozen=True)
class Column:
    """One column: its type, what it means (with its unit), whether null is allowed, and its codes if closed."""

    name: str
    type: pa.DataType
    meaning: str
    required: bool = False
    codes: frozenset[str] | None = None


@dataclasses.dataclass(frozen=True)
class Table:
    name: str
    grain: str
    columns: tuple[Column, ...]

    @property
    def arrow(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.type, nullable=not c.required) for c in self.columns])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)


class NotOfTheTable(ValueError):
    """Rows do not have the shape the table promises; the message names the table, the column and a count."""


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


PROVENANCE = (
    Column("source", TEXT, "the feed's name, as in the area's feeds folder", required=True),
    Column(
        "source_id",
        TEXT,
        "the fact's own key inside the source; a later delivery of the key replaces it",
        required=True,
    ),
    Column("delivery_id", TEXT, "the delivery that said so", required=True),
    Column("part", TEXT, "file or sheet of the delivery, such as episodes or List 8", required=True),
    Column("row_number", WHOLE, "row of that part, 1 = first row under the header", required=True),
    Column("known_from", DATE, "day we were told: the delivery's date", required=True),
    Column("known_until", DATE, "day the fact was corrected, withdrawn or superseded; null while it stands"),
)
HELD = (
    Column("from_on", DATE, "first day it held; null when the source does not say"),
    Column("to_on", DATE, "first day it no longer held; null while it holds"),
)
PERSON_KEY = Column("person_key", TEXT, "`source:id` of a person as one source knows them", required=True)

ROLES = _codes("child adult unborn")
AGENCIES = _codes(
    "social_care early_help education send youth_justice police probation housing benefits council_tax "
    "health mental_health substance_misuse adult_social_care domestic_abuse voluntary"
)

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        Table("person", "one row per person as one source knows them", (
            *PROVENANCE, PERSON_KEY,
            Column("role", TEXT, "child, adult or unborn, as the source treats them", required=True, codes=ROLES),
            Column("birth_on", DATE, "date of birth; null when unborn or not known"),
            Column("birth_quality", TEXT, "how far to trust it: stated, or a default date, or only a year",
                   codes=_codes("stated default year_only")),
            Column("expected_on", DATE, "expected date of birth of an unborn child"),
            Column("died_on", DATE, "date of death"),
            Column("sex", TEXT, "F or M; null when not known or not stated", codes=_codes("F M")),
            Column("ethnicity", TEXT, "main group for fairness checks only, never for a marker",
                   codes=_codes("white mixed asian black other")),
            Column("flags", TEXT, "space-separated: disabled uasc restricted young_carer send twin"),
        )),
        Table("name", "one row per name of a person", (
            *PROVENANCE, PERSON_KEY,
            Column("kind", TEXT, "current, former or known as", required=True, codes=_codes("current former known_as")),
            Column("forename", TEXT, "first name or names"),
            Column("surname", TEXT, "family name"),
            *HELD,
        )),
        Table("identifier", "one row per identifier of a person", (
            *PROVENANCE, PERSON_KEY,
            Column("kind", TEXT, "which register it is from", required=True,
                   codes=_codes("nhs upn former_upn temporary_upn uln case_number nino local")),
            Column("value", TEXT, "the identifier, upper case, without spaces", required=True),
            Column("register", TEXT, "whose numbering a case_number or local id is in; null for national ones"),
            Column("is_valid", YES_NO, "passes its check digit or letter; null when the kind has none"),
            *HELD,
        )),
        Table("address", "one row per address of a person and the time they lived there", (
            *PROVENANCE, PERSON_KEY,
            Column("kind", TEXT, "home, placement, communal (hostel, contact centre, school) or withheld (refuge, at risk)",
                   required=True, codes=_codes("home placement communal withheld")),
            Column("lines", TEXT, "address lines, comma separated, without postcode"),
            Column("postcode", TEXT, "upper case with one space"),
            Column("uprn", TEXT, "property reference without leading zeros"),
            Column("lsoa", TEXT, "small area code"),
            Column("lsoa_vintage", WHOLE, "census year of the small area code: 2011 or 2021"),
            *HELD,
        )),
        Table("contact", "one row per way to reach a person", (
            *PROVENANCE, PERSON_KEY,
            Column("kind", TEXT, "phone or email", required=True, codes=_codes("phone email")),
            Column("value", TEXT, "number or address as given", required=True),
            Column("note", TEXT, "for example whether it is safe to leave a message"),
            *HELD,
        )),
        Table("relationship", "one row per stated tie between two people of one source", (
            *PROVENANCE, PERSON_KEY,
            Column("other_key", TEXT, "the other person", required=True),
            Column("kind", TEXT, "what the other person is to this one", required=True,
                   codes=_codes("parent carer child sibling half_sibling partner household_member other")),
            *HELD,
        )),
        Table("service", "one row per service or team", (
            *PROVENANCE,
            Column("service_key", TEXT, "`source:id` of the service", required=True),
            Column("name", TEXT, "name as people know it", required=True),
            Column("agency", TEXT, "kind of agency", required=True, codes=AGENCIES),
            Column("phone", TEXT, "how to reach it"),
            Column("email", TEXT, "how to reach it"),
            Column("is_critical", YES_NO, "its professional holds cases: children open to it are on the second pathway"),
            Column("state", TEXT, "operating state", codes=_codes("open reduced closed")),
            Column("covered_by", TEXT, "who covers while it is reduced or closed"),
            *HELD,
        )),
        Table("involvement", "one row per period in which a service works with a person", (
            *PROVENANCE, PERSON_KEY,
            Column("agency", TEXT, "kind of agency", required=True, codes=AGENCIES),
            Column("service_key", TEXT, "the service or team, when the source names one"),
            Column("stage", TEXT, "what kind of work it is", required=True,
                   codes=_codes("contact referral assessment section47 child_in_need child_protection looked_after care_leaver "
                                "early_help caseload treatment supervision tenancy claim liability roll send_support ehcp registered allocation "
                       "alternative_provision placement")),
            Column("detail", TEXT, "code of the source: category of abuse, legal status, kind of order, enrolment"),
            Column("outcome", TEXT, "why it ended, when it has", codes=_codes(
                "nfa closed stepped_up stepped_down goals_met declined unreachable returned_home adopted special_guardianship "
                "moved_away turned_18 died no_destination transferred other")),
            Column("worker_ref", TEXT, "the worker's staff number in the source"),
            Column("worker_name", TEXT, "who works with the person"),
            Column("worker_phone", TEXT, "how to reach the worker"),
            Column("worker_email", TEXT, "how to reach the worker"),
            Column("team", TEXT, "the worker's team"),
            Column("visit_every_days", WHOLE, "days between visits the plan asks for; null when it does not say"),
            Column("worker_rating", TEXT, "the worker's own view of need", codes=_codes("low medium high")),
            *HELD,
        )),
        Table("event", "one row per thing that happened on a date", (
            *PROVENANCE,
            Column("event_key", TEXT, "`source:id` of the event", required=True),
            Column("kind", TEXT, "what happened, from the catalogue of event kinds", required=True),
            Column("detail", TEXT, "code that narrows the kind"),
            Column("severity", TEXT, "as the source graded it", codes=_codes("standard medium high")),
            Column("on", DATE, "the day it happened", required=True),
            Column("ended_on", DATE, "the day it ended, for a missing episode or an exclusion"),
            Column("place", TEXT, "where, in words: home, school, street"),
        )),
        Table("participant", "one row per person's part in an event", (
            *PROVENANCE, PERSON_KEY,
            Column("event_key", TEXT, "the event", required=True),
            Column("involved_as", TEXT, "the person's part in it", required=True,
                   codes=_codes("subject victim suspect present visited parent")),
            Column("was_seen", YES_NO, "the person was seen face to face"),
            Column("was_seen_alone", YES_NO, "the person was seen alone"),
        )),
        Table("measure", "one row per value that held over a period", (
            *PROVENANCE, PERSON_KEY,
            Column("kind", TEXT, "what was measured, from the catalogue of measures", required=True),
            Column("value", NUMBER, "the value in `unit`; null when asked and not known"),
            Column("unit", TEXT, "sessions, weeks, pounds, bedrooms, yes_no, score"),
            Column("possible", NUMBER, "the denominator, in the same unit; null when it has none"),
            *HELD,
        )),
        Table("coverage", "one row per table, kind of fact and period that a delivery speaks for", (
            *PROVENANCE,
            Column("table_name", TEXT, "which of the tables", required=True),
            Column("kind", TEXT, "which kind of fact; null means every kind of that table from this source"),
            Column("people", TEXT, "everyone: silence about any child of these ages means no. listed: silence means no "
                   "only for people the source lists", required=True, codes=_codes("everyone listed")),
            Column("age_from", WHOLE, "youngest age in whole years"),
            Column("age_to", WHOLE, "oldest age in whole years, included"),
            *HELD,
        )),
    )
}  # fmt: skip

EVENT_KINDS = _codes(
    "visit contact referral assessment strategy_discussion section47 conference review missing arrest offence "
    "violent_crime sexual_crime exploitation_concern harmful_contact_concern domestic_abuse child_concern suspension "
    "permanent_exclusion emergency_attendance self_harm injury_attendance was_not_brought health_review vaccination "
    "mental_health_referral school_concern bereavement custody_start custody_end court_order_application "
    "homeless_duty notice_to_quit hazard_report antisocial_behaviour move food_help crisis_fund benefit_sanction "
    "arrears_step birth late_booking previous_child_removed family_meeting voice reported_return home_education part_time_timetable "
    "roll_ended gp_deregistered short_breaks_stopped private_fostering assessment_factor family_plan "
    "family_need permanence pre_proceedings return_interview substance_use_concern "
    "looked_after placement legal_status deprivation_of_liberty "
    "managed_move carer_health_fell carer_strain course_left nursery_place"
)
MEASURE_KINDS = _codes(
    "attendance free_meals_eligible free_meals_taken arrears bedrooms_short temporary_accommodation household_size "
    "adult_in_work benefit_cap send_unmet part_time_hours learning_disability young_carer health_reviews_due "
    "health_reviews_done vaccinations_due vaccinations_done goals_on_track engaged trusted_adult mental_health_wait "
    "birth_weight nursery_attendance tenancy_secure kin_support few_supports sdq age_of_mother_at_birth unauthorised_absence "
    "immunisations_up_to_date in_touch accommodation_suitable in_education_or_work "
    "placement_distance previous_protection_plans"
)


def checked(name: str, rows: pa.Table) -> pa.Table:
    """
    Return `rows` cast to the table's columns, in its order.

    Raises NotOfTheTable when a column is missing or extra, a required value is null, a code is not one of
    the column's, or an interval ends before it starts. Nothing is written when it raises.
    """
    table = TABLES[name]
    _same_columns(table, rows.column_names)
    try:
        rows = rows.select(list(table.names)).cast(pa.schema([pa.field(c.name, c.type) for c in table.columns]))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as why:
        raise NotOfTheTable(f"{name}: a column has another type than the table's.") from why
    for column in table.columns:
        _column_holds(table, column, rows.column(column.name))
    _intervals_hold(table, rows)
    return rows.cast(table.arrow)


def _same_columns(table: Table, given: Iterable[str]) -> None:
    missing, extra = set(table.names) - set(given), set(given) - set(table.names)
    if missing or extra:
        raise NotOfTheTable(f"{table.name}: columns missing {sorted(missing)}, not of the table {sorted(extra)}.")


def _column_holds(table: Table, column: Column, values: pa.ChunkedArray) -> None:
    import pyarrow.compute as pc

    if column.required and values.null_count:
        raise NotOfTheTable(f"{table.name}.{column.name} is empty in {values.null_count:,} rows; it never may be.")
    codes = column.codes
    if table.name == "event" and column.name == "kind":
        codes = EVENT_KINDS
    if table.name == "measure" and column.name == "kind":
        codes = MEASURE_KINDS
    if codes is None:
        return
    wrong = pc.sum(pc.invert(pc.is_in(values.drop_null(), value_set=pa.array(sorted(codes))))).as_py() or 0
    if wrong:
        raise NotOfTheTable(f"{table.name}.{column.name} has {wrong:,} values that are not one of its codes.")


def _intervals_hold(table: Table, rows: pa.Table) -> None:
    import pyarrow.compute as pc

    if "to_on" not in table.names:
        return
    ended_first = pc.sum(pc.less(rows.column("to_on"), rows.column("from_on"))).as_py() or 0
    if ended_first:
        raise NotOfTheTable(f"{table.name}: {ended_first:,} rows end before they start.")
