"""What is compared again on the next night, what is not, and that it comes to the same as a whole run."""

from __future__ import annotations

import dataclasses
import datetime
import random
from collections.abc import Iterator
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.linkage import families, small

from kinfold.linkage import gate, ledger, model, night, run, shadow, tonight
from kinfold.linkage.resolve import shares_of
from kinfold.store import engine as engines
from kinfold.store.schema import TABLES

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

Rows = dict[str, list[dict[str, Any]]]


def tables(engine: engines.Engine, rows: Rows) -> dict[str, Any]:
    made = {}
    for name, table in TABLES.items():
        columns = {c.name: pa.array([r.get(c.name) for r in rows.get(name, [])], c.type) for c in table.columns}
        made[name] = engine.take(pa.table(columns))
    return made


def only(rows: Rows, keys: set[str]) -> Rows:
    return {
        name: [r for r in some if r.get("person_key") in keys and r.get("other_key") in (None, *keys)]
        for name, some in rows.items()
    }


def link(engine: engines.Engine, rows: Rows, last: run.Linked | None = None, *, days: int = 0, **given: Any):
    known = {} if last is None else {"previous_ids": last.ids, "ledger": last.ledger, "before": last.night}
    told = {"upn_sources": frozenset(families.SOURCES), "as_at": small.AS_AT + datetime.timedelta(days)}
    return small.link(engine, tables(engine, rows), **(told | known | {"run_id": f"run-{days}"} | given))


def agreement(engine: engines.Engine, whole: run.Linked, other: run.Linked) -> float:
    one, two = small.people_of(whole), small.people_of(other)
    labels = [np.unique([of[key] for key in sorted(one)], return_inverse=True)[1] for of in (one, two)]
    return shadow.disagreement(*labels)["agreement"]


@pytest.fixture(scope="module")
def engine() -> Iterator[engines.Engine]:
    """One for the whole file, so that its tests can go on from one first night."""
    with engines.duckdb(memory_gb=2, threads=2) as opened:
        yield opened


@pytest.fixture(scope="module")
def made() -> families.Made:
    return families.make(60, seed=11, twin_share=0.2)


@pytest.fixture(scope="module")
def first(engine, made) -> run.Linked:
    """The night on which every record was there."""
    return link(engine, made.rows)


def test_a_night_on_which_nothing_changed_compares_nothing(engine, made, first) -> None:
    second = link(engine, made.rows, first, days=1)
    told = second.report["night"]
    assert (told["way"], told["pairs_scored"], told["groups_built_again"]) == ("changes", 0, 0)
    assert (told["new"], told["changed"], told["gone"]) == (0, 0, 0)
    assert second.ids.equals(first.ids)
    assert second.ledger.equals(first.ledger)
    for name, table in first.tables.items():
        rows = [sorted(map(str, t.to_pyarrow().to_pylist())) for t in (table, second.tables[name])]
        assert rows[0] == rows[1], name


def test_every_table_of_a_night_is_row_for_row_what_a_whole_run_gives(engine, made, first) -> None:
    """Records come, go and are corrected, and a person decides: people of whom nothing changed are copied."""
    keys = sorted(made.truth)
    chance = random.Random(4)
    late, gone = set(chance.sample(keys, 12)), set(chance.sample(keys, 9))
    earlier = only(made.rows, set(keys) - late)
    slips = set(chance.sample(keys, 8))
    earlier["person"] = [r | {"birth_on": None} if r["person_key"] in slips else r for r in earlier["person"]]
    before = link(engine, earlier)
    group = next(ks for ks in small.together(before) if len(ks) > 2)
    rows = only(made.rows, set(keys) - gone)
    one, other = sorted(group)[:2]
    said = pa.table({"left": [one], "right": [other], "kind": ["cannot_link"], "on": pa.array([small.AS_AT])})
    night_ = link(engine, rows, before, days=1, decisions=said)
    whole = link(engine, rows, dataclasses.replace(before, night=None), days=1, decisions=said)
    assert night_.report["night"]["way"] == "changes"
    assert 0 < night_.report["night"]["groups_built_again"] < len(set(small.people_of(night_).values()))
    assert night_.ids.equals(whole.ids)
    for name, table in whole.tables.items():
        expected, found = ([sorted(map(str, t.to_pyarrow().to_pylist()))] for t in (table, night_.tables[name]))
        assert found == expected, name
    same = [n for n in whole.report if n not in ("night", "groups_built_again", "reach", "pairs_compared")]
    assert {n: night_.report[n] for n in same} == {n: whole.report[n] for n in same}
    for days in (2, 3):
        night_ = link(engine, made.rows if days == 2 else rows, night_, days=days)
        assert night_.report["night"]["way"] == "changes"
    after = link(engine, rows, dataclasses.replace(night_, night=None), days=4)
    for name, table in after.tables.items():
        expected, found = ([sorted(map(str, t.to_pyarrow().to_pylist()))] for t in (table, night_.tables[name]))
        assert found == expected, name


