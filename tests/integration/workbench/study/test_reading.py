"""Two people read the same children apart, and nothing they are shown tells who is on the list."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone
from tests.integration.people import counted
from tests.integration.snapshot import publish
from tests.integration.workbench.study.conftest import READ, plain, tables, text

from kinfold.governance import gate
from kinfold.governance.models import AuditEntry, Notice, Restriction, Standing
from kinfold.workbench.study import actions
from kinfold.workbench.study.models import Answer, Reader

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NEVER_SAID = (
    *(
        "priority",
        "soon",
        "watch",
        "WHYSENTENCE",
        "CHANGEDSENTENCE",
        "DUESENTENCE",
        "PATHWAYSENTENCE",
        "41.25",
        "37.75",
    ),
    *(
        "Debt advice",
        "Quillfeather",
        "Zebedee",
        "Kelp Row",
        "900199",
        "SM9",
        "Staithe",
        "listed",
        "rank",
        "band",
        "Reader 2",
    ),
)


def test_half_is_listed_both_read_all_and_each_in_another_order(drawn, staff):
    study = drawn()
    subjects = list(study.subjects.all())
    assert (len(subjects), sum(one.is_listed for one in subjects)) == (40, 20)
    orders = [
        list(Answer.objects.filter(reader__user=user).order_by("number").values_list("subject", flat=True))
        for user in (staff.first, staff.second)
    ]
    assert sorted(orders[0]) == sorted(orders[1]) and orders[0] != orders[1]
    for user in (staff.first, staff.second):
        assert Notice.objects.get(to=user).link == f"{READ}{study.pk}/"


def test_a_listed_child_and_one_alike_who_is_not_are_the_same_page_to_the_letter(drawn, staff, signed_in):
    study = drawn()
    client = signed_in(staff.first)
    pairs = _pairs_alike(staff.first)
    assert len(pairs) >= 3
    for listed, other in pairs[:3]:
        shown = []
        for row in (listed, other):
            answer = client.get(f"{READ}{study.pk}/{row.number}/")
            main = text(answer).partition("<main")[2].partition("</main>")[0]
            for word in ("Rent nine weeks behind", "Comes to school", "On school roll"):
                assert word in main, word
            for word in (*NEVER_SAID, row.subject.person_id, row.subject.pseudonym):
                assert word not in main, word
            shown.append(plain(answer))
        assert shown[0] == shown[1]
    assert "listed" not in text(client.get(f"{READ}{study.pk}/")).partition("<main")[2].partition("</main>")[0]


def _pairs_alike(user):
    """A listed child with one who is not, of the same age to the day and of whom as much is known."""
    alike: dict[str, dict[bool, Answer]] = {}
    for row in Answer.objects.filter(reader__user=user).select_related("subject").order_by("number"):
        key = f"{row.subject.copy['age']} {row.subject.copy['coverage']}"
        alike.setdefault(key, {})[row.subject.is_listed] = row
    return [(found[True], found[False]) for found in alike.values() if found.keys() == {True, False}]


def test_each_look_is_written_first_and_a_reader_can_open_the_child_nowhere_else(drawn, staff, signed_in):
    study = drawn()
    client = signed_in(staff.first)
    row = Answer.objects.filter(reader__user=staff.first).select_related("subject").first()
    client.get(f"{READ}{study.pk}/{row.number}/")
    entry = AuditEntry.objects.latest("number")
    assert (entry.action, entry.person_id, entry.entitlement) == ("study.read", row.subject.person_id, "reviewer")
    assert (entry.purpose, entry.result, entry.path_name) == ("review", "allowed", "study:child")
    assert client.get(f"/children/{row.subject.person_id}/").status_code == 404
    with pytest.raises(gate.NotForYou):
        gate.ask(user=staff.first, role="social_worker", person_id=row.subject.person_id, action="x", at=timezone.now())


def test_a_stranger_gets_what_anybody_gets_for_a_page_that_is_not_there(drawn, staff, signed_in):
    study = drawn()
    for user in (staff.stranger, staff.lead, staff.analyst):
        client = signed_in(user)
        missing = client.get(f"{READ}999/1/")
        assert missing.status_code == 404
        for page in (f"{READ}{study.pk}/", f"{READ}{study.pk}/1/", f"{READ}{study.pk}/1/today/"):
            found = client.get(page)
            assert (found.status_code, found.content) == (404, missing.content), page
    first = signed_in(staff.first)
    assert first.get(f"{READ}{study.pk}/41/").status_code == 404
    for page in ("", "draw/", f"{study.pk}/", f"{study.pk}/end/", f"{study.pk}/rows.csv"):
        assert first.get(f"/workbench/blind-review/{page}").status_code == 404


def test_neither_reader_meets_anything_of_the_other(drawn, staff, signed_in, read):
    study = drawn()
    before = [plain(signed_in(staff.second).get(f"{READ}{study.pk}/{number}/")) for number in (1, 2, 40)]
    client = read(study, staff.first, said=lambda subject: "yes")
    after = [plain(signed_in(staff.second).get(f"{READ}{study.pk}/{number}/")) for number in (1, 2, 40)]
    assert before == after
    assert Answer.objects.filter(reader__user=staff.second).exclude(said="").count() == 0
    assert "Your answers stand" in text(client.get(f"{READ}{study.pk}/")) or "Thank you" in text(
        client.get(f"{READ}{study.pk}/")
    )
    assert "Sam Okafor" not in text(signed_in(staff.second).get(f"{READ}{study.pk}/"))


def test_an_answer_can_be_changed_until_the_reader_finishes_and_not_after(drawn, staff, read):
    study = drawn()
    client = read(study, staff.first, said=lambda subject: "no", but=1)
    again = {"said": "cannot", "reason": "little", "words": "Only one feed speaks of this child."}
    assert client.post(f"{READ}{study.pk}/1/", again).url == f"{READ}{study.pk}/40/"
    row = Answer.objects.get(reader__user=staff.first, number=1)
    assert (row.said, row.reason, row.words) == ("cannot", "little", "Only one feed speaks of this child.")
    client.post(f"{READ}{study.pk}/finish/")
    assert Reader.objects.get(user=staff.first).finished_at is None
    assert "There are children you have not answered yet" in text(client.get(f"{READ}{study.pk}/"))
    for wrong in ({"said": "maybe", "reason": "little"}, {"said": "yes", "reason": ""}):
        assert "There is a problem" in text(client.post(f"{READ}{study.pk}/40/", wrong))
    assert client.post(f"{READ}{study.pk}/40/", again).url == f"{READ}{study.pk}/"
    client.post(f"{READ}{study.pk}/finish/")
    client.post(f"{READ}{study.pk}/1/", {"said": "yes", "reason": "several", "words": ""})
    assert Answer.objects.get(reader__user=staff.first, number=1).said == "cannot"
    with pytest.raises(actions.UnableToAnswer):
        actions.answer(
            reader=Reader.objects.get(user=staff.first), number=1, said="yes", reason="several", words="",
            by=staff.first, role="social_worker", at=timezone.now(),
        )  # fmt: skip


@pytest.mark.parametrize("how", ["restricted", "flagged", "allocated", "gone", "erased"])
def test_a_child_who_may_be_read_no_longer_leaves_the_study_with_all_that_was_said(how, drawn, staff, read, signed_in):
    study, at = drawn(), timezone.now()
    client = read(study, staff.first, said=lambda subject: "yes", but=39)
    row = Answer.objects.select_related("subject").get(reader__user=staff.first, number=1)
    person_id = row.subject.person_id
    if how == "restricted":
        Restriction.objects.create(person_id=person_id, kind="sealed", owner="the lead", reason="x", from_at=at)
    elif how == "flagged":
        publish(tables(**{person_id: {"is_restricted": True}}))
    elif how == "allocated":
        Standing.objects.create(holder_kind="worker", holder_ref="social_care/W1", person_id=person_id,
                                kind="allocated", purpose="case_work", from_at=at, written_by="run")  # fmt: skip
    elif how == "gone":
        publish(tables(**{person_id: {"person_id": "SOMEBODYELSE"}}))
    else:
        assert actions.forget_deliveries(delivery_ids=["housing-99"], at=at) == 0
        row.subject.copy["Evidence"][0]["delivery_id"] = "housing-77"
        row.subject.save(update_fields=["copy"])
        assert actions.forget_deliveries(delivery_ids=["housing-77"], at=at) == 1

    assert client.get(f"{READ}{study.pk}/1/").url == f"{READ}{study.pk}/"
    body = text(client.get(f"{READ}{study.pk}/"))
    assert "Child 1 has left the study" in body and "0 of 39 children read" in body
    why = {"restricted": "restricted", "flagged": "restricted", "allocated": "known", "gone": "not_there"}
    subject = study.subjects.get(pk=row.subject_id)
    assert subject.why_gone == why.get(how, "erased")
    assert (subject.person_id, subject.pseudonym, subject.copy) == ("", "", None)
    assert not Answer.objects.filter(subject=subject).exclude(said="").exists()
    with pytest.raises(gate.NotForYou):
        gate.ask(user=staff.second, role="team_manager", person_id=person_id, action="x", at=timezone.now(),
                 through=study.page)  # fmt: skip
    page = text(signed_in(staff.analyst).get(f"/workbench/blind-review/{study.pk}/"))
    assert "1 child has left the study" in page


def test_what_is_restricted_of_a_parent_since_is_veiled_from_the_kept_copy(drawn, staff, signed_in):
    study = drawn()
    row = Answer.objects.select_related("subject").get(reader__user=staff.first, number=1)
    page = f"{READ}{study.pk}/1/"
    assert "Rent nine weeks behind" in text(signed_in(staff.first).get(page))
    Restriction.objects.create(
        person_id=f"MUM{row.subject.person_id}", kind="restricted", owner="the refuge lead", reason="x",
        from_at=timezone.now() - datetime.timedelta(hours=1),
    )  # fmt: skip
    body = text(signed_in(staff.first).get(page))
    assert "nine weeks behind" not in body.lower() and "Ask the refuge lead" in body


def test_somebody_who_can_act_is_told_of_a_child_and_the_reader_is_not_told_whose(drawn, staff, person, signed_in):
    decider = person("decision_maker", display_name="Dee Cide")
    study = drawn()
    row = Answer.objects.select_related("subject").get(reader__user=staff.first, number=1)
    client = signed_in(staff.first)
    assert row.subject.person_id not in text(client.get(f"{READ}{study.pk}/1/today/"))
    answer = client.post(f"{READ}{study.pk}/1/today/", follow=True)
    assert "Told." in text(answer) and row.subject.person_id not in text(answer)
    told = Notice.objects.get(to=decider)
    assert told.link == f"/duty/{row.subject.person_id}/" and row.subject.person_id not in told.message
    assert AuditEntry.objects.filter(action="study.concern", person_id=row.subject.person_id).count() == 1


def test_reading_costs_the_same_however_many_children(drawn, staff, signed_in):
    small, large = drawn(wanted=40), drawn(wanted=80, readers=[staff.first, staff.lead])
    client = signed_in(staff.first)
    client.get(f"{READ}{small.pk}/1/")
    costs = []
    for study in (small, large):
        for page in ("", "1/"):
            with counted() as cost:
                text(client.get(f"{READ}{study.pk}/{page}"))
            costs.append(len(cost.queries))
    assert costs[:2] == costs[2:]
    assert max(costs) <= 45
