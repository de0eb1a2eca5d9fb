"""The pages of rules: who has them, what they refuse and in what words, and a proposal from trial to live."""

from __future__ import annotations

import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.integration.workbench.conftest import text

from kinfold.areas import rule_sets
from kinfold.governance import disclosure
from kinfold.governance.models import AuditEntry
from kinfold.governance.rules import queries
from kinfold.operations import home as homes
from kinfold.workbench.rules import tasks, wording
from kinfold.workbench.rules.models import Trial

pytestmark = pytest.mark.slow

ROOT = "/workbench/rules/"
ANSWER = {
    "run_id": "20260302-abc", "as_at": "2026-03-02", "hash": "0" * 64, "children": 300,
    "bands": [{"band": "priority", "before": 3, "after": 43, "enters": 41, "leaves": 1}],
    "moves": [{"was": "soon", "now": "priority", "children": 41}],
    "work": [{"pathway": "outreach", "team": None, "before": 3, "after": 43}],
    "rising": {"before": 7, "after": None}, "asked_again": ["arrears"],
}  # fmt: skip


@pytest.fixture
def clients(db, tmp_path, settings, person, signed_in):
    area = homes.shipped_area()
    home = homes.create(tmp_path / "home", area=area, is_demonstration=True, on=datetime.date(2026, 3, 2))
    settings.HOME, settings.AREA_FOLDER = home.folder, area
    made = {role: person(role) for role in ("analyst", "practice_lead", "governance_lead", "social_worker", "matcher")}
    return {role: signed_in(user) for role, user in made.items()} | {"people": made}


@pytest.fixture
def trial(clients):
    base = queries.folder_rules()
    return Trial.objects.create(
        by=clients["people"]["analyst"], at=timezone.now(), base_hash=base.hash,
        changes=[[["marker", "arrears", "points"], 3, 5]], answer=ANSWER,
    )  # fmt: skip


def proposed(clients, trial, **more):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    day = {"from_on-day": tomorrow.day, "from_on-month": tomorrow.month, "from_on-year": tomorrow.year}
    return clients["analyst"].post(
        f"{ROOT}tries/{trial.pk}/propose/", {"reason": "Arrears matter more.", **day, **more}
    )


@pytest.mark.parametrize(
    "page", ["", "what-if/", "what-if/import/", "what-if/marker/arrears/", "plain-lists/", "live.toml"]
)
def test_to_a_stranger_no_page_of_rules_is_there(clients, page):
    for role in ("social_worker", "matcher"):
        assert clients[role].get(ROOT + page).status_code == 404
    assert clients["analyst"].get(ROOT + page).status_code == 200


def test_only_an_analyst_tries_and_only_an_office_approves(clients, trial):
    proposed(clients, trial)
    for role in ("practice_lead", "governance_lead"):
        for page in ("what-if/", f"tries/{trial.pk}/children/", f"tries/{trial.pk}/propose/"):
            assert clients[role].get(ROOT + page).status_code == 404
    assert clients["analyst"].get(f"{ROOT}versions/1/approve/").status_code == 404


def test_small_numbers_are_held_back_on_the_page_and_in_the_file(clients, trial):
    page = text(clients["practice_lead"].get(f"{ROOT}tries/{trial.pk}/"))
    assert "about 40 from soon to priority" in page and "1 to 5" in page
    assert "43" not in page.partition("Children in each band")[2].partition("Tried")[0]
    assert "cannot be tried on this list" in page
    told = clients["analyst"].get(f"{ROOT}tries/{trial.pk}/?as=csv").content.decode()
    assert "Priority,1 to 5,45" in told and ",43" not in told
    assert AuditEntry.objects.filter(action="rules.trial_exported").count() == 1


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0"), (1, "1 to 5"), (5, "1 to 5"), (6, "5"), (8, "10"), (1243, "1,245")]
)
def test_counts_from_one_to_five_are_never_shown(count, shown):
    assert disclosure.shown(count) == shown


def test_before_the_first_run_a_try_is_refused_with_what_to_do(clients):
    base = queries.folder_rules()
    changed = base.changed({("marker", "arrears", "points"): 5}).text().encode()
    page = text(clients["analyst"].post(f"{ROOT}what-if/import/", {"rules": SimpleUploadedFile("r.toml", changed)}))
    assert "there is no list to try rules on. Run `kinfold run`" in page and not Trial.objects.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({("marker", "arrears", "points"): 30}, "(M3).points must be from 0 to 20."),
        ({("marker", "arrears", "statement"): "Lone parent, since {on}"}, "lone parenthood, which is never used"),
        ({("marker", "arrears", "shape", "kinds"): ["arears"]}, "the tables do not have: arears. Allowed:"),
        ({("priority", "caps", "Moneys"): 3}, "caps names Moneys. Allowed:"),
    ],
)
def test_a_file_that_may_not_be_is_refused_as_at_start_up(clients, change, said):
    given = queries.folder_rules().changed(change).text().encode()
    page = text(clients["analyst"].post(f"{ROOT}what-if/import/", {"rules": SimpleUploadedFile("r.toml", given)}))
    assert said in page and not Trial.objects.exists()