def test_one_new_record_is_compared_with_those_that_share_a_key_and_with_nobody_else(engine, made, first) -> None:
    """A child's second record: her first is found, her group is built again, and no other."""
    keys = sorted(made.truth)
    late = next(k for k in keys if sum(made.truth[o] == made.truth[k] for o in keys) > 2)
    second = link(engine, made.rows, link(engine, only(made.rows, set(keys) - {late})), days=1)
    told = second.report["night"]
    assert (told["way"], told["new"], told["changed"], told["gone"]) == ("changes", 1, 0, 0)
    assert 0 < told["pairs_scored"] < 60
    assert told["groups_built_again"] == 1
    assert agreement(engine, first, second) == 1


def test_a_corrected_birth_date_that_arrives_later_is_followed(engine) -> None:
    """Two people of one name, until the school corrects the date; and apart again when it takes that back."""
    person = """
        person_key | role  | birth_on   | sex
        -----------+-------+------------+----
        school:1   | child | 2015-09-30 | F
        health:1   | child | 2012-03-14 | F
        school:2   | child | 2012-03-15 | F
    """
    name = """
        person_key | kind    | forename | surname
        -----------+---------+----------+--------
        school:1   | current | Ayesha   | Khan
        health:1   | current | Ayesha   | Khan
        school:2   | current | Olivia   | Thornton
    """
    corrected = person.replace("2015-09-30", "2012-03-14")
    first = small.link(engine, small.tables(engine, person=person, name=name))
    assert small.together(first) == {frozenset({"school:1"}), frozenset({"health:1"}), frozenset({"school:2"})}
    second = _next(engine, first, 1, person=corrected, name=name)
    assert small.together(second) == {frozenset({"school:1", "health:1"}), frozenset({"school:2"})}
    assert second.report["night"]["changed"] == 1
    third = _next(engine, second, 2, person=person, name=name)
    assert small.together(third) == small.together(first)
    assert small.people_of(third) == small.people_of(first)


def test_a_superseded_nhs_number_that_arrives_later_is_followed(engine) -> None:
    """Health gives a new number beside the old: the record that only knows the new one is the same child from then."""
    person = """
        person_key | role  | birth_on   | sex
        -----------+-------+------------+----
        health:1   | child | 2015-03-14 | F
        social:1   | child |            | F
    """
    name = """
        person_key | kind    | forename | surname
        -----------+---------+----------+--------
        health:1   | current | Ayesha   | Khan
        social:1   | current | Aisha    | Begum
    """
    number = """
        person_key | kind | value      | is_valid
        -----------+------+------------+---------
        health:1   | nhs  | 9990000018 | yes
        social:1   | nhs  | 9990000026 | yes
    """
    first = small.link(engine, small.tables(engine, person=person, name=name, identifier=number))
    assert len(small.together(first)) == 2
    both = number + "        health:1   | nhs  | 9990000026 | yes\n"
    second = _next(engine, first, 1, person=person, name=name, identifier=both)
    assert small.together(second) == {frozenset({"health:1", "social:1"})}
    assert second.report["night"]["way"] == "changes"


