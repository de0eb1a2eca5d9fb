"""A child is on the first pathway that holds anyone at home; no service found leads to a person, not to silence."""

from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pytest

from kinfold.areas import pathways as area_pathways
from kinfold.priority import cases, pathways
from kinfold.store.schema import TEXT, YES_NO

SETTINGS = area_pathways.load(Path(__file__).parents[3] / "areas" / "saltmarsh")
NOBODY = "No service found in the feeds we hold."
LATE = "The early help feed is 20 days late, so this may be incomplete."
SILENT = (
    "The early help feed is 20 days late and the probation feed has been silent since 2 January 2026, "
    "so this may be incomplete."
)
NO_PARENTS = """
    person_id | parent_id
    ----------+----------
    NOBODY    | NOBODY
"""
NO_SERVICES = """
    service_key | name   | agency  | state
    ------------+--------+---------+------
    x:1         | Nobody | housing | open
"""


def held(opened: ir.Table, children: ir.Table, parents: ir.Table, service: ir.Table) -> ir.Table:
    """The cases that count; what a table does not show of a case is not known."""
    shown = {name: ibis.null("string") for name in ("source", "service_key", "worker_ref", "team")}
    shown |= {name: ibis.null("date") for name in ("from_on", "known_from")}
    opened = opened.mutate(**{name: value for name, value in shown.items() if name not in opened.columns})
    return cases.held(opened, children, parents, service, settings=SETTINGS)


def test_a_case_counts_while_it_stands_on_the_day(spec):
    spec(
        cases.open_involvements,
        involvement="""
            person_key | agency      | stage         | from_on    | to_on
            -----------+-------------+---------------+------------+-----------
            s:1        | social_care | child_in_need | 2026-01-05 |
            s:2        | social_care | child_in_need | 2026-01-05 | 2026-03-31
            s:3        | social_care | child_in_need | 2026-01-05 | 2026-04-01
            s:4        | social_care | child_in_need | 2026-04-01 |
            s:5        | social_care | child_in_need |            |
        """,
        link="""
            person_key | person_id
            -----------+----------
            s:1        | OPEN
            s:2        | ENDED
            s:3        | LASTDAY
            s:4        | LATER
            s:5        | NOSTART
        """,
        as_at=date(2026, 3, 31),
        expected="""
            person_id
            ---------
            OPEN
            LASTDAY
            NOSTART
        """,
    )


def test_which_cases_count_for_a_child(spec):
    spec(
        held,
        opened="""
            person_id | agency        | stage
            ----------+---------------+--------------
            PLAN      | social_care   | child_in_need
            PUPIL     | education     | roll
            REFERRED  | social_care   | referral
            HELPED    | early_help    | early_help
            MOTHER    | probation     | supervision
            MOTHER    | youth_justice | supervision
            MOTHER    | housing       | tenancy
        """,
        children="""
            person_id
            ---------
            PLAN
            PUPIL
            REFERRED
            HELPED
            BABY
        """,
        parents="""
            person_id | parent_id
            ----------+----------
            BABY      | MOTHER
        """,
        service=NO_SERVICES,
        expected="""
            person_id | whose  | level | said
            ----------+--------+-------+-------------------------------
            PLAN      | self   | 1     | On a child in need plan
            HELPED    | self   | 2     | Open to early help
            BABY      | parent | 2     | A parent is open to probation
        """,
    )


def test_the_services_feed_is_believed_about_what_is_critical_and_what_is_closed(spec):
    spec(
        held,
        opened="""
            person_id | agency        | stage       | service_key
            ----------+---------------+-------------+------------
            A         | youth_justice | supervision | s:yj
            B         | voluntary     | caseload    | s:mentor
            C         | early_help    | early_help  | s:light
        """,
        children="""
            person_id
            ---------
            A
            B
            C
        """,
        parents=NO_PARENTS,
        service="""
            service_key | name          | agency        | state  | is_critical | covered_by
            ------------+---------------+---------------+--------+-------------+-----------
            s:yj        | Youth Justice | youth_justice | closed |             | Duty desk
            s:mentor    | Harbour Club  | voluntary     | open   | yes         |
            s:light     | Light touch   | early_help    | open   | no          |
        """,
        types={"service": {"is_critical": YES_NO}},
        expected="""
            person_id | said                  | is_shut | covered_by
            ----------+-----------------------+---------+-----------
            A         | Open to Youth Justice | yes     | Duty desk
            B         | Open to Harbour Club  | no      |
        """,
    )


