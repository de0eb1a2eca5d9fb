"""The folder list is the service: what is there can be named, read in one sitting, and looked up."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import check_hosts
import pytest

from kinfold.store import schema

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src" / "kinfold"
ROOMS = {
    "vocabulary", "store", "feeds", "linkage", "profile", "priority", "proof", "areas", "governance", "record",
    "worklists", "frontdoor", "casework", "directory", "reviews", "demand", "localities", "workbench",
    "operations", "demonstration", "web", "cli",
}  # fmt: skip
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "H" + "ACK")) + r")\b")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)(?P<path>[^)#\s]+)")
TERM = re.compile(r"^- \*\*(?P<term>[^*]+)\*\*(?: \(`(?P<code>[^`]+)`\))?: (?P<meaning>.+)$")
READ_FROM_ENVIRONMENT = re.compile(r"environ(?:\.get|\.setdefault)?[(\[]\"(\w+)\"|envvar=\"(\w+)\"")
MOST_LINES = 600
GIVEN_BY_OTHERS = {
    "PYTEST_XDIST_WORKER", "PYTEST_XDIST_TESTRUNUID", "XDG_RUNTIME_DIR", "PATH", "DEBIAN_FRONTEND", "PYSPARK_PYTHON",
    "JAVA_HOME",
}  # fmt: skip

TRACKED = [ROOT / name for name in check_hosts.tracked(ROOT)]
PYTHON = [path for path in TRACKED if path.suffix == ".py"]
PAGES = [path for path in TRACKED if path.suffix == ".md"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_folder_of_the_product_is_a_room_of_the_design():
    folders = {path.relative_to(SOURCE).parts[0] for path in PYTHON if path.is_relative_to(SOURCE)}

    assert {folder for folder in folders if "." not in folder} - ROOMS == set()


@pytest.mark.parametrize("room", sorted(path.parent.name for path in SOURCE.glob("*/__init__.py")))
def test_every_room_says_on_one_screen_what_it_is_for(room):
    lines = (SOURCE / room / "README.md").read_text(encoding="utf-8").splitlines()

    assert 6 <= len(lines) <= 45
    assert "owner" in "\n".join(lines).lower()


def test_no_file_of_code_is_too_long_to_hold_one_idea():
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PYTHON}

    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_nothing_is_left_for_later_in_the_code():
    left = [name_of(path) for path in PYTHON if UNFINISHED.search(path.read_text(encoding="utf-8"))]

    assert left == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_leads_only_to_files_that_are_there(page):
    wanted = [match["path"] for match in LINK.finditer(page.read_text(encoding="utf-8"))]

    assert [path for path in wanted if not (page.parent / path).exists()] == []


def glossary() -> list[re.Match[str]]:
    lines = [line for line in (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines() if line.startswith("-")]
    found = [(line, TERM.match(line)) for line in lines]
    assert [line for line, match in found if match is None] == []
    return [match for _, match in found if match is not None]


def test_the_glossary_has_each_term_once_in_order():
    terms = [match["term"].casefold() for match in glossary()]

    assert terms == sorted(set(terms))


def test_every_word_of_the_twelve_tables_is_in_the_glossary():
    known = {match["term"].casefold() for match in glossary()} | {match["code"] for match in glossary()}
    used = set(schema.TABLES) | schema.ROLES | schema.AGENCIES | schema.EVENT_KINDS | schema.MEASURE_KINDS
    used |= schema.TABLES["involvement"].column("stage").codes - {"contact"}

    # "adult" is the plain word.
    assert {word for word in used if word not in known and word.replace("_", " ") not in known} - {"adult"} == set()


def test_every_setting_of_the_environment_is_in_the_sample():
    texts = [path.read_text(encoding="utf-8") for path in PYTHON if "unit/house" not in name_of(path)]
    read = {name for text in texts for pair in READ_FROM_ENVIRONMENT.findall(text) for name in pair if name}
    listed = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.sample").read_text(encoding="utf-8"), re.MULTILINE))

    assert read - listed - GIVEN_BY_OTHERS == set()


def test_make_alone_lists_every_verb():
    if shutil.which("make") is None:
        pytest.skip("There is no make on this machine.")
    told = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    verbs = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert verbs is not None

    assert [line.split()[1] for line in told.splitlines()] == verbs[1].split()


def test_the_readme_lists_every_command():
    from kinfold.cli import main

    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [name for name in main.commands if f"\nkinfold {name}" not in readme] == []
