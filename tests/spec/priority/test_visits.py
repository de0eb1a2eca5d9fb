"""A visit is due at the earliest of national limit, local standard and plan; need brings it forward, nothing back."""

from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas.timescales import Forward, Timescales, VisitRule
from kinfold.priority import cases, visits
from kinfold.store.schema import DATE, TEXT, WHOLE
from kinfold.vocabulary import working_days

EASTER = (date(2025, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25))
CALENDAR = working_days.calendar(date(2025, 1, 1), date(2026, 12, 31), EASTER)
TIMESCALES = Timescales(
    visit=(
        VisitRule("looked_after", "national", "regulation 28", every_days=42, first_within_days=7),
        VisitRule("child_protection", "local", "standards", every_working_days=10, holds=True),
        VisitRule("child_in_need", "local", "standards", every_working_days=20),
    ),
    forward=Forward(bands={"decide_today": 0.7, "priority": 0.75}, ratings={"high": 0.7}),
)
NO_NEED = """
    person_id | band
    ----------+-----
    A         | none
    B         | none
    C         | none
    D         | none
"""
TYPES = {
    "opened": {"visit_every_days": WHOLE, "worker_rating": TEXT, "from_on": DATE},
    "seen": {"last_visit_on": DATE},
}
NOBODY_VISITED = "person_id | last_visit_on\n----------+--------------\nNOBODY | 2026-01-01"


def due(opened: ir.Table, children: ir.Table, seen: ir.Table, calendar: ir.Table, **more) -> ir.Table:
    """What is due as at 31 March 2026; what a table does not show of a case is not known."""
    if "last_help_visit_on" not in seen.columns:
        seen = seen.mutate(last_help_visit_on=seen.last_visit_on)
    given = {"timescales": TIMESCALES, "as_at": date(2026, 3, 31)} | more
    return visits.due(opened, children, seen, calendar, **given)


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
            "NEED": "Was due Tuesday 24 March 2026: visits every 20 working days (local standard), "
            "shortened to 15 because needs are high.",
            "RATED": "Due today, Tuesday 31 March 2026: visits every 20 working days (local standard), "
            "shortened to 14 because the worker rates need as high.",
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


