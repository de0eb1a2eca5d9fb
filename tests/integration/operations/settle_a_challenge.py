"""
Challenges what rests on one row of the live run, and settles it: `settle_a_challenge.py uphold|leave|take-back`.

uphold: a fact that one child's statement rests on alone, and another child's statement; prints whose they are. leave: a
fact that is challenged and left to stand. take-back: the answers of both. Each as two people would by the pages.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
from pathlib import Path

from kinfold.operations import home as homes
from kinfold.operations import night

HOME = homes.open_home(Path(os.environ["KINFOLD_HOME"]))
night.set_up_service(HOME)

from kinfold.governance.models import User  # noqa: E402
from kinfold.record.challenges import actions  # noqa: E402
from kinfold.record.challenges.actions import Challenged  # noqa: E402
from kinfold.record.challenges.models import Challenge  # noqa: E402
from kinfold.record.models import Overlay  # noqa: E402
from kinfold.record.published import Evidence  # noqa: E402
from kinfold.record.snapshot import live  # noqa: E402

AT = datetime.datetime.now(datetime.UTC)


def somebody(name: str) -> User:
    return User.objects.get_or_create(username=name, defaults={"display_name": name})[0]


def fact_of(row: Evidence) -> Challenged:
    return Challenged(
        about_id=row.about_id, owner="Whoever sent it", marker=row.marker, source=row.source,
        table_name=row.table_name, delivery_id=row.delivery_id, part=row.part, row_number=row.row_number, on=row.on,
    )  # fmt: skip


def resting_on_one_row() -> list[Evidence]:
    """One row each of several children, on which a statement about the child rests alone."""
    snapshot = live()
    assert snapshot is not None
    rows = snapshot.of(Evidence).filter(table_name="event", marker__in=("domestic_abuse_at_home", "missing_episodes"))
    by_statement: dict[tuple[str, str], list[Evidence]] = {}
    for row in rows.order_by("id"):
        by_statement.setdefault((row.person_id, row.marker), []).append(row)
    alone = [held[0] for held in by_statement.values() if len(held) == 1 and held[0].about_id == held[0].person_id]
    return list({row.person_id: row for row in alone}.values())


def challenge(what: Challenged, person_id: str) -> Challenge:
    return actions.raise_challenge(
        person_id=person_id, what=what, said="did_not_happen", words="It was another day and another family.",
        is_harmful=False, by=somebody("worker"), role="social_worker", at=AT,
    )  # fmt: skip


def settle(row: Challenge, *, is_upheld: bool) -> None:
    role = "matcher" if row.kind == "fact" else "practice_lead"
    actions.settle(
        challenge_id=row.pk, is_upheld=is_upheld, words="The sender says so.", by=somebody("settler"), role=role, at=AT
    )


def uphold() -> dict[str, object]:
    of_fact, of_statement, standing = resting_on_one_row()[:3]
    settle(challenge(fact_of(of_fact), of_fact.person_id), is_upheld=True)
    marker = of_statement.marker
    what = Challenged(about_id=of_statement.person_id, owner="Its owner", marker=marker)
    settle(challenge(what, of_statement.person_id), is_upheld=True)
    settle(challenge(fact_of(standing), standing.person_id), is_upheld=False)
    return {
        "fact": [of_fact.person_id, of_fact.marker],
        "statement": [of_statement.person_id, marker],
        "stands": [standing.person_id, standing.marker],
    }


def take_back() -> dict[str, object]:
    for row in Challenge.objects.filter(state="upheld"):
        role = "matcher" if row.kind == "fact" else "practice_lead"
        actions.take_back(challenge_id=row.pk, words="The sender was wrong.", by=somebody("settler"), role=role, at=AT)
    return {}


def stands() -> dict[str, object]:
    return {
        "made_so": list(Challenge.objects.exclude(made_so_by="").values_list("kind", flat=True).order_by("kind")),
        "hiding": Overlay.objects.exclude(challenge=None).exclude(state="lifted").count(),
    }


sys.stdout.write(json.dumps({"uphold": uphold, "take-back": take_back, "stands": stands}[sys.argv[1]]()))
