"""A fact or a statement that a worker says is wrong: marked for all, hidden when it does harm, settled by its owner."""

from __future__ import annotations

import pytest
from tests.integration import people, snapshot

from kinfold.governance.actions import renew_standings
from kinfold.governance.models import AuditEntry, Notice, Restriction, Standing
from kinfold.record import overlays
from kinfold.record import published as record
from kinfold.record.challenges import actions
from kinfold.record.challenges.models import Answer, Challenge, NeverChanged
from kinfold.record.models import Overlay, Publication

AVA = "/children/AVA/"
STATEMENT = f"{AVA}challenge/statement/domestic_abuse/"
SAID = {"said": "did_not_happen", "words": "She was at her grandmother's that night."}
UPHELD = {"decision": "upheld", "words": "The police have withdrawn it."}
NOT_UPHELD = {"decision": "not_upheld", "words": "The police confirm the date."}


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


@pytest.fixture
def published(db):
    """The small council; the police row behind a statement is the row of the timeline too."""
    tables = snapshot.council()
    tables[record.Evidence] = [
        {**row, "about_id": "AVA", "row_number": 12, "part": "rows", "delivery_id": "police-0a1b2c3d4e5f"}
        if row["source"] == "police_domestic_abuse" else row
        for row in tables[record.Evidence]
    ]  # fmt: skip
    made = snapshot.publish(tables)
    renew_standings(rows=snapshot.STANDINGS, run_id=made.run_id, at=snapshot.STANDING_FROM)
    yield made
    snapshot.let_all_go()


@pytest.fixture
def worker(person, signed_in):
    return signed_in(person("social_worker", **people.WORKER))


@pytest.fixture
def manager(person, signed_in):
    return signed_in(person("team_manager", **people.MANAGER))


@pytest.fixture
def matcher(person, signed_in):
    return signed_in(person("matcher", username="matcher"))


@pytest.fixture
def lead(person, signed_in):
    return signed_in(person("practice_lead", username="lead"))


def fact_address(marker="domestic_abuse"):
    snapshot_now = Publication.objects.get(is_live=True)
    from kinfold.record.snapshot import live

    assert snapshot_now
    row = live().of(record.Evidence).get(marker=marker)
    return f"{AVA}challenge/statement/{marker}/row/{row.pk}/"


def test_a_statement_is_marked_for_every_reader_and_the_practice_lead_is_told(published, worker, manager, lead):
    assert "Say it is wrong" in text(worker.get(AVA))
    assert worker.post(STATEMENT, SAID).headers["Location"] == AVA

    for client in (worker, manager):
        page = text(client.get(AVA))
        assert "<strong>Challenged</strong> on" in page and "by Person 1, Social worker: it did not happen" in page
        assert "Present at two incidents at home" in page  # it is not hidden: nobody said that it does harm
        assert "grandmother" not in page
    told = Notice.objects.get()
    assert (told.to.username, told.message) == (
        "lead",
        "A worker says that a statement is wrong. It waits for you.",
    )
    assert "AVA" not in told.link and "AVA" not in told.message
    assert AuditEntry.objects.filter(action="challenge.raised", person_id="AVA").count() == 1


def test_what_does_harm_is_hidden_at_once_with_what_rests_on_it(published, worker, manager):
    worker.post(fact_address(), SAID | {"is_harmful": "on"})

    for client in (worker, manager):
        page = text(client.get(AVA))
        assert "Hidden meanwhile:" in page
        assert "incidents at home" not in page and "Domestic abuse incident" not in page
        assert "Nine weeks behind" in page and "Child protection conference" in page
        assert client.get(f"{AVA}evidence/domestic_abuse/").status_code == 404
    assert "Being checked" not in text(worker.get(AVA))  # nobody says that it is another child's


def test_a_hidden_statement_is_gone_and_its_facts_stay(published, worker):
    worker.post(STATEMENT, SAID | {"is_harmful": "on"})
    page = text(worker.get(AVA))
    assert "incidents at home" not in page and "Domestic abuse incident" in page
    assert worker.get(f"{AVA}evidence/domestic_abuse/").status_code == 404


