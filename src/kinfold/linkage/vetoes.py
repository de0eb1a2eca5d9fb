"""
Reasons why two records are not one person, whatever their weight.

Statistics cannot tell twins apart: they share birth date, home and surname, and no threshold mends that. So these
are hard, each says its reason in words, and clustering keeps such records apart however else they are joined.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from kinfold.linkage.rules import SAME_BIRTH

# The degrees of a forename of which one record, or either, gives no more than the first letter.
BY_INITIAL = ("initial", "same initial", "the other way round, with an initial")


@dataclasses.dataclass(frozen=True)
class Veto:
    """`to_review`: a person should look, because the pair may be one person after all."""

    name: str
    words: str
    holds: Callable[[ir.Table], ir.BooleanValue]
    to_review: bool = False


def shares_number(pairs: ir.Table) -> ir.BooleanValue:
    return (pairs.nhs == "same") | (pairs.upn == "same") | (pairs.numbers == "same")


def _numbers_conflict(pairs: ir.Table) -> ir.BooleanValue:
    return (pairs.nhs == "different") | (pairs.upn == "different")


def _is_generation(pairs: ir.Table) -> ir.BooleanValue:
    return pairs.birth.isin(["a generation apart", "unknown, child and grown up"])


def _number_alone(pairs: ir.Table) -> ir.BooleanValue:
    no_birth = pairs.birth.isin(["different", "a generation apart", "unknown", "unknown, child and grown up"])
    return shares_number(pairs) & no_birth & pairs.forename.isin(["different", "unknown", "similar"])


def _may_be_twin(pairs: ir.Table) -> ir.BooleanValue:
    unsure = pairs.forename.isin(
        ["unknown", *BY_INITIAL, "similar", "similar at home", "spelt another way", "short form"]
    )
    return pairs.is_multiple & pairs.birth.isin(SAME_BIRTH) & unsure & ~shares_number(pairs)


def _initial_alone(pairs: ir.Table) -> ir.BooleanValue:
    return pairs.forename.isin(BY_INITIAL) & pairs.birth.startswith("unknown") & ~shares_number(pairs)


VETOES = (
    Veto("reviewer", "a person decided that these are two people", lambda p: p.decided == "cannot_link"),
    Veto("numbers_conflict_one_shared", "one number is the same and another is different",
         lambda p: _numbers_conflict(p) & shares_number(p), to_review=True),
    Veto("numbers_conflict", "two different valid numbers", _numbers_conflict),
    Veto("number_alone", "the same number, but neither forename nor birth date agrees", _number_alone, to_review=True),
    Veto("forename", "forenames differ and no number is shared",
         lambda p: (p.forename == "different") & ~shares_number(p)),
    Veto("sex", "recorded sex differs and no number is shared", lambda p: (p.sex == "different") & ~shares_number(p)),
    Veto("generation", "a generation apart and no number is shared", lambda p: _is_generation(p) & ~shares_number(p)),
    Veto("twin", "one of twins, and the forename does not say which", _may_be_twin, to_review=True),
    Veto("initial_alone", "an initial without a birth date: brothers and sisters often share one", _initial_alone,
         to_review=True),
    Veto("locked", "a person locked one of them, and the other came since", lambda p: p.decided == "locked",
         to_review=True),
)  # fmt: skip


# In a list of unrelated people nobody has a twin, and a wrong forename is only a wrong forename.
WITHOUT_HOUSEHOLDS = tuple(
    v for v in VETOES if v.name in ("reviewer", "numbers_conflict_one_shared", "numbers_conflict")
)

# Where twins are in a list, or nothing shows whether relatives are, and nobody's home is known: a wrong sex is a slip.
WITHOUT_HOMES = tuple(v for v in VETOES if v.name != "sex")


def applied(pairs: ir.Table, vetoes: tuple[Veto, ...] = VETOES) -> ir.Table:
    """
    Name the first of the vetoes that holds for each pair.

    pairs: compared pairs with a word for each comparison, `decided` (must_link, cannot_link, locked or null) and
    `is_multiple` (either record is known to be one of several born together). Adds `veto`; null where none holds.
    A pair that a person said is one person is never vetoed.
    """
    held = ibis.cases(*((v.holds(pairs).fill_null(False), v.name) for v in vetoes), else_=None)
    is_decided = (pairs.decided == "must_link").fill_null(False)
    return pairs.mutate(veto=ibis.ifelse(is_decided, ibis.null("string"), held))


def births_together(pairs: ir.Table, records: ir.Table) -> ir.Table:
    """Numbers of the records of children born together: one source lists both, or says twin."""
    return multiples(twin_pairs(pairs, records), records)


def twin_pairs(pairs: ir.Table, records: ir.Table) -> ir.Table:
    """
    left and right of the pairs that one source lists as children born together.

    Two records of one source with one birth date and one home or surname, whose forenames are not the same name.
    """
    sourced = records.select("number", "source")
    both = pairs.filter(
        pairs.birth.isin(SAME_BIRTH)
        & pairs.forename.isin(["similar", "similar at home", "different"])
        & ((pairs.home == "same") | pairs.surname.isin(["same", "same at home"]))
        & ~shares_number(pairs)
    )
    both = both.join(sourced, both.left == sourced.number).drop("number")
    other = records.select(right_number="number", right_source="source")
    both = both.join(other, both.right == other.right_number)
    return both.filter(both.source == both.right_source).select("left", "right")


def multiples(twins: ir.Table, records: ir.Table) -> ir.Table:
    """Numbers of the records of `twins`, and of those that say twin themselves."""
    said = records.filter(ibis.literal(" ").concat(records.flags, " ").contains(" twin ")).select("number")
    return ibis.union(twins.select(number="left"), twins.select(number="right"), said, distinct=True)
