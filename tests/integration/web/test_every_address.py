"""
Every address there is, asked by a stranger in each role and by nobody: the rows below are the whole of who has what.

A stranger works with no child. An address with the number of a child, a doubt, a challenge or a look on duty that does
exist answers them with the bytes of a page that does not, unless the table says that their role has the page anyway.
An address that takes something new has to be given a sample here before this passes.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.integration.snapshot import STANDING_FROM, STANDINGS, let_all_go, publish

from kinfold.areas import roles as area_roles
from kinfold.governance.actions import renew_standings
from kinfold.governance.models import AuditEntry, DutyAccess
from kinfold.operations import home as homes
from kinfold.record import published as record
from kinfold.record.challenges.models import Challenge
from kinfold.record.models import Overlay
from kinfold.record.snapshot import live

pytestmark = pytest.mark.slow

AT = datetime.datetime(2026, 3, 3, 9, tzinfo=datetime.UTC)
ROLES = sorted(area_roles.load(homes.shipped_area()).role)
OPEN = {"web:accessibility", "web:help", "governance:sign_in", "governance:signed_out"}
OF_ALL = OPEN | {"web:home", "governance:choose_role", "governance:notices", "governance:rule_book"}
LISTED = {"social_worker", "early_help_practitioner", "partner_worker", "outreach_worker", "screener",
          "decision_maker", "team_manager"}  # fmt: skip
SEARCH = LISTED - {"partner_worker", "outreach_worker"}
REVIEWS_DUTY = {"decision_maker", "governance_lead"}
PROOF = {"analyst", "practice_lead", "governance_lead"}
WHO_HAS = {
    # what they take as given                                      who has them, working with no child
    "worklists:my_day worklists:print_list":                       LISTED,
    "worklists:team":                                              {"team_manager"},
    "worklists:not_enough_known":                                  {"team_manager", "screener", "decision_maker"},
    "record:search governance:open_on_duty":                       SEARCH,
    "governance:duty_list":                                        REVIEWS_DUTY | {"team_manager"},
    "governance:duty_review":                                      REVIEWS_DUTY,
    "governance:looks governance:agreements governance:agreements_csv governance:agreement governance:agreement_enter "
    "governance:transparency governance:transparency_field governance:transparency_export":
                                                                   {"governance_lead"},
    "governance:restrictions":                                     {"team_manager", "governance_lead"},
    "challenges:home":                                             {"matcher", "practice_lead"},
    "challenges:one challenges:take_back challenges:withdraw":     {"matcher"},
    "deliveries:home deliveries:upload deliveries:keys deliveries:feed mappings:home mappings:new matches:find "
    "quality:home":                                                {"matcher"},
    "matches:home matches:decisions":                              {"matcher", "governance_lead"},
    "proof:home rules:home rules:live_toml rules:plain_lists":     PROOF,
    "rules:what_if rules:import rules:marker explain:home":        {"analyst"},
    "study:home study:draw study:latest":                          {"analyst", "practice_lead"},
}  # fmt: skip
HAS = {name: roles for names, roles in WHO_HAS.items() for name in names.split()} | dict.fromkeys(OF_ALL, set(ROLES))
BY_FORM_ALONE = {"governance:sign_out", "record:forget_search", "matches:forget"}
SAMPLE: dict[str, Any] = {
    "person_id": "AVA", "marker": "domestic_abuse", "row_key": "social_care:AVA", "owner_kind": "worker",
    "owner_ref": "W1", "feed": "council_tax", "version": 1, "key": "meta_title", "form": "json", "prefix": "0a1b2c3d",
    "receipt_id": "r-20260302-0a1b2c3d4e5f", "what": "rows", "delivery_id": "council_tax-0a1b2c3d4e5f",
    "about": "council_tax-0a1b2c3d4e5f", "mapping": "0" * 32, "part": 0, "column": 0, "decision_id": 1, "ref": "0" * 20,
    "other_id": "BEN", "section": "found", "name": "arrears", "trial_id": 1, "pseudonym": "K7QX2M4WTB", "study_id": 1,
    "number": 1,
}  # fmt: skip


def addresses() -> Iterator[tuple[str, list[str]]]:
    """Name and parameters of every address but the API's, which a key opens and no sign-in does."""

    def walk(patterns: list[URLPattern | URLResolver], app: str) -> Iterator[tuple[str, list[str]]]:
        for one in patterns:
            if isinstance(one, URLResolver):
                if one.namespace != "deliveries_api":
                    yield from walk(one.url_patterns, one.namespace or app)
            else:
                yield f"{app}:{one.name}", list(one.pattern.regex.groupindex)

    yield from walk(get_resolver().url_patterns, "")


