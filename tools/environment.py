"""
Make .venv hold what a lock file names, and put the `kinfold` command into it.

    .venv/bin/python tools/environment.py installer | run | test

Every package is checked against the hash in its lock file. uv does it in seconds; where uv cannot be had, pip
does the same from the same file. Kinfold itself is reached where it lies, by a path file, so that nothing
outside the lock has to be fetched to build it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
SCRIPTS = Path(sysconfig.get_path("scripts"))
WINDOWS = sys.platform == "win32"
COMMAND = """\
#!{python}
import sys

from kinfold.cli import main

sys.exit(main())
"""


class UnableToInstall(Exception):
    """The environment could not be made; the message says what to do."""


def install_uv() -> None:
    """Fetch the pinned uv; without it pip will do, four times slower."""
    if _pip("-r", str(LOCKS / "uv.lock.txt")) != 0:
        print("uv could not be installed; pip will be used instead, which takes longer.")


def install(lock: Path) -> None:
    """
    Bring .venv to exactly the packages of `lock`. Raises UnableToInstall.

    An environment that already holds the test libraries keeps them: `make demo` after `make test` removes nothing.
    """
    print(f"Installing {lock.name}", flush=True)
    uv = SCRIPTS / ("uv.exe" if WINDOWS else "uv")
    if uv.exists():
        sync = [str(uv), "pip", "sync", "-q", "--require-hashes", "--python", sys.executable, str(lock)]
        if subprocess.call(sync) == 0:
            return
        print("uv could not install it; trying pip.", flush=True)
    if _pip("-r", str(lock)) != 0:
        raise UnableToInstall(
            f"The packages of requirements/{lock.name} could not be installed. Nothing else was changed. "
            "Check that this machine can reach its Python package index, then run the same command again."
        )


def link() -> None:
    """Make `import kinfold` and the `kinfold` command work from this folder's own `src`."""
    site = Path(sysconfig.get_path("purelib"))
    (site / "kinfold.pth").write_text(f"{ROOT / 'src'}\n", encoding="utf-8")
    script = SCRIPTS / ("kinfold-script.py" if WINDOWS else "kinfold")
    script.write_text(COMMAND.format(python=sys.executable), encoding="utf-8")
    script.chmod(0o755)
    if WINDOWS:
        (SCRIPTS / "kinfold.cmd").write_text(f'@"{sys.executable}" "{script}" %*\r\n', encoding="utf-8")


def _pip(*what: str) -> int:
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", *what]
    # pip lists every local index it passes over; only its errors are worth reading.
    told = subprocess.run(pip, stderr=subprocess.PIPE, text=True)
    if told.returncode != 0:
        print(told.stderr[-2000:], file=sys.stderr)
    return told.returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["installer", "run", "test", "link"])
    what = parser.parse_args().what
    holds_tests = (Path(sys.prefix) / "stamps" / "test").exists()
    try:
        if what == "installer":
            install_uv()
        if what == "test" or (what == "run" and holds_tests):
            install(LOCKS / "test.lock.txt")
        elif what == "run":
            install(LOCKS / "run.lock.txt")
    except UnableToInstall as refusal:
        print(refusal, file=sys.stderr)
        return 1
    if what != "installer":
        link()
    return 0


if __name__ == "__main__":
    sys.exit(main())