def _next(engine: engines.Engine, last: run.Linked, days: int, **written: str) -> run.Linked:
    return small.link(
        engine, small.tables(engine, **written), previous_ids=last.ids, ledger=last.ledger, before=last.night,
        run_id=f"night-{days}", as_at=small.AS_AT + datetime.timedelta(days),
    )  # fmt: skip


def test_a_decision_and_its_undoing_are_followed_without_comparing_others(engine, made, first) -> None:
    one, other = next((a, b) for a, b in zip(*[iter(sorted(made.truth))] * 2, strict=False)
                      if small.people_of(first)[a] != small.people_of(first)[b])  # fmt: skip
    said = pa.table({"left": [one], "right": [other], "kind": ["must_link"], "on": pa.array([small.AS_AT])})
    second = link(engine, made.rows, first, days=1, decisions=said)
    assert small.people_of(second)[one] == small.people_of(second)[other]
    assert second.report["night"]["pairs_scored"] < 200
    third = link(engine, made.rows, second, days=2)
    assert third.ids.equals(first.ids)
    assert ledger.as_at(third.ledger, small.AS_AT) == small.people_of(first)


def test_a_new_model_or_nothing_kept_means_a_whole_run(engine, made, first) -> None:
    assert first.report["night"]["way"] == "whole"
    other = dataclasses.replace(first.night.about, settings="another model")
    last = dataclasses.replace(first, night=dataclasses.replace(first.night, about=other))
    assert link(engine, made.rows, last, days=1).report["night"]["way"] == "whole"


def test_once_a_week_both_ways_are_taken_and_compared(engine, made, first) -> None:
    """On a night on which half of the records are gone."""
    rows = only(made.rows, set(sorted(made.truth)[::2]))
    assert link(engine, rows, first, days=6).report["night"]["way"] == "changes"
    told = link(engine, rows, first, days=7).report["night"]
    assert told["way"] == "both"
    assert told["disagreement"]["agreement"] >= 0.9995
    assert (told["records_with_another_person_id"], told["stood_wrongly"]) == (0, 0)
    standard = first.night.standard
    otherwise = standard.mutate(sex=ibis.ifelse(standard.sex == "F", "M", "F"))
    marks = night.marked(engine, otherwise.drop("said"), shares_of(engine, otherwise, model.load()))
    assert tonight._stood_wrongly(marks, first.night.kept, first.night) == len(made.truth)


def test_a_sealed_record_is_not_in_what_the_next_run_goes_on_from(engine, made, first) -> None:
    key = next(k for k in sorted(made.truth) if k.startswith("social_care"))
    seals = pa.table({"key_hash": [gate.key_hash(key, key=small.KEY)], "from_on": [datetime.date(2026, 1, 1)]})
    second = link(engine, made.rows, first, days=1, seals=seals)
    assert second.report["night"]["way"] == "changes"
    assert key not in second.night.records.to_pyarrow().column("person_key").to_pylist()
    assert key not in small.people_of(second)


def test_what_a_run_keeps_is_read_back_whole_or_not_at_all(engine, made, first, tmp_path) -> None:
    night.save(engine, first.night, tmp_path / "night", sealed=frozenset())
    night.save(engine, first.night, tmp_path / "night", sealed=frozenset())
    assert [path.name for path in tmp_path.iterdir()] == ["night"]
    kept = night.load(engine, tmp_path / "night")
    assert kept is not None
    assert kept.about == first.night.about
    second = link(engine, made.rows, dataclasses.replace(first, night=kept), days=1)
    assert (second.report["night"]["way"], second.report["night"]["pairs_scored"]) == ("changes", 0)
    (tmp_path / "night" / "keys.parquet").unlink()
    assert night.load(engine, tmp_path / "night") is None


def test_a_sealed_record_that_got_past_every_gate_is_not_kept_for_the_next_night(engine, made, first, tmp_path) -> None:
    with pytest.raises(gate.SealBroken, match="what is kept for the next night"):
        night.save(engine, first.night, tmp_path / "night", sealed=frozenset([sorted(made.truth)[0]]))
    assert not list(tmp_path.iterdir())


