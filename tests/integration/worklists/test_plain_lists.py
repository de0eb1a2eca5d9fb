"""While lists are plain nothing on them goes by points, what must be decided today and what is due stay, at once."""

from __future__ import annotations

import datetime
import re

import pytest
from tests.integration.snapshot import AS_AT

from kinfold.governance.rules import actions
from kinfold.record import plain
from kinfold.record.snapshot import live

pytestmark = pytest.mark.django_db
REASON = "Attendance was read wrongly for a week."


@pytest.fixture
def switch(person):
    lead = person("practice_lead")

    def turn(to: str) -> None:
        at = datetime.datetime(2026, 3, 3, 9, tzinfo=datetime.UTC)
        given = {"by": lead, "role": "practice_lead", "at": at, "reason": REASON}
        actions.make_plain(**given) if to == "plain" else actions.put_in_order(**given)

    return turn


@pytest.fixture
def worker(published, person, signed_in):
    return signed_in(person("social_worker", staff_ref="W1", agency="social_care"))


def names(page: str) -> list[str]:
    return re.findall(r'<a class="govuk-link" href="/children/[^"]+">([^<]+)</a>', page)


def test_lists_are_plain_the_moment_the_switch_is_turned_and_in_order_again_when_it_is_turned_back(worker, switch):
    before = worker.get("/my-day/").content.decode()
    assert "Lists are plain" not in before
    switch("plain")
    page = worker.get("/my-day/").content.decode()
    assert "Lists are plain since 3 March 2026" in page and REASON in page
    assert "Decide today" in page
    assert sorted(names(page)) == sorted(names(before)) != []
    switch("in order")
    after = worker.get("/my-day/").content.decode()
    assert names(after) == names(before) and "Lists are plain" not in after


def test_a_childs_page_keeps_its_facts_and_says_no_move_between_bands(worker, switch, published):
    before = worker.get("/children/AVA/").content.decode()
    assert "A police notification came on 2 March 2026." in before
    switch("plain")
    assert "A police notification came on 2 March 2026." in worker.get("/children/AVA/").content.decode()


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Moved up from watch to soon.", ""),
        ("Was under “Later” on the last list. Moved down from priority to soon.", ""),
        (
            "New on this list. Nothing new in the reasons since 2 March 2026.",
            "Nothing new in the reasons since 2 March 2026.",
        ),
        ("New since the last list: two or more moves.", "New since the last list: two or more moves."),
        ("Deferred until 9 March 2026.", "Deferred until 9 March 2026."),
    ],
)
def test_what_changed_tells_of_facts_and_of_no_band(published, switch, said, left):
    assert plain.changed(said, live()) == said
    switch("plain")
    assert plain.changed(said, live()) == left


def test_due_rows_come_in_the_order_they_are_due_and_one_that_was_put_off_stays_off(published, switch):
    from django.db.models import Q

    from kinfold.record.published import WorklistRow
    from kinfold.worklists import queries

    switch("plain")
    snapshot = live()
    shown = queries.rows(snapshot, Q(), most=100)
    assert len(shown) == snapshot.of(WorklistRow).count()
    kept_off = {row.row_key for row in snapshot.of(WorklistRow).filter(list_group="waiting")}
    for row in shown:
        is_today = row.is_acute or (row.due_on is not None and row.due_on <= AS_AT)
        wanted = (
            "act_today" if is_today else "this_week" if row.due_on and (row.due_on - AS_AT).days <= 7 else "waiting"
        )
        assert row.list_group == ("waiting" if row.row_key in kept_off else wanted)
    for group in queries.GROUPS:
        due = [(not row.is_acute, row.due_on or datetime.date.max) for row in shown if row.list_group == group]
        assert due == sorted(due)
