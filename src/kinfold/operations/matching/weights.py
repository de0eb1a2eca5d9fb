"""What the machine made of a pair of records, step by step and in words."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from kinfold.linkage import judge, vetoes
from kinfold.operations import matching_models
from kinfold.operations.home import Home
from kinfold.operations.matching.lake import live_folder
from kinfold.store import engine as engines

KEPT_APART = "kept apart: "


@dataclasses.dataclass(frozen=True)
class Part:
    """One step of a waterfall: what was compared, what was found, and its weight (log2 of the odds)."""

    subject: str
    found: str
    weight: float


@dataclasses.dataclass(frozen=True)
class Compared:
    """
    What the machine made of a pair of records. left, right: person keys. band: link, review or no.

    parts: the steps that add up to `weight`, the start first. veto: why they are kept apart, in words; "" when nothing
    does.
    """

    left: str
    right: str
    band: str
    weight: float
    parts: tuple[Part, ...]
    veto: str


def veto_of(reasons: str) -> str:
    """Why a pair is kept apart, in words; "" when nothing keeps it so."""
    return next((part.removeprefix(KEPT_APART) for part in reasons.split("; ") if part.startswith(KEPT_APART)), "")


def compared(home: Home, keys: Iterable[str]) -> list[Compared]:
    """What the live run kept of the pairs among some records: those in doubt first, then the surest."""
    folder, wanted = live_folder(home), list(keys)
    settings = _weights(folder)
    with engines.duckdb(memory_gb=1) as engine:
        pairs = engine.read(folder / "pairs.parquet")
        rows = pairs.filter(pairs.left.isin(wanted) & pairs.right.isin(wanted)).to_pyarrow().to_pylist()
    found = [
        Compared(
            left=row["left"], right=row["right"], band=row["band"], weight=row["weight"],
            parts=waterfall(row["reasons"], row["weight"], settings), veto=veto_of(row["reasons"]),
        )
        for row in rows
    ]  # fmt: skip
    order = {"review": 0, "no": 1, "link": 2}
    return sorted(found, key=lambda pair: (order[pair.band], -pair.weight, pair.left, pair.right))


START, RARITY, NO_MORE = "Before anything is compared", "How rare the names are", 0.05


def waterfall(reasons: str, weight: float, settings: Mapping[str, Any]) -> tuple[Part, ...]:
    """
    The steps that lead to a pair's weight, read back from its words. settings: what the run weighed with.

    The start is that two records picked from all are seldom one person. What the degrees leave of the weight is how
    rare the two names are.
    """
    at_home = "home same" in reasons.split("; ")
    start = settings["probability_two_random_records_match"]
    parts = [Part(START, "two records picked from all are seldom one person", _log2(start / (1 - start)))]
    for comparison in settings["comparisons"]:
        name = comparison["output_column_name"]
        subject = judge.SUBJECTS.get(name, name.replace("_", " "))
        said = next((p[len(subject) + 1 :] for p in reasons.split("; ") if p.startswith(subject + " ")), "")
        level = _level(comparison, said, at_home=at_home)
        if level is not None:
            parts.append(Part(subject[:1].upper() + subject[1:], said, round(level, 2)))
    left = weight - sum(part.weight for part in parts)
    if abs(left) > NO_MORE:
        words = "rarer than most, which speaks for one person" if left > 0 else "common, which says less"
        parts.append(Part(RARITY, words, round(left, 2)))
    return tuple(parts)


def _log2(odds: float) -> float:
    return round(math.log2(odds), 2)


@functools.lru_cache(maxsize=2)
def _weights(folder: Path) -> dict[str, Any]:
    """A finished run never changes, so that its weights are read once."""
    return matching_models.weights_of(folder, records=pq.read_metadata(folder / "link.parquet").num_rows)


def _level(comparison: Mapping[str, Any], said: str, *, at_home: bool) -> float | None:
    words = {
        level["label_for_charts"]: _log2(level["m_probability"] / level["u_probability"])
        for level in comparison["comparison_levels"]
        if not level.get("is_null_level")
    }
    meant = [word for word in words if judge.SAID.get(word, word) == said]
    meant.sort(key=lambda word: word.endswith("at home") != at_home)
    return words[meant[0]] if meant else None


def vetoes_in_words() -> list[str]:
    """Every reason for which two records are kept apart, whatever else agrees."""
    return [veto.words for veto in vetoes.VETOES]
