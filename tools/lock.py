"""
Choose versions again and write them, with the hash of every file, into requirements/*.lock.txt.

The lock files are hashed requirements, which name no registry, so the same file installs from whichever index
a council's machines are pointed at. A version is taken when it has been public for a week, so that a bad release
has time to be withdrawn before it reaches us.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sysconfig.get_path("scripts")) / ("uv.exe" if sys.platform == "win32" else "uv")
SETTLED = ["--exclude-newer", "7 days"]
LOCKS = {
    "installer": ["requirements/installer.in"],
    "node": ["requirements/node.in"],
    "run": ["pyproject.toml"],
    "spark": ["requirements/spark.in", "-c", "requirements/run.lock.txt"],
    "test": ["pyproject.toml", "--group", "test", "-c", "requirements/run.lock.txt"],
    "bench": ["pyproject.toml", "--group", "test", "--group", "bench", "-c", "requirements/test.lock.txt"],
}


def lock(name: str, what: list[str]) -> int:
    out = f"requirements/{name}.lock.txt"
    options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate", "-q"]
    return subprocess.call([str(UV), "pip", "compile", *what, *options, *SETTLED, "--upgrade", "-o", out], cwd=ROOT)


def main() -> int:
    for name, what in LOCKS.items():
        print(f"requirements/{name}.lock.txt", flush=True)
        if lock(name, what) != 0:
            print(f"requirements/{name}.lock.txt could not be settled; it and the later ones are as they were.")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
