"""A correction stands as if its rows had been right in the first place; a withdrawn delivery leaves no trace."""

import datetime

from kinfold.feeds.withdrawals import Withdrawal
from kinfold.operations import assemble
from kinfold.operations.assemble import Delivered
from kinfold.store import knowledge

MAY = datetime.date(2026, 5, 31)
SECOND_OF_MAY = {"roll-a1": knowledge.order_of(datetime.date(2026, 5, 2), "roll-a0")}

TOLD = """
    row_key | source | source_id | delivery_id | part  | row_number | known_from | value
    --------+--------+-----------+-------------+-------+------------+------------+------
    1       | roll   | P1        | roll-a0     | roll  | 1          | 2026-05-02 | 10
    2       | roll   | P1        | roll-a0     | roll  | 2          | 2026-05-02 | 20
    3       | roll   | P1        | roll-a1     | roll  | 1          | 2026-05-20 | 30
"""


def known(told, as_at, corrections):
    return knowledge.as_known(told, as_at=as_at, corrections=corrections).select("row_key", "value")


def test_a_corrected_row_joins_the_rows_of_its_delivery_and_replaces_none(spec):
    spec(known, told=TOLD, as_at=MAY, corrections=SECOND_OF_MAY, expected={1: 10, 2: 20, 3: 30})


def test_the_same_row_as_a_later_delivery_of_its_own_would_replace_them(spec):
    spec(known, told=TOLD, as_at=MAY, corrections={}, expected={3: 30})


def test_it_is_not_known_before_it_came(spec):
    spec(known, told=TOLD, as_at=datetime.date(2026, 5, 19), corrections=SECOND_OF_MAY, expected={1: 10, 2: 20})


def values(told, as_at, corrections):
    return knowledge.as_known(told, as_at=as_at, corrections=corrections).select("delivery_id", "value")


def test_what_a_correction_only_repeats_is_not_told_twice(spec):
    spec(
        values,
        told="""
            source | source_id | delivery_id | part | row_number | known_from | value
            -------+-----------+-------------+------+------------+------------+------
            roll   | P1        | roll-a0     | roll | 1          | 2026-05-02 | 10
            roll   | P1        | roll-a1     | roll | 7          | 2026-05-20 | 10
            roll   | P2        | roll-a1     | roll | 8          | 2026-05-20 | 50
            roll   | P2        | roll-a2     | roll | 1          | 2026-05-25 | 50
        """,
        as_at=MAY,
        corrections={**SECOND_OF_MAY, "roll-a2": knowledge.order_of(datetime.date(2026, 5, 2), "roll-a0")},
        expected={"roll-a0": 10, "roll-a1": 50},
    )


def test_a_delivery_after_the_corrected_one_still_has_the_last_word(spec):
    spec(
        values,
        told="""
            source | source_id | delivery_id | part | row_number | known_from | value
            -------+-----------+-------------+------+------------+------------+------
            roll   | P1        | roll-b0     | roll | 1          | 2026-05-10 | 99
            roll   | P1        | roll-a1     | roll | 1          | 2026-05-20 | 30
        """,
        as_at=MAY,
        corrections=SECOND_OF_MAY,
        expected={"roll-b0": 99},
    )


class Feed:
    def __init__(self, delivers):
        self.delivers = delivers


def day(of_may):
    return datetime.date(2026, 5, of_may)


def counted(feed, on, *deliveries):
    feeds = {"roll": Feed("everything"), "notices": Feed("changes")}
    given = [Delivered(f"{feed}-{name}", feed, day(came), "loaded", **more) for name, came, more in deliveries]
    return {one.delivery_id.partition("-")[2] for one in assemble.counting(given, feeds, as_at=day(on))}


FIRST, SECOND = ("first", 2, {}), ("second", 9, {})
PUTS_FIRST_RIGHT = ("put right", 12, {"corrects": "roll-first"})


def taken_back(name, came, on, again=None, **more):
    withdrawn = (Withdrawal(on=day(on), by="a person", reason="wrong file", again_on=again and day(again)),)
    return (name, came, {"withdrawn": withdrawn, **more})


def test_a_withdrawn_delivery_counts_on_the_days_before_and_what_it_had_superseded_counts_again():
    deliveries = (FIRST, taken_back("second", 9, on=15))
    assert [counted("roll", on, *deliveries) for on in (8, 14, 15)] == [{"first"}, {"second"}, {"first"}]
    assert [counted("notices", on, *deliveries) for on in (8, 14, 15)] == [{"first"}, {"first", "second"}, {"first"}]


def test_the_same_bytes_after_a_withdrawal_count_again_from_the_day_they_came():
    assert [counted("roll", on, taken_back("second", 9, on=15, again=20)) for on in (14, 15, 19, 20)] == [
        {"second"},
        set(),
        set(),
        {"second"},
    ]


def test_a_correction_counts_exactly_as_long_as_what_it_corrects():
    assert counted("roll", 12, FIRST, PUTS_FIRST_RIGHT) == {"first", "put right"}
    assert counted("roll", 12, FIRST, SECOND, PUTS_FIRST_RIGHT) == {"second"}
    assert counted("roll", 12, taken_back("first", 2, on=11), PUTS_FIRST_RIGHT) == set()
    assert counted("roll", 12, FIRST, taken_back("put right", 11, on=12, corrects="roll-first")) == {"first"}


def test_a_correction_of_a_correction_follows_both():
    twice = ("again", 14, {"corrects": "roll-put right"})
    assert counted("roll", 14, FIRST, PUTS_FIRST_RIGHT, twice) == {"first", "put right", "again"}
    gone = taken_back("put right", 12, on=13, corrects="roll-first")
    assert counted("roll", 14, FIRST, gone, twice) == {"first"}
