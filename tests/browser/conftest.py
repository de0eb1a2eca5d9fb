"""
A real council of a few hundred children, served for real, looked at through a real Chromium.

The council is made once by the command a newcomer runs, and everything a test does, it does through the page.
KINFOLD_SCREENSHOTS=1 also writes the pictures of the README into docs/screenshots. KINFOLD_BROWSER_HOME=DIR looks at
a demonstration made before (a copy that no test has used yet) instead of making one, which saves a minute.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
KINFOLD = Path(sys.executable).with_name("kinfold")
PICTURES = ROOT / "docs" / "screenshots"
SIZES = {"wide": {"width": 1280, "height": 1000}, "narrow": {"width": 390, "height": 844}}
# Pictures are taken of the council that `make demo` makes, so that a newcomer meets the same people.
CHILDREN, SEED = (6_000, 1) if os.environ.get("KINFOLD_SCREENSHOTS") else (300, 7)
STARTS_WITHIN_SECONDS = 60
STOPS_WITHIN_SECONDS = 60
PORTS_TRIED = 3
PATIENCE = 15_000  # milliseconds: other tests keep the machine busy meanwhile
expect.set_options(timeout=PATIENCE)
QUIET = [
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--force-color-profile=srgb",
]  # fmt: skip


@dataclasses.dataclass(frozen=True)
class SignIn:
    """As `kinfold demo` prints it; `label` is the role in words and who it is, such as Team manager: Ann Example."""

    label: str
    username: str
    password: str


@dataclasses.dataclass(frozen=True)
class Council:
    """The demonstration council's live data, and who can sign in to it."""

    home: Path
    sign_ins: tuple[SignIn, ...]

    def as_a(self, label: str) -> SignIn:
        return next(person for person in self.sign_ins if person.label.partition(":")[0] == label)

    @property
    def live(self) -> Path:
        """The folder of the snapshot that is live: the names of one day's say nothing of which came last."""
        run_id = json.loads((self.home / "lake" / "live.json").read_text(encoding="utf-8"))["run_id"]
        return self.home / "lake" / "snapshots" / str(run_id)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser journeys share one council and one server, so that they run one after another in one process."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(300))


def _environment() -> dict[str, str]:
    # The council of these tests is on SQLite, whatever database the rest of the suite is run on.
    return {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "KINFOLD_HOME")}


@pytest.fixture(scope="session")
def council(tmp_path_factory: pytest.TempPathFactory) -> Council:
    if made_before := os.environ.get("KINFOLD_BROWSER_HOME"):
        return _council(Path(made_before))
    home = tmp_path_factory.mktemp("council") / "home"
    command = [str(KINFOLD), "demo", "--no-serve", "--children", str(CHILDREN), "--seed", str(SEED)]
    made = subprocess.run([*command, "--home", str(home)], capture_output=True, text=True, env=_environment())
    assert made.returncode == 0, f"kinfold demo refused:\n{made.stdout}\n{made.stderr}"
    return _council(home)


def _council(home: Path) -> Council:
    people = json.loads((home / "sign-ins.json").read_text(encoding="utf-8"))
    return Council(home, tuple(SignIn(one["label"], one["username"], one["password"]) for one in people))


@pytest.fixture(scope="session")
def service(council: Council, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running service."""
    with serving(council.home, tmp_path_factory.mktemp("service") / "log") as address:
        yield address


@contextlib.contextmanager
def serving(home: Path, log: Path) -> Iterator[str]:
    """Serve a home as `kinfold serve` does, while the block runs; gives its address."""
    for _ in range(PORTS_TRIED):
        port = _free_port()
        command = [str(KINFOLD), "serve", "--home", str(home), "--port", str(port)]
        with log.open("w") as out:
            running = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=_environment())
        try:
            if _answers(f"http://127.0.0.1:{port}/", running):
                yield f"http://127.0.0.1:{port}"
                return
            if running.poll() is None:
                break
            # It ended by itself: another process may have taken the port between our looking and its listening.
        finally:
            running.terminate()
            running.wait(timeout=STOPS_WITHIN_SECONDS)
    pytest.fail(f"The service did not answer within {STARTS_WITHIN_SECONDS} seconds:\n{log.read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(address: str, running: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline and running.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  our own address
                return True
        except urllib.error.HTTPError:
            return True  # it answers, if only to ask who is there
        except OSError:
            time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = subprocess.run([sys.executable, str(ROOT / "tools" / "browser.py")], capture_output=True, text=True)
    if found.returncode != 0:
        pytest.fail(found.stderr.strip())
    # Chromium refuses its own sandbox to root.
    as_root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=[*QUIET, *as_root])
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, service: str) -> Iterator[Callable[..., Page]]:
    """
    Makes a page nobody is signed in on: `new_page()`, `new_page("narrow")`, `new_page(script=False)`.

    A script error or a refusal by the content security policy on any page fails the test when it ends.
    """
    contexts, complaints = [], []

    def note(message: str) -> None:
        if "Failed to load resource" not in message:  # a 404 a test asked for
            complaints.append(message)

    def make(size: str = "wide", *, script: bool = True) -> Page:
        context = chromium.new_context(
            base_url=service, viewport=SIZES[size], locale="en-GB", java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda said: note(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: note(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints, "The browser complained:\n" + "\n".join(complaints)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


def enter(page: Page, person: SignIn) -> None:
    """Sign a page in, and wait until the first page of that person has come whole."""
    page.goto("/")
    page.locator("input[name=username]").fill(person.username)
    page.locator("input[name=password]").fill(person.password)
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    expect(page.locator("input[name=password]"), f"{person.label} could not sign in.").to_have_count(0)
    page.wait_for_load_state()


@pytest.fixture
def sign_in(council: Council) -> Callable[[Page, str], Page]:
    """Signs a page in as somebody that `kinfold demo` printed: `sign_in(page, "Social worker")`."""

    def do(page: Page, label: str) -> Page:
        person = council.as_a(label.partition(":")[0])
        enter(page, person)
        return page

    return do


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Asserts that axe finds nothing wrong with the page (WCAG 2.2 A and AA, and its best practices)."""

    def check(page: Page) -> None:
        page.wait_for_load_state()  # half a page has no end of faults
        violations = Axe().run(page).response["violations"]
        told = [f"{v['id']} ({v['impact']}): {v['help']}\n" + _places(v["nodes"]) for v in violations]
        assert not violations, f"{page.title()}: axe found {len(violations)} violations\n" + "\n".join(told)

    return check


def _places(nodes: list[dict[str, object]]) -> str:
    return "\n".join(f"    {node['target']}" for node in nodes[:5])


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Writes docs/screenshots/<name>.png of the page, when KINFOLD_SCREENSHOTS asks for pictures."""

    def take(page: Page, name: str) -> None:
        assert re.fullmatch(r"[a-z-]+", name)
        if os.environ.get("KINFOLD_SCREENSHOTS"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}.png", full_page=False)

    return take
