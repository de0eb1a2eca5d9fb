"""Every measure and every code of who referred a child has words: no page shows a code."""

from tests.unit.feeds.conftest import of_format

from kinfold.feeds import settings
from kinfold.operations.shapes.facts import MEASURE, YES_NO
from kinfold.store import schema
from kinfold.vocabulary import words


def test_every_kind_of_measure_that_can_be_stored_has_words():
    assert schema.MEASURE_KINDS - set(MEASURE) == set()
    assert set(YES_NO) <= set(MEASURE)


def test_every_source_of_a_referral_in_the_census_has_words():
    checks = settings.ready(of_format("cin_census"))["cin_census"].checks
    [listed] = [c.setting for c in checks.checks if c.columns == ("ReferralSource",) and c.predicate == "one_of"]
    assert "6" in listed
    assert {code for code in listed if ("referral", code) not in words.EVENT_DETAIL} == set()
