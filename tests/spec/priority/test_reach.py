"""What a week's capacity reaches tonight is counted in households; what share that is, only a backtest can say."""

from datetime import date

from kinfold.areas.priority import Bands, Capacity
from kinfold.priority import reach
from kinfold.store.schema import DATE, NUMBER

SETTINGS = Bands(capacity={"no_service": Capacity(40, 120), "front_door": Capacity(30, 90)}, soon_least=4)
AS_AT = date(2026, 3, 31)
CHILDREN = """
    person_id | household_id | pathway    | band         | figure
    ----------+--------------+------------+--------------+-------
    A         | H1           | outreach   | priority     | 12
    B         | H1           | outreach   | soon         | 5
    C         | H2           | outreach   | soon         | 6
    D         |              | none       | watch        | 4
    E         | H4           | none       | watch        | 3
    F         | H5           | front_door | decide_today | 1
"""


def test_households_that_fit_come_next_and_must_wait_and_nothing_is_known_before_a_backtest(spec):
    spec(
        lambda children: reach.reach(children, None, settings=SETTINGS, as_at=AS_AT),
        children=CHILDREN,
        of=("capacity", "reached", "next_households", "waiting", "expected_share"),
        expected={"no_service": (40, 1, 1, 1, None), "front_door": (30, 1, 0, 0, None)},
    )


def test_what_a_backtest_measured_is_told_unless_it_was_of_a_later_day(spec):
    spec(
        lambda children, proof: reach.reach(children, proof, settings=SETTINGS, as_at=AS_AT),
        children=CHILDREN,
        proof="""
            standing   | capacity | expected_share | low  | high | of_events | as_at
            -----------+----------+----------------+------+------+-----------+-----------
            no_service | 40       | 0.62           | 0.54 | 0.69 | 140       | 2025-03-31
            front_door | 30       | 0.5            | 0.4  | 0.6  | 100       | 2026-04-01
        """,
        types={"proof": {"as_at": DATE, "expected_share": NUMBER}},
        of=("expected_share", "low", "high", "of_events", "tested_capacity", "tested_on"),
        expected={
            "no_service": (0.62, 0.54, 0.69, 140, 40, date(2025, 3, 31)),
            "front_door": (None, None, None, None, None, None),
        },
    )
