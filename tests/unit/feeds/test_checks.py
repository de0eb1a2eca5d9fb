"""What a delivery is asked beside its mapping, and what is then said, kept and written down."""

from __future__ import annotations

import dataclasses
import datetime
import json

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from tests.unit.feeds.conftest import COLUMNS, GOOD, ON, feed_of, notices, of_format

from kinfold.areas.toml import AreaRejected
from kinfold.feeds import cells, deliveries, settings, withdrawals
from kinfold.feeds.check import check
from kinfold.feeds.checks import catalogue

pytestmark = pytest.mark.slow

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"


def asking(**more):
    """A check of the police notices, that GRADE is there unless `more` says otherwise; None leaves a key out."""
    given = {
        "code": "PPN-NO-001", "kind": "sense", "severity": "warn", "part": "notices", "columns": ["GRADE"],
        "needed": True, "message": "GRADE is empty; ask for it", **more,
    }  # fmt: skip
    return {key: value for key, value in given.items() if value is not None}


@pytest.mark.parametrize(
    ("check", "says"),
    [
        (asking(code="x"), "PPN-NO-001|like 903-EP-012"),
        (asking(neded=True), "neded is not a setting here. Allowed: age_between"),
        (asking(empty=True), "exactly one of needed, empty"),
        (asking(part="episodes"), "part episodes is not a part of the feed"),
        (asking(columns=["COLOUR"]), "asks about COLOUR, which notices does not have"),
        (asking(kind="odd"), "kind must be one of shape, value, reference, sense"),
        (asking(severity="error"), "severity must be one of refuse, set_aside, warn"),
        (asking(needed=None, one_of="grades"), "one_of grades is not a list by year"),
        (asking(needed=None, exists_in="people"), r"say how with \[beside.notices.people\]"),
        (asking(needed=None, matches="("), "matches is not a pattern"),
    ],
)
def test_a_check_that_cannot_be_asked_stops_at_start_up(check, says):
    with pytest.raises(AreaRejected, match=says):
        settings.ready(feed_of("police", notices(check=[check])))


def test_a_council_makes_a_check_graver_or_leaves_it_out():
    feeds = settings.ready(of_format("ssda903", severity={"903-HE-004": "set_aside", "903-HE-005": "off"}))
    found = feeds["ssda903"].checks
    assert found.find("903-HE-004").severity == "set_aside"
    assert found.find("903-HE-005") is None
    with pytest.raises(AreaRejected, match="903-XX-001, which is not a check of this feed"):
        settings.ready(of_format("ssda903", severity={"903-XX-001": "off"}))


def test_a_warning_says_how_many_and_where_and_the_rows_are_written_down(write, place):
    feeds = feed_of("police", notices(check=[asking()]))
    ungraded = GOOD.replace(",High", ",").replace("N1", "N2")
    [report] = place.load(write(f"{COLUMNS}\n{GOOD}\n{ungraded}\n"), feeds=feeds)
    [problem] = report.problems
    assert problem.message == "notices: GRADE is empty; ask for it (1 row, first: row 2)."
    assert (problem.kind, problem.severity, report.rows_mapped) == ("sense", "warn", 2)
    [path] = place.home.glob("deliveries/*/*/warned/*.parquet")
    assert pq.read_table(path).to_pylist() == [{"row_number": 2, "code": "PPN-NO-001", "column": "GRADE"}]


def test_what_sets_aside_takes_the_row_with_its_code_and_keeps_its_values_out_of_the_message(write, place):
    feeds = feed_of("police", notices(check=[asking(severity="set_aside", needed=None, one_of=["High"])]))
    low = GOOD.replace(",High", ",Standard").replace("N1", "N2")
    [report] = place.load(write(f"{COLUMNS}\n{GOOD}\n{low}\n"), feeds=feeds)
    assert (report.rows_mapped, report.rows_set_aside) == (1, 1)
    [aside] = place.set_aside()
    assert (aside["REF"], aside["reason_code"], aside["reason_column"]) == ("N2", "PPN-NO-001", "GRADE")
    assert "Standard" not in place.manifest()


