"""A row says in one plain sentence why it is there and what changed; what people decided about it is heeded."""

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from kinfold.areas.pathways import Phone, Says
from kinfold.areas.priority import Rests
from kinfold.priority import cases, outcomes, phones, why, worklist
from kinfold.store.schema import DATE, NUMBER, TEXT, WHOLE

AS_AT = date(2026, 3, 31)
CATALOGUE = """
    marker         | domain | direction | statement
    ---------------+--------+-----------+----------------------------------------------------
    domestic_abuse | Trio   | pressure  | Police came to domestic abuse at home {times} times
    absent         | School | pressure  | Attendance fell to 71%, to {on}.
    arrears        | Money  | need      | Rent is behind
    concerns       | School | pressure  | The school logged a concern on {times} days
    attends        | School | strength  | Came to school
    injury         | Safety | acute     | Injury on {on}
"""
STATES = {"marker_state": {"state": TEXT, "points": NUMBER, "on": DATE}}


def sentence(marker_state: ir.Table, catalogue: ir.Table) -> ir.Table:
    return why.strongest(why.statements(marker_state, catalogue))


def test_the_two_or_three_strongest_statements_make_one_sentence_without_a_figure(spec):
    spec(
        sentence,
        marker_state="""
            person_id | marker         | state   | points | on         | times
            ----------+----------------+---------+--------+------------+------
            A         | absent         | true    | 4      | 2026-03-03 | 1
            A         | domestic_abuse | true    | 8      | 2026-03-03 | 2
            A         | attends        | true    | 9      | 2026-03-03 | 1
            B         | arrears        | true    | 3      | 2026-03-03 | 1
            B         | injury         | true    | 0      | 2026-03-04 | 1
            B         | concerns       | true    | 5      | 2026-03-04 | 3
            B         | absent         | true    | 4      | 2026-03-03 | 1
            C         | arrears        | unknown |        |            |
        """,
        catalogue=CATALOGUE,
        types=STATES,
        expected={
            "A": "Police came to domestic abuse at home twice; attendance fell to 71%, to 3 March 2026.",
            "B": "Injury on 4 March 2026; the school logged a concern on 3 days; attendance fell to 71%, "
            "to 3 March 2026.",
        },
    )


SAID = """
    person_id | marker         | domain | direction | statement           | on         | times | points
    ----------+----------------+--------+-----------+---------------------+------------+-------+-------
    A         | domestic_abuse | Trio   | pressure  | Police came         | 2026-03-30 | 1     | 8.0
    A         | absent         | School | pressure  | Attendance fell     | 2025-12-20 | 1     | 4.0
    B         | arrears        | Money  | need      | Rent is behind      | 2026-03-28 | 1     | 3.0
"""


def test_outreach_may_not_be_told_what_police_or_health_told_us(spec):
    says = {"social_care": Says(everything=True), "outreach": Says(domains=("School", "Money"))}
    spec(
        lambda said, rows: worklist.may_say(said, rows, says=says),
        said=SAID,
        rows="""
            person_id | pathway
            ----------+---------
            A         | outreach
            B         | unnamed
        """,
        expected="""
            person_id | statement
            ----------+----------------
            A         | Attendance fell
        """,
    )


def test_what_is_new_is_what_was_not_true_at_the_last_run(spec):
    spec(
        lambda said, earlier: why.news(said, earlier, since=date(2026, 3, 24)),
        said=SAID,
        earlier="""
            person_id | marker
            ----------+---------------
            A         | domestic_abuse
            B         | arrears
        """,
        expected={"A": "Attendance fell"},
    )


def test_on_a_first_run_what_happened_lately_is_new(spec):
    spec(
        lambda said: why.news(said, None, since=date(2026, 3, 24)),
        said=SAID,
        expected={"A": "Police came", "B": "Rent is behind"},
    )


