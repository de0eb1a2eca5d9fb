"""
What can come of a child, when it counts, and whom it could happen to.

An outcome is something that a service recorded, so it says who was noticed as well as who was in need. Nobody is
counted as found who already had it on the day.
"""

from __future__ import annotations

import dataclasses
import datetime

import ibis
import ibis.expr.types as ir

SOCIAL_CARE_WORK = ("referral", "assessment", "section47", "child_in_need", "child_protection", "looked_after")


class NoSuchOutcome(Exception):
    """No outcome has this name; the message says which there are."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """
    One outcome.

    agency, begins: whose involvement, and the stages of it of which one has to begin.
    not_open: stages of that agency that may not be open on the day: a child who has it cannot come to it.
    known_within_months: only children with such work begun in so many months before the day (re-referral); 0 for all.
    label: as a heading. said: to end the sentence "children who ...".
    """

    name: str
    label: str
    said: str
    agency: str
    begins: tuple[str, ...]
    not_open: tuple[str, ...]
    known_within_months: int = 0


OUTCOMES = {
    one.name: one
    for one in (
        Outcome(
            "child_in_need_start",
            "Became a child in need",
            "began a time as a child in need, on a protection plan or looked after",
            "social_care",
            ("child_in_need", "child_protection", "looked_after"),
            SOCIAL_CARE_WORK,
        ),
        Outcome(
            "child_protection_start",
            "Began a child protection plan",
            "began a child protection plan",
            "social_care",
            ("child_protection",),
            ("child_protection", "looked_after"),
        ),
        Outcome(
            "looked_after_start",
            "Became looked after",
            "became looked after",
            "social_care",
            ("looked_after",),
            ("looked_after",),
        ),
        Outcome(
            "referral",
            "Referred to social care",
            "were referred to social care",
            "social_care",
            ("referral",),
            SOCIAL_CARE_WORK,
        ),
        Outcome(
            "re_referral",
            "Referred again within a year",
            "were referred to social care again",
            "social_care",
            ("referral",),
            SOCIAL_CARE_WORK,
            known_within_months=12,
        ),
        Outcome(
            "early_help_start",
            "Began early help",
            "began early help",
            "early_help",
            ("early_help",),
            ("early_help",),
        ),
    )
}


def outcome(name: str) -> Outcome:
    """Raises NoSuchOutcome."""
    if name not in OUTCOMES:
        raise NoSuchOutcome(f"There is no outcome called that. Choose one of {', '.join(OUTCOMES)}.")
    return OUTCOMES[name]


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later (earlier when negative); the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(datetime.date(year, month + 1, 1) + datetime.timedelta(days=day.day - 1), _day_before(first_of_next))


def _day_before(day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(days=1)


def able(children: ir.Table, involvement: ir.Table, link: ir.Table, *, what: Outcome, as_at: datetime.date) -> ir.Table:
    """
    Who could come to it: the given children, less those who have it or are already being worked with towards it.

    children, involvement, link: as known on `as_at`. children: one row per child, `person_id`.
    Returns person_id.
    """
    of_child = involvement.filter(involvement.agency == what.agency).join(
        link.select("person_key", "person_id"), "person_key"
    )
    began = of_child.from_on.fill_null(of_child.known_from) <= as_at
    is_open = began & (of_child.to_on.isnull() | (of_child.to_on > as_at))
    has_it = of_child.filter(is_open & of_child.stage.isin(what.not_open)).select("person_id").distinct()
    free = children.select("person_id").anti_join(has_it, "person_id")
    if not what.known_within_months:
        return free
    since = months_after(as_at, -what.known_within_months)
    lately = of_child.filter(began & of_child.stage.isin(what.begins) & (of_child.from_on > since))
    return free.semi_join(lately.select("person_id").distinct(), "person_id")


def came(
    involvement: ir.Table, link: ir.Table, *, what: Outcome, as_at: datetime.date, until: datetime.date
) -> ir.Table:
    """
    To whom it came after `as_at` and by `until`, as known at the end.

    involvement, link: as known on the day of the later run.
    Returns one row per person of the later run: end_id, on (the first day of it).
    """
    begun = involvement.filter((involvement.agency == what.agency) & involvement.stage.isin(what.begins))
    begun = begun.filter((begun.from_on > as_at) & (begun.from_on <= until))
    begun = begun.join(link.select("person_key", end_id="person_id"), "person_key")
    return begun.group_by("end_id").agg(on=begun.from_on.min())


def same_people(link_then: ir.Table, link_at_end: ir.Table) -> ir.Table:
    """
    Who of the later run is who of the earlier: by most source records in common, ties by the smaller id.

    Returns one row per person of the later run who was known then: end_id, person_id.
    """
    both = link_at_end.select("person_key", end_id="person_id").join(
        link_then.select("person_key", "person_id"), "person_key"
    )
    shared = both.group_by("end_id", "person_id").agg(records=both.count())
    order = ibis.window(group_by="end_id", order_by=[shared.records.desc(), shared.person_id])
    return shared.mutate(place=ibis.row_number().over(order)).filter(ibis._.place == 0).select("end_id", "person_id")
