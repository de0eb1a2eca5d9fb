"""
Which pairs of records are worth comparing.

Two records are compared when they share a key of any rule. A key that too many records share (a default date, a
name as common as a street) is left out and counted: the report says how far each rule reached.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.store.engine import Engine

# In a file of up to this many records, rules may be used that would compare too many pairs of a county.
SMALL = 60_000


@dataclasses.dataclass(frozen=True)
class Rule:
    """
    name: in the field's words. keys: rows of a `number` and the `key` it is found by.
    most: records that may share a key before it is left out; small_only: only while the pool is small.
    """

    name: str
    keys: Callable[[ir.Table], ir.Table]
    most: int
    small_only: bool = False


def keyed(records: ir.Table, *parts: ir.Value | str) -> ir.Table:
    """Rows of number and key: the parts run together, none where any part is null."""
    key = ibis.literal("")
    for part in parts:
        key = key.concat("|", records[part].cast("string") if isinstance(part, str) else part.cast("string"))
    return records.select("number", key=key).filter(ibis._.key.notnull())


def _each(records: ir.Table, column: str) -> ir.Table:
    """`records` once for each value of a list column, which becomes a plain column."""
    return records.mutate(**{column: records[column].unnest()})


def _identifiers(records: ir.Table) -> ir.Table:
    each = [keyed(_each(records, c), ibis.literal(c), c) for c in ("nhs", "upns", "strong_ids", "weak_ids")]
    return ibis.union(*each)


def _month_and_day(records: ir.Table) -> ir.Value:
    return records.birth_on.month() * 100 + records.birth_on.day()


def _either_order(records: ir.Table, *, by: ir.Value | str) -> ir.Table:
    first = ibis.least(records.forename, records.surname)
    second = ibis.greatest(records.forename, records.surname)
    return keyed(records, first, second, by)


def _initial_at_home(records: ir.Table) -> ir.Table:
    each = _each(records, "homes")
    return keyed(each, "homes", each.forename.left(1), "surname")


RULES = (
    Rule("an identifier", _identifiers, 200),
    Rule("surname and birth date", lambda r: keyed(r, "surname_sound", "birth_on"), 60),
    Rule("either surname and birth date", lambda r: keyed(_each(r, "surname_words"), "surname_words", "birth_on"), 60),
    Rule("forename and birth date", lambda r: keyed(_each(r, "forename_words"), "forename_words", "birth_on"), 60),
    Rule("birth date and postcode", lambda r: keyed(_each(r, "postcodes"), "postcodes", "birth_on"), 200),
    Rule("forename and postcode", lambda r: keyed(_each(r, "postcodes"), "postcodes", r.forename.left(3)), 60),
    Rule("forename and home", lambda r: keyed(_each(r, "homes"), "homes", r.forename.left(2)), 120),
    Rule("initial, surname and home", _initial_at_home, 120),
    Rule("names and year of birth", lambda r: _either_order(r, by="birth_year"), 60),
    Rule("names, month and day of birth", lambda r: _either_order(r, by=_month_and_day(r)), 60),
    Rule("names", lambda r: _either_order(r, by=ibis.literal("")), 25),
    Rule("birth date", lambda r: keyed(r, "birth_on"), 60, small_only=True),
)  # fmt: skip
# For files that hold little else than names and dates; a council's records meet by the rules above.
THOROUGH = (
    *RULES,
    Rule("surname and postcode", lambda r: keyed(_each(r, "postcodes"), "postcodes", "surname"), 60, small_only=True),
    Rule("sound of names", lambda r: keyed(r, "forename_sound", "surname_sound"), 60, small_only=True),
    Rule("home", lambda r: keyed(_each(r, "homes"), "homes"), 40, small_only=True),
    Rule("forename and surname's initial", lambda r: keyed(r, "forename", r.surname.left(2)), 40, small_only=True),
    Rule("surname and forename's initial", lambda r: keyed(r, "surname", r.forename.left(2)), 40, small_only=True),
    Rule("surname and year of birth", lambda r: keyed(r, "surname_sound", "birth_year"), 60, small_only=True),
    Rule("forename and year of birth", lambda r: keyed(r, "forename_sound", "birth_year"), 60, small_only=True),
    Rule("street", lambda r: keyed(r, "place_text"), 30, small_only=True),
)  # fmt: skip

# For files in which any word of a name may have been taken for the surname.
IN_ANY_ORDER = (Rule("all words of the names", lambda r: keyed(r, "name_words"), 40),)


@dataclasses.dataclass(frozen=True)
class Blocked:
    """
    pairs: left < right, each pair once. reach: per rule, its keys, pairs, and keys and records left out.

    keys: number, rule (its place among the rules) and key of every record. told: pairs that only `also` gave.
    """

    pairs: ir.Table
    reach: list[dict[str, object]]
    keys: ir.Table
    told: ir.Table


def block(
    engine: Engine,
    records: ir.Table,
    *,
    rules: tuple[Rule, ...] = RULES,
    apart: ir.Table | None = None,
    also: ir.Table | None = None,
) -> Blocked:
    """
    The pairs to compare.

    records: without unborn children, who are known by their mother.
    apart: `number` and `keeps_apart`; records that share a value are never compared (a file that holds each
    person once). also: pairs to compare whatever the rules say.
    """
    used = in_use(rules, born(records).count().execute())
    keys = engine.keep(keys_of(records, used))
    sizes = sized(keys, used)
    sizes = engine.keep(sizes.filter(sizes.records > 1))
    usable = engine.keep(keys.semi_join(sizes.filter(sizes.records <= sizes.most), ["rule", "key"]))
    left, right = usable, usable.view()
    met = left.join(right, [left.rule == right.rule, left.key == right.key, left.number < right.number])
    pairs = met.select(left="number", right="number_right").distinct()
    told = engine.take(pa.table({"left": pa.array([], pa.int64()), "right": pa.array([], pa.int64())}))
    if also is not None:
        pairs = engine.keep(pairs)
        told = engine.keep(also.select("left", "right").distinct().anti_join(pairs, ["left", "right"]))
        pairs = ibis.union(pairs, told)
    if apart is not None:
        pairs = _without_apart(pairs, apart)
    return Blocked(pairs=engine.keep(pairs), reach=_reach(sizes, used), keys=keys, told=told)


def born(records: ir.Table) -> ir.Table:
    """Unborn children are known by their mother, never by a key."""
    return records.filter(records.role != "unborn")


def in_use(rules: tuple[Rule, ...], people: int) -> list[Rule]:
    """The rules for a pool of so many born records."""
    return [rule for rule in rules if people <= SMALL or not rule.small_only]


def keys_of(records: ir.Table, used: list[Rule]) -> ir.Table:
    """Rows of number, rule and key: a number for each rule and a hash for each key, as text would be most of memory."""
    records = born(records)
    each = (
        rule.keys(records).distinct().select("number", rule=ibis.literal(n, "int8"), key=ibis._.key.hash())
        for n, rule in enumerate(used)
    )
    return ibis.union(*each)


def sized(keys: ir.Table, used: list[Rule]) -> ir.Table:
    """rule, key, most (records that may share it) and records (that do)."""
    most = ibis.cases(*((keys.rule == n, rule.most) for n, rule in enumerate(used)), else_=0)
    return keys.mutate(most=most).group_by("rule", "key", "most").agg(records=ibis._.count())


def _without_apart(pairs: ir.Table, apart: ir.Table) -> ir.Table:
    one, other = apart.select("number", one="keeps_apart"), apart.select("number", other="keeps_apart")
    sided = pairs.join(one, pairs.left == one.number).drop("number").join(other, pairs.right == other.number)
    return sided.filter(sided.one != sided.other).select("left", "right")


def _reach(sizes: ir.Table, rules: list[Rule]) -> list[dict[str, object]]:
    is_used = sizes.records <= sizes.most
    counted = sizes.group_by("rule").agg(
        keys=is_used.sum(),
        pairs=(is_used.cast("int64") * sizes.records * (sizes.records - 1) / 2).sum().cast("int64"),
        keys_left_out=(~is_used).sum(),
        records_left_out=sizes.records.sum(where=~is_used).fill_null(0),
        largest_key=sizes.records.max(),
    )
    by_rule = {row["rule"]: row for row in counted.to_pyarrow().to_pylist()}
    nothing = {"keys": 0, "pairs": 0, "keys_left_out": 0, "records_left_out": 0, "largest_key": 0}
    return [{"rule": rule.name, **{k: by_rule.get(n, nothing)[k] for k in nothing}} for n, rule in enumerate(rules)]
