"""Whatever happens to the bytes of a file, its reader gives parts or a refusal in words, and nothing else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.unit.feeds.hostile import whole

from kinfold.feeds import readers
from kinfold.feeds.readers.received import FileRejected

CIN = (
    b"<Message><Header/><Children><Child><ChildIdentifiers><LAchildID>1</LAchildID><PersonBirthDate>2015-01-01"
    b"</PersonBirthDate></ChildIdentifiers><CINdetails><CINreferralDate>2025-01-01</CINreferralDate></CINdetails></Child>"
    b"</Children></Message>"
)
NESTED = b'{"items": [{"id": 1, "a": {"b": ["c", null, true]}, "list": [{"x": 1.5e3}, {"x": "\\u00e9"}]}]}'
ROWS = whole.ROWS[:3]
SMALL = {
    "csv": whole.csv(ROWS),
    "semicolons": whole.csv(ROWS, by=";", end="\r\n"),
    "utf-16": whole.csv(ROWS).decode().encode("utf-16"),
    "cp1252": whole.csv(ROWS).replace(b"Amira", b"Zo\xe9"),
    "json": whole.js(ROWS),
    "nested json": NESTED,
    "xml": whole.xml(ROWS),
    "cin xml": CIN,
    "parquet": whole.parquet(ROWS),
    "xlsx": whole.book(ROWS),
}
# What a reader gives meaning to: quotation marks, brackets, ends of lines, lengths, marks of order.
TELLING = [
    b"",
    b"\0",
    b'"',
    b"\n",
    b"\r",
    b"<",
    b">",
    b"&",
    b"]",
    b"}",
    b"\\",
    b"\xff",
    b"\xff\xfe",
    b"\x80" * 8,
    b"9" * 40,
]


@st.composite
def changes(draw: st.DrawFn) -> list[tuple[float, int, bytes]]:
    """Where (0 to 1), how many bytes go, and which come in their place."""
    change = st.tuples(st.floats(0, 1), st.integers(0, 40), st.one_of(st.sampled_from(TELLING), st.binary(max_size=12)))
    return draw(st.lists(change, min_size=1, max_size=5))


def changed(content: bytes, made: list[tuple[float, int, bytes]]) -> bytes:
    for where, gone, come in made:
        at = int(where * len(content))
        content = content[:at] + come + content[at + gone :]
    return content


def require_parts_or_refusal(path: Path) -> None:
    try:
        for part in readers.read(path):
            width = max((len(row) for row in part.preview), default=0)
            assert all(isinstance(cell, str) for row in part.preview for cell in row)
            header_at = next((place for place, row in enumerate(part.preview) if any(row)), None)
            for batch in part.batches(header_at) if header_at is not None else ():
                assert batch.schema.names[-1] == "row_number"
                assert batch.num_columns - 1 <= max(width, 1)
                batch.validate(full=True)
    except FileRejected as why:
        assert str(why).endswith(".")


@pytest.mark.parametrize("kind", SMALL)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=changes())
@example(made=[(0.5, 10**6, b"")])
def test_a_reader_gives_parts_or_a_refusal(kind, made, tmp_path):
    path = tmp_path / "any.csv"
    path.write_bytes(changed(SMALL[kind], made))
    require_parts_or_refusal(path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", SMALL)
def test_and_so_it_does_a_thousand_times(kind, tmp_path):
    chance, path = random.Random(kind), tmp_path / "any.csv"
    for _ in range(1_000):
        made = [
            (
                chance.random(),
                chance.choice((0, 0, 1, 4, 40)),
                chance.choice([*TELLING, chance.randbytes(chance.randrange(8))]),
            )
            for _ in range(chance.randrange(1, 6))
        ]
        path.write_bytes(changed(SMALL[kind], made))
        require_parts_or_refusal(path)
