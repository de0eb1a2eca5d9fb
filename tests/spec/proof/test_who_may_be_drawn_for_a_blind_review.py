"""
A blind review holds the list against what practitioners would have wanted to know.

Half of its children are on the list, half are not. Neither the draw nor the page may give away which.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.spec import readable

from kinfold.workbench.study import copying, policies
from kinfold.workbench.study.policies import Candidate

WORDS = {"yes": True, "no": False, "": False}


@pytest.fixture
def spec() -> Callable[..., None]:
    """Hold a rule of one child, or of one column, against a table of them: by `child` or `column`."""

    def held(rule: Callable[..., Any], *, table: str, expected: dict[str, Any], **more: Any) -> None:
        _, rows = readable.cells(table)
        found = {next(iter(row.values())): rule(row, **more) for row in rows}
        assert found == expected

    return held


def half(row: dict[str, str], *, about: str) -> str:
    return policies.half(
        Candidate(
            person_id=row["child"], household_id=row["child"], band=row["band"], pathway=row["pathway"], age_band="",
            coverage=0.5, is_closed=WORDS[row["restricted or sealed"]], is_readers_own=WORDS[row["a reader's own"]],
        ),
        about=about,
    )  # fmt: skip


def test_a_child_is_drawn_as_listed_as_not_listed_or_never(spec: Callable[..., None]) -> None:
    spec(
        half,
        table="""
            child | band             | pathway       | restricted or sealed | a reader's own
            ------+------------------+---------------+----------------------+---------------
            P1    | priority         | social_care   |                      |
            P2    | soon             | outreach      |                      |
            P3    | watch            | social_care   |                      |
            P4    | none             | none          |                      |
            P5    | not_enough_known | other_service |                      |
            P6    | decide_today     | front_door    |                      |
            P7    | priority         | social_care   | yes                  |
            P8    | watch            | none          | yes                  |
            P9    | priority         | social_care   |                      | yes
            P10   | none             | none          |                      | yes
        """,
        about="any",
        expected={
            "P1": "listed", "P2": "listed", "P3": "not listed", "P4": "not listed", "P5": "not listed",
            "P6": "never", "P7": "never", "P8": "never", "P9": "never", "P10": "never",
        },
    )  # fmt: skip


def test_a_study_of_one_list_draws_both_halves_from_that_list(spec: Callable[..., None]) -> None:
    spec(
        half,
        table="""
            child | band     | pathway       | restricted or sealed | a reader's own
            ------+----------+---------------+----------------------+---------------
            P1    | priority | social_care   |                      |
            P2    | watch    | social_care   |                      |
            P3    | priority | front_door    |                      |
            P4    | soon     | outreach      |                      |
            P5    | watch    | none          |                      |
            P6    | watch    | other_service |                      |
        """,
        about="nobody",
        expected={
            "P1": "never", "P2": "never", "P3": "listed", "P4": "listed", "P5": "not listed", "P6": "never",
        },
    )  # fmt: skip


def is_shown(row: dict[str, str]) -> bool:
    table, _, column = row["column"].partition(".")
    kept = {model._meta.db_table.removeprefix("snapshot_"): fields for model, fields in copying.KEPT.items()}
    return column in kept.get(table, ())


def test_what_a_reader_is_shown_and_what_never(spec: Callable[..., None]) -> None:
    """Of the child only the age and how much is known; of the order, the list and whoever works on it, nothing."""
    spec(
        is_shown,
        table="""
            column                       | what it is
            -----------------------------+---------------------------------------
            statement.text               | what is said of the child
            statement.caveat             | what speaks against reading it so
            statement.points             | its points
            statement.rank               | its place among the others, by points
            statement.offers             | what could be offered
            evidence.fact                | the fact behind it
            evidence.feed_label          | who told us
            involvement.service_name     | a service that works with the child
            involvement.worker_name      | who that is
            child.forename               | the name
            child.address_lines          | the address
            child.phone                  | the phone
            child.band                   | the band
            child.figure                 | the points together
            child.why                    | the sentence why the child is listed
            child.changed                | the sentence what has changed
            child.pathway                | which list
            child.due_sentence           | when a visit is due
            worklist_row.rank            | the place on a worker’s list
            timeline_entry.title         | what happened, day by day
        """,
        expected={
            "statement.text": True, "statement.caveat": True, "statement.points": False, "statement.rank": False,
            "statement.offers": False, "evidence.fact": True, "evidence.feed_label": True,
            "involvement.service_name": True, "involvement.worker_name": False, "child.forename": False,
            "child.address_lines": False, "child.phone": False, "child.band": False, "child.figure": False,
            "child.why": False, "child.changed": False, "child.pathway": False, "child.due_sentence": False,
            "worklist_row.rank": False, "timeline_entry.title": False,
        },
    )  # fmt: skip
