"""How good a linkage is, measured against the truth."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

RECORD_COLUMNS = ("record_id", "person_key")  # the second as a run's own table of links calls it
PERSON_COLUMNS = ("true_id", "cluster", "person", "entity")


class UnableToEvaluate(Exception):
    """The two files do not describe the same records; the message says what is missing."""


def evaluate(clusters_path: Path, truth_path: Path) -> dict[str, Any]:
    """
    Compare clusters with the truth, over the records that both name.

    clusters: record_id, person_id and source when ids repeat between files; or a run's own link.parquet.
    truth: record_id, true_id, source when known, and `twin_of` (the true_id of a twin) when known; Parquet or CSV.
    Returns shares from 0 to 1: precision, recall and f1 of pairs of records, the same of whole clusters, and of twins
    the pairs and how many were merged. A share is null when there is nothing to take it of.
    Raises UnableToEvaluate.
    """
    clusters, truth = _read(clusters_path, "person_id"), _read(truth_path, "true_id")
    keyed = ["record_id"]
    if "source" in clusters.column_names and "source" in truth.column_names:
        keyed.append("source")
    true_of = dict(zip(_keys(truth, keyed), truth.column("true_id").to_pylist(), strict=True))
    given = zip(_keys(clusters, keyed), clusters.column("person_id").to_pylist(), strict=True)
    person_of = {key: person for key, person in given if key in true_of}
    if not person_of:
        raise UnableToEvaluate("No record of the clusters is in the truth. Check that both files use the same ids.")
    measured = _measured({k: true_of[k] for k in person_of}, person_of)
    measured["records_without_truth"] = clusters.num_rows - len(person_of)
    measured["records_not_clustered"] = len(true_of) - len(person_of)
    if "twin_of" in truth.column_names:
        measured["twins"] = _twins(truth, true_of, person_of)
    return measured


def in_words(measured: dict[str, Any]) -> str:
    """The measures as lines to read."""
    lines = [f"{measured['records']:,} records, {measured['true_people']:,} people, {measured['people']:,} found"]
    for label, prefix in (("pairs   ", ""), ("clusters", "cluster_")):
        shares = [_share(measured[prefix + name]) for name in ("precision", "recall", "f1")]
        lines.append(f"{label}  precision {shares[0]}  recall {shares[1]}  F1 {shares[2]}")
    lines.append(f"joined wrongly {measured['false_pairs']:,} pairs; missed {measured['missed_pairs']:,} pairs")
    if "twins" in measured:
        twins = measured["twins"]
        lines.append(f"twins     {twins['merged']:,} of {twins['pairs']:,} pairs made one person")
    for count, what in (("records_without_truth", "without a truth"), ("records_not_clustered", "not in the clusters")):
        if measured[count]:
            lines.append(f"{measured[count]:,} records {what} are left out")
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.5f}"


def _read(path: Path, person: str) -> pa.Table:
    try:
        rows = _read_csv(path) if path.suffix.lower() == ".csv" else pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as why:
        raise UnableToEvaluate(f"{path.name} cannot be read as {path.suffix or 'Parquet'}.") from why
    found = next((c for c in (person, *PERSON_COLUMNS) if c in rows.column_names), None)
    record = next((c for c in RECORD_COLUMNS if c in rows.column_names), None)
    if record is None or found is None:
        raise UnableToEvaluate(f"{path.name} needs the columns record_id and {person}.")
    for ours, theirs in (("record_id", record), (person, found)):
        rows = rows if ours == theirs else rows.append_column(ours, rows.column(theirs))
    return rows


def _read_csv(path: Path) -> pa.Table:
    """Every column as text: read as a number, record 0007 would be record 7."""
    names = pacsv.open_csv(path).schema.names
    as_text = pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
    return pacsv.read_csv(path, convert_options=as_text)


def _keys(rows: pa.Table, keyed: list[str]) -> list[tuple[str, ...]]:
    return list(zip(*(map(str, rows.column(c).to_pylist()) for c in keyed), strict=True))


def _pairs(sizes: Any) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)


def _measured(true_of: dict[Any, Any], person_of: dict[Any, Any]) -> dict[str, Any]:
    both = Counter((person_of[k], true_of[k]) for k in person_of)
    found_sizes, true_sizes = Counter(person_of.values()), Counter(true_of.values())
    right, found, true = _pairs(both.values()), _pairs(found_sizes.values()), _pairs(true_sizes.values())
    whole = sum(1 for (person, one), n in both.items() if n == found_sizes[person] == true_sizes[one])
    return {
        "records": len(person_of),
        "people": len(found_sizes),
        "true_people": len(true_sizes),
        "true_pairs": true,
        "false_pairs": found - right,
        "missed_pairs": true - right,
        "precision": _of(right, found),
        "recall": _of(right, true),
        "f1": _f1(_of(right, found), _of(right, true)),
        "cluster_precision": _of(whole, len(found_sizes)),
        "cluster_recall": _of(whole, len(true_sizes)),
        "cluster_f1": _f1(_of(whole, len(found_sizes)), _of(whole, len(true_sizes))),
    }


def _of(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _f1(precision: float | None, recall: float | None) -> float | None:
    if precision is None or recall is None or precision + recall == 0:
        return None
    return 2 * precision * recall / (precision + recall)


def _twins(truth: pa.Table, true_of: dict[Any, Any], person_of: dict[Any, Any]) -> dict[str, Any]:
    """Pairs of twins of whom both have a record, and how many of them share a person."""
    people = defaultdict(set)
    for key, person in person_of.items():
        people[true_of[key]].add(person)
    told = zip(truth.column("true_id").to_pylist(), truth.column("twin_of").to_pylist(), strict=True)
    pairs = {tuple(sorted((str(a), str(b)))) for a, b in told if b is not None}
    named = {str(one): found for one, found in people.items()}
    known = [(a, b) for a, b in pairs if a in named and b in named]
    merged = sum(1 for a, b in known if named[a] & named[b])
    return {"pairs": len(known), "merged": merged, "share_merged": _of(merged, len(known))}
