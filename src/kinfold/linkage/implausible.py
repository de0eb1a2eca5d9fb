"""
What cannot be true of one person, found after linkage: each is a link, or a source, that somebody should look at.

Only what two different records say is counted. What one record says of itself is that source's mistake, and no
other link would mend it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from kinfold.linkage.standardise import superseded
from kinfold.store.engine import Engine

Tables = dict[str, ir.Table]
# Both schools know of each other when a pupil is registered at two: main and subsidiary.
DUALLY_REGISTERED = ("M", "S")
DAYS_OF_GRACE = 7


def findings(engine: Engine, tables: Tables, link: ir.Table, *, as_at: datetime.date) -> dict[str, int]:
    """
    People of whom something implausible holds, by finding.

    tables: the twelve, as known on `as_at`, without sealed records. link: person_key and person_id.
    """
    ids = engine.keep(link.select("person_key", "person_id"))
    return {name: _people(find(tables, ids)) for name, (find, _) in FINDINGS.items()}


def _people(found: ir.Table) -> int:
    return int(found.agg(people=found.person_id.nunique()).to_pyarrow().column(0)[0].as_py())


def _of(table: ir.Table, ids: ir.Table) -> ir.Table:
    return table.join(ids, "person_key")


def _more_than_one(said: ir.Table, column: str) -> ir.Table:
    """People of whom different records say different values of a column."""
    counted = said.group_by("person_id").agg(values=said[column].nunique(), records=said.person_key.nunique())
    return counted.filter((counted.values > 1) & (counted.records > 1))


def two_nhs_numbers(tables: Tables, ids: ir.Table) -> ir.Table:
    """Two valid NHS numbers, neither of which one source lists beside the other as replaced."""
    replaced = superseded(tables["identifier"])
    valid = tables["identifier"].filter(ibis._.is_valid.fill_null(False) & (ibis._.kind == "nhs"))
    said = _of(valid.anti_join(replaced, valid.value == replaced.old), ids)
    return _more_than_one(said.filter(said.to_on.isnull()), "value")


def two_upns(tables: Tables, ids: ir.Table) -> ir.Table:
    said = _of(tables["identifier"].filter(ibis._.is_valid.fill_null(False) & (ibis._.kind == "upn")), ids)
    former = _of(tables["identifier"].filter(ibis._.kind == "former_upn"), ids).select("person_id", "value")
    return _more_than_one(said.anti_join(former, ["person_id", "value"]), "value")


def two_birth_dates(tables: Tables, ids: ir.Table) -> ir.Table:
    """Two dates of birth, each stated to the day."""
    person = tables["person"]
    stated = person.filter(person.birth_on.notnull() & (person.birth_quality.fill_null("stated") == "stated"))
    return _more_than_one(_of(stated, ids), "birth_on")


def two_sexes(tables: Tables, ids: ir.Table) -> ir.Table:
    return _more_than_one(_of(tables["person"].filter(tables["person"].sex.notnull()), ids), "sex")


def two_schools_on_one_day(tables: Tables, ids: ir.Table) -> ir.Table:
    """On the roll of two schools on one day; a pupil whom both register as shared between them is left out."""
    roll = tables["involvement"].filter((ibis._.stage == "roll") & ibis._.service_key.notnull())
    roll = roll.filter(~roll.detail.isin(DUALLY_REGISTERED).fill_null(False))
    return _meeting(_held(_of(roll, ids)).select("person_id", "person_key", "since", "until", value="service_key"))


def homes_far_apart(tables: Tables, ids: ir.Table) -> ir.Table:
    """At home in two postcode districts on one day, as two records say with the days on which each began."""
    home = tables["address"].filter((ibis._.kind == "home") & ibis._.postcode.notnull())
    district = home.postcode.split(" ")[0]
    return _meeting(
        _held(_of(home.mutate(district=district), ids)).select(
            "person_id", "person_key", "since", "until", value="district"
        )
    )


def _held(rows: ir.Table) -> ir.Table:
    """Rows with the days [since, until) on which their source knew them to hold; without a first day, none."""
    known = rows.filter(rows.from_on.notnull())
    last_told = known.known_from + ibis.interval(days=1)
    return known.mutate(since=known.from_on, until=ibis.least(known.to_on.fill_null(last_told), last_told))


def _meeting(held: ir.Table) -> ir.Table:
    """People of whom two records hold different values for more than the days that a move takes."""
    one, other = held, held.view()
    met = one.join(other, [one.person_id == other.person_id, one.person_key < other.person_key,
                           one.value != other.value])  # fmt: skip
    both = met.select(
        "person_id", begins=ibis.greatest(met.since, met.since_right), ends=ibis.least(met.until, met.until_right)
    )
    return both.filter(both.ends > both.begins + ibis.interval(days=DAYS_OF_GRACE))


def alive_after_death(tables: Tables, ids: ir.Table) -> ir.Table:
    """Seen, or put on a roll, more than a week after the day on which another record says that they died."""
    died = _of(tables["person"].filter(ibis._.died_on.notnull()), ids)
    died = died.select("person_id", "died_on", dead_key="person_key")
    event = tables["event"].select("event_key", on_day="on")
    seen = tables["participant"].filter(tables["participant"].was_seen.fill_null(False)).join(event, "event_key")
    began = tables["involvement"].filter((ibis._.stage == "roll") & ibis._.from_on.notnull())
    alive = ibis.union(seen.select("person_key", "on_day"), began.select("person_key", on_day="from_on"))
    after = _of(alive, ids).join(died, "person_id")
    late = after.on_day > after.died_on + ibis.interval(days=DAYS_OF_GRACE)
    return after.filter(late & (after.person_key != after.dead_key))


def a_generation_apart(tables: Tables, ids: ir.Table) -> ir.Table:
    """Birth years of twelve or more years apart inside one person."""
    person = tables["person"]
    stated = person.filter(person.birth_on.notnull() & (person.birth_quality.fill_null("stated") != "default"))
    said = _of(stated, ids)
    spread = said.group_by("person_id").agg(first=said.birth_on.year().min(), last=said.birth_on.year().max())
    return spread.filter(spread.last - spread.first >= 12)


FINDINGS: dict[str, tuple[Callable[[Tables, ir.Table], ir.Table], str]] = {
    "two_nhs_numbers": (two_nhs_numbers, "Two valid NHS numbers"),
    "two_upns": (two_upns, "Two valid UPNs, neither a former one"),
    "two_birth_dates": (two_birth_dates, "Two birth dates, each to the day"),
    "two_sexes": (two_sexes, "Two recorded sexes"),
    "a_generation_apart": (a_generation_apart, "Birth years a generation apart"),
    "two_schools_on_one_day": (two_schools_on_one_day, "On the roll of two schools on one day"),
    "homes_far_apart": (homes_far_apart, "At home in two postcode districts on one day"),
    "alive_after_death": (alive_after_death, "Seen, or put on a roll, after their death"),
}
