"""A file of a shape nobody has met, from the mapping screen to a loaded delivery, with everybody it needs."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import KINFOLD, Council, SignIn, _environment, serving
from tests.unit.feeds.propose.seen import SEEN

from kinfold.operations.home import shipped_area

A_MINUTE = 60_000
ENGINEER, GOVERNANCE = "Data engineer", "Information governance lead"


@pytest.fixture(scope="module")
def council(council: Council, tmp_path_factory: pytest.TempPathFactory) -> Council:
    """A council of its own: this journey writes into the area's folder. Two of each role work here."""
    place = tmp_path_factory.mktemp("mapped")
    home, area = place / "home", place / "area"
    shutil.copytree(council.home, home)
    shutil.copytree(shipped_area(), area)
    settings = home / "home.toml"
    settings.write_text(re.sub(r"(?m)^area = .*$", f'area = "{area.as_posix()}"', settings.read_text(encoding="utf-8")))
    people = [
        _added(home, "second-engineer", "Tom Reid", "matcher"),
        _added(home, "second-lead", "Ines Roy", "governance_lead"),
    ]
    return dataclasses.replace(council, home=home, sign_ins=(*council.sign_ins, *people))


def _added(home: Path, username: str, name: str, role: str) -> SignIn:
    command = [str(KINFOLD), "users", "add", username, "--name", name, "--role", role, "--made", "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, env=_environment())
    assert done.returncode == 0, done.stdout + done.stderr
    password = re.search(r"Password: (.+)", done.stdout)
    assert password is not None
    return SignIn(username, username, password[1])


@pytest.fixture(scope="module")
def service(council: Council, tmp_path_factory: pytest.TempPathFactory):
    with serving(council.home, tmp_path_factory.mktemp("service") / "log") as address:
        yield address


@pytest.mark.timeout(900)
def test_a_file_of_an_unknown_shape_until_it_is_loaded(new_page, sign_in, accessible, picture, tmp_path):
    file = SEEN[0].write(tmp_path)
    page = sign_in(new_page(), ENGINEER)
    page.get_by_role("link", name="Mappings").click()
    expect(page.get_by_text("Nobody has begun a mapping yet.")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Start from a file").click()
    accessible(page)
    picture(page, "mapping-new")
    page.get_by_role("button", name="Propose a mapping").click()
    expect(page.get_by_role("alert").get_by_text("Select a file.")).to_be_visible()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("What is the feed called?").fill("Family hub cases")
    page.get_by_label("Who sends it?").fill("Saltmarsh Council, Family hubs")
    page.get_by_role("button", name="Propose a mapping").click()

    expect(page.get_by_role("heading", name="Family hub cases", level=1)).to_be_visible(timeout=A_MINUTE)
    expect(page.get_by_role("row", name=re.compile("^Child DOB.*99\\.99\\.9999.*Date of birth"))).to_be_visible()
    accessible(page)
    picture(page, "mapping-proposed")
    where = page.url

    page.get_by_role("link", name="Change Presenting Need").click()
    accessible(page)
    picture(page, "mapping-column")
    page.get_by_label("What is it?", exact=True).select_option(label="It is not read")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_text("Changed: Presenting Need: not read.")).to_be_visible()
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.get_by_text("Undone: Presenting Need: not read.")).to_be_visible()
    page.get_by_role("link", name="Change what a row is").click()
    accessible(page)
    page.get_by_label("What is the mother to the child?").select_option("carer")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_text("Changed: What a row is.")).to_be_visible()

    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("160 rows came: 160 understood, 0 set aside.")).to_be_visible(timeout=A_MINUTE)
    accessible(page)
    picture(page, "mapping-tried")
    page.get_by_role("button", name="Save for review").click()
    expect(page.get_by_text("has to read it")).to_be_visible()

    colleague = sign_in(new_page(), "second-engineer")
    colleague.goto(where)
    colleague.get_by_role("button", name="Read and decide").click()
    accessible(colleague)
    picture(colleague, "mapping-read")
    colleague.get_by_label("Yes, approve it").check()
    colleague.get_by_label("Why?").fill("Read against the supplier’s list of columns")
    colleague.get_by_role("button", name="Write it down").click()
    accessible(colleague)

    page.goto(where)
    page.get_by_role("button", name="Put it into the area’s folder").click()
    accessible(page)
    page.get_by_role("button", name="Put it there").click()
    expect(page.get_by_text("family_hub_cases.toml is in the area’s folder now.")).to_be_visible()

    upload(page, file)
    expect(page.get_by_role("heading", name="Refused", level=1)).to_be_visible(timeout=A_MINUTE)
    expect(page.get_by_text("the register has no data sharing agreement for it").first).to_be_visible()
    agree(sign_in(new_page(), GOVERNANCE), sign_in(new_page(), "second-lead"))
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_role("heading", name="Checked, and not loaded yet")).to_be_visible(timeout=A_MINUTE)
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_role("heading", name="Loaded", level=1)).to_be_visible(timeout=A_MINUTE)
    expect(page.get_by_text("160 rows came: 160 understood, 0 set aside")).to_be_visible()
    accessible(page)
    picture(page, "mapping-loaded")


def upload(page, file: Path) -> None:
    page.goto("/workbench/deliveries/upload/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()


def agree(lead, second) -> None:
    """One lead enters the agreement; another writes down that it was approved."""
    fields = [header for header, _, _ in SEEN[0].columns]
    lead.goto("/agreements/family_hub_cases/enter/")
    for label, text in (
        ("Reference", "DSA-77"),
        ("Parties and what each is", "Saltmarsh Council: controller"),
        ("Purposes", "safeguarding"),
        ("Lawful basis", "UK GDPR 6(1)(e) public task"),
        ("Impact assessment reference", "DPIA-77"),
        ("Columns that may be kept", "\n".join(fields)),
        ("Months it is kept", "84"),
        ("Why is this entered?", "The family hubs’ cases are mapped now"),
    ):
        lead.get_by_label(label, exact=True).fill(text)
    lead.get_by_role("radio", name="No").check()
    lead.get_by_label("Data protection officer").check()
    for name, day in (("from_", ("1", "4", "2023")), ("to", ("31", "3", "2035"))):
        for part, value in zip(("day", "month", "year"), day, strict=True):
            lead.locator(f"input[name={name}-{part}]").fill(value)
    lead.get_by_role("button", name="Enter it").click()
    second.goto("/agreements/family_hub_cases/approve/")
    second.get_by_label("Data protection officer").check()
    second.get_by_label("Where is the signed approval kept?").fill("Signed copy, reference 2026/77")
    second.get_by_role("button").filter(has_text="Record the approval").click()
