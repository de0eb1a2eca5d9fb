"""What agencies hear of what families go through is what is published of it, and is told as an agency would tell it."""

import numpy as np
import pytest

from kinfold.demonstration import calendar, heard
from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.feeds import education, health, money


@pytest.fixture(scope="module")
def figures(town):
    return heard.figures(town)


def test_every_figure_of_what_is_heard_is_close_to_the_published_one(figures, small_town):
    for made in (figures, heard.figures(small_town)):
        far = [f"{one.about}: {one.made:.3f}, published {one.published:g}" for one in made if not one.is_close]
        assert far == []
    assert len(figures) > 20


def test_a_figure_that_was_once_wrong_would_be_found(figures):
    """Absence once knew nothing of need, the police heard of twice what they record, and nobody was turned away."""
    found = {one.about: one for one in figures}
    for about, once in [
        ("domestic abuse recorded, of families", 1200.0),
        ("suspensions, free meals over without", 1.2),
        ("children referred for mental health care", 250.0),
        ("  closed before treatment", 0.0),
        ("emergency attendances, under 5", 3900.0),
    ]:
        one = found[about]
        assert not one.low - 2 * one.chance <= once <= one.high + 2 * one.chance, about


def test_a_trouble_that_begins_within_a_term_counts_for_the_part_of_it(town):
    """It was once asked of the term's first month alone, so that a spell which began later lifted nothing."""
    spell = town.troubles.spells["school"]
    month = calendar.DAYS_A_MONTH
    lately = np.flatnonzero((spell.from_on < town.as_at - 12 * month) & (spell.to_on > spell.from_on + 8 * month))
    who, begun = spell.whose[lately[:1]], int(spell.from_on[lately[0]])
    before, across, within = (
        education.in_term(town, "school", who, (begun + first, begun + last))[0]
        for first, last in ((-150, -90), (-70, 50), (31, 150))
    )
    assert before < across < within
    assert 0 < across < 1


def test_a_waiting_list_says_at_each_delivery_how_long_a_child_has_waited(town):
    who, referred, wait, ended, is_away = health.asked_for_help(town)
    started = np.where(is_away, NEVER, referred + wait * 7)
    post = town.post("mental_health")
    rows, step, known = health.told_in_turn(post, referred, started, ended, is_away)
    long = np.flatnonzero((who < town.town.people.children) & ~is_away & (wait > 30) & (started <= post.days[-1]))
    crossed = [n for n in long.tolist() if any(referred[n] + 130 < day < started[n] for day in post.days)]
    assert crossed
    for n in crossed:
        assert ((known - referred[rows])[(rows == n) & (step == 0)] // 7).max() > 18
    assert not ((step == 1) & is_away[rows]).any()


def test_arrears_are_told_while_they_last_and_once_they_are_paid(town):
    """Arrears once told were true for ever, and only a family's last debt was told at all."""
    families = town.town.people.families
    debt = town.troubles.spells["debt"]
    family, opened = np.arange(families), np.full(families, town.as_at - 9000)
    account, when, weeks, since = money.arrears_told(
        town, family, opened, np.full(families, NEVER), town.post("council_tax").days
    )
    twice = np.flatnonzero(np.bincount(debt.whose[debt.to_on - debt.from_on > money.REMINDED_AFTER]) > 1)
    assert np.isin(twice[:50], account).mean() > 0.8
    paid = weeks == 0
    assert (when[~paid] - since[~paid] >= money.REMINDED_AFTER).all()
    for one in np.flatnonzero(paid)[:50].tolist():
        earlier = (account == account[one]) & (when < when[one]) & ~paid
        assert earlier.any()
    ended = (debt.to_on <= town.as_at) & (debt.to_on - debt.from_on > money.REMINDED_AFTER)
    assert paid.sum() == ended.sum()