def test_what_refuses_leaves_nothing_loaded_unless_somebody_says_why_it_should(write, place):
    feeds = feed_of("police", notices(check=[asking(severity="refuse")]))
    path = write(f"{COLUMNS}\n{GOOD.replace(',High', ',')}\n")
    [report] = place.load(path, feeds=feeds)
    assert report.state == "refused"
    assert "GRADE is empty" in report.message
    assert "Earlier deliveries still stand" in report.message
    assert not list(place.home.glob("deliveries/*/*/manifest.json"))
    [forced] = place.load(path, feeds=feeds, forced="The force no longer grades.")
    assert forced.state == "loaded"
    assert json.loads(place.manifest())["forced"] == "The force no longer grades."


def test_a_repeated_header_is_asked_nothing(write, place):
    feeds = feed_of("police", notices(check=[asking(needed=None, unique=True, columns=["REF"])]))
    [report] = place.load(write(f"{COLUMNS}\n{GOOD}\n{COLUMNS}\n{COLUMNS}\n"), feeds=feeds)
    assert "PPN-NO-001" not in {one.code for one in report.problems}
    assert report.rows_set_aside == 2


def rows(count):
    return COLUMNS + "\n" + "".join(GOOD.replace("N1", f"N{n}") + "\n" for n in range(count))


@pytest.mark.parametrize(
    ("count", "state", "codes"),
    [(40, "loaded", []), (20, "loaded", []), (19, "loaded", ["fewer_rows"]), (3, "refused", ["hardly_any_rows"]),
     (121, "loaded", ["more_rows"])],
)  # fmt: skip
def test_a_full_delivery_is_held_against_what_usually_comes(count, state, codes, write, place):
    feeds = feed_of("police", notices(delivers="everything"))
    for nth in range(3):
        day = ON + datetime.timedelta(days=nth)
        [first] = place.load(write(rows(40).replace("01/05", f"0{nth + 1}/05"), f"{nth}.csv"), feeds=feeds, on=day)
        assert first.problems == ()
    last = write(rows(count).replace("01/05", "09/05"))
    [report] = place.load(last, feeds=feeds, on=ON + datetime.timedelta(days=9))
    assert (report.state, [one.code for one in report.problems]) == (state, codes)


def test_checking_a_file_says_that_too_few_came_before_anything_is_loaded(write, place):
    feeds = feed_of("police", notices(delivers="everything"))
    come(place, write, feeds, 40, 40, 40)
    few = write(rows(3).replace("01/05", "09/05"))
    [alone] = check([few], feeds, on=ON + datetime.timedelta(days=9))
    [checked] = check([few], feeds, on=ON + datetime.timedelta(days=9), home=place.home)
    assert alone.problems == ()
    assert (checked.state, [one.code for one in checked.problems]) == ("refused", ["hardly_any_rows"])


def test_what_was_taken_back_is_no_measure_of_what_usually_comes(write, place):
    feeds = feed_of("police", notices(delivers="everything"))
    *_, [wrong] = come(place, write, feeds, 40, 40, 40)
    half = write(rows(19).replace("01/05", "09/05"))
    [report] = check([half], feeds, on=ON + datetime.timedelta(days=9), home=place.home)
    assert [one.code for one in report.problems] == ["fewer_rows"]
    folder = deliveries.folder_of(place.home, "police", wrong.delivery_id)
    taken_back = withdrawals.as_text((withdrawals.Withdrawal(ON, "a test", "wrong file"),))
    folder.joinpath(withdrawals.FILE).write_text(taken_back, encoding="utf-8")
    [report] = check([half], feeds, on=ON + datetime.timedelta(days=9), home=place.home)
    assert report.problems == ()  # two deliveries are no habit


@pytest.mark.parametrize(
    ("counts", "days", "codes"),
    [
        ((40, 40, 40, 1), (0, 1, 2, 3), []),  # two spans before it are no habit
        ((40, 40, 40, 40, 1), (0, 1, 2, 3, 4), ["fewer_rows"]),
        ((70, 70, 70, 70, 10), (0, 7, 14, 21, 22), []),  # a day's worth after weeks
        ((70, 70, 70, 70, 210), (0, 7, 14, 21, 42), []),  # three weeks' worth
        ((70, 70, 70, 70, 211), (0, 7, 14, 21, 28), ["more_rows"]),
        ((4, 4, 4, 4, 1), (0, 1, 2, 3, 4), []),  # where so few are usual, half of them is chance
    ],
)
def test_a_feed_of_changes_is_compared_by_rows_a_day_and_only_ever_warned_of(counts, days, codes, write, place, police):
    *_, [report] = come(place, write, police, *counts, days=days)
    assert (report.state, [one.code for one in report.problems]) == ("loaded", codes)


