"""Groups of records become people; one false link does not join two people."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kinfold.linkage import cluster


def _pairs(rows: list[tuple[int, int, float, str]]) -> cluster.Pairs:
    """rows: left, right, weight above the threshold, and link, sure, review, no or apart."""
    return cluster.Pairs(
        left=np.array([r[0] for r in rows], dtype=np.int64),
        right=np.array([r[1] for r in rows], dtype=np.int64),
        weight=np.array([r[2] for r in rows], dtype=float),
        is_link=np.array([r[3] in ("link", "sure") for r in rows], dtype=bool),
        is_sure=np.array([r[3] == "sure" for r in rows], dtype=bool),
        is_apart=np.array([r[3] == "apart" for r in rows], dtype=bool),
    )


def _people(count: int, rows: list[tuple[int, int, float, str]]) -> list[int]:
    return cluster.people(count, _pairs(rows)).tolist()


def test_records_that_all_agree_are_one_person() -> None:
    assert _people(4, [(0, 1, 5, "link"), (1, 2, 5, "link"), (0, 2, 5, "link")]) == [0, 0, 0, 3]


def test_twins_in_one_group_are_kept_apart_and_others_go_to_the_surer() -> None:
    # 0 and 1 are twins; 2 is a record of 0, and somewhat like 1.
    assert _people(3, [(0, 1, 9, "apart"), (0, 2, 8, "link"), (1, 2, 3, "link")]) == [0, 1, 0]


def test_a_single_false_link_does_not_join_two_people() -> None:
    rows = [(a, b, 9.0, "link") for a, b in ((0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5))]
    rows += [(2, 3, 4.5, "link")] + [(a, b, -5.0, "no") for a in (0, 1, 2) for b in (3, 4, 5) if (a, b) != (2, 3)]
    assert _people(6, rows) == [0, 0, 0, 3, 3, 3]


def test_a_record_as_like_one_person_as_another_joins_neither() -> None:
    # 0 and 1 are father and son of one name; 2 has no birth date. A rule, or a record more, decides.
    torn = [(0, 1, -4.0, "apart"), (0, 2, 3.0, "link"), (1, 2, 3.1, "link")]
    assert _people(3, torn) == [0, 1, 2]
    assert _people(3, [*torn[:2], (1, 2, 3.1, "sure")]) == [0, 1, 1]
    assert _people(3, [*torn[:2], (1, 2, 4.0, "link")]) == [0, 1, 1]


def test_a_rule_joins_what_weights_alone_would_not() -> None:
    rows = [(0, 1, 9.0, "link"), (2, 3, 9.0, "link"), (1, 2, 9.0, "sure")]
    rows += [(a, b, -5.0, "no") for a, b in ((0, 2), (0, 3), (1, 3))]
    assert _people(4, rows) == [0, 0, 0, 0]


def test_a_file_that_holds_a_person_once_gives_each_person_one_record() -> None:
    pairs = _pairs([(0, 1, 9.0, "link"), (0, 2, 7.0, "link")])
    assert cluster.people(3, pairs, once_in=np.array([0, 1, 1])).tolist() == [0, 0, 2]


def test_no_rule_joins_two_parts_that_a_veto_keeps_apart() -> None:
    rows = [(0, 1, 9.0, "sure"), (1, 2, 8.0, "sure"), (0, 2, 1.0, "apart")]
    assert _people(3, rows) == [0, 0, 2]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 8), st.integers(0, 8), st.integers(-6, 12), st.sampled_from(["link", "sure", "no", "apart"])
        ),
        max_size=25,
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=150, deadline=None)
def test_the_order_of_pairs_does_not_matter_and_vetoes_always_hold(rows, chance) -> None:
    once = {(min(a, b), max(a, b)): (float(w), band) for a, b, w, band in rows if a != b}
    pairs = [(a, b, w, band) for (a, b), (w, band) in once.items()]
    people = _people(9, pairs)
    chance.shuffle(pairs)
    assert _people(9, pairs) == people
    assert all(people[a] != people[b] for a, b, _, band in pairs if band == "apart")
    assert all(person <= record for record, person in enumerate(people))