def test_the_practice_lead_opens_the_child_until_it_is_settled_and_never_before(published, worker, lead):
    assert lead.get(AVA).status_code == 404
    worker.post(STATEMENT, SAID | {"is_harmful": "on"})
    number = Challenge.objects.get().pk

    assert lead.get(AVA).status_code == 200
    page = text(lead.get(f"/challenges/{number}/"))
    assert "Present at two incidents at home" in page and "Domestic abuse incident, graded high" in page
    assert "grandmother" in page and "Szyma" not in page
    assert AuditEntry.objects.filter(action="challenge.opened", person_id="AVA", entitlement="reviewer").exists()

    assert lead.post(f"/challenges/{number}/", NOT_UPHELD).status_code == 302
    assert lead.get(AVA).status_code == 404
    shown = text(worker.get(AVA))
    assert "Present at two incidents at home" in shown  # shown again
    assert "Not upheld on" in shown and "The police confirm the date." in shown
    assert Notice.objects.filter(to__username="person1", message__contains="was not upheld").count() == 1
    assert not Standing.objects.filter(holder_ref="challenges", to_at=None).exists()


def test_an_upheld_fact_stays_hidden_until_a_run_has_left_it_out(published, worker, matcher):
    worker.post(fact_address(), SAID)
    row = Challenge.objects.get()
    page = text(matcher.get(f"/challenges/{row.pk}/"))
    assert "Row 12 of rows" in page and "01632 960100" in page
    assert "AVA" not in page and "Domestic abuse incident" not in page  # neither whose page nor what it said

    matcher.post(f"/challenges/{row.pk}/", UPHELD)
    assert "incidents at home" not in text(worker.get(AVA))
    assert actions.made_so(challenge_ids=[row.pk], run_id="next", at=row.at) == 1
    assert not Overlay.objects.exclude(state="lifted").exists()


def test_an_answer_taken_back_is_as_if_it_had_not_been_given(published, worker, matcher):
    worker.post(fact_address(), SAID | {"is_harmful": "on"})
    number = Challenge.objects.get().pk
    worker.get(AVA)  # and what the shell had to say
    before = text(worker.get(AVA)).partition("What is happening now")[2]
    matcher.post(f"/challenges/{number}/", UPHELD)
    matcher.post(f"/challenges/{number}/take-back/", {"words": "It was another reference."})

    row = Challenge.objects.get()
    assert (row.state, row.answer, row.settled_at, Overlay.objects.get().state) == ("open", "", None, "open")
    assert before and text(worker.get(AVA)).partition("What is happening now")[2] == before
    assert [one.kind for one in Answer.objects.order_by("pk")] == ["upheld", "taken_back"]


def test_who_raised_it_can_withdraw_it_and_the_mark_is_gone(published, worker):
    worker.post(STATEMENT, SAID | {"is_harmful": "on"})
    number = Challenge.objects.get().pk
    assert "Withdraw it" in text(worker.get(f"/challenges/{number}/"))
    worker.post(f"/challenges/{number}/withdraw/", {"words": "I mistook the date."})
    page = text(worker.get(AVA))
    assert "Challenged" not in page and "incidents at home" in page


@pytest.mark.parametrize("role", ["partner_worker", "outreach_worker", "screener", "governance_lead", "analyst"])
def test_nobody_else_sees_a_challenge_or_settles_it(published, worker, person, signed_in, role):
    worker.post(STATEMENT, SAID)
    number = Challenge.objects.get().pk
    client = signed_in(person(role, **(people.PARTNER if role == "partner_worker" else {})))

    assert client.get("/challenges/").status_code == 404
    assert client.get(STATEMENT).status_code == client.post(STATEMENT, SAID).status_code == 404
    for address in ("", "take-back/", "withdraw/"):
        assert client.post(f"/challenges/{number}/{address}", UPHELD).status_code == 404
    assert client.get(f"/challenges/{number}/").content == client.get("/challenges/999/").content
    assert Challenge.objects.get().state == "open"


def test_facts_are_not_settled_by_who_settles_statements_nor_the_other_way(published, worker, matcher, lead):
    worker.post(STATEMENT, SAID)
    worker.post(fact_address("arrears"), SAID)
    statement, fact = Challenge.objects.order_by("pk")
    assert matcher.post(f"/challenges/{statement.pk}/", UPHELD).status_code == 404
    assert lead.post(f"/challenges/{fact.pk}/", UPHELD).status_code == 404
    assert f"/challenges/{statement.pk}/" not in text(matcher.get("/challenges/"))
    assert f"/challenges/{fact.pk}/" not in text(lead.get("/challenges/"))


def test_nobody_settles_their_own(published, person, signed_in):
    both = person("social_worker", "practice_lead", **people.WORKER)
    signed_in(both, "social_worker").post(STATEMENT, SAID)
    number = Challenge.objects.get().pk
    page = text(signed_in(both, "practice_lead").get(f"/challenges/{number}/"))
    assert "Settle it" not in page
    with pytest.raises(actions.UnableToSettle, match="Somebody else has to settle it"):
        actions.settle(
            challenge_id=number, is_upheld=True, words="It is so.", by=both, role="practice_lead",
            at=Challenge.objects.get().at,
        )  # fmt: skip


