"""
People who leave one home and take another on the same day, as one register tells it.

A liability or a tenancy that ends on the day another begins under the same full name is how a register without
birth dates tells of a move. It says so only where it is plain: one such name left and one came that day.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


def same_day(records: ir.Table, homes: ir.Table) -> ir.Table:
    """
    Pairs of records (left < right) that one register moved from a home to another on one day.

    records: number, person_key, source, role, forename, surname, birth_on. homes: one row per source person and
    address: person_key, place, from_on, to_on. Records of one register with one full name count, when neither
    birth date speaks against it and nobody else of that name moved out or in that day.
    """
    named = records.filter(records.forename.notnull() & records.surname.notnull() & (records.role == "adult"))
    named = named.select("number", "person_key", "source", "forename", "surname", "birth_on")
    lived = named.join(homes.select("person_key", "place", "from_on", "to_on"), "person_key")
    of_day = ["source", "forename", "surname", "day"]
    left = lived.filter(lived.to_on.notnull()).mutate(day=ibis._.to_on)
    came = lived.filter(lived.from_on.notnull()).mutate(day=ibis._.from_on)
    left, came = _only_one(left, of_day, "out"), _only_one(came, of_day, "in_")
    moved = left.join(came, of_day)
    plain = (
        (moved.number_out != moved.number_in_)
        & (moved.place_out != moved.place_in_)
        & (moved.birth_on_out.isnull() | moved.birth_on_in_.isnull() | (moved.birth_on_out == moved.birth_on_in_))
    )
    moved = moved.filter(plain)
    return moved.select(
        left=ibis.least(moved.number_out, moved.number_in_), right=ibis.greatest(moved.number_out, moved.number_in_)
    ).distinct()


def _only_one(rows: ir.Table, of_day: list[str], end: str) -> ir.Table:
    """One row per register, name and day on which just one record of that name moved, its columns marked by `end`."""
    one = rows.group_by(of_day).agg(
        number=rows.number.min(), other=rows.number.max(), place=rows.place.min(), birth_on=rows.birth_on.min()
    )
    one = one.filter(one.number == one.other).drop("other")
    return one.rename({f"{name}_{end}": name for name in ("number", "place", "birth_on")})
