"""Any file of people, read by its SPEC.toml into the tables that linkage standardises."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
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
FILE = "__file"
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
    What the files say, in the order of `keys`: one row per record in each column.

    tables: person, name, identifier and address as linkage reads them. record_ids, sources: as the files give them.
    identifiers, other: by column, the text of each record, tidied, or null.
    """

    keys: pa.Array
    record_ids: pa.Array
    sources: pa.Array
    tables: dict[str, pa.Table]
    identifiers: dict[str, pa.Array]
    other: dict[str, pa.Array]


def read_spec(path: Path) -> Spec:
    """Raises `areas.toml.AreaRejected` when a key is unknown, missing or of another type."""
    return toml.settle(Spec, toml.read(path), file=path.name)


def read(paths: list[Path], spec: Spec) -> People:
    """Read CSV (any delimiter) or Parquet files. Raises FilesRejected."""
    tables = []
    for path in paths:
        table = _file(path)
        _has_columns(path, table, spec, alone=len(paths) == 1)
        table = table.select([c for c in dict.fromkeys(spec.columns()) if c in table.column_names])
        tables.append(table.append_column(FILE, pa.array([path.stem] * table.num_rows, pa.string())))
    whole = pa.concat_tables(tables, promote_options="default").combine_chunks()
    if not whole.num_rows:
        raise FilesRejected("The files have no rows, so there is nothing to link.")
    return _people(whole, spec)


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


def _people(rows: pa.Table, spec: Spec) -> People:
    record_ids = _text(rows, spec.id)
    without = record_ids.null_count
    if without:
        raise FilesRejected(f"{without:,} rows have no {spec.id}; every record needs one.")
    sources = pc.coalesce(_text(rows, spec.source), rows.column(FILE).combine_chunks())
    keys = pc.binary_join_element_wise(sources, record_ids, ":")
    twice = len(pc.filter(counts := pc.value_counts(keys).field("counts"), pc.greater(counts, 1)))
    if twice:
        raise FilesRejected(f"{twice:,} values of {spec.id} stand on more than one row of one source.")
    return People(
        keys=keys,
        record_ids=record_ids,
        sources=sources,
        tables=_tables(rows, keys, spec),
        identifiers={c: _each(_column(rows, c), _tidy) for c in spec.identifiers},
        other={c: _each(_column(rows, c), _plain) for c in spec.other},
    )


def _column(rows: pa.Table, name: str) -> pa.Array:
    """A column as text; all null when no file has it."""
    if name not in rows.column_names:
        return pa.nulls(rows.num_rows, pa.string())
    return rows.column(name).combine_chunks()


def _text(rows: pa.Table, named: str | tuple[str, ...] | None) -> pa.Array:
    """One column or several joined by a space, trimmed; null where there is nothing or a word for nothing."""
    if not named:
        return pa.nulls(rows.num_rows, pa.string())
    parts = [pc.utf8_trim_whitespace(_column(rows, c)) for c in ([named] if isinstance(named, str) else named)]
    # Nulls replaced, not skipped: skipping loses rows in which every part is null.
    joined = pc.binary_join_element_wise(*parts, " ", null_handling="replace", null_replacement="")
    whole = pc.utf8_trim_whitespace(pc.replace_substring_regex(joined, " +", " "))
    is_nothing = pc.is_in(pc.utf8_upper(whole), pa.array(["", *dates.MISSING_WORDS]))
    return pc.if_else(is_nothing, None, whole)


def _each(values: pa.Array, read: Callable[[str], Any], type_: pa.DataType | None = None) -> pa.Array:
    """Each value read, every distinct one once; null stays null."""
    encoded = values.dictionary_encode()
    meanings = pa.array([read(value) for value in encoded.dictionary.to_pylist()], type_ or pa.string())
    return meanings.take(encoded.indices)


def _tidy(value: str) -> str | None:
    return identifiers.tidy(value) or None


def _plain(value: str) -> str | None:
    return re.sub(r"[^a-z0-9]+", " ", value.lower()).strip() or None


