"""
Who some source records say they are, as a matcher may see it: identities alone, never a fact about anybody's life.

Numbers are shown by their last figures until somebody has said why they need the whole; a home that anybody withholds
is "withheld".
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from kinfold.areas import feeds as feed_settings
from kinfold.operations.home import Home
from kinfold.operations.matching.lake import live_folder, ref_of
from kinfold.store import engine as engines
from kinfold.vocabulary import names
from kinfold.vocabulary.dates import in_words

FOUND_AT_MOST = 30


@dataclasses.dataclass(frozen=True)
class Identifier:
    """One number. shown: its last figures, or all of it when revealed. mark: the same for the same number alone."""

    kind: str
    shown: str
    mark: str


@dataclasses.dataclass(frozen=True)
class Record:
    """One source's record as a matcher may see it. ref: a keyed hash of its key. why: why it is with its person now."""

    key: str
    ref: str
    source: str
    label: str
    names: tuple[str, ...]
    former: tuple[str, ...]
    born: str
    sex: str
    identifiers: tuple[Identifier, ...]
    homes: tuple[str, ...]
    known_from: datetime.date | None
    why: str


@dataclasses.dataclass(frozen=True)
class Found:
    """One person of a search by hand."""

    person_id: str
    name: str
    birth_on: datetime.date | None
    records: int


def records(home: Home, keys: Iterable[str], *, is_revealed: bool = False) -> list[Record]:
    """Source records as a matcher may see them, in order of key. is_revealed: with whole numbers."""
    folder, wanted = live_folder(home), sorted(set(keys))
    with engines.duckdb(memory_gb=1) as engine:
        rows = {
            table: _of(engine, folder, table, wanted)
            for table in ("person", "name", "identifier", "address", "link")
        }  # fmt: skip
    labels = {name: feed.label for name, feed in feed_settings.load(folder / "rules").items()}
    guarded = withheld(home, wanted)
    return [
        _record(home, key, rows, labels, is_revealed, is_withheld=key in guarded)
        for key in wanted
        if key in rows["link"]
    ]


