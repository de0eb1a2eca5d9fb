"""What a delivery changed: facts that are new, changed or gone since the one before, by the source's own key."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir

from kinfold.store import schema
from kinfold.store.engine import Engine

HOW_WE_WERE_TOLD = ("delivery_id", "part", "row_number", "known_from", "known_until")


@dataclasses.dataclass(frozen=True)
class Change:
    """
    One table of a delivery against what the feed had said before, in facts (`source_id`).

    gone: null for a feed that delivers changes, whose silence about a fact says nothing.
    """

    table: str
    new: int
    changed: int
    same: int
    gone: int | None


def compare(engine: Engine, now: Path, before: Sequence[Path], *, delivers_everything: bool) -> list[Change]:
    """
    Compare the mapped tables of a delivery with those of earlier ones, table by table.

    now, before: folders of mapped deliveries, each with a file per table it has rows of; `before` holds the one that
    this delivery replaces, or every earlier one when the feed delivers changes. Tables in neither are left out.
    """
    found = []
    for name in schema.TABLES:
        newer, older = _read(engine, name, [now]), _read(engine, name, before)
        if newer is None and (older is None or not delivers_everything):
            continue
        there = older if newer is None else newer
        assert there is not None
        none = there.filter(ibis.literal(False))  # of the same columns and types, which comparing asks for
        counts = changes(
            none if newer is None else newer, none if older is None else older, is_whole=delivers_everything
        )
        row = engine.fetch(counts).to_pylist()[0]
        gone = int(row["gone"]) if delivers_everything else None
        found.append(Change(name, int(row["new"]), int(row["changed"]), int(row["same"]), gone))
    return found


def changes(now: ir.Table, before: ir.Table, *, is_whole: bool) -> ir.Table:
    """
    How many facts are new, changed, the same and gone: one row of four counts.

    now, before: rows of one of the twelve tables. A fact is all rows that share a `source_id`; it is changed when `now`
    says anything of it that `before` did not, or, where each delivery is whole, no longer says something that `before`
    did. When, where and in which delivery we were told is no difference.
    """
    said = [column for column in now.columns if column not in HOW_WE_WERE_TOLD]
    newer, older = now.select(said).distinct(), before.select(said).distinct()
    marked = [_marked(newer, is_now=1), _marked(older, was_before=1), _marked(newer.difference(older), differs=1)]
    if is_whole:
        marked.append(_marked(older.difference(newer), differs=1))
    rows = ibis.union(*marked)
    facts = rows.group_by("source_id").agg(
        is_now=rows.is_now.max() == 1, was_before=rows.was_before.max() == 1, differs=rows.differs.max() == 1
    )
    in_both = facts.is_now & facts.was_before
    return facts.agg(
        new=(facts.is_now & ~facts.was_before).sum(),
        changed=(in_both & facts.differs).sum(),
        same=(in_both & ~facts.differs).sum(),
        gone=(~facts.is_now).sum(),
    )


def _marked(rows: ir.Table, **marks: int) -> ir.Table:
    marks = {"is_now": 0, "was_before": 0, "differs": 0} | marks
    return rows.select("source_id", **{name: ibis.literal(value, "int64") for name, value in marks.items()})


def _read(engine: Engine, name: str, folders: Sequence[Path]) -> ir.Table | None:
    files = [path for folder in folders if (path := folder / f"{name}.parquet").exists()]
    return engine.read(files) if files else None
