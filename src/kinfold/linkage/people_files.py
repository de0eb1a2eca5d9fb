"""Any file of people, read by its SPEC.toml into the tables that linkage standardises."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from kinfold.areas import toml
from kinfold.linkage.names import split_full_name
from kinfold.store.schema import TABLES
from kinfold.vocabulary import dates, identifiers

DELIMITERS = ",;\t|"
SEXES = {
    "m": "M", "male": "M", "1": "M", "man": "M", "boy": "M",
    "f": "F", "female": "F", "2": "F", "woman": "F", "girl": "F",
}  # fmt: skip
KNOWN_SINCE = datetime.date(2000, 1, 1)


class FilesRejected(Exception):
    """The files cannot be linked; the message names the file, what is wrong and how many rows."""


@dataclasses.dataclass(frozen=True)
class Spec:
    """
    Which column of the files holds what. A list joins its columns with a space, in their order.

    identifiers: numbers that belong to one person. other: anything else that speaks for the same person, such as
    a place of birth or an occupation. one_to_one: each file (or `source`) holds a person once.
    """

    id: str
    source: str | None = None
    forename: str | tuple[str, ...] | None = None
    surname: str | tuple[str, ...] | None = None
    full_name: str | tuple[str, ...] | None = None
    date_of_birth: str | None = None
    sex: str | None = None
    postcode: str | None = None
    address: str | tuple[str, ...] | None = None
    identifiers: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    one_to_one: bool = False

    def columns(self) -> list[str]:
        named: list[str] = []
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name != "one_to_one" and value:
                named += [value] if isinstance(value, str) else list(value)
        return named


@dataclasses.dataclass(frozen=True)
class People:
    """
    What the files say, in the order of `keys`: one row per record in each list.

    tables: person, name, identifier and address as linkage reads them. record_ids, sources: as the files give them.
    identifiers, other: by column, the text of each record, tidied, or null.
    """

    keys: list[str]
    record_ids: list[str]
    sources: list[str]
    tables: dict[str, pa.Table]
    identifiers: dict[str, list[str | None]]
    other: dict[str, list[str | None]]


def read_spec(path: Path) -> Spec:
    """Raises `areas.toml.AreaRejected` when a key is unknown, missing or of another type."""
    return toml.settle(Spec, toml.read(path), file=path.name)


def read(paths: list[Path], spec: Spec) -> People:
    """Read CSV (any delimiter) or Parquet files. Raises FilesRejected."""
    rows: list[dict[str, str | None]] = []
    for path in paths:
        table = _file(path)
        _has_columns(path, table, spec, alone=len(paths) == 1)
        table = table.select([c for c in dict.fromkeys(spec.columns()) if c in table.column_names])
        rows += [{"__file": path.stem, **row} for row in table.to_pylist()]
    if not rows:
        raise FilesRejected("The files have no rows, so there is nothing to link.")
    return _people(rows, spec)


def _file(path: Path) -> pa.Table:
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            table = pq.read_table(path)
            return table.cast(pa.schema([pa.field(f.name, pa.string()) for f in table.schema]))
        with path.open(encoding="utf-8-sig", errors="replace") as opened:
            head = opened.readline()
        mark = max(DELIMITERS, key=head.count)
        names = next(csv.reader([head], delimiter=mark), [])
        return pacsv.read_csv(
            path,
            parse_options=pacsv.ParseOptions(delimiter=mark, newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                column_types={n.strip(): pa.string() for n in names}, strings_can_be_null=True, null_values=[""]
            ),
        )
    except (OSError, pa.ArrowInvalid, pa.ArrowNotImplementedError) as why:
        raise FilesRejected(f"{path.name} cannot be read as CSV or Parquet.") from why


def _has_columns(path: Path, table: pa.Table, spec: Spec, *, alone: bool) -> None:
    named = [c for c in spec.columns() if c not in table.column_names]
    if spec.id in named or (named and alone):
        raise FilesRejected(f"{path.name} has no column {', '.join(named)}. Put the file's own names in the spec.")


def _people(rows: list[dict[str, str | None]], spec: Spec) -> People:
    record_ids = [_text(row, spec.id) for row in rows]
    sources = [_text(row, spec.source) or str(row["__file"]) for row in rows]
    without = sum(1 for one in record_ids if one is None)
    if without:
        raise FilesRejected(f"{without:,} rows have no {spec.id}; every record needs one.")
    keys = [f"{source}:{one}" for source, one in zip(sources, record_ids, strict=True)]
    twice = sum(1 for times in Counter(keys).values() if times > 1)
    if twice:
        raise FilesRejected(f"{twice:,} values of {spec.id} stand on more than one row of one source.")
    return People(
        keys=keys,
        record_ids=[str(one) for one in record_ids],
        sources=sources,
        tables=_tables(rows, keys, spec),
        identifiers={c: [_tidy(row.get(c)) for row in rows] for c in spec.identifiers},
        other={c: [_plain(row.get(c)) for row in rows] for c in spec.other},
    )


def _text(row: dict[str, str | None], named: str | tuple[str, ...] | None) -> str | None:
    if not named:
        return None
    parts = [row.get(c) for c in ([named] if isinstance(named, str) else named)]
    whole = " ".join(p.strip() for p in parts if p and p.strip())
    return None if whole.upper() in ("", *dates.MISSING_WORDS) else whole


def _tidy(value: str | None) -> str | None:
    return identifiers.tidy(value or "") or None


def _plain(value: str | None) -> str | None:
    return re.sub(r"[^a-z0-9]+", " ", (value or "").lower()).strip() or None


def _tables(rows: list[dict[str, str | None]], keys: list[str], spec: Spec) -> dict[str, pa.Table]:
    made: dict[str, list[dict[str, Any]]] = {"person": [], "name": [], "identifier": [], "address": []}
    for n, (key, row) in enumerate(zip(keys, rows, strict=True), start=1):
        said = {"source": "file", "source_id": key, "delivery_id": "file", "part": "rows", "row_number": n,
                "known_from": KNOWN_SINCE, "person_key": key}  # fmt: skip
        birth_on, quality = _birth(_text(row, spec.date_of_birth))
        sex = SEXES.get((_text(row, spec.sex) or "").lower())
        # Whether somebody is a child follows from the birth date; a file does not say it.
        made["person"].append({**said, "role": "adult", "birth_on": birth_on, "birth_quality": quality, "sex": sex})
        forename, surname = _text(row, spec.forename), _text(row, spec.surname)
        if spec.full_name and not (forename or surname):
            forename, surname = split_full_name(_text(row, spec.full_name))
        made["name"].append({**said, "kind": "current", "forename": forename, "surname": surname})
        lines, postcode = _text(row, spec.address), _text(row, spec.postcode)
        if lines or postcode:
            made["address"].append(
                {**said, "kind": "home", "lines": lines, "postcode": (postcode or "").upper() or None}
            )
        made["identifier"] += [{**said, **number} for number in _numbers(row, spec)]
    return {name: _table(name, made[name]) for name in made}


def _birth(text: str | None) -> tuple[datetime.date | None, str | None]:
    if text is None:
        return None, None
    if re.fullmatch(r"(1[5-9]|20)\d{2}", text):
        return datetime.date(int(text), 1, 1), "year_only"
    try:
        return dates.read_date(text), "stated"
    except ValueError:
        # A date with a slip in it (19651332) still tells the year.
        year = re.match(r"((?:1[5-9]|20)\d{2})(?=\d{4}$|[-/.])", text) or re.search(r"[-/.]((?:1[5-9]|20)\d{2})$", text)
        return (datetime.date(int(year[1]), 1, 1), "year_only") if year else (None, None)


def _numbers(row: dict[str, str | None], spec: Spec) -> list[dict[str, Any]]:
    numbers = []
    for column in spec.identifiers:
        value = _tidy(row.get(column))
        if value is None:
            continue
        if "nhs" in column.lower():
            numbers.append({"kind": "nhs", "value": value, "is_valid": identifiers.is_nhs_number(value)})
        elif "upn" in column.lower():
            kind = "temporary_upn" if identifiers.is_temporary_upn(value) else "upn"
            numbers.append({"kind": kind, "value": value, "is_valid": identifiers.is_upn(value)})
        else:
            numbers.append({"kind": "local", "value": value, "register": column})
    return numbers


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.table({c.name: pa.array([row.get(c.name) for row in rows], c.type) for c in TABLES[name].columns})
