"""Rows set aside: who they are about is hidden until somebody says why, and every look and file is written down."""

from __future__ import annotations

import csv as csv_files
import datetime
import io
import re
import shutil

import openpyxl
import pytest
from django.utils import timezone
from tests.integration.intake.conftest import NOTICES, csv, notice
from tests.integration.workbench.conftest import ROOT, text

from kinfold.governance.models import AuditEntry
from kinfold.operations import home as homes
from kinfold.operations import intake
from kinfold.workbench.deliveries import actions

pytestmark = pytest.mark.slow

WRONG = csv(
    NOTICES,
    notice("N1"),
    notice("N2", forename="Bashir", grade="Dreadful"),
    notice("N3", forename="=HYPERLINK(1)", day="31/02/2025"),
    notice("N4", forename="Dalia", grade="Dreadful"),
)


@pytest.fixture
def where(take_in) -> str:
    """The address of the rows set aside of a delivery that has three."""
    return f"{ROOT}{take_in(WRONG).result.reports[0].delivery_id}/set-aside/"


def exported(engineer, where, form, **more):
    answer = engineer.post(f"{where}export/", {"form": form, "reason": "For the police to put right", **more})
    assert answer.status_code == 200
    return b"".join(answer) if answer.streaming else answer.content


def test_names_and_identifiers_are_hidden_and_the_cell_that_is_wrong_is_shown(engineer, where):
    page = text(engineer.get(where))
    assert "Dreadful" in page
    assert "31/02/2025" in page
    assert ">hidden<" in page
    for who in ("Bashir", "Dalia", "Okafor", "03/04/2015", "HYPERLINK"):
        assert who not in page


@pytest.mark.parametrize("typed", ["999 000 0018", "01632 960123", "amira@home.example", "ZZ9 9ZZ"])
def test_an_identifier_typed_where_a_code_belongs_is_hidden_until_revealed(typed, take_in, engineer):
    made = take_in(csv(NOTICES, notice("N1"), notice("N2", grade=typed), notice("N3", grade="Dreadful")))
    where = f"{ROOT}{made.result.reports[0].delivery_id}/set-aside/"
    page = text(engineer.get(where))
    assert typed not in page
    assert "Dreadful" in page
    engineer.post(f"{where}reveal/", {"reason": "Ringing the police about row 2"})
    assert typed in text(engineer.get(where))


def test_every_box_of_the_page_has_a_name_of_its_own(engineer, where):
    names = re.findall(r' id="([^"]+)"', text(engineer.get(where)))
    assert len(names) == len(set(names))


def test_a_look_is_written_before_and_says_what_was_seen(engineer, where):
    engineer.get(where)
    entry = AuditEntry.objects.get(action="delivery.rows_seen")
    assert entry.detail == {"delivery": where.split("/")[-3], "part": "notices", "rows": 3, "who": 0}
    assert (entry.role, entry.purpose) == ("matcher", "data_quality")


def test_nothing_is_shown_where_the_look_cannot_be_written(engineer, where, monkeypatch):
    def full(**_):
        raise OSError("the trail cannot be written")

    monkeypatch.setattr(actions.audit, "record", full)
    with pytest.raises(OSError, match="cannot be written"):
        engineer.get(where)


def test_they_are_shown_after_a_reason_that_is_written_down(engineer, where):
    assert "Say why in a few words." in text(engineer.post(f"{where}reveal/", {"reason": "x"}))
    assert not AuditEntry.objects.filter(action="delivery.revealed").exists()

    engineer.post(f"{where}reveal/", {"reason": "Ringing the police about row 2"})
    page = text(engineer.get(where))
    assert "Bashir" in page
    assert ">hidden<" not in page
    assert AuditEntry.objects.get(action="delivery.revealed").detail["reason"] == "Ringing the police about row 2"
    assert AuditEntry.objects.filter(action="delivery.rows_seen").latest("number").detail["who"] == 1


def test_they_are_hidden_again_after_fifteen_minutes_and_were_never_shown_to_anybody_else(
    engineer, where, person, signed_in, monkeypatch
):
    engineer.post(f"{where}reveal/", {"reason": "Ringing the police"})
    assert "Bashir" not in text(signed_in(person("matcher")).get(where))
    later = timezone.now() + datetime.timedelta(minutes=15, seconds=1)
    session = engineer.session
    held = session["deliveries_revealed"]
    assert all(datetime.datetime.fromisoformat(until) < later for until in held.values())
    session["deliveries_revealed"] = {one: timezone.now().isoformat() for one in held}
    session.save()
    assert "Bashir" not in text(engineer.get(where))


def test_rows_are_listed_by_reason_a_page_at_a_time_and_no_address_holds_a_value(engineer, take_in):
    rows = [notice(f"N{n}", grade="Dreadful") for n in range(30)]
    delivery = take_in(csv(NOTICES, notice("A"), *rows, notice("Z", day="31/02/2025"))).result.reports[0].delivery_id
    where = f"{ROOT}{delivery}/set-aside/"
    page = text(engineer.get(where))
    assert "31 rows, as received" in page
    assert page.count(">Dreadful<") == 25
    links = re.findall(r'href="\?(part=notices&amp;reason=\d)"', page)
    assert len(links) == 2
    assert "1 row, as received" in text(engineer.get(f"{where}?part=notices&reason=1"))
    assert text(engineer.get(f"{where}?part=notices&reason=0&page=2")).count(">Dreadful<") == 5
    assert engineer.get(f"{where}?part=nothing&reason=99&page=x").status_code == 200