def come(place, write, feeds, *counts, days=None):
    """Load deliveries of so many rows, by default a day apart."""
    return [
        place.load(
            write(rows(count).replace("01/05", f"0{nth + 1}/05"), f"{nth}.csv"),
            feeds=feeds,
            on=ON + datetime.timedelta(days=(days or range(99))[nth]),
        )
        for nth, count in enumerate(counts)
    ]


@pytest.mark.parametrize(
    ("decom", "on", "year"),
    [
        ("31/03/2024", datetime.date(2024, 6, 1), 2024),
        ("01/04/2024", datetime.date(2024, 6, 1), 2025),
        ("01/04/2030", datetime.date(2024, 6, 1), 2025),
        ("nonsense", datetime.date(2024, 3, 1), 2024),
    ],
)
def test_a_return_is_of_the_year_its_own_dates_say(decom, on, year, write, place):
    episode = write(f"{EPISODES}C1,{decom},S,C2,N1,U4,PR1,,,,,,\n", "episodes.csv")
    [report] = check([episode], of_format("ssda903", agency="social_care"), on=on)
    assert report.return_year == year


def test_one_mistyped_date_does_not_move_a_return_to_another_year(write):
    old = "".join(f"C{n},01/05/2020,S,C2,N1,U4,PR1,,,,,,\n" for n in range(60))
    path = write(f"{EPISODES}{old}C99,01/05/2023,S,C2,N1,U4,PR1,,,,,,\n", "episodes.csv")
    [report] = check([path], of_format("ssda903", agency="social_care"), on=ON)
    assert report.return_year == 2021


@pytest.mark.parametrize(
    ("sex", "decom", "wrong"),
    [("1", "01/05/2022", False), ("M", "01/05/2022", True), ("1", "01/05/2024", True), ("M", "01/05/2024", False)],
)
def test_codes_are_those_of_the_year_of_the_return(sex, decom, wrong, write):
    header = write(f"{HEADER}C1,{sex},01/05/2015,WBRI,UN1,,\n", "header.csv")
    episodes = write(f"{EPISODES}C1,{decom},S,C2,N1,U1,PR1,,,,,,\n", "episodes.csv")
    [report] = check([header, episodes], of_format("ssda903", agency="social_care"), on=ON)
    assert ("903-HE-009" in {one.code for one in report.problems}) is wrong
    told = [one.message for one in report.problems if one.code == "903-HE-009"]
    assert all(("2022/23" if "2022" in decom else "2024/25") in message for message in told)


def test_several_years_of_one_return_are_each_held_against_their_own_lists(tmp_path):
    """Sex was coded 1 and 2, and is M and F now; each folder here is right for its year but the last."""
    for year, sex in ((2022, "1"), (2025, "M"), (2026, "2")):
        folder = tmp_path / str(year)
        folder.mkdir()
        (folder / "header.csv").write_text(f"{HEADER}C{year},{sex},01/05/2015,WBRI,UN1,,\n")
        (folder / "episodes.csv").write_text(f"{EPISODES}C{year},01/05/{year - 1},S,C2,N1,U1,PR1,,,,,,\n")
    missing = tmp_path / "2025" / "missing.csv"
    missing.write_text("CHILD,DOB,MISSING,MIS_START,MIS_END\nC2025,01/05/2015,M,01/06/2022,02/06/2022\n")
    [report] = check([tmp_path], of_format("ssda903", agency="social_care"), on=ON)
    told = [one.message for one in report.problems if one.code == "903-HE-009"]
    assert (report.return_year, len(told)) == (2026, 1)
    assert told[0].startswith("header no. 3 (header.csv): ")
    assert "2025/26" in told[0]


