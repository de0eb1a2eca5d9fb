"""The draw: halves alike, no household twice, the same seed the same children, and small lists refused in words."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from kinfold.workbench.study import policies
from kinfold.workbench.study.policies import Candidate, UnableToDraw


def children(many: int, *, listed: float = 0.3, seed: int = 1) -> list[Candidate]:
    chance = random.Random(seed)
    return [
        Candidate(
            person_id=f"P{n:04}", household_id=f"H{n // 2}", band="priority" if chance.random() < listed else "none",
            pathway="outreach" if n % 3 else "social_care", coverage=chance.choice([None, 0.2, 0.5, 0.7, 0.9]),
            age_band=chance.choice(["under 1", "5 to 9", "10 to 15"]),
            is_closed=chance.random() < 0.05, is_readers_own=chance.random() < 0.05,
        )
        for n in range(many)
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_halves_are_alike_in_age_and_coverage_and_hold_nobody_who_may_not_be_drawn(seed):
    held = children(800)
    by_id = {child.person_id: child for child in held}
    found = policies.draw(held, about="any", wanted=40, seed=seed)
    halves = [Counter((one.age_band, one.known) for one in found.children if one.is_listed == half) for half in (1, 0)]
    assert halves[0] == halves[1] and halves[0].total() == 20
    drawn = [by_id[one.person_id] for one in found.children]
    assert len({child.household_id for child in drawn}) == 40
    assert not any(child.is_closed or child.is_readers_own for child in drawn)
    assert [child.band == "priority" for child in drawn] == [one.is_listed for one in found.children]


def test_the_seed_alone_decides_and_not_the_order_of_rows():
    held = children(800)
    found = policies.draw(held, about="any", wanted=60, seed=5)
    assert policies.draw(held[::-1], about="any", wanted=60, seed=5) == found
    assert policies.draw(held, about="any", wanted=60, seed=6).children != found.children


@pytest.mark.parametrize(
    ("many", "listed", "wanted", "said"),
    [
        (800, 0.02, 40, "too small for a study of 40"),
        (60, 0.5, 40, "too small for a study of 40"),
        (800, 0.3, 38, "even number from 40 to 200"),
        (800, 0.3, 41, "even number from 40 to 200"),
        (800, 0.3, 202, "even number from 40 to 200"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(many, listed, wanted, said):
    with pytest.raises(UnableToDraw, match=said):
        policies.draw(children(many, listed=listed), about="any", wanted=wanted, seed=1)


def test_too_few_alike_are_refused_and_not_made_up_with_others():
    old = [Candidate(f"L{n}", f"HL{n}", "soon", "outreach", "10 to 15", 0.9) for n in range(60)]
    young = [Candidate(f"N{n}", f"HN{n}", "watch", "none", "under 1", 0.9) for n in range(60)]
    with pytest.raises(UnableToDraw, match="Only 0 listed children have somebody as old and as well known"):
        policies.draw(old + young, about="any", wanted=40, seed=1)


def test_each_reader_has_another_order_of_the_same_children():
    orders = [policies.order(range(40), seed=9, place=place) for place in (1, 2)]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(40))
    assert sum(one == other for one, other in zip(*orders, strict=True)) < 10
