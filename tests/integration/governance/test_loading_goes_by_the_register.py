"""What may be loaded, and what a run reads, is what the register says on that day: never what a feed's file says."""

from __future__ import annotations

import csv
import dataclasses
import datetime

import pytest

from kinfold.areas import feeds as feed_settings
from kinfold.feeds.load import load
from kinfold.governance.agreements import actions, queries
from kinfold.operations import agreements, home, purge, retention

pytestmark = pytest.mark.slow

TODAY = datetime.date(2026, 3, 31)
NOW = datetime.datetime(2026, 3, 31, 9, tzinfo=datetime.UTC)
ROLE = "governance_lead"
WHY = "Agreed at the board of March"
FEED = "substance_misuse"
MARK = "Kingfishermoor"


@pytest.fixture
def council(tmp_path, db):
    return home.create(tmp_path / "home", area=home.shipped_area(), is_demonstration=False, on=TODAY)


@pytest.fixture
def agree(council, person):
    """Enter and approve the agreement of a feed's file, changed as asked; returns who may do the next thing."""
    one, other = person(ROLE), person(ROLE)
    terms = feed_settings.load(council.area)[FEED].agreement

    def go(**changes):
        row = actions.enter(
            feed=FEED, terms=dataclasses.replace(terms, **changes), by=one, role=ROLE, at=NOW, reason=WHY
        )
        actions.approve(
            feed=FEED,
            version=row.version,
            offices=terms.approved_by,
            by=other,
            role=ROLE,
            at=NOW,
            note="folder 7, signed",
        )
        return other

    return go


@pytest.fixture
def file(tmp_path, council):
    """Three clients, one of whom did not consent; with a column that is in no agreement."""
    columns = [*feed_settings.load(council.area)[FEED].agreement.fields, "Counsellor's notes"]
    path = tmp_path / "clients.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns)
        writer.writeheader()
        for number, consent in enumerate("YNY"):
            row = {"CLIENT_ID": f"C{number}", "EPISODE_ID": f"E{number}", "CONSENT": consent, "START": "01/02/2026"}
            row |= {"FORENAME": "Ash" if consent == "Y" else MARK, "SURNAME": "Vale", "DOB": "02/03/1990"}
            writer.writerow({column: row.get(column, "") for column in columns} | {"Counsellor's notes": MARK})
    return path


def loaded(council, file, *, on=TODAY, delivered=TODAY):
    feeds = agreements.feeds_of(council, on=on)
    [report] = load([file], council.folder, feeds, delivered=delivered, received_at=NOW, feed=FEED)
    return report


def stored(council):
    import pyarrow.parquet as pq

    texts = [repr(pq.read_table(path).to_pylist()) for path in council.folder.rglob("*.parquet")]
    return "".join(texts) + "".join(p.read_text(encoding="utf-8") for p in council.folder.rglob("*.json"))


def test_without_an_entry_nothing_is_loaded_though_the_file_has_an_agreement(council, file):
    report = loaded(council, file)
    assert (report.state, stored(council)) == ("refused", "")
    assert "the register has no data sharing agreement for it" in report.message


def test_before_every_office_has_approved_nothing_is_loaded(council, file, person):
    terms = feed_settings.load(council.area)[FEED].agreement
    actions.enter(feed=FEED, terms=terms, by=person(ROLE), role=ROLE, at=NOW, reason=WHY)
    report = loaded(council, file)
    assert report.state == "refused"
    assert "waits for the approval of Data protection officer and Caldicott guardian" in report.message


def test_columns_and_people_outside_are_counted_and_never_written(council, file, agree):
    agree()
    report = loaded(council, file)
    assert report.state == "loaded"
    assert (report.rows_in, report.rows_mapped, report.rows_refused_by_agreement) == (3, 2, 1)
    assert report.columns_refused == ("Counsellor's notes",)
    assert "Ash" in stored(council)  # the search would find it
    assert MARK not in stored(council)


def test_a_narrower_version_takes_its_columns_away_without_a_word_in_the_mapping(council, file, agree):
    fields = feed_settings.load(council.area)[FEED].agreement.fields
    agree(fields=tuple(name for name in fields if name != "FORENAME"))
    report = loaded(council, file)
    assert set(report.columns_refused) == {"FORENAME", "Counsellor's notes"}
    assert "Ash" not in stored(council)


