"""Files made by others in the formats councils hold load whole, and every row of them is accounted for."""

from __future__ import annotations

import datetime
from collections import Counter

import pyarrow.parquet as pq
import pytest
from tests.unit.feeds.conftest import of_format

from kinfold.feeds import periods
from kinfold.feeds.load import load
from kinfold.feeds.propose import trying
from kinfold.feeds.propose.reading import sketched
from kinfold.feeds.propose.writing import toml_of
from kinfold.store import engine

pytestmark = [pytest.mark.real, pytest.mark.slow]
ON = datetime.date(2025, 6, 2)
AT = datetime.datetime(2025, 6, 2, tzinfo=datetime.UTC)
KINDS = {
    "ssda903": ("ssda903/multi_year", 21_441, 0),
    "ssda903 of a region": ("ssda903/regional_iso_dates", 5_092, 0),
    "cin_census": ("cin", 42, 1),
    "annex_a": ("annex_a/Annex_A.xlsx", 59, 0),
    "school_census": ("school_census", 106_231, 6_804),
}


@pytest.mark.parametrize(("kind", "path", "rows", "aside"), [(kind, *rest) for kind, rest in KINDS.items()], ids=KINDS)
def test_a_sample_loads_and_every_row_is_accounted_for(kind, path, rows, aside, samples, tmp_path):
    feeds = of_format(kind.split()[0])
    [report] = load([samples / path], tmp_path, feeds, delivered=ON, received_at=AT)
    assert report.state == "loaded"
    assert (report.rows_in, report.rows_set_aside) == (rows, aside)
    assert report.rows_in == report.rows_mapped + report.rows_set_aside + report.rows_refused_by_agreement
    [again] = load([samples / path], tmp_path, feeds, delivered=ON, received_at=AT)
    assert not again.is_new


@pytest.mark.parametrize("file", ["csc", "education"])
def test_a_view_nobody_described_loads_by_the_mapping_proposed_for_it(file, samples, tmp_path):
    """Addresses over several lines, a contact who is a worker, and a number of the case system's own."""
    path = samples / "other" / f"{file}.csv"
    feed = trying.agreed_for_trying(trying.feed_of_toml("view", toml_of(sketched(path))), ON)
    [report] = load([path], tmp_path, {"view": feed}, delivered=ON, received_at=AT)
    assert report.state == "loaded"
    assert (report.rows_in, report.rows_mapped, report.rows_set_aside) == (500, 500, 0)
    [people] = tmp_path.glob("lake/mapped/*/person.parquet")
    table = pq.read_table(people)
    assert len(set(table["person_key"].to_pylist())) == 500
    assert table["birth_on"].null_count == 0


def test_five_linked_years_keep_their_children(samples, tmp_path):
    load([samples / "ssda903/multi_year"], tmp_path, of_format("ssda903"), delivered=ON, received_at=AT)
    [path] = tmp_path.glob("lake/mapped/*/person.parquet")
    people = pq.read_table(path)
    assert len(set(people.column("person_key").to_pylist())) < people.num_rows == 2_123
    assert set(people.column("part").to_pylist()) == {"header", *(f"header#{n}" for n in range(2, 6))}
    assert set(Counter(people.column("sex").to_pylist())) == {"F", "M"}


def test_five_linked_years_become_periods_of_care(samples, tmp_path):
    load([samples / "ssda903/multi_year"], tmp_path, of_format("ssda903"), delivered=ON, received_at=AT)
    with engine.duckdb() as open_engine:
        found = {path.stem: open_engine.read(path) for path in tmp_path.glob("lake/mapped/*/*.parquet")}
        told = open_engine.keep(periods.without_earlier_words(found["involvement"]))
        kept = open_engine.fetch(told).num_rows
        rows = open_engine.fetch(periods.whole(told, found["event"])).to_pylist()
    care = [row for row in rows if row["stage"] == "looked_after"]
    assert len(rows) == kept
    assert len({row["source_id"] for row in care}) > len({(row["person_key"], row["from_on"]) for row in care})
    assert all(row["to_on"] is None or row["from_on"] <= row["to_on"] for row in rows)


def test_sessions_become_one_attendance_for_each_pupil_and_roll(samples, tmp_path):
    feeds = of_format("school_census", agency="education")
    load([samples / "school_census"], tmp_path, feeds, delivered=ON, received_at=AT)
    [path] = tmp_path.glob("lake/mapped/*/measure.parquet")
    attendance = [row for row in pq.read_table(path).to_pylist() if row["kind"] == "attendance"]
    keys = Counter((row["person_key"], row["part"]) for row in attendance)
    assert set(keys.values()) == {1}
    assert {(row["from_on"], row["to_on"]) for row in attendance} == {
        (datetime.date(2025, 1, 1), datetime.date(2025, 4, 1))
    }