def test_where_a_feed_names_no_service_its_teams_name_or_the_only_one_of_the_agency_tells_whether_it_is_shut(spec):
    spec(
        held,
        opened="""
            person_id | agency           | stage       | service_key | team
            ----------+------------------+-------------+-------------+----------------------------
            TEAM      | mental_health    | treatment   |             | mental_health/Young minds
            OTHERTEAM | mental_health    | treatment   |             | mental_health/Eating well
            ONLY      | youth_justice    | supervision |             |
            SEVERAL   | mental_health    | treatment   |             |
            ITSKEY    | youth_justice    | supervision | s:open      |
            NOCASES   | substance_misuse | treatment   |             |
        """,
        children="""
            person_id
            ---------
            TEAM
            OTHERTEAM
            ONLY
            SEVERAL
            ITSKEY
            NOCASES
        """,
        parents=NO_PARENTS,
        service="""
            service_key | name         | agency           | state   | is_critical | covered_by
            ------------+--------------+------------------+---------+-------------+------------
            s:minds     | Young minds  | mental_health    | reduced | yes         | Crisis line
            s:eating    | Eating well  | mental_health    | open    | yes         |
            s:yj        | YJ service   | youth_justice    | closed  | yes         | Duty desk
            s:open      | YJ mentoring | youth_justice    | open    | no          |
            s:leaflets  | Leaflets     | substance_misuse | closed  | no          |
        """,
        types={"opened": {"service_key": TEXT, "team": TEXT}, "service": {"is_critical": YES_NO, "covered_by": TEXT}},
        expected="""
            person_id | is_shut | covered_by
            ----------+---------+------------
            TEAM      | yes     | Crisis line
            OTHERTEAM | no      |
            ONLY      | yes     | Duty desk
            SEVERAL   | no      |
            NOCASES   | no      |
        """,
    )


def test_a_household_takes_its_highest_and_a_closed_service_holds_nobody(spec):
    spec(
        pathways.standings,
        children="""
            person_id | unit_id | is_acute | is_pressed
            ----------+---------+----------+-----------
            A         | H1      | no       | yes
            B         | H1      | no       | no
            C         | H2      | yes      | no
            D         | H3      | no       | no
            E         | E       | no       | no
        """,
        held="""
            person_id | level | is_shut
            ----------+-------+--------
            A         | 2     | no
            B         | 1     | no
            C         | 2     | no
            D         | 2     | yes
        """,
        of="standing",
        expected={
            "A": "social_care",
            "B": "social_care",
            "C": "other_service",
            "D": "no_service",
            "E": "no_service",
        },
    )


def test_where_no_service_is_found_safety_stands_before_the_front_door_with_the_whole_household(spec):
    spec(
        pathways.standings,
        children="""
            person_id | unit_id | is_acute | is_pressed
            ----------+---------+----------+-----------
            UNSAFE    | H1      | no       | yes
            SIBLING   | H1      | no       | no
            TODAY     | H2      | yes      | no
            OTHER     | H3      | no       | no
        """,
        held="""
            person_id | level | is_shut
            ----------+-------+--------
            ELSEWHERE | 1     | no
        """,
        of="standing",
        expected={"UNSAFE": "front_door", "SIBLING": "front_door", "TODAY": "front_door", "OTHER": "no_service"},
    )


def test_nobody_rings_before_a_qualified_decision_and_outreach_rings_those_put_forward(spec):
    spec(
        pathways.pathways,
        children="""
            person_id | unit_id | standing      | band
            ----------+---------+---------------+-----------------
            KNOWN     | H1      | social_care   | none
            HELPED    | H2      | other_service | priority
            UNSAFE    | H3      | front_door    | watch
            SIBLING   | H3      | front_door    | priority
            SOON      | H5      | no_service    | soon
            BROTHER   | H5      | no_service    | none
            WATCHED   | H6      | no_service    | watch
            UNKNOWN   | H7      | no_service    | not_enough_known
        """,
        of=("pathway", "needs_front_door"),
        expected={
            "KNOWN": ("social_care", False),
            "HELPED": ("other_service", False),
            "UNSAFE": ("front_door", True),
            "SIBLING": ("front_door", True),
            "SOON": ("outreach", False),
            "BROTHER": ("outreach", False),
            "WATCHED": ("none", False),
            "UNKNOWN": ("none", False),
        },
    )