def test_protection_cannot_wait_beyond_its_limit_nor_anyone_beyond_one_and_a_half_of_it_whatever_need_shortens(spec):
    spec(
        due,
        opened="""
            person_id | agency      | stage            | from_on    | visit_every_days | worker_rating
            ----------+-------------+------------------+------------+------------------+--------------
            CP        | social_care | child_protection | 2026-01-05 |                  | high
            CPPLAN    | social_care | child_protection | 2026-01-05 | 7                |
            CIN       | social_care | child_in_need    | 2026-01-05 |                  | high
            CINPLAN   | social_care | child_in_need    | 2026-01-05 | 7                |
            NEWCLA    | social_care | looked_after     | 2026-03-19 |                  |
            NODATE    | social_care | child_in_need    |            |                  |
        """,
        children="""
            person_id | band
            ----------+-----
            CP        | none
            CPPLAN    | none
            CIN       | none
            CINPLAN   | none
            NEWCLA    | none
            NODATE    | none
        """,
        seen="""
            person_id | last_visit_on
            ----------+--------------
            CP        | 2026-03-24
            CPPLAN    | 2026-03-24
            CIN       | 2026-03-03
            CINPLAN   | 2026-03-20
        """,
        calendar=CALENDAR,
        types=TYPES,
        of=("limit_days_left", "last_days_left"),
        expected={
            "CP": (5, 5),
            "CPPLAN": (0, 0),
            "CIN": (0, 10),
            "CINPLAN": (-2, -1),
            "NEWCLA": (-3, -2),
            "NODATE": (None, None),
        },
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


def test_what_falls_due_when_nobody_works_is_to_be_done_on_the_last_working_day_before(spec):
    spec(
        due,
        opened="""
            person_id | agency      | stage         | from_on    | visit_every_days | worker_rating
            ----------+-------------+---------------+------------+------------------+--------------
            A         | social_care | looked_after  | 2026-01-05 | 14               |
            B         | social_care | looked_after  | 2026-01-05 | 17               |
            C         | social_care | child_in_need | 2026-01-05 |                  |
        """,
        children=NO_NEED,
        seen="""
            person_id | last_visit_on
            ----------+--------------
            A         | 2026-03-22
            B         | 2026-03-20
            C         | 2026-03-08
        """,
        calendar=CALENDAR,
        types=TYPES,
        of=("due_on", "act_by_on", "due_sentence"),
        expected={
            "A": (
                date(2026, 4, 5),
                date(2026, 4, 2),
                "Due Sunday 5 April 2026, so by Thursday 2 April 2026: visits every 14 days (the child's plan).",
            ),
            "B": (
                date(2026, 4, 6),
                date(2026, 4, 2),
                "Due Monday 6 April 2026, so by Thursday 2 April 2026: visits every 17 days (the child's plan).",
            ),
            "C": (
                date(2026, 4, 7),
                date(2026, 4, 7),
                "Due Tuesday 7 April 2026: visits every 20 working days (local standard).",
            ),
        },
    )


def test_a_change_of_stage_or_of_plan_does_not_put_back_a_visit_that_was_asked_for(spec):
    def after_a_change(opened, children, seen, calendar, ended):
        return due(opened, children, seen, calendar, ended=ended)

    spec(
        after_a_change,
        opened="""
            person_id | agency      | stage            | from_on    | visit_every_days | worker_rating
            ----------+-------------+------------------+------------+------------------+--------------
            A         | social_care | child_protection | 2026-03-24 |                  |
            B         | social_care | child_protection | 2026-03-24 |                  |
            C         | social_care | child_in_need    | 2026-03-24 |                  |
            D         | social_care | child_in_need    | 2026-03-24 |                  |
            D         | social_care | allocation       | 2026-03-24 | 28               |
        """,
        ended="""
            person_id | agency      | stage            | from_on    | to_on      | visit_every_days | worker_rating
            ----------+-------------+------------------+------------+------------+------------------+--------------
            A         | social_care | child_in_need    | 2026-01-05 | 2026-03-24 |                  |
            B         | social_care | child_in_need    | 2026-01-05 | 2026-03-24 |                  |
            C         | social_care | child_protection | 2026-01-05 | 2026-03-24 |                  |
            D         | social_care | allocation       | 2026-01-05 | 2026-03-24 | 7                |
        """,
        children=NO_NEED,
        seen="""
            person_id | last_visit_on
            ----------+--------------
            A         | 2026-03-02
            B         | 2026-03-26
            C         | 2026-03-18
            D         | 2026-03-20
        """,
        calendar=CALENDAR,
        types=TYPES | {"ended": TYPES["opened"] | {"to_on": DATE}},
        of="due_sentence",
        expected={
            "A": "Was due Monday 30 March 2026: visits every 20 working days (local standard), "
            "asked for before the change of 24 March 2026.",
            "B": "Due Monday 13 April 2026: visits every 10 working days (local standard).",
            "C": "Due Wednesday 1 April 2026: visits every 10 working days (local standard), "
            "asked for before the change of 24 March 2026.",
            "D": "Was due Friday 27 March 2026: visits every 7 days (the child's plan), "
            "asked for before the change of 24 March 2026.",
        },
    )


def test_a_visit_brought_forward_stays_there_until_it_is_made_and_a_day_since_corrected_is_forgotten(spec):
    def after_a_list(opened, children, seen, calendar, before):
        return due(opened, children, seen, calendar, before=before)

    spec(
        after_a_list,
        opened="""
            person_id | agency      | stage         | from_on    | visit_every_days | worker_rating
            ----------+-------------+---------------+------------+------------------+--------------
            A         | social_care | child_in_need | 2026-01-05 |                  |
            B         | social_care | child_in_need | 2026-01-05 |                  |
            C         | social_care | child_in_need | 2026-01-05 |                  |
            D         | social_care | child_in_need | 2026-01-05 |                  |
        """,
        before="""
            person_id | due_on     | interval_days
            ----------+------------+--------------
            A         | 2026-04-09 | 23
            B         | 2026-04-07 | 43
            C         | 2026-03-24 | 7
            D         | 2026-04-30 | 44
        """,
        children=NO_NEED,
        seen="""
            person_id | last_visit_on
            ----------+--------------
            A         | 2026-03-17
            B         | 2026-03-17
            C         | 2026-03-17
            D         | 2026-03-17
        """,
        calendar=CALENDAR,
        types=TYPES,
        of=("due_on", "due_sentence"),
        expected={
            "A": (
                date(2026, 4, 9),
                (
                    "Due Thursday 9 April 2026: visits every 20 working days (local standard), "
                    "brought forward because needs were high and not put back."
                ),
            ),
            **{
                name: (date(2026, 4, 16), "Due Thursday 16 April 2026: visits every 20 working days (local standard).")
                for name in "BCD"
            },
        },
    )


def test_work_goes_on_from_case_to_case_unless_there_was_a_break(spec):
    spec(
        cases.ended_since,
        involvement="""
            person_key | agency      | stage         | from_on    | to_on
            -----------+-------------+---------------+------------+-----------
            s:on       | social_care | assessment    | 2025-11-03 | 2025-12-05
            s:on       | social_care | child_in_need | 2025-12-08 | 2026-02-02
            s:on       | social_care | looked_after  | 2026-02-02 |
            s:on       | early_help  | early_help    | 2025-11-03 | 2025-12-05
            s:again    | social_care | child_in_need | 2025-01-06 | 2025-06-02
            s:again    | social_care | child_in_need | 2026-02-02 |
            s:closed   | social_care | child_in_need | 2026-01-05 | 2026-03-02
            s:within   | social_care | allocation    |            |
            s:within   | social_care | child_in_need | 2025-01-06 | 2025-06-02
            s:later    | social_care | child_in_need | 2026-04-06 |
        """,
        link="""
            person_key | person_id
            -----------+----------
            s:on       | ON
            s:again    | AGAIN
            s:closed   | CLOSED
            s:within   | WITHIN
            s:later    | LATER
        """,
        as_at=date(2026, 3, 31),
        expected="""
            person_id | stage         | to_on
            ----------+---------------+-----------
            ON        | assessment    | 2025-12-05
            ON        | child_in_need | 2026-02-02
            WITHIN    | child_in_need | 2025-06-02
        """,
    )