def _tables(rows: pa.Table, keys: pa.Array, spec: Spec) -> dict[str, pa.Table]:
    born = _text(rows, spec.date_of_birth)
    person = {
        # Whether somebody is a child follows from the birth date; a file does not say it.
        "role": pa.array(["adult"] * len(keys)),
        "birth_on": _each(born, lambda text: _birth(text)[0], pa.date32()),
        "birth_quality": _each(born, lambda text: _birth(text)[1]),
        "sex": _each(_text(rows, spec.sex), lambda text: SEXES.get(text.lower())),
    }
    forename, surname = _names(rows, spec)
    name = {"kind": pa.array(["current"] * len(keys)), "forename": forename, "surname": surname}
    lines, postcode = _text(rows, spec.address), pc.utf8_upper(_text(rows, spec.postcode))
    address = {"kind": pa.array(["home"] * len(keys)), "lines": lines, "postcode": postcode}
    numbers = [_numbers(_each(_column(rows, c), _tidy), c, keys) for c in spec.identifiers]
    return {
        "person": _table("person", keys, person),
        "name": _table("name", keys, name),
        "address": _table("address", keys, address).filter(pc.or_(pc.is_valid(lines), pc.is_valid(postcode))),
        "identifier": pa.concat_tables([_table("identifier", keys.slice(0, 0), {}), *numbers]),
    }


def _names(rows: pa.Table, spec: Spec) -> tuple[pa.Array, pa.Array]:
    """Forename and surname; read out of the full name where a row gives neither by itself."""
    forename, surname, full = _text(rows, spec.forename), _text(rows, spec.surname), _text(rows, spec.full_name)
    is_whole = pc.and_(pc.and_(pc.is_null(forename), pc.is_null(surname)), pc.is_valid(full))
    forename = pc.if_else(is_whole, _each(full, lambda text: split_full_name(text)[0]), forename)
    return forename, pc.if_else(is_whole, _each(full, lambda text: split_full_name(text)[1]), surname)


def _birth(text: str) -> tuple[datetime.date | None, str | None]:
    if re.fullmatch(r"(1[5-9]|20)\d{2}", text):
        return datetime.date(int(text), 1, 1), "year_only"
    try:
        return dates.read_date(text), "stated"
    except ValueError:
        # A date with a slip in it (19651332) still tells the year.
        year = re.match(r"((?:1[5-9]|20)\d{2})(?=\d{4}$|[-/.])", text) or re.search(r"[-/.]((?:1[5-9]|20)\d{2})$", text)
        return (datetime.date(int(year[1]), 1, 1), "year_only") if year else (None, None)


def _numbers(values: pa.Array, column: str, keys: pa.Array) -> pa.Table:
    """One row per record that gives the number; what it can prove shows in the column's name and its check figure."""
    given = pc.is_valid(values)
    value, whose = values.filter(given), keys.filter(given)
    if "nhs" in column.lower():
        told = {"kind": pa.array(["nhs"] * len(value)), "is_valid": _each(value, identifiers.is_nhs_number, pa.bool_())}
    elif "upn" in column.lower():
        kind = _each(value, lambda one: "temporary_upn" if identifiers.is_temporary_upn(one) else "upn")
        told = {"kind": kind, "is_valid": _each(value, identifiers.is_upn, pa.bool_())}
    else:
        told = {"kind": pa.array(["local"] * len(value)), "register": pa.array([column] * len(value))}
    return _table("identifier", whose, {"value": value, **told})


def _table(name: str, keys: pa.Array, said: dict[str, pa.Array]) -> pa.Table:
    """Rows of one of the tables, one per key in order; columns that are not given are null."""
    count = len(keys)
    from_where = {"source": ["file"] * count, "delivery_id": ["file"] * count, "part": ["rows"] * count}
    which = {"source_id": keys, "person_key": keys, "row_number": range(1, count + 1)}
    known = {**from_where, **which, "known_from": [KNOWN_SINCE] * count, **said}
    columns = {}
    for column in TABLES[name].columns:
        values = known.get(column.name)
        made = pa.nulls(count, column.type) if values is None else values
        columns[column.name] = made.cast(column.type) if isinstance(made, pa.Array) else pa.array(made, column.type)
    return pa.table(columns)
