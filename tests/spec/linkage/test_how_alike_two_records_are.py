"""
In how many degrees two records agree, each in words: for every degree a pair of records that a practitioner has met.

Degrees are tried from the top, so each pair here also says that nothing above it fits better.
"""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import pyarrow as pa
import pytest
from tests.spec.readable import cells
from tests.unit.linkage import small

from kinfold.linkage import definition, model, standardise
from kinfold.store import engine as engines
from kinfold.store.engine import Engine

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

HOMES = {"together": ("4 Mill Lane", "ZZ1 1AA"), "apart": ("9 Church Row", "ZZ5 5EE")}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with engines.duckdb(memory_gb=1, threads=1) as opened:
        yield opened


def words(engine: Engine, comparison: str, cases: str, *, of_any_file: bool = False) -> list[tuple[str, str]]:
    """
    The degree found beside the degree wanted, of each line of `cases`.

    Columns: one, other (as forename, surname or date, two names parted by "/"), homes (together or apart), and `degree`.
    """
    rows = {name: [] for name in ("person", "name", "identifier", "address")}
    wanted = cells(cases)[1]
    for n, case in enumerate(wanted):
        for side, source in (("one", "health"), ("other", "school")):
            _add(rows, f"{source}:{n:03d}", case, case[side], comparison, is_other=side == "other")
    written = {name: "\n".join(lines) for name, lines in (_tables(rows)).items() if lines}
    tables = small.tables(engine, **written)
    stood = standardise.standardise(engine, tables, upn_sources=small.SOURCES, as_at=small.AS_AT)
    count = len(wanted)
    pairs = engine.take(pa.table({"left": list(range(count)), "right": list(range(count, 2 * count))}))
    chosen = model.load()
    settings, records = chosen.for_people(100), stood.records
    if of_any_file:
        settings = definition.settings(definition.for_any_file(definition.COMPARISONS), people=100)
        records = engine.keep(records.mutate(name_words=ibis.null("string")))
    scored = model.score(engine, records, pairs, settings=settings, model=chosen)
    found = scored.order_by("left").select(comparison).to_pyarrow().column(0).to_pylist()
    return [(f"{case['one']} · {case['other']}: {word}", f"{case['one']} · {case['other']}: {case['degree']}")
            for word, case in zip(found, wanted, strict=True)]  # fmt: skip


def _add(rows: dict, key: str, case: dict, said: str, comparison: str, *, is_other: bool) -> None:
    is_name = comparison in ("forename", "surname")
    role, sex = case.get("roles", "child/child").split("/")[is_other], said if comparison == "sex" else ""
    rows["person"].append(f"{key} | {role} | {said if comparison == 'birth' else ''} | {sex} | "
                          f"{case.get('quality', 'stated/stated').split('/')[is_other]}")  # fmt: skip
    if is_name and said:
        kinds = zip(("current", "former", "former"), said.split(" / "), strict=False)
        for kind, name in kinds:
            forename, _, surname = name.partition("_") if "_" in name else (
                (name, "", "") if comparison == "forename" else ("", "", name))  # fmt: skip
            rows["name"].append(f"{key} | {kind} | {forename} | {surname}")
    if comparison == "home" and said:
        lines, comma, code = said.rpartition(", ")
        rows["address"].append(f"{key} | home | {lines if comma else code} | {code if comma else ''}")
    elif case.get("homes"):
        lines, code = HOMES["together" if case["homes"] == "together" or not is_other else "apart"]
        rows["address"].append(f"{key} | home | {lines} | {code}")
    if comparison in ("nhs", "upn", "numbers") and said:
        kind, _, value = said.partition(" ")
        rows["identifier"].append(f"{key} | {kind} | {value.removesuffix('!')} | {'no' if said[-1] == '!' else 'yes'} | "
                                  f"{'social_care' if kind == 'case_number' else ''}")  # fmt: skip


