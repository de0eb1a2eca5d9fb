"""In a file where strangers are often alike, to be alike says less; it never says more than was set by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from kinfold.linkage import definition, learning
from kinfold.store import engine as engines
from kinfold.store.engine import Engine


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with engines.duckdb(memory_gb=1, threads=1) as opened:
        yield opened


def _chance(engine: Engine, **words: list[str]) -> dict[tuple[str, str], float]:
    """u of each degree after strangers were seen with these words."""
    comparisons = [c for c in definition.COMPARISONS if c.name in words]
    found = learning.by_chance(comparisons, engine.take(pa.table(words)), years=[2012] * 30 + [2013] * 70)
    return {(c.name, d.word): d.u for c in found for d in c.degrees if d.u}


def test_a_double_surname_shared_by_half_says_less_where_many_strangers_share_one(engine: Engine) -> None:
    told = _chance(engine, surname=["other name"] * 30 + ["close"] * 5 + ["same"] * 20 + ["different"] * 945)
    assert told["surname", "other name"] == pytest.approx(0.03)
    assert told["surname", "close"] == 0.001, "five of a thousand are too few to say"
    assert told["surname", "same"] == 5e-5, "exact names are weighed by how common they are"
    assert told["surname", "different"] == 0.98


def test_born_on_one_day_says_less_among_children_of_one_class(engine: Engine) -> None:
    told = _chance(engine, birth=["different"] * 100)
    one_year = 0.3**2 + 0.7**2
    assert told["birth", "same"] == pytest.approx(one_year / 365)
    assert told["birth", "same year, day not known"] == pytest.approx(one_year)
    assert told["birth", "same at home"] == 0.004


def test_a_file_without_birth_dates_changes_nothing_of_them(engine: Engine) -> None:
    comparisons = [c for c in definition.COMPARISONS if c.name == "birth"]
    pairs = engine.take(pa.table({"birth": ["unknown"] * 100}))
    assert learning.by_chance(comparisons, pairs, years=[]) == comparisons


def test_strangers_are_the_same_pairs_each_time() -> None:
    once, again = learning.strangers(5_000), learning.strangers(5_000)
    assert once.equals(again)
    assert all(a < b for a, b in zip(once["left"].to_pylist(), once["right"].to_pylist(), strict=True))