def test_what_changed_is_said_in_one_sentence(spec):
    spec(
        lambda children: why.changed(children, is_first=False),
        children="""
            person_id | band         | band_was | is_acute | was_acute | new_statement | latest_on
            ----------+--------------+----------+----------+-----------+---------------+-----------
            TODAY     | decide_today | soon     | yes      | no        | Police came   | 2026-03-03
            NEWS      | priority     | soon     | no       | no        | Police came   | 2026-03-03
            UP        | priority     | soon     | no       | no        |               | 2026-03-03
            DOWN      | watch        | soon     | no       | no        |               | 2026-03-03
            SAME      | soon         | soon     | no       | no        |               | 2026-03-03
            NOTHING   | none         |          | no       |           |               |
        """,
        expected={
            "TODAY": "New today: something to decide.",
            "NEWS": "New since the last list: police came.",
            "UP": "Moved up from soon to priority.",
            "DOWN": "Moved down from soon to watch.",
            "SAME": "Nothing new in the reasons since 3 March 2026.",
            "NOTHING": "Nothing is recorded.",
        },
    )


def test_who_is_on_a_list(spec):
    spec(
        worklist.listed,
        children="""
            person_id | pathway       | band     | is_acute | is_unseen | whose     | due_on
            ----------+---------------+----------+----------+-----------+-----------+-----------
            OPEN      | social_care   | none     | no       | no        | self      |
            SIBLING   | social_care   | none     | no       | no        | household |
            WORSE     | social_care   | priority | no       | no        | household |
            CALM      | other_service | none     | no       | no        | parent    |
            VISITED   | other_service | none     | no       | no        | self      | 2026-04-03
            WATCHED   | other_service | watch    | no       | no        | parent    |
            DECIDE    | front_door    | soon     | no       | no        |           |
            BROTHER   | front_door    | watch    | no       | no        |           |
            CALLED    | outreach      | soon     | no       | no        |           |
            LATER     | outreach      | watch    | no       | no        |           |
            UNSEEN    | outreach      | watch    | no       | yes       |           |
            NOBODY    | none          | watch    | no       | no        |           |
        """,
        of="row_key",
        expected={
            "OPEN": "social_care:OPEN",
            "WORSE": "social_care:WORSE",
            "VISITED": "other_service:VISITED",
            "WATCHED": "other_service:WATCHED",
            "DECIDE": "front_door:DECIDE",
            "CALLED": "outreach:CALLED",
            "UNSEEN": "outreach:UNSEEN",
        },
    )


def test_worker_17_of_two_agencies_is_two_workers_by_whose_numbering_it_is(spec):
    """The case system tells of early help too, and numbers those workers as it does its own."""
    spec(
        cases.numbered,
        opened="""
            person_id | source    | agency      | worker_ref | team
            ----------+-----------+-------------+------------+------
            A         | cases     | social_care | S17        | North
            B         | probation | probation   | S17        | North
            C         | cases     | early_help  | S17        |
            D         | sheet     | health      | S17        |
            E         | probation | probation   |            |
        """,
        feeds="""
            feed      | agency
            ----------+------------
            cases     | social_care
            probation | probation
        """,
        of=("worker_ref", "team"),
        expected={
            "A": ("social_care/S17", "social_care/North"),
            "B": ("probation/S17", "probation/North"),
            "C": ("social_care/S17", None),
            "D": ("health/S17", None),
            "E": (None, None),
        },
    )


def test_the_row_goes_to_the_worker_else_to_the_team_or_the_service_and_never_to_all_of_an_agency(spec):
    spec(
        worklist.owners,
        chosen="""
            person_id | holder_id | level | agency      | service_key | worker_ref    | team
            ----------+-----------+-------+-------------+-------------+---------------+------------------
            A         | A         | 1     | social_care |             |               |
            SIB       | A         | 1     | social_care |             |               |
            B         | B         | 1     | social_care |             |               | social_care/North
            C         | C         | 1     | social_care |             |               |
            D         | MUM       | 2     | probation   | p:1         |               |
            E         | E         | 2     | early_help  |             | early_help/W9 | early_help/Quay
            F         | F         | 2     | health      |             |               | health/Quay
            G         | G         | 2     | health      |             |               |
            H         | H         | 2     | housing     | h:1         |               | housing/Quay
        """,
        workers="""
            holder_id | agency      | worker_ref     | team
            ----------+-------------+----------------+------------------
            A         | social_care | social_care/W1 | social_care/South
        """,
        of=("owner_kind", "owner_ref"),
        expected={
            "A": ("worker", "social_care/W1"),
            "SIB": ("worker", "social_care/W1"),
            "B": ("team", "social_care/North"),
            "C": ("queue", "unallocated"),
            "D": ("service", "p:1"),
            "E": ("worker", "early_help/W9"),
            "F": ("service", "health/Quay"),
            "G": ("queue", "unallocated"),
            "H": ("service", "h:1"),
        },
    )


