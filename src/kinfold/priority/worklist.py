"""Whose list a child is on tonight, and where on it."""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.areas.pathways import Says
from kinfold.priority.bands import ORDER, PUT_FORWARD
from kinfold.priority.cases import SOCIAL_CARE

GROUPS = {"act_today": 1, "this_week": 2, "waiting": 3}
SHORT_OF_TIME = 0.9
"""Of the visits a caseload asks for in the days ahead, the part that is counted on to be made."""
KEPT_FREE = 0.75
"""Of a day's work, what is kept free of the days ahead for what nobody could foresee."""
NO_VISIT = 9_999
"""Working days, for a child of whom no visit is due."""
NOTHING_NEW = "Nothing new that this list may show."
NOT_FOR_THIS_LIST = "The reasons are in other services' records and are not shown on this list."


def listed(children: ir.Table) -> ir.Table:
    """
    The children that are on somebody's list, with `row_key`, the same from night to night.

    children: one row per child: person_id, pathway, band, is_acute, is_unseen, whose (self, parent, household, null),
        due_on.
    Social care has every child that is open itself. Another service has those with a visit due or anything known to
    press or to be needed. The front door, outreach, and a worker for the other children of a household, have those put
    forward: a decision is asked for where somebody would otherwise be rung.
    """
    forward = children.band.isin(PUT_FORWARD) | children.is_acute | children.is_unseen
    is_held = children.whose.isin(["self", "parent"]).fill_null(False)
    on_list = ibis.cases(
        (children.pathway == "social_care", (children.whose == "self").fill_null(False) | forward),
        (
            children.pathway == "other_service",
            forward | (is_held & ((children.band == "watch") | children.due_on.notnull())),
        ),
        (children.pathway.isin(["front_door", "outreach"]), forward),
        else_=False,
    )
    rows = children.filter(on_list)
    return rows.mutate(row_key=rows.pathway + ":" + rows.person_id)


def owners(chosen: ir.Table, workers: ir.Table) -> ir.Table:
    """
    Who has the row of a child that a service holds.

    chosen: one row per child: person_id, holder_id, level, agency, service_key, worker_ref, team.
    workers: holder_id, agency, worker_ref, team (`cases.workers`). A worker_ref and a team say whose numbering they
    are of (`cases.numbered`).
    The case's own worker, else whoever works with that person in the agency. A case of social care with no worker
    goes to its team; another service's to that service, by its own key or, without one, its team. It never goes to
    all of an agency: where none of these is named, it waits in the queue of cases not allocated.
    Returns person_id, owner_kind, owner_ref, team.
    """
    allocated = workers.rename(at_worker="worker_ref", at_team="team")
    known = chosen.left_join(allocated, ["holder_id", "agency"]).drop("holder_id_right", "agency_right")
    worker, team = known.worker_ref.coalesce(known.at_worker), known.team.coalesce(known.at_team)
    is_social_care = known.level == SOCIAL_CARE
    service = known.service_key.coalesce(team)
    kind = ibis.cases(
        (worker.notnull(), "worker"),
        (is_social_care & team.notnull(), "team"),
        (~is_social_care & service.notnull(), "service"),
        else_="queue",
    )
    ref = ibis.cases(
        (kind == "worker", worker),
        (kind == "team", team),
        (kind == "service", service),
        else_="unallocated",
    )
    return known.select("person_id", owner_kind=kind, owner_ref=ref, team=team)


