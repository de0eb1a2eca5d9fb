"""A person is asked once whether two people are one, and not at all where the rest of what is known says it."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir
import numpy as np

from kinfold.linkage import questions
from kinfold.store.engine import Engine


def asked(engine: Engine, pairs: ir.Table, person: list[int]) -> ir.Table:
    return questions.settled(engine, pairs, np.array(person)).select("pair", "band")


def test_of_doubtful_pairs_the_surest_between_two_people_is_asked(spec: Callable[..., None]) -> None:
    """Records 0 and 1 are one person, 2 and 3 another, 4 a third."""
    spec(
        asked,
        person=[0, 0, 2, 2, 4],
        pairs="""
            pair                                | left | right | weight | band   | veto
            ------------------------------------+------+-------+--------+--------+-------
            linked                              | 0    | 1     | 9.0    | link   |
            doubtful, but others hold it        | 2    | 3     | 1.0    | review |
            doubtful                            | 0    | 2     | 1.0    | review |
            doubtful, and surer                 | 1    | 2     | 2.5    | review |
            not one person                      | 1    | 3     | -3.0   | no     |
            one of twins: only a person can say | 2    | 4     | 6.0    | review | twin
        """,
        expected={
            "linked": "link", "doubtful, but others hold it": "link", "doubtful": "no", "doubtful, and surer": "review",
            "not one person": "no", "one of twins: only a person can say": "review",
        },
    )  # fmt: skip


def test_two_people_whom_a_veto_keeps_apart_are_asked_about_only_where_numbers_contradict(
    spec: Callable[..., None],
) -> None:
    """One source knows 0 and 2 by two NHS numbers; records 3 and 4 share one number and differ in another."""
    spec(
        asked,
        person=[0, 0, 2, 3, 4],
        pairs="""
            pair                         | left | right | weight | band   | veto
            -----------------------------+------+-------+--------+--------+----------------------------
            two numbers                  | 0    | 2     | 5.0    | no     | numbers_conflict
            no number, so doubtful       | 1    | 2     | 2.5    | review |
            one shared and one different | 3    | 4     | 8.0    | review | numbers_conflict_one_shared
        """,
        expected={
            "two numbers": "no", "no number, so doubtful": "no", "one shared and one different": "review",
        },
    )  # fmt: skip


def test_a_record_that_is_like_two_people_is_asked_about_and_not_put_by_chance(spec: Callable[..., None]) -> None:
    """Record 1 has no birth date and is as like the father, 0, as his namesake son, 2: neither link was made."""
    spec(
        asked,
        person=[0, 1, 2],
        pairs="""
            pair                 | left | right | weight | band | veto
            ---------------------+------+-------+--------+------+-----------
            with the father      | 0    | 1     | 6.9    | link |
            with the son         | 1    | 2     | 6.9    | link |
            a generation apart   | 0    | 2     | -4.0   | no   | generation
        """,
        expected={"with the father": "review", "with the son": "review", "a generation apart": "no"},
    )
