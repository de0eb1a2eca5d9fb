"""Person ids last: who keeps an id when records join, split, leave or are sealed."""

from __future__ import annotations

import datetime

import pyarrow as pa

from kinfold.linkage import identity

KEY = b"k" * 32
STAMP = identity.Stamp(run_id="r", on=datetime.date(2026, 1, 31), model_hash="m")


def _run(groups: list[str], before: identity.Identities | None = None, sealed: str = "") -> identity.Identities:
    """groups: each a word whose letters are the records of one person."""
    of = {letter: n for n, group in enumerate(groups) for letter in group}
    keys = sorted(of)
    return identity.identify(
        keys,
        [of[k] for k in keys],
        previous=before.ids if before else None,
        ledger=before.ledger if before else None,
        sealed=frozenset(sealed),
        key=KEY,
        stamp=STAMP,
    )


def _ids(made: identity.Identities) -> dict[str, str]:
    return dict(zip(made.ids.column("person_key").to_pylist(), made.ids.column("person_id").to_pylist(), strict=True))


def _told(made: identity.Identities, before: identity.Identities) -> list[tuple[str, str]]:
    rows = made.ledger.slice(before.ledger.num_rows).to_pylist()
    return [(row["what"], row["person_key"] or "") for row in rows]


def test_an_id_says_nothing_of_the_key_and_differs_between_councils() -> None:
    assert identity.opaque_id("school:1", key=KEY) != identity.opaque_id("school:1", key=b"other")
    assert "school" not in identity.opaque_id("school:1", key=KEY)


def test_the_id_stays_with_most_of_its_records() -> None:
    first = _run(["abcd"])
    split = _run(["a", "bcd"], first)
    assert _ids(split)["b"] == _ids(first)["a"]
    assert _ids(split)["a"] not in _ids(first).values()
    assert ("split", "") in _told(split, first)


def test_when_two_become_one_the_larger_keeps_its_id_and_the_other_leads_to_it() -> None:
    first = _run(["abc", "de"])
    joined = _run(["abcde"], first)
    assert set(_ids(joined).values()) == {_ids(first)["a"]}
    merged = [row for row in joined.ledger.to_pylist() if row["what"] == "merged"]
    assert [(row["person_id"], row["by"]) for row in merged] == [(_ids(first)["d"], _ids(first)["a"])]


def test_of_equals_the_older_id_stays() -> None:
    first = _run(["zy"])
    second = _run(["zy", "ab"], first)
    joined = _run(["abzy"], second)
    assert set(_ids(joined).values()) == {_ids(first)["z"]}


def test_a_record_that_comes_back_finds_its_person_again() -> None:
    first = _run(["ab", "cd"])
    gone = _run(["ab"], first)
    back = _run(["ab", "cd"], gone)
    assert _ids(back) == _ids(first)


def test_an_id_is_never_given_to_somebody_else() -> None:
    first = _run(["ab"])
    joined = _run(["abc"], first)
    parted = _run(["a", "bc"], joined)
    assert len({*_ids(parted).values()}) == 2
    again = _run(["a", "b", "c"], parted)
    assert len({*_ids(again).values()}) == 3


def test_a_sealed_record_is_forgotten_and_its_id_leads_nowhere() -> None:
    first = _run(["abc", "de"])
    sealed = _run(["bc", "de"], first, sealed="a")
    assert _ids(sealed)["b"] != _ids(first)["a"]
    assert _ids(sealed)["d"] == _ids(first)["d"]
    assert "a" not in sealed.ledger.column("person_key").to_pylist()
    leads = [row for row in sealed.ledger.to_pylist() if row["what"] in ("merged", "split")]
    assert not leads
    later = _run(["bc", "de"], sealed, sealed="a")
    assert _ids(later) == _ids(sealed)


def test_a_run_that_changes_nothing_writes_nothing() -> None:
    first = _run(["ab", "c"])
    assert _run(["ab", "c"], first).ledger.equals(first.ledger)
    assert isinstance(first.ids, pa.Table)
