"""Link any file of people: the same standardising, model, vetoes and clusters as a council's run."""

from __future__ import annotations

import dataclasses
import datetime
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kinfold.linkage import (
    blocks,
    definition,
    extra,
    judge,
    learning,
    model,
    people_files,
    questions,
    relatives,
    shared_numbers,
    standardise,
    vetoes,
)
from kinfold.linkage.people_files import FilesRejected
from kinfold.linkage.resolve import Options, Progress, Resolved, compared, leaving_only, prepare, resolve, scored
from kinfold.store import engine as engines

__all__ = ["FilesRejected", "in_words", "link_files"]

BANDS = {"link": "one person", "review": "to look at", "no": "two people"}
# The weight from which two records with nothing but rare names are one person where a list is not of families.
NAMES_ALONE = 8.0
# However many records of a person a file seems to hold, no more than this many are expected of another.
MOST_OF_ONE = 16.0
# Pairs of which a file's own weights are learned; more teach the same and cost as much again as the linking.
MOST_TO_LEARN_FROM = 400_000
# Of the engine; Python holds the file beside it.
MEMORY_GB = 3
# A file has no day of its own; nobody in it is born after this.
NO_DAY = datetime.date(9998, 12, 31)


def link_files(
    paths: list[Path],
    spec_path: Path,
    out: Path,
    pairs_out: Path | None = None,
    *,
    progress: Progress = lambda step: None,
) -> dict[str, Any]:
    """
    Link the people of some files, as SPEC.toml says which column holds what.

    Writes `out` (record_id, source, person_id: one row per record) and `pairs_out` (left, right, weight,
    probability, band, reasons: one row per compared pair; left and right are record ids, with their sources beside).
    Returns counts. Raises FilesRejected or `areas.toml.AreaRejected`; nothing is written then.
    """
    spec = people_files.read_spec(spec_path)
    out.parent.mkdir(parents=True, exist_ok=True)
    progress("Reading the files")
    people = people_files.read(list(paths), spec)
    people, shared = shared_numbers.apart(people)
    with (
        tempfile.TemporaryDirectory(prefix="kinfold-link-", dir=out.parent) as work,
        engines.duckdb(memory_gb=MEMORY_GB) as engine,
    ):
        engine.sql(f"set temp_directory = '{Path(work).as_posix()}'")
        progress(f"Reading the names, dates and homes of {len(people.keys):,} records")
        found = extra.extras(people)
        with leaving_only(engine) as keep:
            tables = {name: engine.take(people.tables.pop(name)) for name in list(people.tables)}
            everywhere = frozenset(["file"])
            stood = standardise.standardise(engine, tables, upn_sources=everywhere, as_at=NO_DAY, lines_alone=True)
            records = keep(extra.with_columns(engine, _with_name_words(engine, stood.records, people), people, found))
        resolved = _resolved(engine, records, people, spec, found, progress)
        resolved = dataclasses.replace(resolved, pairs=questions.settled(engine, resolved.pairs, resolved.person))
        progress("Writing the answer")
        order = records.order_by("number").select("person_key").to_pyarrow().column(0).combine_chunks()
        engines.write_rows(_clusters(people, order, resolved.person), out)
        if pairs_out is not None:
            engine.write(_pairs(engine, resolved, records, people, found), pairs_out)
        bands = resolved.pairs.group_by("band").agg(times=ibis._.count()).to_pyarrow().to_pylist()
        return {
            "records": len(people.keys),
            "people": len(np.unique(resolved.person)),
            "pairs_compared": sum(row["times"] for row in bands),
            "bands": {row["band"]: row["times"] for row in bands},
            "reach": resolved.reach,
            "notes": [*people.notes, *shared, *_of_few(len(people.keys))],
        }


