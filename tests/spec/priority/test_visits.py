"""A visit is due at the earliest of national limit, local standard and plan; need brings it forward, nothing back."""

from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas.timescales import Timescales, VisitRule
from kinfold.priority import visits
from kinfold.store.schema import DATE, TEXT, WHOLE
from kinfold.vocabulary import working_days

EASTER = (date(2025, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25))
CALENDAR = working_days.calendar(date(2025, 1, 1), date(2026, 12, 31), EASTER)
TIMESCALES = Timescales(
    visit=(
        VisitRule("looked_after", "national", "regulation 28", every_days=42, first_within_days=7),
        VisitRule("child_protection", "local", "standards", every_working_days=10),
        VisitRule("child_in_need", "local", "standards", every_working_days=20),
    )
)
TYPES = {
    "opened": {"visit_every_days": WHOLE, "worker_rating": TEXT, "from_on": DATE},
    "seen": {"last_visit_on": DATE},
}
NOBODY_VISITED = "person_id | last_visit_on\n----------+--------------\nNOBODY | 2026-01-01"


def due(opened: ir.Table, children: ir.Table, seen: ir.Table, calendar: ir.Table) -> ir.Table:
    if "last_help_visit_on" not in seen.columns:
        seen = seen.mutate(last_help_visit_on=seen.last_visit_on)
    return visits.due(opened, children, seen, calendar, timescales=TIMESCALES, as_at=date(2026, 3, 31))


def test_each_stage_has_its_interval_and_the_earliest_limit_counts(spec):
    spec(
        due,
        opened="""
            person_id | agency      | stage            | from_on    | visit_every_days | worker_rating
            ----------+-------------+------------------+------------+------------------+--------------
            CIN       | social_care | child_in_need    | 2026-01-05 |                  |
            CP        | social_care | child_in_need    | 2026-01-05 |                  |
            CP        | social_care | child_protection | 2026-02-05 |                  |
            CLA       | social_care | looked_after     | 2026-01-05 |                  |
            PLAN      | social_care | child_in_need    | 2026-01-05 |                  |
            PLAN      | social_care | allocation       | 2026-01-05 | 7                |
            LONGPLAN  | social_care | child_in_need    | 2026-01-05 | 60               |
            NEWCLA    | social_care | looked_after     | 2026-03-28 |                  |
        """,
        children="""
            person_id | band
            ----------+-----
            CIN       | none
            CP        | soon
            CLA       | none
            PLAN      | none
            LONGPLAN  | none
            NEWCLA    | none
        """,
        seen="""
            person_id | last_visit_on
            ----------+--------------
            CIN       | 2026-03-20
            CP        | 2026-03-20
            CLA       | 2026-03-20
            PLAN      | 2026-03-20
            LONGPLAN  | 2026-03-20
            NEWCLA    | 2026-03-20
        """,
        calendar=CALENDAR,
        types=TYPES,
        of=("due_on", "plan_interval_days"),
        expected={
            "CIN": (date(2026, 4, 21), None),
            "CP": (date(2026, 4, 7), None),
            "CLA": (date(2026, 5, 1), None),
            "PLAN": (date(2026, 3, 27), 7),
            "LONGPLAN": (date(2026, 4, 21), 60),
            "NEWCLA": (date(2026, 4, 4), None),
        },
    )


def test_need_or_the_workers_rating_brings_a_visit_forward_to_seven_tenths_and_a_low_rating_changes_nothing(spec):
    spec(
        due,
        opened="""
            person_id | agency      | stage         | from_on    | visit_every_days | worker_rating
            ----------+-------------+---------------+------------+------------------+--------------
            NEED      | social_care | child_in_need | 2026-01-05 |                  |
            RATED     | social_care | child_in_need | 2026-01-05 |                  |
            RATED     | social_care | allocation    | 2026-01-05 |                  | high
            LOW       | social_care | child_in_need | 2026-01-05 |                  | low
        """,
        children="""
            person_id | band
            ----------+---------
            NEED      | priority
            RATED     | none
            LOW       | none
        """,
        seen="""
            person_id | last_visit_on
            ----------+--------------
            NEED      | 2026-03-03
            RATED     | 2026-03-11
            LOW       | 2026-03-03
        """,
        calendar=CALENDAR,
        types=TYPES,
        of="due_sentence",
        expected={
            "NEED": "Was due Monday 23 March 2026: visits every 20 working days (local standard), "
            "shortened to 14 working days because needs are high.",
            "RATED": "Due today, Tuesday 31 March 2026: visits every 20 working days (local standard), "
            "shortened to 14 working days because the worker rates need as high.",
            "LOW": "Due today, Tuesday 31 March 2026: visits every 20 working days (local standard).",
        },
    )


