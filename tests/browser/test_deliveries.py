"""A data engineer's day: a dirty file from upload to correction, and a delivery taken back again."""

from __future__ import annotations

import csv
import datetime
import re
import subprocess

import duckdb
import pytest
from playwright.sync_api import expect
from tests.browser.conftest import KINFOLD, _environment

HEADER = (
    "PPN_REF", "LINE", "INCIDENT_DATE", "GRADE", "LOCATION", "ROLE", "FORENAME", "SURNAME", "DOB", "SEX", "ADDRESS",
    "POSTCODE",
)  # fmt: skip
ENGINEER = "Data engineer"
A_MINUTE = 60_000
TODAY = datetime.date.today()


def line(number: int, **changed: str) -> dict[str, str]:
    made = {
        "PPN_REF": f"PPN99{number:05d}", "LINE": "1", "INCIDENT_DATE": f"{TODAY:%d/%m/%Y}", "GRADE": "High",
        "LOCATION": "DWELLING", "ROLE": "C", "FORENAME": "Nobody", "SURNAME": "Atall", "DOB": "03/04/2015", "SEX": "F",
        "ADDRESS": "1 Nowhere Row", "POSTCODE": "ZZ1 1ZZ",
    }  # fmt: skip
    return made | changed


def written(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def a_child(council):
    """A child on the social worker's list: name, birth date, sex and address as the snapshot has them."""
    name = council.as_a("Social worker").label.partition(": ")[2]
    staff = (council.home / "truth" / "staff.json").as_posix()
    rows = duckdb.sql(f"""
        select p.forename, p.surname, p.birth_on, p.sex, p.address_lines, p.postcode, p.person_id
        from '{council.live}/worklist_row.parquet' w join '{council.live}/people.parquet' p using (person_id)
        where w.owner_ref = (select agency || '/' || staff_ref from read_json('{staff}') where name = '{name}')
          and p.birth_on < current_date - interval 3 year and p.postcode is not null and p.address_lines is not null
          and not p.is_address_withheld and not p.is_restricted
          -- whose records are not in two parts, of which the notice might join the other
          and not exists (from '{council.live}/people.parquet' q where q.person_id <> p.person_id
            and q.birth_on = p.birth_on and lower(q.forename) = lower(p.forename))
        order by w.rank limit 1
    """).fetchall()
    assert rows, "The social worker has no child of three or more with an address."
    forename, surname, born, sex, address, postcode, person_id = rows[0]
    of_child = {
        "FORENAME": forename, "SURNAME": surname, "DOB": f"{born:%d/%m/%Y}", "SEX": sex or "", "ADDRESS": address,
        "POSTCODE": postcode,
    }  # fmt: skip
    return person_id, of_child


def run(council) -> None:
    done = subprocess.run(
        [str(KINFOLD), "run", "--home", str(council.home)], capture_output=True, text=True, env=_environment()
    )
    assert done.returncode == 0, done.stdout + done.stderr


def loaded(page) -> None:
    """Load what was checked, and wait until it is."""
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_role("heading", name="Loaded", exact=True)).to_be_visible(timeout=A_MINUTE)


def upload(page, path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="Checked, and not loaded yet")).to_be_visible(timeout=A_MINUTE)


