"""The four tables that priority gives, and the columns of each (ADR 0001)."""

from __future__ import annotations

import pyarrow as pa

from kinfold.store.schema import DATE, NUMBER, TEXT, WHOLE, YES_NO

PRIORITY_CHILD = pa.schema(
    [
        pa.field("person_id", TEXT),
        pa.field("household_id", TEXT),  # null where no home is known
        pa.field("pressures", NUMBER),  # points, to the quarter
        pa.field("unmet_needs", NUMBER),  # points, to the quarter
        pa.field("figure", NUMBER),  # pressures and a share of unmet needs
        # The range: what each could come to were the unknown markers true or false, within the caps.
        pa.field("pressures_low", NUMBER),
        pa.field("pressures_high", NUMBER),
        pa.field("unmet_needs_low", NUMBER),
        pa.field("unmet_needs_high", NUMBER),
        pa.field("figure_low", NUMBER),  # the figure itself, unless a marker that would ease another is unknown
        pa.field("figure_high", NUMBER),
        pa.field("band", TEXT),  # decide_today, priority, soon, watch, none, not_enough_known
        pa.field("pathway", TEXT),  # social_care, other_service, front_door, outreach, none
        pa.field("pathway_sentence", TEXT),
        pa.field("is_acute", YES_NO),
        pa.field("is_rising", YES_NO),
        pa.field("is_unseen", YES_NO),  # a marker that the area names for lost contact is true
        pa.field("needs_front_door", YES_NO),
        pa.field("coverage_share", NUMBER),  # 0 to 1; null when nothing was asked
        pa.field("rank", WHOLE),  # 1 first
        pa.field("why", TEXT),  # null when nothing presses and nothing is needed
        pa.field("changed", TEXT),
    ]
)
PRIORITY_LINE = pa.schema(
    [
        pa.field("person_id", TEXT),
        pa.field("kind", TEXT),  # pressure, need, lost, strength, adjustment
        pa.field("marker", TEXT),  # of an adjustment: pressure_modifier, pressure_cap, need_cap
        pa.field("domain", TEXT),
        pa.field("points", NUMBER),  # to the quarter
    ]
)
WORKLIST_ROW = pa.schema(
    [
        pa.field("row_key", TEXT),
        pa.field("person_id", TEXT),
        pa.field("household_id", TEXT),
        pa.field("pathway", TEXT),
        pa.field("list_group", TEXT),  # act_today, this_week, waiting
        pa.field("owner_kind", TEXT),  # worker, team, service, queue
        pa.field("owner_ref", TEXT),
        pa.field("team", TEXT),
        pa.field("due_on", DATE),
        pa.field("interval_days", WHOLE),  # from the day counted from to the due day
        pa.field("interval_used", NUMBER),  # share of it gone; 1 on the due day
        pa.field("plan_interval_days", WHOLE),  # null when the plan does not say
        pa.field("last_seen_on", DATE),  # null: no sighting in our feeds
        pa.field("last_seen_alone_on", DATE),
        pa.field("phone", TEXT),  # with its note, when it has one
        pa.field("why", TEXT),
        pa.field("due_sentence", TEXT),
        pa.field("pathway_sentence", TEXT),  # why the child is on this list, in words that its owner may read
        pa.field("changed", TEXT),
        pa.field("is_acute", YES_NO),
        pa.field("rank", WHOLE),  # 1 first, over every list; equals share one
    ]
)
WORKLIST_REACH = pa.schema(
    [
        pa.field("standing", TEXT),  # social_care, other_service, front_door, no_service
        pa.field("capacity", WHOLE),  # households that can be reached in a week
        pa.field("reached", WHOLE),  # households put first
        pa.field("next_households", WHOLE),
        pa.field("waiting", WHOLE),  # with points enough, and no room
        pa.field("tested_on", DATE),  # a backtest's past day; null when there is none, as all that follows
        pa.field("tested_capacity", WHOLE),
        pa.field("expected_share", NUMBER),  # of the children who later came to need help, 0 to 1
        pa.field("low", NUMBER),
        pa.field("high", NUMBER),
        pa.field("of_events", WHOLE),
    ]
)
# One row per child: everything that no weight changes, so that another set of rules can be tried on the same night.
WEIGHING = pa.schema(
    [
        pa.field("person_id", TEXT),
        pa.field("unit_id", TEXT),  # the household, or the child where none is known
        pa.field("days_since_seen", WHOLE),  # null: no sighting in our feeds
        pa.field("coverage_share", NUMBER),  # 0 to 1; null when nothing was asked
        pa.field("own_level", WHOLE),  # weightiest case that holds the child (1 social care); null: none
        pa.field("is_triggered", YES_NO),  # something the area names must be decided today
        pa.field("band_was", TEXT),  # in the run before; null: not in it
        pa.field("whose", TEXT),  # self, parent, household: whose case holds the child; null: nobody's
        pa.field("owner_kind", TEXT),  # worker, team, service, queue; null: nobody's case
        pa.field("team", TEXT),
        pa.field("has_visit_due", YES_NO),
    ]
)
# One row per feed that has fallen silent and would tell of a child who was seen.
FEED_ALARM = pa.schema(
    [
        pa.field("feed", TEXT),
        pa.field("label", TEXT),
        pa.field("silent_since", DATE),  # the day it last came
        pa.field("silent_days", WHOLE),
        pa.field("sentence", TEXT),
        pa.field("unanswered", TEXT),  # questions that no other living feed answers, parted by "; "
        pa.field("in_part", TEXT),  # those that others go on answering for the children they know
    ]
)
# One row per child whose worker is asked to consider stepping down.
STEP_DOWN = pa.schema(
    [
        pa.field("person_id", TEXT),
        pa.field("pressures", NUMBER),  # points now
        pa.field("pressures_then", NUMBER),  # points at the start of the days held, as then known
        pa.field("held_from", DATE),  # nothing new since
        pa.field("has_fallen", YES_NO),
        pa.field("is_on_track", YES_NO),  # a feed says so of the plan's goals; no: none says so
        pa.field("goals_on", DATE),  # since when; null when it is not said
        pa.field("sentence", TEXT),
    ]
)
TABLES = {
    "feed_alarm": FEED_ALARM,
    "step_down": STEP_DOWN,
    "priority_child": PRIORITY_CHILD,
    "priority_line": PRIORITY_LINE,
    "worklist_row": WORKLIST_ROW,
    "worklist_reach": WORKLIST_REACH,
    "weighing": WEIGHING,
}
