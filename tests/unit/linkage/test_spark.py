"""The same people whichever engine compares the pairs."""

from __future__ import annotations

import sys

import pytest
from tests.unit.linkage import families
from tests.unit.linkage.test_nights import agreement, link

from kinfold.linkage import definition
from kinfold.store import spark

MISSING = spark.missing()
LISTS = ("homes", "postcodes", "nhs", "upns", "strong_ids", "weak_ids", "forename_keys", "surname_words")


@pytest.mark.slow
@pytest.mark.skipif(bool(MISSING), reason=f"not on this machine: {', '.join(MISSING)}")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.timeout(900)
def test_spark_finds_the_people_that_duckdb_does(engine) -> None:
    """Of the pairs that either has together, 99.95% at least are together in both."""
    made = families.make(60, seed=11, twin_share=0.2)
    first = link(engine, made.rows)
    with spark.beside(engine, memory_gb=1):
        second = link(engine, made.rows, first, days=1)
    assert engine.spark is None
    assert second.report["night"]["way"] == "whole", "another engine means a whole run"
    assert second.report["bands"] == first.report["bands"]
    assert agreement(engine, first, second) >= 0.9995


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("list_has_any(homes_l, homes_r)", "ARRAYS_OVERLAP(homes_l, homes_r)"),
        ("len(nhs_l) = 0", "SIZE(nhs_l) = 0"),
        ("len(forename_text_l) > 2", "LENGTH(forename_text_l) > 2"),
        ("jaro_winkler_similarity(a_l, a_r) >= 0.9", "KINFOLD_LIKENESS(a_l, a_r) >= 0.9"),
        ("postcodes_l[1][:-3]", "SUBSTRING(postcodes_l[0], 1, LENGTH(postcodes_l[0]) + -3 + 1)"),
        ("strftime(birth_on_l, '%Y%m%d')", "DATE_FORMAT(birth_on_l, 'yyyyMMdd')"),
        ("damerau_levenshtein(a_l, a_r) = 1", "KINFOLD_SLIPS(a_l, a_r) = 1"),
        ("ELSE", "ELSE"),
    ],
)
def test_a_condition_is_said_in_sparks_words(written: str, read: str) -> None:
    assert spark.in_spark(written, lists=LISTS) == read


def test_no_condition_of_the_model_keeps_a_word_that_spark_has_not() -> None:
    said = spark.settings_for(definition.settings(), lists=LISTS)
    text = " ".join(level["sql_condition"] for c in said["comparisons"] for level in c["comparison_levels"]).lower()
    assert said["sql_dialect"] == "spark"
    assert not [word for word in ("list_", "strftime", "jaro_winkler_similarity", "jarowinkler", "&&") if word in text]
    assert len(said["comparisons"]) == len(definition.COMPARISONS)


def test_without_spark_the_message_says_how_to_get_it(engine, monkeypatch) -> None:
    for name in ("pyspark", "pyspark.errors", "pyspark.sql"):  # the last two are there when Spark was started before
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(spark.NoSpark, match="make setup-spark"), spark.chosen(engine, "spark"):
        pass
    with spark.chosen(engine, "duckdb"):
        assert engine.spark is None
