"""Annex A comes as each council has it: other headers, other spellings, titles above, headers in two rows."""

import datetime

import openpyxl
import pytest
from tests.unit.feeds.conftest import of_format

pytestmark = pytest.mark.slow

CHILD = ["C1", "b) Female", "White and Asian", datetime.date(2012, 4, 3), 13]
BASE = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)"]


@pytest.fixture
def annex_a():
    return of_format("annex_a", agency="social_care")


def workbook(path, **sheets):
    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    path.parent.mkdir(exist_ok=True)
    book.save(path)
    return path


@pytest.mark.parametrize(
    "header",
    [
        ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age", "Date of Contact", "Contact Source"],
        ["Child\nUnique\nID", "Sex", "Ethnic origin", "DOB", "Age", "Contact date", "Source of contact"],
        ["Identifier of child", "gender", "ETHNICITY", "Child's date of birth", "Age", "Date of  contact", "Source"],
        ["Unique child identifier", "Sex", "Ethnic group", "D.O.B.", "Age (years)", "Contact Date", "contact_source"],
    ],
)  # fmt: skip
def test_a_list_is_known_whatever_its_sheet_and_its_columns_are_called(header, place, tmp_path, annex_a):
    rows = [["Annex A: contacts"], [], header, [], [*CHILD, datetime.date(2025, 5, 1), "q) 6: Police"]]
    [report] = place.load(workbook(tmp_path / "in" / "a.xlsx", Contacts_1=rows), feeds=annex_a)
    assert (report.state, report.rows_in, report.rows_mapped, report.columns_refused) == ("loaded", 1, 1, ())
    assert report.parts[0].part == "List 1"
    [person], [event] = place.table("person"), place.table("event")
    assert (person["person_key"], person["sex"], person["ethnicity"]) == ("annex_a:C1", "F", "mixed")
    assert (event["kind"], event["detail"], event["on"]) == ("contact", "6", datetime.date(2025, 5, 1))


def test_a_header_that_stands_in_two_rows_is_read_as_one(place, tmp_path, annex_a):
    top = ["Child", "", "", "Date of", "", "Date of", "Contact"]
    below = ["Unique ID", "Gender", "Ethnicity", "Birth", "Age", "Contact", "Source"]
    rows = [["Contacts"], top, below, [*CHILD, datetime.date(2025, 5, 1), "Police"]]
    [report] = place.load(workbook(tmp_path / "in" / "a.xlsx", List_1=rows), feeds=annex_a)
    assert (report.state, report.rows_in) == ("loaded", 1)
    assert place.table("person")[0]["birth_on"] == datetime.date(2012, 4, 3)


def test_spellings_nobody_knows_are_left_out_and_counted_but_never_shown(place, tmp_path, annex_a):
    spelt = ["Martian", "martian", "Venusian", "White British", None]
    rows = [[*BASE, "Date of Contact", "Contact Source"]]
    rows += [
        [f"C{n}", "Male", how, datetime.date(2012, 4, 3), 13, datetime.date(2025, 5, 1), "Police"]
        for n, how in enumerate(spelt)
    ]
    [report] = place.load(workbook(tmp_path / "in" / "a.xlsx", List_1=rows), feeds=annex_a)
    [problem] = [one for one in report.problems if one.code == "spelling_not_known"]
    assert (problem.column, problem.count, problem.row) == ("Ethnicity", 3, 1)
    assert "Ethnicity has 2 spellings that the mapping does not know" in problem.message
    assert "martian" not in str(report.as_json()).lower()
    assert [person["ethnicity"] for person in place.table("person")] == [None, None, None, "white", None]


def test_an_area_adds_spellings_of_its_own_and_they_go_first(place, tmp_path):
    ours = {"source": {"Saltmarsh Hub": "5D", "~police hub": "5D"}}
    feeds = of_format("annex_a", agency="social_care", codes=ours)
    rows = [[*BASE, "Date of Contact", "Contact Source"]]
    for n, source in enumerate(["Saltmarsh hub", "The Police Hub", "Police"]):
        rows.append([f"C{n}", *CHILD[1:], datetime.date(2025, 5, 1), source])
    place.load(workbook(tmp_path / "in" / "a.xlsx", List_1=rows), feeds=feeds)
    assert [event["detail"] for event in place.table("event")] == ["5D", "5D", "6"]


def test_a_referral_is_told_once_with_no_further_action_or_with_who_made_it(place, tmp_path, annex_a):
    rows = [[*BASE, "Date of Referral", "Referral Source", "Referral NFA?"]]
    for n, answer in enumerate(["a) Yes", "b) No", None]):
        rows.append([f"C{n}", *CHILD[1:], datetime.date(2025, 5, 1), "b) Schools", answer])
    place.load(workbook(tmp_path / "in" / "a.xlsx", List_3=rows), feeds=annex_a)
    assert [event["detail"] for event in place.table("event")] == ["nfa", "2A", "2A"]
    assert len(place.table("participant")) == 3


@pytest.mark.parametrize(
    ("placed", "kind"),
    [
        ("u1 - Foster placement", "placement"),
        ("c) Placed with parents", "home"),
        ("b) Placed for adoption", "withheld"),
    ],
)
def test_a_placement_with_parents_is_home_and_one_with_adopters_is_never_shown(placed, kind, place, tmp_path, annex_a):
    columns = [
        "Date Started to be Looked After",
        "Date Ceased to be Looked After",
        "Start Date of Most Recent Placement",
    ]
    rows = [[*BASE, *columns, "Placement Type", "Placement postcode", "Child's Legal Status", "Allocated Worker"]]
    days = [datetime.date(2024, 1, 5), None, datetime.date(2024, 2, 1)]
    rows.append([*CHILD, *days, placed, "ZZ1 1ZZ", "V2: Section 20", "A Worker"])
    [report] = place.load(workbook(tmp_path / "in" / "a.xlsx", In_care=rows), feeds=annex_a)
    assert [address["kind"] for address in place.table("address")] == [kind]
    stages = [(row["stage"], row["detail"]) for row in place.table("involvement")]
    assert stages == [("looked_after", "V2"), ("allocation", None)]
    assert report.rows_mapped == 1


def test_nothing_is_read_of_adopters_and_a_child_is_not_led_to_them(place, tmp_path, annex_a):
    child = [
        "Child Unique ID", "Family identifier", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)",
        "Date the Child Entered Care", "Date of Placement Order", "Date of Matching Child and Prospective Adopters",
    ]  # fmt: skip
    day = datetime.date(2024, 5, 1)
    ten = [child, ["C1", "F77", "b) Female", "a) White", datetime.date(2020, 1, 5), 5, day, day, day]]
    eleven = [["Individual adopter identifier", "Family identifier", "Date enquiry received"], ["A5", "F77", day]]
    [report] = place.load(workbook(tmp_path / "in" / "a.xlsx", List_10=ten, List_11=eleven), feeds=annex_a)
    assert report.rows_in == report.rows_mapped == 2
    assert [(event["kind"], event["detail"]) for event in place.table("event")] == [("permanence", "order")]
    assert len(place.table("person")) == 1
    assert not any("F77" in str(row) for table in ("person", "event", "identifier") for row in place.table(table))