PERSON = """
    person_key | role  | birth_on   | sex
    -----------+-------+------------+----
    school:1   | child | 2012-03-14 | F
    health:1   | child | 2012-03-14 | F
"""
NAME = """
    person_key | kind    | forename | surname
    -----------+---------+----------+--------
    school:1   | current | Ayesha   | Khan
    health:1   | current | Ayesha   | Khan
"""
HOME = """
    person_key | kind | lines       | postcode
    -----------+------+-------------+---------
    school:1   | home | 4 Mill Lane | ZZ1 1AA
    health:1   | home | 4 Mill Lane | ZZ1 1AA
"""
HERS_TOO = {
    "person": PERSON + "    police:1   | child | 2012-03-14 | F\n",
    "name": NAME + "    police:1   | current | Ayesha | Khan\n",
    "address": HOME + "    police:1   | home | 4 Mill Lane | ZZ1 1AA\n",
}


@pytest.mark.parametrize("locked_on_night", [0, 1])
def test_a_record_that_is_new_tonight_does_not_join_locked_ones_and_is_asked_about(engine, locked_on_night) -> None:
    """Whether the lock is as old as the last run or new tonight too; until a person says that it is hers."""
    on = pa.array([small.AS_AT] * 3)
    locked = pa.table({"left": ["health:1", "health:1", "school:1"], "right": ["school:1", "health:1", "school:1"],
                       "kind": ["must_link", "lock", "lock"], "on": on})  # fmt: skip
    before = {"decisions": locked} if locked_on_night == 0 else {}
    first = small.link(engine, small.tables(engine, person=PERSON, name=NAME, address=HOME), **before)
    given = {"ledger": first.ledger, "previous_ids": first.ids, "before": first.night}
    free = small.link(engine, small.tables(engine, **HERS_TOO), **given)
    assert small.together(free) == {frozenset({"health:1", "police:1", "school:1"})}
    second = small.link(engine, small.tables(engine, **HERS_TOO), decisions=locked, **given)
    assert small.together(second) == {frozenset({"health:1", "school:1"}), frozenset({"police:1"})}
    asked = [r for r in second.tables["pairs"].to_pyarrow().to_pylist() if "police:1" in (r["left"], r["right"])]
    assert sorted(row["band"] for row in asked) == ["no", "review"], "two people are asked about once"
    assert all(
        r["reasons"].endswith("kept apart: a person locked one of them, and the other came since") for r in asked
    )
    hers = {
        "left": ["health:1", "police:1"],
        "right": ["police:1", "school:1"],
        "kind": ["must_link"] * 2,
        "on": on[:2],
    }
    joined = small.link(
        engine, small.tables(engine, **HERS_TOO), decisions=pa.concat_tables([locked, pa.table(hers)]),
        previous_ids=second.ids, ledger=second.ledger, before=second.night,
    )  # fmt: skip
    assert len(small.together(joined)) == 1


def test_every_pair_that_a_person_decided_is_kept_for_who_looks_again(engine) -> None:
    """Also one that the machine would neither link nor ask about."""
    far = {
        "person": PERSON.replace("health:1   | child | 2012-03-14 | F", "health:1   | child | 2015-09-02 | M"),
        "name": NAME.replace("health:1   | current | Ayesha   | Khan", "health:1   | current | Peter    | Vale"),
    }
    for kind in ("cannot_link", "must_link"):
        said = pa.table({"left": ["health:1"], "right": ["school:1"], "kind": [kind], "on": pa.array([small.AS_AT])})
        kept = small.link(engine, small.tables(engine, **far), decisions=said).tables["pairs"].to_pyarrow().to_pylist()
        assert [(row["left"], row["right"]) for row in kept] == [("health:1", "school:1")], kind
    assert not small.link(engine, small.tables(engine, **far)).tables["pairs"].count().execute()


FAMILIES = families.make(12, seed=23, twin_share=0.3)