def held_in_time(rows: ir.Table, *, longest: float) -> ir.Table:
    """
    The rows with `must_today`, a visit that cannot wait until the next working day, `turn`, its place among those of
    the day, and a due_sentence that says why it cannot wait where its due day does not.

    rows: owner_kind, owner_ref, holds, limit_days_left, last_days_left (`visits.due`), working_days_long,
        used_by_next_day (all null: no visit due), due_sentence, rank (the child's own place). longest:
        `timescales.longest`.
    A visit on its last day must be made today: a limit that holds by its limit, any other before it is `longest` times
    its limit. Where more of an owner's have their last day by a later day than there will be time for, as many of the
    earliest as are too many come forward to today.
    turn: 0 on the last day, limits that hold before the others (1). 2: what comes next; while there is time for every
    limit that is what falls due today, and otherwise what comes forward, with what falls due today of those whose limit
    holds. 3: all else.
    Time is reckoned from what the owner's caseload asks for in a working day, of each child one visit in its interval,
    and from one visit at the least. There is time for every limit where that, in whole visits, is enough for those due
    by any day. For the days ahead `SHORT_OF_TIME` of it is counted on, less `KEPT_FREE` of a day.
    """
    known = _reckoned(rows)
    is_last = known.ahead == 0
    is_due = (known.used_by_next_day > 1).fill_null(False)
    is_next = known.is_short.ifelse(known.comes_forward | (is_due & known.holds), is_due)
    turn = ibis.cases((is_last & known.holds, 0), (is_last, 1), (is_next, 2), else_=3)
    said = ibis.cases(
        ((turn == 1) & (known.last_days_left < 0), f" It has already gone beyond {longest:g} times its limit."),
        (turn == 1, f" It cannot wait another day: it would go beyond {longest:g} times its limit."),
        (
            known.comes_forward & ~is_last,
            " Make it today: more visits are due soon than there is likely to be time for.",
        ),
        else_="",
    )
    return known.mutate(
        must_today=is_last | known.comes_forward, turn=turn.cast("int64"), due_sentence=known.due_sentence + said
    ).drop("ahead", "is_short", "comes_forward")


def _reckoned(rows: ir.Table) -> ir.Table:
    """The rows with `ahead` (working days until the last day), `comes_forward`, and `is_short` of time for limits."""
    owner = ["owner_kind", "owner_ref"]
    of_owner = ibis.window(group_by=owner)
    asked = (1.0 / ibis.greatest(rows.working_days_long, 1)).fill_null(0.0)
    known = rows.mutate(
        a_day=ibis.greatest(asked.sum().over(of_owner), 1.0),
        limit_ahead=ibis.greatest(rows.limit_days_left.fill_null(NO_VISIT), -1),
        ahead=ibis.greatest(rows.last_days_left.fill_null(NO_VISIT), 0),
    )
    # No time is enough for a limit that has passed, so with any of those (-1) there is not time for every limit.
    time = (known.a_day * (known.limit_ahead + 1) - 0.001).ceil()
    without_time = _so_far(known, owner, "limit_ahead") - time
    free = known.a_day * ibis.greatest(known.ahead * SHORT_OF_TIME - KEPT_FREE, 0.0)
    too_many = _so_far(known, owner, "ahead") - free
    order = [known.ahead, known.used_by_next_day.desc(), known["rank"]]
    place = ibis.rank().over(ibis.window(group_by=owner, order_by=order)) + 1
    known = known.mutate(without_time=without_time, too_many=too_many, place=place)
    return known.mutate(
        is_short=known.without_time.max().over(of_owner) > 0,
        comes_forward=(known.place <= known.too_many.max().over(of_owner)) & (known.ahead < NO_VISIT),
    ).drop("a_day", "limit_ahead", "without_time", "too_many", "place")


def _so_far(rows: ir.Table, owner: list[str], days: str) -> ir.IntegerValue:
    """How many visits of the row's owner have as few of these days left, or fewer."""
    window = ibis.range_window(group_by=owner, order_by=days, preceding=None, following=0)
    return (rows[days] < NO_VISIT).ifelse(1, 0).sum().over(window)


def grouped(rows: ir.Table, *, soon: datetime.date, as_at: datetime.date) -> ir.Table:
    """
    The rows with `list_group`.

    rows: person_id, pathway, band, is_acute, act_by_on (the last working day on or before a visit's due day; null when
        none is due), must_today (`held_in_time`), is_new (the row was not on the last list, or something of it happened
        lately).
    Today: what must be decided today, a visit that would be late if nobody made it today or that has to be made today
    for another not to be, a decision new to the front door that the week's capacity reaches. This week: a visit to be
    made by `soon`, or a place that the week's capacity reaches. All else waits its turn.
    """
    reached = rows.band.isin(["decide_today", "priority"])
    new_decision = (rows.pathway == "front_door") & rows.is_new & reached
    today = rows.is_acute | (rows.act_by_on <= as_at).fill_null(False) | rows.must_today | new_decision
    this_week = (rows.act_by_on <= soon).fill_null(False) | reached
    return rows.mutate(list_group=ibis.cases((today, "act_today"), (this_week, "this_week"), else_="waiting"))


