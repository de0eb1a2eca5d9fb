"""Kappa and its interval, against examples that were published with their answers."""

from __future__ import annotations

import math

import pytest

from kinfold.proof import agreement

# counts by what the first (rows) and the second (columns) said; share, kappa and standard error as printed, or None.
PUBLISHED = {
    "Cohen 1960, table 1": ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0.70, 0.492, None),
    "Fleiss, Levin and Paik, 3rd edition, table 18.1": ([[75, 1, 4], [5, 4, 1], [0, 0, 10]], 0.89, 0.676, None),
    "Bonett, statpsych, ci.kappa": ([[31, 12], [4, 58]], 0.848, 0.6756757, 0.07344761),
    "Feinstein and Cicchetti 1990, even marginals": ([[40, 9], [6, 45]], 0.85, 0.70, None),
    "Feinstein and Cicchetti 1990, uneven marginals": ([[80, 10], [5, 5]], 0.85, 0.32, None),
    "no more than chance": ([[25, 25], [25, 25]], 0.50, 0.0, None),
    "always opposite": ([[0, 20], [20, 0]], 0.0, -1.0, None),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_kappa_is_as_it_was_published(name):
    counts, share, kappa, error = PUBLISHED[name]
    found = agreement.of_table(counts)
    assert found.children == sum(map(sum, counts))
    assert found.share == pytest.approx(share, abs=0.005)
    assert found.kappa == pytest.approx(kappa, abs=0.005)
    if error is not None:
        assert (found.high - found.low) / (2 * agreement.Z) == pytest.approx(error, rel=1e-6)


def test_answers_are_counted_as_the_table_they_make_and_may_be_of_any_words():
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    found = agreement.of_answers(first, second)
    assert (found.share, found.by_chance, found.kappa) == pytest.approx((0.7, 0.5, 0.4))
    assert found.low < 0.4 < found.high
    assert agreement.of_answers(second, first).kappa == pytest.approx(0.4)


def test_what_cannot_be_said_is_not_a_number_and_never_a_perfect_score():
    nobody = agreement.of_answers([], [])
    assert nobody.children == 0 and math.isnan(nobody.share) and math.isnan(nobody.kappa)
    all_alike = agreement.of_answers(["yes"] * 40, ["yes"] * 40)
    assert all_alike.share == 1 and math.isnan(all_alike.kappa)
    one_of_them_alike = agreement.of_answers(["no"] * 40, ["yes", "no"] * 20)
    assert one_of_them_alike.kappa == 0 and math.isnan(one_of_them_alike.low)
    never_differed = agreement.of_answers(["yes", "no"] * 20, ["yes", "no"] * 20)
    assert never_differed.kappa == 1 and math.isnan(never_differed.low)


def test_answers_about_different_children_are_refused():
    with pytest.raises(ValueError):
        agreement.of_answers(["yes"], ["yes", "no"])


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """Forty children each, drawn again and again: two readers who are right four times in five."""
    import random

    draw, truth = random.Random(7), 0.36  # both see the same yes or no, half and half, and flip it one time in five
    held = 0
    for _ in range(400):
        real = [draw.random() < 0.5 for _ in range(40)]
        readers = [[str(is_yes ^ (draw.random() < 0.2)) for is_yes in real] for _ in range(2)]
        found = agreement.of_answers(*readers)
        held += found.low <= truth <= found.high
    assert 0.91 <= held / 400 <= 0.98
