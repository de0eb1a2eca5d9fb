"""
How the saved model is made: the hand-set definition with national name frequencies, or an area's own.

Training is rare, deliberate work of a data engineer. A run only ever reads what was saved.
"""

from __future__ import annotations

import dataclasses
import math
import tomllib
from collections.abc import Mapping
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.linkage import definition, learning, model, resolve
from kinfold.linkage.names import equivalents
from kinfold.store.engine import Engine

# A value fewer people than this share says who they are: it is not written into a file, and counts as rare.
FEWEST_FOR_A_FREQUENCY = 10
# An area's own records may make a degree this many times as frequent among one person's, or as rare.
MOST_MOVED = 4.0


def by_hand(path: Path | None = None) -> model.Model:
    """The model of `definition.py` with the name frequencies of a TOML file, or of the one beside this file."""
    told = tomllib.loads((path or Path(__file__).with_name("frequencies.toml")).read_text(encoding="utf-8"))
    known = equivalents()
    keyed = {"forename": known.forenames, "surname": known.surnames}
    return _model({column: _frequency(column, shares, keyed.get(column, {})) for column, shares in told.items()})


def on_records(engine: Engine, records: ir.Table, *, names: Mapping[str, str] | None = None) -> model.Model:
    """
    A model of an area's own records: how often those of one person agree, and how common each name is.

    records: as `standardise` makes them with the learned `names`. The pairs that teach are those that are sure without
    the comparison they teach (`learning`). Frequencies count records, so a name is as common as the pairs it makes.
    """
    frequencies = {column: _counted(records, column) for column in ("forename", "surname")}
    first = dataclasses.replace(_model(frequencies), equivalents=dict(names or {}))
    people = int(records.count().to_pyarrow().as_py())
    options = resolve.Options(model=first, settings=first.for_people(people))
    pairs = resolve.resolve(engine, records, options=options).pairs
    taught = learning.learned(definition.COMPARISONS, pairs, people=people)
    bounded = tuple(_bounded(c, was) for c, was in zip(taught, definition.COMPARISONS, strict=True))
    return dataclasses.replace(first, settings=definition.settings(bounded))


def _bounded(taught: definition.Comparison, was: definition.Comparison) -> definition.Comparison:
    """
    A comparison that moved from the hand-set one no further than it may.

    Sure pairs are easy pairs: among them hardly anybody has moved house. Believed whole, they would count a family's
    move as proof against them.
    """
    degrees = [
        d if d.m is None or old.m is None else dataclasses.replace(
            d, m=min(max(d.m, old.m / MOST_MOVED), old.m * MOST_MOVED, learning.MOST)
        )
        for d, old in zip(taught.degrees, was.degrees, strict=True)
    ]  # fmt: skip
    return dataclasses.replace(taught, degrees=tuple(degrees))


def weights(chosen: model.Model) -> dict[tuple[str, str], float]:
    """What each degree says for (above 0) or against one person, in log2 of the odds, by comparison and degree."""
    return {
        (comparison["output_column_name"], level["label_for_charts"]):
            math.log2(level["m_probability"] / level["u_probability"])
        for comparison in chosen.settings["comparisons"]
        for level in comparison["comparison_levels"]
        if not level.get("is_null_level")
    }  # fmt: skip


def _model(frequencies: dict[str, pa.Table]) -> model.Model:
    return model.Model(
        settings=definition.settings(),
        frequencies=frequencies,
        people=definition.WRITTEN_FOR_PEOPLE,
        scaled=frozenset(
            (c.name, d.word) for c in definition.COMPARISONS for d in c.degrees if d.scales_with_people
        ),
    )  # fmt: skip


def _frequency(column: str, shares: dict[str, float], keys: dict[str, str]) -> pa.Table:
    by_key: dict[str, float] = {}
    for name, share in shares.items():
        by_key[keys.get(name, name)] = max(share, by_key.get(keys.get(name, name), 0.0))
    names = sorted(by_key)
    return pa.table({column: names, f"tf_{column}": [by_key[n] for n in names]})


def _counted(records: ir.Table, column: str) -> pa.Table:
    named = records.filter(records[column].notnull())
    counted = named.group_by(column).agg(people=ibis._.count())
    shares = counted.mutate(**{f"tf_{column}": counted.people / counted.people.sum().over()})
    return shares.filter(shares.people >= FEWEST_FOR_A_FREQUENCY).drop("people").order_by(column).to_pyarrow()


if __name__ == "__main__":
    model.save(by_hand(), model.SHIPPED)
