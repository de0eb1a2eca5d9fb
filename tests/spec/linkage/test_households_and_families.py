"""Who lives together follows from homes and dates; who is family, only from what somebody stated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from kinfold.linkage import family, occupancy
from kinfold.store.schema import DATE

LINK = """
    person_key | person_id
    -----------+----------
    s:amy      | AMY
    s:ben      | BEN
    s:cat      | CAT
    p:cat      | CAT
"""
DATES = {"from_on": DATE, "to_on": DATE, "known_from": DATE}
TYPES = {"homes": DATES, "address": DATES}
NO_ADDRESS = """
    person_key | kind | from_on    | to_on | known_from
    -----------+------+------------+-------+-----------
    s:nobody   | home | 2020-01-01 |       | 2020-01-02
"""


def _together(engine, homes, address, link):
    """Pairs of people who share a household at some time."""
    rows = occupancy.occupancy(engine, homes, address, link, key=b"k" * 32, as_at=date(2026, 1, 31))
    other = rows.view()
    pairs = rows.join(other, [rows.household_id == other.household_id, rows.person_id < other.person_id])
    return pairs.select(one="person_id", other="person_id_right").distinct()


def test_people_at_one_home_at_one_time_share_a_household(spec: Callable[..., None]) -> None:
    spec(
        _together,
        homes="""
            person_key | place | from_on    | to_on      | known_from
            -----------+-------+------------+------------+-----------
            s:amy      | u:1   | 2020-01-01 |            | 2020-01-02
            s:ben      | u:1   | 2024-01-01 |            | 2024-01-02
            s:cat      | u:1   | 2010-01-01 | 2020-01-01 | 2010-01-02
        """,
        address=NO_ADDRESS,
        link=LINK,
        types=TYPES,
        expected="""
            one | other
            ----+------
            AMY | BEN
        """,
    )


def test_a_withheld_address_joins_nobody_from_the_day_it_is_withheld(spec: Callable[..., None]) -> None:
    def households_now(engine, homes, address, link):
        rows = occupancy.occupancy(engine, homes, address, link, key=b"k" * 32, as_at=date(2026, 1, 31))
        return rows.filter(rows.to_on.isnull()).select("person_id", still="from_on")

    spec(
        households_now,
        homes="""
            person_key | place | from_on    | to_on | known_from
            -----------+-------+------------+-------+-----------
            s:amy      | u:1   | 2020-01-01 |       | 2020-01-02
            s:cat      | u:1   | 2020-01-01 |       | 2020-01-02
            p:cat      | u:1   | 2025-12-20 |       | 2025-12-21
        """,
        address="""
            person_key | kind     | from_on    | to_on | known_from
            -----------+----------+------------+-------+-----------
            s:cat      | withheld | 2025-11-01 |       | 2025-11-02
        """,
        link=LINK,
        types=TYPES,
        expected={"AMY": date(2020, 1, 1)},
    )


def test_a_newer_home_closes_one_that_an_older_source_still_states(spec: Callable[..., None]) -> None:
    def periods(engine, homes, address, link):
        rows = occupancy.occupancy(engine, homes, address, link, key=b"k" * 32, as_at=date(2026, 1, 31))
        return rows.select("person_id", "from_on", "to_on")

    spec(
        periods,
        homes="""
            person_key | place | from_on    | to_on | known_from
            -----------+-------+------------+-------+-----------
            s:cat      | u:1   | 2020-01-01 |       | 2020-01-02
            p:cat      | u:2   | 2025-06-01 |       | 2025-06-02
        """,
        address=NO_ADDRESS,
        link=LINK,
        types=TYPES,
        expected="""
            person_id | from_on    | to_on
            ----------+------------+-----------
            CAT       | 2020-01-01 | 2025-06-01
            CAT       | 2025-06-01 |
        """,
    )


RELATIONSHIP_LINK = """
    person_key | person_id
    -----------+----------
    s:amy      | AMY
    s:ben      | BEN
    s:cat      | CAT
    s:mum      | MUM
    s:dad      | DAD
    s:ned      | NED
"""


def _ties(engine, relationship, link):
    rows = family.family(engine, relationship, link)
    return rows.select("person_id", "other_id", "kind")


def test_a_stated_tie_is_seen_from_both_ends_and_siblings_follow(spec: Callable[..., None]) -> None:
    spec(
        _ties,
        relationship="""
            person_key | other_key | kind
            -----------+-----------+--------
            s:amy      | s:mum     | parent
            s:ben      | s:mum     | parent
        """,
        link=RELATIONSHIP_LINK,
        expected="""
            person_id | other_id | kind
            ----------+----------+--------
            AMY       | MUM      | parent
            MUM       | AMY      | child
            BEN       | MUM      | parent
            MUM       | BEN      | child
            AMY       | BEN      | sibling
            BEN       | AMY      | sibling
        """,
    )


def test_children_with_one_parent_in_common_and_one_not_are_half_siblings(spec: Callable[..., None]) -> None:
    def siblings(engine, relationship, link):
        rows = _ties(engine, relationship, link)
        return rows.filter(rows.kind.isin(["sibling", "half_sibling"]))

    spec(
        siblings,
        relationship="""
            person_key | other_key | kind
            -----------+-----------+--------
            s:amy      | s:mum     | parent
            s:amy      | s:dad     | parent
            s:ben      | s:mum     | parent
            s:ben      | s:ned     | parent
        """,
        link=RELATIONSHIP_LINK,
        expected="""
            person_id | other_id | kind
            ----------+----------+-------------
            AMY       | BEN      | half_sibling
            BEN       | AMY      | half_sibling
        """,
    )


def test_a_carer_is_not_a_parent(spec: Callable[..., None]) -> None:
    spec(
        _ties,
        relationship="""
            person_key | other_key | kind
            -----------+-----------+------
            s:amy      | s:dad     | carer
            s:ben      | s:dad     | carer
        """,
        link=RELATIONSHIP_LINK,
        expected="""
            person_id | other_id | kind
            ----------+----------+-----------
            AMY       | DAD      | carer
            DAD       | AMY      | in_care_of
            BEN       | DAD      | carer
            DAD       | BEN      | in_care_of
        """,
    )