@pytest.fixture
def asked(db, tmp_path, settings, person) -> Iterator[dict[str, str]]:
    """Every address by name, over a council with something behind each number that somebody may not know of."""
    area = homes.shipped_area()
    settings.HOME = homes.create(tmp_path / "home", area=area, is_demonstration=True, on=AT.date()).folder
    settings.AREA_FOLDER = area
    made = publish()
    renew_standings(rows=STANDINGS, run_id=made.run_id, at=STANDING_FROM)
    worker = person("social_worker")
    challenge = Challenge.objects.create(
        kind="fact", person_id="AVA", about_id="AVA", said="did_not_happen", words="x", by=worker, role="social_worker",
        at=AT, changed_at=AT, source="police", delivery_id="police-0a1b2c3d4e5f", part="rows", row_number=1,
    )  # fmt: skip
    overlay = Overlay.objects.create(person_id="AVA", reason="x", by=worker, at=AT, changed_at=AT, record_ref="r-x")
    opened = DutyAccess.objects.create(
        user=worker, role="social_worker", person_id="AVA", purpose="contact_today", reason="x", from_at=AT,
        to_at=AT + datetime.timedelta(hours=1),
    )  # fmt: skip
    values = SAMPLE | {
        "challenge_id": challenge.pk, "overlay_id": overlay.pk, "opened_id": opened.pk,
        "row_id": live().of(record.Evidence).filter(person_id="AVA").values_list("pk", flat=True)[0],
    }  # fmt: skip
    yield {name: reverse(name, kwargs={one: values[one] for one in takes}) for name, takes in addresses()}
    let_all_go()


def guarded(client: Client, method: str, path: str) -> Any:
    answer = getattr(client, method)(path)
    assert "no-store" in answer["Cache-Control"], path
    assert "default-src 'self'" in answer["Content-Security-Policy"], path
    assert (answer["X-Content-Type-Options"], answer["Referrer-Policy"]) == ("nosniff", "same-origin"), path
    return answer


@pytest.mark.parametrize("role", ROLES)
def test_a_stranger_has_the_pages_of_their_role_and_every_other_is_as_if_it_were_not(asked, person, signed_in, role):
    client = signed_in(person(role))
    nothing = client.get("/no/such/page/").content
    have = {name for name, roles in HAS.items() if role in roles}
    for name, path in asked.items():
        answer = guarded(client, "get", path)
        if name in have:
            assert answer.status_code in (200, 302, 405), (name, answer.status_code)
            continue
        posted = answer if name in BY_FORM_ALONE else guarded(client, "post", path)
        allowed = {405} if name in BY_FORM_ALONE else {404, 405}
        assert {answer.status_code, posted.status_code} <= allowed, (name, answer.status_code, posted.status_code)
        assert all(one.status_code == 405 or one.content == nothing for one in (answer, posted)), name
    shown = AuditEntry.objects.filter(action__in=("child.opened", "evidence.opened", "study.read"), result="allowed")
    assert not shown.exists()


def test_nobody_who_is_not_signed_in_is_told_anything(asked, client):
    for name, path in asked.items():
        for method in ("get", "post"):
            answer = guarded(client, method, path)
            if name in OPEN:
                continue
            assert (answer.status_code, answer.content) == (302, b""), name
            assert answer["Location"].startswith("/sign-in/"), name