def test_a_visit_before_the_stage_began_does_not_count_and_without_any_date_nothing_is_made_up(spec):
    spec(
        due,
        opened="""
            person_id | agency      | stage            | from_on    | visit_every_days | worker_rating
            ----------+-------------+------------------+------------+------------------+--------------
            NEWPLAN   | social_care | child_protection | 2026-03-24 |                  |
            NODATE    | social_care | child_in_need    |            |                  |
        """,
        children="""
            person_id | band
            ----------+-----
            NEWPLAN   | none
            NODATE    | none
        """,
        seen="""
            person_id | last_visit_on
            ----------+--------------
            NEWPLAN   | 2026-01-05
        """,
        calendar=CALENDAR,
        types=TYPES,
        of="due_sentence",
        expected={
            "NEWPLAN": "Due Thursday 9 April 2026: first visit within 10 working days (local standard). "
            "No visit is recorded yet.",
            "NODATE": "No visit and no start date are recorded, so when the next visit is due is not known.",
        },
    )


def test_a_visit_by_early_help_is_not_one_by_the_social_worker(spec):
    spec(
        due,
        opened="""
            person_id | agency      | stage         | from_on    | visit_every_days | worker_rating
            ----------+-------------+---------------+------------+------------------+--------------
            BOTH      | social_care | child_in_need | 2026-01-05 |                  |
            HELP      | early_help  | early_help    | 2026-01-05 | 28               |
        """,
        children="""
            person_id | band
            ----------+-----
            BOTH      | none
            HELP      | none
        """,
        seen="""
            person_id | last_visit_on | last_help_visit_on
            ----------+---------------+-------------------
            BOTH      | 2026-03-03    | 2026-03-20
            HELP      |               | 2026-03-20
        """,
        calendar=CALENDAR,
        types=TYPES,
        of="due_on",
        expected={"BOTH": date(2026, 3, 31), "HELP": date(2026, 4, 17)},
    )


def test_the_share_of_the_interval_used_is_one_on_the_due_day_and_two_when_twice_as_late(spec):
    spec(
        due,
        opened="""
            person_id | agency      | stage        | from_on    | visit_every_days | worker_rating
            ----------+-------------+--------------+------------+------------------+--------------
            ONTHEDAY  | social_care | looked_after | 2025-01-05 |                  |
            TWICE     | social_care | looked_after | 2025-01-05 |                  |
        """,
        children="""
            person_id | band
            ----------+-----
            ONTHEDAY  | none
            TWICE     | none
        """,
        seen="""
            person_id | last_visit_on
            ----------+--------------
            ONTHEDAY  | 2026-02-17
            TWICE     | 2026-01-06
        """,
        calendar=CALENDAR,
        types=TYPES,
        of=("interval_used", "interval_days"),
        expected={"ONTHEDAY": (1, 42), "TWICE": (2, 42)},
    )


def test_nobody_visits_a_child_who_is_open_to_nobody(spec):
    spec(
        due,
        opened="""
            person_id | agency    | stage | from_on    | visit_every_days | worker_rating
            ----------+-----------+-------+------------+------------------+--------------
            A         | education | roll  | 2026-03-24 | 5                |
        """,
        children=pa.table({"person_id": ["A"], "band": ["none"]}),
        seen=NOBODY_VISITED,
        calendar=CALENDAR,
        types=TYPES,
        expected={},
    )