def test_an_allocation_speaks_before_any_other_stage_and_the_latest_before_an_earlier_one(spec):
    spec(
        cases.workers,
        opened="""
            person_id | agency      | stage         | worker_ref | team  | from_on
            ----------+-------------+---------------+------------+-------+-----------
            A         | social_care | child_in_need | W1         | South | 2026-03-03
            A         | social_care | allocation    | W2         | South | 2026-01-03
            A         | social_care | allocation    | W3         | South | 2026-02-03
            A         | early_help  | early_help    |            | Quay  | 2026-02-03
        """,
        expected="""
            holder_id | agency      | worker_ref | team
            ----------+-------------+------------+------
            A         | social_care | W3         | South
            A         | early_help  |            | Quay
        """,
    )


def test_what_is_for_today_for_this_week_and_waiting(spec):
    spec(
        lambda rows: worklist.grouped(rows, soon=date(2026, 4, 9), as_at=AS_AT),
        rows="""
            person_id | pathway     | band         | is_acute | act_by_on  | is_new | must_today
            ----------+-------------+--------------+----------+------------+--------+-----------
            ACUTE     | social_care | decide_today | yes      |            | no     | no
            TODAY     | social_care | none         | no       | 2026-03-31 | no     | no
            LATE      | social_care | none         | no       | 2026-01-31 | no     | no
            SOON      | social_care | none         | no       | 2026-04-09 | no     | no
            LATER     | social_care | none         | no       | 2026-04-10 | no     | no
            NEWDOOR   | front_door  | priority     | no       |            | yes    | no
            OLDDOOR   | front_door  | priority     | no       |            | no     | no
            NEXTDOOR  | front_door  | soon         | no       |            | yes    | no
            CALL      | outreach    | priority     | no       |            | yes    | no
            NEXT      | outreach    | soon         | no       |            | yes    | no
            TOMORROW  | social_care | none         | no       | 2026-04-01 | no     | no
            CPTOMORROW | social_care | none        | no       | 2026-04-01 | no     | yes
        """,
        expected={
            "ACUTE": "act_today",
            "TODAY": "act_today",
            "LATE": "act_today",
            "SOON": "this_week",
            "LATER": "waiting",
            "NEWDOOR": "act_today",
            "OLDDOOR": "this_week",
            "NEXTDOOR": "waiting",
            "CALL": "this_week",
            "NEXT": "waiting",
            "TOMORROW": "this_week",
            "CPTOMORROW": "act_today",
        },
    )


QUIET = {
    "list_group": "this_week",
    "changed": "Nothing new.",
    "due_on": None,
    "latest_on": date(2026, 1, 1),
    "is_news": False,
    "is_acute_news": False,
    "has_risen": False,
    "was_listed": False,
}


