"""
One row per person: the values a screen shows, each chosen from the newest record that says it.

An address that one record withholds is withheld, whatever another source says of it: lines, postcode and small area
are left empty, because each of them gives a home away.
"""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.linkage.standardise import NAME_ORDER
from kinfold.store.engine import Engine

CHILD_UNTIL_YEARS = 18


def people(engine: Engine, tables: dict[str, ir.Table], link: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """
    Choose what is shown of each person.

    tables: person, name, address and contact. link: person_key to person_id with rule and probability.
    A null was said by nobody. `certainty` is how sure the least sure of the person's records is.
    """
    ids = engine.keep(link.select("person_key", "person_id", "source", "rule", "probability"))
    out = _facts(tables["person"], ids, as_at=as_at)
    for more in (
        _display_names(tables["name"], ids),
        _display_address(tables["address"], ids, as_at=as_at),
        _phones(tables["contact"], ids),
        _certainty(ids),
    ):
        out = out.left_join(engine.keep(more), "person_id").drop("person_id_right")
    return out.select(
        "person_id", "role", "forename", "surname", "known_as", "former_names", "birth_on", "birth_quality",
        "expected_on", "died_on", "sex", "ethnicity", "lsoa", "lsoa_vintage", "address_lines", "postcode",
        is_address_withheld=out.is_address_withheld.fill_null(False), is_restricted=out.is_restricted,
        phone=out.phone, source_count=out.source_count, certainty=out.certainty,
    )  # fmt: skip


def is_withheld_now(address: ir.Table, *, as_at: datetime.date) -> ir.BooleanValue:
    has_begun = address.from_on.isnull() | (address.from_on <= as_at)
    return (address.kind == "withheld") & has_begun & (address.to_on.isnull() | (address.to_on > as_at))


def _newest(table: ir.Table) -> list[ir.Value]:
    return [table.known_from.desc(), table.source, table.delivery_id, table.part, table.row_number]


def _facts(person: ir.Table, ids: ir.Table, *, as_at: datetime.date) -> ir.Table:
    said = person.join(ids.select("person_key", "person_id"), "person_key")
    order = _newest(said)
    quality = said.birth_quality.fill_null("stated")
    surest = [quality.cases(("stated", 0), ("year_only", 1), else_=2), *order]
    has_birth = said.birth_on.notnull()
    known = said.group_by("person_id").agg(
        said_role=said.role.first(order_by=[said.role != "unborn", *order]),
        birth_on=said.birth_on.first(order_by=surest),
        birth_quality=quality.first(order_by=surest, where=has_birth),
        expected_on=said.expected_on.first(order_by=order),
        died_on=said.died_on.first(order_by=order),
        sex=said.sex.first(order_by=order),
        ethnicity=said.ethnicity.first(order_by=order),
        is_restricted=(ibis.literal(" ").concat(said.flags, " ").contains(" restricted ")).any().fill_null(False),
    )
    years = as_at.year - known.birth_on.year()
    had_birthday = (known.birth_on.month() * 100 + known.birth_on.day()) <= as_at.month * 100 + as_at.day
    age = ibis.ifelse(had_birthday, years, years - 1)
    by_age = ibis.ifelse(age < CHILD_UNTIL_YEARS, "child", "adult")
    return known.mutate(role=ibis.ifelse(known.birth_on.isnull(), known.said_role, by_age)).drop("said_role")


def _display_names(name: ir.Table, ids: ir.Table) -> ir.Table:
    said = name.join(ids.select("person_key", "person_id"), "person_key")
    order = [said.kind.cases(*NAME_ORDER.items(), else_=3), *_newest(said)]
    # "Baby" is shown while nothing better is known, and never instead of a name.
    stand_in = said.forename.lower().re_search("^(baby|infant|twin|unknown|unborn)").fill_null(False)
    whole = said.forename.fill_null("").concat(" ", said.surname.fill_null("")).strip()
    is_former = said.kind == "former"
    return said.group_by("person_id").agg(
        forename=said.forename.first(order_by=[stand_in, *order], where=said.kind != "known_as"),
        surname=said.surname.first(order_by=order, where=said.kind != "known_as"),
        known_as=said.forename.first(order_by=order, where=said.kind == "known_as"),
        former_names=whole.collect(where=is_former & (whole != ""), distinct=True).sort().join("; ").nullif(""),
    )


def _display_address(address: ir.Table, ids: ir.Table, *, as_at: datetime.date) -> ir.Table:
    said = address.join(ids.select("person_key", "person_id"), "person_key")
    is_current = (said.to_on.isnull() | (said.to_on > as_at)) & (said.from_on.isnull() | (said.from_on <= as_at))
    since = said.from_on.fill_null(said.known_from)
    order = [~is_current, since.desc(), *_newest(said)]
    withheld = is_withheld_now(said, as_at=as_at)
    # One whole row is chosen, so that a postcode never stands beside another address's lines.
    ranked = said.mutate(
        place=ibis.row_number().over(group_by="person_id", order_by=[said.kind == "withheld", *order]),
        is_address_withheld=withheld.any().over(group_by="person_id"),
        is_current=is_current,
    )
    best = ranked.filter(ranked.place == 0)
    hidden = best.is_address_withheld | (best.kind == "withheld") | ~best.is_current

    def shown(column: str) -> ir.Value:
        return ibis.ifelse(hidden, ibis.null(best[column].type()), best[column])

    return best.select(
        "person_id",
        "is_address_withheld",
        lsoa=shown("lsoa"),
        lsoa_vintage=shown("lsoa_vintage"),
        address_lines=shown("lines"),
        postcode=shown("postcode"),
    )


def _phones(contact: ir.Table, ids: ir.Table) -> ir.Table:
    said = contact.filter(contact.kind == "phone").join(ids.select("person_key", "person_id"), "person_key")
    return said.group_by("person_id").agg(phone=said.value.first(order_by=[said.to_on.notnull(), *_newest(said)]))


def _certainty(ids: ir.Table) -> ir.Table:
    by_rule = ids.rule.notnull() & ~ids.rule.isin(["model", "alone"])
    sure = ibis.ifelse(by_rule | (ids.rule == "alone"), 1.0, ids.probability)
    counted = (
        ids.mutate(sure=sure).group_by("person_id").agg(source_count=ibis._.source.nunique(), least=ibis._.sure.min())
    )
    return counted.select(
        "person_id",
        "source_count",
        certainty=ibis.cases((counted.least >= 0.9999, "certain"), (counted.least >= 0.998, "very likely"),
                             else_="likely"),
    )  # fmt: skip
