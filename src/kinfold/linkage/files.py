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
    standardise,
    vetoes,
)
from kinfold.linkage.people_files import FilesRejected
from kinfold.linkage.resolve import Options, Resolved, leaving_only, prepare, resolve, scored
from kinfold.store import engine as engines

__all__ = ["FilesRejected", "link_files"]

# Of the pairs of one home and surname, the share of relatives above which the file lists families.
SHARE_OF_RELATIVES = 0.05
# Pairs of which a file's own weights are learned; more teach the same and cost as much again as the linking.
MOST_TO_LEARN_FROM = 400_000
# Of the engine; Python holds the file beside it.
MEMORY_GB = 3
# A file has no day of its own; nobody in it is born after this.
NO_DAY = datetime.date(9998, 12, 31)


def link_files(paths: list[Path], spec_path: Path, out: Path, pairs_out: Path | None = None) -> dict[str, Any]:
    """
    Link the people of some files, as SPEC.toml says which column holds what.

    Writes `out` (record_id, source, person_id: one row per record) and `pairs_out` (left, right, weight,
    probability, band, reasons: one row per compared pair; left and right are record ids, with their sources beside).
    Returns counts. Raises FilesRejected or `areas.toml.AreaRejected`; nothing is written then.
    """
    spec = people_files.read_spec(spec_path)
    people = people_files.read(list(paths), spec)
    with (
        tempfile.TemporaryDirectory(prefix="kinfold-link-", dir=out.parent) as work,
        engines.duckdb(memory_gb=MEMORY_GB) as engine,
    ):
        engine.sql(f"set temp_directory = '{Path(work).as_posix()}'")
        found = extra.extras(people)
        with leaving_only(engine) as keep:
            tables = {name: engine.take(people.tables.pop(name)) for name in list(people.tables)}
            everywhere = frozenset(["file"])
            stood = standardise.standardise(engine, tables, upn_sources=everywhere, as_at=NO_DAY, lines_alone=True)
            records = keep(extra.with_columns(engine, stood.records, people, found))
        resolved = _resolved(engine, records, people, spec, found)
        resolved = dataclasses.replace(resolved, pairs=questions.settled(engine, resolved.pairs, resolved.person))
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
        }


def _resolved(
    engine: engines.Engine,
    records: ir.Table,
    people: people_files.People,
    spec: people_files.Spec,
    found: list[extra.Extra],
) -> Resolved:
    """Once over some of the pairs with weights as they come, and then with what those taught of this file."""
    chosen = model.load()
    chosen = dataclasses.replace(chosen, frequencies={**chosen.frequencies, **{e.column: e.frequency for e in found}})
    more = [extra.comparison(e) for e in found]
    options = _options(engine, records, spec, chosen, definition.COMPARISONS, more)
    prepared = prepare(engine, records, options=options)
    with leaving_only(engine):
        some = _some(engine, prepared.blocked.pairs)
        first = scored(engine, prepared, some, options)
        has_households = _has_households(first)
        base = definition.COMPARISONS if has_households else definition.WITHOUT_HOUSEHOLDS
        thresholds = judge.Thresholds()
        if not has_households:
            thresholds = judge.Thresholds(vetoes=vetoes.WITHOUT_HOUSEHOLDS)
            options = _options(engine, records, spec, chosen, base, more, thresholds)
            first = scored(engine, prepared, some, options)
        taught = learning.learned([*base, *more], first, people=len(people.keys))
    options = _options(engine, records, spec, chosen, taught[: len(base)], taught[len(base) :], thresholds)
    return resolve(engine, records, options=options, prepared=prepared)


def _some(engine: engines.Engine, pairs: ir.Table) -> ir.Table:
    """As many of the pairs as are enough to learn from, the same whenever the file is the same."""
    every = pairs.count().execute()
    if every <= MOST_TO_LEARN_FROM:
        return pairs
    mixed = (pairs.left * 7_919 + pairs.right * 104_729).hash() % 1_000_000
    return engine.keep(pairs.filter(mixed < 1_000_000 * MOST_TO_LEARN_FROM // every))


def _has_households(pairs: ir.Table) -> bool:
    """
    Whether relatives are in the file: people of one home and surname with other forenames and other birth dates.

    Slips seldom change both at once, so a list of unrelated people has next to none.
    """
    at_home = pairs.filter(pairs.surname.isin(["same", "same at home"]) & (pairs.home == "same"))
    is_relative = (at_home.forename == "different") & at_home.birth.isin(["different", "a generation apart"])
    counted = at_home.agg(relatives=is_relative.sum(), all=at_home.count()).to_pyarrow().to_pylist()[0]
    return (counted["relatives"] or 0) > SHARE_OF_RELATIVES * (counted["all"] or 0)


def _options(
    engine: engines.Engine,
    records: ir.Table,
    spec: people_files.Spec,
    chosen: model.Model,
    base: Sequence[definition.Comparison],
    more: Sequence[definition.Comparison],
    thresholds: judge.Thresholds | None = None,
) -> Options:
    people = records.count().execute()
    fitted = dataclasses.replace(chosen, settings=definition.settings(tuple(base)))
    settings = fitted.for_people(people)
    settings["comparisons"] += definition.settings(tuple(more))["comparisons"]
    # A number tells people apart wherever both have it; what else a file holds tells only of the pairs where it agrees.
    at = dataclasses.replace(
        thresholds or judge.Thresholds(),
        names_are_enough=not spec.other and (bool(more) or not (spec.date_of_birth or spec.postcode or spec.address)),
        besides=tuple(one.name for one in more),
    )
    return Options(
        model=chosen,
        settings=settings,
        rules=blocks.THOROUGH,
        thresholds=at,
        apart=engine.keep(records.select("number", keeps_apart="source")) if spec.one_to_one else None,
    )


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
