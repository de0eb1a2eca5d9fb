"""The demonstration council: the same each time, made-up through and through, and at national rates."""

import datetime
import hashlib
import json
import re

import numpy as np
import pandas as pd
import pytest

from kinfold.demonstration import calendar, council, numbers
from kinfold.vocabulary import identifiers

AS_AT = datetime.date(2026, 11, 22)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return council.make(tmp_path_factory.mktemp("council"), children=400, seed=7, as_at=AS_AT)


def hashes(folder):
    files = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.slow
def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(made, tmp_path):
    again = council.make(tmp_path / "again", children=400, seed=7, as_at=AS_AT)
    other = council.make(tmp_path / "other", children=400, seed=8, as_at=AS_AT)
    assert hashes(again.incoming) == hashes(made.incoming)
    assert hashes(again.truth) == hashes(made.truth)
    assert hashes(other.incoming) != hashes(made.incoming)


def test_deliveries_are_never_written_over(made):
    with pytest.raises(council.UnableToMake, match="Nothing was changed"):
        council.make(made.incoming.parent, children=400, seed=7, as_at=AS_AT)


def test_every_feed_is_delivered_within_three_years_one_late_and_one_silent(made):
    last = {}
    for day, feed in made.delivered:
        assert datetime.date(2023, 11, 22) <= day <= AS_AT
        last[feed] = day
    assert len(last) == 19
    assert (AS_AT - last["school_wellbeing"]).days > 180
    assert (AS_AT - last["probation"]).days > 30
    # An agency with nothing new to tell in the last week of so small a town sends nothing.
    assert all(
        (AS_AT - last[f]).days < 15 for f in ("social_care", "early_help", "police_domestic_abuse", "council_tax")
    )


def test_no_row_of_a_delivery_tells_of_a_later_day(made):
    for path in made.incoming.glob("*/social_care/ssd_cin_visits.csv"):
        told = pd.to_datetime(pd.read_csv(path, dtype=str)["cinv_cin_visit_date"])
        assert told.max() <= pd.Timestamp(path.parts[-3])


def test_every_nhs_number_is_of_the_test_range_and_passes_its_check():
    found = numbers.nhs_numbers(np.random.default_rng(1), 5000)
    assert len(set(found)) == 5000
    assert all(n.startswith("999") and identifiers.is_nhs_number(n) for n in found)


def test_no_other_nhs_number_and_no_real_telephone_is_in_any_file(made):
    for path in made.incoming.rglob("*"):
        if path.suffix not in (".csv", ".txt", ".tsv"):
            continue
        text = path.read_bytes().decode("cp1252", errors="replace")
        for number in re.findall(r"\b\d{3} \d{3} \d{4}\b", text):
            assert number.startswith("999")
        for phone in re.findall(r"\b0\d{4} \d{6}\b", text):
            assert phone.startswith(("01632 960", "07700 900"))


def test_upns_pass_their_check_letter_temporary_ones_too():
    school, year, serial = np.full(200, 2041), np.full(200, 2019), np.arange(1, 201)
    permanent, temporary = numbers.upns(school, year, serial), numbers.temporary_upns(school, year, serial)
    assert all(identifiers.is_upn(upn) for upn in [*permanent, *temporary])
    assert all(upn[-1].isalpha() for upn in temporary)


def test_exactly_the_children_asked_for_live_there(town):
    birth = town.town.people.birth[: town.town.people.children]
    age = calendar.ages(birth, town.as_at)
    assert ((age >= 0) & (age < 18)).sum() == 20_000


def share_open(town, name, on):
    people, careers = town.town.people, town.careers
    children = ((people.birth[: people.children] <= on) & (people.birth[: people.children] > on - 18 * 365.25)).sum()
    if name == "any":
        return ((careers.referred <= on) & (careers.closed > on) & ~careers.is_nfa).sum() / children
    _, start, end = careers.period(name)
    return ((start <= on) & (end > on)).sum() / children


@pytest.mark.parametrize("years_back", [0, 1, 2])
@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("any", 0.027, 0.040), ("cp", 0.0028, 0.0056), ("cla", 0.0050, 0.0090), ("plan", 0.011, 0.020)],
)
def test_as_many_children_are_open_to_social_care_as_in_england(town, name, low, high, years_back):
    assert low <= share_open(town, name, town.as_at - 365 * years_back) <= high


def test_the_same_number_of_cases_is_shared_unevenly(town):
    held = town.allocations
    now = (held.from_on <= town.as_at) & (held.to_on > town.as_at)
    load = np.bincount(held.worker[now], minlength=len(town.services["social_care"].workers))
    load = load[[not w.manager for w in town.services["social_care"].workers]]
    assert 13 <= load.mean() <= 18
    assert load.var() > load.mean()


def test_a_fifth_of_pupils_are_persistently_absent(made):
    files = sorted(made.incoming.glob("*/school_census/*pupilonroll.csv"))
    rows = pd.concat(pd.read_csv(p, dtype=str) for p in files if "nolonger" not in p.name)
    rows = rows.astype({"termlysessionsmissed": float, "termlysessionspossible": float})
    rows = rows[rows.termlysessionspossible > 0]
    rate = rows.termlysessionsmissed / rows.termlysessionspossible
    assert 0.14 <= (rate >= 0.1).mean() <= 0.28
    assert 0.005 <= (rate >= 0.5).mean() <= 0.045


def test_one_named_person_stands_for_each_role_and_carries_a_number_of_the_feeds(made):
    staff = {row["role"]: row for row in json.loads((made.truth / "staff.json").read_text(encoding="utf-8"))}
    assert set(staff) == {
        "social_worker", "early_help_practitioner", "partner_worker", "outreach_worker", "screener", "decision_maker",
        "team_manager", "governance_lead", "matcher", "analyst", "practice_lead",
    }  # fmt: skip
    holders = pd.read_csv(sorted(made.incoming.glob("*/social_care/ssd_professionals.csv"))[-1], dtype=str)
    assert staff["social_worker"]["staff_ref"] in set(holders["prof_staff_id"])
    assert staff["team_manager"]["team"] == staff["social_worker"]["team"]


def test_sealed_identities_never_share_a_person_with_the_new_ones(made):
    sealed = pd.read_parquet(made.truth / "sealed.parquet")
    people = pd.read_parquet(made.truth / "people.parquet").set_index("record_id")["true_id"]
    assert len(sealed)
    assert not set(people[sealed["person_key"]]) & set(people[sealed["new_person_key"].dropna()])


def test_the_refuge_is_in_no_feed_but_the_two_that_mark_it(made):
    refuge = pd.read_parquet(made.truth / "refuge.parquet")
    postcode = refuge["postcode"].iloc[0].encode()
    holding = {p.parts[-2] for p in made.incoming.rglob("*") if p.is_file() and postcode in p.read_bytes()}
    assert holding <= {"social_care", "child_health"}
