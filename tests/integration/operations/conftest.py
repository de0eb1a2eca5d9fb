"""
One real council of 300 children, made once by the command a newcomer runs and shared by every test of this folder.

What a test does to it, it does by the command line, in a process of its own, as a night does. The tests share one
home, so one process runs them, one after another; each leaves the home as whole as it found it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest
from psycopg.rows import dict_row
from tests import postgres

HERE = Path(__file__).resolve().parent
KINFOLD = Path(sys.executable).with_name("kinfold")
CHILDREN, SEED = 300, 1
OF_OTHERS = ("DATABASE_URL", "KINFOLD_HOME", "KINFOLD_AREA", "DJANGO_SETTINGS_MODULE")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(600))


@dataclasses.dataclass(frozen=True)
class Council:
    """The demonstration council's live data, and the service database it was made on."""

    home: Path
    database_url: str | None

    def kinfold(self, *words: object, code: int = 0, **settings: object) -> subprocess.CompletedProcess[str]:
        """Run a command against this home and check how it ended. settings: environment of this one command."""
        return self._run([str(KINFOLD), *map(str, words)], code, settings)

    def script(self, name: str, *words: object) -> dict[str, Any]:
        """Run a script of this folder against this home; returns what it prints."""
        return dict(json.loads(self._run([sys.executable, str(HERE / name), *map(str, words)], 0, {}).stdout))

    def _run(self, command: list[str], code: int, settings: dict[str, object]) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name not in OF_OTHERS}
        environment |= {"KINFOLD_HOME": str(self.home)} | {name: str(value) for name, value in settings.items()}
        if self.database_url:
            environment["DATABASE_URL"] = self.database_url
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert done.returncode == code, f"{' '.join(command[1:3])} ended with {done.returncode}:\n{done.stderr[-3000:]}"
        return done

    @property
    def live(self) -> Path:
        """The folder of the snapshot that the lake says is live."""
        run_id = json.loads((self.home / "lake" / "live.json").read_text(encoding="utf-8"))["run_id"]
        return self.home / "lake" / "snapshots" / str(run_id)

    def rows(self, table: str, folder: Path | None = None) -> list[dict[str, Any]]:
        """Rows of a table of a snapshot, the live one when none is given."""
        return list(pq.read_table((folder or self.live) / f"{table}.parquet").to_pylist())

    def published(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table that the pointer of the service leads to."""
        if self.database_url:
            with psycopg.connect(self.database_url, row_factory=dict_row) as con:
                names = con.execute("select relname from pg_class where relkind = 'p' and relname like 'snapshot_%%'")
                return {
                    name: con.execute(f'select * from "{name}" where run_id = %s', [self.pointer()]).fetchall()
                    for name in [str(row["relname"]) for row in names.fetchall()]
                }
        db = sqlite3.connect(self.home / "published" / f"{self.pointer()}.sqlite3")
        try:
            db.row_factory = sqlite3.Row
            names = [name for (name,) in db.execute("select name from sqlite_master where type = 'table'").fetchall()]
            return {name: [dict(row) for row in db.execute(f'select * from "{name}"')] for name in names}
        finally:
            db.close()

    def pointer(self) -> str:
        """The run that the service says is live."""
        wanted = "select run_id from record_publication where is_live"
        if self.database_url:
            with psycopg.connect(self.database_url) as con:
                [(run_id,)] = con.execute(wanted).fetchall()
        else:
            db = sqlite3.connect(self.home / "service.sqlite3")
            [(run_id,)] = db.execute(wanted).fetchall()
            db.close()
        return str(run_id)

    def standing(self) -> dict[str, str]:
        """A hash of everything whose change would change what people read or what the next run knows."""
        kept = [self.home / "lake" / "live.json", *self.live.rglob("*"), *(self.home / "deliveries").rglob("*")]
        kept += [*(self.home / "lake" / "linkage").rglob("*"), *(self.home / "lake" / "mapped").rglob("*")]
        # What matching remembers of a night only spares it work: it is worked out again where it is not there.
        kept = [path for path in kept if self.home / "lake" / "linkage" / "night" not in path.parents]
        held = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in kept if path.is_file()}
        return {"pointer": self.pointer()} | {path.relative_to(self.home).as_posix(): h for path, h in held.items()}


@pytest.fixture(scope="session")
def council(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Council:
    url = None
    if request.config.getoption("--db") == "postgres":
        name = f"council_{postgres.worker()}"
        url = postgres.database(name).url(name)
    made = Council(tmp_path_factory.mktemp("operations") / "home", url)
    made.kinfold("demo", "--no-serve", "--children", CHILDREN, "--seed", SEED)
    return made


@pytest.fixture
def unchanged(council: Council) -> Callable[[], None]:
    """Call it to check that nothing which people read or the next run knows is other than when the test began."""
    before = council.standing()

    def check() -> None:
        assert council.standing() == before

    return check