def test_what_goes_out_comes_in_as_the_same_set(clients):
    out = clients["analyst"].get(f"{ROOT}live.toml").content
    assert rule_sets.of_text(out.decode()).hash == queries.folder_rules().hash
    page = text(clients["analyst"].post(f"{ROOT}what-if/import/", {"rules": SimpleUploadedFile("r.toml", out)}))
    assert "Nothing in the file differs from the rules there are." in page


def test_a_proposal_goes_from_trial_to_live_by_two_offices(clients, trial):
    assert "Say why." in text(proposed(clients, trial, reason=""))
    assert proposed(clients, trial)["Location"] == f"{ROOT}versions/1/"
    page = text(clients["practice_lead"].get(f"{ROOT}versions/1/approve/"))
    assert "Arrears matter more." in page and "about 40" not in page
    given = {"hash": queries.find(1, on=timezone.localdate()).row.hash, "note": "Read it with the team."}
    stale = text(clients["practice_lead"].post(f"{ROOT}versions/1/approve/", given | {"hash": "another"}))
    assert "There is no such proposal. Nothing was recorded." in stale
    for role in ("practice_lead", "governance_lead"):
        assert clients[role].post(f"{ROOT}versions/1/approve/", given).status_code == 302
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    assert queries.in_force(on=tomorrow).rules.values["marker", "arrears", "points"] == 5
    # What was tried on the rules of before can no longer be proposed, and says so.
    assert "The rules have changed since" in text(proposed(clients, trial))
    assert "The rules have changed since this was tried" in text(clients["analyst"].get(f"{ROOT}tries/{trial.pk}/"))


def test_a_backtest_is_shown_in_words_and_groups_too_few_to_tell_are_named_and_not_judged(clients, trial):
    few = {"by": "sex", "group": "girls", "events": 12, "miss_rate_before": 0.9, "miss_rate_after": 0.9,
           "verdict_before": "too few to tell", "verdict": "too few to tell"}  # fmt: skip
    told = {"by": "age", "group": "5 to 9", "events": 240, "miss_rate_before": 0.62, "miss_rate_after": 0.5,
            "verdict_before": "alike", "verdict": "found more often"}  # fmt: skip
    Trial.objects.update(further_state="done", further={
        "as_at": "2025-03-02", "on": "2026-03-02", "outcome": "child_in_need_start", "months": 12, "is_made_up": True,
        "figures": [{"name": "recall_top_5", "before": 0.1407, "after": None}], "fairness": [few, told],
    })  # fmt: skip
    page = " ".join(re.sub(r"<[^>]+>", " ", text(clients["analyst"].get(f"{ROOT}tries/{trial.pk}/"))).split())
    assert "Of those who came to it, in the first twentieth 14.1% not known" in page
    assert "Age: 5 to 9 62% 50% Found more often; now: alike" in page
    assert "That is not the same as fair. Sex: girls" in page
    assert "90%" not in page


def test_a_backtest_cut_off_with_its_worker_is_said_to_be_and_can_be_asked_for_again(clients, trial):
    assert tasks.ask(trial)
    assert not tasks.ask(trial)
    assert tasks.find_again() == 0  # it is still queued, and will be done
    DBTaskResult.objects.update(status="RUNNING")
    assert tasks.find_again() == 1
    assert "The service was stopped while it was worked out." in text(
        clients["analyst"].get(f"{ROOT}tries/{trial.pk}/")
    )
    assert tasks.ask(trial)


def test_two_people_at_the_switch_do_not_undo_each_other(clients):
    given = {"switch": "plain", "reason": "Attendance was read wrongly."}
    assert "cannot make lists plain" in text(clients["analyst"].post(f"{ROOT}plain-lists/", given))
    clients["practice_lead"].post(f"{ROOT}plain-lists/", given)
    clients["governance_lead"].post(f"{ROOT}plain-lists/", given)
    assert queries.plain_now() is not None
    clients["governance_lead"].post(f"{ROOT}plain-lists/", {"switch": "in_order", "reason": "It was corrected."})
    assert queries.plain_now() is None


def test_what_changes_is_said_in_words():
    labels = {"arrears": "Rent in arrears"}
    differs = [
        [["marker", "arrears", "half_life_months"], 6, None],
        [["off", "arrears"], None, True],
        [["priority", "bands", "capacity", "no_service", "priority"], 40, 20],
        [["marker", "new", "file"], None, "money"],
        [["marker", "new", "points"], None, 3],
    ]
    assert wording.changes(differs, labels) == [
        ("new: marker", "not there", "there"),
        ("Rent in arrears: half-life in months", "6", "does not fade"),
        ("Rent in arrears: asked", "yes", "no"),
        ("Outreach: households a week, priority", "40", "20"),
    ]
