"""What each decision tells the next run, who reads it again, and that taking it back leaves nothing behind."""

from __future__ import annotations

import dataclasses
import random

import pytest
from django.utils import timezone
from tests.integration.workbench.matches.conftest import PEOPLE, ROOT, text

from kinfold.areas import area as areas
from kinfold.governance.models import AuditEntry
from kinfold.operations import decisions
from kinfold.operations.matching import lake
from kinfold.workbench.matches import actions, policies, queries
from kinfold.workbench.matches.models import Decision, NeverChanged, Verdict

pytestmark = pytest.mark.slow


def told():
    return {(row["left"], row["right"]): row["kind"] for row in queries.for_run()}


@pytest.fixture(autouse=True)
def no_sample(monkeypatch):
    """A sample of none, so that only what touches a child open to social care is read twice."""
    real = areas.load
    monkeypatch.setattr(areas, "load", lambda folder: dataclasses.replace(real(folder), second_reader_share=0.0))


def test_two_people_are_kept_apart_and_the_case_is_gone(engineer, decide, ref):
    client = engineer()
    answer = decide(client, ("P3", "P4"), "apart")

    assert answer.status_code == 302
    assert told() == {("council_tax:3", "housing:4"): "cannot_link"}
    assert ref("P3", "P4") not in text(client.get(ROOT))


