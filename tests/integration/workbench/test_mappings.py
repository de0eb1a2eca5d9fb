"""A mapping from a file to the area's folder: proposed, corrected, tried, read by a second person, put there."""

from __future__ import annotations

import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.integration.workbench.conftest import text
from tests.unit.feeds.propose.seen import SEEN

from kinfold.governance.models import AuditEntry
from kinfold.operations import intake, proposals, receipts
from kinfold.workbench.mappings import queries
from kinfold.workbench.mappings.models import MappingProposal

pytestmark = pytest.mark.slow

ROOT = "/workbench/mappings/"
NAMES = ("Okafor", "Nowak", "Byrne", "Amira", "Jakub", "Mill Lane", "ZZ1")


@pytest.fixture
def example(tmp_path):
    return SEEN[0].write(tmp_path).read_bytes()


@pytest.fixture
def begun(engineer, example):
    """The address of a mapping begun from a file of early help episodes."""
    given = {"upload": SimpleUploadedFile("eh.csv", example), "label": "Family hub cases", "supplier": "Family hubs"}
    answer = engineer.post(f"{ROOT}new/", given)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return answer["Location"]


@pytest.fixture
def colleague(served, person, signed_in):
    return signed_in(person("matcher", display_name="Tom Reid"))


def given_by(begun) -> MappingProposal:
    found = queries.latest(begun.rstrip("/").rsplit("/", 1)[1])
    assert found is not None
    return found


def column_at(begun, name: str) -> str:
    part = proposals.from_dict(given_by(begun).sketch).parts[0]
    return f"{begun}parts/0/columns/{[column.name for column in part.columns].index(name)}/"


def test_a_file_is_shown_by_its_columns_and_never_by_its_cells(engineer, begun):
    page = text(engineer.get(begun))
    assert "19 columns of the file" in page
    assert re.search(r"Child DOB.*99\.99\.9999.*Date of birth.*of the child", page)
    assert "free text may hold anything about anybody" in page
    stored = given_by(begun)
    for secret in NAMES:
        assert secret not in page
        assert secret not in stored.toml + str(stored.sketch)
    assert AuditEntry.objects.filter(action="mapping.changed").count() == 1


def test_a_stranger_gets_the_page_that_is_not_there(served, person, signed_in, begun):
    stranger = signed_in(person("practitioner"))
    for address in (
        ROOT,
        f"{ROOT}new/",
        begun,
        f"{begun}read/",
        f"{begun}feed.toml",
        f"{begun}parts/0/",
        f"{begun}text/",
    ):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"{begun}try/").status_code == 404


def test_trying_counts_rows_and_shows_shapes(engineer, begun):
    engineer.post(f"{begun}try/")
    page = text(engineer.get(begun))
    assert "160 rows came: 160 understood, 0 set aside" in page
    assert "People: 248 rows, the first masked" in page
    assert not any(secret in page for secret in NAMES)


def test_a_column_corrected_is_a_version_and_can_be_undone(engineer, begun):
    address = column_at(begun, "Presenting Need")
    assert "What is Presenting Need?" in text(engineer.get(address))
    answer = engineer.post(address, {"meaning": "unread", "also_meaning": "unread"})
    assert answer["Location"] == begun
    assert given_by(begun).version == 2
    assert '"Presenting Need" = "somebody said it is not read"' in given_by(begun).toml
    page = text(engineer.get(begun))
    assert "Changed: Presenting Need: not read." in page
    engineer.post(f"{begun}undo/")
    assert given_by(begun).version == 1
    assert 'detail = { column = "Presenting Need" }' in given_by(begun).toml
    engineer.post(f"{begun}undo/")
    assert given_by(begun).version == 1


def test_a_column_can_go_to_two_places_and_new_codes_are_looked_up(engineer, begun):
    start = column_at(begun, "Start Date")
    engineer.post(start, {"meaning": "start", "also_meaning": "address_from", "also_person": "child"})
    toml = given_by(begun).toml
    assert toml.count('from_on = { column = "Start Date" }') == 4  # work, who holds it, and two homes
    engineer.post(column_at(begun, "Locality Team"), {"meaning": "rating", "also_meaning": "unread"})
    use = given_by(begun).sketch["parts"][0]["columns"][16]["uses"][0]
    assert sorted(use["codes"]) == [["North", "null"], ["South", "null"]]
    page = text(engineer.get(column_at(begun, "Locality Team")))
    assert "Its codes" in page


