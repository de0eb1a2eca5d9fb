"""
The deterministic tier: named rules that are enough to say that two records are one person.

A number alone is never enough, for numbers are mistyped and a mother's is written on her baby's record. Each rule
has a version; when a rule changes, its version does, and earlier decisions keep the name they were made under.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

SAME_BIRTH = ("same", "same at home")
SAME_FORENAME = ("same", "same at home", "other name", "spelt another way", "short form", "close", "close at home")
SAME_SURNAME = ("same", "same at home", "other name", "close")

RULES: dict[str, Callable[[ir.Table], ir.BooleanValue]] = {
    "nhs_and_birth@1": lambda p: (p.nhs == "same") & p.birth.isin(SAME_BIRTH),
    "nhs_and_forename@1": lambda p: (p.nhs == "same") & p.forename.isin(SAME_FORENAME),
    "upn_and_birth@1": lambda p: (p.upn == "same") & p.birth.isin(SAME_BIRTH),
    "upn_and_surname@1": lambda p: (p.upn == "same") & p.surname.isin(SAME_SURNAME) & p.forename.isin(
        (*SAME_FORENAME, "similar", "similar at home", "initial", "unknown")
    ),
    "number_and_birth@1": lambda p: (p.numbers == "same") & p.birth.isin(SAME_BIRTH),
    "number_and_names@1": lambda p: (
        (p.numbers == "same") & p.forename.isin(SAME_FORENAME) & p.surname.isin(SAME_SURNAME)
    ),
    "moved_that_day@1": lambda p: (p.moved == "on one day") & p.forename.isin(SAME_FORENAME) & p.surname.isin(
        SAME_SURNAME
    ),
}  # fmt: skip


def applied(pairs: ir.Table) -> ir.Table:
    """
    Name the first rule that holds for each pair.

    pairs: compared pairs with a word for each comparison. Adds `rule`; null where none holds.
    """
    return pairs.mutate(
        rule=ibis.cases(*((holds(pairs).fill_null(False), name) for name, holds in RULES.items()), else_=None)
    )
