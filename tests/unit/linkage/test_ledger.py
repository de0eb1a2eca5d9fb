"""The ledger alone says who was whom on any past night, and only ever grows."""

from __future__ import annotations

import datetime
import random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinfold.linkage import identity, ledger

KEY = b"k" * 32
FIRST = datetime.date(2026, 1, 1)


def nights(groups: list[list[str]], *, sealed: str = "", decided: str = "") -> list[identity.Identities]:
    """One run a night. Each night is a list of words; the letters of a word are the records of one person."""
    made: list[identity.Identities] = []
    for night, words in enumerate(groups):
        of = {letter: n for n, word in enumerate(words) for letter in word}
        keys = sorted(of)
        made.append(
            identity.identify(
                keys,
                [of[key] for key in keys],
                previous=made[-1].ids if made else None,
                ledger=made[-1].ledger if made else None,
                sealed=frozenset(sealed if night == len(groups) - 1 else ""),
                key=KEY,
                stamp=identity.Stamp(f"run-{night}", FIRST + datetime.timedelta(night), "m"),
                decided=frozenset(decided),
            )
        )
    return made


def ids(made: identity.Identities) -> dict[str, str]:
    return dict(zip(made.ids.column("person_key").to_pylist(), made.ids.column("person_id").to_pylist(), strict=True))


def words(made: identity.Identities) -> set[str]:
    groups: dict[str, str] = {}
    for key, person in ids(made).items():
        groups[person] = groups.get(person, "") + key
    return set(groups.values())


NIGHT = st.lists(st.integers(0, 4), min_size=9, max_size=9)


@settings(deadline=None)
@given(st.lists(NIGHT, min_size=1, max_size=6))
def test_any_past_night_is_in_the_ledger_of_the_last(partitions: list[list[int]]) -> None:
    """Whatever was created, joined, merged, split, went away (group 0) or came back."""
    groups = [
        ["".join(c for c, n in zip("abcdefghi", night, strict=True) if n == g) for g in range(1, 5)]
        for night in partitions
    ]
    made = nights([[word for word in night if word] for night in groups])
    for night, then in enumerate(made):
        assert ledger.as_at(made[-1].ledger, FIRST + datetime.timedelta(night)) == ids(then)
        assert made[-1].ledger.slice(0, then.ledger.num_rows).equals(then.ledger), "rows were only added"
    assert ledger.as_at(made[-1].ledger, FIRST - datetime.timedelta(1)) == {}


def test_a_night_of_splits_and_merges_reads_back_as_it_was() -> None:
    made = nights([["abc", "de"], ["abcde"], ["ab", "cde"], ["ab", "e", "cd"]])
    told = [ledger.as_at(made[-1].ledger, FIRST + datetime.timedelta(night)) for night in range(4)]
    assert told == [ids(night) for night in made]
    what = [row["what"] for row in made[-1].ledger.to_pylist() if row["what"] in ("merged", "split")]
    assert what == ["merged", "split", "split"]
    assert {(row["model_hash"], row["by"]) for row in made[0].ledger.to_pylist()} == {("m", "run")}


def test_a_merge_undone_gives_both_their_ids_back_and_the_old_id_leads_to_itself_again() -> None:
    made = nights([["abc", "de"], ["abcde"], ["abc", "de"]])
    assert ids(made[2]) == ids(made[0])
    gone = ids(made[0])["d"]
    assert ledger.leads_to(made[1].ledger, gone) == ids(made[0])["a"]
    assert ledger.leads_to(made[2].ledger, gone) == gone


def test_the_larger_part_keeps_the_id_even_when_the_smaller_was_there_first() -> None:
    made = nights([["a"], ["abcd"], ["a", "bcd"]])
    assert ids(made[2])["b"] == ids(made[0])["a"]
    assert ids(made[2])["a"] != ids(made[0])["a"]


def test_a_record_that_is_no_longer_sent_leaves_and_finds_its_person_again() -> None:
    made = nights([["ab"], ["a"], ["ab"]])
    assert [(r["what"], r["person_key"]) for r in made[2].ledger.to_pylist()[2:]] == [("left", "b"), ("joined", "b")]
    assert ids(made[2]) == ids(made[0])