def test_the_file_holds_the_rows_whole_with_what_is_wrong_and_no_cell_that_runs(engineer, where):
    whole = exported(engineer, where, "csv", part="notices").decode("utf-8-sig")
    rows = list(csv_files.DictReader(io.StringIO(whole)))
    assert [row["REF"] for row in rows] == ["N2", "N3", "N4"]
    assert [row["FORENAME"] for row in rows] == ["Bashir", "'=HYPERLINK(1)", "Dalia"]
    assert all(row["Kinfold reason"] and row["Kinfold reference"] for row in rows)

    book = openpyxl.load_workbook(io.BytesIO(exported(engineer, where, "xlsx")))
    assert book.sheetnames == ["notices", "About this file"]
    cells = [cell for row in book["notices"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    about = {row[0].value: row[1].value for row in book["About this file"].iter_rows()}
    assert about["Made by"] == "Leila Haddad"
    assert about["Purpose"] == "For the police to put right"


def test_its_name_says_who_made_it_when_and_what_for_and_its_first_line_is_the_header(engineer, where):
    answer = engineer.post(f"{where}export/", {"form": "csv", "part": "notices", "reason": "Für die Polizei: Q4/25!"})
    name = re.fullmatch(r'attachment; filename="(.+)"', answer["Content-Disposition"])[1]
    delivery = where.split("/")[-3]
    assert re.fullmatch(
        rf"set-aside-{delivery}-notices-fur-die-polizei-q4-25-by-person\d+-\d{{4}}-\d\d-\d\d-\d{{4}}\.csv", name
    )
    first = b"".join(answer).decode("utf-8-sig").splitlines()[0]
    assert first.startswith(NOTICES)
    assert AuditEntry.objects.get(action="delivery.exported").detail["reason"] == "Für die Polizei: Q4/25!"


@pytest.mark.parametrize("form", ["export", "reveal"])
def test_who_says_why_is_told_to_leave_names_out(engineer, where, form):
    page = text(engineer.get(where))
    hint = re.search(rf'id="{form}_reason-hint"[^>]*>([^<]*)<', page)
    assert "Leave names out" in hint[1]


def test_a_file_needs_a_reason_and_is_written_down_before_it_is_given(engineer, where):
    page = text(engineer.post(f"{where}export/", {"form": "csv", "part": "notices", "reason": ""}))
    assert "Say why in a few words." in page
    assert not AuditEntry.objects.filter(action="delivery.exported").exists()
    exported(engineer, where, "csv", part="notices")
    detail = AuditEntry.objects.get(action="delivery.exported").detail
    assert (detail["rows"], detail["form"]) == (3, "csv")


def test_nobody_makes_more_than_twenty_files_in_an_hour(engineer, where):
    for _ in range(actions.EXPORTS_AN_HOUR):
        exported(engineer, where, "csv", part="notices")
    answer = engineer.post(f"{where}export/", {"form": "csv", "part": "notices", "reason": "One more for the road"})
    assert "as many as anybody may" in text(answer)
    assert AuditEntry.objects.filter(action="delivery.exported").count() == actions.EXPORTS_AN_HOUR


def test_the_correction_settles_what_it_answers_and_the_rest_still_waits(engineer, where, upload, served):
    delivery = where.split("/")[-3]
    page = text(engineer.get(f"{ROOT}upload/?corrects={delivery}"))
    assert "Upload a correction" in page
    rows = exported(engineer, where, "csv", part="notices").decode("utf-8-sig").splitlines()
    right = "\n".join([rows[0], rows[1].replace("Dreadful", "High", 1), ""]).encode()
    receipt = upload(right, query=f"?corrects={delivery}")["Location"]
    engineer.post(f"{receipt}load/")

    left = intake.set_aside(served, delivery)
    assert (left.waiting, left.settled) == (2, 1)
    page = text(engineer.get(f"{ROOT}{delivery}/"))
    assert "2 rows wait to be put right; 1 has been settled by a correction" in page
    assert "Police notices: 2 rows in 1 delivery" in text(engineer.get(ROOT))


def test_a_delivery_that_is_not_there_or_was_withdrawn_cannot_be_corrected(engineer, where, served):
    delivery = where.split("/")[-3]
    assert engineer.get(f"{ROOT}upload/?corrects=police-000000000000").status_code == 404
    intake.withdraw(served, delivery, by="x", at=datetime.datetime(2025, 6, 3, tzinfo=datetime.UTC), reason="wrong")
    assert engineer.get(f"{ROOT}upload/?corrects={delivery}").status_code == 404


def test_the_day_a_child_is_expected_is_hidden_as_a_birth_date_is(served):
    from kinfold.operations import workbench

    shutil.copy(homes.shipped_area() / "feeds" / "child_health.toml", served.area / "feeds")
    who = workbench.columns_that_tell_who(served, "child_health", "bookings", ["EDD", "BOOKED"])
    assert who == {"EDD"}


@pytest.mark.parametrize("place", ["9" * 5_000, "-1", "two", "7"])
def test_a_reason_that_is_not_in_the_list_shows_every_row(engineer, where, place):
    page = text(engineer.get(where, {"reason": place}))
    assert "31/02/2025" in page
    assert "Dreadful" in page


def test_a_column_that_nobody_reads_is_hidden_too(served):
    from kinfold.operations import workbench

    who = workbench.columns_that_tell_who(served, "police", "notices#2", [*NOTICES.split(","), "NOTES"])
    assert {"FORENAME", "SURNAME", "DOB", "ROLE", "NOTES"} <= who  # the mapping does not read ROLE
    assert not who & {"DAY", "GRADE"}
    assert workbench.columns_that_tell_who(served, "police", "another", ["DAY"]) == {"DAY"}
