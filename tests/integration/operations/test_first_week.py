"""
A council's first week, walked: exactly the commands of the guide, in its order, on small made-up files.

Erasure is proved by looking for a planted word in every byte of the home.
"""

from __future__ import annotations

import datetime
import json
import shutil
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.integration.operations import first_week
from tests.integration.operations.first_week import MARKED, do

HOME = "westfen-live"
OUTSIDE = "Kingfishermoor"


def verbs(words: list[str]) -> str:
    return " ".join(words[1:3] if words[2][:2] != "--" else words[1:2])


def place_of(wanted: str) -> int:
    return next(n for n, words in enumerate(first_week.commands()) if " ".join(words[1:]).startswith(wanted))


def words_of(wanted: str) -> list[str]:
    return first_week.commands()[place_of(wanted)]


def holds(home: Path, word: str) -> list[str]:
    """Files of the home that hold a word, plainly or in a column of a Parquet file, which may be compressed."""
    found = []
    for path in (path for path in home.rglob("*") if path.is_file()):
        told = path.read_bytes()
        if path.suffix == ".parquet":
            told += repr(pq.read_table(path).to_pylist()).encode() + repr(pq.read_schema(path).names).encode()
        if word.encode() in told:
            found.append(path.relative_to(home).as_posix())
    return sorted(found)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the guide was followed until its run was published."""
    folder = tmp_path_factory.mktemp("first-week")
    first_week.walk_until("serve", folder, today=datetime.date.today())
    return folder


@pytest.fixture
def another(week: Path, tmp_path: Path) -> Path:
    """A copy of that folder for one test to spoil."""
    shutil.copytree(week, tmp_path / "week")
    text = (tmp_path / "week" / HOME / "home.toml").read_text(encoding="utf-8")
    moved = text.replace(week.resolve().as_posix(), (tmp_path / "week").resolve().as_posix())
    (tmp_path / "week" / HOME / "home.toml").write_text(moved, encoding="utf-8")
    return tmp_path / "week"


def test_the_guide_names_every_step_of_the_week():
    said = [verbs(words) for words in first_week.commands()]
    for wanted in ("init westfen", "users add", "agreements enter", "agreements approve", "feeds load", "run", "serve",
                   "users disable", "agreements end", "agreements confirm", "retention run", "wipe"):  # fmt: skip
        assert wanted in said


def test_three_feeds_are_live_and_their_children_joined(week):
    listed = json.loads(do(["kinfold", "agreements", "list", "--json", "--home", HOME], week))["agreements"]
    assert {one["feed"]: one["state"] for one in listed} == dict.fromkeys(MARKED, "live")
    live = json.loads((week / HOME / "lake" / "live.json").read_text(encoding="utf-8"))["run_id"]
    links = pq.read_table(week / HOME / "lake" / "snapshots" / live / "link.parquet").to_pylist()
    by_person: dict[str, set[str]] = {}
    for row in links:
        by_person.setdefault(row["person_id"], set()).add(row["source"])
    joined = [sources for sources in by_person.values() if len(sources) > 1]
    assert len(joined) >= 5  # on the roll and with a worker, under one person
    children = pq.read_table(week / HOME / "lake" / "snapshots" / live / "priority_child.parquet").num_rows
    assert children == len(first_week.NAMES)


def test_a_column_outside_the_agreement_is_stored_nowhere(week):
    assert holds(week / HOME, MARKED["social_care"])  # the search would find it
    assert holds(week / HOME, OUTSIDE) == []
    [manifest] = (week / HOME / "deliveries" / "social_care").glob("*/manifest.json")
    assert json.loads(manifest.read_text(encoding="utf-8"))["columns_refused"] == ["Private note"]


def test_ended_means_gone_everywhere_and_come_back_means_gone_again(another):
    home = another / HOME
    before = holds(home, MARKED["early_help"])
    assert {name.split("/")[0] for name in before} >= {"deliveries", "lake", "published"}
    backup = another / "backup"
    shutil.copytree(home / "deliveries" / "early_help", backup / "deliveries" / "early_help")
    shutil.copytree(home / "lake" / "mapped", backup / "lake" / "mapped")

    do(words_of("agreements end"), another)
    assert "from the" not in do(words_of("retention run --dry-run"), another)
    do(words_of("agreements confirm"), another)
    said = do(words_of("retention run --dry-run"), another)
    assert "1 delivery, 5 rows" in said
    assert holds(home, MARKED["early_help"]) == before
    reports = json.loads(do(["kinfold", "retention", "run", "--json", "--home", HOME], another))["reports"]

    assert holds(home, MARKED["early_help"]) == []
    assert holds(home, "early_help:EH") == []  # nor a record's key
    assert holds(home, MARKED["school_census"])  # and no other feed's
    assert [(one["feed"], one["erased"]["deliveries"], one["erased"]["rows"]) for one in reports] == [
        ("early_help", 1, 5)
    ]
    assert len(reports[0]["deliveries"][0]["manifest_hash"]) == 64
    [kept] = (home / "erasures").glob("*-early_help-*.json")
    verify = ["kinfold", "retention", "verify", str(kept), "--home", HOME]
    assert "unchanged: early_help" in do(verify, another)
    kept.write_text(kept.read_text(encoding="utf-8").replace('"rows": 5', '"rows": 6'), encoding="utf-8")
    do(verify, another, code=1)
    db = sqlite3.connect(home / "service.sqlite3")
    [(carried_out,)] = db.execute("select carried_out_at is not null from governance_purge").fetchall()
    db.close()
    assert carried_out

    shutil.copytree(backup / "deliveries", home / "deliveries", dirs_exist_ok=True)
    shutil.copytree(backup / "lake", home / "lake", dirs_exist_ok=True)
    assert holds(home, MARKED["early_help"])
    assert "come back" in do(["kinfold", "retention", "run", "--home", HOME], another)
    assert holds(home, MARKED["early_help"]) == []
    refused = do(["kinfold", "feeds", "load", "early help episodes.csv", "--delivered", "2026-01-02", "--home", HOME],
                 another, code=1)  # fmt: skip
    assert "refused" in refused


def test_an_agreement_for_another_purpose_lets_nothing_in(another):
    path = another / "westfen" / "feeds" / "early_help.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('purposes = ["safeguarding", "early help"]', 'purposes = ["research"]'), encoding="utf-8"
    )
    home = ["--home", HOME]
    do(
        ["kinfold", "agreements", "enter", "early_help", "--by", "ines", "--reason", "for research alone", *home],
        another,
    )
    do(["kinfold", "agreements", "approve", "early_help", "--by", "omar", "--note", "signed, folder 9", *home], another)
    with (another / "early help episodes.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    said = do(["kinfold", "feeds", "load", "early help episodes.csv", *home], another, code=1)
    assert "is for research" in said
    do(["kinfold", "run", *home], another)
    live = json.loads((another / HOME / "lake" / "live.json").read_text(encoding="utf-8"))["run_id"]
    sources = set(pq.read_table(another / HOME / "lake" / "snapshots" / live / "link.parquet")["source"].to_pylist())
    assert sources == {"social_care", "school_census"}


def test_a_home_from_before_the_register_says_what_to_do(another):
    db = sqlite3.connect(another / HOME / "service.sqlite3")
    for table in ("approval", "agreement"):
        db.execute(f"delete from governance_{table}")
    db.commit()
    db.close()
    run = subprocess.run([str(first_week.KINFOLD), "run", "--home", HOME], cwd=another, capture_output=True, text=True)
    assert run.returncode == 1
    assert "kinfold agreements enter" in run.stderr


def test_a_leaver_is_out_at_once(another):
    db = sqlite3.connect(another / HOME / "service.sqlite3")
    do(words_of("users disable"), another)
    [(is_active,)] = db.execute("select is_active from governance_user where username = 'morgan'").fetchall()
    db.close()
    assert not is_active
    assert (
        "shut out already"
        in subprocess.run(
            [str(first_week.KINFOLD), *words_of("users disable")[1:]], cwd=another, capture_output=True, text=True
        ).stderr
    )


def test_a_password_too_easy_is_refused_and_nobody_is_added(another):
    words = ["kinfold", "users", "add", "sam", "--name", "Sam Lee", "--role", "social_worker", "--home", HOME]
    do(words, another, typed="password\n", code=1)
    assert '"sam"' not in do(["kinfold", "users", "list", "--json", "--home", HOME], another)
    do(words, another, typed="long words that nobody guesses\n")
    assert '"sam"' in do(["kinfold", "users", "list", "--json", "--home", HOME], another)


def test_served_and_then_wiped_with_a_certificate(another):
    words, home = words_of("wipe"), another / HOME
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve = [str(first_week.KINFOLD), *words_of("serve")[1:], "--port", str(port)]
    server = subprocess.Popen(serve, cwd=another, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        do(words, another, typed=f"{HOME}\n", code=1)  # while it is served
        assert (home / "secret").exists()
    finally:
        server.terminate()
        server.wait(30)
    do(words, another, typed="something else\n", code=1)
    assert (home / "secret").exists()
    do(words, another, typed=f"{HOME}\n")
    assert not home.exists()
    told = (another / "westfen-erased.txt").read_text(encoding="utf-8")
    assert "Westfen Council" in told
    assert all(f"{feed}-" in told for feed in MARKED)
    assert not any(word in told for word in MARKED.values())


def test_what_is_not_a_home_is_never_wiped(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("keep me", encoding="utf-8")
    do(["kinfold", "wipe", "--certificate", "c.txt", "--yes", "--home", "letters"], tmp_path, code=1)
    assert (tmp_path / "letters" / "one.txt").read_text(encoding="utf-8") == "keep me"
