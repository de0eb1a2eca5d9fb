"""While lists are plain, facts and due days order them and points put nobody new on one."""

from __future__ import annotations

from datetime import date

from kinfold.priority.plain import plain
from kinfold.store.schema import DATE

ROWS = """
    row_key     | person_id | pathway       | list_group | is_acute | due_on     | last_seen_on | rank
    ------------+-----------+---------------+------------+----------+------------+--------------+-----
    sc:late     | P1        | social_care   | act_today  | no       | 2026-05-19 | 2026-05-01   | 2
    sc:soon     | P2        | social_care   | this_week  | no       | 2026-05-24 | 2026-05-02   | 3
    sc:nodate   | P3        | social_care   | this_week  | no       |            | 2026-05-03   | 4
    sc:put-off  | P4        | social_care   | waiting    | no       | 2026-05-19 | 2026-05-01   | 9
    os:unseen   | P5        | other_service | this_week  | no       |            |              | 5
    fd:new      | P6        | front_door    | act_today  | no       |            | 2026-05-01   | 1
    fd:acute    | P7        | front_door    | act_today  | yes      |            | 2026-05-01   | 7
    out:before  | P8        | outreach      | this_week  | no       |            | 2026-04-01   | 8
    out:new     | P9        | outreach      | this_week  | no       |            | 2026-04-01   | 6
    out:unseen  | P10       | outreach      | this_week  | no       |            | 2026-03-01   | 10
"""
BEFORE = """
    row_key
    -----------
    out:before
    sc:late
"""
UNSEEN = """
    person_id
    ---------
    P10
"""


def test_due_days_and_what_must_be_decided_today_order_a_plain_list_and_points_add_nobody_to_it(spec):
    spec(
        plain,
        rows=ROWS,
        before=BEFORE,
        unseen=UNSEEN,
        as_at=date(2026, 5, 20),
        types={"rows": {"due_on": DATE, "last_seen_on": DATE}},
        expected="""
            row_key     | list_group | rank
            ------------+------------+-----
            fd:acute    | act_today  | 1
            sc:late     | act_today  | 2
            sc:soon     | this_week  | 3
            sc:put-off  | waiting    | 4
            os:unseen   | waiting    | 5
            out:unseen  | waiting    | 6
            out:before  | waiting    | 7
            sc:nodate   | waiting    | 8
        """,
    )


def test_on_a_first_run_only_whom_a_service_holds_nobody_has_seen_or_must_be_decided_on_today_is_listed(spec):
    spec(
        lambda rows, unseen: plain(rows, None, unseen, as_at=date(2026, 5, 20)).select("row_key", "list_group"),
        rows=ROWS,
        unseen=UNSEEN,
        types={"rows": {"due_on": DATE, "last_seen_on": DATE}},
        expected={
            "sc:late": "act_today", "sc:soon": "this_week", "sc:nodate": "waiting", "sc:put-off": "waiting",
            "os:unseen": "waiting", "fd:acute": "act_today", "out:unseen": "waiting",
        },
    )  # fmt: skip