def test_the_ledger_says_where_a_person_decided() -> None:
    made = nights([["ab", "cd"], ["ab", "cd"]], decided="c")
    assert {row["person_key"]: row["by"] for row in made[0].ledger.to_pylist()} == {
        "a": "run", "b": "run", "c": "decision", "d": "run"
    }  # fmt: skip


def test_the_id_of_a_sealed_record_never_comes_back_and_leads_nowhere() -> None:
    first, sealed = nights([["abc", "de"], ["bc", "de"]], sealed="a")
    burnt = ids(first)["a"]
    later: list[identity.Identities] = [sealed]
    for number, night in enumerate((["bcde"], ["bc", "de"], ["b", "c", "de"], ["bc", "de"]), start=2):
        of = {letter: n for n, word in enumerate(night) for letter in word}
        stamp = identity.Stamp(f"run-{number}", FIRST + datetime.timedelta(number), "m")
        before = later[-1]
        later.append(
            identity.identify(
                sorted(of), [of[k] for k in sorted(of)], previous=before.ids, ledger=before.ledger,
                sealed=frozenset("a"), key=KEY, stamp=stamp,
            )
        )  # fmt: skip
        assert burnt not in ids(later[-1]).values()
    assert "a" not in later[-1].ledger.column("person_key").to_pylist()
    assert ledger.leads_to(later[-1].ledger, burnt) == burnt


@pytest.mark.parametrize(
    ("told", "past"),
    [
        ("she joined two records that were one person before", ["bc", "abc"]),
        ("she was parted from them before", ["abc", "bc a"]),
        ("her person was merged into theirs", ["a bc", "abc"]),
        ("the other record was no longer sent", ["abc", "a"]),
    ],
)
def test_nobody_is_found_by_an_id_that_ever_held_a_sealed_record(told: str, past: list[str]) -> None:
    """`a` is sealed: ids that held her are nobody's for good, and no row of the ledger leads from one to anybody."""
    made = nights([*(night.split() for night in past), ["bc"] if "b" in past[-1] else []], sealed="a")
    held = {ids(one)["a"] for one in made[:-1] if "a" in ids(one)}
    after = made[-1]
    for number, night in enumerate((["b", "c"], ["bc"], ["b"], ["bc"]), start=9):
        of = {letter: n for n, word in enumerate(night) for letter in word}
        after = identity.identify(
            sorted(of), [of[k] for k in sorted(of)], previous=after.ids, ledger=after.ledger, sealed=frozenset("a"),
            key=KEY, stamp=identity.Stamp(f"run-{number}", FIRST + datetime.timedelta(number), "m"),
        )  # fmt: skip
        assert held.isdisjoint(ids(after).values()), told
    rows = after.ledger.to_pylist()
    assert {row["person_key"] for row in rows if row["person_id"] in held} == {None}
    assert not [row for row in rows if row["by"] in held or row["person_key"] == "a"]
    assert all(ledger.leads_to(after.ledger, one) == one for one in held)
    assert ledger.standing(after.ledger) == ids(after)


@pytest.mark.parametrize("seed", range(5))
def test_a_thousand_merges_and_splits_undone_leave_every_id_as_it_was(seed: int) -> None:
    chance = random.Random(seed)
    keys = [f"r{n:04d}" for n in range(3000)]
    people = [chance.randrange(1200) for _ in keys]
    upset = list(people)
    for _ in range(500):
        one, other = chance.sample(range(3000), 2)
        upset = [upset[other] if person == upset[one] else person for person in upset]
        upset[chance.randrange(3000)] = 5000 + len(upset) + chance.randrange(10**6)
    made: list[identity.Identities] = []
    for night, partition in enumerate((people, upset, people)):
        made.append(
            identity.identify(
                keys, partition, previous=made[-1].ids if made else None, ledger=made[-1].ledger if made else None,
                sealed=frozenset(), key=KEY,
                stamp=identity.Stamp(f"run-{night}", FIRST + datetime.timedelta(night), "m"),
            )
        )  # fmt: skip
    assert made[1].person_ids != made[0].person_ids
    assert made[2].ids.equals(made[0].ids)
    assert made[2].ledger.slice(0, made[1].ledger.num_rows).equals(made[1].ledger)
    assert isinstance(made[2].ledger, pa.Table)
