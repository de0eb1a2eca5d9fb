"""Markers that build on others, or on the child's age alone."""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.areas.marker_shapes import Combination


def combination(found: ir.Table, shape: Combination, *, since: datetime.date) -> ir.Table:
    """
    The facts on or after `since` of a child of whom `at_least` of the shape's markers are true by such facts.

    found: one row per child, marker and supporting row. Each marker counts once, however many facts it has.
    """
    told = found.filter(found.marker.isin(shape.markers), (found.fades_from >= since).fill_null(False))
    counts = told.group_by("person_id").agg(markers=told.marker.nunique())
    enough = counts.filter(counts.markers >= shape.at_least)
    return told.semi_join(enough, "person_id").mutate(fact=told.marker)


def infant(children: ir.Table, born: ir.Table) -> ir.Table:
    """
    The rows of `born` that say a child under one year old was born.

    children: one row per child, `years` in whole years. born: one row per source person, with person_id.
    """
    under_one = children.filter((children.years == 0).fill_null(False), ~children.is_unborn)
    told = born.filter(born.birth_on.notnull()).semi_join(under_one, "person_id")
    return told.mutate(fact=ibis.literal("birth"), on=told.birth_on, fades_from=ibis.null("date"))
