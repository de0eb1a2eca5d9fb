"""
Which records stand as the last run left them, so that a night standardises only the others.

A record follows from what its source says and from what everybody's rows bear on it: a date that has become a habit, a
home that has become crowded or withheld, a number that another took over. Both are hashed together for each record,
so that a change anywhere reaches exactly those it affects, and what is kept is used for nobody else.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import json
import unicodedata
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import ibis
import ibis.expr.types as ir

from kinfold.linkage import standardise
from kinfold.linkage.standardise import Standardised
from kinfold.store.engine import Engine
from kinfold.vocabulary import names

# Of the rows of one record the newest is believed; which came when says nothing while there is only one.
ORDER = ("source", "delivery_id", "part", "row_number")
SAYS = ("person", "name", "identifier", "address")
HASHES = ("what", "whole")


@dataclasses.dataclass(frozen=True)
class Kept:
    """
    standard: records as `standardise` made them at the last run, with `said`. read_by: of what read them, see
    `read_by`.
    """

    standard: ir.Table
    read_by: str


@dataclasses.dataclass(frozen=True)
class Standing:
    """
    stood: the records of tonight and the usable homes. kept: for the next run, each record with `said` (a hash of all
    it follows from). standardised: how many were made anew.
    """

    stood: Standardised
    kept: Kept
    standardised: int


def standing(
    engine: Engine,
    tables: dict[str, ir.Table],
    *,
    kept: Kept | None,
    upn_sources: frozenset[str],
    as_at: datetime.date,
    learned: Mapping[str, str],
) -> Standing:
    """
    `standardise.standardise`, going on from what the last run kept.

    tables: as there, with the addresses read. kept: None, or of other code or learned names, standardises everybody.
    """
    about = standardise.bearing(engine, tables, as_at=as_at)
    said = engine.keep(_said(tables, about, upn_sources=upn_sources, as_at=as_at))
    if kept is None or kept.read_by != read_by(learned):
        made = standardise.recorded(engine, tables, about, upn_sources=upn_sources, as_at=as_at, learned=learned)
        return _standing(engine.keep(made.join(said, "person_key")), about, learned)
    before = kept.standard.select("person_key", was="said", old="number")
    same = said.join(before, "person_key")
    stays = engine.keep(same.filter(same.said == same.was).select("person_key", "number", "old"))
    anew = engine.keep(said.anti_join(stays, "person_key"))
    some = {name: engine.keep(tables[name].semi_join(anew, "person_key")) for name in ("person", "name", "identifier")}
    theirs = dataclasses.replace(about, homes=engine.keep(about.homes.semi_join(anew, "person_key")))
    made = standardise.recorded(engine, some, theirs, upn_sources=upn_sources, as_at=as_at, learned=learned)
    made = engine.keep(made.join(anew, "person_key"))
    # By number, as by key it costs twice as much to copy what stands.
    renumbered = stays.select("old", stands_at="number")
    as_it_was = kept.standard.join(renumbered, kept.standard.number == renumbered.old).drop("number")
    as_it_was = as_it_was.rename(number="stands_at").select(*made.columns)
    whole = engine.keep(ibis.union(as_it_was, made))
    return dataclasses.replace(_standing(whole, about, learned), standardised=made.count().execute())


def _standing(standard: ir.Table, about: standardise.Bearing, learned: Mapping[str, str]) -> Standing:
    stood = Standardised(records=standard.drop("said"), homes=about.homes)
    return Standing(stood, Kept(standard, read_by(learned)), standardised=standard.count().execute())


def _said(
    tables: dict[str, ir.Table], about: standardise.Bearing, *, upn_sources: frozenset[str], as_at: datetime.date
) -> ir.Table:
    """
    number (in the order of the keys), person_key and `said`, one row per person key of `person`.

    Everything that `standardise.recorded` reads is in the hash; how rows are ordered only where there are several.
    """
    person = standardise.marked_habits(tables["person"].mutate(numbering=ibis._.person_key.split(":")[0]), about.habits)
    person = person.mutate(
        # A day that had not come, and a child who has grown up, without any row having changed.
        is_yet_to_come=(person.birth_on > as_at).fill_null(False),
        is_grown_up=(person.birth_on.year() <= standardise.grown_up_before(as_at)).fill_null(False),
    )
    numbers = standardise.as_held_now(tables["identifier"], about.replaced)
    told = {
        "person": (person, ("role", "sex", "flags", "birth_on", "birth_quality", "is_habit", "is_yet_to_come",
                            "is_grown_up")),
        "name": (tables["name"], ("forename", "surname", "kind")),
        "identifier": (standardise.usable_numbers(numbers, upn_sources), ("kind", "value", "register", "is_valid")),
        "address": (about.homes, ("place", "uprn", "door", "postcode_compact", "place_text", "from_on", "to_on")),
    }  # fmt: skip
    every = ibis.union(*(_hashed(name, rows, columns) for name, (rows, columns) in told.items()))
    aggregates: dict[str, ir.Value] = {}
    for name in SAYS:
        mine = every.table == name
        rows, what, whole = (every.person_key.count(where=mine), *(every[c].sum(where=mine) for c in HASHES))
        aggregates |= {f"{name}_rows": rows, name: ibis.ifelse(rows > 1, whole, what)}
    found = every.group_by("person_key").agg(**aggregates)
    found = found.filter(found.person_rows > 0)
    return found.select(
        "person_key",
        number=ibis.row_number().over(order_by=found.person_key),
        said=ibis.struct({name: found[name] for name in aggregates}).hash(),
    )


def _hashed(table: str, rows: ir.Table, columns: tuple[str, ...]) -> ir.Table:
    """person_key, table, and hashes of what each row says: alone, and with its place among the others."""
    what = {"table": ibis.literal(table), **{name: rows[name] for name in columns}}
    # A home without a first day counts from the day it was told.
    since = {"since": rows.from_on.fill_null(rows.known_from)} if "from_on" in columns else {}
    order = {name: rows[name] for name in (*ORDER, "known_from")}
    return rows.select(
        "person_key",
        table=ibis.literal(table),
        # Added up over rows, two of which may be the same; of so many figures, that the sum of a million fits.
        what=ibis.struct(what | since).hash() >> 20,
        whole=ibis.struct(what | since | order).hash() >> 20,
    )


def read_by(learned: Mapping[str, str]) -> str:
    """12 hex figures of what reads a record: this code, how names sound, and the names a model has learned."""
    digest = hashlib.blake2b(_code().encode(), digest_size=6)
    digest.update(json.dumps(learned, sort_keys=True).encode())
    return digest.hexdigest()


@functools.cache
def _code() -> str:
    """Of this folder and the one file outside it that reads names, and the versions of what those lean on."""
    digest = hashlib.blake2b(digest_size=6)
    here = [path for path in Path(__file__).parent.iterdir() if path.suffix in (".py", ".toml")]
    for path in (*sorted(here), Path(names.__file__)):
        digest.update(path.name.encode() + path.read_bytes())
    versions = (unicodedata.unidata_version, *(metadata.version(one) for one in ("jellyfish", "duckdb")))
    return digest.hexdigest() + " ".join(versions)
