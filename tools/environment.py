"""
Make .venv hold what a lock file names, and put the `kinfold` command into it.

    .venv/bin/python tools/environment.py installer | run | test | bench | spark

Every package is checked against the hash in its lock file. uv does it in seconds; where uv cannot be had, pip
does the same from the same file. Kinfold itself is installed from this folder, as it lies, with the setuptools of
the installer's own lock, so that nothing outside a lock is ever fetched.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
UV = Path(sysconfig.get_path("scripts")) / ("uv.exe" if sys.platform == "win32" else "uv")


class UnableToInstall(Exception):
    """The environment could not be made; the message says what to do."""


def install_installer() -> None:
    """Fetch the pinned uv, and the setuptools that installs Kinfold itself. Raises UnableToInstall."""
    if _pip("--require-hashes", "-r", str(LOCKS / "installer.lock.txt")) != 0:
        raise UnableToInstall(_unable("installer.lock.txt"))


def install(lock: Path) -> None:
    """
    Bring .venv to exactly the packages of `lock`. Raises UnableToInstall.

    An environment that already holds the libraries of tests or of the bench keeps them: `make demo` after `make test`
    removes nothing. Each lock holds all of those before it.
    """
    print(f"Installing {lock.name}", flush=True)
    # Compiled once here, not again by every process that imports them: a command then starts in a fifth of the time.
    if _uv("sync", "--compile-bytecode", "--require-hashes", str(lock)) != 0:
        print("uv could not install it; trying pip.", flush=True)
        if _pip("--require-hashes", "-r", str(lock)) != 0:
            raise UnableToInstall(_unable(lock.name))
    ourselves = ("--no-deps", "--no-build-isolation", "-e", str(ROOT))
    if _uv("install", *ourselves) != 0 and _pip(*ourselves) != 0:
        raise UnableToInstall(
            "Kinfold itself could not be put into .venv. Run `make clean`, then the same command again."
        )


def install_spark() -> None:
    """Add Spark to what is there: hundreds of megabytes that only a region needs. Raises UnableToInstall."""
    lock = LOCKS / "spark.lock.txt"
    print(f"Installing {lock.name}", flush=True)
    if _uv("install", "--require-hashes", "-r", str(lock)) != 0 and _pip("--require-hashes", "-r", str(lock)) != 0:
        raise UnableToInstall(_unable(lock.name))


def _unable(lock: str) -> str:
    return (
        f"The packages of requirements/{lock} could not be installed. Nothing else was changed. "
        "Check that this machine can reach its Python package index, then run the same command again."
    )


def _uv(verb: str, *what: str) -> int:
    if not UV.exists():
        return 1
    return subprocess.call([str(UV), "pip", verb, "-q", "--python", sys.executable, *what])


def _pip(*what: str) -> int:
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", *what]
    # pip lists every local index it passes over; only its errors are worth reading.
    told = subprocess.run(pip, stderr=subprocess.PIPE, text=True)
    if told.returncode != 0:
        print(told.stderr[-2000:], file=sys.stderr)
    return told.returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["installer", "run", "test", "bench", "spark"])
    what = parser.parse_args().what
    holds = {name for name in ("test", "bench", "spark") if (Path(sys.prefix) / "stamps" / name).exists()}
    try:
        if what == "installer":
            install_installer()
        elif what == "spark":
            install_spark()
        elif what == "bench" or "bench" in holds:
            install(LOCKS / "bench.lock.txt")
        elif what == "test" or "test" in holds:
            install(LOCKS / "test.lock.txt")
        else:
            install(LOCKS / "run.lock.txt")
        if "spark" in holds and what in ("run", "test", "bench"):
            install_spark()
    except UnableToInstall as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
