"""A draw by its page, its result once both have finished and not before, and how it ends."""

from __future__ import annotations

import csv
import datetime

import pytest
from django.utils import timezone
from tests.integration.workbench.study.conftest import READ, ROOT, text

from kinfold.governance.models import AuditEntry, Notice, Restriction, Standing
from kinfold.record.snapshot import live
from kinfold.workbench.study import actions, policies, queries
from kinfold.workbench.study.models import Answer, Study

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
FORM = {"about": "any", "wanted": "40"}


def by_half(subject):
    return "yes" if subject.is_listed else "no"


def test_an_analyst_draws_by_the_page_and_the_trail_says_who_was_drawn_and_how(listed, staff, signed_in):
    client = signed_in(staff.analyst)
    body = text(client.get(f"{ROOT}draw/"))
    for name in ("Sam Okafor", "Mo Idris", "Joan Carver"):
        assert name in body
    assert "Ruth Adeyemi</option>" not in body
    answer = client.post(f"{ROOT}draw/", FORM | {"first": staff.first.pk, "second": staff.second.pk})
    study = Study.objects.get()
    assert answer.url == f"{ROOT}{study.pk}/"
    assert study.is_made_up and study.run_id == listed.run_id and 0 < study.seed < 1_000_000
    entry = AuditEntry.objects.get(action="study.drawn")
    assert len(entry.listed.split()) == 40 and entry.detail["seed"] == study.seed
    assert {len(one.pseudonym) for one in study.subjects.all()} == {10}
    assert Standing.objects.filter(kind="reviewer", purpose="review", to_at=study.closes_at).count() == 80


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"second": "first"}, "Select somebody else: two people read apart."),
        ({"wanted": "38"}, "Enter an even number from 40 to 200."),
        ({"wanted": "41"}, "Enter an even number from 40 to 200."),
        ({"wanted": "lots"}, "Enter a whole number."),
        ({"wanted": "200"}, "This is too small for a study of 200"),
        ({"about": "other_service"}, "This is too small for a study of 40: 0 households"),
        ({"about": "everybody"}, "not one of the available choices"),
        ({"first": "analyst"}, "not one of the available choices"),
        ({"first": "partner"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words_and_nothing_is_drawn(change, said, listed, staff, person, signed_in):
    staff.partner = person("partner_worker")
    given = FORM | {"first": "first", "second": "second"} | change
    for field in ("first", "second"):
        given[field] = getattr(staff, given[field]).pk
    assert said in text(signed_in(staff.analyst).post(f"{ROOT}draw/", given))
    assert not Study.objects.exists() and not Standing.objects.exists() and not Notice.objects.exists()


def test_neither_a_readers_own_nor_restricted_children_are_drawn(listed, staff, drawn):
    at = timezone.now() - datetime.timedelta(hours=1)
    own = {f"{half}{number}" for half in "CN" for number in range(60)}
    Standing.objects.bulk_create(
        Standing(holder_kind="team", holder_ref="social_care/Harbour team", person_id=one, kind="team",
                 purpose="supervision", from_at=at, written_by="run") for one in own
    )  # fmt: skip
    found = {child.person_id: child for child in queries.candidates(listed, [staff.second], timezone.now())}
    assert {one for one, child in found.items() if child.is_readers_own} == own
    assert not {one.person_id for one in drawn().subjects.all()} & own


def test_nothing_is_shown_before_both_have_finished_and_then_no_identity(drawn, staff, read, signed_in):
    study = drawn()
    analyst = signed_in(staff.analyst)
    ids = [one.person_id for one in study.subjects.all()]
    read(study, staff.first, said=by_half)
    body = text(analyst.get(f"{ROOT}{study.pk}/"))
    assert "Nothing is shown until both have finished" in body and "Kappa" not in body
    for name in ("result", "rows"):
        assert analyst.get(f"{ROOT}{study.pk}/{name}.csv").status_code == 404
    read(study, staff.second, said=lambda subject: "yes" if subject.is_listed else "cannot")

    body = text(analyst.get(f"{ROOT}{study.pk}/"))
    assert "Kappa is 0.33: little agreement beyond chance" in body
    assert "This is a made-up council" in body and "What this cannot show" in body
    assert "20 of 20" in body and "0 of 20" in body
    for hidden in (*ids, "Quillfeather", "Sam Okafor", "Mo Idris"):
        assert hidden not in body
    assert Notice.objects.filter(to=staff.analyst, link=f"{ROOT}{study.pk}/").count() == 1
    assert AuditEntry.objects.filter(action="study.result_read").count() == 1


def test_files_hold_pseudonyms_alone_and_say_what_they_cannot_show(drawn, staff, read, signed_in):
    study = drawn()
    pseudonyms = {one.pseudonym for one in study.subjects.all()}
    for user in (staff.first, staff.second):
        read(study, user, said=by_half)
    analyst = signed_in(staff.analyst)
    table = b"".join(analyst.get(f"{ROOT}{study.pk}/result.csv")).decode()
    assert "Kappa,1.00" in table and "This is a made-up council" in table
    assert not [one for one in pseudonyms if one in table]
    answer = analyst.get(f"{ROOT}{study.pk}/rows.csv")
    assert "not-to-be-passed-on" in answer["Content-Disposition"]
    rows = list(csv.DictReader(b"".join(answer).decode().splitlines()))
    assert {row["pseudonym"] for row in rows} == pseudonyms and len(rows) == 40
    assert {row["half"] for row in rows if row["reader 1"].startswith("Yes")} == {"Listed"}
    assert AuditEntry.objects.filter(action="study.exported").count() == 2


def test_when_both_have_finished_sight_ids_and_copies_go_and_words_later(drawn, staff, read, signed_in):
    study = drawn()
    for user in (staff.first, staff.second):
        read(study, user, said=by_half)
    Answer.objects.filter(number=1).update(words="Somebody should ring the school.")
    study.refresh_from_db()
    assert study.state == "finished"
    assert not study.subjects.exclude(person_id="", copy=None).exists()
    assert study.subjects.exclude(pseudonym="").count() == 40
    assert not Standing.objects.filter(kind="reviewer", to_at__gt=timezone.now()).exists()
    assert signed_in(staff.first).get(f"{READ}{study.pk}/").status_code == 404
    # The practice lead reads whole records and so may read what was written; the analyst may not.
    assert "ring the school" in text(signed_in(staff.lead).get(f"{ROOT}{study.pk}/"))
    assert "ring the school" not in text(signed_in(staff.analyst).get(f"{ROOT}{study.pk}/"))
    actions.tidy(at=study.ended_at + policies.WORDS_KEPT - datetime.timedelta(seconds=1))
    assert Answer.objects.exclude(words="").count() == 2
    actions.tidy(at=study.ended_at + policies.WORDS_KEPT)
    assert Answer.objects.exclude(words="").count() == 0
    assert Answer.objects.exclude(said="").count() == 80


def test_a_study_ended_early_shows_nothing_and_opens_nothing(drawn, staff, read, signed_in):
    study = drawn()
    read(study, staff.first, said=by_half)
    analyst = signed_in(staff.analyst)
    assert "There is a problem" in text(analyst.post(f"{ROOT}{study.pk}/end/", {"reason": ""}))
    assert analyst.post(f"{ROOT}{study.pk}/end/", {"reason": "The second reader has left."}).status_code == 302
    body = text(analyst.get(f"{ROOT}{study.pk}/"))
    assert "Ended early" in body and "The second reader has left." in body and "Kappa" not in body
    assert analyst.get(f"{ROOT}{study.pk}/end/").status_code == 404
    assert signed_in(staff.second).get(f"{READ}{study.pk}/1/").status_code == 404
    assert not study.subjects.exclude(person_id="", copy=None).exists()
    assert Answer.objects.exclude(said="").count() == 40
    assert [one.message for one in Notice.objects.filter(to=staff.second)][-1].startswith("A blind review has ended")


def test_a_reader_who_cannot_go_on_is_replaced_and_what_they_said_goes(drawn, staff, read, signed_in):
    study = drawn()
    read(study, staff.first, said=by_half)
    read(study, staff.second, said=by_half, but=30)
    analyst, page = signed_in(staff.analyst), f"{ROOT}{study.pk}/replace/"
    comes = staff.stranger
    assert "Mo Idris" in text(analyst.get(page)) and "Sam Okafor" not in text(analyst.get(page))
    assert "There is a problem" in text(analyst.post(page, {"place": "2", "user": ""}))
    assert "There is a problem" in text(analyst.post(page, {"place": "1", "user": comes.pk}))
    assert Answer.objects.exclude(said="").count() == 50
    assert analyst.post(page, {"place": "2", "user": comes.pk}).status_code == 302
    assert Answer.objects.exclude(said="").count() == 40
    assert signed_in(staff.second).get(f"{READ}{study.pk}/1/").status_code == 404
    assert "0 of 40 children read" in text(signed_in(comes).get(f"{READ}{study.pk}/"))
    assert signed_in(comes).get(f"{READ}{study.pk}/1/").status_code == 200
    read(study, comes, said=by_half)
    study.refresh_from_db()
    assert study.state == "finished" and analyst.get(page).status_code == 404
    assert signed_in(staff.first).get(page).status_code == 404
    entry = AuditEntry.objects.get(action="study.reader_replaced")
    assert entry.detail["erased"] == 10 and entry.detail["came"] == comes.pk


def test_a_study_whose_time_is_over_ends_by_itself(drawn, staff, signed_in):
    study = drawn(at=timezone.now() - policies.OPEN_FOR)
    assert signed_in(staff.first).get(f"{READ}{study.pk}/1/").status_code == 404
    study.refresh_from_db()
    assert study.state == "lapsed" and not study.subjects.exclude(copy=None).exists()
    assert "Not finished in time" in text(signed_in(staff.lead).get(ROOT))


def test_who_left_is_counted_and_left_out_of_the_figures(drawn, staff, read, signed_in):
    study = drawn()
    leaves = study.subjects.filter(is_listed=True)[:2]
    why = dict.fromkeys([one.person_id for one in leaves], "restricted")
    assert actions.drop(study_id=study.pk, why=why, at=timezone.now()) == 2
    assert actions.drop(study_id=study.pk, why=why, at=timezone.now()) == 0
    for user in (staff.first, staff.second):
        read(study, user, said=by_half)
    body = text(signed_in(staff.analyst).get(f"{ROOT}{study.pk}/"))
    assert "2 children have left the study" in body and "18 of 18" in body and "of 38 children" in body


def test_a_night_takes_out_whom_nobody_asked_about_and_leads_to_the_latest_result(drawn, staff, read, signed_in):
    study = drawn()
    leaves = study.subjects.first()
    Restriction.objects.create(
        person_id=leaves.person_id, kind="restricted", owner="the lead", reason="x", from_at=timezone.now()
    )
    assert actions.tidy(at=timezone.now(), snapshot=live()) == 0
    leaves.refresh_from_db()
    assert (leaves.why_gone, leaves.person_id, leaves.copy) == ("restricted", "", None)
    analyst = signed_in(staff.analyst)
    assert analyst.get(f"{ROOT}latest/").url == ROOT
    for user in (staff.first, staff.second):
        read(study, user, said=by_half)
    assert analyst.get(f"{ROOT}latest/").url == f"{ROOT}{study.pk}/"
    assert "Blind review: would practitioners" in text(analyst.get("/workbench/proof/"))
