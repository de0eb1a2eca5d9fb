"""
Find the Chromium or Chrome that the browser tests drive, and print its path.

    .venv/bin/python tools/browser.py              look for one
    .venv/bin/python tools/browser.py --install    look, and fetch one when there is none

KINFOLD_BROWSER says which to use. Otherwise the usual names on the path are tried, then Debian's package (as
root), then Playwright's own download.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
HOW = (
    "The browser tests need Chromium or Chrome, and none was found. Install one, or set KINFOLD_BROWSER to its "
    "path, or leave these tests out with: pytest -m 'not browser'."
)


class UnableToFindBrowser(Exception):
    """There is no browser to drive; the message says what to do."""


def find() -> Path | None:
    """The browser to use; None when there is none. Raises UnableToFindBrowser when KINFOLD_BROWSER is wrong."""
    chosen = os.environ.get("KINFOLD_BROWSER")
    if chosen:
        if not Path(chosen).is_file():
            raise UnableToFindBrowser("KINFOLD_BROWSER does not name a file. Correct it, or remove it.")
        return Path(chosen)
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    for place in PLACES:
        if Path(place).is_file():
            return Path(place)
    return _of_playwright()


def _of_playwright() -> Path | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.is_file() else None


def install() -> Path:
    """Fetch a browser by the first way that works here. Raises UnableToFindBrowser."""
    if shutil.which("apt-get") and getattr(os, "geteuid", lambda: 1)() == 0:
        unasked = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for verb in (["update"], ["install", "-y", "chromium", "fonts-liberation"]):
            subprocess.call(["apt-get", "-qq", *verb], env=unasked, stdout=sys.stderr)
    if (found := find()) is None:
        subprocess.call([sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr)
        found = find()
    if found is None:
        raise UnableToFindBrowser(HOW)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--install", action="store_true", help="fetch one when there is none")
    wanted = parser.parse_args()
    try:
        found = find() or (install() if wanted.install else None)
        if found is None:
            raise UnableToFindBrowser(HOW)
    except UnableToFindBrowser as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
