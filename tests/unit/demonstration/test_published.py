"""The made-up council is as England is: rates, shares and gradients beside the figures that are published."""

import numpy as np
import pytest

from kinfold.demonstration import published, troubles


@pytest.mark.parametrize("size", ["town", "small_town"])
def test_every_figure_of_the_truth_is_close_to_the_published_one(request, size):
    figures = published.figures(request.getfixturevalue(size))
    assert len(figures) > 35
    far = [f"{one.about}: {one.made:.3f}, published {one.published:g}" for one in figures if not one.is_close]
    assert far == []


def test_chance_is_no_excuse_for_a_figure_that_is_plainly_wrong(town):
    """The check must be able to fail: each of these was once so, and would be found."""
    chance = {one.about: one for one in published.figures(town)}
    for about, once in [
        ("in need, domestic abuse found", 0.24),
        ("pupils in need with special needs", 0.24),
        ("section 47 enquiries", 140.0),
        ("referrals", 440.0),
    ]:
        one = chance[about]
        assert once < one.low - 2 * one.chance


def test_what_is_kept_comes_to_the_published_rate_whatever_falls_on_an_open_case(town):
    careers, as_at = town.careers, town.as_at
    kept = ((careers.referred > as_at - 3 * 365) & (careers.referred <= as_at)).sum() / 3 / 20_000
    assert abs(kept / troubles.REFERRALS - 1) < 0.03
    follow = np.flatnonzero(np.diff(careers.child) == 0)
    assert (careers.referred[follow + 1] > careers.closed[follow]).all()


def test_a_lot_is_the_same_however_common_a_thing_is_made():
    weight = np.random.default_rng(1).exponential(size=(400, troubles.MONTHS)).astype(np.float32)
    drawn = troubles.lots(np.random.default_rng(2), weight, np.arange(400) // 2, children=400)
    few, many = (set(zip(*map(np.ndarray.tolist, drawn.under(rate)), strict=True)) for rate in (0.1, 0.3))
    assert few < many
    months = [month for _, month in many if troubles.MONTHS_BACK - 36 <= month < troubles.MONTHS_BACK]
    assert len(months) == pytest.approx(0.3 * 3 * 400, rel=0.2)
