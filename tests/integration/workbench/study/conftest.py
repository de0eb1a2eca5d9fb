"""
A made-up list of 240 children, half of them in bands that somebody rings, and two practitioners to read some of them.

Children come in twos: C0 is on the list, N0 is not, and what is told of the two is the same to the letter.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from tests.integration.snapshot import AS_AT, FEEDS, let_all_go, publish

from kinfold.operations import home as homes
from kinfold.record import published as record
from kinfold.record.snapshot import Snapshot

ROOT, READ = "/workbench/blind-review/", "/blind-review/"
PAIRS = 120
WORD = {True: "C", False: "N"}


def _child(number: int, *, is_listed: bool) -> dict[str, Any]:
    band = ("priority", "soon")[number % 2] if is_listed else ("watch", "none")[number % 2]
    return {
        "person_id": f"{WORD[is_listed]}{number}", "household_id": f"H{WORD[is_listed]}{number}", "role": "child",
        "forename": "Zebedee", "surname": "Quillfeather", "postcode": "SM9 9QQ", "address_lines": "1 Kelp Row",
        "phone": "07700 900199",
        "birth_on": datetime.date(2025 - 2 * (number % 8), 1, 2), "birth_quality": "stated",
        "band": band, "pathway": ("social_care", "outreach" if is_listed else "none")[number % 2],
        "coverage_share": 0.3 + (number % 7) / 10, "certainty": "very sure", "figure": 41.25 if is_listed else 0.5,
        "pressures": 37.75 if is_listed else 0.25, "unmet_needs": 3.5, "why": "WHYSENTENCE rung first",
        "changed": "CHANGEDSENTENCE", "due_sentence": "DUESENTENCE", "pathway_sentence": "PATHWAYSENTENCE",
        "is_rising": is_listed, "needs_front_door": is_listed,
    }  # fmt: skip


def _told(person_id: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    of = {"person_id": person_id, "about_ids": person_id, "state": "true"}
    about = {"person_id": person_id, "about_id": person_id, "about_words": "this child"}
    mother = {"about_id": f"MUM{person_id}", "about_words": "a parent"}
    statements = [
        {**of, "marker": "arrears", "kind": "need", "agency": "housing", "label": "Rent in arrears", "rank": 1,
         "text": "Nine weeks behind", "on": datetime.date(2026, 2, 1), "points": 37.75, "offers": "Debt advice",
         "about_ids": f"{person_id} MUM{person_id}", "domain": "Money"},
        {**of, "marker": "attends", "kind": "strength", "agency": "education", "label": "Comes to school", "rank": 2,
         "text": "Came to 97% of school", "on": datetime.date(2025, 12, 19)},
        {**of, "marker": "waits", "kind": "need", "agency": "mental_health", "label": "Waiting for care", "rank": 3,
         "state": "unknown", "why_unknown": "not_connected"},
    ]  # fmt: skip
    evidence = [
        {**about, **mother, "marker": "arrears", "source": "housing", "agency": "housing",
         "feed_label": "Housing tenancies", "delivery_id": "housing-01", "part": "accounts", "row_number": 7,
         "known_from": datetime.date(2026, 2, 2), "on": datetime.date(2026, 2, 1), "fact": "Rent nine weeks behind",
         "record_ref": f"ref-{person_id}"},
    ]  # fmt: skip
    working = [
        {**about, "agency": "education", "service_name": "Staithe Primary", "stage": "roll", "source": "school_census",
         "since": datetime.date(2019, 9, 4)},
    ]  # fmt: skip
    return statements, evidence, working


def tables(**changed: dict[str, Any]) -> dict[type[record.Published], list[dict[str, Any]]]:
    """The whole list; `changed` gives some children other columns: `tables(C0={"is_restricted": True})`."""
    children = [
        _child(number, is_listed=is_listed) | changed.get(f"{WORD[is_listed]}{number}", {})
        for number in range(PAIRS)
        for is_listed in (True, False)
    ]
    told = [_told(child["person_id"]) for child in children]
    return {
        record.Child: children,
        record.Statement: [row for one in told for row in one[0]],
        record.Evidence: [row for one in told for row in one[1]],
        record.Involvement: [row for one in told for row in one[2]],
        record.Feed: list(FEEDS),
    }


@pytest.fixture
def listed(db: None, tmp_path, settings) -> Iterator[Snapshot]:
    """The list, live, with a home whose key makes the pseudonyms."""
    home = homes.create(tmp_path / "home", area=homes.shipped_area(), is_demonstration=True, on=AS_AT)
    settings.HOME = home.folder
    made = publish(tables())
    yield made
    let_all_go()


@pytest.fixture
def staff(person: Callable[..., object]) -> SimpleNamespace:
    return SimpleNamespace(
        analyst=person("analyst", display_name="Ruth Adeyemi"),
        lead=person("practice_lead", display_name="Joan Carver"),
        first=person("social_worker", display_name="Sam Okafor", staff_ref="W1", agency="social_care"),
        second=person("team_manager", display_name="Mo Idris", team="Harbour team", agency="social_care"),
        stranger=person("social_worker", display_name="Uma Pell"),
    )


@pytest.fixture
def drawn(listed: Snapshot, staff: SimpleNamespace) -> Callable[..., object]:
    """Draw a study by its action: `drawn(wanted=40)`."""
    from django.utils import timezone

    from kinfold.workbench.study import actions

    def do(**more: Any) -> Any:
        given = {
            "snapshot": listed, "about": "any", "wanted": 40, "seed": 7, "readers": [staff.first, staff.second],
            "is_made_up": True, "named": lambda person_id: f"K{person_id}", "by": staff.analyst, "role": "analyst",
            "at": timezone.now(),
        } | more  # fmt: skip
        return actions.draw(**given)

    return do


@pytest.fixture
def read(signed_in: Callable[..., Client]) -> Callable[..., Client]:
    """Answer a study for one of its readers: `read(study, user, said=lambda subject: "yes", but=1)`; their client."""
    from django.utils import timezone

    from kinfold.workbench.study import actions

    def do(study: Any, user: Any, *, said: Callable[[Any], str], but: int = 0, reason: str = "several") -> Client:
        reader = study.readers.get(user=user)
        who = {"reader": reader, "by": user, "role": "social_worker", "at": timezone.now()}
        rows = list(reader.answers.select_related("subject").order_by("number"))
        for row in rows[: len(rows) - but]:
            if not row.subject.why_gone:
                actions.answer(number=row.number, said=said(row.subject), reason=reason, words="", **who)
        if not but:
            actions.finish(**who)
        return signed_in(user)

    return do


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def plain(answer: Any) -> str:
    """A page without what differs from one to the next in any case: the token of its forms and the child's number."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text(answer))
    return re.sub(r"(Child |child |/blind-review/\d+/|Blind review: )\d+", r"\1#", body)
