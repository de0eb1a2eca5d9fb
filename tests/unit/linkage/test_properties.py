"""Sentences that hold whatever the data: order, repetition, seals and withheld addresses."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pytest
from tests.unit.linkage import families, small

from kinfold.linkage import gate, run

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture(scope="module")
def made() -> families.Made:
    return families.make(250, seed=3, twin_share=0.2)


def _link(engine, made, *, shuffle=None, **given) -> run.Linked:
    return small.link(engine, made.tables(engine, shuffle=shuffle), upn_sources=frozenset(families.SOURCES), **given)


def _text(linked: run.Linked) -> str:
    tables = [table.to_pyarrow() for table in linked.tables.values()]
    return str([t.to_pylist() for t in (*tables, linked.ids, linked.ledger)]) + str(linked.report)


def test_the_order_of_rows_does_not_matter(engine, made) -> None:
    first, again = _link(engine, made), _link(engine, made, shuffle=11)
    for name in first.tables:
        rows, same = (x.tables[name].to_pyarrow().to_pylist() for x in (first, again))
        if name == "family":
            # Which row of a delivery says it is the file's own order; the tie is the same.
            rows, same = ([(r["person_id"], r["other_id"], r["kind"]) for r in x] for x in (rows, same))
        assert sorted(map(str, rows)) == sorted(map(str, same)), name
    assert first.ids.equals(again.ids)


def test_linking_twice_links_nothing_new_and_keeps_every_id(engine, made) -> None:
    first = _link(engine, made)
    again = _link(engine, made, previous_ids=first.ids, ledger=first.ledger, run_id="run-2")
    assert again.ids.equals(first.ids)
    assert again.ledger.equals(first.ledger)


def test_a_sealed_key_appears_nowhere_even_when_it_was_known_before(engine, made) -> None:
    first = _link(engine, made)
    key = next(k for k in made.truth if k.startswith("social_care"))
    before = small.people_of(first)[key]
    seals = pa.table({"key_hash": [gate.key_hash(key, key=small.KEY)], "from_on": [datetime.date(2026, 1, 1)]})
    sealed = _link(engine, made, previous_ids=first.ids, ledger=first.ledger, seals=seals, run_id="run-2")
    assert sealed.report["sealed"] == 1
    assert key not in _text(sealed)
    assert before not in small.people_of(sealed).values()
    led = sealed.ledger.to_pylist()
    assert not [row for row in led if row["what"] == "merged" and row["person_id"] == before]


def test_a_withheld_address_joins_nobody_and_is_shown_nowhere(engine, made) -> None:
    tables = made.tables(engine)
    address = tables["address"].to_pyarrow().to_pylist()
    hidden = next(row for row in address if row["source"] == "social_care" and row["uprn"])
    hidden["kind"] = "withheld"
    rows = {c: [r[c] for r in address] for c in address[0]}
    tables["address"] = engine.take(pa.table(rows, schema=tables["address"].schema().to_pyarrow()))
    linked = small.link(engine, tables, upn_sources=frozenset(families.SOURCES))
    person = small.people_of(linked)[hidden["person_key"]]
    assert person not in [
        r["person_id"] for r in linked.tables["occupancy"].to_pyarrow().to_pylist() if r["to_on"] is None
    ]
    shown = next(r for r in linked.tables["people"].to_pyarrow().to_pylist() if r["person_id"] == person)
    assert shown["is_address_withheld"]
    assert (shown["address_lines"], shown["postcode"], shown["lsoa"]) == (None, None, None)
    # Nobody else lives there either, as far as any household says: another source may not know what the place is.
    elsewhere = {r["person_key"] for r in address if r["uprn"] == hidden["uprn"] and r is not hidden}
    others = {small.people_of(linked)[k] for k in elsewhere} - {person}
    lived = linked.tables["occupancy"].to_pyarrow().to_pylist()
    homes = {}
    for row in lived:
        homes.setdefault(row["household_id"], set()).add(row["person_id"])
    assert all(person not in home or not (home & others) for home in homes.values())


def test_twins_and_generations_stay_apart_and_most_records_find_their_person(engine) -> None:
    made = families.make(1_500, seed=5, twin_share=0.15)
    people = small.people_of(_link(engine, made))
    found: dict[str, set[str]] = {}
    for key, person in people.items():
        found.setdefault(made.truth[key], set()).add(person)
    twins = [(a, b) for a, b in made.twins if a in found and b in found]
    merged = [1 for a, b in twins if found[a] & found[b]]
    assert len(twins) > 150
    assert len(merged) <= 0.02 * len(twins)
    pairs, right, true = _pair_counts(people, made.truth)
    assert right / pairs >= 0.995
    assert right / true >= 0.95


def _pair_counts(people: dict[str, str], truth: dict[str, str]) -> tuple[int, int, int]:
    from collections import Counter

    def pairs(counts: Counter) -> int:
        return sum(n * (n - 1) // 2 for n in counts.values())

    both = Counter((people[k], truth[k]) for k in people)
    return pairs(Counter(people.values())), pairs(both), pairs(Counter(truth[k] for k in people))
