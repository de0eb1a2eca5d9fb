"""Rising: pressures up by 8 in 90 days over two domains, or into a higher band, against the past as it was known then."""

from datetime import date

import ibis.expr.types as ir

from kinfold.areas.priority import Rising
from kinfold.priority import rising

TODAY = """
    person_id | kind       | marker         | domain  | points
    ----------+------------+----------------+---------+-------
    NEW       | pressure   | domestic_abuse | Trio    | 7.5
    NEW       | pressure   | absent         | School  | 4
    JUST UNDER | pressure  | domestic_abuse | Trio    | 3.75
    JUST UNDER | pressure  | absent         | School  | 4
    ONE DOMAIN | pressure  | domestic_abuse | Trio    | 9
    KNOWN THEN | pressure  | domestic_abuse | Trio    | 7.5
    KNOWN THEN | pressure  | absent         | School  | 4
    TOLD LATE | pressure   | domestic_abuse | Trio    | 7.5
    TOLD LATE | pressure   | absent         | School  | 4
    EASED     | pressure   | domestic_abuse | Trio    | 7.5
    EASED     | pressure   | absent         | School  | 4
    CAPPED    | pressure   | domestic_abuse | Trio    | 20
    CAPPED    | adjustment | pressure_cap   | Trio    | -2
    CAPPED    | pressure   | absent         | School  | 4
    NEEDS     | need       | arrears        | Money   | 6
    NEEDS     | lost       | not_seen       | Contact | 5
    LIFTED    | pressure   | absent         | School  | 4
    NO HIGHER | pressure   | absent         | School  | 4
    OTHERS LEFT | pressure | absent         | School  | 4
"""
THEN = """
    person_id | kind     | marker         | domain  | points
    ----------+----------+----------------+---------+-------
    KNOWN THEN | pressure | domestic_abuse | Trio   | 7
    KNOWN THEN | pressure | absent         | School | 3
    EASED     | pressure | private        | Family  | 6
    CAPPED    | pressure | domestic_abuse | Trio    | 16
    OTHERS LEFT | pressure | absent       | School  | 4
"""
FACTS = """
    person_id | marker         | on
    ----------+----------------+-----------
    NEW       | domestic_abuse | 2026-02-01
    NEW       | absent         | 2026-01-01
    JUST UNDER | domestic_abuse | 2026-02-01
    JUST UNDER | absent        | 2026-02-01
    ONE DOMAIN | domestic_abuse | 2026-02-01
    KNOWN THEN | domestic_abuse | 2026-02-01
    KNOWN THEN | absent        | 2026-02-01
    TOLD LATE | domestic_abuse | 2025-11-01
    TOLD LATE | absent         | 2025-12-31
    EASED     | domestic_abuse | 2026-02-01
    EASED     | absent         | 2026-02-01
    CAPPED    | domestic_abuse | 2026-02-01
    CAPPED    | absent         | 2026-02-01
    NEEDS     | arrears        | 2026-02-01
    NEEDS     | not_seen       | 2026-02-01
    LIFTED    | absent         | 2026-02-01
    NO HIGHER | absent         | 2026-02-01
    OTHERS LEFT | absent       | 2026-02-01
"""
BANDS = """
    person_id   | band
    ------------+---------
    NEW         | watch
    LIFTED      | {lifted}
    NO HIGHER   | soon
    OTHERS LEFT | {others}
"""


def rose(now: ir.Table, lines: ir.Table, then: ir.Table, lines_then: ir.Table, evidence: ir.Table) -> ir.Table:
    rule = Rising(points=8, within_days=90, domains=2)
    return rising.rising(now, lines, then, lines_then, evidence, rule=rule, as_at=date(2026, 3, 31))


def test_pressures_up_by_eight_over_two_domains_by_something_that_happened_since_or_into_a_higher_band(spec):
    """
    JUST UNDER rose by 7.75. KNOWN THEN had nearly all of it then. What TOLD LATE is of happened before the 90 days.
    EASED lost 6 in a third domain meanwhile. CAPPED rose by 2 within its cap, and by 4. Needs make no rise. OTHERS LEFT
    is in a higher band because others left it.
    """
    spec(
        rose,
        now=BANDS.format(lifted="soon", others="soon"),
        lines=TODAY,
        then=BANDS.format(lifted="watch", others="watch"),
        lines_then=THEN,
        evidence=FACTS,
        expected={"NEW": 11.5, "LIFTED": 4},
    )


def test_a_child_known_to_nobody_then_had_nothing_then(spec):
    nobody = "person_id | band\n---\nELSE | none"
    spec(
        rose,
        now=BANDS.format(lifted="watch", others="watch"),
        lines=TODAY,
        then=nobody,
        lines_then="person_id | kind | marker | domain | points\n---\nELSE | pressure | absent | School | 4",
        evidence=FACTS,
        expected={"NEW": 11.5, "CAPPED": 22, "KNOWN THEN": 11.5, "EASED": 11.5},
    )