@pytest.mark.timeout(900)
def test_a_dirty_file_from_upload_to_correction_and_back(
    page, new_page, sign_in, accessible, picture, council, a_child, tmp_path
):
    person_id, of_child = a_child
    rows = [line(number) for number in range(1, 20)]
    rows[3]["INCIDENT_DATE"] = rows[8]["INCIDENT_DATE"] = "31/02/2026"
    rows[5]["GRADE"] = "Dreadful"
    rows[0] |= of_child
    dirty = written(tmp_path / "PPN_DA_export.csv", rows)

    sign_in(page, ENGINEER)
    expect(page.get_by_role("heading", name="Deliveries", level=1)).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile("^Silent"))).not_to_have_count(0)
    accessible(page)
    picture(page, "deliveries")

    page.get_by_role("button", name="Upload files").click()
    accessible(page)
    picture(page, "deliveries-upload")
    upload(page, dirty)
    expect(page.get_by_text("19 rows came: 16 understood, 3 set aside")).to_be_visible()
    accessible(page)
    picture(page, "deliveries-checked")

    loaded(page)
    accessible(page)
    page.get_by_role("link", name="See the delivery").click()
    expect(page.get_by_role("row", name=re.compile("^Events 16"))).to_be_visible(timeout=A_MINUTE)
    accessible(page)
    picture(page, "deliveries-delivery")
    where = page.url

    page.get_by_role("button", name="See the rows set aside").click()
    expect(page.get_by_role("cell", name="hidden", exact=True)).not_to_have_count(0)
    assert "Atall" not in page.locator("main").inner_text()
    accessible(page)
    picture(page, "deliveries-set-aside")
    page.get_by_label("Why do you need to see").fill("Ringing the police about row 4")
    page.get_by_role("button", name="Show names and identifiers").click()
    expect(page.get_by_role("cell", name="Atall", exact=True)).to_have_count(3)
    accessible(page)

    page.get_by_label("CSV, this part alone").check()
    page.get_by_label("What is it for?").fill("For the police to put right")
    with page.expect_download() as given:
        page.get_by_role("button", name="Make the file").click()
    right = tmp_path / "right.csv"
    text = given.value.path().read_text(encoding="utf-8-sig")
    right.write_text(text.replace("31/02/2026", "02/03/2026").replace("Dreadful", "High", 1), encoding="utf-8")
    page.goto(where)
    page.get_by_role("button", name="Upload a correction").click()
    accessible(page)
    upload(page, right)
    loaded(page)
    page.goto(where)
    expect(page.get_by_text("All 3 rows that were set aside have been settled by corrections.")).to_be_visible()

    run(council)
    worker = sign_in(new_page(), "Social worker")
    worker.goto(f"/children/{person_id}/")
    told = worker.locator(".moj-timeline__item", has_text=where.rstrip("/").rpartition("/")[2])
    expect(told.filter(has_text=re.compile("domestic abuse", re.IGNORECASE)).first).to_be_visible()
    expect(told.filter(has_text=f"{TODAY.day} {TODAY:%B %Y}").first).to_be_visible()

    page.get_by_role("button", name="Withdraw").click()
    accessible(page)
    picture(page, "deliveries-withdraw")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("alert").get_by_text("Say why the delivery is withdrawn.")).to_be_visible()
    page.get_by_label("Why is it withdrawn?").fill("Made up to try the page")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Withdrawn. The next run leaves it out.")).to_be_visible()
    accessible(page)

    run(council)
    worker.goto(f"/children/{person_id}/")
    expect(worker.locator("#timeline")).to_be_visible()
    expect(told).to_have_count(0)


FOCUSED = """() => {
    const it = document.activeElement;
    return ["A", "BUTTON", "INPUT"].includes(it.tagName) ? it.innerText || it.labels?.[0]?.innerText : "";
}"""


def tab_to(page, name: str) -> None:
    """Press Tab until what has the focus reads `name`."""
    for _ in range(120):
        page.keyboard.press("Tab")
        said = page.evaluate(FOCUSED)
        if re.search(name, said or ""):
            return
    pytest.fail(f"The keyboard never comes to {name}.")


def test_by_keyboard_alone_a_file_that_is_nobodys_is_refused_in_words(page, sign_in, accessible, tmp_path):
    nobodys = tmp_path / "what.csv"
    nobodys.write_text("WHAT,IS,THIS\n1,2,3\n", encoding="utf-8")
    sign_in(page, ENGINEER)
    tab_to(page, "^Upload files$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/upload/")
    with page.expect_file_chooser() as chooser:
        tab_to(page, "Choose files")
        page.keyboard.press("Enter")
    chooser.value.set_files(nobodys)
    tab_to(page, "^Upload and check$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Refused", exact=True)).to_be_visible(timeout=A_MINUTE)
    expect(page.get_by_role("heading", name=re.compile("Files nobody knows"))).to_be_visible()
    accessible(page)


def test_an_upload_without_script_and_one_that_says_too_little(new_page, sign_in, accessible, tmp_path):
    page = sign_in(new_page(script=False), ENGINEER)
    page.get_by_role("link", name="Upload files").or_(page.get_by_role("button", name="Upload files")).click()
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("alert").get_by_text("Select at least one file.")).to_be_visible()
    file = written(tmp_path / "PPN_DA_export.csv", [line(number) for number in range(50, 55)])
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()
    checked = page.get_by_role("heading", name="Checked, and not loaded yet")
    again = page.get_by_role("link", name="See how far it is")
    for _ in range(60):
        expect(checked.or_(again).first).to_be_visible()
        if checked.count():
            break
        page.wait_for_timeout(1_000)
        again.click()
    expect(checked).to_be_visible()


def test_on_a_narrow_screen_nothing_sticks_out(new_page, sign_in, accessible):
    page = sign_in(new_page("narrow"), ENGINEER)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
