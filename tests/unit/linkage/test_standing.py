"""Whose record is standardised again tonight: those whose rows changed, and those whom other people's rows bear on."""

from __future__ import annotations

import datetime

import pytest
from tests.unit.linkage import small

from kinfold.linkage import standardise, standing

PERSON = """
    person_key | role  | birth_on   | known_from
    -----------+-------+------------+-----------
    school:1   | child | 2012-03-14 | 2025-01-05
    health:1   | child | 2012-03-15 | 2025-01-05
    police:1   | child | 2007-05-02 | 2025-01-05
    police:2   | child | 2026-02-03 | 2025-01-05
"""
NAME = """
    person_key | kind    | forename | surname | known_from
    -----------+---------+----------+---------+-----------
    school:1   | current | Ayesha   | Khan    | 2025-01-05
    health:1   | current | Ayesha   | Khan    | 2025-01-05
    police:1   | current | Petra    | Lunt    | 2025-01-05
    police:2   | current | Una      | Crane   | 2025-01-05
"""
NUMBER = """
    person_key | kind | value      | is_valid | known_from
    -----------+------+------------+----------+-----------
    health:1   | nhs  | 9990000018 | yes      | 2025-01-05
    school:1   | nhs  | 9990000026 | yes      | 2025-01-05
"""
HOME = """
    person_key | kind | uprn | lines       | postcode | known_from
    -----------+------+------+-------------+----------+-----------
    school:1   | home | 11   | 4 Mill Lane | ZZ1 1AA  | 2025-01-05
    health:1   | home |      | 4 Mill Lane | ZZ1 1AA  | 2025-01-05
    police:1   | home | 12   | 9 Dale Road | ZZ1 1AB  | 2025-01-05
"""
WRITTEN = {"person": PERSON, "name": NAME, "identifier": NUMBER, "address": HOME}
DAY = datetime.date(2025, 12, 31)


def stand(engine, kept=None, *, on=DAY, upn=small.SOURCES, learned=None, **written):
    known = small.tables(engine, **(WRITTEN | written))
    known["address"] = standardise.withheld_everywhere(engine, known["address"], as_at=on)
    found = standing.standing(
        engine, known, kept=kept, upn_sources=upn, as_at=on, learned=learned or {},
    )  # fmt: skip
    whole = standardise.standardise(engine, known, upn_sources=upn, as_at=on, learned=learned)
    assert rows(found.stood.records) == rows(whole.records)
    assert rows(found.stood.homes) == rows(whole.homes)
    return found


def rows(table) -> list[str]:
    return sorted(str(sorted(row.items())) for row in table.to_pyarrow().to_pylist())


def more(text: str, *lines: str) -> str:
    return text.rstrip() + "\n" + "\n".join(lines) + "\n"


MANY = range(standardise.MOST_AT_ONE_HOME)
CROWD = {
    "person": more(PERSON, *(f"benefits:{n} | adult | | 2025-01-05" for n in MANY)),
    "address": more(HOME, *(f"benefits:{n} | home | 12 | | | 2025-01-05" for n in MANY)),
}
TYPED = [f"police:h{n} | adult | {'2007-05-02' if n < 40 else f'1990-01-{n - 38:02d}'} | 2025-01-05" for n in range(60)]
AFFECTED = [
    ("nothing changed", {}, {}),
    ("the same rows in another order", {"name": "\n".join([*NAME.rstrip().split("\n")[:3],
                                                           *NAME.rstrip().split("\n")[:2:-1]])}, {}),
    ("a corrected name", {"name": NAME.replace("Petra", "Petrah")}, {"police:1"}),
    ("a name that came beside another", {"name": more(NAME, "police:1 | former | Petra | Vale | 2025-02-01")},
     {"police:1"}),
    ("a number that somebody else has too",
     {"identifier": more(NUMBER, "police:1 | nhs | 9990000018 | yes | 2025-01-05")}, {"police:1"}),
    ("a date that has become a habit of the police", {"person": more(PERSON, *TYPED)}, {"police:1"}),
    ("a home that has become crowded", CROWD, {"police:1"}),
    ("a home that another source withholds", {"address": more(HOME, "school:1 | withheld | 12 | | | 2025-02-01")},
     {"police:1"}),
    ("a door that another source calls a hostel",
     {"address": more(HOME, "police:1 | communal | | 4 Mill Lane | ZZ1 1AA | 2025-02-01")}, {"school:1", "health:1"}),
    ("a record that went", {"person": PERSON.replace("    school:1   | child | 2012-03-14 | 2025-01-05\n", "")}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "written", "anew"), AFFECTED, ids=[what for what, *_ in AFFECTED])
