"""A council begins an area of its own, and joins its returns to one report of open cases."""

import datetime
import shutil

import pyarrow.parquet as pq
import pytest

from kinfold.areas import area
from kinfold.areas import feeds as feed_settings
from kinfold.feeds import settings as bound
from kinfold.feeds.load import load
from kinfold.operations import beginning, home

TODAY = datetime.date(2026, 3, 31)
RECEIVED = datetime.datetime(2026, 3, 31, 6, tzinfo=datetime.UTC)
REPORT = """Case Number,Forename,Surname,Date of Birth,Gender,Address,Postcode,Status,Status Start,Team,Worker,\
Worker Reference,Worker Phone,Visit Every (weeks),Last Visit,Seen Alone
00123,Ava,Quillon,04/05/2015,Female,"1 Quay Street",ZZ1 1AA,CPP,02/02/2026,North,Jo Lane,W9,01632 960111,2,20/03/2026,Y
00124,Ben,Harrow,11/11/2012,Male,,,Child in need,05/01/2026,North,,,,,,
"""
CENSUS = """<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year>
<ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails><Source><LEA>999</LEA></Source></Header><Children><Child>
<ChildIdentifiers><LAchildID>00123</LAchildID><PersonBirthDate>2015-05-04</PersonBirthDate><Sex>F</Sex>
</ChildIdentifiers><ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics><CINdetails>
<CINreferralDate>2025-12-01</CINreferralDate><ReferralSource>6</ReferralSource><PrimaryNeedCode>N1</PrimaryNeedCode>
<ReferralNFA>0</ReferralNFA></CINdetails></Child></Children></Message>"""


@pytest.fixture
def begun(tmp_path):
    beginning.begin(tmp_path / "west-fen", home=tmp_path / "home", on=TODAY)
    return home.open_home(tmp_path / "home")


def test_a_new_area_has_the_rules_and_its_own_name_and_no_feed_switched_on(begun):
    settings = area.load(begun.area)
    assert (settings.name, settings.authority, settings.is_demonstration) == ("West Fen", "West Fen Council", False)
    assert feed_settings.load(begun.area) == {}
    assert len(list((begun.area / beginning.EXAMPLES).glob("*.toml"))) > 16


def test_a_folder_that_holds_anything_is_left_alone(begun, tmp_path):
    with pytest.raises(beginning.UnableToBegin, match="not empty"):
        beginning.begin(begun.area, home=tmp_path / "other", on=TODAY)
    with pytest.raises(beginning.UnableToBegin, match="already holds live data"):
        beginning.begin(tmp_path / "east-fen", home=begun.folder, on=TODAY)


@pytest.mark.parametrize(
    ("chosen", "people_of"),
    [
        ({"cin_census": "cin_census"}, None),
        ({"cin_census": "cin_census", "social_care": "social_care_report"}, "social_care"),
        ({"cin_census": "cin_census", "cases": "social_care"}, "cases"),
    ],
    ids=["alone", "beside a report", "beside a feed of another name"],
)
def test_a_return_may_be_begun_with_and_its_people_are_whose_the_area_says(chosen, people_of, tmp_path):
    beginning.begin(tmp_path / "west-fen", home=tmp_path / "home", on=TODAY, feeds=chosen)
    assert bound.load(tmp_path / "west-fen")["cin_census"].people_of == people_of


def test_every_example_can_be_begun_with_alone(tmp_path):
    for example in sorted(beginning.examples()):
        beginning.begin(tmp_path / example, home=tmp_path / f"{example}-live", on=TODAY, feeds={example: example})
        assert list(bound.load(tmp_path / example)) == [example]


def test_the_census_joins_one_report_of_open_cases_by_case_number(begun, tmp_path):
    examples = begun.area / beginning.EXAMPLES
    shutil.copy(examples / "social_care_report.toml", begun.area / "feeds" / "social_care.toml")
    shutil.copy(examples / "cin_census.toml", begun.area / "feeds" / "cin_census.toml")
    (tmp_path / "open cases.csv").write_text(REPORT, encoding="utf-8")
    (tmp_path / "census.xml").write_text(CENSUS, encoding="utf-8")
    feeds = feed_settings.load(begun.area)
    paths = [tmp_path / "open cases.csv", tmp_path / "census.xml"]
    reports = load(paths, begun.folder, feeds, delivered=TODAY, received_at=RECEIVED)
    assert {report.feed: (report.state, report.rows_set_aside) for report in reports} == {
        "social_care": ("loaded", 0),
        "cin_census": ("loaded", 0),
    }

    def keys(feed, table):
        [one] = [report.delivery_id for report in reports if report.feed == feed]
        return pq.read_table(begun.mapped / one / f"{table}.parquet").column("person_key").to_pylist()

    assert set(keys("cin_census", "person")) < set(keys("social_care", "person"))
    assert set(keys("social_care", "name")) == {"social_care:00123", "social_care:00124"}
    assert keys("social_care", "participant") == ["social_care:00123"]