def in_words(told: dict[str, Any]) -> list[str]:
    """What `link_files` returns, as lines to read; how far each rule reached only where it left records out."""
    bands = told["bands"]
    counts = [f"{bands.get(band, 0):,} {what}" for band, what in BANDS.items()]
    left_out = [
        f"{rule['records_left_out']:,} records share one {rule['rule']} with too many others to be compared by that."
        for rule in told["reach"]
        if rule["records_left_out"]
    ]
    return [
        f"{told['records']:,} records are {told['people']:,} people.",
        f"{told['pairs_compared']:,} pairs compared: {', '.join(counts)}.",
        *told["notes"],
        *left_out,
    ]


def _of_few(records: int) -> list[str]:
    """What cannot be known from a file too small to learn from, so that nobody reads silence as certainty."""
    if records >= learning.FEWEST_PAIRS:
        return []
    unseen = "how reliable each column is, how many records a person has, or whether relatives are among them"
    left = "the usual weights stand, and what they leave open is to look at"
    return [f"{records:,} records are too few to show {unseen}: {left}."]


def _with_name_words(engine: engines.Engine, records: ir.Table, people: people_files.People) -> ir.Table:
    """`records` with `name_words`: all words of both names in order, or null (`names.in_any_order`)."""
    told = pa.table({"person_key": people.keys, "name_words": people.name_words})
    return records.left_join(engine.take(told), "person_key").drop("person_key_right")


def _resolved(
    engine: engines.Engine,
    records: ir.Table,
    people: people_files.People,
    spec: people_files.Spec,
    found: list[extra.Extra],
    progress: Progress,
) -> Resolved:
    """Once over some of the pairs with weights as they come, and then with what those taught of this file."""
    chosen = model.load()
    chosen = dataclasses.replace(chosen, frequencies={**chosen.frequencies, **{e.column: e.frequency for e in found}})
    more = tuple(extra.comparison(e) for e in found)
    rules = (*blocks.THOROUGH, *blocks.IN_ANY_ORDER, *extra.rules(found))
    has_more = bool(spec.date_of_birth or spec.postcode or spec.address)
    asked = _Asked(engine, records, people, chosen, more, rules, spec.one_to_one, has_more)
    options = asked.options(definition.for_any_file(definition.COMPARISONS), judge.Thresholds(), mates=1.0)
    progress("Finding pairs worth comparing")
    prepared = prepare(engine, records, options=options)
    progress("Learning from some pairs what tells people apart here")
    with leaving_only(engine):
        some = _some(engine, prepared.blocked.pairs)
        first = scored(engine, prepared, some, options)
        base, vetoed = relatives.compared_as(
            first,
            prepared.records,
            places=[e.name for e in found if not e.is_identifier],
            contacts=[e.name for e in found if e.is_contact],
        )
        base, more = _by_chance(engine, prepared.records, definition.for_any_file(base), more, options)
        asked = dataclasses.replace(asked, more=more)
        thresholds = judge.Thresholds(vetoes=vetoed)
        if vetoed is vetoes.WITHOUT_HOUSEHOLDS:
            numbers = tuple(e.name for e in found if e.is_identifier)
            thresholds = dataclasses.replace(thresholds, names_alone=NAMES_ALONE, numbers=numbers)
        first = scored(engine, prepared, some, asked.options(base, thresholds, mates=1.0))
        taught = learning.learned([*base, *more], first, people=len(people.keys))
        of_all = prepared.blocked.pairs.count().execute() / max(some.count().execute(), 1)
        mates = 1.0 if vetoed is vetoes.VETOES else _mates(first, len(people.keys), of_all)
    asked = dataclasses.replace(asked, more=tuple(taught[len(base) :]))
    options = asked.options(taught[: len(base)], thresholds, mates=mates)
    return resolve(engine, records, options=options, prepared=prepared, progress=progress)


