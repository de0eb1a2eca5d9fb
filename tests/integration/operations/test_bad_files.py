"""`kinfold feeds check` and `load` refuse a file with anything wrong in it, and what people read stays as it was."""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.integration.operations.conftest import OF_OTHERS, Council

from kinfold import cli
from kinfold.operations import home as homes

COLUMNS = ("EPISODE_REF", "NOMINAL", "SURNAME", "FORENAME", "DATE_OF_BIRTH", "SEX", "HOME_ADDRESS", "POSTCODE",
           "REPORTED", "FOUND")  # fmt: skip
GOOD = ("MIS90001", "NOM990001", "TESTWOOD", "AMIRAH", "24/03/2012", "F", "9 Cliff Terrace", "ZZ1 1BF", "12/08/2025",
        "13/08/2025")  # fmt: skip
TWO_GIGABYTES = 2 << 30


def lines(*rows: tuple[str, ...], by: str = ",") -> str:
    return "".join(by.join(row) + "\n" for row in rows)


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("missing.csv", lines(COLUMNS, GOOD))
    return held.getvalue()


def one_long_line() -> bytes:
    return f"{','.join(COLUMNS)}\nMIS1,{'A' * (32 << 20)}\n".encode()


BAD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("missing.csv", lambda: b"", "is empty"),
    "header only": ("missing.csv", lambda: lines(COLUMNS).encode(), "a header and no rows"),
    "a delimiter that changes half-way": (
        "missing.csv", lambda: (lines(COLUMNS, *[GOOD] * 50) + lines(*[GOOD] * 50, by=";")).encode(),
        "another number of columns",
    ),
    "XML cut short": (
        "cin.xml", lambda: b"<Message><Header/><Children><Child><ChildIdentifiers><LAchildID>1</LAchi",
        "is not whole XML",
    ),
    "a zip that says it is a workbook": ("missing.xlsx", zipped, "is a zip file, not an Excel workbook"),
    "10,000 columns": ("missing.csv", lambda: lines(tuple(f"C{n}" for n in range(10_000))).encode(), "10,000 columns"),
    "a line of 32 MB": ("missing.csv", one_long_line, "a line longer than"),
    "nobody's columns": ("missing.csv", lambda: b"A,B\n1,2\n", "was not recognised"),
}  # fmt: skip


@pytest.fixture
def kinfold(
    monkeypatch: pytest.MonkeyPatch, council: Council, db: None
) -> Iterator[Callable[..., tuple[int, dict[str, object]]]]:
    """Run a command of `kinfold feeds` in this process, the register full; returns how it ended and its JSON."""
    from kinfold.operations import agreements

    for name in OF_OTHERS:
        monkeypatch.delenv(name, raising=False)
    agreements.enter_from_area(homes.open_home(council.home), by=None, at=datetime.datetime.now(datetime.UTC))

    def run(home: Path, *words: object) -> tuple[int, dict[str, object]]:
        done = CliRunner().invoke(cli.main, ["feeds", *map(str, words), "--home", str(home), "--json"])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, json.loads(done.stdout)

    return run


@pytest.mark.parametrize(("name", "content", "says"), BAD.values(), ids=BAD)
def test_it_is_refused_and_nothing_changes(council, unchanged, kinfold, tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content())

    for verb in ("check", "load"):
        code, told = kinfold(council.home, verb, path)
        [report] = told["deliveries"]
        assert (code, report["state"]) == (1, "refused")
        assert says in " ".join(problem["message"] for problem in report["problems"])
        assert not any(value in json.dumps(told) for value in ("TESTWOOD", "AMIRAH"))
    unchanged()


def test_a_day_that_does_not_exist_sets_its_row_aside_by_row_and_column(council, unchanged, kinfold, tmp_path):
    path = tmp_path / "missing.csv"
    wrong = ("MIS90002", "NOM990002", "TESTWOOD", "AMIRAH", "24/03/2012", "F", "", "", "31/02/2025", "")
    path.write_text(lines(COLUMNS, GOOD, wrong), encoding="utf-8")

    code, told = kinfold(council.home, "check", path)

    [report] = told["deliveries"]
    assert (code, report["state"], report["rows_in"]) == (0, "recognised", 2)
    assert (report["rows_mapped"], report["rows_set_aside"]) == (1, 1)
    assert [(one["row"], one["column"]) for one in report["problems"]] == [(2, "REPORTED")]
    unchanged()


def test_the_good_rows_beside_it_are_loaded(kinfold, tmp_path):
    home = homes.create(
        tmp_path / "home", area=homes.shipped_area(), is_demonstration=True, on=datetime.date(2026, 1, 1)
    )
    path = tmp_path / "missing.csv"
    path.write_text(lines(COLUMNS, GOOD, (*GOOD[:8], "31/02/2025", "")).replace("MIS90001", "MIS90003", 1))

    code, told = kinfold(home.folder, "load", path)

    [report] = told["deliveries"]
    assert (code, report["state"]) == (0, "loaded")
    assert (report["rows_mapped"], report["rows_set_aside"]) == (1, 1)


def test_a_feed_that_is_not_the_areas_is_wrong_usage(council, unchanged, tmp_path):
    path = tmp_path / "missing.csv"
    path.write_text(lines(COLUMNS, GOOD), encoding="utf-8")

    said = council.kinfold("feeds", "load", path, "--feed", "nobody", code=2).stderr

    assert "not a feed of this area" in said
    assert "Traceback" not in said
    unchanged()


def test_a_file_that_is_not_there_is_refused(council, unchanged, tmp_path):
    said = council.kinfold("feeds", "check", tmp_path / "gone.csv", code=1)

    assert "gone.csv" in said.stdout + said.stderr
    assert "Traceback" not in said.stderr
    unchanged()


def test_a_real_line_of_two_gigabytes_is_refused_without_being_held_in_memory(council, unchanged, tmp_path):
    resource = pytest.importorskip("resource", reason="Windows does not say what a process held")
    path = tmp_path / "missing.csv"
    with path.open("wb") as file:
        file.write(f"{','.join(COLUMNS)}\nMIS1,".encode())
        file.truncate(TWO_GIGABYTES)

    said = council.kinfold("feeds", "check", path, code=1)

    assert "missing.csv" in said.stdout
    # The largest process of this test's session, the making of the council included.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_500_000  # in KB
    unchanged()
