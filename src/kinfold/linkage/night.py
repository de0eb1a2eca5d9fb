"""
What a run leaves for the next one, so that a night costs what it changes and not what is known.

Kept are each record as it was standardised, a fingerprint of it, hashes of the keys it is found by, its person, and
every judged pair. Whatever else could change a score or a band is in `settings`: when that differs, or anything here is
missing, the next run is a whole one.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from kinfold.linkage import blocks, gate, standing, vetoes
from kinfold.linkage.resolve import NAMED, Options, Resolved
from kinfold.store.engine import Engine

TABLES = ("records", "standard", "keys", "pairs", "ways", "twins", "links", "shown")


@dataclasses.dataclass(frozen=True)
class About:
    """
    settings: see `settings_hash`. read_by: see `standing.read_by`. on: the day the run spoke for. whole_on: of the last
    whole run, and its reach.
    """

    settings: str
    read_by: str
    on: datetime.date
    whole_on: datetime.date
    reach: tuple[dict[str, Any], ...] = ()


@dataclasses.dataclass(frozen=True)
class Night:
    """
    records: number, person_key, fingerprint, shares (hash of how common the names are), person (lowest number of the
    person, before unborn children are joined) and is_multiple. standard: as they were standardised. keys: number, rule,
    key. pairs, ways: see `ways.Parted`. twins: left, right. links, shown: the tables `link` and `pairs` as that
    run gave them, once people have their ids (records: `person_id`). Numbers are of that run.
    """

    records: ir.Table
    standard: ir.Table
    keys: ir.Table
    pairs: ir.Table
    ways: ir.Table
    twins: ir.Table
    about: About
    links: ir.Table | None = None
    shown: ir.Table | None = None

    @property
    def kept(self) -> standing.Kept:
        return standing.Kept(self.standard, self.about.read_by)


def is_shadow_due(night: Night, as_at: datetime.date, every_days: int) -> bool:
    """Whether the last whole run is so long ago that one is done beside the incremental night."""
    return (as_at - night.about.whole_on).days >= every_days


def of(
    engine: Engine, records: ir.Table, marks: ir.Table, resolved: Resolved, about: About, *, standard: ir.Table
) -> Night:
    """What to keep of a run. marks: of these records, see `marked`. standard: these records, see `standing.Kept`."""
    people = pa.table({"number": np.arange(len(resolved.person)), "person": resolved.person.astype(np.int64)})
    together = engine.keep(vetoes.multiples(resolved.twins, records))
    kept = marks.select("number", "person_key", "fingerprint", "shares").join(engine.take(people), "number")
    kept = kept.mutate(is_multiple=kept.number.isin(together.number))
    return Night(
        records=engine.keep(kept), standard=standard, keys=resolved.keys, pairs=resolved.parted.pairs,
        ways=resolved.parted.ways, twins=resolved.twins, about=about,
    )  # fmt: skip


def with_shown(engine: Engine, night: Night, placed: ir.Table, *, links: ir.Table, shown: ir.Table) -> Night:
    """`night` with the ids that people were given and what is shown of them. placed: number and person_id."""
    known = night.records.join(placed.select("number", "person_id"), "number")
    return dataclasses.replace(night, records=engine.keep(known), links=links, shown=shown)


def marked(engine: Engine, records: ir.Table, shares: ir.Table) -> ir.Table:
    """
    number, person_key, and hashes of everything that can change how a record is blocked, scored or judged.

    shares: as `resolve.shares_of` has them, which are given back beside. fingerprint: of what a record says.
    `shares`: of how common its names are. A table of its own, since copying whole records costs more than hashing them.
    """
    weighed = [f"tf_{column}" for column in NAMED]
    said = [name for name in records.columns if name not in ("number", "person_key")]
    whole = records.join(shares, "number")
    fingerprint, common = (ibis.struct({name: whole[name] for name in names}).hash() for names in (said, weighed))
    return engine.keep(whole.select("number", "person_key", *weighed, fingerprint=fingerprint, shares=common))


def weighed(records: ir.Table, marks: ir.Table) -> ir.Table:
    """`records` with how common their names are."""
    return records.join(marks.select("number", *(f"tf_{column}" for column in NAMED)), "number")


def settings_hash(options: Options, records: ir.Table, *, engine: str) -> str:
    """12 hex figures of model, weights, rules, thresholds, and the code and engine that would use them."""
    used = blocks.in_use(options.rules, blocks.born(records).count().execute())
    said = [
        options.model.hash,
        json.dumps(options.settings, sort_keys=True),
        [(rule.name, rule.most) for rule in used],
        dataclasses.asdict(options.thresholds) | {"vetoes": [veto.name for veto in options.thresholds.vetoes]},
        engine,
        _code(),
    ]
    return hashlib.blake2b(repr(said).encode(), digest_size=6).hexdigest()


@functools.cache
def _code() -> str:
    """A rule or a veto that is written otherwise is another rule, whatever its name."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(p for p in Path(__file__).parent.iterdir() if p.suffix in (".py", ".toml")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def save(engine: Engine, night: Night, folder: Path, *, sealed: frozenset[str]) -> None:
    """
    Put `night` in the place of what is in `folder`; a plug pulled meanwhile leaves nothing, and so a whole run.

    Raises gate.SealBroken, before anything is written, when a sealed record is in it.
    """
    for name in TABLES:
        gate.check(engine, getattr(night, name), sealed, at="what is kept for the next night")
    beside = folder.with_name(f".{folder.name}.{os.getpid()}.writing")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        for name in TABLES:
            engine.write(getattr(night, name), beside / f"{name}.parquet")
        (beside / "about.json").write_text(json.dumps(dataclasses.asdict(night.about), default=str), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        beside.replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def load(engine: Engine, folder: Path) -> Night | None:
    """What the last run kept; null where there is nothing, or it is not whole."""
    files = [folder / f"{name}.parquet" for name in TABLES]
    about = folder / "about.json"
    if not about.exists() or not all(path.exists() for path in files):
        return None
    told = json.loads(about.read_text(encoding="utf-8"))
    if "read_by" not in told:
        # Of a release before records were kept as they were read.
        return None
    days = {name: datetime.date.fromisoformat(told[name]) for name in ("on", "whole_on")}
    tables = {path.stem: engine.read(path) for path in files}
    return Night(
        **{name: tables[name] for name in TABLES},
        about=About(settings=told["settings"], read_by=told["read_by"], reach=tuple(told["reach"]), **days),
    )
