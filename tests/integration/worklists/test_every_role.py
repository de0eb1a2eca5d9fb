"""Each page once for each role: whoever has no business on a page finds that it is not there, and nothing breaks."""

from __future__ import annotations

import pytest
from tests.integration import people

ROLES = {
    "social_worker": people.WORKER,
    "early_help_practitioner": {"staff_ref": "EH1", "agency": "early_help"},
    "partner_worker": people.PARTNER,
    "outreach_worker": {},
    "screener": {},
    "decision_maker": {},
    "team_manager": people.MANAGER,
    "governance_lead": {},
}
PAGES = {
    "/my-day/": {"social_worker", "early_help_practitioner", "partner_worker", "outreach_worker", "screener",
                 "decision_maker", "team_manager"},
    "/my-day/print/": {"social_worker", "early_help_practitioner", "partner_worker", "outreach_worker", "screener",
                       "decision_maker", "team_manager"},
    "/team/": {"team_manager"},
    "/team/worker/W1/": {"team_manager"},
    "/children/": {"social_worker", "early_help_practitioner", "screener", "decision_maker", "team_manager"},
    "/children/AVA/": {"social_worker", "team_manager"},
    "/children/AVA/evidence/domestic_abuse/": {"social_worker", "team_manager"},
    "/children/AVA/looks/": {"social_worker", "team_manager"},
    "/children/DEV/": {"partner_worker"},
    "/children/DEV/evidence/suspended/": {"partner_worker"},
    "/children/ELLA/": {"screener", "decision_maker"},
    "/children/ELLA/looks/": {"decision_maker"},
    "/children/FINN/": {"outreach_worker"},
    "/children/FINN/evidence/arrears/": set(),
    "/my-day/social_care:AVA/record/": {"social_worker", "team_manager"},
    "/my-day/outreach:FINN/record/": {"outreach_worker"},
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_its_pages_and_no_others(published, person, signed_in, role):
    client = signed_in(person(role, **ROLES[role]))
    answered = {page: client.get(page).status_code for page in PAGES}
    assert answered == {page: 200 if role in roles else 404 for page, roles in PAGES.items()}


@pytest.mark.parametrize("page", PAGES)
def test_nobody_who_is_not_signed_in_has_a_page(published, client, page):
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/")
