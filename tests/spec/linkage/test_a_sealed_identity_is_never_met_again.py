"""
After an adoption the birth identity is sealed: by no road does it lead to the child's new name, or to anybody else.

Each test is one road that somebody might try. The child was Amy Hale to social care and to health; she is Amy Reed
to her school and to health, which has not given her a new number yet: nothing but the seal keeps the two apart.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from tests.unit.linkage import small

from kinfold.linkage import gate, run
from kinfold.linkage.ledger import leads_to
from kinfold.store import engine as engines
from kinfold.store.engine import Engine

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SEAL_KEY = b"a key apart from the data, kept "
OLD, NEW = {"social:old", "health:old"}, {"school:new", "health:new"}
PERSON = """
    person_key | role  | birth_on   | sex
    -----------+-------+------------+----
    social:old | child | 2018-05-04 | F
    health:old | child | 2018-05-04 | F
    school:new | child | 2018-05-04 | F
    health:new | child | 2018-05-04 | F
    social:m   | adult | 1990-02-03 | F
    social:s   | child | 2015-06-07 | M
"""
NAME = """
    person_key | kind    | forename | surname
    -----------+---------+----------+--------
    social:old | current | Amy      | Hale
    health:old | current | Amy      | Hale
    school:new | current | Amy      | Reed
    school:new | former  | Amy      | Hale
    health:new | current | Amy      | Reed
    social:m   | current | Eve      | Hale
    social:s   | current | Tom      | Hale
"""
IDENTIFIER = """
    person_key | kind        | value      | is_valid | register
    -----------+-------------+------------+----------+------------
    social:old | nhs         | 9990000018 | yes      |
    health:old | nhs         | 9990000018 | yes      |
    social:old | case_number | 00123      |          | social_care
"""
ADDRESS = """
    person_key | kind | lines        | postcode | uprn | from_on
    -----------+------+--------------+----------+------+-----------
    social:old | home | 4 Mill Lane  | ZZ1 1AA  | 1001 | 2018-05-04
    health:old | home | 9 Church Row | ZZ2 2BB  | 2002 | 2020-01-01
    social:m   | home | 4 Mill Lane  | ZZ1 1AA  | 1001 | 2015-01-01
    social:s   | home | 4 Mill Lane  | ZZ1 1AA  | 1001 | 2015-06-07
    school:new | home | 9 Church Row | ZZ2 2BB  | 2002 | 2020-01-01
    health:new | home | 9 Church Row | ZZ2 2BB  | 2002 | 2020-01-01
"""
RELATIONSHIP = """
    person_key | other_key  | kind
    -----------+------------+--------
    social:old | social:m   | parent
    social:s   | social:old | sibling
    social:s   | social:m   | parent