def _tables(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    heads = {
        "person": "person_key | role | birth_on | sex | birth_quality", "name": "person_key | kind | forename | surname",
        "identifier": "person_key | kind | value | is_valid | register", "address": "person_key | kind | lines | postcode",
    }  # fmt: skip
    return {name: [heads[name], "-+-", *lines] for name, lines in rows.items() if lines}


CASES = {
    "forename": """
        one            | other           | homes    | degree
        ---------------+-----------------+----------+-------------------
        Freya          |                 |          | unknown
        Freya          | Baby            |          | unknown
        Freya          | Freya           | together | same at home
        Freya          | FREYA           | apart    | same
        Mohammed       | Muhammad        |          | same
        Charlotte      | Lottie          |          | same
        Freya          | Ruth / Freya    |          | other name
        Freya          | Ruth Freya      |          | other name
        Rasheed        | Rashid          |          | spelt another way
        Zayn           | Zain            |          | spelt another way
        Oluwaseun      | Oluwa           |          | short form
        Okafor_Chidi   | Chidi_Okafor    |          | swapped
        Bethany        | Bethony         | together | close at home
        Bethany        | Bethony         | apart    | close
        Freya          | F               |          | initial
        Jayden         | Hayden          | together | similar at home
        Jayden         | Hayden          | apart    | similar
        Freya          | Thomas          | together | different
    """,
    "surname": """
        one            | other           | homes    | degree
        ---------------+-----------------+----------+-------------------
        Thornton       |                 |          | unknown
        Okafor_Chidi   | Chidi_Okafor    |          | swapped
        Thornton       | Thornton        | together | same at home
        Thornton       | Thornton-Hale   | together | same at home
        Thornton       | Thornton        | apart    | same
        Thornton       | Hale / Thornton |          | other name
        Hale-Thornton  | Thornton        |          | other name
        Entwistle      | Entwhistle      |          | close
        Marsden        | Marston         |          | similar
        Thornton       | Khan            | together | different at home
        Thornton       | Khan            | apart    | different
    """,
    "birth": """
        one        | other      | homes    | roles       | quality          | degree
        -----------+------------+----------+-------------+------------------+----------------------------
        2015-03-14 |            |          | child/adult | stated/stated    | unknown, child and grown up
        2015-03-14 |            |          | child/child | stated/stated    | unknown
        2015-03-14 | 2015-03-14 | together | child/child | stated/stated    | same at home
        2015-03-14 | 2015-03-14 | apart    | child/child | stated/stated    | same
        2015-03-04 | 2015-04-03 |          | child/child | stated/stated    | day and month swapped
        2015-03-14 | 2015-03-15 |          | child/child | stated/stated    | one figure apart
        2015-03-14 | 2015-01-01 |          | child/child | stated/default   | same year, day not known
        2015-03-14 | 2016-01-01 |          | child/child | stated/year_only | year near, day not known
        2015-03-14 | 2015-03-28 |          | child/child | stated/stated    | same but for one part
        2015-03-14 | 1990-08-22 |          | child/adult | stated/stated    | a generation apart
        2015-03-14 | 2011-08-22 |          | child/child | stated/stated    | different
    """,
    "sex": """
        one | other | degree
        ----+-------+----------
        F   |       | unknown
        F   | F     | same
        F   | M     | different
    """,
    "home": """
        one                       | other                      | degree
        --------------------------+----------------------------+-----------------------------
        4 Mill Lane, ZZ1 1AA      |                            | unknown
        4 Mill Lane, ZZ1 1AA      | 4 MILL LN, ZZ1 1AA         | same
        Flat 2 14 Mill Road, ZZ1 1AA | Flat 2 14b Mill Road, ZZ1 1AA | same street, typed otherwise
        14 Harbour View, ZZ1 1AA  | 14 Harbour Vue, ZZ5 5EE    | same street
        4 Mill Lane, ZZ1 1AA      | 77 Quay Parade, ZZ1 1AA    | same postcode
        4 Mill Lane, ZZ1 1AA      | 77 Quay Parade, ZZ1 1XX    | near
        4 Mill Lane, ZZ1 1AA      | 77 Quay Parade, ZZ5 5EE    | different
    """,
    "nhs": """
        one            | other          | degree
        ---------------+----------------+----------
        nhs 9990000018 |                | unknown
        nhs 9990000018 | nhs 9990000018 | same
        nhs 9990000018 | nhs 9990000026 | different
    """,
    "upn": """
        one               | other             | degree
        ------------------+-------------------+----------
        upn B801200005001 |                   | unknown
        upn B801200005001 | upn B801200005001 | same
        upn B801200005001 | upn P207000016049 | different
    """,
    "numbers": """
        one                         | other                       | degree
        ----------------------------+-----------------------------+-------------
        case_number 00123           | case_number 00124           | unknown
        case_number 00123           | case_number 00123           | same
        temporary_upn A99900000001B | temporary_upn A99900000001B | nearly proof
        nhs 9990000019!             | nhs 9990000019!             | nearly proof
    """,
}


@pytest.mark.parametrize("comparison", list(CASES))
def test_each_degree_is_met_by_records_that_somebody_knows(engine: Engine, comparison: str) -> None:
    pairs = words(engine, comparison, CASES[comparison])
    assert [found for found, _ in pairs] == [wanted for _, wanted in pairs]


OF_ANY_FILE = {
    "forename": """
        one             | other            | homes | degree
        ----------------+------------------+-------+-------------------------------------
        J_Thornton      | J_Thornton       |       | same initial
        J_Thornton      | Jayden_Thornton  |       | initial
        V_Shanthi       | Shanthi_Vignesh  |       | the other way round, with an initial
        K_Shanthi       | Shanthi_Vignesh  |       | different
        Feng_Minxiu     | Min Xiu_Feng     |       | swapped
        Min Xiu_Feng    | Minxiu_Feng      |       | other name
    """,
    "surname": """
        one             | other            | homes | degree
        ----------------+------------------+-------+-------------------------------------
        V_Shanthi       | Shanthi_Vignesh  |       | the other way round, with an initial
        Feng_Minxiu     | Min Xiu_Feng     |       | swapped
    """,
    "home": """
        one                       | other                      | degree
        --------------------------+----------------------------+-----------------------------
        4 Mill Lane, ZZ1 1AA      | , ZZ1 1AA                  | same postcode, door not known
        4 Mill Lane, ZZ1 1AA      | 77 Quay Parade, ZZ1 1AA    | same postcode
    """,
}


@pytest.mark.parametrize("comparison", list(OF_ANY_FILE))
def test_files_of_people_have_degrees_of_their_own(engine: Engine, comparison: str) -> None:
    """An initial may be a father's, a given name is written in one word or two, a list has postcodes and no doors."""
    pairs = words(engine, comparison, OF_ANY_FILE[comparison], of_any_file=True)
    assert [found for found, _ in pairs] == [wanted for _, wanted in pairs]


@pytest.mark.parametrize("comparison", definition.COMPARISONS, ids=lambda c: c.name)
def test_no_degree_is_without_a_pair(comparison: definition.Comparison) -> None:
    shown = {row["degree"] for row in cells(CASES[comparison.name])[1]}
    assert {degree.word for degree in comparison.degrees} == shown
