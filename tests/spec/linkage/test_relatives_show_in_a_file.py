"""Whether a file lists families is seen from the file, and decides whether another forename is another person."""

from __future__ import annotations

import pyarrow as pa
import pytest

from kinfold.linkage import relatives, vetoes

PAIRS = 200


def _pairs(*kinds: tuple[int, dict[str, str]]) -> pa.Table:
    usual = {"forename": "same", "surname": "same", "birth": "same", "home": "unknown"}
    said = [{**usual, **kind} for times, kind in kinds for _ in range(times)]
    numbers = [{"left": 2 * n, "right": 2 * n + 1, "nhs": "unknown", "upn": "unknown", "numbers": "unknown"}
               for n in range(len(said))]  # fmt: skip
    return pa.Table.from_pylist([{**a, **b} for a, b in zip(numbers, said, strict=True)])


TWINS, SLIPS = {"forename": "different"}, {"forename": "different", "birth": "same"}
AT_HOME = {"home": "same"}
SISTERS = {"home": "same", "forename": "different", "birth": "different"}


@pytest.mark.parametrize(
    ("what", "kinds", "names_are_usual", "kept_apart"),
    [
        ("one home, other children", [(PAIRS, AT_HOME), (20, SISTERS)], True, vetoes.VETOES),
        ("one home, the same people", [(PAIRS, AT_HOME)], True, vetoes.WITHOUT_HOUSEHOLDS),
        ("no homes, twins", [(PAIRS, {}), (10, TWINS)], True, vetoes.WITHOUT_HOMES),
        ("no homes, forenames nobody else has", [(PAIRS, {}), (10, SLIPS)], False, vetoes.WITHOUT_HOUSEHOLDS),
        ("no homes, nobody's twin", [(PAIRS, {})], True, vetoes.WITHOUT_HOUSEHOLDS),
        ("too few to say", [(20, {})], True, vetoes.WITHOUT_HOMES),
    ],
)
def test_what_is_kept_apart_follows_from_who_is_in_the_file(engine, what, kinds, names_are_usual, kept_apart) -> None:
    pairs = _pairs(*kinds)
    count = 2 * pairs.num_rows
    names = [f"name {n % 40 if names_are_usual else n}" for n in range(count)]
    surnames = [f"surname {n // 40}" for n in range(count)]
    records = pa.table({"number": list(range(count)), "forename": names, "surname": surnames})
    assert relatives.compared_as(engine.take(pairs), engine.take(records))[1] == kept_apart, what


def test_a_family_shows_by_a_telephone_as_by_a_home(engine) -> None:
    by_phone = [(PAIRS, {"phone": "same"}), (20, {"phone": "same", "forename": "different", "birth": "different"})]
    pairs = _pairs(*((times, {"home": "unknown", **kind}) for times, kind in by_phone))
    count = 2 * pairs.num_rows
    records = pa.table({"number": list(range(count)), "forename": [f"name {n}" for n in range(count)],
                        "surname": [f"surname {n // 40}" for n in range(count)]})  # fmt: skip
    asked = engine.take(pairs), engine.take(records)
    assert relatives.compared_as(*asked, contacts=["phone"])[1] == vetoes.VETOES
    assert relatives.compared_as(*asked)[1] == vetoes.WITHOUT_HOUSEHOLDS
