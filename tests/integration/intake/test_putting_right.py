"""Dirty, set aside, sent back, put right: in the end every row is in, and none is in twice."""

import csv
import io
from collections import Counter

import openpyxl
import pytest
from tests.integration.intake.conftest import AT, MONDAY, NOTICES, ROLL, WEEK, mapped, notice, pupil
from tests.integration.intake.conftest import csv as csv_of

from kinfold.feeds import settings
from kinfold.operations import assemble, intake, sealing, settling
from kinfold.store import engine as engines

pytestmark = pytest.mark.slow

TUESDAY = MONDAY + WEEK / 7


@pytest.fixture
def dirty(take_in):
    """A delivery of four notices, two of which cannot be used."""
    rows = [notice("N1"), notice("N2", "31/02/2025", "Ben"), notice("N3", grade="Odd", forename="Cai"), notice("N4")]
    return take_in(csv_of(NOTICES, *rows)).result.reports[0]


def sent_back(council, delivery_id, path):
    """What the supplier opens: one dictionary for each row."""
    settling.export(intake.set_aside(council, delivery_id), path)
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def put_right(rows, *, without=(), **right):
    """The rows as a supplier sends them again, without some of our columns, each changed where `right` has its REF."""
    changed = [row | right.get(row["REF"], {}) for row in rows]
    kept = [name for name in changed[0] if name not in without]
    out = io.StringIO()
    writer = csv.DictWriter(out, kept, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(changed)
    return out.getvalue().encode()


def standing(council, as_at):
    """How often each notice stands in what a run of a day would know."""
    feeds = settings.load(council.area)
    counted = assemble.counting(assemble.deliveries_of(council), feeds, as_at=as_at)
    with engines.duckdb(memory_gb=1, threads=1) as engine:
        tables = assemble.assemble(engine, council, counted, feeds, as_at=as_at)
        rows = tables["participant"].to_pyarrow().to_pylist()
        coverage = tables["coverage"].to_pyarrow().to_pylist()
    assert len(coverage) <= 1
    return Counter(row["source_id"] for row in rows)


WHOLE = Counter({"N1/Amira": 1, "N2/Ben": 1, "N3/Cai": 1, "N4/Amira": 1})
RIGHT = {"N2": {"DAY": "28/02/2025"}, "N3": {"GRADE": "High"}}
OURS = ("Kinfold row", "Kinfold reason", "Kinfold reference")


def test_what_is_set_aside_is_counted_by_reason_and_row(council, dirty):
    aside = intake.set_aside(council, dirty.delivery_id)
    assert (aside.waiting, aside.settled) == (2, 0)
    assert [(kind.code, kind.column, kind.count, kind.first_row) for kind in aside.kinds] == [
        ("not_a_date", "DAY", 1, 2),
        ("code_not_listed", "GRADE", 1, 3),
    ]
    assert aside.parts[0].columns == tuple(NOTICES.split(","))


@pytest.mark.parametrize("without", [(), OURS], ids=["with our reference", "without any of our columns"])
def test_every_row_is_in_at_the_end_and_none_twice(without, council, dirty, take_in, tmp_path):
    rows = sent_back(council, dirty.delivery_id, tmp_path / "back.csv")
    assert [(row["Kinfold row"], row["Kinfold reason"]) for row in rows] == [
        ("2", "DAY is not a date that can be read"),
        ("3", "GRADE is not one of the codes of the mapping"),
    ]
    came_back = put_right(rows, without=without, **RIGHT)
    receipt = take_in(came_back, corrects=dirty.delivery_id, on=TUESDAY)
    [report] = receipt.result.reports
    assert (receipt.state, report.feed, report.rows_mapped, report.columns_refused) == ("loaded", "police", 2, ())
    assert standing(council, TUESDAY) == WHOLE
    assert standing(council, MONDAY) == Counter({"N1/Amira": 1, "N4/Amira": 1})
    aside = intake.set_aside(council, dirty.delivery_id)
    assert (aside.waiting, aside.settled, aside.parts) == (0, 2, ())


def test_a_row_that_comes_back_still_wrong_is_listed_once_and_can_be_put_right_again(council, dirty, take_in, tmp_path):
    rows = sent_back(council, dirty.delivery_id, tmp_path / "back.csv")
    half = take_in(put_right(rows, N2=RIGHT["N2"]), corrects=dirty.delivery_id, on=TUESDAY).result.reports[0]
    assert (half.rows_mapped, half.rows_set_aside) == (1, 1)
    waiting = [intake.set_aside(council, one.delivery_id).waiting for one in (dirty, half)]
    assert waiting == [0, 1]
    rest = put_right(sent_back(council, half.delivery_id, tmp_path / "again.csv"), N3=RIGHT["N3"])
    take_in(rest, corrects=half.delivery_id, on=TUESDAY)
    assert intake.set_aside(council, half.delivery_id).waiting == 0
    assert standing(council, TUESDAY) == WHOLE


def test_a_supplier_who_sends_the_whole_file_again_doubles_nothing(council, dirty, take_in):
    rows = [notice("N1"), notice("N2", "28/02/2025", "Ben"), notice("N3", forename="Cai"), notice("N4")]
    take_in(csv_of(NOTICES, *rows), corrects=dirty.delivery_id, on=TUESDAY)
    assert standing(council, TUESDAY) == WHOLE
    assert intake.set_aside(council, dirty.delivery_id).waiting == 0


def test_withdrawing_a_correction_lists_its_rows_again_and_withdrawing_the_delivery_takes_both(
    council, dirty, take_in, tmp_path
):
    rows = sent_back(council, dirty.delivery_id, tmp_path / "back.csv")
    right = take_in(put_right(rows, **RIGHT), corrects=dirty.delivery_id, on=MONDAY).result.reports[0]
    intake.withdraw(council, right.delivery_id, by="a test", at=AT, reason="wrong rows")
    assert intake.set_aside(council, dirty.delivery_id).waiting == 2
    assert standing(council, MONDAY) == Counter({"N1/Amira": 1, "N4/Amira": 1})
    take_in(put_right(rows, **RIGHT), corrects=dirty.delivery_id, on=MONDAY)
    assert standing(council, MONDAY) == WHOLE
    intake.withdraw(council, dirty.delivery_id, by="a test", at=AT, reason="wrong month")
    assert standing(council, MONDAY) == Counter()
    assert {one.state for one in intake.states(council)} == {"withdrawn"}


def test_a_correction_of_a_delivery_that_is_not_here_or_of_another_feed_is_refused(council, dirty, take_in):
    with pytest.raises(intake.UnableToTakeIn, match="is not here"):
        take_in(csv_of(NOTICES, notice("N2")), corrects="police-000000000000")
    with pytest.raises(intake.UnableToTakeIn, match="of two feeds"):
        take_in(csv_of(NOTICES, notice("N2")), corrects=dirty.delivery_id, feed="school")
    refused = take_in(csv_of(ROLL, pupil("P1")), corrects=dirty.delivery_id)
    assert refused.state == "refused"
    assert len(mapped(council, "event")) == 2


def test_what_leaves_for_a_spreadsheet_is_never_run(council, take_in, tmp_path):
    nasty = ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "-5"]
    rows = [f'N{n},x,C,"{cell}",Okafor,03/04/2015,High' for n, cell in enumerate(nasty)]
    delivery = take_in(csv_of(NOTICES, notice("N9"), *rows)).result.reports[0].delivery_id
    assert [row["FORENAME"] for row in sent_back(council, delivery, tmp_path / "a.csv")] == [
        "'=1+1", "'+cmd|x", "'-2+3", "'@SUM(A1)", "-5",
    ]  # fmt: skip
    settling.export(intake.set_aside(council, delivery), tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["notices"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert len(cells) == 6 * len([*NOTICES.split(","), *OURS])
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_row_of_somebody_sealed_since_is_neither_shown_nor_sent_back(council, dirty, tmp_path):
    sealing.seal(council, ["police:Ben/Okafor/03/04/2015", "police:Nobody/Okafor/03/04/2015"], from_on=MONDAY)

    aside = intake.set_aside(council, dirty.delivery_id)

    assert (aside.waiting, aside.settled) == (1, 0)
    assert [kind.code for kind in aside.kinds] == ["code_not_listed"]
    assert [row["REF"] for row in sent_back(council, dirty.delivery_id, tmp_path / "back.csv")] == ["N3"]


def test_nothing_to_send_back_and_a_wrong_kind_of_file_are_refused(council, dirty, take_in, tmp_path):
    clean = take_in(csv_of(ROLL, pupil("P1"))).result.reports[0]
    with pytest.raises(settling.UnableToExport, match="No row"):
        settling.export(intake.set_aside(council, clean.delivery_id), tmp_path / "a.csv")
    with pytest.raises(settling.UnableToExport, match=r"\.csv or \.xlsx"):
        settling.export(intake.set_aside(council, dirty.delivery_id), tmp_path / "a.doc")
    with pytest.raises(intake.NoSuchDelivery):
        intake.set_aside(council, "police-000000000000")
