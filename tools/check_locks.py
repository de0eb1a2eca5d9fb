"""
Fail when a lock file and pyproject.toml no longer agree, without asking any index.

Each lock must pin, within its range, every library that pyproject.toml asks for, give every pin at least one
hash, and agree with the smaller lock before it wherever both pin a library. `make lock` puts it right.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
GROWING = ("run", "test", "bench")
"""Each lock holds all of the one before it, and the dependency group of its own name."""
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^ \\;]+)", re.MULTILINE)


def pins(lock: str) -> dict[str, set[str]]:
    """Versions of each library in a lock's text; more than one where they differ by Python version."""
    found: dict[str, set[str]] = {}
    for match in PIN.finditer(lock):
        found.setdefault(canonicalize_name(match["name"]), set()).add(match["version"])
    return found


def without_hash(lock: str) -> list[str]:
    """Names of pins that nothing would be checked against."""
    entries = re.split(r"\n(?=\S)", lock.strip())
    return [entry.split("==")[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]


def disagreements(name: str, lock: str, asked: list[str]) -> list[str]:
    """What is wrong with the lock called `name`, in sentences; empty when it serves `asked`."""
    held = pins(lock)
    wrong = [f"{name}: {library} has no hash." for library in without_hash(lock)]
    environment = {str(key): str(value) for key, value in default_environment().items()}
    for text in asked:
        wanted = Requirement(text)
        if wanted.marker and not wanted.marker.evaluate(environment):
            continue
        versions = held.get(canonicalize_name(wanted.name), set())
        if not versions:
            wrong.append(f"{name}: {wanted.name} is asked for and not in it.")
        wrong += [
            f"{name}: {wanted.name} {version} is outside {wanted.specifier}."
            for version in sorted(versions)
            if not wanted.specifier.contains(Version(version), prereleases=True)
        ]
    return wrong


def main() -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = list(project["project"]["dependencies"])
    wrong: list[str] = []
    smaller: tuple[str, dict[str, set[str]]] | None = None
    for name in GROWING:
        asked += project["dependency-groups"].get(name, [])
        file = f"{name}.lock.txt"
        lock = (ROOT / "requirements" / file).read_text(encoding="utf-8")
        wrong += disagreements(file, lock, asked)
        held = pins(lock)
        if smaller is not None:
            before, pinned = smaller
            wrong += [
                f"{file}: {library} differs from {before}."
                for library in pinned
                if held.get(library) != pinned[library]
            ]
        smaller = (file, held)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    if wrong:
        print("Run `make lock` and commit requirements/.", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
