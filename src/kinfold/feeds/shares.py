"""Map landed deliveries, a feed at a time, in this process or shared between several."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import multiprocessing
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kinfold.feeds.checks.binding import before
from kinfold.feeds.landing import Delivery, Landed
from kinfold.feeds.lean import stay_lean
from kinfold.feeds.mapping import map_parts
from kinfold.feeds.reports import PartCount, Problem
from kinfold.store import engine as engines
from kinfold.store import schema
from kinfold.store.engine import Engine

ROWS_AT_ONCE = 1_000_000
# What mapping a kind of part costs before its first row, in rows.
ROWS_A_KIND_COSTS = 15_000
MEMORY_GB = 2
# A dictionary of values that are different in every row takes time to make and a third more room than none.
NEVER_TWICE = ("source_id", "row_number", "value")

Outcome = tuple[PartCount, list[Problem]]
Outcomes = dict[tuple[str, str], Outcome]


@dataclasses.dataclass(frozen=True)
class Folders:
    """Where one delivery is built: `landed` and `set_aside` inside `delivery`, and its rows in `mapped`."""

    delivery: Path
    mapped: Path


@dataclasses.dataclass(frozen=True)
class LandedDelivery:
    """
    The landed parts of one delivery, and where its rows go. It can be sent to another process.

    before: parts of the delivery before it that its checks look at.
    """

    folders: Folders
    parts: tuple[Landed, ...]
    before: tuple[Landed, ...] = ()


@contextlib.contextmanager
def helpers(processes: int) -> Iterator[concurrent.futures.Executor | None]:
    """Processes beside this one, starting while this one goes on; None when there are to be none."""
    if processes < 2:
        yield None
        return
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(
        processes - 1, mp_context=spawn, initializer=stay_lean, initargs=("pandas",)
    ) as pool:
        for _ in range(processes - 1):
            pool.submit(_started)
        yield pool


def _started() -> None:
    """Nothing, in a process that has read this module to do it."""


def map_deliveries(
    engine: Engine,
    deliveries: Sequence[LandedDelivery],
    *,
    pool: concurrent.futures.Executor | None,
    processes: int,
    say: Callable[[str], None],
) -> Outcomes:
    """
    Map deliveries into their folders; returns what came of each part, by delivery and part.

    pool: `helpers` of as many processes; each of them and this one takes whole feeds, so that what is written is the
    same however many they are. What one of them raises is raised here.
    """
    mine, *others = _shared(deliveries, processes) or [[]]
    elsewhere = [pool.submit(_map_apart, share) for share in others] if pool else []
    outcomes = _map(engine, mine, say)
    for share in elsewhere:
        outcomes |= share.result()
    return outcomes


def _shared(deliveries: Sequence[LandedDelivery], processes: int) -> list[list[LandedDelivery]]:
    """The deliveries in as many shares at most, alike in cost; those of one feed stay together."""
    feeds: dict[str, list[LandedDelivery]] = {}
    for one in deliveries:
        if one.parts:
            feeds.setdefault(one.parts[0].delivery.feed.name, []).append(one)
    shares: list[list[LandedDelivery]] = [[] for _ in range(min(processes, len(feeds)))]
    costs = [0 for _ in shares]
    for feed in sorted(feeds.values(), key=_cost, reverse=True):
        least = costs.index(min(costs))
        shares[least] += feed
        costs[least] += _cost(feed)
    return shares


def _cost(feed: Sequence[LandedDelivery]) -> int:
    kinds = {part.part.name for one in feed for part in one.parts if part.part.rows}
    return ROWS_A_KIND_COSTS * len(kinds) + sum(part.rows_kept for one in feed for part in one.parts)


def _map_apart(share: Sequence[LandedDelivery]) -> Outcomes:
    """`_map` in a process of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="kinfold-load-") as place,
        engines.duckdb(work=Path(place), memory_gb=MEMORY_GB, threads=1) as engine,
    ):
        return _map(engine, share, lambda _: None)


def _map(engine: Engine, deliveries: Sequence[LandedDelivery], say: Callable[[str], None]) -> Outcomes:
    kinds: dict[tuple[str, str], list[Landed]] = {}
    others: dict[tuple[str, str], list[Landed]] = {}
    folders: dict[str, Folders] = {}
    for one in deliveries:
        for part in one.parts:
            folders[part.delivery.id] = one.folders
            kinds.setdefault((part.delivery.feed.name, part.part.name), []).append(part)
            others.setdefault((part.delivery.id, part.part.name), []).append(part)
        for part in one.before:
            others.setdefault((part.delivery.id, before(part.part.name)), []).append(part)

    def set_aside(part: Landed) -> Path:
        return folders[part.delivery.id].delivery / "set_aside" / f"{part.name}.parquet"

    outcomes = Outcomes()
    with contextlib.closing(_Tables(folders)) as tables, engine.on_one_thread():
        for kind in kinds.values():
            for parts in _in_turns(kind):
                say(f"{parts[0].delivery.feed.label}: {parts[0].part.name}")
                done = map_parts(engine, parts, others, write=tables.write, set_aside=set_aside)
                pa.default_memory_pool().release_unused()
                named = [(part.delivery.id, part.name) for part in parts]
                outcomes |= dict(zip(named, done, strict=True))
    return outcomes


def _in_turns(parts: Sequence[Landed]) -> Iterator[list[Landed]]:
    """Parts in groups that are mapped at once, so that what is held in memory stays bounded."""
    turn: list[Landed] = []
    for part in parts:
        if turn and sum(one.rows_kept for one in turn) + part.rows_kept > ROWS_AT_ONCE:
            yield turn
            turn = []
        turn.append(part)
    if turn:
        yield turn


class _Tables:
    """The mapped tables of deliveries, each written as its rows come."""

    def __init__(self, folders: dict[str, Folders]) -> None:
        self._folders = folders
        self._writers: dict[tuple[str, str], pq.ParquetWriter] = {}

    def write(self, delivery: Delivery, table: str, rows: pa.Table) -> None:
        key = delivery.id, table
        if key not in self._writers:
            folder = self._folders[delivery.id].mapped
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{table}.parquet"
            shape = schema.TABLES[table].arrow
            repeated = [name for name in shape.names if name not in NEVER_TWICE and not name.endswith("_key")]
            self._writers[key] = pq.ParquetWriter(path, shape, compression="zstd", use_dictionary=repeated)
        self._writers[key].write_table(rows)

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()
