"""
How the saved model is made: the hand-set definition with national name frequencies, or an area's own.

Training is rare, deliberate work of a data engineer. A run only ever reads what was saved.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.linkage import definition, model
from kinfold.linkage.names import equivalents
from kinfold.store.engine import Engine

# A value fewer people than this share says who they are: it is not written into a file, and counts as rare.
FEWEST_FOR_A_FREQUENCY = 10


def by_hand(path: Path | None = None) -> model.Model:
    """The model of `definition.py` with the name frequencies of a TOML file, or of the one beside this file."""
    told = tomllib.loads((path or Path(__file__).with_name("frequencies.toml")).read_text(encoding="utf-8"))
    known = equivalents()
    keyed = {"forename": known.forenames, "surname": known.surnames}
    return _model({column: _frequency(column, shares, keyed.get(column, {})) for column, shares in told.items()})


def on_records(engine: Engine, records: ir.Table) -> model.Model:
    """
    The same definition with the name frequencies of an area's own records.

    records: as `standardise` makes them. Frequencies count records, so a name is as common as the pairs it makes.
    """
    return _model({column: _counted(records, column) for column in ("forename", "surname")})


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
