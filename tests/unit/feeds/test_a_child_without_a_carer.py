"""A row about a child counts also when it does not say who looks after them."""

from pathlib import Path

from tests.unit.feeds.conftest import ON

from kinfold.areas import feeds as area_feeds

SALTMARSH = Path(__file__).parents[3] / "areas" / "saltmarsh"


def saltmarsh(name):
    return {name: area_feeds.load(SALTMARSH)[name]}


def test_an_episode_of_early_help_with_no_carer_is_the_childs_alone(write, place):
    head = (
        "EPISODE_ID;PERSON_ID;CHILD_NAME;START_DATE;END_DATE;END_REASON;DOB;SEX;NHS_NO;POSTCODE;ADDRESS;"
        "CARER_ID;CARER_DOB;CARER_NAME;CARER_PHONE;WORKER_REF;WORKER_NAME;WORKER_PHONE;WORKER_EMAIL;TEAM;"
        "VISIT_DAYS;RATING;ENGAGED;GOALS_ON_TRACK"
    )
    with_carer = "E1;P1;Amira Okafor;01.05.2025;;;03.04.2015;F;;ZZ1 1ZZ;1 Low Road;C1;;Ada Okafor;;;;;;;;;;"
    without = "E2;P2;Ben Hall;01.05.2025;;;03.04.2016;M;;ZZ1 1ZZ;2 Low Road;;;;01632 960123;;;;;;;;;"
    [report] = place.load(
        write(f"{head}\n{with_carer}\n{without}\n", "episodes.csv"), feeds=saltmarsh("early_help"), on=ON
    )
    assert (report.rows_mapped, report.rows_set_aside) == (2, 0)
    assert {row["source_id"] for row in place.table("involvement") if row["stage"] == "early_help"} == {"E1", "E2"}
    assert {(row["person_key"], row["role"]) for row in place.table("person")} == {
        ("early_help:P1", "child"),
        ("early_help:P2", "child"),
        ("early_help:C1", "adult"),
    }
    assert [row["other_key"] for row in place.table("relationship")] == ["early_help:C1"]


def test_a_member_of_a_household_whose_tenant_is_not_named_is_kept(write, place):
    feed = saltmarsh("housing")["housing"]
    part = next(part for part in feed.parts if part.name == "members")
    columns = [*dict.fromkeys([*part.recognise, *(c for row in part.rows for c in row.columns)])]
    given = {"Tenancy Ref": "T1", "Member No": "2", "Postcode": "ZZ1 1ZZ"}
    cells = ",".join(given.get(column, "") for column in columns)
    [report] = place.load(write(f"{','.join(columns)}\n{cells}\n", "members.csv"), feeds={"housing": feed}, on=ON)
    assert (report.rows_mapped, report.rows_set_aside) == (1, 0)
    assert not place.table("relationship")
    assert len(place.table("person")) == 1