def test_a_restricted_child_is_opened_by_nobody_who_is_not_named(published, worker, lead):
    worker.post(STATEMENT, SAID)
    Restriction.objects.create(
        person_id="AVA", kind="restricted", owner="Head of safeguarding", reason="Staff family",
        from_at=snapshot.STANDING_FROM,
    )  # fmt: skip
    assert lead.get(f"/challenges/{Challenge.objects.get().pk}/").status_code == 404


def test_of_a_record_sealed_since_nobody_is_told_what_was_challenged(published, worker, matcher, lead):
    worker.post(fact_address(), SAID)
    address = f"/challenges/{Challenge.objects.get().pk}/"
    assert matcher.get(address).status_code == worker.get(address).status_code == 200
    assert address in text(matcher.get("/challenges/"))

    Restriction.objects.create(
        person_id="AVA", kind="sealed", owner="Head of safeguarding", reason="Adopted", from_at=snapshot.STANDING_FROM
    )
    assert address not in text(matcher.get("/challenges/"))
    for client in (worker, matcher, lead):
        asked = [client.get(address), client.post(f"{address}withdraw/"), client.post(f"{address}take-back/")]
        assert [one.status_code for one in asked] == [404] * 3
    assert Challenge.objects.get().state == "open"


def test_what_is_said_to_one_person_does_not_wait_for_the_next_at_that_desk(published, worker, person):
    worker.post(STATEMENT, SAID)
    assert "messages" not in worker.cookies
    worker.post("/sign-out/")
    worker.force_login(person("matcher", username="next"), backend="kinfold.governance.sign_in.PeopleWithRoles")
    assert "It is marked as challenged" not in text(worker.get("/challenges/"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"words": "It is not so."}, "Select what is wrong."),
        ({"said": "did_not_happen", "words": " "}, "Say what is so"),
        ({"said": "no such reason", "words": "It is not so."}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_marked(published, worker, given, said):
    assert said in text(worker.post(STATEMENT, given)) and not Challenge.objects.exists()


def test_what_is_challenged_already_is_not_challenged_twice(published, worker):
    for _ in range(2):
        answer = worker.post(STATEMENT, SAID)
    assert "Somebody has challenged this already" in text(answer)
    assert Challenge.objects.count() == 1


def test_a_fact_or_a_statement_that_is_not_there_cannot_be_challenged(published, worker):
    for address in ("statement/police_stop/", "statement/mental_health_wait/", "entry/99999/"):
        assert worker.get(f"{AVA}challenge/{address}").status_code == 404
    assert worker.get(f"{fact_address()[:-2]}99/").status_code == 404


def test_an_entry_of_the_timeline_can_be_challenged_and_a_mark_follows_it(published, worker):
    from kinfold.record.snapshot import live

    entry = live().of(record.TimelineEntry).get(person_id="AVA", title="Child protection conference")
    worker.post(f"{AVA}challenge/entry/{entry.pk}/", SAID)
    row = Challenge.objects.get()
    assert (row.kind, row.fact_kind, row.marker, row.delivery_id) == ("fact", "conference", "", entry.delivery_id)

    assert actions.follow(places={row.pk: ("social_care-newer", "rows", 40)}, at=row.at) == 1
    row.refresh_from_db()
    assert (row.delivery_id, row.row_number) == ("social_care-newer", 40)


def test_answers_are_never_changed(published, worker, matcher):
    worker.post(fact_address(), SAID)
    matcher.post(f"/challenges/{Challenge.objects.get().pk}/", NOT_UPHELD)
    answer = Answer.objects.get()
    with pytest.raises(NeverChanged):
        answer.save()
    with pytest.raises(NeverChanged):
        Answer.objects.all().delete()


def test_an_event_hidden_from_a_page_is_not_shown_there_as_somebody_elses_either(published, worker):
    from kinfold.record.snapshot import live

    row = live().of(record.Evidence).get(marker="domestic_abuse")
    worker.post(fact_address(), SAID | {"is_harmful": "on"})
    of_mother = record.TimelineEntry(
        person_id="AVA", about_id="MUM", delivery_id=row.delivery_id, part=row.part, row_number=row.row_number
    )
    of_ben = record.TimelineEntry(
        person_id="BEN", about_id="MUM", delivery_id=row.delivery_id, part=row.part, row_number=row.row_number
    )
    hidden = overlays.hidden(live(), ["AVA", "BEN", "MUM"], of=["AVA"])
    assert hidden.hides(of_mother) and not hidden.hides(of_ben)
