"""What is upheld as wrong is left out of the next run, and nothing else; taken back, it is as if it had not been."""

from __future__ import annotations

import pytest

KEPT = ("marker_state", "marker_evidence", "priority_line", "priority_child")


@pytest.fixture(scope="module")
def nights(council):
    """The live run's tables before, after a fact and a statement were upheld, and after both were taken back."""
    before = {name: council.rows(name) for name in KEPT}
    what = council.script("settle_a_challenge.py", "uphold")
    hidden = council.script("settle_a_challenge.py", "stands")
    council.kinfold("run")
    upheld = {name: council.rows(name) for name in KEPT}
    stands = council.script("settle_a_challenge.py", "stands")
    council.script("settle_a_challenge.py", "take-back")
    council.kinfold("run")
    return what, before, upheld, {name: council.rows(name) for name in KEPT}, (hidden, stands)


def said(tables):
    return {(row["person_id"], row["marker"]) for row in tables["marker_state"] if row["state"] == "true"}


def told(rows):
    return sorted(tuple(sorted((name, str(value)) for name, value in row.items())) for row in rows)


def test_the_next_run_drops_what_was_upheld_and_what_rests_on_it_alone(nights):
    what, before, upheld, _, _ = nights
    gone = said(before) - said(upheld)

    assert tuple(what["fact"]) in gone and tuple(what["statement"]) in gone
    assert tuple(what["stands"]) in said(upheld)
    assert not said(upheld) - said(before)
    # A statement is dropped of its child alone; a fact of the person it is about, and so of nobody else's event.
    markers = {what["fact"][1], what["statement"][1]}
    touched = {person for person, marker in gone if marker in markers}
    assert touched == {what["fact"][0], what["statement"][0]}


def test_the_order_counts_it_no_longer(nights):
    what, before, upheld, _, _ = nights
    for kind in ("fact", "statement"):
        person, marker = what[kind]
        was, now = (
            {row["marker"]: row["points"] for row in tables["priority_line"] if row["person_id"] == person}
            for tables in (before, upheld)
        )
        assert was[marker] > 0 and marker not in now


def test_what_the_run_leaves_out_is_hidden_until_then_and_no_longer(nights):
    *_, (hidden, stands) = nights

    assert hidden == {"made_so": [], "hiding": 2}
    assert stands == {"made_so": ["fact", "statement"], "hiding": 0}


def test_taken_back_every_row_is_as_it_was(nights):
    _, before, _, after, _ = nights
    for name in ("marker_state", "marker_evidence", "priority_line"):
        assert told(after[name]) == told(before[name]), name
    figures = [{row["person_id"]: row["figure"] for row in tables["priority_child"]} for tables in (before, after)]
    assert figures[0] == figures[1]