def test_any_pressure_on_safety_or_of_the_trio_needs_a_qualified_decision_before_anyone_rings(spec):
    spec(
        lambda marker_state, catalogue: pathways.pressed(marker_state, catalogue, settings=SETTINGS),
        marker_state="""
            person_id | marker         | state
            ----------+----------------+--------
            A         | domestic_abuse | true
            B         | missing        | true
            C         | parent_treated | true
            D         | domestic_abuse | unknown
            E         | absent         | true
        """,
        catalogue="""
            marker         | code | domain | direction
            ---------------+------+--------+----------
            domestic_abuse | P1   | Trio   | pressure
            missing        | S1   | Safety | pressure
            parent_treated | P3   | Trio   | pressure
            absent         | E1   | School | pressure
        """,
        types={"marker_state": {"state": TEXT}},
        expected="""
            person_id
            ---------
            A
            B
            C
        """,
    )


CASES = """
    person_id | agency        | stage            | source | service_key | worker_ref | team | from_on    | known_from | whose | level | weight | said                       | label         | is_shut | service_state | covered_by
    ----------+---------------+------------------+--------+-------------+------------+------+------------+------------+-------+-------+--------+----------------------------+---------------+---------+---------------+-----------
    A         | youth_justice | supervision      | yj     | y:1         | W1         | T1   | 2026-03-03 | 2026-03-04 | self  | 2     | 0      | Open to Youth Justice      | Youth Justice | no      |               |
    A         | early_help    | early_help       | eh     | e:1         | W2         | T2   | 2026-04-03 | 2026-04-04 | self  | 2     | 0      | Open to early help         | early help    | no      |               |
    B         | social_care   | child_in_need    | sc     | s:1         | W3         | T3   | 2026-01-05 | 2026-01-06 | self  | 1     | 3      | On a child in need plan    | social care   | no      |               |
    B         | social_care   | child_protection | sc     | s:1         | W3         | T3   | 2026-02-05 | 2026-02-06 | self  | 1     | 2      | On a child protection plan | social care   | no      |               |
    D         | youth_justice | supervision      | yj     | y:1         | W1         | T1   | 2026-03-03 | 2026-03-04 | self  | 2     | 0      | Open to Youth Justice      | Youth Justice | yes     | closed        | Duty desk
"""  # one line per case reads best


def test_the_sentence_says_who_since_when_by_which_feed_and_what_is_late(spec):
    def said(children, held, feeds):
        held = held.mutate(holder_id=held.person_id)
        late = {1: "", 2: "", 3: LATE}
        return pathways.sentences(children, pathways.chosen_cases(children, held), held, feeds, caveats=late)

    spec(
        said,
        children="""
            person_id | unit_id | level | pathway
            ----------+---------+-------+--------------
            A         | H1      | 2     | other_service
            B         | H2      | 1     | social_care
            C         | H2      | 1     | social_care
            D         | H3      | 3     | none
            E         | H4      | 3     | front_door
        """,
        held=CASES,
        types={"held": {"covered_by": TEXT, "service_state": TEXT}},
        feeds="""
            feed | last_delivered_on
            -----+------------------
            yj   | 2026-05-12
            sc   | 2026-05-20
        """,
        of="pathway_sentence",
        expected={
            "A": "Open to Youth Justice since 3 March 2026 (feed of 12 May 2026). And to one other service.",
            "B": "On a child protection plan since 5 February 2026 (feed of 20 May 2026).",
            "C": "Another child at home is open to social care since 5 February 2026 (feed of 20 May 2026).",
            "D": "Open to Youth Justice since 3 March 2026 (feed of 12 May 2026), which is closed and covered by "
            f"Duty desk, so nobody we know of is working with the family now. {LATE}",
            "E": f"{NOBODY} A qualified front-door decision comes before anyone rings. {LATE}",
        },
    )


FEEDS = [
    {"feed": "sc", "label": "Children's cases", "agency": "social_care", "state": "live"},
    {"feed": "903", "label": "Looked-after return", "agency": "social_care", "state": "not_connected"},
    {"feed": "eh", "label": "Early help", "agency": "early_help", "state": "late", "due_on": date(2026, 3, 11)},
    {"feed": "tax", "label": "Council tax", "agency": "council_tax", "state": "late", "due_on": date(2026, 3, 11)},
    {"feed": "pr", "label": "Probation", "agency": "probation", "state": "silent"},
]


