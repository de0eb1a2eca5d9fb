"""
What is known of somebody whose record is closed to the reader is on nobody else's page, list or evidence.

Ava's mother was a victim with Ava present, is in treatment, and has Ava's worker's phone in her contact note.
"""
# ruff: noqa: E501  a table of facts reads best in long lines

from __future__ import annotations

import datetime

import pytest
from tests.integration import people
from tests.integration.snapshot import AS_AT, council, publish
from tests.spec import readable

from kinfold.governance.actions import restrict
from kinfold.record import published as record
from kinfold.record.challenges.models import Challenge
from kinfold.record.models import Publication
from kinfold.record.veil import Veil

NOW = datetime.datetime(2026, 3, 3, 9, tzinfo=datetime.UTC)
AVA = "/children/AVA/"
OF_MUM = ("Turning Tide", "Parent in treatment", "Began treatment", "Entered treatment")
OF_BOTH = ("Present at two incidents", "two incidents at home")
OF_THE_RUN = (
    "not seen alone since 9 January",
    "A police notification came",
    "01632 960011",
    "Open to Harbour team since 4 November",
)

# Whose records are closed, what a statement rests on, and what is left of it.
LEFT = """
    closed            | rests on | what is shown | and whom to ask
    ------------------+----------+---------------+----------------
    nobody            | AVA MUM  | all of it     |
    MUM restricted    | AVA      | all of it     |
    MUM restricted    | AVA MUM  | its name      | Duty manager
    MUM restricted    | MUM      | nothing       |
    MUM sealed        | AVA MUM  | its name      |
    MUM sealed        | MUM      | nothing       |
    MUM restricted    |          | all of it     |
"""


@pytest.mark.parametrize("case", readable.cells(LEFT)[1], ids=lambda case: f"{case['closed']}: {case['rests on']}")
def test_what_is_left_of_a_statement(case):
    who, _, kind = case["closed"].partition(" ")
    veil = Veil({who: (kind, "Duty manager")} if kind else {})
    statement = record.Statement(label="Abuse", text="Two incidents.", on=AS_AT, points=4.0, about_ids=case["rests on"])

    left = veil.statements([statement])

    said = {(): "nothing", ("Two incidents.", AS_AT, 4.0): "all of it", ("", None, None): "its name"}
    assert said[(left[0].text, left[0].on, left[0].points) if left else ()] == case["what is shown"]
    assert ("Duty manager" in left[0].veiled if left else False) is bool(case["and whom to ask"])


@pytest.fixture
def with_mother(published):
    tables = council()
    for child in tables[record.Child]:
        child["about_ids"] = "BEN MUM" if child["person_id"] == "AVA" else ""
    mine = {"person_id": "AVA", "state": "true"}
    tables[record.Statement] = [
        *({**row, "about_ids": "AVA MUM"} if row["marker"] == "domestic_abuse" else row for row in tables[record.Statement]),
        {**mine, "marker": "treatment", "kind": "pressure", "label": "Parent in treatment", "text": "Began treatment in June.", "about_ids": "MUM", "agency": "substance_misuse"},
    ]  # fmt: skip
    facts = {"marker": "domestic_abuse", "agency": "police", "source": "police_domestic_abuse", "person_id": "AVA"}
    tables[record.Evidence] = [
        {**facts, "about_id": "AVA", "about_words": "this child", "fact": "Was present"},
        {**facts, "about_id": "MUM", "about_words": "a parent", "fact": "Was the victim"},
        {**facts, "marker": "treatment", "about_id": "MUM", "about_words": "a parent", "fact": "Entered treatment"},
    ]
    tables[record.Involvement] = [
        {**row, "about_id": "MUM" if row["agency"] == "substance_misuse" else row["person_id"]} for row in tables[record.Involvement]
    ]  # fmt: skip
    event = {
        "person_id": "AVA",
        "on": AS_AT,
        "kind": "treatment",
        "title": "Entered treatment",
        "agency": "substance_misuse",
        "known_from": AS_AT,
    }
    tables[record.TimelineEntry] = [*tables[record.TimelineEntry], {**event, "about_id": "MUM"}]
    tables[record.WorklistRow] = [
        {**row, "about_ids": "BEN MUM" if row["person_id"] == "AVA" else ""} for row in tables[record.WorklistRow]
    ]
    return publish(tables)


@pytest.fixture
def worker(person):
    return person("social_worker", **people.WORKER)


