"""A delivery is taken in whole or not at all, once, and only what its agreement lets us keep."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.feeds.conftest import AT, COLUMNS, GOOD, ON, Place, feed_of, notices, of_format

from kinfold.feeds.check import check
from kinfold.feeds.deliveries import list_deliveries
from kinfold.feeds.load import load_many

pytestmark = pytest.mark.slow


def test_a_row_becomes_a_row_of_each_table_and_leads_back_to_its_line(write, place, police):
    [report] = place.load(write(f"{COLUMNS}\nN0,01/05/2025,S,Ann,Lee,,,Standard\n{GOOD}\n"), feeds=police)
    assert (report.state, report.rows_in, report.rows_mapped) == ("loaded", 2, 2)
    [person] = place.table("person")
    assert person["person_key"] == "police:Amira/Okafor/03/04/2015"
    assert (person["birth_on"], person["birth_quality"]) == (date(2015, 4, 3), "stated")
    assert (person["part"], person["row_number"], person["known_from"]) == ("notices", 2, ON)
    assert [event["severity"] for event in place.table("event")] == ["standard", "high"]


def test_it_says_what_its_silence_means(write, place, police):
    place.load(write(f"{COLUMNS}\n{GOOD}\n"), feeds=police)
    [covers] = place.table("coverage")
    assert (covers["table_name"], covers["kind"], covers["people"]) == ("event", "domestic_abuse", "everyone")
    assert (covers["from_on"], covers["to_on"]) == (date(2022, 6, 2), date(2025, 6, 3))


def test_a_wrong_row_is_set_aside_whole_with_its_reason(write, place, police):
    wrong = "N2,31/02/2025,C,Ben,Hall,01/01/2016,ZZ1 1ZZ,High"
    [report] = place.load(write(f"{COLUMNS}\n{GOOD}\n{wrong}\n"), feeds=police)
    assert (report.rows_mapped, report.rows_set_aside) == (1, 1)
    [problem] = [one for one in report.problems if one.severity == "set_aside"]
    assert (problem.code, problem.row, problem.column, problem.count) == ("not_a_date", 2, "DAY", 1)
    [aside] = place.set_aside()
    assert (aside["REF"], aside["reason_code"], aside["reason_column"]) == ("N2", "not_a_date", "DAY")
    assert len(place.table("person")) == 1


@pytest.mark.parametrize(
    ("wrong", "code", "column"),
    [
        (",01/05/2025,C,Ben,Hall,01/02/2016,,High", "value_needed", "REF"),
        ("N2,,C,Ben,Hall,01/02/2016,,High", "value_needed", "DAY"),
        ("N2,01/05/2025,C,Ben,Hall,01/02/2016,,Medium", "code_not_listed", "GRADE"),
        ("N2,01/05/2025,C,Ben,Hall,,,High", "value_needed", "FORENAME, SURNAME, DOB"),
        (COLUMNS, "header_repeated", None),
    ],
)
def test_each_reason_names_its_column(wrong, code, column, write, place, police):
    [report] = place.load(write(f"{COLUMNS}\n{GOOD}\n{wrong}\n"), feeds=police)
    assert [(p.code, p.column) for p in report.problems if p.severity == "set_aside"] == [(code, column)]


def test_a_doubtful_postcode_is_left_out_and_the_row_used(write, place, police):
    [report] = place.load(write(f"{COLUMNS}\n{GOOD.replace('ZZ1 1ZZ', 'nowhere')}\n"), feeds=police)
    assert report.rows_mapped == 1
    assert [problem.code for problem in report.problems] == ["postcode_not_valid"]
    assert place.table("address")[0]["postcode"] is None


def test_a_row_that_repeats_another_is_counted(write, place, police):
    [report] = place.load(write(f"{COLUMNS}\n{GOOD}\n{GOOD}\n"), feeds=police)
    assert (report.rows_mapped, [problem.code for problem in report.problems]) == (2, ["row_repeated"])


def test_the_same_bytes_twice_change_nothing_and_say_so(write, place, police):
    path = write(f"{COLUMNS}\n{GOOD}\n")
    [first] = place.load(path, feeds=police)
    before = place.files()
    [again] = place.load(write(path.read_bytes(), "another name.csv"), feeds=police)
    assert (again.state, again.is_new, again.delivery_id) == ("loaded", False, first.delivery_id)
    assert "Nothing was changed" in again.message
    assert place.files() == before


def test_the_same_bytes_on_a_later_day_leave_only_the_day_they_were_heard_again(write, place, police):
    path = write(f"{COLUMNS}\n{GOOD}\n")
    [first] = place.load(path, feeds=police)
    before, manifest = place.files(), place.manifest()
    [again] = place.load(path, feeds=police, on=date(2025, 7, 1))
    assert (again.is_new, again.delivered) == (False, first.delivered)
    assert place.files() - before == {f"deliveries/police/{first.delivery_id}/heard-again/2025-07-01"}
    assert place.manifest() == manifest


def test_a_return_without_a_list_that_nobody_is_on_is_as_it_should_be(write, place):
    header = write("CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nC1,M,01/05/2015,WBRI,UN1,,\n", "header.csv")
    [report] = place.load(header, feeds=of_format("ssda903", agency="social_care"))
    assert (report.state, report.rows_mapped, report.problems) == ("loaded", 1, ())


def test_deliveries_of_many_days_are_loaded_as_each_would_be_alone(write, place, police, tmp_path):
    one, two = (
        write(f"{COLUMNS}\n{GOOD}\n", "1.csv"),
        write(f"{COLUMNS}\n{GOOD.replace('N1', 'N2')}\nN3,x,C,A,B,,,\n", "2.csv"),
    )
    days = [(date(2025, 5, 5), [one]), (date(2025, 5, 12), [two]), (date(2025, 5, 19), [one])]
    together = load_many(days, place.home, police, received_at=AT)
    alone = Place(tmp_path / "alone")
    for day, paths in days[:2]:
        alone.load(*paths, feeds=police, on=day)
    assert [report.delivery_id for report in list_deliveries(alone.home)] == [r.delivery_id for r in together]
    assert place.table("event") == alone.table("event")
    assert place.set_aside() == alone.set_aside()


@pytest.mark.parametrize(
    ("changes", "on", "says"),
    [
        ({"agreement": None}, ON, "no data sharing agreement"),
        ({}, date(2027, 4, 1), "DSA-07 ended 31 March 2027"),
        ({}, date(2023, 3, 31), "does not begin until 1 April 2023"),
    ],
)
def test_without_an_agreement_in_date_nothing_is_loaded(changes, on, says, write, place):
    [report] = place.load(write(f"{COLUMNS}\n{GOOD}\n"), feeds=feed_of("police", notices(**changes)), on=on)
    assert report.state == "refused"
    assert says in report.message
    assert place.files() == set()


def test_the_last_day_of_an_agreement_is_in_date(write, place, police):
    [report] = place.load(write(f"{COLUMNS}\n{GOOD}\n"), feeds=police, on=date(2027, 3, 31))
    assert report.state == "loaded"


def test_a_column_that_is_not_agreed_is_removed_before_anything_is_written(write, place, police):
    [report] = place.load(write(f"{COLUMNS},NARRATIVE\n{GOOD},untold things\n"), feeds=police)
    assert report.columns_refused == ("NARRATIVE",)
    assert place.landed().column_names == [*COLUMNS.split(","), "row_number"]
    assert not any(b"untold things" in path.read_bytes() for path in place.home.rglob("*") if path.is_file())


def test_people_the_agreement_leaves_out_are_counted_apart_and_not_kept(write, place):
    feeds = feed_of("police", notices(agreement_people={"column": "ROLE", "is": ["C"]}))
    [report] = place.load(write(f"{COLUMNS}\nN0,01/05/2025,S,Ann,Lee,,,High\n{GOOD}\n"), feeds=feeds)
    assert (report.rows_in, report.rows_mapped, report.rows_refused_by_agreement) == (2, 1, 1)
    assert place.landed().column("row_number").to_pylist() == [2]


def test_checking_finds_the_same_and_keeps_nothing(write, place, police):
    path = write(f"{COLUMNS}\n{GOOD}\nN2,31/02/2025,S,,,,,High\n")
    [checked] = check([path], police, on=ON)
    [loaded] = place.load(path, feeds=police)
    assert checked.state == "recognised"
    assert checked.problems == loaded.problems
    assert (checked.rows_in, checked.rows_set_aside) == (2, 1)


CELLS = st.sampled_from(["", "N1", "N2", "01/05/2025", "31/02/2025", "C", "S", "High", "odd", "NULL", "é, \"'"])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELLS, min_size=8, max_size=8), min_size=1, max_size=8))
def test_whatever_the_rows_each_is_mapped_set_aside_or_refused(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    (folder / "any.csv").write_text("\n".join([COLUMNS, *lines]), encoding="utf-8")
    feeds = feed_of("police", notices(agreement_people={"column": "ROLE", "is": ["C", "N1", ""]}))
    [report] = check([folder / "any.csv"], feeds, on=ON)
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    told = report.rows_mapped + report.rows_set_aside + report.rows_refused_by_agreement
    assert report.rows_in == told == (len(filled) if report.parts else 0)
    refused = sum(row[2] not in ("C", "N1", "") for row in filled)
    assert not report.parts or report.rows_refused_by_agreement == refused


def test_a_column_that_was_removed_is_named_when_its_name_is_one(write, place, police):
    named = write(f"{COLUMNS},RELIGION,999 000 0018,ANY NOTES\n{GOOD},x,y,z\n")
    [report] = place.load(named, feeds=police)
    [removed] = [problem.message for problem in report.problems if problem.code == "columns_removed"]
    assert removed == (
        "notices: 3 columns are not in the agreement and were removed before anything was written: RELIGION, "
        "ANY NOTES, a column whose name is not shown."
    )


def test_a_second_file_of_a_kind_is_named_in_what_is_said_of_it(write, place, police):
    wrong = GOOD.replace("01/05/2025", "31/02/2025")
    first, second = write(f"{COLUMNS}\n{GOOD}\n", "a.csv"), write(f"{COLUMNS}\n{wrong}\n", "b.csv")
    [report] = place.load(first, second, feeds=police)
    [problem] = report.problems
    assert problem.part == "notices#2"
    assert problem.message.startswith("notices no. 2 (b.csv): DAY is not a date")


def test_an_older_delivery_of_everything_says_what_stands_in_its_place(write, place):
    everything = feed_of("police", notices(delivers="everything"))
    place.load(write(f"{COLUMNS}\n{GOOD}\n", "new.csv"), feeds=everything, on=date(2025, 6, 9))
    older = write(f"{COLUMNS}\n{GOOD.replace('N1', 'N2')}\n", "old.csv")
    [report] = place.load(older, feeds=everything, on=date(2025, 6, 2))
    assert report.state == "loaded"
    [problem] = [problem for problem in report.problems if problem.code == "overtaken"]
    assert problem.message == (
        "This delivery is of 2 June 2025. Police notices delivers everything each time, and the delivery of "
        "9 June 2025 stands in its place: nothing of this one is used unless that one is withdrawn."
    )
    newest = write(f"{COLUMNS}\n{GOOD.replace('N1', 'N3')}\n", "newest.csv")
    [last] = place.load(newest, feeds=everything, on=date(2025, 6, 16))
    assert "overtaken" not in {problem.code for problem in last.problems}


def test_a_delivery_of_changes_is_never_overtaken(write, place, police):
    place.load(write(f"{COLUMNS}\n{GOOD}\n", "new.csv"), feeds=police, on=date(2025, 6, 9))
    older = write(f"{COLUMNS}\n{GOOD.replace('N1', 'N2')}\n", "old.csv")
    [report] = place.load(older, feeds=police, on=date(2025, 6, 2))
    assert "overtaken" not in {problem.code for problem in report.problems}
