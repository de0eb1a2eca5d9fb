"""
The saved model: its weights and name frequencies as files, and scoring with them.

Nothing is estimated at run time. The same records score the same whichever day, order or machine; the model's
hash is written beside every decision made with it.
"""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import json
import math
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from kinfold.linkage import definition, splink_quiet
from kinfold.store.engine import Engine

SHIPPED = Path(__file__).with_name("models")
# Beyond these a pair is certainly, or certainly not, one person, and the figure itself says no more.
LOWEST, HIGHEST = -60.0, 60.0


class ModelRejected(ValueError):
    """A saved model cannot be used; the message names the file and what is wrong with it."""


@dataclasses.dataclass(frozen=True)
class Model:
    """
    settings: Splink's, for a pool of `people` records; `scaled` names the degrees whose chance falls as it grows.
    frequencies: for a column, the share of people with each value (columns: the value, tf_<column>).
    equivalents: forename keys that an area's own records showed to be another name (`learned_names`).
    """

    settings: dict[str, Any]
    frequencies: dict[str, pa.Table]
    people: int
    scaled: frozenset[tuple[str, str]]
    equivalents: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def hash(self) -> str:
        """12 hex figures of weights, frequencies and learned names together."""
        digest = hashlib.blake2b(json.dumps(self.settings, sort_keys=True).encode(), digest_size=6)
        for column in sorted(self.frequencies):
            digest.update(json.dumps(self.frequencies[column].to_pylist(), sort_keys=True).encode())
        if self.equivalents:
            digest.update(json.dumps(self.equivalents, sort_keys=True).encode())
        return digest.hexdigest()

    def for_people(self, people: int) -> dict[str, Any]:
        """
        Settings for a pool of about this many records.

        The size is rounded to a power of two, so that a few new records do not move every score.
        """
        pool = 2 ** round(math.log2(max(people, 512)))
        fitted = copy.deepcopy(self.settings)
        fitted["probability_two_random_records_match"] = 1 / pool
        for comparison in fitted["comparisons"]:
            for level in comparison["comparison_levels"]:
                if (comparison["output_column_name"], level["label_for_charts"]) in self.scaled:
                    chance = level["u_probability"] * self.people / pool
                    level["u_probability"] = min(chance, level["m_probability"] * 0.5)
        return fitted


def load(folder: Path | None = None) -> Model:
    """
    Read `model.json` and `frequency_<column>.parquet` of a folder, or the model that comes with the product.

    Raises ModelRejected when a file is missing or is not a model.
    """
    folder = folder or SHIPPED
    try:
        saved = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        kept = {p.stem.removeprefix("frequency_"): pq.read_table(p) for p in sorted(folder.glob("frequency_*.parquet"))}
        about = saved.pop("kinfold")
        scaled = frozenset((c, word) for c, word in about["scaled"])
        learned = dict(about.get("equivalents", {}))
        return Model(settings=saved, frequencies=kept, people=about["people"], scaled=scaled, equivalents=learned)
    except (OSError, ValueError, KeyError) as why:
        raise ModelRejected(f"The linkage model in {folder.name} cannot be read. Train it again.") from why


