"""Special needs and early help: lists of a person each, and needs told under ten headings in either of two layouts."""

import datetime

import pytest
from tests.unit.feeds.conftest import of_format

pytestmark = pytest.mark.slow

DAY = datetime.date(2025, 2, 3)


@pytest.fixture
def send(place, tmp_path):
    def to(name, **tables):
        folder = tmp_path / "sent"
        folder.mkdir()
        for table, lines in tables.items():
            (folder / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        [report] = place.load(folder, feeds=of_format(name, agency="early_help"))
        assert report.state == "loaded", report.message
        return report

    return to


def test_a_list_of_plans_has_a_dash_of_its_own_and_leaves_the_kind_of_need_unread(send, place):
    header = (
        "Unique ID,UPN,ULN,Date of birth,Gender,Ethnicity,Date initial EHC plan issued,Date updated EHC plan issued,"
        "Date EHC plan last reviewed,SEN primary need,Main education establishment \u2013 URN,Elective home education,"
        "Does the child or young person have a disability?"
    )
    row = "S1,B801200005001,,03/04/2012,2,WBRI,01/09/2020,,05/06/2024,ASD,100001,Yes,Yes"
    report = send("send", plans=[header, row])
    assert report.columns_refused == ()
    [spell] = place.table("involvement")
    assert (spell["agency"], spell["stage"], spell["from_on"]) == ("send", "ehcp", datetime.date(2020, 9, 1))
    assert place.table("person")[0]["flags"] == "disabled send"
    assert [(event["kind"], event["detail"]) for event in place.table("event")] == [("review", "ehcp")]
    assert not any("ASD" in str(one) for table in ("person", "involvement", "event") for one in place.table(table))


def test_modules_of_sen2_lead_from_a_plan_to_its_person(send, place):
    send(
        "send",
        person=["persontableid,surname,forename,personbirthdate,sex,upn", "1,Okafor,Amira,2012-04-03,F,"],
        requests=[
            "requeststableid,persontableid,receiveddate,requestoutcomedate,requestoutcome",
            "7,1,2022-01-05,2022-02-10,Y",
        ],
        assessment=["assessmenttableid,requeststableid,assessmentoutcome", "8,7,Y"],
        namedplan=["namedplantableid,assessmenttableid,startdate,ceasedate,ceasereason", "9,8,2022-06-01,2025-01-10,5"],
        activeplans=["activeplanstableid,requeststableid,reviewmeeting,lastreview", "5,7,2024-05-01,2024-06-01"],
    )  # fmt: skip
    spells = {row["stage"]: (row["person_key"], row["outcome"], row["to_on"]) for row in place.table("involvement")}
    assert spells["ehcp"] == ("send:sen2/1", "transferred", datetime.date(2025, 1, 10))
    assert spells["referral"][1] == "closed"
    assert place.table("event")[0]["on"] == datetime.date(2024, 5, 1)


@pytest.mark.parametrize(
    ("spelt", "heading"),
    [
        ("1", "education"), ("10", "money"), ("Safe from domestic abuse", "domestic_abuse"),
        ("6: Children safe from abuse and exploitation", "abuse_exploitation"), ("Financial stability", "money"),
        ("Good early years development", "early_years"), ("9 - Secure housing", "housing"),
        ("Promoting recovery", "substance_use"), ("Crime prevention", "crime"), ("3", "health"),
    ],
)  # fmt: skip
def test_a_heading_is_known_by_its_number_or_its_name(spelt, heading, send, place):
    lines = ["Family ID,Person ID,Outcome heading,Assessment date,Need identified,Date achieved"]
    lines += [f'F1,P1,"{spelt}",03/02/2025,Yes,04/05/2025', f'F1,P2,"{spelt}",03/02/2025,No,']
    send("supporting_families", needs=lines)
    [event], [part] = place.table("event"), place.table("participant")
    assert (event["kind"], event["detail"], event["on"]) == ("family_need", heading, DAY)
    assert (event["ended_on"], part["person_key"]) == (datetime.date(2025, 5, 4), "supporting_families:P1")


def test_a_column_for_each_heading_tells_the_needs_and_those_whose_outcome_was_achieved(send, place):
    header = (
        "Family reference,Person ID,Assessment date,Review date,Getting a good education,Good early years,"
        "Mental and physical health,Secure housing,Financial stability"
    )
    lines = [
        header,
        "F1,P1,03/02/2025,10/05/2025,Yes,No,Achieved,,Not met",
    ]
    send("supporting_families", headings=lines)
    found = {event["detail"]: event["ended_on"] for event in place.table("event")}
    assert found == {"education": None, "health": datetime.date(2025, 5, 10), "money": None}
    assert place.table("relationship") == []


def test_an_episode_tells_who_works_with_whom_and_how_it_ended(send, place):
    header = (
        "Case reference,Client ID,Role,Forename,Surname,DOB,Case start date,Case closed date,Closure reason,"
        "Lead practitioner"
    )
    lines = [
        header,
        "E1,P1,Child,Amira,Okafor,03/04/2015,06/01/2025,05/05/2025,Stepped up to social care,A Worker",
        "E1,P2,Mother,Grace,Okafor,05/06/1988,06/01/2025,,,A Worker",
    ]
    send("supporting_families", episodes=lines)
    assert [person["role"] for person in place.table("person")] == ["child", "adult"]
    spells = [(row["person_key"][-2:], row["stage"], row["outcome"]) for row in place.table("involvement")]
    assert sorted(spells, key=str) == [
        ("P1", "allocation", None), ("P1", "early_help", "stepped_up"),
        ("P2", "allocation", None), ("P2", "early_help", None),
    ]  # fmt: skip
