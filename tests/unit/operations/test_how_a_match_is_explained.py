"""A match is explained by what its own run weighed with, whatever model is in use since."""

from __future__ import annotations

import copy
import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kinfold.linkage import model
from kinfold.operations import home as homes
from kinfold.operations import matching_models
from kinfold.operations.matching import weights

KEYS = ("health:1", "school:1")
WORDS = "forename same; birth date same; sex different"
SHIPPED = model.load().for_people(2)


def with_births_alike(share: float) -> dict:
    """Weights by which birth dates of two people agree for this share of pairs, and of one person for 0.8."""
    settings = copy.deepcopy(SHIPPED)
    (birth,) = (one for one in settings["comparisons"] if one["output_column_name"] == "birth")
    (same,) = (level for level in birth["comparison_levels"] if level["label_for_charts"] == "same")
    same["m_probability"], same["u_probability"] = 0.8, share
    return settings


@pytest.fixture
def home(tmp_path):
    """Runs of one pair: two that weighed birth dates each in its own way, and one that kept no weights."""
    made = homes.create(
        tmp_path / "home", area=homes.shipped_area(), is_demonstration=False, on=datetime.date(2026, 3, 1)
    )
    for run, share in (("one", 0.1), ("two", 0.0125), ("kept-none", None)):
        folder = made.snapshots / run
        folder.mkdir(parents=True)
        pair = {"left": [KEYS[0]], "right": [KEYS[1]], "weight": [5.0], "band": ["review"], "reasons": [WORDS]}
        pq.write_table(pa.table(pair), folder / "pairs.parquet")
        pq.write_table(pa.table({"person_key": list(KEYS)}), folder / "link.parquet")
        if share is not None:
            matching_models.keep_weights(folder, with_births_alike(share))
    return made


def steps(home, run: str) -> dict[str, float]:
    home.set_live(run)
    (pair,) = weights.compared(home, KEYS)
    return {part.subject: part.weight for part in pair.parts}


def test_each_run_is_explained_by_its_own_weights(home) -> None:
    one, two = steps(home, "one"), steps(home, "two")
    assert (one["Birth date"], two["Birth date"]) == (3.0, 6.0)
    assert one["Forename"] == two["Forename"]
    assert sum(one.values()) == pytest.approx(5.0, abs=0.05)
    assert sum(two.values()) == pytest.approx(5.0, abs=0.05)


def test_a_run_that_kept_none_is_explained_by_the_models_own(home) -> None:
    told = steps(home, "kept-none")
    assert told == {part.subject: part.weight for part in weights.waterfall(WORDS, 5.0, SHIPPED)}
    assert told["Birth date"] not in (3.0, 6.0)
