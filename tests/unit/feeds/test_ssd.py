"""The Standard Safeguarding Dataset: all of its tables are known, and what they say reaches our twelve."""

import datetime
from pathlib import Path

import pytest
from tests.unit.feeds.conftest import of_format

from kinfold.areas.feeds import Part
from kinfold.feeds import settings
from kinfold.feeds.headers import plain_set

pytestmark = pytest.mark.slow

DICTIONARY = dict(
    line.split(": ")
    for line in (Path(__file__).parent / "ssd_dictionary.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
)
PERSON = {
    "pers_person_id": "P1",
    "pers_forename": "Amira",
    "pers_surname": "Okafor",
    "pers_dob": "2015-04-03 00:00:00.000",
}


@pytest.fixture
def send(place, tmp_path):
    """Hand over tables, each as columns and values of its rows, and whole: a column that is not given is empty."""

    def to(**tables):
        folder = tmp_path / "ssd"
        folder.mkdir()
        for name, rows in tables.items():
            columns = DICTIONARY[f"ssd_{name}"].split()
            lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
            text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
            (folder / f"{name}.csv").write_text(text + "\n", encoding="utf-8")
        [report] = place.load(folder, feeds=of_format("ssd", agency="social_care"))
        assert report.state == "loaded", report.message
        return report

    return to


def parts() -> dict[str, Part]:
    return {part.name: part for part in settings.formats()["ssd"].parts}


def test_every_table_of_the_dictionary_is_a_part_that_knows_every_column():
    assert len(DICTIONARY) == 48
    unknown = {
        name: lost
        for name, columns in DICTIONARY.items()
        if (lost := plain_set(columns.split()) - plain_set(parts()[name].columns))
    }
    assert unknown == {}


def test_a_table_that_makes_nothing_says_why():
    used = {join.part for part in parts().values() for join in part.join.values()}
    silent = [name for name, part in parts().items() if not part.rows and name not in used]
    assert all(parts()[name].about.startswith("Not read: ") for name in silent)


def test_no_name_of_an_adopter_nationality_or_conviction_is_read():
    read = {column.rpartition(".")[2] for part in parts().values() for row in part.rows for column in row.columns}
    never = {"pers_nationality", "perm_adopter_sex", "perm_matched_date", "clac_cla_conviction_offence"}
    assert read & never == set()


def test_each_factor_of_an_assessment_is_a_fact_of_its_own(send, place):
    documents = ['["1A","11A", "24A"]', '{"2B": "Yes", "3A": "No", "4C": "Y"}', "7A", "[]", "nothing to read"]
    assessments = [
        {"cina_assessment_id": f"A{n}", "cina_person_id": "P1", "cina_assessment_start_date": "2025-01-06",
         "cina_assessment_auth_date": "1900-01-01 00:00:00.000"}
        for n in range(len(documents))
    ]  # fmt: skip
    factors = [
        {"cinf_table_id": f"F{n}", "cinf_assessment_id": f"A{n}", "cinf_assessment_factors_json": document}
        for n, document in enumerate(documents)
    ]
    report = send(person=[PERSON], cin_assessments=assessments, assessment_factors=factors)
    assert report.rows_set_aside == 0
    found = [(row["kind"], row["detail"], row["row_number"]) for row in place.table("event")]
    assert [one[1:] for one in found if one[0] == "assessment_factor"] == [
        ("1A", 1), ("11A", 1), ("24A", 1), ("2B", 2), ("4C", 2), ("7A", 3),
    ]  # fmt: skip
    assert [one[1] for one in found if one[0] == "exploitation_concern"] == ["11A", "24A"]
    assert {row["on"] for row in place.table("event")} == {datetime.date(2025, 1, 6)}
    assert all(row["to_on"] is None for row in place.table("involvement"))


def test_an_address_and_its_property_are_read_from_their_document(send, place):
    document = '{"FLAT":"2","HOUSE":"14","STREET":"Quay Street","TOWN":"Saltmarsh","UPRN":"000100012345"}'
    address = {"addr_table_id": "D1", "addr_person_id": "P1", "addr_address_type": "Home",
               "addr_address_json": document,
               "addr_address_start_date": "2020-01-01", "addr_address_end_date": "1900-01-01 00:00:00.000",
               "addr_address_postcode": "ZZ1 1ZZ"}  # fmt: skip
    send(person=[PERSON], address=[address])
    [home] = place.table("address")
    assert (home["lines"], home["postcode"], home["uprn"]) == ("2, 14 Quay Street, Saltmarsh", "ZZ1 1ZZ", "100012345")
    assert home["to_on"] is None


def test_a_child_who_came_alone_is_flagged_and_nothing_else_is_kept_of_immigration(send, place):
    status = {"immi_person_id": "P1", "immi_immigration_status_id": "I1", "immi_immigration_status": "UASC - granted"}
    send(person=[PERSON, {**PERSON, "pers_person_id": "P2"}], immigration_status=[status])
    assert [person["flags"] for person in place.table("person")] == ["uasc", None]
    assert not any("granted" in str(row) for row in place.table("person"))


@pytest.mark.parametrize(
    ("offered", "accepted", "says"),
    [("Y", "Y", "accepted"), ("Y", "N", "declined"), ("Y", "", "offered"), ("N", "", "not_offered"), ("", "", None)],
)
def test_a_talk_after_going_missing_is_told_as_it_went(offered, accepted, says, send, place):
    missing = {"miss_table_id": "M1", "miss_person_id": "P1", "miss_missing_episode_start_date": "2025-03-01",
               "miss_missing_episode_type": "M", "miss_missing_episode_end_date": "2025-03-02",
               "miss_missing_rhi_offered": offered, "miss_missing_rhi_accepted": accepted}  # fmt: skip
    send(person=[PERSON], missing=[missing])
    interviews = [row["detail"] for row in place.table("event") if row["kind"] == "return_interview"]
    assert interviews == ([says] if says else [])


def test_a_plan_for_special_needs_leads_to_its_child_over_three_tables(send, place):
    send(
        person=[PERSON],
        send=[{"send_table_id": "S1", "send_person_id": "P1", "send_upn": ""}],
        ehcp_requests=[{"ehcr_ehcp_request_id": "R1", "ehcr_send_table_id": "S1", "ehcr_ehcp_req_date": "2023-01-05"}],
        ehcp_assessment=[{"ehca_ehcp_assessment_id": "E1", "ehca_ehcp_request_id": "R1"}],
        ehcp_named_plan=[
            {"ehcn_named_plan_id": "N1", "ehcn_ehcp_asmt_id": "E1", "ehcn_named_plan_start_date": "2023-06-01"}
        ],
        ehcp_active_plans=[
            {"ehcp_active_ehcp_id": "V1", "ehcp_ehcp_request_id": "R1",
             "ehcp_active_ehcp_last_review_date": "2024-06-01"}
        ],
    )  # fmt: skip
    spells = [(row["agency"], row["stage"], row["person_key"]) for row in place.table("involvement")]
    assert spells == [("send", "ehcp", "ssd:P1"), ("send", "referral", "ssd:P1")]
    assert [(row["kind"], row["detail"]) for row in place.table("event")] == [("review", "ehcp")]


def test_care_with_parents_is_home_and_with_adopters_is_never_shown(send, place):
    placed = [
        {"clap_cla_placement_id": kind, "clap_person_id": "P1", "clap_cla_placement_type": kind,
         "clap_cla_placement_start_date": "2024-01-01", "clap_cla_placement_postcode": "ZZ1 1ZZ"}
        for kind in ("A4", "P1", "U4", "")
    ]  # fmt: skip
    placed[-1]["clap_cla_placement_id"] = "none"
    send(person=[PERSON], cla_placement=placed)
    assert [row["kind"] for row in place.table("address")] == ["withheld", "home", "placement", "placement"]
    stays = [(row["stage"], row["detail"]) for row in place.table("involvement")]
    assert stays == [("placement", one) for one in ("permanence", "with_parents", "foster", None)]


def test_a_check_that_was_refused_or_a_review_that_was_cancelled_did_not_happen(send, place):
    checks = [
        {"clah_health_check_id": f"H{n}", "clah_person_id": "P1", "clah_health_check_type": "Dental check",
         "clah_health_check_date": "2025-01-05", "clah_health_check_status": status}
        for n, status in enumerate(["Complete", "Refused"])
    ]  # fmt: skip
    care = {
        "clae_cla_episode_id": "L1",
        "clae_person_id": "P1",
        "clae_cla_id": "C1",
        "clae_cla_episode_start_date": "2024-01-01",
    }
    reviews = [
        {"clar_cla_review_id": f"R{n}", "clar_cla_id": "C1", "clar_cla_review_date": "2025-02-01",
         "clar_cla_review_cancelled": said}
        for n, said in enumerate(["N", "Y"])
    ]  # fmt: skip
    send(person=[PERSON], cla_health=checks, cla_episodes=[care], cla_reviews=reviews)
    assert sorted((row["kind"], row["detail"]) for row in place.table("event")) == [
        ("health_review", "dental_check"), ("review", "cla"),
    ]  # fmt: skip
