"""What came of a child counts once, only after the day, and only for a child to whom it could come."""

import datetime

import pytest

from kinfold.proof import outcomes
from kinfold.store.schema import DATE

DAY, UNTIL = datetime.date(2025, 3, 1), datetime.date(2026, 3, 1)
LINK = """
    person_key | source | person_id
    -----------+--------+----------
    c:1        | c      | P1
    c:2        | c      | P2
    c:3        | c      | P3
    c:4        | c      | P4"""
TYPES = {"involvement": {"to_on": DATE}}


def test_a_child_already_in_social_cares_hands_cannot_become_a_child_in_need(spec):
    spec(
        outcomes.able,
        children=LINK,
        link=LINK,
        involvement="""
            person_key | agency      | stage         | from_on    | to_on
            -----------+-------------+---------------+------------+-----------
            c:1        | social_care | child_in_need | 2024-06-01 |
            c:2        | social_care | child_in_need | 2024-06-01 | 2025-02-01
            c:3        | social_care | assessment    | 2025-02-20 | 2025-04-10
            c:4        | early_help  | early_help    | 2025-01-01 |
        """,
        types=TYPES,
        what=outcomes.OUTCOMES["child_in_need_start"],
        as_at=DAY,
        expected="""
            person_id
            ---------
            P2
            P4
        """,
    )


def test_only_a_child_referred_in_the_year_before_can_be_referred_again(spec):
    spec(
        outcomes.able,
        children=LINK,
        link=LINK,
        involvement="""
            person_key | agency      | stage    | from_on    | to_on
            -----------+-------------+----------+------------+-----------
            c:1        | social_care | referral | 2024-06-01 | 2024-06-02
            c:2        | social_care | referral | 2024-03-01 | 2024-03-02
            c:3        | social_care | referral | 2025-02-20 |
        """,
        types=TYPES,
        what=outcomes.OUTCOMES["re_referral"],
        as_at=DAY,
        expected="""
            person_id
            ---------
            P1
        """,
    )


def test_what_came_after_the_day_and_by_the_end_counts_once_on_its_first_day(spec):
    spec(
        outcomes.came,
        link=LINK,
        involvement="""
            person_key | agency      | stage            | from_on    | to_on
            -----------+-------------+------------------+------------+-----------
            c:1        | social_care | child_protection | 2025-09-01 |
            c:1        | social_care | child_in_need    | 2025-06-01 | 2025-09-01
            c:2        | social_care | child_in_need    | 2025-03-01 |
            c:3        | social_care | child_in_need    | 2026-03-02 |
            c:4        | social_care | assessment       | 2025-06-01 |
        """,
        types=TYPES,
        what=outcomes.OUTCOMES["child_in_need_start"],
        as_at=DAY,
        until=UNTIL,
        expected="""
            end_id | on
            -------+-----------
            P1     | 2025-06-01
        """,
    )


def test_whoever_is_linked_anew_meanwhile_is_known_again_by_most_records_in_common(spec):
    spec(
        outcomes.same_people,
        link_then=LINK,
        link_at_end="""
            person_key | source | person_id
            -----------+--------+----------
            c:1        | c      | Q1
            c:2        | c      | Q2
            c:3        | c      | Q2
            c:9        | c      | Q9
        """,
        expected="""
            end_id | person_id
            -------+----------
            Q1     | P1
            Q2     | P2
        """,
    )


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [("2025-03-01", 12, "2026-03-01"), ("2024-01-31", 1, "2024-02-29"), ("2025-01-15", -2, "2024-11-15"),
     ("2025-10-31", 1, "2025-11-30"), ("2025-12-31", 2, "2026-02-28")],
)  # fmt: skip
def test_months_after_a_day_that_a_month_has_not_end_on_its_last(day, months, after):
    found = outcomes.months_after(datetime.date.fromisoformat(day), months)
    assert found == datetime.date.fromisoformat(after)


def test_an_outcome_nobody_knows_is_refused_with_those_there_are():
    with pytest.raises(outcomes.NoSuchOutcome, match="child_in_need_start"):
        outcomes.outcome("crime")
