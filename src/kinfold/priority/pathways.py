"""
Which of the pathways a child is on tonight, and the sentence that says why.

Social care comes first, then another service that holds a case, then nobody that our feeds show. A household takes
its highest. The software proposes a list to be on; a person decides.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from kinfold.areas.pathways import Pathways
from kinfold.priority import words
from kinfold.priority.bands import PUT_FORWARD
from kinfold.priority.cases import NO_SERVICE, OTHER_SERVICE, SOCIAL_CARE
from kinfold.vocabulary.dates import in_words

NOBODY = "No service found in the feeds we hold."
DECISION_FIRST = " A qualified front-door decision comes before anyone rings."
SHUT_UNNAMED = "The service that works with the family is closed or short of staff"
NEXT = {
    "front_door": ", so a qualified front-door decision comes first.",
    "outreach": ", so outreach rings instead.",
    "none": ", so nobody we know of is working with the family now.",
}
MOST_FEEDS_NAMED = 3


def standings(children: ir.Table, held: ir.Table) -> ir.Table:
    """
    How each child's household stands to the services: its `level` and its `standing`.

    children: one row per child: person_id, unit_id, is_acute, is_pressed (`pressed`). held: one row per child and
    case (`cases.held`); a case of a shut service counts for nothing.
    A household takes its highest: the first level of case that counts for any child of it. Where no service is
    found, one with a pressure on safety, or with anything to decide today, stands before the front door.
    Returns the children with level and standing (social_care, other_service, front_door, no_service).
    """
    best = held.filter(~held.is_shut).group_by("person_id").agg(own_level=ibis._.level.min())
    known = children.left_join(best, "person_id").drop("person_id_right")
    unit = ibis.window(group_by="unit_id")
    unsafe = (known.is_pressed | known.is_acute).ifelse(1, 0).max().over(unit) == 1
    known = known.mutate(level=known.own_level.fill_null(NO_SERVICE).min().over(unit), unsafe=unsafe)
    standing = ibis.cases(
        (known.level == SOCIAL_CARE, "social_care"),
        (known.level == OTHER_SERVICE, "other_service"),
        (known.unsafe, "front_door"),
        else_="no_service",
    )
    return known.mutate(standing=standing).drop("own_level", "unsafe")


def pressed(marker_state: ir.Table, catalogue: ir.Table, *, settings: Pathways) -> ir.Table:
    """
    Children with a pressure that a qualified person looks at before anyone rings: person_id.

    marker_state: person_id, marker, state. catalogue: marker, code, domain, direction. However old, it counts for as
    long as the marker is true.
    """
    named = catalogue.domain.isin(settings.front_door_domains or ("",)) | catalogue.code.isin(
        settings.front_door_codes or ("",)
    )
    unsafe = catalogue.filter(named & catalogue.direction.isin(["pressure", "acute"])).select("marker")
    true = marker_state.filter(marker_state.state == "true")
    return true.semi_join(unsafe, "marker").select("person_id").distinct()


def pathways(children: ir.Table) -> ir.Table:
    """
    The pathway of each child, once bands are cut.

    children: one row per child: person_id, unit_id, standing, band.
    A household that stands before the front door is there whatever its band: nobody rings before a qualified
    decision. Where nothing stands in the way, outreach rings a household of which a child is put forward; the
    rest are on no list.
    Returns the children with `pathway` and `needs_front_door`.
    """
    rung = children.band.isin(PUT_FORWARD).ifelse(1, 0).max().over(ibis.window(group_by="unit_id")) == 1
    known = children.mutate(rung=rung)
    pathway = ibis.cases(
        (known.standing != "no_service", known.standing),
        (known.rung, "outreach"),
        else_="none",
    )
    return known.mutate(pathway=pathway, needs_front_door=known.standing == "front_door").drop("rung")


def chosen_cases(children: ir.Table, held: ir.Table) -> ir.Table:
    """
    The case that puts each child on its pathway: its own first, then a parent's, then that of another child at home.

    children: one row per child: person_id, unit_id, level. Of several cases the weightiest stage, then the oldest.
    Returns one row per child whom a service holds: the case's columns, with whose (self, parent, household) and
    more (how many further services hold the child at that level).
    """
    counted = held.filter(~held.is_shut).rename(case_level="level")
    of_unit = children.join(counted, "person_id")
    of_unit = of_unit.filter(of_unit.case_level == of_unit.level)
    self_first = of_unit.whose.cases(("self", 0), else_=1)
    same = [of_unit[c].fill_null("") for c in ("label", "source", "stage", "service_key", "worker_ref", "team")]
    order = [of_unit.weight, self_first, of_unit.from_on.asc(nulls_first=True), *same]
    mine_order = [self_first, *order]
    of_unit = of_unit.mutate(
        of_child=ibis.row_number().over(ibis.window(group_by="person_id", order_by=mine_order)),
        of_home=ibis.row_number().over(ibis.window(group_by="unit_id", order_by=[*order, of_unit.person_id])),
    )
    others = of_unit.group_by("person_id").agg(more=of_unit.label.nunique() - 1)
    mine = of_unit.filter(of_unit.of_child == 0).join(others, "person_id").drop("of_child", "of_home", "unit_id")
    home = of_unit.filter(of_unit.of_home == 0).drop("person_id", "whose", "level", "of_child", "of_home")
    theirs = children.anti_join(mine, "person_id").select("person_id", "unit_id", "level").join(home, "unit_id")
    theirs = theirs.mutate(
        whose=ibis.literal("household"),
        said=ibis.literal("Another child at home is open to ") + theirs.label,
        more=ibis.literal(0, "int64"),
    )
    return ibis.union(mine.mutate(more=mine.more.cast("int64")), theirs.select(*mine.columns))


def sentences(
    children: ir.Table, chosen: ir.Table, held: ir.Table, feeds: ir.Table, *, caveats: Mapping[int, str]
) -> ir.Table:
    """
    Why a child is on its pathway: who holds the case, since when, by which feed, and what could change it.

    children: one row per child: person_id, unit_id, level, pathway. feeds: one row per feed: feed, last_delivered_on.
    caveats: for each level, what is late or silent that could change the answer (`caveats`); "" when nothing is.
    Returns person_id, pathway_sentence and, for a list of those who may not know which service it is,
    pathway_sentence_unnamed.
    """
    dated = _with_feed_day(chosen, feeds)
    more = ibis.cases(
        (dated.more == 1, " And to one other service."), (dated.more > 1, " And to other services."), else_=""
    )
    opened = dated.select("person_id", opened=_since(dated) + "." + more)
    known = children.left_join(opened, "person_id").drop("person_id_right")
    known = known.left_join(_shut(children, held, feeds), "person_id").drop("person_id_right")
    is_first = known.pathway == "front_door"
    nobody = ibis.literal(NOBODY) + is_first.ifelse(DECISION_FIRST, "")
    next_list = known.pathway.cases(*NEXT.items(), else_=NEXT["none"])
    held_on = known.opened + (ibis.literal(" ") + known.shut_beside + ".").fill_null("")
    said = held_on.coalesce(known.shut_since + next_list, nobody)
    unnamed = ibis.cases((known.shut_since.notnull(), ibis.literal(SHUT_UNNAMED) + next_list), else_=nobody)
    late = known.level.cases(*((level, said and f" {said}") for level, said in caveats.items()), else_="")
    return known.select(
        "person_id", pathway_sentence=said + late, pathway_sentence_unnamed=known.opened.coalesce(unnamed) + late
    )


def _with_feed_day(cases: ir.Table, feeds: ir.Table) -> ir.Table:
    return cases.left_join(feeds.select("feed", "last_delivered_on"), cases.source == feeds.feed)


def _since(cases: ir.Table) -> ir.StringValue:
    """Open to Youth Justice since 3 March 2026 (feed of 12 May 2026)."""
    fed_on = words.date_in_words(cases.last_delivered_on.coalesce(cases.known_from))
    since = (" since " + words.date_in_words(cases.from_on)).fill_null("")
    return cases.said + since + (" (feed of " + fed_on + ")").fill_null("")


def _shut(children: ir.Table, held: ir.Table, feeds: ir.Table) -> ir.Table:
    """
    What is said of a child whose service cannot work: its own, else that of another child at home; one service.

    Returns person_id, shut_since (the case, and that it cannot be worked) and shut_beside (the service alone, for a
    child whom another service holds; null for a sibling's).
    """
    cases = _with_feed_day(held.filter(held.is_shut), feeds)
    state = cases.service_state.cases(("closed", "closed"), else_="working with reduced staff")
    covered = (ibis.literal(" and covered by ") + cases.covered_by).fill_null("")
    beside = cases.label.substr(0, 1).upper() + cases.label.substr(1) + " is " + state + covered
    cases = cases.mutate(since=_since(cases) + ", which is " + state + covered, beside=beside)
    cases = cases.join(children.select("person_id", "unit_id"), "person_id")
    mine = cases.group_by("person_id").agg(since=cases.since.min(), beside=cases.beside.min())
    home = cases.mutate(theirs=ibis.literal("Another child at home: ") + words.continued(cases.since))
    home = home.group_by("unit_id").agg(theirs=home.theirs.min())
    known = children.select("person_id", "unit_id").left_join(home, "unit_id").drop("unit_id_right")
    known = known.left_join(mine, "person_id").drop("person_id_right")
    return known.select("person_id", shut_since=known.since.coalesce(known.theirs), shut_beside=known.beside)


def caveats(feeds: Iterable[Mapping[str, Any]], *, settings: Pathways, as_at: datetime.date) -> dict[int, str]:
    """
    For each level, what to say of feeds that could change the answer and are late, shrunken, silent or not connected.

    feeds: rows of feed_standing. A late feed of social care could change every pathway; one of another service
    could change all but the first. A feed that never came is said only when no other feed of its agency has come.
    """
    rows = [row for row in feeds if row["state"] != "live"]
    came = {row["agency"] for row in feeds if row["state"] != "not_connected"}
    rows = [row for row in rows if row["state"] != "not_connected" or row["agency"] not in came]
    services = {kind.agency for kind in settings.critical}
    reach = {SOCIAL_CARE: {"social_care"}, OTHER_SERVICE: services | {"social_care"}}
    reach[NO_SERVICE] = reach[OTHER_SERVICE]
    names = _feed_names(feeds)
    return {
        level: _caveat([_standing(row, names, as_at) for row in rows if row["agency"] in agencies])
        for level, agencies in reach.items()
    }


def _feed_names(feeds: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """An agency's only feed is called by the agency; where it has several, each goes by its label."""
    count = Counter(row["agency"] for row in feeds)
    return {
        row["feed"]: row["agency"].replace("_", " ") if count[row["agency"]] == 1 else row["label"] for row in feeds
    }


def _standing(row: Mapping[str, Any], names: Mapping[str, str], as_at: datetime.date) -> str:
    feed = f"the {names[row['feed']]} feed"
    if row["state"] == "not_connected":
        return f"{feed} is not connected"
    if row["state"] == "silent" and row["last_delivered_on"]:
        return f"{feed} has been silent since {in_words(row['last_delivered_on'])}"
    if row["state"] == "shrunken":
        return f"the last delivery of {feed} is much smaller than usual"
    days = (as_at - row["due_on"]).days if row["due_on"] else 0
    if days < 1:
        return f"{feed} is late"
    return f"{feed} is {days} {'day' if days == 1 else 'days'} late"


def _caveat(said: list[str]) -> str:
    if not said:
        return ""
    named, left = sorted(said)[:MOST_FEEDS_NAMED], len(said) - MOST_FEEDS_NAMED
    if left > 0:
        named.append(f"{left} other feeds are not up to date" if left > 1 else "another feed is not up to date")
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f"{listed[0].upper()}{listed[1:]}, so this may be incomplete."
