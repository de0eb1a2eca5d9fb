"""
Print the folder that holds `node` and `npm`, version 20 or later, for set-up to put on its path.

The system's own is used where it is new enough. Otherwise Node's PyPI wheel is installed, by hash, into an
environment of its own inside .venv: the product never needs Node to run, only to fetch its front-end assets.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN = Path(sys.prefix) / "node"
OLDEST = 20


class UnableToFindNode(Exception):
    """No Node that is new enough; the message says what to do."""


def system_node() -> Path | None:
    """The folder of the system's Node, when it is new enough and has npm beside it or on the path."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    major = re.match(r"v(\d+)\.", told)
    return Path(node).parent if major and int(major[1]) >= OLDEST else None


def own_node() -> Path:
    """The folder of the wheel's Node, installed first when it is not there yet. Raises UnableToFindNode."""
    scripts = OWN / ("Scripts" if sys.platform == "win32" else "bin")
    if shutil.which("node", path=str(scripts)):
        return scripts
    venv.create(OWN, with_pip=False)
    python = scripts / ("python.exe" if sys.platform == "win32" else "python")
    lock = ROOT / "requirements" / "node.lock.txt"
    uv = Path(sysconfig.get_path("scripts")) / ("uv.exe" if sys.platform == "win32" else "uv")
    if uv.exists():
        fetch = [str(uv), "pip", "sync", "-q", "--require-hashes", "--python", str(python), str(lock)]
    else:
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q"]
        fetch = [*pip, "--require-hashes", "-r", str(lock)]
    if subprocess.call(fetch, stdout=sys.stderr) != 0:
        shutil.rmtree(OWN, ignore_errors=True)
        raise UnableToFindNode(
            f"Kinfold fetches its front-end assets with Node {OLDEST} or later, found none on the path, and could not "
            "install the one from the Python package index. Install Node, then run the same command again."
        )
    return scripts


def main() -> int:
    try:
        print(system_node() or own_node())
    except UnableToFindNode as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
