"""
Whether a file of people lists relatives, seen from the file itself: it decides what may never be one person.

In a list of unrelated people a wrong forename is a slip, and to keep its records apart would miss people. In a list
of families it is a brother.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from kinfold.linkage import definition, vetoes
from kinfold.linkage.definition import Comparison
from kinfold.linkage.vetoes import Veto

# Of the pairs of one home and surname, the share of relatives above which the file lists households.
SHARE_OF_RELATIVES = 0.05
# Of the pairs of one surname and birth date, the share of twins above which it lists families.
SHARE_OF_TWINS = 0.01
# With fewer pairs than this nothing is seen either way; of homes, also with fewer for each record.
FEWEST, AT_HOME_EACH = 50, 0.02
# A forename that so many families give is a name; one that stands alone may be a slip of the pen.
FAMILIES_OF_A_NAME = 3
SAME = ("same", "same at home")
NO_RELATIVES = (definition.WITHOUT_HOUSEHOLDS, vetoes.WITHOUT_HOUSEHOLDS)


def compared_as(
    pairs: ir.Table, records: ir.Table, *, places: Sequence[str] = (), contacts: Sequence[str] = ()
) -> tuple[tuple[Comparison, ...], tuple[Veto, ...]]:
    """
    How to compare the records of a file, and what may never be linked in it.

    pairs: compared pairs with a word for each comparison. places: what else the file holds that twins share, such as
    a town. contacts: those of them that few share, such as a telephone: a family is seen by one as by a home. Where
    nothing is seen, twins are kept apart in case.
    """
    at_home, relatives = _at_home(pairs, contacts)
    if at_home >= max(FEWEST, AT_HOME_EACH * records.count().execute()):
        is_family = relatives > SHARE_OF_RELATIVES * at_home
        return (definition.COMPARISONS, vetoes.VETOES) if is_family else NO_RELATIVES
    born_alike, twins = _born_alike(pairs, records, places)
    if born_alike < FEWEST or twins > SHARE_OF_TWINS * born_alike:
        return definition.COMPARISONS, vetoes.WITHOUT_HOMES
    return NO_RELATIVES


def _at_home(pairs: ir.Table, contacts: Sequence[str]) -> tuple[int, int]:
    """Pairs of one home and surname; and of these, relatives: slips seldom change forename and birth date both."""
    is_together = ibis.or_(pairs.home == "same", *(pairs[contact] == "same" for contact in contacts))
    at_home = pairs.filter(pairs.surname.isin(SAME) & is_together)
    is_relative = (at_home.forename == "different") & at_home.birth.isin(["different", "a generation apart"])
    return _counted(at_home, is_relative)


def _born_alike(pairs: ir.Table, records: ir.Table, places: Sequence[str]) -> tuple[int, int]:
    """
    Pairs of one surname and birth date; and of these, twins: both forenames differ and are names by themselves.

    In a long list many strangers are born alike, so those who share no place do not count.
    """
    alike = pairs.filter(pairs.surname.isin(SAME) & pairs.birth.isin(SAME) & ~vetoes.shares_number(pairs))
    families = records.group_by("forename").agg(families=records.surname.nunique())
    usual = families.filter(families.families >= FAMILIES_OF_A_NAME)
    named = records.semi_join(usual, "forename").select("number")
    are_names = alike.left.isin(named.number) & alike.right.isin(named.number)
    apart = ibis.or_(alike.home == "different", *(alike[place] == "different" for place in places))
    return _counted(alike, (alike.forename == "different") & are_names & ~apart)


def _counted(pairs: ir.Table, those: ir.BooleanValue) -> tuple[int, int]:
    row = pairs.agg(all=pairs.count(), those=those.sum()).to_pyarrow().to_pylist()[0]
    return row["all"] or 0, row["those"] or 0