@pytest.mark.parametrize(
    ("row", "decided", "expected"),
    [
        ({}, {"kind": "done"}, None),
        ({"latest_on": date(2026, 3, 25)}, {"kind": "done"}, ("this_week", "Nothing new.")),
        ({"is_news": True}, {"kind": "done"}, ("this_week", "Nothing new.")),
        ({"was_listed": True}, {"kind": "done"}, ("this_week", "Nothing new.")),
        ({"due_on": date(2026, 4, 7)}, {"kind": "done"}, ("this_week", "Nothing new.")),
        ({"due_on": date(2026, 5, 7)}, {"kind": "done"}, None),
        (
            {"due_on": date(2026, 3, 10)},
            {"kind": "done"},
            ("this_week", "Marked done on 20 March 2026; no visit has come through the feed since."),
        ),
        ({"due_on": date(2026, 3, 10)}, {"kind": "done", "on": date(2026, 3, 30)}, None),
        (
            {},
            {"kind": "deferred", "until_on": date(2026, 4, 3)},
            ("waiting", "Deferred until 3 April 2026."),
        ),
        ({}, {"kind": "deferred", "until_on": AS_AT}, ("this_week", "Nothing new.")),
        (
            {"is_acute_news": True},
            {"kind": "deferred", "until_on": date(2026, 4, 3)},
            ("this_week", "Nothing new."),
        ),
        ({"latest_on": date(2026, 3, 25)}, {"kind": "not_useful"}, None),
        ({"has_risen": True}, {"kind": "not_useful"}, ("this_week", "Nothing new.")),
        ({}, {"kind": "not_useful", "on": date(2026, 3, 3)}, ("this_week", "Nothing new.")),
        ({}, {"kind": "wrong"}, ("waiting", "What is said here was contested on 20 March 2026.")),
        ({}, {"kind": "wrong", "on": date(2026, 2, 1)}, ("this_week", "Nothing new.")),
    ],
)
def test_what_people_decided_is_heeded_by_the_next_run(spec, row, decided, expected):
    def next_run(rows: ir.Table, outcome: ir.Table) -> ir.Table:
        heeded = outcomes.heeded(
            rows,
            outcomes.latest(outcome, as_at=AS_AT),
            rests=Rests(not_useful=28, wrong=28, done_awaits_feed=7),
            soon=date(2026, 4, 9),
            previous_at=date(2026, 3, 30),
            as_at=AS_AT,
        )
        return heeded.select("row_key", "list_group", "changed")

    types = {"due_on": pa.date32(), "until_on": pa.date32()}
    spec(
        next_run,
        rows=_one({"row_key": "R"} | QUIET | row, types),
        outcome=_one({"row_key": "R", "until_on": None, "on": date(2026, 3, 20)} | decided, types),
        of=("list_group", "changed"),
        expected={} if expected is None else {"R": expected},
    )


def _one(row: dict, types: dict[str, pa.DataType]) -> pa.Table:
    return pa.table({name: pa.array([value], types.get(name)) for name, value in row.items()})


def test_the_last_decision_about_a_row_is_the_one_that_counts(spec):
    spec(
        lambda outcome: outcomes.latest(outcome, as_at=AS_AT),
        outcome="""
            row_key | kind     | until_on   | on
            --------+----------+------------+-----------
            R       | deferred | 2026-04-03 | 2026-03-03
            R       | done     |            | 2026-03-10
            R       | wrong    |            | 2026-04-01
        """,
        of="outcome",
        expected={"R": "done"},
    )


def test_the_number_to_ring_is_a_parents_at_home_and_never_one_that_puts_anyone_at_risk(spec):
    def to_ring(contact, link, parents, homes, people, suspected) -> ir.Table:
        people = people.mutate(is_address_withheld=people.withheld)
        children = people.filter(people.person_id.startswith("C")).select("person_id")
        given = (contact, link, children, parents, homes, people, suspected)
        return phones.numbers(*given, settings=Phone(), as_at=AS_AT)

    spec(
        to_ring,
        contact="""
            person_key | kind  | value        | note          | to_on
            -----------+-------+--------------+---------------+-----------
            s:M1       | phone | 07700 900001 | no voicemail  |
            s:C1       | phone | 07700 900011 |               |
            s:M2       | phone | 07700 900002 |               |
            s:C2       | phone | 07700 900012 |               |
            s:F3       | phone | 07700 900003 |               |
            s:C3       | phone | 07700 900003 |               |
            s:M4       | phone | 07700 900004 | NOT SAFE      |
            s:M5       | phone | 07700 900005 |               | 2026-01-01
            s:C5       | email | c@x.example  |               |
            s:M6       | phone | 07700 900006 |               |
        """,
        link="""
            person_key | person_id
            -----------+----------
            s:M1       | M1
            s:C1       | C1
            s:M2       | M2
            s:C2       | C2
            s:F3       | F3
            s:C3       | C3
            s:M4       | M4
            s:M5       | M5
            s:C5       | C5
            s:M6       | M6
        """,
        parents="""
            person_id | parent_id
            ----------+----------
            C1        | M1
            C2        | M2
            C3        | F3
            C4        | M4
            C5        | M5
            C6        | M6
        """,
        homes="""
            person_id | household_id
            ----------+-------------
            C1        | H1
            M1        | H1
            C2        | H2
            M2        | ELSEWHERE
            C3        | H3
            F3        | H3
            C4        | H4
            M4        | H4
            C5        | H5
            M5        | H5
            C6        | H6
            M6        | H6
        """,
        people="""
            person_id | withheld
            ----------+---------
            C1        | no
            C2        | no
            C3        | no
            C4        | no
            C5        | no
            C6        | yes
            M6        | no
        """,
        suspected="""
            person_id
            ---------
            F3
        """,
        of="phone",
        expected={"C1": "07700 900001 (no voicemail)", "C2": "07700 900012"},
    )


