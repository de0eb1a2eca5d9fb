"""Training an area's own linkage model: rare, deliberate work, saved beside what it would change."""

from __future__ import annotations

import dataclasses
import datetime
import json
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from kinfold.linkage import compare_models, gate, learned_names, model, standardise, train
from kinfold.operations import assemble, sealing
from kinfold.operations.home import Home, write_whole
from kinfold.operations.matching_models import folder, in_use
from kinfold.operations.run import Rules
from kinfold.store import engine as engines

# Weights from fewer records than this would be one family's habits.
FEWEST_RECORDS = 1_000


class UnableToTrain(Exception):
    """There is too little to learn from; the message says how much there is."""


@dataclasses.dataclass(frozen=True)
class Trained:
    """A saved model and how it differs from the one in use (`compare_models.compared`). Not used by any run yet."""

    model_hash: str
    folder: Path
    records: int
    difference: dict[str, Any]


def train_own(home: Home, *, as_at: datetime.date, memory_gb: float = 4) -> Trained:
    """
    Estimate weights, name frequencies and learned names from the records that are known, and save them.

    Nothing uses them until `use`. The same records give the same model and hash. Raises UnableToTrain.
    """
    live = home.live_snapshot()
    if live is None:
        raise UnableToTrain(
            "Nothing has been published yet. Run `kinfold run` first; it uses the model that comes with us."
        )
    rules = Rules.of(live / "rules")
    in_force = in_use(home, on=as_at) or model.load()
    upn_sources = frozenset(n for n, f in rules.feeds.items() if f.agreement is not None and f.agreement.upn_may_match)
    with engines.duckdb(memory_gb=memory_gb) as engine:
        tables = _known(engine, home, rules, as_at)

        def records(names: dict[str, str]) -> ir.Table:
            made = standardise.standardise(engine, tables, upn_sources=upn_sources, as_at=as_at, learned=names)
            return made.records

        plain = records({})
        count = int(plain.count().to_pyarrow().as_py())
        if count < FEWEST_RECORDS:
            raise UnableToTrain(
                f"There are {count:,} records; a model of your own needs {FEWEST_RECORDS:,} at least. Runs go on with "
                f"model {in_force.hash}."
            )
        names = learned_names.learned(engine, plain)
        mine = records(names)
        new = train.on_records(engine, mine, names=names)
        difference = compare_models.compared(
            engine, now=in_force, new=new, records_now=records(in_force.equivalents), records_new=mine, tables=tables
        )
    _save(home, new, as_at=as_at, records=count, difference=difference)
    return Trained(new.hash, folder(home) / new.hash, count, difference)


def _known(engine: engines.Engine, home: Home, rules: Rules, as_at: datetime.date) -> dict[str, ir.Table]:
    """The twelve tables of the day without sealed records and with every withheld address marked, as a run has them."""
    agreed = {name for name, feed in rules.feeds.items() if feed.agreement is not None}
    deliveries = [one for one in assemble.deliveries_of(home) if one.feed in agreed]
    counted = assemble.counting(deliveries, rules.feeds, as_at=as_at)
    tables = assemble.assemble(engine, home, counted, rules.feeds, as_at=as_at)
    sealed = gate.sealed_among(tables, sealing.seals(home), key=sealing.seal_key(home))
    tables = gate.without(engine, tables, sealed)
    return tables | {"address": standardise.withheld_everywhere(engine, tables["address"], as_at=as_at)}


def _save(home: Home, new: model.Model, *, as_at: datetime.date, records: int, difference: dict[str, Any]) -> None:
    where = folder(home) / new.hash
    model.save(new, where)
    about = {"hash": new.hash, "as_at": as_at.isoformat(), "records": records, "difference": difference}
    write_whole(where / "about.json", json.dumps(about, indent=1))
