"""
Columns that only some files have: compared with weights made from the file itself.

How often two people agree by chance is counted; how often one person's records agree is learned (`learning`), so
that a column that changes (an occupation) is not believed like one that stays (a place of birth).
"""

from __future__ import annotations

import dataclasses
import re

import ibis.expr.types as ir
import pyarrow as pa

from kinfold.linkage.blocks import Rule, keyed
from kinfold.linkage.definition import Comparison, Degree
from kinfold.linkage.people_files import People
from kinfold.store.engine import Engine

# Records that may share a value by itself, or with a name, before it says too little to compare them for it.
MOST_BY_ITSELF, MOST_WITH_A_NAME = 12, 30
# Two strangers share a telephone or an e-mail less often than this, and a town or an occupation more often.
CHANCE_OF_A_CONTACT = 1 / 500


@dataclasses.dataclass(frozen=True)
class Extra:
    """
    column: in the records. name: of the comparison, as reasons show it. frequency: share of each value.

    values: of each record, in the order of the file's keys.
    """

    column: str
    name: str
    frequency: pa.Table
    is_identifier: bool
    values: pa.Array = dataclasses.field(default_factory=lambda: pa.array([], pa.string()))

    @property
    def by_chance(self) -> float:
        """How often two strangers share a value."""
        return sum(share * share for share in self.frequency.column(1).to_pylist())

    @property
    def is_contact(self) -> bool:
        return not self.is_identifier and self.by_chance < CHANCE_OF_A_CONTACT


def extras(people: People) -> list[Extra]:
    """What to compare beside names, birth, sex, home and numbers; columns that hold nothing are left out."""
    found: list[Extra] = []
    for is_identifier, columns in ((True, people.identifiers), (False, people.other)):
        for column, values in columns.items():
            place = len(found)
            table = pa.table({"value": values.drop_null()})
            if table.num_rows and not ("nhs" in column.lower() and is_identifier):
                counted = table.group_by("value").aggregate([("value", "count")])
                shares = [n / table.num_rows for n in counted.column("value_count").to_pylist()]
                named = f"extra_{place}"
                frequency = pa.table({named: counted.column("value"), f"tf_{named}": shares})
                name = _free_name(column, {*TAKEN, *(e.name for e in found)})
                found.append(Extra(named, name, frequency, is_identifier, values))
    return found


def _free_name(column: str, taken: set[str]) -> str:
    """The heading of a column as a name that the engine takes and nothing else has."""
    name = re.sub(r"\W+", "_", column.lower()).strip("_") or "column"
    name = f"column_{name}" if name[0].isdigit() else name
    while name in taken:
        name += "_"
    return name


TAKEN = frozenset(["forename", "surname", "birth", "sex", "home", "nhs", "upn", "numbers", "rule", "veto", "band",
                   "left", "right", "weight", "probability", "decided", "is_multiple", "reasons"])  # fmt: skip


def comparison(extra: Extra) -> Comparison:
    """The degrees of one column, before its own figures are known."""
    c = extra.column
    unknown = Degree("unknown", f"{c}_l is null or {c}_r is null")
    if extra.is_identifier:
        # That it is the same already counts as a number; here only a slip or a difference speaks.
        slip = f"damerau_levenshtein({c}_l, {c}_r) = 1 and len({c}_l) > 4"
        return Comparison(extra.name, (
            unknown,
            Degree("same", f"{c}_l = {c}_r", 0.99, 0.98),
            Degree("one figure apart", slip, 0.05, 2e-4),
            Degree("different", "ELSE", 0.06, 0.99),
        ))  # fmt: skip
    by_chance = extra.by_chance
    return Comparison(extra.name, (
        unknown,
        Degree("same", f"{c}_l = {c}_r", 0.8, min(max(by_chance, 1e-6), 0.7), frequency_of=c),
        Degree("close", f"jaro_winkler_similarity({c}_l, {c}_r) >= 0.88 and {_same_figures(c)}", 0.1,
               min(max(by_chance * 1.7, 0.003), 0.5)),
        Degree("different", "ELSE", 0.1, 0.98),
    ))  # fmt: skip


def _same_figures(column: str) -> str:
    """Codes, telephones and e-mails of two people are often alike in all but their figures."""
    one, other = (f"regexp_replace({column}_{end}, '[^0-9]', '', 'g')" for end in "lr")
    return f"{one} = {other}"


def with_columns(engine: Engine, records: ir.Table, people: People, found: list[Extra]) -> ir.Table:
    """`records` with the text of each extra column."""
    table = {"person_key": people.keys, **{e.column: e.values for e in found}}
    return engine.keep(records.left_join(engine.take(pa.table(table)), "person_key").drop("person_key_right"))


def rules(found: list[Extra]) -> tuple[Rule, ...]:
    """
    Where records may meet by such a column: by itself where its value is rare, or together with either name.

    Where a birth date is missing, a name and a town are often all that two records of one person share exactly.
    """
    return tuple(rule for e in found if not e.is_identifier for rule in _rules(e.column, e.name.replace("_", " ")))


def _rules(column: str, called: str) -> tuple[Rule, ...]:
    return (
        Rule(called, lambda r: keyed(r, column), MOST_BY_ITSELF),
        Rule(f"surname and {called}", lambda r: keyed(r, "surname_sound", column), MOST_WITH_A_NAME),
        Rule(f"forename and {called}", lambda r: keyed(r, "forename_sound", column), MOST_WITH_A_NAME),
    )
