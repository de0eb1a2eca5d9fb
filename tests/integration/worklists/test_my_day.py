"""My day shows whom this person needs to think of, why, and what they have already done about it."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone
from tests.integration import people, snapshot

from kinfold.governance.actions import restrict
from kinfold.governance.models import AuditEntry
from kinfold.record import published as record
from kinfold.worklists import queries
from kinfold.worklists.models import Outcome

NOW = datetime.datetime(2026, 3, 3, 9, tzinfo=datetime.UTC)


@pytest.fixture
def worker(person, signed_in):
    return signed_in(person("social_worker", display_name="Sam Okafor", **people.WORKER))


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def record_outcome(client, row_key: str = "social_care:AVA", **fields: object):
    return client.post(f"/my-day/{row_key}/record/", {"kind": "done", "reason": "Rang and visited today.", **fields})


def until(day: datetime.date) -> dict[str, int]:
    return {"until_on-day": day.day, "until_on-month": day.month, "until_on-year": day.year}


def test_a_worker_knows_whom_to_ring_first_and_why(published, worker):
    page = text(worker.get("/my-day/"))

    for words in (
        "1 child to act on today, 1 this week, 1 later.", "Ava Szymańska-Reed", "10 years old",
        "Decide today", "Domestic abuse incident at home on 1 March 2026", "A police notification came on 2 March 2026",
        "Visit due 5 March 2026", "every 10 days",
        "Last seen 19 February 2026 (12 days ago); seen alone 9 January 2026 (7 weeks ago)",
        'href="tel:01632960011"', "Open to children’s social care", "From the run of 3 March 2026, 6:10am",
        "Housing tenancies: silent since 1 December 2025", "2 days late",
    ):  # fmt: skip
        assert words in page, words
    assert page.index("Act today") < page.index("This week") < page.index("Later")
    assert "Finn" not in page


def test_a_partner_sees_their_services_list_without_what_police_said(published, person, signed_in):
    page = text(signed_in(person("partner_worker", **people.PARTNER)).get("/my-day/"))
    assert "Dev Patel" in page
    assert "Two suspensions since January." in page
    assert "olice" not in page


def test_an_outreach_worker_sees_how_to_reach_a_family_what_to_offer_and_what_is_going_well(
    published, person, signed_in
):
    page = text(signed_in(person("outreach_worker")).get("/my-day/"))

    for words in ("Finn Marlowe", "Ring 07700 900155", "No voicemail: the phone is shared.", "Money and debt advice",
                  "Grandparents close by", "No service found in the feeds we hold"):  # fmt: skip
        assert words in page, words
    for kept_back in ("mergency", "Last seen", "Not seen"):
        assert kept_back not in page, kept_back


def test_a_queue_says_what_its_capacity_reaches_and_what_it_will_miss(published, person, signed_in):
    page = text(signed_in(person("outreach_worker")).get("/my-day/"))

    for words in (
        "There is time for 40 outreach conversations a week. Tonight 38 families are put first, 120 come next and 7",
        "the first 40 families of this list held 62 of every 100 children who later came to need social care",
        "(between 54 and 69); there were 140 of them.",
        "The other 38 of every 100 it will miss",
        "This council is made up, so the figures are no evidence",
    ):
        assert words in page, words
    assert "has to run `kinfold backtest`" in text(signed_in(person("screener")).get("/my-day/"))


def test_a_workers_own_list_has_no_capacity_to_judge(published, worker):
    assert "What this list reaches" not in text(worker.get("/my-day/"))


@pytest.mark.parametrize("role", ["screener", "decision_maker"])
def test_the_front_door_works_its_queue(published, person, signed_in, role):
    page = text(signed_in(person(role)).get("/my-day/"))
    assert "Ella Nowak" in page
    assert "Finn" not in page


def test_a_restricted_child_is_held_back_without_a_name(published, worker):
    restrict(person_id="GUS", kind="restricted", owner="Head of service", reason="staff", named=[], by=None, at=NOW)
    page = text(worker.get("/my-day/"))
    assert "Gus" not in page
    assert "1 row on this page is not shown" in page


def test_the_list_is_written_down_with_every_child_it_named(published, worker):
    worker.get("/my-day/")
    entry = AuditEntry.objects.get(action="list.opened")
    assert set(entry.listed.split()) == {"AVA", "BEN", "GUS"}


def test_nothing_on_the_list_and_no_list_yet_are_two_different_things(published, person, signed_in):
    stranger = signed_in(person("social_worker", staff_ref="W9"))
    assert "Nothing is on your list" in text(stranger.get("/my-day/"))
    snapshot.let_all_go()
    assert "There is no list yet" in text(stranger.get("/my-day/"))


@pytest.mark.parametrize("role", ["governance_lead"])
def test_a_role_without_a_list_has_no_such_page(published, person, signed_in, role):
    client = signed_in(person(role))
    assert client.get("/my-day/").status_code == 404
    assert client.get("/my-day/print/").status_code == 404


def test_a_person_of_several_roles_chooses_one_first(published, person, signed_in):
    client = signed_in(person("social_worker", "team_manager", **people.WORKER))
    assert client.get("/my-day/").headers["Location"] == "/role/"


def test_the_printed_list_leaves_out_what_waits_for_others(published, worker):
    page = text(worker.get("/my-day/print/"))
    assert "Ava Szymańska-Reed" in page
    assert "Gus" not in page
    assert AuditEntry.objects.filter(action="list.printed").count() == 1


def test_what_was_done_shows_at_once_and_can_be_undone(published, worker):
    assert record_outcome(worker).headers["Location"] == "/my-day/"

    page = text(worker.get("/my-day/"))
    assert "Done, recorded by you on" in page
    assert "Rang and visited today." in page
    worker.post("/my-day/social_care:AVA/undo/")
    assert "Rang and visited today." not in text(worker.get("/my-day/"))
    assert list(queries.outcomes_for_run()) == []
    assert list(AuditEntry.objects.filter(action__startswith="row.").values_list("action", flat=True)) == [
        "row.opened", "row.done", "row.opened", "row.undone",
    ]  # fmt: skip


def test_what_was_recorded_goes_to_the_next_run(published, worker):
    back = timezone.localdate() + datetime.timedelta(days=7)
    record_outcome(worker, "social_care:BEN", kind="deferred", reason="On holiday with his aunt.", **until(back))

    assert list(queries.outcomes_for_run()) == [
        {
            "row_key": "social_care:BEN", "person_id": "BEN", "kind": "deferred", "reason": "On holiday with his aunt.",
            "until_on": back, "by_ref": "W1", "on": timezone.localdate(),
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": ""}, "Select what happened"),
        ({"reason": ""}, "Say why in a few words"),
        ({"reason": "x"}, "Say why in a few words"),
        ({"kind": "deferred"}, "Enter the date it should come back"),
        ({"kind": "deferred", **until(datetime.date(2020, 1, 1))}, "must be after today"),
        ({"kind": "deferred", **until(datetime.date(2199, 1, 1))}, "28 days at most"),
    ],
)
def test_what_cannot_be_recorded_is_refused_in_words_and_nothing_is_written(published, worker, fields, said):
    assert said in text(record_outcome(worker, **fields))
    assert not Outcome.objects.exists()


def test_a_row_of_somebody_elses_list_is_not_there(published, worker, person, signed_in):
    for address in ("/my-day/outreach:FINN/record/", "/my-day/nothing/record/"):
        assert worker.get(address).status_code == 404
    assert worker.post("/my-day/outreach:FINN/undo/").status_code == 404
    assert record_outcome(signed_in(person("social_worker", staff_ref="W9"))).status_code == 404
    assert not Outcome.objects.exists()


def test_nobody_takes_back_what_somebody_else_recorded(published, worker, person, signed_in):
    record_outcome(worker)
    manager = signed_in(person("team_manager", **people.MANAGER))
    page = text(manager.post("/my-day/social_care:AVA/undo/", follow=True))
    assert "Only they can take it back" in page
    assert Outcome.objects.filter(undone_at=None).count() == 1


def test_a_long_list_is_paged(published, worker, person, signed_in):
    tables = snapshot.council()
    many = [snapshot.WORKLIST[0] | {"row_key": f"social_care:{n}", "rank": n} for n in range(60)]
    snapshot.publish(tables | {record.WorklistRow: many}, at=snapshot.MADE_AT + datetime.timedelta(hours=1))

    page = text(worker.get("/my-day/?page=3"))
    assert page.count('kf-row"') == 10
    assert "?page=2" in page
    for strange in ("0", "x", "-1", "99999999999999999999", "²"):
        assert worker.get("/my-day/", {"page": strange}).status_code == 200


def test_my_day_costs_at_most_thirteen_queries(published, worker, person, signed_in):
    record_outcome(worker)
    for client in (worker, signed_in(person("outreach_worker")), signed_in(person("partner_worker", **people.PARTNER))):
        client.get("/my-day/")
        with people.counted() as cost:
            client.get("/my-day/")
        assert len(cost.queries) <= 13, "\n".join(cost.queries)