def test_a_record_is_standardised_again_when_its_rows_or_what_bears_on_it_changed(engine, what, written, anew) -> None:
    first = stand(engine)
    second = stand(engine, first.kept, **written)
    before = {row["person_key"]: row["said"] for row in first.kept.standard.to_pyarrow().to_pylist()}
    differs = {
        row["person_key"]
        for row in second.kept.standard.to_pyarrow().to_pylist()
        if row["person_key"] in before and row["said"] != before[row["person_key"]]
    }
    assert differs == set(anew)
    new = {row["person_key"] for row in second.kept.standard.to_pyarrow().to_pylist()} - set(before)
    assert second.standardised == len(anew) + len(new)


def test_a_superseded_number_reaches_the_record_that_has_the_old_one_alone(engine) -> None:
    first = stand(engine)
    ended = """
        person_key | kind | value      | is_valid | to_on      | known_from
        -----------+------+------------+----------+------------+-----------
        health:1   | nhs  | 9990000018 | yes      |            | 2025-01-05
        school:1   | nhs  | 9990000026 | yes      |            | 2025-01-05
        police:1   | nhs  | 9990000018 | yes      | 2025-03-01 | 2025-01-05
        police:1   | nhs  | 9990000042 | yes      |            | 2025-03-01
    """
    second = stand(engine, first.kept, identifier=ended)
    assert second.standardised == 2
    told = {row["person_key"]: row["nhs"] for row in second.stood.records.to_pyarrow().to_pylist()}
    assert told["health:1"] == ["9990000042"]


def test_the_day_itself_changes_who_is_born_and_who_has_grown_up(engine) -> None:
    """A child of 2007 on the turn of the year, and on a birthday that had not come."""
    first = stand(engine)
    new_year = stand(engine, first.kept, on=datetime.date(2026, 1, 1))
    assert (new_year.standardised, stand(engine, new_year.kept, on=datetime.date(2026, 2, 2)).standardised) == (1, 0)
    assert stand(engine, new_year.kept, on=datetime.date(2026, 2, 3)).standardised == 1
    roles = {row["person_key"]: row["role"] for row in new_year.stood.records.to_pyarrow().to_pylist()}
    assert roles["police:1"] == "adult"


def test_the_same_row_sent_again_is_nothing_new(engine) -> None:
    first = stand(engine)
    again = """
        person_key | kind    | forename | surname | known_from | delivery_id | row_number
        -----------+---------+----------+---------+------------+-------------+-----------
        school:1   | current | Ayesha   | Khan    | 2025-06-05 | D2          | 9
        health:1   | current | Ayesha   | Khan    | 2025-06-05 | D2          | 8
        police:1   | current | Petra    | Lunt    | 2025-06-05 | D2          | 7
        police:2   | current | Una      | Crane   | 2025-06-05 | D2          | 6
    """
    assert stand(engine, first.kept, name=again).standardised == 0


def test_other_learned_names_or_a_feed_that_may_match_by_upn_now_reach_everybody_concerned(engine) -> None:
    upn = more(NUMBER, "school:1 | upn | A999000000001 | yes | 2025-01-05")
    first = stand(engine, identifier=upn, upn=frozenset())
    assert stand(engine, first.kept, identifier=upn, upn=frozenset()).standardised == 0
    assert stand(engine, first.kept, identifier=upn).standardised == 1
    assert stand(engine, first.kept, identifier=upn, upn=frozenset(), learned={"una": "oona"}).standardised == 4