def test_what_a_row_is_can_be_changed_and_what_cannot_be_is_said_with_what_was_typed(engineer, begun):
    address = f"{begun}parts/0/"
    said = {"row_id": ["Episode ID"], "stage": "caseload", "agency": "health", "event_kind": "", "role_0": "child",
            "role_1": "adult", "tie_1": "carer"}  # fmt: skip
    assert engineer.post(address, said).status_code == 302
    toml = given_by(begun).toml
    assert 'stage = { constant = "caseload" }' in toml
    assert 'kind = { constant = "carer" }' in toml
    page = text(engineer.post(address, said | {"row_id": [], "stage": "supervision"}))
    assert "Select at least one column." in page
    assert 'value="supervision" selected' in page
    assert given_by(begun).version == 2


def test_only_some_rows_can_be_mapped(engineer, begun):
    part = proposals.from_dict(given_by(begun).sketch).parts[0]
    coded = next(column for column in part.columns if any(use.codes for use in column.uses))
    value = next(use for use in coded.uses if use.codes).codes[0][0]
    engineer.post(f"{begun}try/")
    whole = given_by(begun).tried["shown"]
    sent = {"row_id": list(part.row_id), "stage": part.stage, "agency": part.agency, "event_kind": part.event_kind}
    sent |= {f"role_{n}": one.role for n, one in enumerate(part.people)}
    sent |= {f"tie_{n}": one.tie for n, one in enumerate(part.people) if n}
    empty = engineer.post(f"{begun}parts/0/", sent | {"only": coded.name, "only_how": "is", "only_is": " "})
    assert "Enter the values, one on each line." in text(empty)
    done = engineer.post(f"{begun}parts/0/", sent | {"only": coded.name, "only_how": "is", "only_is": value})
    assert done.status_code == 302
    engineer.post(f"{begun}try/")
    tried = given_by(begun).tried
    people = {one["table"]: one["count"] for one in tried["shown"]}
    assert 0 < people["person"] < {one["table"]: one["count"] for one in whole}["person"]
    assert tried["rows_in"] == tried["rows_mapped"] + tried["rows_set_aside"]
    assert "Not every row is mapped" in text(engineer.get(begun))


def test_the_text_of_a_mapping_is_changed_under_the_same_checks(engineer, colleague, begun):
    before = given_by(begun)
    page = engineer.get(f"{begun}text/")
    assert "[[part.row]]" in text(page)
    for wrong, said in (("label =", "Nothing can be mapped this way"), (before.toml, "Nothing differs")):
        assert said in text(engineer.post(f"{begun}text/", {"toml": wrong}))
    assert given_by(begun) == before
    condition = '  when = { column = "Child DOB", present = true }\n'
    lines = before.toml.splitlines(keepends=True)
    first = next(n for n, line in enumerate(lines) if "[[part.row]]" in line)
    lines[first + 1] += "" if "when" in lines[first + 2] else condition
    assert engineer.post(f"{begun}text/", {"toml": "".join(lines)}).status_code == 302
    assert given_by(begun).is_text
    engineer.post(f"{begun}try/")
    assert given_by(begun).tried["rows_mapped"] > 0
    assert engineer.get(f"{begun}parts/0/").status_code == 404
    assert "Written as text" in text(engineer.get(begun))
    engineer.post(f"{begun}undo/")
    assert given_by(begun) == before
    assert engineer.get(f"{begun}parts/0/").status_code == 200


def read(begun, **said):
    """What the page of a reader sends: the version it showed, and what they say of it."""
    return {"version": given_by(begun).version, **said}