def test_what_the_delivery_before_said_of_a_child_is_held_against_this_one(write, place):
    feeds = of_format("ssda903", agency="social_care", delivers="everything")
    first = write(f"{HEADER}C1,F,01/05/2015,WBRI,UN1,,\nC2,F,01/05/2016,WBRI,UN1,,\n", "1.csv")
    second = write(f"{HEADER}C2,F,02/05/2016,WBRI,UN1,,\nC1,F,01/05/2015,WBRI,UN1,,\n", "2.csv")
    place.load(first, feeds=feeds)
    [report] = place.load(second, feeds=feeds, on=ON + datetime.timedelta(days=1))
    assert [(one.code, one.row) for one in report.problems] == [("903-HE-023", 1)]


CORRUPT = st.sampled_from(["", "C1", "31/02/2024", "01/04/2031", "NULL", "X1", 'é"', "1e9", "S", "CHILD"])
VALID = {
    "header": (HEADER, ["C1", "F", "01/05/2015", "WBRI", "UN1", "", ""]),
    "episodes": (EPISODES, ["C1", "01/05/2024", "S", "C2", "N1", "U1", "PR1", "", "", "", "ZZ1 1ZZ", "ZZ1 1ZZ", ""]),
}


@settings_of_hypothesis(max_examples=10, deadline=None)
@given(
    repeats=st.integers(1, 4),
    wrong=st.lists(st.tuples(st.sampled_from(["header", "episodes"]), st.integers(0, 6), CORRUPT), max_size=6),
)
def test_however_a_return_is_corrupted_every_row_is_mapped_set_aside_or_refused(repeats, wrong, tmp_path_factory):
    folder = tmp_path_factory.mktemp("corrupted")
    sent = 0
    for name, (header, cells_) in VALID.items():
        lines = [[*cells_] for _ in range(repeats)]
        for nth, (part, place, text) in enumerate(wrong):
            if part == name:
                lines[nth % repeats][place] = '"' + text.replace('"', '""') + '"'
        (folder / f"{name}.csv").write_text(header + "\n".join(map(",".join, lines)) + "\n", encoding="utf-8")
        sent += repeats
    feeds = of_format("ssda903", agency="social_care", check=[REFUSES])
    [report] = check([folder / "header.csv", folder / "episodes.csv"], feeds, on=ON)
    assert report.rows_in == sent == report.rows_mapped + report.rows_set_aside
    refuses = any(one.severity == "refuse" for one in report.problems)
    assert (report.state == "refused") >= refuses


REFUSES = {
    "code": "LOC-HE-001", "kind": "sense", "severity": "refuse", "part": "header", "columns": ["DOB"],
    "not_after": "2030-01-01", "message": "DOB is in the next decade",
}  # fmt: skip


def test_every_fault_of_reading_and_mapping_is_in_the_catalogue_with_its_kind():
    assert set(cells.FAULTS) <= set(catalogue.BY_CODE)
    assert all(one.kind and one.severity and one.words for one in catalogue.EVERY)


def test_the_statutory_formats_are_asked_as_much_as_they_should_be():
    least = {"ssda903": 120, "cin_census": 40, "annex_a": 30, "school_census": 30, "ssd": 30}
    found = {name: settings.formats()[name].checks.checks for name in least}
    assert all(len(found[name]) >= number for name, number in least.items())
    for name in least:
        assert {one.kind for one in found[name]} == {"shape", "value", "reference", "sense"}
    parts = {part.name for part in settings.formats()["ssda903"].parts}
    assert {one.part for one in found["ssda903"]} >= {part for part in parts if part in OF_THE_RETURN}


OF_THE_RETURN = frozenset(
    ("header", "episodes", "reviews", "uasc", "oc2", "oc3", "adoption", "placed_for_adoption", "previous_permanence")
    + ("missing", "sw_episodes", "deprivation_of_liberty")
)


def test_a_message_is_a_sentence_a_supplier_can_act_on():
    for format_ in settings.formats().values():
        for one in format_.checks.checks:
            assert 11 < len(one.message) < 160, one.code
            assert not one.message.endswith(".") and dataclasses.is_dataclass(one)
