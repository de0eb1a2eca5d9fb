"""
Fail when a tracked file holds what must not leave the machine it was made on.

Looked for: host names of package registries (a lock file that names one installs from nowhere else), `resolved`
addresses in an npm lock, folders of somebody's machine, and text shaped like a secret key. Prints file and line,
never the text found.
"""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pypi", "python", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("npmjs", "com"),
        ("astral", "sh"),
        ("debian", "org"),
    )
)
FOLDERS = tuple(
    "/" + "/".join(parts) for parts in (("root", ""), ("work", ""), ("home", "[a-z]"), ("Users", "[A-Za-z]"))
)
KEYS = (
    "-----BEGIN " + r"(?:[A-Z]+ )*" + "PRIVATE KEY-----",
    "AKIA" + r"[0-9A-Z]{16}",
    "gh" + r"[pousr]_[A-Za-z0-9]{36}",
    "xox" + r"[abprs]-[A-Za-z0-9-]{20,}",
    r"\b(?i:secret|password|passwd|token|api_?key)\w*\s*[:=]\s*[\"'][A-Za-z0-9+/=_\-]{32,}[\"']",
)


@dataclasses.dataclass(frozen=True)
class Finding:
    """What was found, in words, and the file and line (1 = first) that hold it."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("names a package registry", re.compile("|".join(re.escape(host) for host in REGISTRIES))),
    ("names a folder of one machine", re.compile(r"(?<![\w.~/-])(?:" + "|".join(FOLDERS) + ")")),
    ("holds what looks like a secret", re.compile("|".join(f"(?:{key})" for key in KEYS))),
)
RESOLVED = re.compile(r'"' + "resolved" + r'"\s*:')


def findings(path: str, text: str) -> Iterator[Finding]:
    """What must not be in a file called `path` that holds `text`."""
    for number, line in enumerate(text.splitlines(), start=1):
        for what, pattern in RULES:
            if pattern.search(line):
                yield Finding(path, number, what)
        if Path(path).name == "package-lock.json" and RESOLVED.search(line):
            yield Finding(path, number, "says where a package was fetched from")


def tracked(root: Path) -> list[str]:
    """Files of the repository, those not yet added included and ignored ones left out."""
    told = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return sorted({name for name in told.stdout.split("\0") if name and (root / name).is_file()})


def main() -> int:
    found: list[Finding] = []
    for name in tracked(ROOT):
        content = (ROOT / name).read_bytes()
        if b"\0" not in content[:8000]:
            found += findings(name, content.decode("utf-8", errors="replace"))
    for finding in found:
        print(finding, file=sys.stderr)
    if found:
        print(f"{len(found)} lines must not be tracked; nothing was changed.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
