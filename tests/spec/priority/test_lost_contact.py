"""A child nobody has seen is on a list whatever the points; a feed that fell silent is an alarm of its own."""

from datetime import date

import pyarrow as pa
from tests.spec import readable
from tests.spec.profile.conftest import marker

from kinfold.areas.marker_shapes import NotSeenSince
from kinfold.priority import lost_contact

NOT_SEEN = marker(
    NotSeenSince(days=60, days_in_all=90, expected_in=("child_in_need",)),
    name="not_seen",
    feeds=("social_care", "emergency_department"),
)
OTHER = marker(NOT_SEEN.shape, name="other", code="T2", feeds=("police",))


def test_a_child_is_unseen_when_a_marker_that_the_area_names_is_true(spec):
    spec(
        lost_contact.unseen,
        marker_state="""
            person_id | marker   | state
            ----------+----------+--------
            GONE      | not_seen | true
            UNKNOWN   | not_seen | unknown
            NO ROLL   | no_roll  | true
        """,
        markers=("not_seen",),
        expected="person_id\n---\nGONE",
    )


def test_an_unseen_child_whom_no_service_holds_is_outreach_s_and_any_other_stays_where_it_is(spec):
    spec(
        lost_contact.on_a_list,
        children="""
            person_id | is_unseen | pathway
            ----------+-----------+-------------
            NOBODYS   | yes       | none
            HELD      | yes       | social_care
            UNSAFE    | yes       | front_door
            SEEN      | no        | none
        """,
        expected={"NOBODYS": "outreach", "HELD": "social_care", "UNSAFE": "front_door", "SEEN": "none"},
    )


def test_only_a_silent_feed_that_would_tell_of_a_sighting_raises_the_alarm():
    feeds = readable.table(
        """
        feed                 | label     | agency | state         | last_delivered_on
        ---------------------+-----------+--------+---------------+------------------
        social_care          | Cases     | care   | silent        | 2026-02-27
        emergency_department | Emergency | health | late          | 2026-03-20
        police               | Police    | police | silent        | 2026-01-01
        """,
        name="feed_standing",
    )
    alone = marker(NOT_SEEN.shape, name="alone", label="Nobody left to tell", feeds=("social_care", "police"))
    found = lost_contact.alarms(
        feeds.to_pylist(), (NOT_SEEN, OTHER, alone), named=("not_seen",), as_at=date(2026, 3, 31)
    )
    assert isinstance(found, pa.Table)
    [alarm] = found.to_pylist()
    assert (alarm["feed"], alarm["silent_days"]) == ("social_care", 32)
    assert (alarm["unanswered"], alarm["in_part"]) == ("Nobody left to tell", NOT_SEEN.label)
    assert alarm["sentence"] == (
        "Cases has been silent since 27 February 2026. Until it comes again, nobody whom it speaks for is said to be unseen."
    )
