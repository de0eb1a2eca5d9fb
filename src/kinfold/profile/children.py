"""The children a profile is of, and the people whose facts can reach them."""

from __future__ import annotations

import datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas.markers import Ages
from kinfold.profile.days import birthday
from kinfold.store.schema import WHOLE, YES_NO

GROWN_UP = 18
AGES = (
    pa.field("age_from", WHOLE),  # whole years, both ends included; null when it is of the unborn
    pa.field("age_to", WHOLE),
    pa.field("is_of_unborn", YES_NO),
    pa.field("is_of_every_age", YES_NO),
)


def children_of(people: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """
    Children living on `as_at`: not yet 18, or not yet born.

    people: one row per person. Returns one row per child: person_id, years (whole years; null when unborn or when
    the date of birth is not known), is_unborn. Whoever was born after `as_at` is unborn then; a child whose birth
    date is not known is taken at the sources' word for being a child.
    """
    is_unborn = (people.role == "unborn") & people.birth_on.isnull() | (people.birth_on > as_at).fill_null(False)
    young = people.birth_on.isnull() | (people.birth_on > birthday(as_at, GROWN_UP))
    living = people.died_on.isnull() | (people.died_on > as_at)
    named = people.filter(people.role.isin(["child", "unborn"]), young, living)
    years = ibis.cases(
        (is_unborn | people.birth_on.isnull(), ibis.null("int64")),
        *((people.birth_on > birthday(as_at, age + 1), ibis.literal(age, "int64")) for age in range(GROWN_UP)),
        else_=ibis.null("int64"),
    )
    return named.select("person_id", years=years, is_unborn=is_unborn)


def of_age(children: ir.Table, ages: Ages) -> ir.BooleanValue:
    """
    Whether a child is of these ages; the gate is hard.

    A child whose date of birth is not known is only of a range that every child is in.
    """
    if ages.unborn:
        return children.is_unborn
    inside = children.years.between(ages.from_, ages.to).fill_null(False)
    if ages.from_ == 0 and ages.to == GROWN_UP - 1:
        inside = inside | children.years.isnull()
    return inside & ~children.is_unborn


def age_limits(ages: Ages) -> dict[str, Any]:
    """A range of ages as the columns `AGES`."""
    is_of_every_age = not ages.unborn and (ages.from_, ages.to) == (0, GROWN_UP - 1)
    return {
        "age_from": ages.from_,
        "age_to": ages.to,
        "is_of_unborn": ages.unborn,
        "is_of_every_age": is_of_every_age,
    }


def is_of_the_ages(rows: ir.Table) -> ir.BooleanValue:
    """`of_age` where each row has a child's years and is_unborn beside the columns `AGES` of a range."""
    inside = rows.years.between(rows.age_from, rows.age_to).fill_null(False)
    inside = inside | (rows.is_of_every_age & rows.years.isnull())
    return ibis.ifelse(rows.is_of_unborn, rows.is_unborn, inside & ~rows.is_unborn)


def parents_of(children: ir.Table, family: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """
    Parents and carers by a stated tie that stands on `as_at`: one row per child (person_id) and parent (about_id).

    family: one row per stated tie; `kind` says what the other is to the person. An address never makes a parent.
    """
    stands = _stands(family, as_at)
    down = family.filter(family.kind.isin(["parent", "carer"]), stands)
    up = family.filter(family.kind == "child", stands)
    pairs = down.select("person_id", about_id=down.other_id).union(
        up.select(person_id=up.other_id, about_id=up.person_id)
    )
    return pairs.semi_join(children, "person_id").filter(lambda t: t.person_id != t.about_id).distinct()


def siblings_of(children: ir.Table, family: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """Siblings and half-siblings by a stated tie, or by a parent stated for both: person_id and about_id."""
    told = family.filter(family.kind.isin(["sibling", "half_sibling"]), _stands(family, as_at))
    said = told.select("person_id", about_id=told.other_id).union(
        told.select(person_id=told.other_id, about_id=told.person_id)
    )
    parents = _birth_parents(family, as_at)
    other = parents.view()
    shared = parents.join(other, parents.about_id == other.about_id).select(
        person_id=parents.person_id, about_id=other.person_id
    )
    both = said.union(shared).filter(lambda t: t.person_id != t.about_id)
    return both.semi_join(children, "person_id").distinct()


def _birth_parents(family: ir.Table, as_at: datetime.date) -> ir.Table:
    stands = _stands(family, as_at)
    down = family.filter(family.kind == "parent", stands)
    up = family.filter(family.kind == "child", stands)
    return (
        down.select("person_id", about_id=down.other_id)
        .union(up.select(person_id=up.other_id, about_id=up.person_id))
        .distinct()
    )


def living_with(children: ir.Table, occupancy: ir.Table) -> ir.Table:
    """
    Periods in which a child and somebody else shared a home: person_id, about_id, from_on, to_on.

    occupancy: one row per person, home and period, never a placement, communal or withheld address. A null start
    or end is open.
    """
    mine = occupancy.semi_join(children, "person_id")
    theirs = occupancy.view()
    met = mine.join(
        theirs,
        [
            mine.household_id == theirs.household_id,
            mine.person_id != theirs.person_id,
            (mine.from_on < theirs.to_on).fill_null(True),
            (theirs.from_on < mine.to_on).fill_null(True),
        ],
    )
    return met.select(
        person_id=mine.person_id,
        about_id=theirs.person_id,
        from_on=ibis.greatest(mine.from_on.coalesce(theirs.from_on), theirs.from_on.coalesce(mine.from_on)),
        to_on=ibis.least(mine.to_on.coalesce(theirs.to_on), theirs.to_on.coalesce(mine.to_on)),
    )


def _stands(ties: ir.Table, as_at: datetime.date) -> ir.BooleanValue:
    begun = ties.from_on.isnull() | (ties.from_on <= as_at)
    return begun & (ties.to_on.isnull() | (ties.to_on > as_at))