def test_nobody_approves_their_own_and_a_colleague_does_with_a_reason(engineer, colleague, begun):
    engineer.post(f"{begun}propose/")
    assert given_by(begun).state == "proposed"
    assert engineer.get(f"{begun}read/").status_code == 404
    assert engineer.get(column_at(begun, "Start Date")).status_code == 404
    assert "Select whether the mapping is right." in text(colleague.post(f"{begun}read/", read(begun)))
    opened = read(begun, decision="reject", reason="The team is missing")
    colleague.post(f"{begun}read/", opened)
    assert given_by(begun).state == "rejected"
    assert "Sent back by Tom Reid: The team is missing" in text(engineer.get(begun))
    engineer.post(column_at(begun, "Locality Team"), {"meaning": "team", "also_meaning": "unread"})
    engineer.post(f"{begun}propose/")
    stale = colleague.post(f"{begun}read/", opened | {"decision": "approve"}, follow=True)
    assert "another version now" in text(stale) and given_by(begun).state == "proposed"
    colleague.post(f"{begun}read/", read(begun, decision="approve", reason="Checked with the supplier"))
    assert given_by(begun).state == "approved"
    told = [one.action for one in AuditEntry.objects.filter(action__startswith="mapping.").order_by("number")]
    assert told == ["mapping.changed", "mapping.proposed", "mapping.rejected", "mapping.changed", "mapping.proposed",
                    "mapping.approved"]  # fmt: skip


@pytest.fixture
def approved(engineer, colleague, begun):
    engineer.post(f"{begun}propose/")
    colleague.post(f"{begun}read/", read(begun, decision="approve", reason="Checked with the supplier"))
    return begun


def test_an_approved_mapping_is_put_into_the_folder_once_and_replaced_only_knowingly(engineer, served, approved):
    path = served.area / "feeds" / "family_hub_cases.toml"
    assert "It becomes" in text(engineer.get(f"{approved}place/"))
    assert not path.exists()
    engineer.post(f"{approved}place/")
    assert path.read_text(encoding="utf-8") == given_by(approved).toml
    at = datetime.datetime(2025, 6, 3, tzinfo=datetime.UTC)
    assert intake.feeds_for(served, at=at)["family_hub_cases"].agreement is None

    path.write_text("# changed by hand\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    page = text(engineer.get(f"{approved}place/"))
    assert "-# changed by hand" in page
    refused = text(engineer.post(f"{approved}place/"))
    assert "is there already and says something else" in refused
    assert path.read_text(encoding="utf-8").startswith("# changed by hand")
    engineer.post(f"{approved}place/", {"may_replace": "on"})
    assert path.read_text(encoding="utf-8") == given_by(approved).toml


def test_it_is_given_out_as_a_file(engineer, begun):
    answer = engineer.get(f"{begun}feed.toml")
    assert answer.content.decode() == given_by(begun).toml
    assert 'filename="family_hub_cases.toml"' in answer["Content-Disposition"]


def test_an_example_is_no_delivery_and_goes_after_a_week(engineer, served, begun):
    receipt_id = given_by(begun).receipt_id
    assert [one for one in intake.states(served) if one.receipt_id == receipt_id] == []
    came = receipts.get(served, receipt_id).at.date()
    assert intake.recover(served, at=receipts.get(served, receipt_id).at).again == 0
    assert proposals.forget_old(served, on=came + datetime.timedelta(days=7)) == 0
    assert proposals.forget_old(served, on=came + datetime.timedelta(days=8)) == 1
    assert proposals.example_path(served, receipt_id) is None
    engineer.post(f"{begun}try/")
    page = text(engineer.get(begun))
    assert "The example is no longer kept" in page


def test_a_file_that_cannot_be_read_leaves_nothing_and_keeps_what_was_typed(engineer, served):
    given = {"upload": SimpleUploadedFile("x.csv", b"1,2,3\n4,5,6\n"), "label": "Family hub cases", "supplier": "Hubs"}
    page = text(engineer.post(f"{ROOT}new/", given))
    assert "no table with a row of column names" in page
    assert 'value="Family hub cases"' in page
    assert not list((served.folder / "receipts").glob("*/files"))
    assert MappingProposal.objects.count() == 0