def _of(engine: engines.Engine, folder: Path, table: str, keys: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    held: ir.Table = engine.read(folder / f"{table}.parquet")
    for row in held.filter(held.person_key.isin(list(keys))).to_pyarrow().to_pylist():
        found[row["person_key"]].append(row)
    return found


IDENTIFIER = {
    "nhs": "NHS number", "upn": "UPN", "former_upn": "Former UPN", "temporary_upn": "Temporary UPN", "uln": "ULN",
    "case_number": "Case number", "nino": "National Insurance number", "local": "Number of the source",
}  # fmt: skip
SEX = {"F": "Female", "M": "Male"}
QUALITY = {
    "default": " (a date that the source puts in when it does not know)",
    "year_only": " (only the year is known)",
}


def _record(
    home: Home,
    key: str,
    rows: Mapping[str, Mapping[str, Any]],
    labels: Mapping[str, str],
    is_revealed: bool,
    *,
    is_withheld: bool,
) -> Record:
    person = max(rows["person"].get(key, [{}]), key=lambda row: str(row.get("known_from")))
    link = rows["link"][key][0]
    called = sorted(rows["name"].get(key, []), key=lambda row: (row["kind"], str(row["known_from"])))
    return Record(
        key=key,
        ref=ref_of(home, key),
        source=link["source"],
        label=labels.get(link["source"], link["source"]),
        names=tuple(dict.fromkeys(_whole(row) for row in called if row["kind"] != "former")),
        former=tuple(dict.fromkeys(_whole(row) for row in called if row["kind"] == "former")),
        born=_born(person),
        sex=SEX.get(person.get("sex") or "", ""),
        # Each delivery says a number again.
        identifiers=tuple(
            dict.fromkeys(
                _identifier(home, row, is_revealed)
                for row in sorted(rows["identifier"].get(key, []), key=lambda row: (row["kind"], row["value"]))
            )
        ),
        homes=("withheld",) if is_withheld else tuple(dict.fromkeys(_homes(rows["address"].get(key, [])))),
        known_from=min((row["known_from"] for row in rows["person"].get(key, [])), default=None),
        why=link["reasons"],
    )


def _identifier(home: Home, row: Mapping[str, Any], is_revealed: bool) -> Identifier:
    shown = row["value"] if is_revealed else masked(row["value"])
    return Identifier(IDENTIFIER.get(row["kind"], row["kind"]), shown, ref_of(home, row["value"])[:8])


def masked(value: str) -> str:
    """The last three figures of a number: enough to see that two differ, too few to know it."""
    return f"ends {value[-3:]}" if len(value) > 4 else "too short to show in part"


def _whole(row: Mapping[str, Any]) -> str:
    return names.name_case(" ".join(part for part in (row["forename"], row["surname"]) if part)) or "Name not known"


def _born(person: Mapping[str, Any]) -> str:
    on, due = person.get("birth_on"), person.get("expected_on")
    if on is None:
        return f"due {in_words(due)}" if due else ""
    return f"{in_words(on)}{QUALITY.get(person.get('birth_quality') or '', '')}"


def _homes(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """Homes, the newest first. A placement or a shelter is said to be one and not where."""
    for row in sorted(rows, key=lambda row: str(row["from_on"] or row["known_from"]), reverse=True):
        if row["kind"] == "home":
            yield ", ".join(part for part in (row["lines"], row["postcode"]) if part)
        else:
            yield {"placement": "a placement", "communal": "a shared address"}.get(row["kind"], "withheld")


def withheld(home: Home, keys: Iterable[str]) -> frozenset[str]:
    """Those of some records that are of a person whose address anybody withholds, in any record of theirs."""
    folder = live_folder(home)
    with engines.duckdb(memory_gb=1) as engine:
        link = engine.read(folder / "link.parquet").filter(lambda t: t.person_key.isin(list(keys)))
        people = engine.read(folder / "people.parquet").filter(lambda t: t.is_address_withheld)
        return frozenset(link.semi_join(people, "person_id").select("person_key").to_pyarrow().column(0).to_pylist())


def find(home: Home, text: str, *, sealed: Collection[str] = ()) -> list[Found]:
    """
    People whose name has every word of `text`, or who have it as a number; at most thirty, by name.

    sealed: who is not there. They are left out before the thirty are counted: one short of thirty would tell of them.
    """
    folder = live_folder(home)
    plain = "".join(c for c in text.upper() if c.isalnum())
    tokens = names.tokens(text)
    if len(plain) < 3:
        return []
    with engines.duckdb(memory_gb=1) as engine:
        link, people = engine.read(folder / "link.parquet"), engine.read(folder / "people.parquet")
        if any(c.isdigit() for c in plain):
            held = engine.read(folder / "identifier.parquet")
            hits = held.filter(held.value.upper().re_replace("[^A-Z0-9]", "") == plain).select("person_key")
        else:
            held = engine.read(folder / "name.parquet")
            whole = held.forename.fill_null("").concat(" ", held.surname.fill_null("")).lower()
            hits = held.filter([whole.contains(token) for token in tokens] or [ibis.literal(False)]).select(
                "person_key"
            )
        found = link.semi_join(hits, "person_key").select("person_id").distinct()
        counted = link.semi_join(found, "person_id").group_by("person_id").agg(records=lambda t: t.count())
        there = people.filter(~people.person_id.isin(["", *sealed]))
        rows = there.join(counted, "person_id").select("person_id", "forename", "surname", "birth_on", "records")
        told = rows.order_by(["surname", "forename", "person_id"]).limit(FOUND_AT_MOST).to_pyarrow().to_pylist()
    return [Found(r["person_id"], _whole(r), r["birth_on"], r["records"]) for r in told]
