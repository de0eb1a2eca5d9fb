"""What several published tables need: our codes in words, dates in words, and who a fact is about."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

LINKED_CHILD = ("child", "unborn")


def in_words(code: ir.StringColumn, words: Mapping[str, str], otherwise: ir.Value | str = "") -> ir.StringValue:
    """The field's words for a code; `otherwise` where the code is null or has no words."""
    if not words:
        return ibis.literal(otherwise) if isinstance(otherwise, str) else otherwise
    pairs = [(code == key, ibis.literal(value)) for key, value in words.items()]
    return ibis.cases(*pairs, else_=otherwise)


def detail_in_words(
    kind: ir.StringColumn, detail: ir.StringColumn, words: Mapping[tuple[str, str], str]
) -> ir.StringValue:
    """The words for a detail, whose code means something only beside its kind; "" where there are none."""
    both = kind + ibis.literal("/") + detail.fill_null("")
    return in_words(both, {f"{of}/{code}": said for (of, code), said in words.items()})


def day_in_words(day: ir.DateValue) -> ir.StringValue:
    """A date as 3 March 2026; null stays null."""
    return day.strftime("%-d %B %Y")


def joined(*parts: ir.StringValue, by: str = " ") -> ir.StringValue:
    """Texts one after another, those that are null or empty left out; "" when all are."""
    kept = [ibis.ifelse(part.nullif("").notnull(), part + ibis.literal(by), "") for part in parts]
    whole = kept[0]
    for part in kept[1:]:
        whole = whole + part
    return whole.re_replace(_ending(by), "")


def _ending(by: str) -> str:
    return {" ": r"\s+$", ", ": r",\s+$", "; ": r";\s+$", ": ": r":\s+$"}[by]


def standing_on(table: ir.Table, on: datetime.date) -> ir.Table:
    """Rows whose interval holds on a day: half-open, an unknown start counts as begun."""
    begun = table.from_on.isnull() | (table.from_on <= on)
    return table.filter(begun & (table.to_on.isnull() | (table.to_on > on)))


def whole_name(people: ir.Table) -> ir.StringValue:
    """Forename and surname; "" when neither is known. A surname alone says so, or it would pass for a slip."""
    is_half = people.forename.nullif("").isnull() & people.surname.nullif("").notnull()
    whole = joined(people.forename.fill_null(""), people.surname.fill_null(""))
    return ibis.ifelse(is_half, whole + " (first name not known)", whole)


def who_it_is_about(facts: ir.Table, family: ir.Table) -> ir.Table:
    """
    Add `about_words` to rows with `person_id` (the child) and `about_id` (whose fact it is).

    A tie of the family names it; without one the other person is there because they share the home.
    """
    ties = (
        family.filter(family.kind.isin(["parent", "carer", "sibling", "half_sibling"]))
        .group_by(["person_id", "other_id"])
        .agg(tie=lambda t: t.kind.min())
    )
    told = facts.left_join(ties, [facts.person_id == ties.person_id, facts.about_id == ties.other_id])
    words = ibis.cases(
        (facts.about_id == facts.person_id, ibis.literal("this child")),
        (ties.tie == "parent", ibis.literal("a parent")),
        (ties.tie == "carer", ibis.literal("a carer")),
        (ties.tie.isin(["sibling", "half_sibling"]), ibis.literal("a brother or sister")),
        else_=ibis.literal("someone living at the same home"),
    )
    return told.select(facts, about_words=words)


def joined_ids(pairs: ir.Table, by: list[str], of: str, named: str) -> ir.Table:
    """One row per `by`: the distinct ids of the column `of`, in order and parted by spaces, as the column `named`."""
    several = pairs.select(*by, of).distinct()
    return several.group_by(by).agg(**{named: several[of].group_concat(" ", order_by=several[of])})


def others_behind(tables: dict[str, ir.Table]) -> ir.Table:
    """
    Whose records, beside the child's own, the run's sentences and the phone of a child may come from.

    Everybody whose fact a statement rests on, parents and carers, and the other children of the household.
    Returns one row per child who has any: behind (the child), about_ids.
    """
    evidence, family, order = tables["marker_evidence"], tables["family"], tables["priority_child"]
    facts = evidence.select("person_id", other_id=evidence.about_id)
    parents = family.filter(family.kind.isin(["parent", "carer"])).select("person_id", "other_id")
    at_home = order.filter(order.household_id.notnull()).select("person_id", "household_id")
    others = at_home.select(other_id="person_id", household_id="household_id")
    together = at_home.join(others, "household_id").select("person_id", "other_id")
    every = ibis.union(facts, parents, together)
    every = every.filter(every.other_id.notnull() & (every.other_id != every.person_id))
    return joined_ids(every, ["person_id"], "other_id", "about_ids").rename(behind="person_id")
