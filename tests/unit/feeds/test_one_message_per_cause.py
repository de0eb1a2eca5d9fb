"""What is wrong with a cell is told once, whether reading found it, or a check of the format, or both."""

import pytest
from tests.unit.feeds.conftest import COLUMNS, GOOD, feed_of, notices

pytestmark = pytest.mark.slow

POSTCODE = {
    "code": "POL-NO-001", "kind": "value", "severity": "warn", "part": "notices", "columns": ["POSTCODE"],
    "identifier": "postcode", "message": "POSTCODE does not have the shape of a postcode and was left out",
}  # fmt: skip
DAY = {
    "code": "POL-NO-002", "kind": "value", "severity": "warn", "part": "notices", "columns": ["DAY", "DOB"],
    "is_date": True, "message": "DAY or DOB is not a date",
}  # fmt: skip
SHAPE = {
    "code": "POL-NO-003", "kind": "value", "severity": "warn", "part": "notices", "columns": ["UPN"],
    "matches": "[A-Z][0-9]{11}[0-9A-Z]", "message": "UPN is not 13 characters that begin with a letter",
}  # fmt: skip
WRONG_SHAPE, WRONG_LETTER = "123", "B999999999999"


def codes(report):
    return [(problem.code, problem.count, problem.row) for problem in report.problems]


def with_upn():
    settings = notices(check=[SHAPE])
    settings["agreement"]["fields"].append("UPN")
    settings["part"][0]["row"].append({
        "table": "identifier", "when": {"column": "UPN", "present": True}, "source_id": "{REF}/upn",
        "person_key": "{FORENAME}/{SURNAME}/{DOB}", "kind": {"constant": "upn"},
        "value": {"column": "UPN", "as": "upn"},
    })  # fmt: skip
    return feed_of("police", settings)


def test_a_postcode_is_doubted_once_by_the_check_or_by_reading(write, place):
    text = f"{COLUMNS}\n{GOOD.replace('ZZ1 1ZZ', 'nowhere')}\n"
    [asked] = place.load(write(text), feeds=feed_of("police", notices(check=[POSTCODE])))
    assert codes(asked) == [("POL-NO-001", 1, 1)]
    [read] = place.load(write(f"{text}\n"), feeds=feed_of("police", notices()))
    assert codes(read) == [("postcode_not_valid", 1, 1)]


def test_a_check_says_only_what_did_not_set_the_row_aside_for_the_same(write, place):
    feeds = feed_of("police", notices(check=[DAY]))
    rows = [GOOD, GOOD.replace("01/05/2025", "31/02/2025"), "N3,01/05/2025,S,Ann,Lee,31/02/2015,,Standard"]
    [report] = place.load(write("\n".join([COLUMNS, *rows])), feeds=feeds)
    assert codes(report) == [("not_a_date", 1, 2), ("POL-NO-002", 1, 3)]


def test_a_upn_of_the_wrong_shape_is_not_also_told_for_its_letter(write, place):
    rows = [f"N{n}{GOOD[2:]},{upn}" for n, upn in enumerate([WRONG_SHAPE, WRONG_LETTER], start=1)]
    [report] = place.load(write("\n".join([f"{COLUMNS},UPN", *rows])), feeds=with_upn())
    assert sorted(codes(report)) == [("POL-NO-003", 1, 1), ("check_letter_wrong", 1, 2)]


@pytest.mark.parametrize(("severity", "state"), [("warn", "loaded"), ("refuse", "refused")])
def test_what_refuses_a_delivery_is_told_whatever_else_is(severity, state, write, place):
    feeds = feed_of("police", notices(check=[DAY | {"severity": severity}]))
    wrong = GOOD.replace("01/05/2025", "31/02/2025")
    [report] = place.load(write("\n".join([COLUMNS, GOOD, wrong])), feeds=feeds)
    assert report.state == state
    assert ("POL-NO-002" in {problem.code for problem in report.problems}) is (severity == "refuse")


def test_where_a_check_sets_the_row_aside_reading_adds_nothing(write, place):
    feeds = feed_of("police", notices(check=[POSTCODE | {"severity": "set_aside"}]))
    [report] = place.load(write("\n".join([COLUMNS, GOOD, GOOD.replace("ZZ1 1ZZ", "nowhere")])), feeds=feeds)
    assert codes(report) == [("POL-NO-001", 1, 2)]
