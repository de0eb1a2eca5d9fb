"""A file with anything wrong in it is refused with a message that the supplier can act on, and nothing changes."""

import gzip
import io
import re
import zipfile

import pytest
from tests.unit.feeds.conftest import COLUMNS, GOOD, of_format

pytestmark = pytest.mark.slow

LONG = b"REF,DAY,ROLE,GRADE\n" + b"x" * (3 << 20) + b"\n"
WIDE = ",".join(f"C{n}" for n in range(10_000))


def zipped(names, *, zeros=0):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"0" * zeros)
    return held.getvalue()


BAD = {
    "empty": (b"", "is empty"),
    "only blanks": (b"\n\n  \n", "is empty"),
    "header and no rows": (f"{COLUMNS}\n".encode(), "a header and no rows"),
    "a delimiter that changes half-way": (
        f"{COLUMNS}\n{GOOD}\n{GOOD.replace(',', ';')}\n".encode(), "another number of columns",
    ),
    "a zip with another name": (zipped(["notices.csv"]), "is a zip file, not an Excel workbook"),
    "a packed file": (gzip.compress(f"{COLUMNS}\n{GOOD}\n".encode()), "is a packed file"),
    "a zip cut short": (zipped(["xl/workbook.xml", "[Content_Types].xml"])[:60], "not whole"),
    "a workbook that unpacks to far more": (
        zipped(["xl/workbook.xml", "[Content_Types].xml"], zeros=5_000_000), "far more than a workbook",
    ),
    "a locked workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "an old or a locked Excel file"),
    "10,000 columns": (f"{WIDE}\n".encode(), "10,000 columns"),
    "a line without end": (LONG, "a line longer than"),
    "NUL bytes": (f"{COLUMNS}\n{GOOD}\0\n".encode(), "NUL bytes"),
    "an open quotation mark": (f'{COLUMNS}\n{GOOD}\n"{GOOD}\n{GOOD}\n'.encode(), "was not read|stops being a table"),
    "nobody's columns": (b"A,B\n1,2\n", "was not recognised"),
    "damaged Parquet": (b"PAR1 and then nothing", "damaged"),
    "JSON cut short": (b'[{"a": 1}, {"a"', "not whole JSON"),
    "JSON that is not records": (b"[1, 2, 3]", "not a list of records"),
    "every date on 31/02": (
        f"{COLUMNS}\n{GOOD.replace('01/05/2025', '31/02/2025')}\n".encode(), "not one of its 1 rows can be used",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "says"), BAD.values(), ids=BAD)
def test_it_is_refused_and_nothing_is_kept(content, says, write, place, police):
    [report] = place.load(write(content), feeds=police)
    assert report.state == "refused"
    assert re.search(says, report.message), report.message
    assert place.files() == set()


@pytest.mark.parametrize("secret", ["Amira", "Okafor"])
def test_no_message_carries_what_stands_in_a_cell(secret, write, place, police):
    for content, _ in BAD.values():
        for report in place.load(write(content), feeds=police):
            assert secret not in str(report.as_json())


def test_an_xml_file_cut_short_says_where(write, place):
    text = b"<Message><Header/><Children><Child><ChildIdentifiers><LAchildID>1</LAchildID>"
    [report] = place.load(write(text, "cin.xml"), feeds=of_format("cin_census", agency="social_care"))
    assert report.state == "refused"
    assert "not whole XML: it stops making sense at line 1" in report.message


def test_an_xml_file_with_entities_of_its_own_is_not_read(write, place):
    text = b'<!DOCTYPE Message [<!ENTITY a SYSTEM "file:///etc/hostname">]><Message><Children>&a;</Children></Message>'
    [report] = place.load(write(text, "cin.xml"), feeds=of_format("cin_census", agency="social_care"))
    assert "document type of its own" in report.message


@pytest.mark.parametrize(
    ("inside", "said"),
    [("<CSWWWorker><FTE>1</FTE></CSWWWorker>", "it has no Child elements"), ("<Children/>", "has no records in it")],
    ids=["the workforce return", "a census of nobody"],
)
def test_another_return_of_the_same_root_is_not_said_to_be_empty(inside, said, write, place):
    text = f"<Message><Header/>{inside}</Message>".encode()
    [report] = place.load(write(text, "return.xml"), feeds=of_format("cin_census", agency="social_care"))
    assert report.state == "refused"
    assert said in report.message


def test_a_good_file_beside_one_that_is_nobodys_waits(write, place, police):
    good, bad = write(f"{COLUMNS}\n{GOOD}\n", "good.csv"), write("A,B\n1,2\n", "bad.csv")
    reports = place.load(good, bad, feeds=police)
    assert [report.state for report in reports] == ["refused", "refused"]
    assert "because bad.csv came with it" in reports[1].message
    assert place.files() == set()


@pytest.mark.parametrize(("content", "name"), [(b"[]", "empty.json"), (b"<list></list>", "empty.xml")])
def test_a_file_without_records_says_what_to_do_and_whom_to_ask(content, name, write, place, police):
    [report] = place.load(write(content, name), feeds=police)
    assert report.message == (
        f"{name} has no records in it. If there was nothing to tell, leave it out; if there should be records, ask the "
        "supplier to send it again."
    )