def save(model: Model, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    about: dict[str, Any] = {"people": model.people, "scaled": sorted(map(list, model.scaled))}
    if model.equivalents:
        about["equivalents"] = model.equivalents
    text = json.dumps({**model.settings, "kinfold": about}, indent=1)
    (folder / "model.json").write_text(text + "\n", encoding="utf-8")
    for column, rows in model.frequencies.items():
        pq.write_table(rows, folder / f"frequency_{column}.parquet", compression="zstd")


def score(engine: Engine, records: ir.Table, pairs: ir.Table, *, settings: dict[str, Any], model: Model) -> ir.Table:
    """
    Compare each pair of records and weigh what agrees and what does not.

    records: as `standardise` makes them. pairs: `left` < `right`, numbers of records.
    Returns left, right, weight (log2 of the odds), probability, and for each comparison the word for its degree.
    """
    settings = _told_apart(settings)
    scored = splink_quiet.predict(engine, records, pairs, settings=settings, frequencies=model.frequencies)
    found = scored.select(
        left=ibis.least(scored.number_l, scored.number_r),
        right=ibis.greatest(scored.number_l, scored.number_r),
        weight=scored.match_weight,
        probability=scored.match_probability,
        **{c["output_column_name"]: _word(scored, c) for c in settings["comparisons"]},
    )
    if {"forename", "surname"} <= set(found.columns):
        found = by_the_rarer_way_round(found, _named(engine, records, model))
    kept = engine.keep(found.mutate(weight=found.weight.clip(lower=LOWEST, upper=HIGHEST)))
    splink_quiet.forget(engine)
    return kept


def by_the_rarer_way_round(pairs: ir.Table, named: ir.Table) -> ir.Table:
    """
    Weigh swapped names by how many people are named so, the rarer way round of the two.

    Ahmed Ali and Ali Ahmed may well be two people; Smith James is hardly anybody's name. Beyond what the weights of
    swapped names are written for, this only ever takes away.

    pairs: left, right, weight, probability, and the words of forename and surname. named: number of a record, and the
    shares of people with its forename (tf_forename) and its surname (tf_surname). Returns the columns of `pairs`.
    """
    both_ways = (pairs.forename == "swapped") & (pairs.surname == "swapped")
    so = named.select("number", share=named.tf_forename * named.tf_surname)
    one, other = so.select(n_left="number", one="share"), so.select(n_right="number", other="share")
    swapped = pairs.filter(both_ways).select(s_left="left", s_right="right")
    swapped = swapped.inner_join(one, swapped.s_left == one.n_left)
    swapped = swapped.inner_join(other, swapped.s_right == other.n_right)
    rarer = ibis.least(swapped.one, swapped.other, definition.SWAPPED_MOST)
    too_common = rarer > definition.SWAPPED_SHARE
    few = swapped.filter(too_common).select("s_left", "s_right", less=(rarer / definition.SWAPPED_SHARE).log2())
    joined = pairs.left_join(few, [pairs.left == few.s_left, pairs.right == few.s_right])
    weight = joined.weight - joined.less.fill_null(0.0)
    likely = ibis.ifelse(joined.less.isnull(), joined.probability, 1 / (1 + ibis.literal(2.0).pow(-weight)))
    return joined.mutate(weight=weight, probability=likely).drop("s_left", "s_right", "less")


def _named(engine: Engine, records: ir.Table, model: Model) -> ir.Table:
    """number, tf_forename and tf_surname of the records that have both names."""
    if "tf_forename" not in records.columns:
        for column in ("forename", "surname"):
            records = records.left_join(engine.take(model.frequencies[column]), column).drop(f"{column}_right")
    shares = {name: records[name].fill_null(definition.RAREST) for name in ("tf_forename", "tf_surname")}
    return records.filter(records.forename.notnull() & records.surname.notnull()).select("number", **shares)


def _told_apart(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings in which no two degrees of a comparison weigh the same: those that would are moved a hair."""
    settings = copy.deepcopy(settings)
    for comparison in settings["comparisons"]:
        seen: set[float] = set()
        for level in comparison["comparison_levels"]:
            while (weight := _weight(level)) in seen:
                level["u_probability"] *= 1 - 1e-5
            seen.add(weight)
    return settings


def _word(scored: ir.Table, comparison: dict[str, Any]) -> ir.StringValue:
    """
    The degree of a pair, read back from its weight.

    Splink keeps its own degree only together with every compared value, which for millions of pairs is most of
    the memory of a run; the weight of a degree is its own, so it tells the degree as well.
    """
    name = comparison["output_column_name"]
    weights = {_weight(level): level["label_for_charts"] for level in comparison["comparison_levels"]}
    seen = scored[f"mw_{name}"].round(6)
    return ibis.cases(*((seen == weight, word) for weight, word in weights.items()), else_="unknown")


def _weight(level: dict[str, Any]) -> float:
    if level.get("is_null_level"):
        return 0.0
    return round(math.log2(level["m_probability"] / level["u_probability"]), 6)
