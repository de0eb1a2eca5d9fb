"""Explained for managers behind the gate, for analysts by pseudonym; whoever is closed to the reader is in no line."""

from __future__ import annotations

import datetime
import json
import re
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from tests.integration import people, snapshot

from kinfold.governance.actions import renew_standings
from kinfold.governance.models import AuditEntry, Restriction
from kinfold.operations import home as homes
from kinfold.operations import pseudonyms
from kinfold.record import published as record
from kinfold.record.models import Overlay

DAY = datetime.date(2026, 3, 3)
AVA = "/workbench/explain/children/AVA/"


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def _line(kind, marker, domain, points):
    return {"person_id": "AVA", "kind": kind, "marker": marker, "domain": domain, "points": points}


def _row(marker, about, source, number, points):
    return {
        "person_id": "AVA", "marker": marker, "about_id": about, "table_name": "event", "source": source,
        "source_id": str(number), "delivery_id": f"{source}-0a1b2c3d4e5f", "part": "rows", "row_number": number,
        "known_from": DAY, "on": DAY, "fades_from": DAY, "points": points,
    }  # fmt: skip


LINES = [
    _line("pressure", "domestic_abuse_at_home", "Trio", 8.0),
    _line("pressure", "closed_child_in_need", "History", 6.0),
    _line("need", "arrears", "Money", 3.0),
]
EVIDENCE = [
    _row("domestic_abuse_at_home", "AVA", "police_domestic_abuse", 1418, 8.0),
    _row("closed_child_in_need", "MUM", "social_care", 7, 6.0),
    _row("arrears", "AVA", "council_tax", 77, 3.0),
]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home whose live snapshot holds Ava's sum, and another of the day before."""
    made = homes.create(tmp_path / "home", area=homes.shipped_area(), is_demonstration=True, on=DAY)
    for run_id, on, lines in (("2026-03-02-0", DAY - datetime.timedelta(days=1), LINES[2:]), ("live", DAY, LINES)):
        folder = made.snapshots / run_id
        folder.mkdir(parents=True)
        shutil.copytree(homes.shipped_area(), folder / "rules")
        pressures = sum(line["points"] for line in lines if line["kind"] == "pressure")
        child = {
            "person_id": "AVA", "band": "priority", "pressures": pressures, "unmet_needs": 3.0,
            "figure": pressures + 1.5, "figure_low": pressures + 1.5, "figure_high": pressures + 3.5,
            "coverage_share": 0.8,
        }  # fmt: skip
        state = [{"person_id": "AVA", "marker": line["marker"], "state": "true", "why_unknown": None} for line in lines]
        state.append({"person_id": "AVA", "marker": "overcrowded", "state": "unknown", "why_unknown": "silent"})
        tables = {"priority_child": [child], "priority_line": lines, "marker_state": state, "marker_evidence": EVIDENCE}
        tables["weighing"] = [{"person_id": "AVA", "band_was": "soon", "days_since_seen": 47}]
        for name, rows in tables.items():
            pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
        described = {"as_at": on.isoformat(), "run_id": run_id, "rules": "ab" * 32}
        (folder / "run.json").write_text(json.dumps(described), encoding="utf-8")
    made.set_live("live")
    monkeypatch.setattr(settings, "HOME", made.folder)
    return made


@pytest.fixture
def published(db, home):
    tables = snapshot.council()
    tables[record.Evidence] = [
        {"person_id": "AVA", "marker": row["marker"], "about_id": row["about_id"], "source": row["source"],
         "delivery_id": row["delivery_id"], "part": row["part"], "row_number": row["row_number"], "agency": "police"}
        for row in EVIDENCE
    ]  # fmt: skip
    made = snapshot.publish(tables)
    renew_standings(rows=snapshot.STANDINGS, run_id=made.run_id, at=snapshot.STANDING_FROM)
    yield made
    snapshot.let_all_go()


@pytest.fixture
def manager(person, signed_in):
    return signed_in(person("team_manager", **people.MANAGER))


def test_a_manager_reads_each_point_with_its_rule_its_row_and_what_is_not_known(published, manager):
    page = text(manager.get(AVA))
    assert "6 + 8 = 14" in page and "14 + half of 3 = 15.5" in page
    assert "8 points, still so, so it has not begun to fade: counts 8" in page
    assert "Row 1,418 of rows" in page and "police_domestic_abuse-0a1b2c3d4e5f" in page
    assert 'rules <span class="kf-number">abababababab' in page and "Rule P1, version" in page
    assert "Too few bedrooms" in page and "has gone silent" in page
    look = AuditEntry.objects.get(action="explain.opened")
    assert (look.person_id, look.entitlement, look.result) == ("AVA", "team", "allowed")


def test_an_earlier_list_is_explained_as_it_stood(published, manager):
    page = text(manager.get(f"{AVA}?as_at=2026-03-02"))
    assert "nothing counts = 0" in page and 'run <span class="kf-number">2026-03-02-0' in page
    assert "6 + 8 = 14" in text(manager.get(f"{AVA}?as_at=1999-01-01"))  # no such list: the live one


def test_what_rests_on_somebody_closed_is_a_figure_without_words(published, manager):
    Restriction.objects.create(
        person_id="MUM", kind="restricted", owner="Head of safeguarding", reason="Staff family",
        from_at=snapshot.STANDING_FROM,
    )  # fmt: skip
    page = text(manager.get(AVA))
    assert "8 + 6 = 14" in page  # it still adds up
    assert "What is not shown to you" in page and "Ask Head of safeguarding" in page
    assert "Was a child in need" not in page and "row 7 " not in page.lower()


