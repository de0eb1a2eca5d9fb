"""Erasing a delivery reaches what people decided about its records; that they decided, and when, stays."""

from __future__ import annotations

import json

from django.utils import timezone
from tests.integration.workbench.matches.conftest import ROOT, text

from kinfold.governance.models import AuditEntry
from kinfold.workbench.matches import forgetting, queries
from kinfold.workbench.matches.models import Decision, Verdict

GONE = {"council_tax:3", "police_missing:2"}


def held():
    rows = [list(Decision.objects.values_list("keys", "shown", "reason", "ask")), list(Verdict.objects.values())]
    return json.dumps(rows, default=str)


def test_no_decision_quotes_a_record_that_was_erased_and_each_still_says_who_and_when(engineer, decide, ref):
    client = engineer()
    decide(client, ("P3", "P4"), "same", reason="The Reeds of Mill Lane, the school said.")
    decide(client, ("P1", "P2"), "apart", reason="Two girls of one class.")
    decide(client, ("P6", "P7"), "apart", reason="Two cousins.")
    before = list(Decision.objects.order_by("pk").values_list("pk", "by", "at", "kind", "ref"))
    assert all(key in held() for key in GONE)  # the search would find them

    assert forgetting.forget_records(keys=GONE, at=timezone.now()) == 2
    assert not any(key in held() for key in GONE)
    assert "Mill Lane" not in held()
    assert "Two cousins." in held()
    assert "council_tax:erased-" in held()
    assert list(Decision.objects.order_by("pk").values_list("pk", "by", "at", "kind", "ref")) == before
    pairs = {(row["left"], row["right"]) for row in queries.for_run()}
    assert ("child_health:7", "school_census:6") in pairs
    assert not GONE & {key for pair in pairs for key in pair}
    assert AuditEntry.objects.filter(action="match.erased").get().detail == {"decisions": 2}
    assert forgetting.forget_records(keys=GONE, at=timezone.now()) == 0

    assert forgetting.REASON in text(client.get(f"{ROOT}decisions/"))
    assert client.get(f"{ROOT}cases/{ref('P3', 'P4')}/").status_code in (200, 404)
