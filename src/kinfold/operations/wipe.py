"""
Erase a home whole: every file, and on PostgreSQL every table, with a certificate of what was there.

Files are overwritten once before they go. On a disk that moves blocks about (any SSD) or a file system that keeps
snapshots, that is no proof: the certificate says so, and that the disk was to be encrypted.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from kinfold.operations import home as homes
from kinfold.operations import night
from kinfold.operations.home import Home
from kinfold.store import locks

CHUNK = 1 << 20
SERVING = "serving.lock"
OWN_TABLE = re.compile(r"(governance|record|worklists|workbench|deliveries|mappings|api|auth|django|axes|snapshot)_\w+")


class UnableToWipe(Exception):
    """The home is left as it was; the message says why."""


@dataclasses.dataclass(frozen=True)
class Certificate:
    """
    What was erased. manifests: hash of the manifest of each delivery, by delivery. tables: rows by table of the
    service's database, empty when it could not be read. key: the first of the hash of the home's key, never the key.
    """

    home: str
    council: str
    at: datetime.datetime
    files: int
    bytes: int
    places: dict[str, tuple[int, int]]
    manifests: dict[str, str]
    tables: dict[str, int]
    database: str
    key: str

    def as_text(self) -> str:
        """The certificate as it is written, printed and signed."""
        lines = [
            "CERTIFICATE OF ERASURE",
            "",
            f"Council      {self.council}",
            f"Home         {self.home}",
            f"Erased at    {self.at.astimezone(datetime.UTC):%Y-%m-%d %H:%M:%S} UTC",
            f"Files        {self.files:,} files, {self.bytes:,} bytes, each overwritten once and removed",
            f"Database     {self.database}",
            f"Key          fingerprint {self.key}; the key itself is erased",
            "",
            "By place                                files            bytes",
            *(f"{name:<32} {count:>12,} {size:>16,}" for name, (count, size) in sorted(self.places.items())),
            "",
            "Tables of the service's database         rows",
            *(f"{name:<32} {rows:>12,}" for name, rows in sorted(self.tables.items())),
            "",
            "Deliveries that were held, by the SHA-256 of each manifest",
            *(f"{name:<40} {digest}" for name, digest in sorted(self.manifests.items())),
            "",
            "Not reached: backups, exports and rebuilds of past days kept outside the home. A disk that moves blocks",
            "about may still hold what was overwritten; erase or destroy its encryption key as well.",
            "",
            "Erased by  ______________________________    Witnessed by  ______________________________",
        ]
        return "\n".join(lines) + "\n"


@contextlib.contextmanager
def serving(home: Home) -> Iterator[None]:
    """Held while the home is served, so that nobody wipes it under its users."""
    with contextlib.ExitStack() as stack:
        # Two servers may share a home; the first holds the lock for both.
        with contextlib.suppress(locks.Held):
            stack.enter_context(locks.held(home.folder / SERVING))
        yield


def check(folder: Path, certificate: Path) -> Home:
    """
    The home that is to go, if it may. certificate: where it is to be written.

    Raises UnableToWipe when the folder is not a Kinfold home, is being served or run, or the certificate would be
    in it or in place of a file.
    """
    try:
        home = homes.open_home(folder)
    except homes.NoHome as why:
        raise UnableToWipe(f"{folder.name} is not a Kinfold home. Nothing was erased.") from why
    if not (folder / "secret").exists():
        raise UnableToWipe(f"{folder.name} has no key, so it is not a whole Kinfold home. Nothing was erased.")
    if folder in certificate.resolve().parents:
        raise UnableToWipe("The certificate has to be written outside the home. Nothing was erased.")
    if certificate.exists():
        raise UnableToWipe(f"{certificate.name} is there already. Nothing was erased. Name another file.")
    try:
        with locks.held(folder / SERVING), night.only_one(home):
            return home
    except locks.Held as why:
        raise UnableToWipe(f"{folder.name} is being served. Nothing was erased. Stop the service first.") from why
    except night.AlreadyRunning as why:
        raise UnableToWipe(f"{folder.name} is being run. Nothing was erased. Wait for the run to end.") from why


def wipe(home: Home, *, certificate: Path, at: datetime.datetime) -> Certificate:
    """
    Erase the home and write its certificate. Raises UnableToWipe as `check` does.

    The certificate is written before the first file goes: cut off half-way, what is left is wiped by hand with the
    certificate as the list. Links are removed, never followed.
    """
    check(home.folder, certificate)
    made = _certify(home, at)
    certificate.parent.mkdir(parents=True, exist_ok=True)
    homes.write_whole(certificate, made.as_text())
    _drop_tables(list(made.tables))
    for path in _files(home.folder):
        _overwrite(path)
        path.unlink()
    for folder in sorted(home.folder.rglob("*"), key=lambda path: len(path.parts), reverse=True):
        folder.rmdir()
    home.folder.rmdir()
    return made


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def _certify(home: Home, at: datetime.datetime) -> Certificate:
    from kinfold.areas import area

    files = _files(home.folder)
    places: dict[str, tuple[int, int]] = {}
    for path in files:
        place = path.relative_to(home.folder).parts[0]
        count, size = places.get(place, (0, 0))
        places[place] = count + 1, size + path.lstat().st_size
    manifests = {
        path.parent.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.deliveries.glob("*/*/manifest.json")
    }
    return Certificate(
        home=home.folder.name,
        council=area.load(home.area).authority,
        at=at,
        files=len(files),
        bytes=sum(size for _, size in places.values()),
        places=places,
        manifests=manifests,
        tables=_tables(),
        database="PostgreSQL, every table dropped" if _is_elsewhere() else "a file of the home, erased with it",
        key=hashlib.sha256((home.folder / "secret").read_bytes()).hexdigest()[:16],
    )


def _is_elsewhere() -> bool:
    return bool(os.environ.get("DATABASE_URL"))


def _tables() -> dict[str, int]:
    """Rows by table of ours in the service's database, which may be shared with other programs."""
    from django.db import connection

    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if OWN_TABLE.fullmatch(name)]
        counted = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            counted[name] = int(cursor.fetchone()[0])
    return counted


def _drop_tables(names: list[str]) -> None:
    from django.db import connection

    if _is_elsewhere():
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute(f'DROP TABLE IF EXISTS "{name}" CASCADE')
    connection.close()


def _overwrite(path: Path) -> None:
    if path.is_symlink() or not path.is_file():
        return
    size = path.stat().st_size
    path.chmod(0o600)
    with path.open("r+b") as file:
        for start in range(0, size, CHUNK):
            file.write(os.urandom(min(CHUNK, size - start)))
        file.flush()
        os.fsync(file.fileno())


def as_json(made: Certificate) -> str:
    return json.dumps(dataclasses.asdict(made) | {"at": made.at.isoformat()})