def may_say(said: ir.Table, rows: ir.Table, *, says: dict[str, Says]) -> ir.Table:
    """
    The statements that a list may carry: those of the domains its pathway is allowed.

    said: one row per child and statement: person_id, domain. rows: person_id, pathway.
    A pathway that the area does not name may say nothing.
    """
    known = said.join(rows.select("person_id", "pathway"), "person_id")
    allowed = [
        (known.pathway == pathway) & (ibis.literal(True) if one.everything else known.domain.isin(one.domains or ("",)))
        for pathway, one in says.items()
    ]
    return known.filter(ibis.or_(*allowed, ibis.literal(False)).fill_null(False)).drop("pathway")


def with_pathway(rows: ir.Table) -> ir.Table:
    """The rows with the sentence of their pathway: outreach may not know which service it was that cannot work."""
    is_outreach = rows.pathway == "outreach"
    return rows.mutate(pathway_sentence=is_outreach.ifelse(rows.pathway_sentence_unnamed, rows.pathway_sentence))


def filled(rows: ir.Table, before: ir.Table, *, lately: datetime.date, is_first: bool) -> ir.Table:
    """
    The rows with an owner and a sentence each, and how each stood on the last list.

    rows: person_id, row_key, pathway, owner_kind, owner_ref, held_as, why (null when the list may say nothing),
        new_statement, latest_on, is_acute, was_acute, band, band_was. before: row_key, group_was.
    A row whose reasons may not be said here says who holds the child, or that the reasons are elsewhere.
    """
    known = rows.left_join(before, "row_key").drop("row_key_right")
    was, now = (column.cases(*ORDER.items(), else_=9) for column in (known.band_was, known.band))
    return known.mutate(
        owner_kind=known.owner_kind.fill_null("queue"),
        owner_ref=known.owner_ref.fill_null(known.pathway),
        why=known.why.coalesce(known.held_as + ".", ibis.literal(NOT_FOR_THIS_LIST)),
        is_first=ibis.literal(is_first),
        was_listed=known.group_was.notnull(),
        is_new=(known.group_was.isnull() & (not is_first)) | (known.latest_on > lately).fill_null(False),
        has_news=known.new_statement.notnull(),
        is_news=known.new_statement.notnull() & (not is_first),
        is_acute_news=known.is_acute & ~known.was_acute.fill_null(False) & (not is_first),
        has_risen=(now < was) & known.band_was.notnull(),
    )


def row_changed(rows: ir.Table) -> ir.Table:
    """
    The rows with `changed` said of the row: a move between groups, or a row new to the list, if nothing is newer.

    rows: changed (of the child), list_group, group_was (null: not on the last list), is_first, has_news.
    """
    words = {"act_today": "Act today", "this_week": "This week", "waiting": "Later"}
    was = rows.group_was.cases(*words.items(), else_="")
    text = ibis.cases(
        (rows.has_news | rows.is_first, rows.changed),
        (rows.group_was.isnull(), "New on this list. " + rows.changed),
        (rows.group_was != rows.list_group, ibis.literal("Was under “") + was + "” on the last list. " + rows.changed),
        else_=rows.changed,
    )
    return rows.mutate(changed=text)


def ranked(rows: ir.Table) -> ir.Table:
    """
    The rows with `rank`, 1 first: the order in which a list is worked.

    rows: list_group, is_acute, turn (`held_in_time`), used_by_next_day (null when no visit is due), rank (the child's
        own place).
    By group; what must be decided today; visits that cannot wait until the next working day, by their turn; then the
    share of the interval that will be used by that day, most first; then the child's own place. What is equal in all
    of it shares a rank: nothing is put in order by an id or a name.
    By the next day and not by today, because a day left takes a week's interval much further than a month's: ordered
    by today's share, with a tenth too little time a few short intervals went beyond one and a half.
    """
    order = [
        rows.list_group.cases(*GROUPS.items(), else_=9),
        rows.is_acute.ifelse(0, 1),
        rows.turn,
        rows.used_by_next_day.desc(nulls_first=False),
        rows["rank"],
    ]
    return rows.mutate(rank=(ibis.rank().over(ibis.window(order_by=order)) + 1).cast("int64"))
