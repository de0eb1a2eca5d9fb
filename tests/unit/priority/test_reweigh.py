"""What somebody tries out is what a run would do: weighing a run's children again gives that run's answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pyarrow as pa
import pytest
from tests.spec import readable
from tests.unit.priority.test_run import AS_AT, MARKERS, SALTMARSH, TABLES

from kinfold.areas import area, pathways, priority, timescales
from kinfold.priority.reweigh import Weights, reweigh
from kinfold.priority.run import catalogue_of, prioritise
from kinfold.store import engine

pytestmark = pytest.mark.slow

SAME = ("pressures", "unmet_needs", "figure", "figure_high", "band", "pathway", "is_acute", "is_rising")


@pytest.fixture(scope="module")
def tried() -> Iterator[tuple[dict[str, pa.Table], Callable[..., dict[str, dict]]]]:
    """A run, and a way to weigh its children again with settings and markers of one's own."""
    settings, routes = priority.load(SALTMARSH), pathways.load(SALTMARSH)
    with engine.duckdb(threads=1) as lake:
        tables = {name: lake.take(readable.table(text, name=name)) for name, text in TABLES.items()}
        ran = prioritise(
            lake, tables, markers=MARKERS, settings=settings, timescales=timescales.load(SALTMARSH), pathways=routes,
            area_calendar=area.load(SALTMARSH).calendar, previous=None, as_at=AS_AT,
        )  # fmt: skip

        def again(markers=MARKERS, **changed) -> dict[str, dict]:
            weights = Weights(dataclasses.replace(settings, **changed), routes, AS_AT)
            weighed = reweigh(
                lake, ran["weighing"], tables["marker_state"], tables["marker_evidence"],
                lake.take(catalogue_of(markers)), weights=weights,
            )  # fmt: skip
            assert weighed.children.count().execute() == 5
            return {row["person_id"]: row for row in weighed.children.to_pyarrow().to_pylist()}

        yield {name: table.to_pyarrow() for name, table in ran.items()}, again


def test_weighing_again_with_nothing_changed_is_the_run_to_the_last_digit(tried):
    ran, again = tried
    found = again()
    for row in ran["priority_child"].to_pylist():
        assert {name: found[row["person_id"]][name] for name in SAME} == {name: row[name] for name in SAME}
    assert {row["figure"] for row in ran["priority_child"].to_pylist()} != {0}


def test_a_lower_cap_lowers_the_children_above_it_and_no_other(tried):
    ran, again = tried
    before, after = again(), again(caps={"Housing": 2.0})
    changed = {person for person in before if before[person]["figure"] != after[person]["figure"]}
    assert changed == {"CALLED"} and after["CALLED"]["unmet_needs"] == 2


def test_a_marker_that_is_off_counts_for_nothing(tried):
    _, again = tried
    assert again(tuple(m for m in MARKERS if m.name != "absent"))["OPEN"]["figure"] == 0
    assert again()["OPEN"]["figure"] == 4