def test_what_is_hidden_as_wrong_is_no_line_either(published, manager, person):
    Overlay.objects.create(
        person_id="AVA", record_ref="", source="council_tax", delivery_id="council_tax-0a1b2c3d4e5f", part="rows",
        row_number=77, reason="Paid", by=person(), at=snapshot.MADE_AT, changed_at=snapshot.MADE_AT,
    )  # fmt: skip
    page = text(manager.get(AVA))
    assert "arrears" not in page and "What is not shown to you" in page
    assert "only the live list can be explained" in text(manager.get(f"{AVA}?as_at=2026-03-02"))


@pytest.mark.parametrize("role", ["social_worker", "partner_worker", "matcher", "analyst", "governance_lead"])
def test_nobody_else_opens_a_child_here_and_a_stranger_gets_the_same_page(published, person, signed_in, role):
    client = signed_in(person(role, **(people.WORKER if role == "social_worker" else {})))
    answer = client.get(AVA)
    assert answer.status_code == 404
    assert answer.content == client.get("/workbench/explain/children/NOBODY/").content


def test_a_manager_of_another_team_gets_the_same_404_and_it_is_written_down(published, person, signed_in):
    client = signed_in(person("team_manager", team="Other team", agency="social_care"))
    assert client.get(AVA).content == client.get("/workbench/explain/children/NOBODY/").content
    assert AuditEntry.objects.filter(action="explain.opened", result="refused").count() == 2


def test_an_analyst_sees_the_sum_by_pseudonym_and_never_whose_it_is(published, person, signed_in, home):
    client = signed_in(person("analyst"))
    pseudonym = pseudonyms.pseudonym(home, "AVA")
    assert pseudonym in text(client.get("/workbench/explain/"))
    assert client.post("/workbench/explain/", {"pseudonym": pseudonym.lower()}).headers["Location"] == (
        f"/workbench/explain/{pseudonym}/"
    )
    page = text(client.get(f"/workbench/explain/{pseudonym}/"))
    assert "6 + 8 = 14" in page and "March 2026" in page
    for gone in ("Szyma", "AVA", "1,418", "0a1b2c3d4e5f", "2015", "Staithe"):
        assert gone not in page, gone
    looks = AuditEntry.objects.filter(action="explain.by_pseudonym")
    assert [(look.person_id, look.result) for look in looks] == [("AVA", "allowed")]


def test_an_analyst_is_told_nothing_from_which_a_day_could_be_worked_out(published, person, signed_in, home, manager):
    """Points fade by the day, so that points to two places are a day to whoever can divide."""
    faded = 3.0 * 0.5 ** (45 / 182.62)
    path = home.snapshots / "live" / "marker_evidence.parquet"
    old = DAY - datetime.timedelta(days=45)
    aged = {"points": faded, "on": old, "fades_from": old}
    rows = [row | aged if row["marker"] == "arrears" else row for row in EVIDENCE]
    pq.write_table(pa.Table.from_pylist(rows), path)
    exact = f"{faded:.2f}"

    page = text(manager.get(AVA))
    assert "45 days ago" in page and f"counts {exact}" in page
    page = text(signed_in(person("analyst")).get(f"/workbench/explain/{pseudonyms.pseudonym(home, 'AVA')}/"))
    assert "days ago" not in page and "months ago" not in page and exact not in page
    assert "counts about 2.5" in page and "January 2026" in page


def test_a_place_is_told_by_its_rules_and_when_a_child_was_seen_only_where_nothing_is_kept_back(
    published, person, signed_in, home, manager
):
    page = text(manager.get(AVA))
    for said in (
        "Priority: 8 points or more from 2 domains or more, in a household that this week has room for.",
        "On the list before: Soon.", "each other child for 25%, 10 points at most", "Last seen 47 days before.",
    ):  # fmt: skip
        assert said in page, said
    asked = signed_in(person("analyst")).get(f"/workbench/explain/{pseudonyms.pseudonym(home, 'AVA')}/")
    assert "Last seen about 1 month before." in text(asked) and not re.search(r"\b47\b", text(asked))
    Restriction.objects.create(
        person_id="MUM", kind="restricted", owner="Head of safeguarding", reason="Staff family",
        from_at=snapshot.STANDING_FROM,
    )  # fmt: skip
    assert "Last seen" not in text(manager.get(AVA))


def test_a_run_that_kept_less_is_explained_without_what_it_did_not_keep(published, home, manager):
    (home.snapshots / "live" / "weighing.parquet").unlink()
    page = text(manager.get(AVA))
    assert "The place among others" in page
    assert "On the list before" not in page and "Last seen" not in page


def test_no_pseudonym_leads_to_a_restricted_child_or_to_nobody(published, person, signed_in, home):
    client = signed_in(person("analyst"))
    for person_id in ("GUS", "NOBODY"):
        assert client.get(f"/workbench/explain/{pseudonyms.pseudonym(home, person_id)}/").status_code == 404
    assert pseudonyms.pseudonym(home, "GUS") not in text(client.get("/workbench/explain/"))


@pytest.mark.parametrize("role", ["social_worker", "team_manager", "matcher", "practice_lead"])
def test_nobody_but_an_analyst_asks_by_pseudonym(published, person, signed_in, home, role):
    client = signed_in(person(role))
    assert client.get("/workbench/explain/").status_code == 404
    assert client.get(f"/workbench/explain/{pseudonyms.pseudonym(home, 'AVA')}/").status_code == 404
