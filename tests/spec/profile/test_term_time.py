"""How long a child may go unseen: 60 days of school term, the holidays not counted, and never more than 90 in all."""

from datetime import date

import pytest

from kinfold.profile.days import term_days_before

TERMS = (
    (date(2026, 1, 6), date(2026, 4, 1)),
    (date(2026, 4, 20), date(2026, 7, 22)),
    (date(2026, 9, 5), date(2026, 12, 20)),
)
SEEN_SINCE = """
    asked on   | last day that still counts | because
    -----------+----------------------------+------------------------------------------------------
    2026-03-31 | 2026-01-30                 | 60 days, all of them term
    2026-05-10 | 2026-02-20                 | 60 days of term, and 19 of the Easter holiday between
    2026-07-21 | 2026-05-22                 | 60 days, all of them term
    2026-09-04 | 2026-06-06                 | 90 days in all: of these 44 were holiday
    2026-10-01 | 2026-07-03                 | 90 days in all
    2026-11-10 | 2026-09-11                 | 60 days, all of them term again
    2027-06-01 | 2027-03-03                 | 90 days in all: no term is known of that year
"""


def rows():
    lines = [line.split("|") for line in SEEN_SINCE.strip().splitlines()[2:]]
    return [tuple(date.fromisoformat(cell.strip()) for cell in line[:2]) for line in lines]


@pytest.mark.parametrize(("asked_on", "counts"), rows())
def test_sixty_days_of_term_or_ninety_in_all(asked_on, counts):
    assert term_days_before(asked_on, 60, in_all=90, terms=TERMS) == counts
