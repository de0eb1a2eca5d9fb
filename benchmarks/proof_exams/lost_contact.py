"""
Children who drop out of everybody's sight, and feeds that die.

Drop-outs are seeded into a made council's tables: nobody sees the child after a day, and nothing else changes. Schools
tell of a term when it is over, so that a pupil's last day is in the term before the newest one told: whoever leaves in
between is found when the next is told. Who was truly seen is worked out apart from the rules, from who is truly who, so
that an alarm is wrong when a sighting was matched to somebody else.

A feed that dies has told every day until a day drawn at random, or as often as it does where that is once a term, and
nothing since: what it says of later days is cut from the council's tables. A child is said to be unseen because of it
who is not where the feed lives, and was not on the last day on which its next word was not yet overdue.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas import area as area_settings
from kinfold.areas import feeds as feed_settings
from kinfold.areas import markers as marker_settings
from kinfold.areas import priority as priority_settings
from kinfold.areas.markers import Marker
from kinfold.operations import assemble
from kinfold.operations.home import Home, open_home
from kinfold.priority import lost_contact
from kinfold.profile.days import term_days_before
from kinfold.profile.run import profile
from kinfold.store import engine as engines
from kinfold.store.schema import TABLES
from proof_exams import Row, Sitting

TITLE = "Lost contact"
NEEDS_COUNCIL = True
SEEDED, TRIALS, WITHIN_DAYS, LONGEST_DEAD, OFTEN = 100, 100, 7, 90, 31
READ = (*TABLES, "link", "people", "occupancy", "family")


@dataclasses.dataclass(frozen=True)
class Council:
    """A published run of a made council, its marker of sightings, and what its area decided."""

    home: Home
    folder: Path
    as_at: datetime.date
    marker: Marker
    feeds: Mapping[str, feed_settings.Feed]
    terms: tuple[tuple[datetime.date, ...], ...]
    deliveries: list[assemble.Delivered]

    @classmethod
    def of(cls, home: Home) -> Council:
        folder = home.live_snapshot()
        assert folder is not None
        rules = folder / "rules"
        named = priority_settings.load(rules).lost_contact.markers
        [marker] = [one for one in marker_settings.load(rules) if one.name in named]
        as_at = datetime.date.fromisoformat(json.loads((folder / "run.json").read_text(encoding="utf-8"))["as_at"])
        terms = area_settings.load(rules).calendar.terms
        return cls(home, folder, as_at, marker, feed_settings.load(rules), terms, assemble.deliveries_of(home))

    def facts(self, deliveries: list[assemble.Delivered], as_at: datetime.date) -> pa.Table:
        return assemble.feed_facts(deliveries, dict(self.feeds), as_at=as_at)

    def told_to(self) -> datetime.date:
        """The day to which every feed of sightings has told."""
        last = {row["feed"]: row["last_delivered_on"] for row in self.facts(self.deliveries, self.as_at).to_pylist()}
        return min(last[feed] for feed in self.marker.feeds if self.feeds[feed].cadence_days <= OFTEN)

    def must_be_seen_since(self, day: datetime.date) -> datetime.date:
        shape = self.marker.shape
        return term_days_before(day, shape.days, in_all=shape.days_in_all, terms=self.terms)


def exam(sitting: Sitting) -> Iterator[Row]:
    council = Council.of(open_home(sitting.council))
    yield from drop_outs(council, sitting)
    yield from dead_feeds(council, sitting)


def unseen(
    engine: engines.Engine, council: Council, tables: Mapping[str, ir.Table], feeds: pa.Table, day: datetime.date
):
    """The children who are said to be unseen on a day, and the alarms of feeds."""
    made = profile(engine, tables, (council.marker,), feeds=feeds, as_at=day, terms=council.terms)
    told = lost_contact.unseen(made["marker_state"], markers=(council.marker.name,)).to_pyarrow()
    standing = made["feed_standing"].to_pyarrow().to_pylist()
    alarms = lost_contact.alarms(standing, (council.marker,), named=(council.marker.name,), as_at=day)
    return set(told.column("person_id").to_pylist()), set(alarms.column("feed").to_pylist())


def drop_outs(council: Council, sitting: Sitting) -> Iterator[Row]:
    con = duckdb.connect()
    for name in READ:
        con.execute(f"create table {name} as from read_parquet('{council.folder / name}.parquet')")
    con.execute(f"create table truth as from read_parquet('{council.home.folder / 'truth' / 'people.parquet'}')")
    seeded = _seeded(con, council, random.Random(sitting.seed))
    for true_id, last_on in seeded.items():
        _drop_out(con, council, true_id, last_on)
    with engines.duckdb(memory_gb=2) as engine:
        tables = {name: engine.take(con.table(name).to_arrow_table(), f"seeded_{name}") for name in READ}
        found, _ = unseen(engine, council, tables, council.facts(council.deliveries, council.as_at), council.as_at)
    people = con.execute(
        "select person_id, list(distinct true_id) from link join truth on record_id = person_key group by 1"
    )
    true_of = {person: set(ids) for person, ids in people.fetchall()}
    told = {true_id for person in found for true_id in true_of.get(person, ())}
    truly = _truly_unseen(con, council)
    right = sum(bool(true_of.get(person, set()) & truly) for person in found)
    recall, precision = len(told & set(seeded)) / len(seeded), right / max(len(found), 1)
    yield Row.least(
        f"of {len(seeded)} seeded drop-outs, found within 7 days", recall, 0.95, note="of the day it was due"
    )
    note = f"{len(found)} alarms, {right} of children truly not seen"
    yield Row.least("of alarms, those of children truly not seen", precision, 0.90, note=note)


def _seeded(con: duckdb.DuckDBPyConnection, council: Council, draw: random.Random) -> dict[str, datetime.date]:
    """Children somebody should see, half of them at school, and the last day on which anybody does."""
    shape, long_ago = council.marker.shape, council.as_at - datetime.timedelta(days=200)
    told_from, told_to = con.execute(
        "select arg_max(from_on, to_on), max(to_on) from measure where kind = any(?)", [list(shape.attended)]
    ).fetchone() or (None, None)
    pupils = {
        one
        for (one,) in con.execute(
            "select true_id from measure join truth on record_id = person_key where kind = any(?) and to_on = ?",
            [list(shape.attended), told_to],
        ).fetchall()
    }
    chosen: dict[str, datetime.date] = {}
    for stages, share in ((["roll"], 2), ([one for one in shape.expected_in if one != "roll"], 1)):
        rows = con.execute(
            "select distinct true_id from involvement join truth on record_id = person_key where stage = any($1) "
            "and from_on <= $2 and (to_on is null or to_on > $3) and role = 'child' and birth_on > $4",
            [stages, long_ago, council.as_at, council.as_at - datetime.timedelta(days=int(365.25 * 16))],
        ).fetchall()
        able = sorted({one for (one,) in rows} - chosen.keys())
        for true_id in draw.sample(able, min(len(able), (SEEDED - len(chosen)) // share)):
            due_on = council.as_at - datetime.timedelta(days=WITHIN_DAYS)
            last = council.must_be_seen_since(due_on) - datetime.timedelta(days=1)
            chosen[true_id] = min(last, told_from) if true_id in pupils else last
    return chosen


def _drop_out(con: duckdb.DuckDBPyConnection, council: Council, true_id: str, last_on: datetime.date) -> None:
    """Nobody sees the child after `last_on`: no visit, no attendance at a hospital, no half-day at school."""
    mine = "person_key in (select record_id from truth where true_id = $1)"
    con.execute(
        f'delete from participant where {mine} and event_key in (select event_key from event where "on" > $2)',
        [true_id, last_on],
    )
    con.execute(
        f"update measure set value = possible where {mine} and kind = any($3) and to_on > $2",
        [true_id, last_on, list(council.marker.shape.attended)],
    )


def _truly_unseen(con: duckdb.DuckDBPyConnection, council: Council) -> set[str]:
    """Children whom none of their own records, whoever they were matched to, says anybody saw in time."""
    shape, since = council.marker.shape, council.must_be_seen_since(council.told_to())
    seen = con.execute(
        """
        select true_id from participant join event using (event_key) join truth on record_id = person_key
        where "on" >= $1 and (was_seen or kind = any($2))
        union
        select true_id from measure join truth on record_id = person_key
        where kind = any($3) and to_on = (select max(to_on) from measure where kind = any($3)) and value <= possible / 2
        """,
        [since, list(shape.seen_at), list(shape.attended)],
    ).fetchall()
    everybody = con.execute("select distinct true_id from truth where role = 'child'").fetchall()
    return {one for (one,) in everybody} - {one for (one,) in seen}


def dead_feeds(council: Council, sitting: Sitting) -> Iterator[Row]:
    draw, today = random.Random(sitting.seed), council.as_at
    children = wrong = raised = alarmed = 0
    with engines.duckdb(memory_gb=2) as engine:
        alive = {name: engine.keep(engine.read(council.folder / f"{name}.parquet")) for name in READ}
        whole, _ = unseen(engine, council, alive, council.facts(council.deliveries, today), today)
        for trial in range(TRIALS):
            feed = council.marker.feeds[trial % len(council.marker.feeds)]
            silent_after = council.feeds[feed].silent_after_days
            died = today - datetime.timedelta(days=draw.randrange(1, max(LONGEST_DEAD, 2 * silent_after) + 1))
            last = _last_told(council, feed, died)
            cut = alive | _without(alive, feed, last)
            found, alarms = unseen(engine, council, cut, _facts(council, {feed: last}), today)
            if made_so := found - whole:
                on_time = _on_time_until(council, feed, died, last)
                every = {name: _last_told(council, name, on_time) for name in council.feeds} | {feed: last}
                before, _ = unseen(engine, council, _known_then(cut), _facts(council, every), on_time)
                made_so -= before
            children += len(made_so)
            wrong += bool(made_so)
            should = (today - last).days > silent_after
            raised += should
            alarmed += should and feed in alarms
    yield Row.most(
        f"{TRIALS} dead feeds: children said to be unseen because of it", children, 0, show="d",
        note=f"{wrong} trials with any; {len(whole)} unseen while every feed lives",
    )  # fmt: skip
    share = alarmed / max(raised, 1)
    yield Row.least(f"of {raised} grown silent by then, alarms raised", share, 1)


def _last_told(council: Council, feed: str, day: datetime.date) -> datetime.date:
    """The day a living feed last came by: the day itself, or the newest delivery of one that comes once a term."""
    if council.feeds[feed].cadence_days <= OFTEN:
        return day
    came = [one.delivered for one in council.deliveries if one.feed == feed and one.delivered <= day]
    return max(came, default=day)


def _on_time_until(council: Council, feed: str, died: datetime.date, last: datetime.date) -> datetime.date:
    """The last day on which nobody waits for the feed: the day it died, or the day a word once a term is due."""
    cadence = council.feeds[feed].cadence_days
    return died if cadence <= OFTEN else min(council.as_at, last + datetime.timedelta(days=cadence))


def _without(tables: Mapping[str, ir.Table], feed: str, told_to: datetime.date) -> dict[str, ir.Table]:
    """What a feed tells of the days after `told_to` is gone; what ended since is still open, as it was told."""
    event, period, measure = tables["event"], tables["involvement"], tables["measure"]
    ended_since = (period.source == feed) & (period.to_on > told_to).fill_null(False)
    return {
        "event": event.filter((event.source != feed) | (event.on <= told_to)),
        "measure": measure.filter((measure.source != feed) | (measure.to_on <= told_to).fill_null(True)),
        "involvement": period.filter((period.source != feed) | (period.from_on <= told_to).fill_null(True)).mutate(
            to_on=ended_since.ifelse(ibis.null("date"), period.to_on)
        ),
    }


def _known_then(tables: Mapping[str, ir.Table]) -> dict[str, ir.Table]:
    """The same, each row told as soon as it was so: what is dated later counts for nothing on an earlier day."""
    long_ago = ibis.literal(datetime.date(2000, 1, 1))
    told = ("event", "participant", "involvement", "measure", "coverage")
    return dict(tables) | {name: tables[name].mutate(known_from=long_ago) for name in told}


def _facts(council: Council, last: Mapping[str, datetime.date]) -> pa.Table:
    """The feeds as they stand, but for the days on which those named last came."""
    rows = council.facts(council.deliveries, council.as_at)
    changed = [row | {"last_delivered_on": last.get(row["feed"], row["last_delivered_on"])} for row in rows.to_pylist()]
    return pa.Table.from_pylist(changed, schema=rows.schema)
