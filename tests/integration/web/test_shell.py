"""What every page promises: who may come in, for how long, what a browser may run, and what is said on refusal."""

from __future__ import annotations

import base64
import datetime
import hashlib
import logging
import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.integration.conftest import PASSWORD

from kinfold.governance import actions
from kinfold.governance.actions import StandingRow
from kinfold.governance.models import AuditEntry

ROUTES = pytest.mark.urls("tests.integration.web.one_child_page")


def allocate(worker: str, child: str) -> None:
    row = StandingRow("worker", worker, child, "allocated")
    actions.renew_standings(rows=[row], run_id="r1", at=timezone.now())


@ROUTES
@pytest.mark.django_db
def test_a_stranger_and_an_unknown_child_get_the_same_bytes(person, signed_in):
    client = signed_in(person("social_worker", staff_ref="W2"))
    allocate("W1", "P1")

    there, not_there, no_page = (client.get(path) for path in ("/one/P1/", "/one/P999/", "/no/such/page/"))

    assert (there.status_code, not_there.status_code) == (404, 404)
    assert there.content == not_there.content == no_page.content
    assert dict(there.headers) == dict(not_there.headers)
    assert AuditEntry.objects.filter(action="child.viewed", result="refused").count() == 2


@ROUTES
@pytest.mark.django_db
def test_the_worker_in_the_role_in_use_gets_the_page_and_the_entry_says_which(person, signed_in):
    client = signed_in(person("social_worker", "team_manager", staff_ref="W1"), role="social_worker")
    allocate("W1", "P1")
    assert client.get("/one/P1/").content == b"P1 allocated"
    assert AuditEntry.objects.latest("number").role == "social_worker"


@pytest.mark.django_db
def test_nobody_comes_in_without_signing_in():
    response = Client().get("/notices/")
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


@pytest.mark.django_db
def test_a_part_of_a_page_asked_for_after_sign_out_leads_the_whole_page_to_sign_in():
    response = Client().get("/notices/", headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == "/sign-in/"


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/sign-in/", "/help/", "/accessibility/", "/signed-out/"])
def test_pages_for_everyone(page):
    assert Client().get(page).status_code == 200


@pytest.mark.django_db
def test_signing_in_and_out_are_entries_and_a_page_is_not_kept(person):
    person("governance_lead", username="gwen")
    client = Client()
    response = client.post("/sign-in/", {"username": "gwen", "password": PASSWORD}, follow=True)
    assert response.redirect_chain[-1][0] == "/looks/"
    assert "no-store" in response["Cache-Control"]
    client.post("/sign-out/")
    assert client.get("/looks/").status_code == 302
    said = list(AuditEntry.objects.order_by("number").values_list("action", flat=True))
    assert said == ["signed_in", "audit.searched", "signed_out"]


@pytest.mark.django_db
def test_a_wrong_password_says_so_without_saying_which_was_wrong(person):
    person("social_worker", username="sam")
    for name in ("sam", "nobody"):
        page = Client().post("/sign-in/", {"username": name, "password": "wrong"}).content.decode()
        assert "The user name or password is not right." in page
        assert "<title>Error: Sign in" in page


@pytest.mark.django_db
def test_five_wrong_passwords_lock_the_user_name(person):
    person("social_worker", username="sam")
    client = Client()
    for _ in range(5):
        last = client.post("/sign-in/", {"username": "sam", "password": "wrong"})
    assert last.status_code == 429
    assert b"Try again in 15 minutes" in last.content
    assert client.post("/sign-in/", {"username": "sam", "password": PASSWORD}).status_code == 429
    said = list(AuditEntry.objects.order_by("number").values_list("action", "user__username"))
    assert said == [("sign_in.refused", "sam")] * 4 + [("sign_in.locked", "sam")] * 2


@pytest.mark.django_db
@pytest.mark.parametrize(("idle", "since"), [(16, 20), (1, 8 * 60 + 1)])
def test_a_sign_in_ends_when_idle_or_after_eight_hours(person, signed_in, idle, since):
    client = signed_in(person("social_worker"))
    now, session = timezone.now(), client.session
    session["seen_at"] = (now - datetime.timedelta(minutes=idle)).isoformat()
    session["signed_in_at"] = (now - datetime.timedelta(minutes=since)).isoformat()
    session.save()
    assert client.get("/notices/").status_code == 302
    assert b"You were signed out because" in client.get("/sign-in/").content


@pytest.mark.django_db
def test_a_sign_in_in_use_goes_on(person, signed_in):
    client = signed_in(person("social_worker"))
    session = client.session
    session["signed_in_at"] = (timezone.now() - datetime.timedelta(hours=7)).isoformat()
    session["seen_at"] = (timezone.now() - datetime.timedelta(minutes=14)).isoformat()
    session.save()
    assert client.get("/notices/").status_code == 200
    assert client.session["seen_at"] > (timezone.now() - datetime.timedelta(minutes=1)).isoformat()


@pytest.mark.django_db
def test_the_browser_may_run_nothing_but_our_files():
    response = Client().get("/sign-in/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    scripts = re.findall(r"<script>(.*?)</script>", response.content.decode(), re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    assert [f"'sha256-{one}'" for one in hashes] == [settings.GOVUK_SCRIPT_HASH]
    assert "style=" not in response.content.decode()
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"


@ROUTES
@pytest.mark.django_db
def test_an_error_is_said_in_words_and_logged_without_values(person, signed_in, caplog):
    client = signed_in(person("social_worker"))
    client.raise_request_exception = False
    logging.getLogger("kinfold").propagate = True
    response = client.get("/broken/")
    assert response.status_code == 500
    assert b"ring the front door, or 999" in response.content
    assert "ValueError on page" in caplog.text
    assert "one_child_page.py" in caplog.text
    assert "Okafor" not in caplog.text


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_words(person, signed_in):
    user = person("social_worker")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="kinfold.governance.sign_in.PeopleWithRoles")
    response = client.post("/sign-out/")
    assert response.status_code == 403
    assert b"This form is out of date" in response.content


@pytest.mark.django_db
def test_a_person_with_two_roles_chooses_and_the_header_says_which(person, signed_in):
    client = signed_in(person("social_worker", "governance_lead"))
    assert client.get("/")["Location"] == "/role/"
    assert client.post("/role/", {"role": "team_manager"}).status_code == 200
    assert client.post("/role/", {"role": "governance_lead"})["Location"] == "/"
    page = client.get("/looks/").content.decode()
    assert "<strong>Information governance lead</strong>" in page
    assert "Change role" in page
    assert AuditEntry.objects.filter(action="role.chosen").get().role == "governance_lead"


@pytest.mark.django_db
def test_a_person_without_a_role_is_told_so(person, signed_in):
    assert b"You have no role yet" in signed_in(person()).get("/", follow=True).content


@pytest.mark.django_db
def test_a_leaver_is_out_at_once(person, signed_in):
    user = person("social_worker")
    client = signed_in(user)
    assert client.get("/notices/").status_code == 200
    user.is_active = False
    user.save()
    assert client.get("/notices/").status_code == 302


@pytest.mark.django_db
def test_a_page_starts_with_two_queries(person, signed_in, django_assert_num_queries):
    client = signed_in(person("social_worker"))
    client.get("/help/")
    with django_assert_num_queries(2):  # session; person, roles and unread notices
        client.get("/help/")