def test_a_suspect_in_domestic_abuse_of_the_last_two_years_is_known(spec):
    spec(
        lambda parts: phones.suspects(parts, within_days=730, as_at=AS_AT).mutate(yes=ibis.literal(True)),
        parts="""
            person_id | kind           | on         | involved_as
            ----------+----------------+------------+------------
            F         | domestic_abuse | 2025-03-03 | suspect
            M         | domestic_abuse | 2025-03-03 | victim
            OLD       | domestic_abuse | 2022-03-03 | suspect
        """,
        expected={"F": True},
    )


def test_a_person_lives_where_they_moved_to_last(spec):
    spec(
        lambda occupancy: phones.at_home(occupancy, as_at=AS_AT),
        occupancy="""
            person_id | household_id | from_on    | to_on
            ----------+--------------+------------+-----------
            A         | OLD          | 2020-01-01 | 2026-03-31
            A         | NEW          | 2026-03-01 |
            A         | FUTURE       | 2026-05-01 |
            B         | LEFT         | 2020-01-01 | 2026-01-01
        """,
        expected={"A": "NEW"},
    )


def test_a_list_is_worked_by_what_is_decided_today_then_what_cannot_wait_then_the_share_used_by_the_next_day(spec):
    spec(
        worklist.ranked,
        rows="""
            person_id | list_group | is_acute | turn | used_by_next_day | rank
            ----------+------------+----------+------+------------------+-----
            DECIDE    | act_today  | yes      | 3    | 0.1              | 9
            CPTODAY   | act_today  | no       | 0    | 1.0              | 8
            CPLATE    | act_today  | no       | 0    | 1.1              | 7
            LONGEST   | act_today  | no       | 1    | 1.6              | 7
            FORWARD   | act_today  | no       | 2    | 0.9              | 7
            LATEST    | act_today  | no       | 3    | 1.4              | 6
            LATE      | act_today  | no       | 3    | 1.2              | 1
            NOVISIT   | act_today  | no       | 3    |                  | 2
            CPSOON    | this_week  | no       | 3    | 0.7              | 3
            SOONER    | this_week  | no       | 3    | 0.8              | 4
            EQUAL     | waiting    | no       | 3    | 0.2              | 5
            EQUALTOO  | waiting    | no       | 3    | 0.2              | 5
        """,
        types={"rows": {"rank": WHOLE, "used_by_next_day": NUMBER, "turn": WHOLE}},
        of="rank",
        expected={
            "DECIDE": 1,
            "CPLATE": 2,
            "CPTODAY": 3,
            "LONGEST": 4,
            "FORWARD": 5,
            "LATEST": 6,
            "LATE": 7,
            "NOVISIT": 8,
            "SOONER": 9,
            "CPSOON": 10,
            "EQUAL": 11,
            "EQUALTOO": 11,
        },
    )


def held_in_time(rows: ir.Table, *, every: int) -> ir.Table:
    """Of visits every so many working days, where none waits beyond one and a half times its limit."""
    long = rows.last_days_left.notnull().ifelse(every, ibis.null("int64"))
    rows = rows.mutate(working_days_long=long, due_sentence=ibis.literal("Due."))
    return worklist.held_in_time(rows, longest=1.5)