def test_one_person_and_a_split_say_so_of_every_pair(engineer, decide, council):
    client = engineer()
    decide(client, ("P3", "P4"), "same")
    five = PEOPLE["P5"][-1]
    client.get(f"{ROOT}people/P5/")

    client.post(f"{ROOT}people/P5/", {
        "decide": "yes", "kind": "split", "reason": "Another girl of the same class.", "ask": "",
        "record": [lake.ref_of(council, "police_missing:5")],
    })  # fmt: skip
    assert told() == {
        ("council_tax:3", "housing:4"): "must_link",
        ("child_health:5", "school_census:5"): "must_link",
        ("child_health:5", "police_missing:5"): "cannot_link",
        ("police_missing:5", "school_census:5"): "cannot_link",
    }
    assert set(five) == {key for pair in told() for key in pair if key.endswith(":5")}


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("split", {}, "Select a valid choice"),
        ("joined", {"ticked": ["council_tax:3"]}, "Select a valid choice"),
        ("unsure", {}, "Say whom to ask"),
        ("same", {"reason": "  "}, "in a few words"),
        ("strange", {}, "Select"),
        ("lock", {"reason": "no"}, "in a few words"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(engineer, decide, kind, more, said):
    answer = decide(engineer(), ("P3", "P4"), kind, **more)
    assert said in text(answer) and not Decision.objects.exists()


def test_a_split_has_to_part_one_persons_records(engineer, decide):
    for ticked, said in (([], "leave at least one"), (["police_missing:2"], "a person of their own already")):
        answer = decide(engineer(), ("P1", "P2"), "split", ticked=ticked)
        assert said in text(answer) and not Decision.objects.exists()


def test_who_cannot_tell_leaves_it_in_the_queue_with_whom_to_ask(engineer, decide, ref):
    decide(engineer(), ("P3", "P4"), "unsure", ask="The housing officer")
    for name in ("Leila", "Kofi"):
        page = text(engineer(name).get(ROOT))
        assert ref("P3", "P4") in page and "The housing officer" in page
    assert not told()


def test_a_lock_holds_its_records_and_keeps_others_away(engineer, decide, council):
    decide(engineer(), ("P6", "P7"), "lock")
    rows = decisions._match_decisions(council).to_pylist()
    assert [(row["left"], row["right"], row["kind"]) for row in rows] == [
        ("child_health:7", "child_health:7", "lock"),
        ("child_health:7", "school_census:6", "cannot_link"),
        ("school_census:6", "school_census:6", "lock"),
    ]
    client = engineer()
    client.get(f"{ROOT}people/P5/")
    client.post(f"{ROOT}people/P5/", {"decide": "yes", "kind": "lock", "reason": "Checked with the school.", "ask": ""})
    kinds = {(row["left"], row["right"]): row["kind"] for row in decisions._match_decisions(council).to_pylist()}
    assert kinds[("child_health:5", "school_census:5")] == "must_link"
    assert "Locked" in text(client.get(f"{ROOT}people/P5/"))


def test_what_joins_a_child_open_to_social_care_counts_when_a_second_reader_agrees_blind(engineer, decide, ref):
    first, second = engineer("Leila"), engineer("Kofi")
    case = f"{ROOT}cases/{ref('P1', 'P2')}/"
    decide(first, ("P1", "P2"), "same")

    assert not told()
    assert ref("P1", "P2") not in text(first.get(ROOT))
    assert "waits for another reader" in text(first.get(case))
    seen = text(second.get(ROOT)) + text(second.get(case)) + text(second.get(f"{ROOT}decisions/"))
    assert ref("P1", "P2") in seen and "The school confirmed it" not in seen and "Leila" not in seen
    number = Decision.objects.get().pk
    assert second.get(f"{ROOT}decisions/{number}/undo/").status_code == 404

    decide(second, ("P1", "P2"), "same")
    assert set(told().values()) == {"must_link"} and len(told()) == 3
    assert "100%" in text(first.get(ROOT))


def test_where_two_disagree_a_third_person_sees_both_answers_and_settles_it(engineer, decide, ref):
    decide(engineer("Leila"), ("P1", "P2"), "same", reason="Same mother, same day.")
    decide(engineer("Kofi"), ("P1", "P2"), "apart", reason="Twins, says the health visitor.")
    assert not told()
    for name in ("Leila", "Kofi"):
        assert ref("P1", "P2") not in text(engineer(name).get(ROOT))

    third = engineer("Sian")
    page = text(third.get(f"{ROOT}cases/{ref('P1', 'P2')}/"))
    assert "Two readers disagree" in page and "Same mother" in page and "Twins, says" in page
    decide(third, ("P1", "P2"), "apart")
    assert told()[("police_missing:2", "school_census:1")] == "cannot_link"
    assert queries.agreement().share < 1


def test_nobody_reads_their_own_decision_twice(engineer, decide):
    client = engineer()
    decide(client, ("P1", "P2"), "same")
    assert "Somebody else reads it now" in text(decide(client, ("P1", "P2"), "apart"))
    assert Decision.objects.count() == 1


def test_a_decision_taken_back_leaves_what_stood_before(engineer, decide, ref):
    client = engineer()
    decide(client, ("P3", "P4"), "apart")
    before = told()
    decide(client, ("P3", "P4"), "same")
    assert set(told().values()) == {"must_link"}

    last = Decision.objects.order_by("-pk").first()
    page = f"{ROOT}decisions/{last.pk}/undo/"
    assert "Take this decision back" in text(client.get(page))
    client.post(page, {"reason": "It was the other Owen."})
    assert told() == before
    assert client.get(page).status_code == 404
    client.post(f"{ROOT}decisions/{Decision.objects.first().pk}/undo/", {"reason": "And so was that."})
    assert told() == {} and ref("P3", "P4") in text(client.get(ROOT))
    assert Decision.objects.count() == 4 and AuditEntry.objects.filter(action="match.undone").count() == 2


def test_rows_are_never_changed_or_taken_away(engineer, decide):
    decide(engineer(), ("P3", "P4"), "apart")
    row = Decision.objects.get()
    for change in (row.save, row.delete, Decision.objects.all().delete, Verdict.objects.all().delete):
        with pytest.raises(NeverChanged):
            change()


def _undo(decision, user):
    actions.undo(decision_id=decision.pk, reason="taken back", refs=str, by=user, role="matcher", at=timezone.now())


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_decided_and_taken_back_the_run_is_told_what_still_stands(person, seed):

    dice, user = random.Random(seed), person("matcher")
    history: list[tuple[Decision, dict]] = []
    rows = 0
    for _ in range(40):
        keys = [f"s:{n}" for n in dice.sample(range(8), dice.randint(2, 5))]
        at = dice.randint(1, len(keys) - 1)
        shown = [keys[:at], keys[at:]]
        if history and dice.random() < 0.45:
            decision, _ = history.pop(dice.randrange(len(history)))
            actions.undo(
                decision_id=decision.pk, reason="taken back", refs=str, by=user, role="matcher", at=timezone.now()
            )
        else:
            made = actions.decide(
                ref=f"{dice.getrandbits(64):016x}", shown=shown, kind=dice.choice(["same", "apart", "lock"]), ticked=[],
                reason="a reason", ask="", share=0.0, touches_care=False, refs=str, by=user, role="matcher",
                at=timezone.now(),
            )  # fmt: skip
            history.append((made, {(v.left, v.right): v.kind for v in made.verdicts.all()}))
        stands: dict = {}
        for _, said in sorted(history, key=lambda one: one[0].pk):
            stands |= said
        assert told() == stands
        assert Decision.objects.count() == (rows := rows + 1)
    for decision, _ in dice.sample(history, len(history)):
        _undo(decision, user)
    assert told() == {}


def test_kappa_is_what_two_readers_agree_on_beyond_chance():
    pair = [("a", str(n)) for n in range(4)]
    one = dict(zip(pair, ["must_link", "must_link", "cannot_link", "cannot_link"], strict=True))
    other = one | {pair[3]: "must_link"}
    assert policies.agreement([(one, other)]) == policies.Agreement(1, 4, 0.75, 0.5)
    assert policies.agreement([(one, one)]).kappa == 1
    assert policies.agreement([]).share is None


def test_one_in_ten_is_drawn_by_the_case_itself():
    refs = [f"{random.Random(n).getrandbits(80):020x}" for n in range(4000)]
    drawn = sum(policies.why_second("apart", ref=ref, share=0.1, touches_care=False) == "sample" for ref in refs)
    assert 320 <= drawn <= 480
