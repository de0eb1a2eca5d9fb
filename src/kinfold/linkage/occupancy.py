"""
Who lived together, and when.

A household is the people at one home over one unbroken stretch of time. Placements, hostels and withheld addresses
make none, and from the day a person's address is withheld that person is in no household, whatever an older record
still says.
"""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.linkage.identity import opaque_id
from kinfold.linkage.people import is_withheld_now
from kinfold.store.engine import Engine


def occupancy(
    engine: Engine, homes: ir.Table, address: ir.Table, link: ir.Table, *, key: bytes, as_at: datetime.date
) -> ir.Table:
    """
    Periods in which people lived in a household.

    homes: usable homes of source persons (`standardise.usable_homes`). address: all addresses as known.
    Returns one row per person, household and period [from_on, to_on); a null from_on is an unknown start and a
    null to_on still holds.
    """
    lived = engine.keep(_periods(homes, address, link, as_at=as_at))
    stretches = engine.keep(_stretches(lived))
    named = _named(engine, stretches, key=key)
    rows = stretches.join(named, ["place", "stretch"])
    return rows.select("person_id", "household_id", "from_on", "to_on").distinct()


def _periods(homes: ir.Table, address: ir.Table, link: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """One row per person, dwelling and period, closed where the person moved on or the address was withheld."""
    ids = link.select("person_key", "person_id")
    said = homes.filter(homes.place.notnull()).join(ids, "person_key")
    said = said.mutate(since=said.from_on.fill_null(said.known_from))
    said = said.filter(said.since <= as_at)
    together = said.group_by("person_id", "place").agg(
        from_on=ibis._.from_on.min(),
        since=ibis._.since.min(),
        latest=ibis._.since.max(),
        open_ends=ibis._.to_on.isnull().sum(),
        to_on=ibis._.to_on.max(),
    )
    together = together.mutate(to_on=ibis.ifelse(together.open_ends > 0, ibis.null("date"), together.to_on))
    # An older source does not know that the person has moved; a newer address closes it.
    later = ibis.window(group_by="person_id", order_by=[together.since, together.latest, together.place])
    next_since = together.since.lead().over(later)
    together = together.mutate(to_on=ibis.ifelse(together.to_on.isnull(), next_since, together.to_on))
    hidden = address.filter(is_withheld_now(address, as_at=as_at)).join(ids, "person_key")
    hidden = hidden.group_by("person_id").agg(hidden_on=hidden.from_on.fill_null(hidden.known_from).min())
    shown = together.left_join(hidden, "person_id").drop("person_id_right")
    end = ibis.least(shown.to_on.fill_null(shown.hidden_on), shown.hidden_on.fill_null(shown.to_on))
    shown = shown.mutate(to_on=end)
    return shown.filter(shown.to_on.isnull() | (shown.to_on > shown.since)).select(
        "person_id", "place", "since", "from_on", "to_on"
    )


def _stretches(lived: ir.Table) -> ir.Table:
    """Number the unbroken stretches of each dwelling: one ends when everybody has gone before somebody comes."""
    ever = ibis.date(9999, 12, 31)
    lived = lived.mutate(until=lived.to_on.fill_null(ever))
    order = [lived.since, lived.until, lived.person_id]
    before = ibis.window(group_by="place", order_by=order, preceding=(None, 1))
    lived = lived.mutate(so_far=lived.until.max().over(before))
    lived = lived.mutate(is_new=ibis.ifelse(lived.so_far.isnull() | (lived.so_far <= lived.since), 1, 0))
    running = ibis.window(group_by="place", order_by=[lived.since, lived.until, lived.person_id], preceding=(None, 0))
    return lived.mutate(stretch=lived.is_new.sum().over(running)).drop("until", "so_far", "is_new")


def _named(engine: Engine, stretches: ir.Table, *, key: bytes) -> ir.Table:
    """
    A household's id: opaque, and made of the dwelling and of the first person there.

    The first person keeps it the same when an earlier household of the same dwelling becomes known.
    """
    came = ibis.row_number().over(group_by=["place", "stretch"], order_by=[stretches.since, stretches.person_id])
    first = stretches.mutate(came=came)
    first = first.filter(first.came == 0).select("place", "stretch", first_person="person_id")
    rows = first.order_by("place", "stretch").to_pyarrow()
    texts = zip(rows.column("place").to_pylist(), rows.column("first_person").to_pylist(), strict=True)
    ids = [opaque_id("|".join(text), key=key, prefix="H", role=b"kinfold-home") for text in texts]
    seen: dict[str, int] = {}
    unique = []
    for one in ids:
        seen[one] = seen.get(one, 0) + 1
        unique.append(one if seen[one] == 1 else f"{one}-{seen[one]}")
    return engine.take(
        pa.table(
            {
                "place": rows.column("place"),
                "stretch": rows.column("stretch"),
                "household_id": pa.array(unique, pa.string()),
            }
        )
    )