TIMES = {"rows": {"limit_days_left": WHOLE, "last_days_left": WHOLE, "used_by_next_day": NUMBER, "rank": WHOLE}}


def test_a_visit_on_its_last_day_cannot_wait_and_those_too_many_for_the_days_ahead_come_forward(spec):
    spec(
        held_in_time,
        rows="""
            person_id | owner_kind | owner_ref | holds | limit_days_left | last_days_left | used_by_next_day | rank
            ----------+------------+-----------+-------+-----------------+----------------+------------------+-----
            FIRST     | worker     | BUSY      | yes   | 1               | 1              | 1.0              | 4
            SECOND    | worker     | BUSY      | yes   | 1               | 1              | 0.9              | 3
            THIRD     | worker     | BUSY      | yes   | 8               | 8              | 0.3              | 2
            OVERDUE   | worker     | BUSY      | no    | -4              | 6              | 1.2              | 1
            ALONE     | worker     | FREE      | yes   | 1               | 1              | 1.0              | 4
            CPTODAY   | worker     | LATE      | yes   | 0               | 0              | 1.1              | 4
            CPLATE    | worker     | LATE      | yes   | -2              | -2             | 1.3              | 3
            LONGEST   | worker     | LATE      | no    | -10             | 0              | 1.6              | 2
            CPNEED    | worker     | LATE      | yes   | 3               | 3              | 1.1              | 1
            NOVISIT   | worker     | LATE      |       |                 |                |                  | 1
            PAST      | worker     | LONGAGO   | no    | -20             | -3             | 2.4              | 1
        """,
        every=10,
        types=TIMES,
        of=("must_today", "turn", "due_sentence"),
        expected={
            "FIRST": (True, 2, "Due. Make it today: more visits are due soon than there is likely to be time for."),
            "SECOND": (False, 3, "Due."),
            "THIRD": (False, 3, "Due."),
            "OVERDUE": (False, 3, "Due."),
            "ALONE": (False, 3, "Due."),
            "CPTODAY": (True, 0, "Due."),
            "CPLATE": (True, 0, "Due."),
            "LONGEST": (True, 1, "Due. It cannot wait another day: it would go beyond 1.5 times its limit."),
            "CPNEED": (False, 2, "Due."),
            "NOVISIT": (False, 3, "Due."),
            "PAST": (True, 1, "Due. It has already gone beyond 1.5 times its limit."),
        },
    )


def test_while_there_is_time_for_every_limit_what_falls_due_today_comes_before_what_comes_forward(spec):
    spec(
        held_in_time,
        rows="""
            person_id | owner_kind | owner_ref | holds | limit_days_left | last_days_left | used_by_next_day | rank
            ----------+------------+-----------+-------+-----------------+----------------+------------------+-----
            DUE       | team       | TIME      | no    | 0               | 10             | 1.1              | 4
            CPFIRST   | team       | TIME      | yes   | 1               | 1              | 0.9              | 3
            CPSECOND  | team       | TIME      | yes   | 1               | 1              | 0.8              | 2
            DUETOO    | team       | LATE      | no    | 0               | 10             | 1.1              | 4
            CPTHIRD   | team       | LATE      | yes   | 1               | 1              | 0.9              | 3
            CPFOURTH  | team       | LATE      | yes   | 1               | 1              | 0.8              | 2
            OVERDUE   | team       | LATE      | no    | -1              | 9              | 1.2              | 1
        """,
        every=2,
        types=TIMES,
        of=("must_today", "turn", "due_sentence"),
        expected={
            "DUE": (False, 2, "Due."),
            "CPFIRST": (True, 3, "Due. Make it today: more visits are due soon than there is likely to be time for."),
            "CPSECOND": (False, 3, "Due."),
            "DUETOO": (False, 3, "Due."),
            "CPTHIRD": (True, 2, "Due. Make it today: more visits are due soon than there is likely to be time for."),
            "CPFOURTH": (False, 3, "Due."),
            "OVERDUE": (False, 3, "Due."),
        },
    )