"""


@pytest.fixture
def engine() -> Iterator[Engine]:
    with engines.duckdb(memory_gb=1, threads=1) as opened:
        yield opened


def seals(*keys: str, numbers: tuple[tuple[str, str], ...] = ()) -> pa.Table:
    hashes = [gate.key_hash(k, key=SEAL_KEY) for k in keys] + [gate.number_hash(*n, key=SEAL_KEY) for n in numbers]
    on = [datetime.date(2026, 1, 20)] * len(hashes)
    return pa.table({"key_hash": hashes, "from_on": pa.array(on, pa.date32())})


def known(engine: Engine, **more: str) -> dict[str, Any]:
    """What the sources say; `person_more` and the like are lines added at the end."""
    written = {"person": PERSON, "name": NAME, "identifier": IDENTIFIER, "address": ADDRESS}
    written["relationship"] = RELATIONSHIP
    return small.tables(engine, **{n: text.rstrip() + "\n" + more.get(n, "") for n, text in written.items()})


def linked(engine: Engine, tables: dict[str, Any], **given: Any) -> run.Linked:
    return small.link(engine, tables, **({"seals": seals(*OLD), "seal_key": SEAL_KEY} | given))


def everything(told: run.Linked) -> str:
    """Every cell of every table that linkage hands on, and of what it remembers."""
    tables = [table.to_pyarrow() for table in told.tables.values()] + [told.ids, told.ledger]
    return str([table.to_pylist() for table in tables]) + str(told.report)


def no_trace(told: run.Linked, *secrets: str) -> bool:
    said = everything(told)
    return not any(secret in said for secret in ("social:old", "health:old", "9990000018", "00123", *secrets))


def test_without_the_seal_she_would_be_found_at_once(engine: Engine) -> None:
    told = linked(engine, known(engine), seals=None)
    assert len({small.people_of(told)[k] for k in (*OLD, *NEW)}) == 1


def test_sealed_records_are_nowhere(engine: Engine) -> None:
    told = linked(engine, known(engine))
    assert OLD.isdisjoint(small.people_of(told))
    assert no_trace(told)


def test_not_by_another_key_for_the_wrong_seal_key_seals_nobody(engine: Engine) -> None:
    assert gate.sealed_keys(OLD, seals(*OLD), key=small.KEY) == frozenset()
    assert not any(key in str(seals(*OLD).to_pylist()) for key in OLD)


def test_not_by_a_family_tie_or_a_household(engine: Engine) -> None:
    told = linked(engine, known(engine))
    people = small.people_of(told)
    new, birth_family = people["school:new"], {people["social:m"], people["social:s"]}
    ties = told.tables["family"].to_pyarrow().to_pylist()
    assert {(t["person_id"], t["other_id"]) for t in ties} == {
        (people["social:s"], people["social:m"]), (people["social:m"], people["social:s"])}  # fmt: skip
    homes = {r["household_id"] for r in told.tables["occupancy"].to_pyarrow().to_pylist() if r["person_id"] == new}
    theirs = {r["household_id"] for r in told.tables["occupancy"].to_pyarrow().to_pylist()
              if r["person_id"] in birth_family}  # fmt: skip
    assert homes
    assert not homes & theirs


def test_not_through_a_third_record_that_knows_both_names(engine: Engine) -> None:
    tables = known(
        engine,
        person="    police:1   | child | 2018-05-04 | F",
        name="    police:1   | current | Amy      | Hale\n    police:1   | former  | Amy      | Reed",
    )
    told = linked(engine, tables)
    assert OLD.isdisjoint(small.people_of(told))
    assert no_trace(told)


def test_not_by_her_old_number_under_another_key(engine: Engine) -> None:
    tables = known(
        engine,
        person="    health:back | child | 2018-05-04 | F",
        name="    health:back | current | Amy      | Hale",
        identifier="    health:back | nhs         | 9990000018 | yes      |",
        address="    health:back | home | 9 Church Row | ZZ2 2BB  | 2002 | 2020-01-01",
    )
    told = linked(engine, tables)
    assert no_trace(told, "health:back")


def test_not_by_her_old_number_after_the_sealed_records_are_gone(engine: Engine) -> None:
    written = {
        "person": PERSON.replace("social:old", "health:back").replace("    health:old | child | 2018-05-04 | F\n", ""),
        "name": NAME.replace("social:old", "health:back").replace("    health:old | current | Amy      | Hale\n", ""),
        "identifier": "    person_key | kind | value | is_valid\n    -+-+-+-\n    health:back | nhs | 9990000018 | yes",
    }
    told = linked(engine, small.tables(engine, **written), seals=seals(*OLD, numbers=(("nhs", "9990000018"),)))
    assert no_trace(told, "health:back")


def test_a_mother_whose_number_was_written_on_her_baby_is_not_sealed_with_her(engine: Engine) -> None:
    tables = known(engine, identifier="    social:m   | nhs         | 9990000018 | yes      |")
    assert "social:m" in small.people_of(linked(engine, tables))


def test_not_by_a_reviewers_decision(engine: Engine) -> None:
    on = pa.array([small.AS_AT] * 2, pa.date32())
    decisions = pa.table({"left": ["social:old", "health:old"], "right": ["school:new"] * 2,
                          "kind": ["must_link"] * 2, "on": on})  # fmt: skip
    assert no_trace(linked(engine, known(engine), decisions=decisions))


def test_not_by_an_earlier_night_its_ids_or_its_ledger(engine: Engine) -> None:
    tables = known(engine)
    before = linked(engine, tables, seals=None)
    was = small.people_of(before)["social:old"]
    after = linked(engine, tables, previous_ids=before.ids, ledger=before.ledger, run_id="run-2")
    assert no_trace(after)
    assert was not in small.people_of(after).values()
    assert leads_to(after.ledger, was) == was
    said = [row for row in after.ledger.to_pylist() if row["run_id"] == "run-2"]
    assert was not in str(said)


def test_not_by_an_id_that_was_merged_before_the_seal(engine: Engine) -> None:
    tables = known(engine)
    on = pa.array([small.AS_AT] * 4, pa.date32())
    apart = pa.table({"left": ["social:old", "social:old", "health:old", "health:old"],
                      "right": ["school:new", "health:new", "school:new", "health:new"],
                      "kind": ["cannot_link"] * 4, "on": on})  # fmt: skip
    first = linked(engine, tables, seals=None, decisions=apart)
    birth_id = small.people_of(first)["social:old"]
    assert birth_id != small.people_of(first)["school:new"]
    second = linked(engine, tables, seals=None, previous_ids=first.ids, ledger=first.ledger, run_id="run-2")
    assert len({small.people_of(second)[k] for k in (*OLD, *NEW)}) == 1
    third = linked(engine, tables, previous_ids=second.ids, ledger=second.ledger, run_id="run-3")
    assert no_trace(third)
    now = small.people_of(third)["school:new"]
    assert leads_to(third.ledger, birth_id) != now
    assert [r for r in third.ledger.to_pylist() if r["what"] in ("merged", "split")] == []


def test_not_by_asking_for_a_day_before_the_seal(engine: Engine) -> None:
    assert no_trace(linked(engine, known(engine), as_at=datetime.date(2025, 12, 1)))


def test_sealing_again_and_again_changes_nothing(engine: Engine) -> None:
    tables = known(engine)
    first = linked(engine, tables)
    again = linked(engine, tables, previous_ids=first.ids, ledger=first.ledger, run_id="run-2")
    assert small.people_of(again) == small.people_of(first)
    assert again.ledger.num_rows == first.ledger.num_rows


@pytest.mark.parametrize("table", ["link", "pairs"])
def test_a_row_that_got_past_the_gate_stops_the_run(engine: Engine, table: str) -> None:
    told = linked(engine, known(engine), seals=None)
    with pytest.raises(gate.SealBroken, match="sealed identities got as far as here") as why:
        gate.check(engine, told.tables[table], frozenset(OLD), at="here")
    assert not any(key in str(why.value) for key in OLD)


def test_records_are_looked_at_again_before_they_are_compared(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "without", lambda engine, tables, sealed: dict(tables))
    with pytest.raises(gate.SealBroken, match="what is compared"):
        linked(engine, known(engine))