def narrower(council, person, held):
    """Enter and approve a version without first names, saying what becomes of what is there."""
    fields = feed_settings.load(council.area)[FEED].agreement.fields
    row = actions.enter(
        feed=FEED, by=person(ROLE), role=ROLE, at=NOW, reason=WHY,
        terms=dataclasses.replace(
            feed_settings.load(council.area)[FEED].agreement, fields=tuple(one for one in fields if one != "FORENAME")
        ),
    )  # fmt: skip
    actions.approve(
        feed=FEED, version=row.version, offices=queries.terms_of(row).approved_by, by=person(ROLE), role=ROLE, at=NOW,
        note="folder 8, signed", held=held,
    )  # fmt: skip


def test_a_narrower_version_cannot_hold_before_somebody_says_what_becomes_of_what_is_held(
    council, file, agree, person, settings
):
    settings.HOME = council.folder
    agree()
    loaded(council, file)
    with pytest.raises(actions.UnableToApprove, match="1 delivery holds more than this version lets be kept"):
        narrower(council, person, "")
    assert queries.register(on=TODAY)[FEED].in_force.row.version == 1


@pytest.mark.parametrize(("held", "left"), [("erase", False), ("keep", True)])
def test_what_was_held_before_a_narrower_version_is_erased_or_stays_as_was_said(
    held, left, council, file, agree, person, settings
):
    settings.HOME = council.folder
    agree()
    loaded(council, file)
    narrower(council, person, held)
    assert queries.register(on=TODAY)[FEED].in_force.row.version == 2
    purge.carry_out(council, retention.plan(council, on=TODAY, stones=[]).erasures, as_at=TODAY, at=NOW)
    assert ("Ash" in stored(council)) is left
    assert purge.due(council, on=TODAY) == []
    if not left:
        assert loaded(council, file).state == "loaded"
        assert "Ash" not in stored(council)
        assert purge.come_back(council, purge.tombstones(council.erasures / purge.TOMBSTONES)) == []


@pytest.mark.parametrize(("to", "state"), [(TODAY, "loaded"), (TODAY - datetime.timedelta(days=1), "refused")])
def test_the_last_day_counts_and_the_day_after_does_not(council, file, agree, to, state):
    agree(to=to)
    report = loaded(council, file)
    assert report.state == state
    assert state == "loaded" or "ended on 30 March 2026" in report.message


def test_once_ended_a_delivery_of_an_earlier_day_is_refused_too(council, file, agree):
    keeper = agree()
    actions.end(feed=FEED, due_on=TODAY, by=keeper, role=ROLE, at=NOW, reason=WHY)
    assert loaded(council, file, delivered=datetime.date(2026, 1, 5)).state == "refused"
    assert loaded(council, file, on=datetime.date(2026, 1, 5)).state == "refused"


def test_once_ended_the_same_files_again_are_refused_too(council, file, agree):
    keeper = agree()
    assert loaded(council, file).state == "loaded"
    actions.end(feed=FEED, due_on=TODAY, by=keeper, role=ROLE, at=NOW, reason=WHY)
    again = loaded(council, file)
    assert again.state == "refused"
    assert "Ask the information governance lead" in again.message
    assert not list(council.deliveries.glob("*/*/heard-again"))


def test_a_purpose_that_is_not_the_areas_lets_no_row_in_and_counts_in_no_run(council, file, agree):
    agree(purposes=("research",))
    report = loaded(council, file)
    assert (report.state, stored(council)) == ("refused", "")
    assert "is for research" in report.message
    assert agreements.terms_for_run(council, on=TODAY) == {}


@pytest.mark.parametrize("may", [True, False])
def test_a_run_matches_by_pupil_number_as_the_register_says(council, agree, may):
    assert feed_settings.load(council.area)[FEED].agreement.upn_may_match is False
    agree(upn_may_match=may)
    assert agreements.terms_for_run(council, on=TODAY)[FEED].upn_may_match is may


def test_one_that_has_run_out_still_counts_in_a_run_until_somebody_ends_it(council, agree):
    keeper = agree(to=datetime.date(2026, 3, 1))
    assert agreements.run_out(on=TODAY) == [FEED]
    assert FEED in agreements.terms_for_run(council, on=TODAY)
    actions.end(feed=FEED, due_on=TODAY, by=keeper, role=ROLE, at=NOW, reason=WHY)
    assert agreements.run_out(on=TODAY) == []
    assert agreements.terms_for_run(council, on=TODAY) == {}


def test_the_area_enters_every_feed_once(council, person):
    keeper = person(ROLE)
    given = {"by": keeper, "role": ROLE, "at": NOW, "reason": WHY}
    assert len(agreements.enter_from_area(council, **given)) == len(feed_settings.load(council.area))
    assert agreements.enter_from_area(council, **given) == []
    with pytest.raises(actions.UnableToEnter, match="entered by somebody"):
        agreements.enter_from_area(council, by=None, at=NOW)
