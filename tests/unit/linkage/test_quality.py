"""Shares with their intervals, thresholds that labels bear out, and the report in words."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pytest
from tests.unit.linkage import small
from tests.unit.linkage.test_run_of_a_few import ADDRESS, IDENTIFIER, NAME, PERSON

from kinfold.linkage import judge, labelled, quality, thresholds, words

pytestmark = pytest.mark.slow

DAY = datetime.date(2026, 1, 5)


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(0, 10, 0.0, 0.27753), (5, 10, 0.23659, 0.76341), (10, 10, 0.72247, 1.0), (81, 263, 0.25529, 0.36620)],
)
def test_an_interval_is_wilsons(right: int, of: int, low: float, high: float) -> None:
    assert labelled.wilson(right, of) == pytest.approx((low, high), abs=1e-4)


def test_under_a_hundred_pairs_no_share_is_told() -> None:
    assert labelled.Share(99, 99).as_told() == {"right": 99, "of": 99, "share": None, "low": None, "high": None}
    assert labelled.Share(99, 100).as_told()["share"] == 0.99
    assert words.share_in_words(labelled.Share(1, 1).as_told()) == "too few to tell (1 pair)"


def test_of_a_pair_the_newest_decision_is_the_label_and_a_lock_is_none() -> None:
    later = datetime.date(2026, 1, 9)
    rows = [("a", "b", "must_link", DAY), ("b", "a", "cannot_link", later), ("c", "d", "lock", DAY)]
    decisions = pa.table({n: [row[p] for row in rows] for p, n in enumerate(("left", "right", "kind", "on"))})
    labels = labelled.from_decisions(decisions)
    assert labels is not None
    assert labels.to_pylist() == [{"left": "a", "right": "b", "is_same": False}]
    assert labelled.from_decisions(None) is None


def _weighed(*runs: tuple[int, float, bool]) -> pa.Table:
    rows = [(weight, is_same) for count, weight, is_same in runs for _ in range(count)]
    return pa.table({"weight": [w for w, _ in rows], "is_same": [s for _, s in rows]})


def test_few_labels_leave_the_cautious_default() -> None:
    told = thresholds.proposed(_weighed((199, 9.0, True)))
    assert (told.link, told.review) == (judge.Thresholds().link, judge.Thresholds().review)
    assert told.link_is_default
    assert "199 labelled pairs" in told.why


def test_two_hundred_right_pairs_prove_no_precision_of_998() -> None:
    assert thresholds.proposed(_weighed((1_900, 9.0, True))).link_is_default
    assert thresholds.proposed(_weighed((1_920, 9.0, True))).link == 9.0


def test_a_threshold_stands_where_the_lower_bound_still_holds() -> None:
    told = thresholds.proposed(_weighed((3_000, 9.0, True), (500, 4.0, True), (40, 1.0, False), (20, 1.0, True)))
    assert told.link == 4.0
    assert told.link_low is not None
    assert told.link_low >= 0.998
    assert told.review_is_default


def test_what_nobody_need_look_at_is_proved_from_below() -> None:
    told = thresholds.proposed(_weighed((3_000, 9.0, True), (300, 1.0, True), (500, -3.0, False)))
    assert (told.link, told.review) == (1.0, 1.0)
    assert not told.review_is_default
    assert thresholds.proposed(_weighed((3_000, 9.0, True), (100, -3.0, False))).review_is_default


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_run_is_told_in_words_without_a_word_of_anybody(engine) -> None:
    tables = small.tables(engine, person=PERSON, name=NAME, identifier=IDENTIFIER, address=ADDRESS)
    linked = small.link(engine, tables)
    truth = pa.table({"record_id": ["school:1", "health:1", "police:f", "school:f"], "true_id": ["A", "A", "F", "F"]})
    known = quality.Known(
        tables=tables,
        linked=linked.tables,
        told=linked.report,
        run_id="run-1",
        as_at=small.AS_AT,
        ledger=linked.ledger,
        truth=truth,
    )
    told = quality.report(engine, known)
    assert told["shares"]["all"]["precision"] == {"right": 1, "of": 1, "share": None, "low": None, "high": None}
    assert told["shares"]["all"]["recall"]["of"] == 2
    assert told["ids"]["created"] == 11
    assert told["size_shift"] is None
    assert told["thresholds"]["link_is_default"]
    said = str(words.sections(told)) + str(told)
    assert not [
        secret for secret in ("Khan", "Aisha", "9990000018", "Mill", "school:1", "2015-03-14") if secret in said
    ]
    again = quality.report(engine, quality.Known(**{**vars(known), "before": told}))
    assert again["size_shift"] == 0
    nobody = quality.report(engine, quality.Known(**{**vars(known), "truth": None}))
    assert "is not known" in str(words.sections(nobody))
