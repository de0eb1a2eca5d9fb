"""Two ways of writing a forename become one name where enough people plainly bear both; the curated list wins."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest
from tests.unit.linkage import small

from kinfold.linkage import learned_names, names, standardise
from kinfold.store import engine as engines
from kinfold.store.engine import Engine

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def engine() -> Iterator[Engine]:
    with engines.duckdb(memory_gb=1, threads=1) as opened:
        yield opened


def learn(engine: Engine, people: list[tuple[str, str]], *, alone: tuple[str, ...] = (), home: str = "") -> dict:
    """
    Each pair is one person, whom school and health call by these two forenames under one NHS number; `alone` are
    forenames of other people, one each. home: all of them live there.
    """
    rows = [(f"{source}:{n}", name, f"999{n:07d}", f"20{n % 20:02d}-03-{n % 27 + 2:02d}")
            for n, pair in enumerate([*people, *((one,) for one in alone)])
            for source, name in zip(("school", "health"), pair, strict=False)]  # fmt: skip
    written = {
        "person": "person_key | role | birth_on\n-+-\n" + "\n".join(f"{k} | child | {b}" for k, _, _, b in rows),
        "name": "person_key | kind | forename | surname\n-+-\n"
        + "\n".join(f"{k} | current | {f} | Hale" for k, f, _, _ in rows),
        "identifier": "person_key | kind | value | is_valid\n-+-\n"
        + "\n".join(f"{k} | nhs | {v} | yes" for k, _, v, _ in rows),
    }
    if home:
        written["address"] = "person_key | kind | lines | postcode | uprn\n-+-\n" + "\n".join(
            f"{k} | home | {home} | ZZ1 1AA | 1001" for k, _, _, _ in rows
        )
    tables = small.tables(engine, **written)
    stood = standardise.standardise(engine, tables, upn_sources=small.SOURCES, as_at=small.AS_AT)
    return learned_names.learned(engine, stood.records)


def test_five_people_who_bear_both_make_one_name(engine: Engine) -> None:
    assert learn(engine, [("Oluwaseun", "Seun")] * 5) == {"seun": "oluwaseun"}


def test_four_are_too_few(engine: Engine) -> None:
    assert learn(engine, [("Oluwaseun", "Seun")] * 4) == {}


def test_one_person_under_many_records_is_one_person(engine: Engine) -> None:
    assert learn(engine, [("Oluwaseun", "Seun")] * 3 + [("Seun", "Oluwaseun")]) == {}


def test_a_slip_among_many_bearers_is_no_name(engine: Engine) -> None:
    """Five of thirty Seuns were once called Tunde: somebody typed the wrong line."""
    assert learn(engine, [("Seun", "Tunde")] * 5, alone=("Seun",) * 25 + ("Tunde",) * 25) == {}


def test_two_names_of_the_curated_list_stay_two(engine: Engine) -> None:
    known = names.equivalents().forenames
    assert known["aisha"] != known["sarah"]
    assert learn(engine, [("Aisha", "Sarah")] * 6) == {}


def test_a_new_way_of_writing_takes_the_key_of_the_curated_list(engine: Engine) -> None:
    key = names.equivalents().forenames["mohammed"]
    assert learn(engine, [("Mohammed", "Mhmd")] * 5) == {"mhmd": key}


def test_names_that_one_family_gives_to_two_children_stay_two(engine: Engine) -> None:
    assert learn(engine, [("Tolu", "Tola")] * 5, alone=("Tola",), home="4 Mill Lane") == {}


def test_an_initial_is_no_name(engine: Engine) -> None:
    assert learn(engine, [("Oluwaseun", "O")] * 6) == {}


def test_a_learned_name_is_used_by_whoever_reads_with_it() -> None:
    read = names.with_learned(names.read_forename("Seun Ade"), {"seun": "oluwaseun"})
    assert (read.key, read.text, read.every) == ("oluwaseun", "seun", ("oluwaseun", "ade", "seunade"))
    assert names.with_learned(names.read_forename(None), {"seun": "oluwaseun"}).key is None


def test_no_chain_of_names_joins_two_of_the_curated_list() -> None:
    pairs = [("jon", "katie", 9), ("jon", "molly", 8)]
    fixed = frozenset({"katie", "molly"})
    assert learned_names._keys(pairs, fixed=fixed, bearers=learned_names.Counter(), apart=set()) == {"jon": "katie"}


def test_a_list_of_bearers_of_one_number_is_read_once(engine: Engine) -> None:
    records = pa.table({"birth_on": pa.array([], pa.date32()), "forename": pa.array([], pa.string()),
                        "nhs": pa.array([], pa.list_(pa.string())), "upns": pa.array([], pa.list_(pa.string())),
                        "homes": pa.array([], pa.list_(pa.string())), "source": pa.array([], pa.string())})  # fmt: skip
    assert learned_names.learned(engine, engine.take(records)) == {}
