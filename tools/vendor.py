"""
Fetch the styles and scripts at the versions of package-lock.json, clean them, and collect them for serving.

    .venv/bin/python tools/vendor.py

GOV.UK Frontend and MOJ Frontend come from npm (`tools/node.py` puts a Node on the path, the PyPI wheel's where the
machine has none), htmx from the django-htmx package. What was learnt the hard way is asserted here: addresses of
assets are relative, source maps are not asked for, and no font, crest, crown or logo of GOV.UK is shipped, because
those are licensed to GOV.UK services alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDORED = ROOT / "src" / "kinfold" / "web" / "vendored"
STATIC = VENDORED / "static"

GOVUK = MODULES / "govuk-frontend" / "dist" / "govuk"
MOJ = MODULES / "@ministryofjustice" / "frontend" / "moj"
FONTS = '-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif'
NOT_OURS = re.compile(r"crown|crest|logotype|opengraph|apple-touch|favicon|govuk-icon", re.IGNORECASE)
ASSET = re.compile(r"url\(\"?(?P<path>[^)\"]+)\"?\)")


class UnableToVendor(Exception):
    """The front-end assets could not be set up; the message says what to do."""


def fetch() -> None:
    """Run `npm ci`. Raises UnableToVendor when there is no npm or it fails."""
    npm = shutil.which("npm")
    if npm is None:
        raise UnableToVendor("npm is not on the path. Run `make setup`, which finds or fetches one.")
    if subprocess.call([npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=ROOT, stdout=sys.stderr) != 0:
        raise UnableToVendor("npm could not fetch the front-end packages. Check the connection and run it again.")


def styles(source: Path, target: Path) -> None:
    """Copy a style sheet with addresses made relative, source map, foreign fonts and crests taken out."""
    css = source.read_text(encoding="utf-8")
    css = re.sub(r"/\*#\s*sourceMappingURL=.*?\*/", "", css)
    css = re.sub(r"@font-face\{[^}]*GDS Transport[^}]*\}", "", css)
    css = css.replace("GDS Transport,arial,sans-serif", FONTS)
    css = re.sub(r"url\([^)]*govuk-crest[^)]*\)", "none", css)
    css = css.replace("url(/assets/", "url(./assets/")
    _write(target, css)


def script(source: Path, target: Path) -> None:
    _write(target, re.sub(r"//#\s*sourceMappingURL=.*", "", source.read_text(encoding="utf-8")))


def images(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for image in sorted(source.glob("*")):
        if image.suffix in {".svg", ".png"} and not NOT_OURS.search(image.name):
            shutil.copyfile(image, target / image.name)


def vendor() -> None:
    """Lay out `vendored/static` afresh."""
    shutil.rmtree(STATIC, ignore_errors=True)
    styles(GOVUK / "govuk-frontend.min.css", STATIC / "govuk" / "govuk-frontend.min.css")
    script(GOVUK / "govuk-frontend.min.js", STATIC / "govuk" / "govuk-frontend.min.js")
    styles(MOJ / "moj-frontend.min.css", STATIC / "moj" / "moj-frontend.min.css")
    script(MOJ / "moj-frontend.min.js", STATIC / "moj" / "moj-frontend.min.js")
    images(MOJ / "assets" / "images", STATIC / "moj" / "assets" / "images")
    import django_htmx

    htmx = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    script(htmx, STATIC / "htmx" / "htmx-2.min.js")


def check() -> None:
    """Raises UnableToVendor when anything we know to break a page, or may not ship, is in what was laid out."""
    for path in sorted(STATIC.rglob("*")):
        if path.suffix in {".woff", ".woff2", ".map"} or NOT_OURS.search(path.name):
            raise UnableToVendor(f"{path.name} may not be shipped. tools/vendor.py needs mending for this version.")
        if path.suffix in {".css", ".js"}:
            _check_text(path, path.read_text(encoding="utf-8"))


def _check_text(path: Path, text: str) -> None:
    if "sourceMappingURL" in text:
        raise UnableToVendor(f"{path.name} still asks for a source map.")
    if path.suffix != ".css":
        return
    for wrong in ("GDS Transport", "@font-face", "url(/"):
        if wrong in text:
            raise UnableToVendor(f"{path.name} still has {wrong}. tools/vendor.py needs mending for this version.")
    for found in ASSET.finditer(text):
        address = found["path"]
        if not address.startswith("data:") and not (path.parent / address).exists():
            raise UnableToVendor(f"{path.name} asks for {address}, which is not here.")


def collect() -> None:
    """Hash and compress everything for serving: what a browser keeps for ever changes its name when it changes."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "kinfold.web.settings"}
    command = [sys.executable, "-m", "django", "collectstatic", "--noinput", "--clear", "--verbosity", "0"]
    if subprocess.call(command, cwd=ROOT, env=environment) != 0:
        raise UnableToVendor("The front-end assets were fetched and could not be collected. See the lines above.")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def main() -> int:
    try:
        fetch()
        vendor()
        check()
        collect()
    except UnableToVendor as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
