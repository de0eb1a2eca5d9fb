"""
Files that are broken or made to do harm: each is refused in words or read whole, and nothing else happens.

They go through a real load into a home that holds a delivery already, one command for all of them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.feeds.conftest import AT, COLUMNS, GOOD, ON, Place, feed_of, notices
from tests.unit.feeds.hostile import made
from tests.unit.feeds.hostile.made import Hostile

from kinfold.feeds.load import load_many
from kinfold.feeds.reports import DeliveryReport

pytestmark = pytest.mark.slow

# What takes longest: files of gigabytes, and one that is stopped only when its time is over.
HEAVY = (made.line_without_end, made.parquet_with_a_huge_dictionary, made.huge_shared_string)
LIGHT = [kind for kind in made.KINDS if kind not in HEAVY]
BLAMES_US = re.compile(r"Traceback|Error\b|Exception|NoneType|0x[0-9a-f]{6}|\bpyarrow|\blxml|met before")


@dataclasses.dataclass(frozen=True)
class Tried:
    """The home after all of them were loaded, what each was told, and the home's files before."""

    home: Path
    told: list[tuple[Hostile, DeliveryReport]]
    before: dict[str, str]

    def of(self, kind: str) -> list[tuple[Hostile, DeliveryReport]]:
        return [(file, report) for file, report in self.told if file.kind == kind]


def hashes(home: Path) -> dict[str, str]:
    files = (path for path in home.rglob("*") if path.is_file())
    return {path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def tried(folder: Path, files: Iterator[Hostile]) -> Tried:
    feeds = feed_of("police", notices()) | feed_of("cin", _cin())
    good = folder / "good.csv"
    good.write_text(f"{COLUMNS}\n{GOOD}\n", encoding="utf-8")
    place = Place(folder / "home")
    place.load(good, feeds=feeds)
    before = hashes(place.home)
    given = list(files)
    handed_over = [(ON, [file.put_in(folder / "received" / str(n))]) for n, file in enumerate(given)]
    reports = load_many(handed_over, place.home, feeds, received_at=AT)
    return Tried(place.home, list(zip(given, reports, strict=True)), before)


def _cin() -> dict[str, object]:
    settings = notices(part=None, codes=None, covers=None, agreement_fields="all of the format")
    return {**settings, "format": "cin_census", "agency": "social_care", "label": "CIN census"}


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Tried:
    return tried(tmp_path_factory.mktemp("hostile"), made.files(LIGHT))


def require_refused_or_whole(file: Hostile, report: DeliveryReport) -> None:
    accounted = report.rows_mapped + report.rows_set_aside + report.rows_refused_by_agreement
    assert report.rows_in == accounted
    if report.state == "loaded":
        assert report.rows_in == file.rows, f"{file.name}: {report.message}"
    else:
        assert report.message.endswith(".")
        assert len(report.message.split()) > 5
    said = " ".join(problem.message for problem in report.problems) + report.message
    assert not BLAMES_US.search(said), f"{file.name}: {said}"
    assert not re.search("Amira|Okafor|root:", said)
    assert said.isprintable()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", [kind.__name__ for kind in LIGHT])
def test_it_is_refused_in_words_or_read_whole(kind, light):
    files = light.of(kind)
    assert files
    for file, report in files:
        require_refused_or_whole(file, report)


@pytest.mark.timeout(300)
def test_there_are_two_hundred_files_of_more_than_thirty_kinds(light):
    assert len(light.told) >= 200
    assert len(LIGHT) >= 30


@pytest.mark.timeout(300)
def test_what_was_there_stays_as_it_was_and_only_what_was_loaded_is_added(light):
    after = hashes(light.home)
    assert {path: after.get(path) for path in light.before} == light.before
    loaded = {report.delivery_id for _, report in light.told if report.state == "loaded"}
    added = after.keys() - light.before.keys()
    assert {path.split("/")[2] for path in added} == loaded
    assert [path.name for path in (light.home / ".writing").iterdir()] == ["lock"]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", HEAVY, ids=lambda kind: kind.__name__)
def test_one_of_gigabytes_is_too(kind, tmp_path):
    done = tried(tmp_path, made.files([kind]))
    for file, report in done.told:
        require_refused_or_whole(file, report)
    assert {path: hashes(done.home).get(path) for path in done.before} == done.before
