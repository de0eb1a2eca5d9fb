"""Who is open to what: involvements that stand on the day, as cases somebody holds."""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.areas.pathways import Critical, Pathways
from kinfold.vocabulary import services

SOCIAL_CARE, OTHER_SERVICE, NO_SERVICE = 1, 2, 3
"""Levels of a case: the lower, the earlier the pathway."""

BREAK_DAYS = 7
"""Days without any case of an agency after which its next case is new work: a weekend or a handover is none."""
LONG_AGO = datetime.date(1900, 1, 1)

OF_THE_CASE = ("agency", "stage", "source", "service_key", "worker_ref", "team", "from_on", "known_from")


def open_involvements(involvement: ir.Table, link: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """
    Involvements that stand on `as_at`, each with the person it is of.

    A start that the source does not give is taken to be past. Returns involvement's columns with person_id.
    """
    begun = involvement.from_on.isnull() | (involvement.from_on <= as_at)
    stands = involvement.filter(begun & (involvement.to_on.isnull() | (involvement.to_on > as_at)))
    return stands.join(link.select("person_key", "person_id"), "person_key")


def ended_since(involvement: ir.Table, link: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """
    Involvements that ended by `as_at` while their agency went on working with the person, up to the day.

    Work goes on where the next involvement of the agency began no more than `BREAK_DAYS` after all earlier ones had
    ended: a case that closed and was opened again much later is another case.
    Returns involvement's columns with person_id, one row per involvement that ended.
    """
    begun = involvement.filter(involvement.from_on.isnull() | (involvement.from_on <= as_at))
    whose = begun.join(link.select("person_key", "person_id"), "person_key")
    last = ibis.literal(as_at + datetime.timedelta(days=1))
    whose = whose.mutate(
        start_on=whose.from_on.fill_null(LONG_AGO),
        stop_on=((whose.to_on <= as_at) & whose.to_on.notnull()).ifelse(whose.to_on, last),
    )
    order = [whose.start_on, whose.stop_on]
    so_far = ibis.window(group_by=["person_id", "agency"], order_by=order, preceding=None, following=0)
    whose = whose.mutate(reached=whose.stop_on.max().over(so_far))
    lagged = ibis.window(group_by=["person_id", "agency"], order_by=order)
    whose = whose.mutate(reached_before=whose.reached.lag().over(lagged))
    apart = (whose.start_on.delta(whose.reached_before, unit="day") > BREAK_DAYS).fill_null(False)
    whose = whose.mutate(breaks=apart.ifelse(1, 0))
    whose = whose.mutate(stretch=whose.breaks.sum().over(so_far))
    stretch = ibis.window(group_by=["person_id", "agency", "stretch"])
    whose = whose.mutate(goes_on=whose.stop_on.max().over(stretch) == last)
    return whose.filter(whose.goes_on & (whose.stop_on != last)).select(*involvement.columns, "person_id")


def numbered(opened: ir.Table, feeds: ir.Table) -> ir.Table:
    """
    The involvements, each `worker_ref` and `team` with the agency before it whose source gave it: `social_care/17`.

    opened: involvements with source and agency. feeds: one row per feed: feed, agency. A source may tell of work of
    several agencies and still numbers every worker its own way; one that is no feed goes by the agency of the work.
    """
    known = opened.left_join(feeds.select("feed", numbered_by="agency"), opened.source == feeds.feed)
    whose = known.numbered_by.coalesce(known.agency) + services.AGENCY_AND_TEAM
    return known.mutate(worker_ref=whose + known.worker_ref, team=whose + known.team).drop("feed", "numbered_by")


def parents_of(family: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """Parents and carers by a tie that stands on `as_at`, stated from either side: person_id (child), parent_id."""
    stands = family.filter(
        (family.from_on.isnull() | (family.from_on <= as_at)) & (family.to_on.isnull() | (family.to_on > as_at))
    )
    down = stands.filter(stands.kind.isin(["parent", "carer"])).select("person_id", parent_id=stands.other_id)
    up = stands.filter(stands.kind == "child").select(person_id=stands.other_id, parent_id=stands.person_id)
    return ibis.union(down, up, distinct=True)


def held(opened: ir.Table, children: ir.Table, parents: ir.Table, service: ir.Table, *, settings: Pathways) -> ir.Table:
    """
    Cases that count for a child.

    opened: as `open_involvements` returns. children: one row per child: person_id. parents: person_id, parent_id.
    service: one row per service; one that says `is_critical` is believed over the area's list, but a roll, a tenancy
        or a bill is never casework. One that is closed or reduced is `is_shut`: its cases cannot be worked.
        Social care is a duty that no closure lifts, so it is never shut.
    Returns one row per child and case: person_id, holder_id (whose case it is), whose (self, parent), level (1 social
    care, 2 another service), weight (order of stages, 0 first), said (a sentence without its date), label (the
    service in words), is_shut, service_state, covered_by, and the case's own agency, stage, source, service_key,
    worker_ref, team, from_on, known_from.
    """
    cases = _named(opened, service)
    stages = {stage.stage: n for n, stage in enumerate(settings.social_care)}
    own = cases.filter((cases.agency == "social_care") & cases.stage.isin(list(stages)))
    own = own.join(children.select("person_id"), "person_id").mutate(
        holder_id=own.person_id,
        whose=ibis.literal("self"),
        level=ibis.literal(SOCIAL_CARE, "int64"),
        weight=own.stage.cases(*stages.items(), else_=len(stages)).cast("int64"),
        said=own.stage.cases(*((s.stage, s.words) for s in settings.social_care), else_="Open to social care"),
        label=ibis.literal("social care"),
        is_shut=ibis.literal(False),
    )
    labels = {kind.agency: kind.label for kind in settings.critical}
    other = cases.filter(_is_casework(cases, settings))
    other = other.mutate(
        label=other.service_name.coalesce(other.agency.cases(*labels.items(), else_="another service"))
    )
    mine = other.filter(_listed_for(other, "child", settings)).join(children.select("person_id"), "person_id")
    theirs = other.filter(_listed_for(other, "parent", settings)).rename(parent_id="person_id")
    theirs = theirs.join(parents.semi_join(children, "person_id"), "parent_id")
    mine, theirs = mine.mutate(holder_id=mine.person_id), theirs.rename(holder_id="parent_id")
    both = ibis.union(_of_service(mine, "self"), _of_service(theirs, "parent"))
    return ibis.union(own.select(*both.columns), both)


def _named(opened: ir.Table, service: ir.Table) -> ir.Table:
    """
    Cases with what is known of their service; of two tellings of a service, the one that shuts it is heeded.

    Most feeds name no service's key. Whether their service is shut is then told by the service of the case's team's
    own name, else by the only one of the agency that holds cases; where there are several, nobody knows which.
    """
    shut = service.state.isin(["closed", "reduced"])
    state = {"service_state": service.state.min(where=shut), "covered_by": service.covered_by.max(where=shut)}
    known = service.group_by("service_key").agg(
        service_name=service.name.max(), is_critical=service.is_critical.any(), **state
    )
    cases = opened.left_join(known, "service_key").drop("service_key_right")
    of_team = service.mutate(of_team=service.agency + services.AGENCY_AND_TEAM + service.name)
    of_team = of_team.group_by("of_team").agg(team_state=state["service_state"], team_covered_by=state["covered_by"])
    holding = service.filter(service.is_critical.fill_null(False))
    only = holding.group_by(of_agency=holding.agency).agg(
        many=holding.service_key.nunique(),
        agency_state=holding.state.min(where=holding.state.isin(["closed", "reduced"])),
        agency_covered_by=holding.covered_by.max(where=holding.state.isin(["closed", "reduced"])),
    )
    cases = cases.left_join(of_team.mutate(is_team=True), cases.team == of_team.of_team)
    cases = cases.left_join(only.filter(only.many == 1), cases.agency == only.of_agency)
    by_key, by_team = cases.service_key.notnull(), cases.is_team.fill_null(False)
    told = {
        name: ibis.cases((by_key, cases[name]), (by_team, cases[f"team_{end}"]), else_=cases[f"agency_{end}"])
        for name, end in (("service_state", "state"), ("covered_by", "covered_by"))
    }
    cases = cases.mutate(**told).drop(
        "of_team", "team_state", "team_covered_by", "is_team", "of_agency", "many", "agency_state", "agency_covered_by"
    )
    return cases.mutate(is_shut=cases.service_state.notnull())


def _is_casework(cases: ir.Table, settings: Pathways) -> ir.BooleanValue:
    listed = ibis.or_(*(_is(cases, kind) for kind in settings.critical))
    could_be = (cases.agency != "social_care") & cases.stage.notin(settings.never_critical)
    return could_be & cases.is_critical.fill_null(listed)


def _is(cases: ir.Table, kind: Critical) -> ir.BooleanValue:
    return (cases.agency == kind.agency) & cases.stage.isin(kind.stages)


def _listed_for(cases: ir.Table, whose: str, settings: Pathways) -> ir.BooleanValue:
    """A service of an agency that the area lists counts for those it lists; one it does not list, for both."""
    listed = {kind.agency for kind in settings.critical}
    counted = {kind.agency for kind in settings.critical if whose in kind.whose}
    return cases.agency.isin(sorted(counted) or [""]) | cases.agency.notin(sorted(listed) or [""])


def _of_service(cases: ir.Table, whose: str) -> ir.Table:
    opening = "Open to " if whose == "self" else "A parent is open to "
    return cases.select(
        "person_id",
        "holder_id",
        *OF_THE_CASE,
        "label",
        "is_shut",
        "service_state",
        "covered_by",
        whose=ibis.literal(whose),
        level=ibis.literal(OTHER_SERVICE, "int64"),
        weight=ibis.literal(0, "int64"),
        said=ibis.literal(opening) + cases.label,
    )


def workers(opened: ir.Table) -> ir.Table:
    """
    Who works with a person in each agency: one row per person and agency that names a worker or a team.

    An allocation speaks before any other stage, and the latest before an earlier one.
    Returns holder_id, agency, worker_ref, team.
    """
    named = opened.filter(opened.worker_ref.notnull() | opened.team.notnull())
    order = [
        named.worker_ref.isnull(),
        (named.stage != "allocation"),
        named.from_on.desc(nulls_first=False),
        named.worker_ref,
        named.team,
    ]
    nth = ibis.row_number().over(ibis.window(group_by=["person_id", "agency"], order_by=order))
    first = named.mutate(nth=nth)
    return first.filter(first.nth == 0).select("agency", "worker_ref", "team", holder_id=first.person_id)
