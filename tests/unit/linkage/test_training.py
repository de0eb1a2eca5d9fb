"""A model of an area's own: bounded, the same from the same records, and told apart from the one in use."""

from __future__ import annotations

import dataclasses
import math

import pytest
from tests.unit.linkage import families, small

from kinfold.linkage import compare_models, definition, model, standardise, train

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def test_a_model_with_learned_names_is_another_and_comes_back_as_it_was(tmp_path) -> None:
    shipped = model.load()
    mine = dataclasses.replace(shipped, equivalents={"seun": "oluwaseun"})
    assert mine.hash != shipped.hash
    model.save(mine, tmp_path)
    read = model.load(tmp_path)
    assert (read.hash, read.equivalents) == (mine.hash, {"seun": "oluwaseun"})


def test_no_weight_moves_further_than_it_may() -> None:
    was = definition.COMPARISONS[0]
    taught = dataclasses.replace(
        was, degrees=tuple(d if d.m is None else dataclasses.replace(d, m=0.001) for d in was.degrees)
    )
    bounded = train._bounded(taught, was)
    for d, old in zip(bounded.degrees, was.degrees, strict=True):
        if d.m is not None and old.m is not None:
            assert old.m / train.MOST_MOVED <= d.m <= old.m
            assert d.u == old.u


def test_training_says_what_it_would_change(engine) -> None:
    tables = families.make(250, seed=3, twin_share=0.2).tables(engine)
    stood = standardise.standardise(
        engine, tables, upn_sources=frozenset(families.SOURCES), as_at=small.AS_AT, learned={}
    )
    new, again = train.on_records(engine, stood.records), train.on_records(engine, stood.records)
    assert new.hash == again.hash != model.load().hash
    told = compare_models.compared(
        engine, now=model.load(), new=new, records_now=stood.records, records_new=stood.records, tables=tables
    )
    assert told["model_new"] == new.hash
    assert told["sampled"] == stood.records.count().execute()
    assert all(abs(row["new"] - row["now"]) <= math.log2(train.MOST_MOVED) + 0.01 for row in told["weights"])
    assert told["twins"]["new"] <= told["twins"]["now"]
    same = compare_models.compared(
        engine, now=new, new=new, records_now=stood.records, records_new=stood.records, tables=tables
    )
    assert (same["weights"], same["bands"]) == ([], {})