def _by_chance(
    engine: engines.Engine,
    records: ir.Table,
    base: Sequence[definition.Comparison],
    more: Sequence[definition.Comparison],
    options: Options,
) -> tuple[tuple[definition.Comparison, ...], tuple[definition.Comparison, ...]]:
    """The comparisons of a file with what strangers in it have in common; a short file has too few strangers."""
    count = records.count().execute()
    if count < learning.FEWEST_RECORDS:
        return tuple(base), tuple(more)
    pairs = compared(engine, records, engine.take(learning.strangers(count)), options)
    years = records.birth_year.to_pyarrow().drop_null().to_pylist()
    found = tuple(learning.by_chance([*base, *more], pairs, years, leave=("home", "sex")))
    return found[: len(base)], found[len(base) :]


def _some(engine: engines.Engine, pairs: ir.Table) -> ir.Table:
    """As many of the pairs as are enough to learn from, the same whenever the file is the same."""
    every = pairs.count().execute()
    if every <= MOST_TO_LEARN_FROM:
        return pairs
    mixed = (pairs.left * 7_919 + pairs.right * 104_729).hash() % 1_000_000
    return engine.keep(pairs.filter(mixed < 1_000_000 * MOST_TO_LEARN_FROM // every))


def _mates(first: ir.Table, records: int, of_all: float) -> float:
    """How many other records of the same person a record seems to have; weights as they come expect one."""
    is_sure = (first.weight >= judge.Thresholds().link) & first.veto.isnull()
    links = first.filter(is_sure).count().execute() * of_all
    return min(max(2 * links / max(records, 1), 1.0), MOST_OF_ONE)


@dataclasses.dataclass(frozen=True)
class _Asked:
    """
    What a file is linked with, but for the weights, which are learned between once and again.

    has_more: the file holds birth dates or homes beside names.
    """

    engine: engines.Engine
    records: ir.Table
    people: people_files.People
    chosen: model.Model
    more: tuple[definition.Comparison, ...]
    rules: tuple[blocks.Rule, ...]
    is_one_to_one: bool
    has_more: bool

    def options(self, base: Sequence[definition.Comparison], thresholds: judge.Thresholds, *, mates: float) -> Options:
        """mates: other records of the same person that a record is expected to have."""
        fitted = dataclasses.replace(self.chosen, settings=definition.settings(tuple(base)))
        settings = fitted.for_people(self.records.count().execute())
        settings["probability_two_random_records_match"] *= mates
        settings["comparisons"] += definition.settings(self.more)["comparisons"]
        # A number tells people apart wherever both have it; what else a file holds tells only of the pairs where it
        # agrees.
        at = dataclasses.replace(
            thresholds,
            names_are_enough=not self.people.other and (bool(self.more) or not self.has_more),
            besides=tuple(one.name for one in self.more),
        )
        apart = self.engine.keep(self.records.select("number", keeps_apart="source")) if self.is_one_to_one else None
        return Options(model=self.chosen, settings=settings, rules=self.rules, thresholds=at, apart=apart)


def _clusters(people: people_files.People, order: pa.Array, person: np.ndarray) -> pa.Table:
    """order: the key of each record number."""
    number = pc.index_in(people.keys, order).to_numpy()
    return pa.table(
        {
            "record_id": people.record_ids,
            "source": people.sources,
            "person_id": pc.binary_join_element_wise("P", pa.array(person[number]).cast(pa.string()), ""),
        }
    )


def _pairs(
    engine: engines.Engine,
    resolved: Resolved,
    records: ir.Table,
    people: people_files.People,
    found: list[extra.Extra],
) -> ir.Table:
    told = engine.take(pa.table({"person_key": people.keys, "record_id": people.record_ids, "file": people.sources}))
    named = records.select("number", "person_key").join(told, "person_key")
    one = named.select(left="number", left_id="record_id", left_source="file")
    other = named.select(right="number", right_id="record_id", right_source="file")
    compared = resolved.pairs
    reasons = judge.reasons(compared, comparisons=(*judge.SUBJECTS, *(e.name for e in found)))
    rows = compared.mutate(reasons=reasons).join(one, "left").join(other, "right")
    return rows.select(
        left="left_id", right="right_id", weight="weight", probability="probability", band="band", reasons="reasons",
        left_source="left_source", right_source="right_source",
    )  # fmt: skip