@pytest.mark.parametrize(("level", "expected"), [(cases.SOCIAL_CARE, ""), (cases.NO_SERVICE, SILENT)])
def test_only_feeds_that_could_change_the_answer_are_named(level, expected):
    rows = [{"due_on": None, "last_delivered_on": date(2026, 1, 2)} | row for row in FEEDS]

    assert pathways.caveats(rows, settings=SETTINGS, as_at=date(2026, 3, 31))[level] == expected


def test_a_feed_that_came_much_smaller_than_usual_is_named_too():
    rows = [{"feed": "sc", "label": "Cases", "agency": "social_care", "state": "shrunken", "due_on": None}]
    said = pathways.caveats(rows, settings=SETTINGS, as_at=date(2026, 3, 31))[cases.SOCIAL_CARE]
    expected = "The last delivery of the social care feed is much smaller than usual, so this may be incomplete."
    assert said == expected


def test_a_closed_or_reduced_service_is_said_with_who_covers_and_where_its_children_go(spec):
    def said(children, held, feeds):
        held = held.mutate(holder_id=held.person_id)
        chosen = pathways.chosen_cases(children, held)
        return pathways.sentences(children, chosen, held, feeds, caveats=dict.fromkeys((1, 2, 3), ""))

    spec(
        said,
        children="""
            person_id | unit_id | level | pathway
            ----------+---------+-------+--------------
            ALONE     | H1      | 3     | outreach
            SIBLING   | H1      | 3     | outreach
            UNSAFE    | H2      | 3     | front_door
            TWO       | H3      | 2     | other_service
        """,
        held="""
            person_id | agency        | stage       | source | service_key | worker_ref | team | from_on    | known_from | whose  | level | weight | said                         | label         | is_shut | service_state | covered_by
            ----------+---------------+-------------+--------+-------------+------------+------+------------+------------+--------+-------+--------+------------------------------+---------------+---------+---------------+-----------
            ALONE     | youth_justice | supervision | yj     | y:1         | W1         | T1   | 2026-03-03 | 2026-03-04 | self   | 2     | 0      | Open to Youth Justice        | Youth Justice | yes     | closed        | Duty desk
            UNSAFE    | probation     | supervision | pr     | p:1         | W2         | T2   | 2026-03-03 | 2026-03-04 | parent | 2     | 0      | A parent is open to probation | probation    | yes     | reduced       |
            TWO       | youth_justice | supervision | yj     | y:1         | W1         | T1   | 2026-03-03 | 2026-03-04 | self   | 2     | 0      | Open to Youth Justice        | Youth Justice | yes     | closed        | Duty desk
            TWO       | early_help    | early_help  | eh     | e:1         | W3         | T3   | 2026-04-03 | 2026-04-04 | self   | 2     | 0      | Open to early help           | early help    | no      |               |
        """,  # one line per case reads best
        types={"held": {"covered_by": TEXT, "service_state": TEXT}},
        feeds="""
            feed | last_delivered_on
            -----+------------------
            yj   | 2026-05-12
            pr   | 2026-05-13
            eh   | 2026-05-14
        """,
        of=("pathway_sentence", "pathway_sentence_unnamed"),
        expected={
            "ALONE": (
                (
                    "Open to Youth Justice since 3 March 2026 (feed of 12 May 2026), which is closed and covered by "
                    "Duty desk, so outreach rings instead."
                ),
                "The service that works with the family is closed or short of staff, so outreach rings instead.",
            ),
            "SIBLING": (
                (
                    "Another child at home: open to Youth Justice since 3 March 2026 (feed of 12 May 2026), which is closed "
                    "and covered by Duty desk, so outreach rings instead."
                ),
                "The service that works with the family is closed or short of staff, so outreach rings instead.",
            ),
            "UNSAFE": (
                (
                    "A parent is open to probation since 3 March 2026 (feed of 13 May 2026), which is working with reduced "
                    "staff, so a qualified front-door decision comes first."
                ),
                (
                    "The service that works with the family is closed or short of staff, so a qualified front-door decision "
                    "comes first."
                ),
            ),
            "TWO": (
                (
                    "Open to early help since 3 April 2026 (feed of 14 May 2026). Youth Justice is closed and covered by "
                    "Duty desk."
                ),
                "Open to early help since 3 April 2026 (feed of 14 May 2026).",
            ),
        },
    )