def close(kind: str, *named: object) -> None:
    restrict(person_id="MUM", kind=kind, owner="Duty manager", reason="Staff", named=named, by=None, at=NOW)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_whoever_may_know_of_her_reads_all_of_it(with_mother, worker, signed_in):
    close("restricted", worker)
    page = text(signed_in(worker).get(AVA))
    for said in (*OF_MUM[:3], OF_BOTH[0], *OF_THE_RUN):
        assert said in page, said
    assert "Duty manager" not in page


@pytest.mark.parametrize("kind", ["restricted", "sealed"])
def test_nothing_of_her_is_on_the_childs_page(with_mother, worker, signed_in, kind):
    close(kind)
    page = text(signed_in(worker).get(AVA))
    for said in (*OF_MUM, *OF_BOTH, *OF_THE_RUN):
        assert said not in page, said
    assert "Domestic abuse at home" in page
    assert "Domestic abuse incident" in page  # the child's own entry of the timeline
    assert "Open to Harbour team" in page
    assert ("Duty manager" in page, "cannot be shown" in page) == (
        (True, True) if kind == "restricted" else (False, False)
    )


@pytest.mark.parametrize("kind", ["restricted", "sealed"])
def test_nothing_of_her_is_behind_a_statement(with_mother, worker, signed_in, kind):
    close(kind)
    client = signed_in(worker)
    page = text(client.get(f"{AVA}evidence/domestic_abuse/"))
    assert "Was present" in page
    assert "Was the victim" not in page
    assert not any(said in page for said in (*OF_BOTH, *OF_THE_RUN))
    assert ("Ask Duty manager" in page) is (kind == "restricted")
    assert client.get(f"{AVA}evidence/treatment/").status_code == 404


def test_what_was_answered_to_a_challenge_is_not_shown_where_the_words_are_not(with_mother, worker, signed_in):
    Challenge.objects.create(
        kind="statement", person_id="AVA", about_id="AVA", marker="domestic_abuse", said="did_not_happen", words="No.",
        by=worker, role="social_worker", at=NOW, changed_at=NOW, state="not_upheld", settled_at=NOW,
        answer="Her mother rang the police herself.",
    )  # fmt: skip
    client = signed_in(worker)
    for address in (AVA, f"{AVA}evidence/domestic_abuse/"):
        assert "rang the police herself" in text(client.get(address))
    close("sealed")
    for address in (AVA, f"{AVA}evidence/domestic_abuse/"):
        assert "rang the police herself" not in text(client.get(address))


@pytest.mark.parametrize("kind", ["restricted", "sealed"])
@pytest.mark.parametrize("address", ["/my-day/", "/my-day/print/"])
def test_nothing_of_her_is_on_a_list(with_mother, worker, signed_in, kind, address):
    before = text(signed_in(worker).get(address))
    close(kind)
    page = text(signed_in(worker).get(address))
    assert OF_THE_RUN[0] in before and "01632 960011" in before
    assert not any(said in page for said in (*OF_MUM, *OF_BOTH, *OF_THE_RUN))
    assert "Ava Szymańska-Reed" in page
    if address == "/my-day/":
        assert ("Ask Duty manager" in page) is (kind == "restricted")


def test_what_befell_two_people_alike_is_one_line_and_is_left_to_who_is_not_closed(with_mother, worker, signed_in):
    tables = council()
    told = {
        "person_id": "AVA",
        "on": AS_AT,
        "kind": "contact",
        "title": "Police contact",
        "detail": "a parent",
        "agency": "police",
        "known_from": AS_AT,
    }
    tables[record.TimelineEntry] = [{**told, "about_id": "MUM"}, {**told, "about_id": "DAD"}]
    publish(tables)
    client = signed_in(worker)
    assert "1 entry" in text(client.get(AVA))
    close("restricted")
    assert "1 entry" in text(client.get(AVA))
    restrict(person_id="DAD", kind="restricted", owner="Duty manager", reason="Staff", named=[], by=None, at=NOW)
    assert "Police contact" not in text(client.get(AVA))


def test_it_costs_at_most_twelve_queries_too(with_mother, worker, signed_in):
    close("restricted")
    client = signed_in(worker)
    client.get(AVA)
    for address in (AVA, f"{AVA}evidence/domestic_abuse/", f"{AVA}looks/", "/my-day/"):
        with people.counted() as cost:
            client.get(address)
        assert len(cost.queries) <= 12, "\n".join(cost.queries)


def test_a_snapshot_of_an_earlier_release_is_not_read_because_it_does_not_say_whose_its_facts_are(
    with_mother, worker, signed_in
):
    Publication.objects.update(shape="")
    client = signed_in(worker)
    assert client.get(AVA).status_code == 404
    assert "There is no list yet" in text(client.get("/my-day/"))
