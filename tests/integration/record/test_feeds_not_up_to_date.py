"""A statement says when the feed behind it is late, silent or shrunken, on a child's page, a list and the evidence."""

import datetime

import pytest
from django.test.utils import CaptureQueriesContext
from tests.integration import people
from tests.integration.snapshot import FEEDS, council, let_all_go, publish

from kinfold.record import published as record
from kinfold.record import queries

AVA = "/children/AVA/"
SAID = {
    "late": "Council tax is late: it last came on 2 February 2026; it was due on 1 March 2026.",
    "silent": "Council tax has been silent since 2 February 2026.",
    "shrunken": "Council tax came on 2 February 2026 with far fewer rows than usual, so something may be missing.",
}


@pytest.fixture
def with_council_tax(published):
    """Publish the small council again with its council tax feed in another state."""

    def again(state):
        due = datetime.date(2026, 3, 1)
        feeds = [{**feed, "state": state, "due_on": due} if feed["feed"] == "council_tax" else feed for feed in FEEDS]
        queries.feeds.cache_clear()
        return publish(council() | {record.Feed: feeds})

    yield again
    let_all_go()


@pytest.fixture
def worker(person, signed_in):
    return signed_in(person("social_worker", **people.WORKER))


def text(client, path) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("state", ["late", "silent", "shrunken"])
def test_a_statement_says_how_the_feed_behind_it_stands(with_council_tax, worker, state):
    with_council_tax(state)
    beside = f"<strong>Not up to date:</strong> {SAID[state]}"
    for path in (AVA, "/my-day/", f"{AVA}evidence/arrears/"):
        assert beside in text(worker, path), path
    # The police feed is live, so what it told stands without a note.
    assert "<strong>Not up to date:</strong>" not in text(worker, f"{AVA}evidence/domestic_abuse/")


def test_nothing_is_said_beside_a_statement_whose_feed_is_live(published, worker):
    for path in (AVA, "/my-day/", f"{AVA}evidence/arrears/"):
        assert "<strong>Not up to date:</strong>" not in text(worker, path), path


def test_not_connected_silent_and_not_covering_are_three_statements(published, worker):
    page = text(worker, AVA)
    place = page.index('id="not-known"')
    parts = [page.index(words, place) for words in (">Not connected<", ">Silent<", ">Does not cover this child<")]
    assert parts == sorted(parts)
    not_connected, silent = page[parts[0] : parts[1]], page[parts[1] : parts[2]]
    not_covered = page[parts[2] : page.index("</dl>", parts[2])]
    assert "We get nothing from Mental health referrals." in not_connected
    assert "So we cannot say: Waiting for mental health care." in not_connected
    assert "Housing tenancies has been silent since 1 December 2025." in silent
    assert "Mental health" not in silent
    assert "do not speak about this child for: Vaccinations." in not_covered


def test_nothing_found_is_said_only_of_the_feeds_that_speak_for_the_child(published, with_council_tax, worker):
    unknown = [row for row in council()[record.Statement] if row["state"] == "unknown" or row["kind"] != "need"]
    publish(council() | {record.Statement: unknown})
    page = text(worker, AVA)
    assert (
        "No unmet need found in the feeds we hold that speak for this child. 2 questions of this kind cannot be "
        "answered: see what we do not know." in page
    )
    answered = [row for row in unknown if row["state"] != "unknown"]
    publish(council() | {record.Statement: answered})
    assert "No unmet need found in the feeds we hold." in text(worker, AVA)


def test_the_notes_cost_no_query_more(with_council_tax, worker):
    from django.db import connections

    made = with_council_tax("silent")
    worker.get(AVA)
    with CaptureQueriesContext(connections[made.alias]) as cost:
        worker.get(AVA)
    silent = len(cost)
    made = with_council_tax("live")
    worker.get(AVA)
    with CaptureQueriesContext(connections[made.alias]) as cost:
        worker.get(AVA)
    assert silent == len(cost)
