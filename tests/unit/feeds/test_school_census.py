"""Flat tables of the school census: rolls, sessions by code, exclusions and provision, joined by their own ids."""

import datetime

import pytest
from tests.unit.feeds.conftest import of_format

pytestmark = pytest.mark.slow

PUPILS = "pupilonrolltableid,NativeId,dob,surname,forename,upn,entrydate,sex,gender,senprovision,termlysessionspossible"
PUPIL = "T1,SCH1,2012-Apr-03 00:00:00,Okafor,Amira,B801200005001,2023-Sep-01 00:00:00,F,,K,"
SESSIONS = "pupilonrolltableid,NativeId,termlysessiondetailsonrolltableid,attendancereason,sessions"


@pytest.fixture
def send(place, tmp_path):
    def to(**tables):
        folder = tmp_path / "census"
        folder.mkdir()
        for name, lines in tables.items():
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        [report] = place.load(folder, feeds=of_format("school_census", agency="education"))
        assert report.state == "loaded", report.message
        return report

    return to


def measured(place):
    return {row["kind"]: (row["value"], row["possible"]) for row in place.table("measure")}


@pytest.mark.parametrize(
    ("codes", "missed", "possible", "unauthorised"),
    [
        ("/=60 \\=60 L=2 I=6 O=4 U=1 C1=2 Q=3 Y1=2 X=4 #=10", 13, 135, 5),  # since September 2024
        ("/=60 \\=60 J=2 H=4 G=6 Y=3 D=2 Z=1", 10, 132, 6),  # before
    ],
)
def test_sessions_are_missed_attended_or_impossible_by_the_codes_of_either_time(
    codes, missed, possible, unauthorised, send, place
):
    rows = [f"T1,SCH1,D{n},{one.replace('=', ',')}" for n, one in enumerate(codes.split())]
    report = send(pupilonroll=[PUPILS, PUPIL], sessions=[SESSIONS, *rows])
    assert report.rows_set_aside == 0
    assert measured(place) == {"attendance": (missed, possible), "unauthorised_absence": (unauthorised, possible)}


def test_the_census_own_count_of_possible_sessions_goes_first_and_older_files_list_only_absences(send, place):
    older = ["pupilonrolltableid,termlysessiondetailsonrolltableid,attendancereason,absencesessions", "T1,D1,O,7"]
    send(pupilonroll=[PUPILS, f"{PUPIL}140"], sessions=older)
    assert measured(place)["attendance"] == (7, 140)


def test_half_a_term_more_is_not_counted_as_the_term(send, place):
    half = [
        "pupilonrolltableid,summerhalfterm2sessiondetailsonrolltableid,attendancereason,sessions",
        "T1,D1,O,7",
    ]
    report = send(pupilonroll=[PUPILS, PUPIL], half=half)
    assert {part.part: part.is_used for part in report.parts}["summerhalfterm2sessiondetailsonroll"] is False
    assert place.table("measure") == []


def test_a_pupil_who_left_has_the_day_and_what_happened_there(send, place):
    send(
        pupils=[
            "pupilnolongeronrolltableid,NativeId,dob,surname,forename,upn,entrydate,leavingdate,gender,schoolcensustableid",
            "L1,SCH1,2012-Apr-03 00:00:00,Okafor,Amira,,2023-Sep-01 00:00:00,2025-Feb-14 00:00:00,2,S1",
        ],
        school=[
            "schooltableid,NativeId,schoolcensustableid,schoolname,phoneno",
            "X1,SCH1,S1,Quay Street Primary,01632 960001",
        ],
        exclusions=[
            "pupilnolongeronrolltableid,termlyexclusionsoffrolltableid,startdate,category,sessions,reason1",
            "L1,E1,2025-Jan-22 00:00:00,FIXD,4,PP",
        ],
    )  # fmt: skip
    [person], [roll], [event] = place.table("person"), place.table("involvement"), place.table("event")
    assert (person["person_key"], person["sex"]) == ("school_census:L1", "F")
    assert (roll["detail"], roll["to_on"]) == ("Quay Street Primary", datetime.date(2025, 2, 14))
    assert (event["kind"], event["detail"], event["on"]) == ("suspension", "4", datetime.date(2025, 1, 22))
    assert place.table("service")[0]["phone"] == "01632 960001"


def test_alternative_provision_is_a_period_of_its_own_and_need_types_are_not_read(send, place):
    provision = [
        "pupilonrolltableid,schoolarrangedapdetailonrolltableid,apsettingtype,entrydate,leavingdate,apsessionsperweek",
        "T1,A1,APP,2025-Jan-06 00:00:00,,6",
    ]
    needs = ["pupilonrolltableid,senneedstableid,sentyperank,sentype", "T1,N1,1,SEMH"]
    send(pupilonroll=[PUPILS, PUPIL], provision=provision, senneeds=needs)
    spells = [(row["stage"], row["detail"], row["person_key"]) for row in place.table("involvement")]
    assert ("alternative_provision", "APP", "school_census:B801200005001") in spells
    assert ("send_support", None, "school_census:B801200005001") in spells
    assert not any("SEMH" in str(row) for table in ("involvement", "person") for row in place.table(table))
