"""
Publish a finished run: shape its tables as people read them, load them apart, and move the pointer.

Needs Django to be set up. Until the pointer moves nobody sees anything of it; if anything fails before then, the
loaded tables are taken away again and the old snapshot stays live.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
from ibis.common.exceptions import IbisError

from kinfold.areas import feeds as feed_settings
from kinfold.areas import markers as marker_settings
from kinfold.areas import offers as offer_settings
from kinfold.governance import actions as governance
from kinfold.linkage import gate
from kinfold.operations import assemble, challenged, sealing, standings
from kinfold.operations.home import Home
from kinfold.operations.run import Worked
from kinfold.operations.shapes import lists, people, statements, timeline
from kinfold.operations.steps import Step, Steps
from kinfold.record import actions as record
from kinfold.record import loading, published, searching, snapshot
from kinfold.record.challenges import actions as challenges
from kinfold.record.models import Publication
from kinfold.store import engine as engines
from kinfold.vocabulary import names

KEPT_SNAPSHOTS = 3
BATCH_ROWS = 50_000


def publish(
    home: Home,
    worked: Worked,
    *,
    at: datetime.datetime,
    published_at: datetime.datetime | None = None,
    say: Callable[[Step, bool], None] = lambda step, is_done: None,
) -> list[Step]:
    """
    Make a finished run the one people read.

    at: the moment it goes live; published_at: when it first did, for one loaded again. Returns the steps with their
    cost. Raises record.loading.UnableToPublish or record.actions.UnableToGoLive; what was live then still is.
    """
    steps = Steps(say)
    with (
        tempfile.TemporaryDirectory(prefix="kinfold-publish-") as work,
        engines.duckdb(work=Path(work), memory_gb=3) as engine,
    ):
        tables = {path.stem: engine.read(path) for path in worked.folder.glob("*.parquet")}
        _let_nobody_sealed_through(engine, home, tables)
        with steps.step("Loading the snapshot apart") as step, loading.begin(worked.run_id) as load:
            for model, shape in _shapes(engine, home, worked, tables):
                load.load(model, engine.batches(shape, rows=BATCH_ROWS))
            counts = load.finish()
            step.rows = sum(counts.values())
        with steps.step("Renewing who may see whom") as step:
            rows = standings.of_run(engine, tables)
            step.rows = len(rows)
            governance.renew_standings(rows=rows, run_id=worked.run_id, at=at)
            standings.restrict(engine, tables, at=at)
        with steps.step("Moving the pointer"):
            record.go_live(run_id=worked.run_id, as_at=worked.as_at, counts=counts, at=at, published_at=published_at)
            home.set_live(worked.run_id)
        challenges.made_so(challenge_ids=_left_out(worked.folder), run_id=worked.run_id, at=at)
        challenges.follow(places=challenged.places(home, worked.folder), at=at)
    record.forget_old(keep=KEPT_SNAPSHOTS)
    return steps.done


def _left_out(folder: Path) -> list[int]:
    """Challenges whose facts the run left out, because they were upheld before it."""
    return list(json.loads((folder / "run.json").read_text(encoding="utf-8")).get("challenges", []))


def _let_nobody_sealed_through(engine: engines.Engine, home: Home, tables: dict[str, ir.Table]) -> None:
    """Also what was sealed after the run was worked out: a seal holds from the moment it is made."""
    try:
        sealing.check(engine, home, tables, at="what would be published")
    except (gate.SealBroken, sealing.SealKeyRefused) as why:
        raise loading.UnableToPublish(str(why)) from why


def bring_up_to_date(home: Home, *, at: datetime.datetime) -> bool:
    """
    Load the live run again when an earlier release published it in another shape; returns whether it was.

    Until then the pages show no list, because rows that do not say whose fact they are could show a record that is
    closed. What the lake itself has in a shape that can no longer be published waits for the next run.
    """
    folder = home.live_snapshot()
    row = Publication.objects.filter(is_live=True).first()
    if folder is None or (row and row.shape == snapshot.shape()) or not any(folder.glob("*.parquet")):
        return False
    told = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    again = Worked(folder.name, datetime.date.fromisoformat(told["as_at"]), folder, steps=[], counts={})
    record.take_out_of_date(run_id=again.run_id)
    try:
        publish(home, again, at=at, published_at=row.published_at if row else None)
    except (AttributeError, IbisError, loading.UnableToPublish, record.UnableToGoLive):
        return False
    return True


def _shapes(
    engine: engines.Engine, home: Home, worked: Worked, tables: dict[str, ir.Table]
) -> Iterable[tuple[type[published.Published], ir.Table]]:
    """Each published table with its rows, the small tables they are joined with taken in on the way."""
    rules = worked.folder / "rules"
    settings = feed_settings.load(rules)
    labels = engine.take(
        pa.table(
            {
                "feed": list(settings),
                "label": [feed.label for feed in settings.values()],
                "agency": [feed.agency for feed in settings.values()],
            }
        )
    )
    hashes = engine.take(_key_hashes(tables["link"], home.key("search")))
    tables = tables | {"link": engine.keep(people.with_refs(tables["link"], hashes))}
    tables = tables | {"people": people.in_name_case(tables["people"], engine.take(_shown_names(tables["people"])))}
    yield published.Child, people.children(tables)
    yield published.Statement, statements.statements(tables, engine.take(_catalogue(rules)))
    yield published.Evidence, statements.evidence(engine, tables, labels, engine.take(_delivered(home)))
    yield published.Involvement, timeline.involvements(tables, labels)
    yield published.TimelineEntry, timeline.timeline(tables, labels)
    yield published.Tie, people.ties(tables, labels)
    yield published.Housemate, people.housemates(tables, as_at=worked.as_at)
    yield published.WorklistRow, lists.worklist(tables)
    if "worklist_reach" in tables:  # a run of an earlier release has none
        yield published.Reach, tables["worklist_reach"]
    yield (
        published.SearchKey,
        lists.search_keys(
            tables, engine.take(_name_keys(tables["name"])), engine.take(_identifier_hashes(tables["identifier"]))
        ),
    )
    yield published.Feed, lists.feeds(tables, engine.take(_suppliers(settings)))
    if "feed_alarm" in tables:  # a run of an earlier release has none
        yield published.FeedAlarm, lists.feed_alarms(tables)
    yield published.MatchedRecord, people.matched_records(tables, labels)


def _catalogue(rules: Path) -> pa.Table:
    markers = marker_settings.load(rules)
    # A run of an earlier release kept no list of offers beside its rules.
    offers = offer_settings.load(rules, markers) if (rules / offer_settings.FILE).exists() else None
    rows = [
        {
            "marker": marker.name,
            "kind": statements.DIRECTION_AS_KIND.get(marker.direction),
            "domain": marker.domain,
            "label": marker.label,
            "statement": marker.statement,
            "unknown_statement": marker.unknown_statement,
            "offers": "; ".join(marker.offers),
            "offer_categories": "; ".join(offers.categories_of(marker)) if offers else "",
            "caveat": marker.caveat,
            "rank": rank,
        }
        for rank, marker in enumerate(sorted(markers, key=lambda m: (-m.points, m.name)))
        if marker.direction in statements.DIRECTION_AS_KIND
    ]
    return pa.Table.from_pylist(rows)


def _delivered(home: Home) -> pa.Table:
    deliveries = assemble.deliveries_of(home)
    return pa.table(
        {
            "delivery_id": pa.array([d.delivery_id for d in deliveries], pa.string()),
            "delivered_on": pa.array([d.delivered for d in deliveries], pa.date32()),
        }
    )


def _suppliers(settings: dict[str, feed_settings.Feed]) -> pa.Table:
    return pa.table(
        {
            "feed": list(settings),
            "supplier": [feed.supplier.name for feed in settings.values()],
            "phone": [feed.supplier.phone for feed in settings.values()],
        }
    )


def _distinct(column: ir.StringColumn) -> list[str]:
    return [value for value in column.as_table().distinct().to_pyarrow().column(0).to_pylist() if value]


def _shown_names(held: ir.Table) -> pa.Table:
    """One row per distinct name that its source wrote in capitals or small letters throughout: written, shown."""
    written = {text for column in people.NAMES for text in _distinct(held[column])}
    changed = [(text, names.name_case(text)) for text in sorted(written) if names.name_case(text) != text]
    return pa.table(
        {column: pa.array([row[n] for row in changed], pa.string()) for n, column in enumerate(("written", "shown"))}
    )


def _name_keys(name: ir.Table) -> pa.Table:
    """One row per distinct name and way to find it: token or sound."""
    written = sorted({*_distinct(name.forename), *_distinct(name.surname)})
    rows = [(text, kind, key) for text in written for kind, key in names.keys(text)]
    return pa.table(
        {column: pa.array([row[n] for row in rows], pa.string()) for n, column in enumerate(("name", "kind", "key"))}
    )


def _identifier_hashes(identifier: ir.Table) -> pa.Table:
    values = _distinct(identifier.value)
    return pa.table(
        {
            "value": pa.array(values, pa.string()),
            "key": pa.array([searching.identifier_key(value) for value in values], pa.string()),
        }
    )


def _key_hashes(link: ir.Table, key: bytes) -> pa.Table:
    keys = _distinct(link.person_key)
    hashes = [hashlib.blake2b(value.encode(), key=key, digest_size=12).hexdigest() for value in keys]
    return pa.table({"person_key": pa.array(keys, pa.string()), "key_hash": pa.array(hashes, pa.string())})