@pytest.mark.slow
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.integers(2, 3))
def test_however_records_are_split_into_nights_the_last_is_what_a_whole_run_gives(seed: int, count: int) -> None:
    """Records come, go, come back and are corrected; the last night's people are the whole run's."""
    chance = random.Random(seed)
    keys = sorted(FAMILIES.truth)
    last: run.Linked | None = None
    with engines.duckdb(memory_gb=1, threads=2) as engine:
        for days in range(count):
            shown = {key for key in keys if days == count - 1 or chance.random() < 0.8}
            rows = only(FAMILIES.rows, shown)
            if days < count - 1:
                slips = {key for key in shown if chance.random() < 0.1}
                rows["person"] = [r | {"birth_on": None} if r["person_key"] in slips else r for r in rows["person"]]
            last = link(engine, rows, last, days=days)
        assert last is not None
        assert last.report["night"]["way"] == "changes"
        assert agreement(engine, link(engine, FAMILIES.rows), last) == 1


CALLED = [
    "Olwen Pryce",
    "Rosa Marsh",
    "Ines Vale",
    "Petra Lunt",
    "Tamsin Hale",
    "Una Crane",
    "Vera Stroud",
    "Wren Ashe",
]


def test_a_name_that_became_common_overnight_weighs_less_for_those_who_bore_it_already(engine) -> None:
    """Eight of sixteen records are called Olwen from tonight, not two: hers weigh what they do in a whole run."""
    born = [f"{'school' if n < 8 else 'health'}:{n:02d} | child | 201{n % 8}-0{n % 8 + 1}-1{n % 8}" for n in range(16)]
    keys = [row.split(" ")[0] for row in born]
    head = {"person": "person_key | role | birth_on", "name": "person_key | kind | forename | surname"}

    def named(olwens: int) -> dict[str, str]:
        called = [f"Olwen {whole.split()[1]}" if n < olwens else whole for n, whole in enumerate(CALLED)] * 2
        said = [f"{key} | current | {whole.replace(' ', ' | ')}" for key, whole in zip(keys, called, strict=True)]
        return {t: "\n".join([head[t], "-" * 20, *some]) for t, some in (("person", born), ("name", said))}

    first = small.link(engine, small.tables(engine, **named(1)))
    second = _next(engine, first, 1, **named(4))
    whole = small.link(engine, small.tables(engine, **named(4)))
    told = second.report["night"]
    assert (told["way"], told["changed"], told["reweighed"]) == ("changes", 6, 2)
    before, after, expected = (
        {(row["left"], row["right"]): row["weight"] for row in linked.night.pairs.to_pyarrow().to_pylist()}
        for linked in (first, second, whole)
    )
    assert after == expected
    hers = (0, 8)
    assert after[hers] < before[hers]


def test_a_key_that_grows_over_its_most_parts_those_who_met_by_it_alone(engine) -> None:
    """Of a name that 25 share, all are compared; the 26th makes it a name too common to compare by."""

    def rows(count: int) -> dict[str, str]:
        keys = [f"file:{n:02d}" for n in range(count)]
        head = {"person": "person_key | role", "name": "person_key | kind | forename | surname"}
        body = {"person": [f"{k} | adult" for k in keys], "name": [f"{k} | current | Ann | Lee" for k in keys]}
        return {t: "\n".join([head[t], "-" * 20, *body[t]]) for t in head}

    first = small.link(engine, small.tables(engine, **rows(25)))
    assert first.report["pairs_compared"] == 300
    second = _next(engine, first, 1, **rows(26))
    assert second.report["night"]["way"] == "changes"
    assert second.report["pairs_compared"] == small.link(engine, small.tables(engine, **rows(26))).report[
        "pairs_compared"] == 0  # fmt: skip
    third = _next(engine, second, 2, **rows(25))
    assert third.report["pairs_compared"] == 300


def test_changes_are_told_from_what_stayed(engine, made, first) -> None:
    fewer = made.rows | {"person": [dict(r) for r in made.rows["person"][5:]]}
    fewer["person"][0]["sex"] = "F" if fewer["person"][0]["sex"] == "M" else "M"
    told = link(engine, fewer, first, days=1).report["night"]
    assert (told["new"], told["changed"], told["gone"]) == (0, 1, 5)
