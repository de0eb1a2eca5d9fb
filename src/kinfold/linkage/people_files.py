"""Any file of people, read by its SPEC.toml into the tables that linkage standardises."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from kinfold.areas import toml
from kinfold.linkage import people_columns as columns
from kinfold.linkage.names import in_any_order
from kinfold.store.schema import TABLES
from kinfold.vocabulary import identifiers
from kinfold.vocabulary import names as plain

DELIMITERS = ",;\t|"
FILE = "__file"
KNOWN_SINCE = datetime.date(2000, 1, 1)


class FilesRejected(Exception):
    """The files cannot be linked; the message names the file, what is wrong and how many rows."""


@dataclasses.dataclass(frozen=True)
class Spec:
    """
    Which column of the files holds what; a heading is met whatever its capitals, spaces and underscores.

    A list is for columns that hold one thing together (a house and its street; a day, a month and a year), or that
    files call by different names. They are joined with a space, in their order; of id, source, sex and postcode the
    first that a row gives is taken. identifiers: numbers that belong to one person. other: anything else that speaks
    for the same person, such as a place of birth or an occupation. one_to_one: each file (or `source`) holds a person
    once.
    """

    id: str | tuple[str, ...]
    source: str | tuple[str, ...] | None = None
    forename: str | tuple[str, ...] | None = None
    surname: str | tuple[str, ...] | None = None
    full_name: str | tuple[str, ...] | None = None
    date_of_birth: str | tuple[str, ...] | None = None
    sex: str | tuple[str, ...] | None = None
    postcode: str | tuple[str, ...] | None = None
    address: str | tuple[str, ...] | None = None
    identifiers: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    one_to_one: bool = False

    def columns(self) -> list[str]:
        """Every column named, once."""
        said = [getattr(self, field.name) for field in dataclasses.fields(self) if field.name != "one_to_one"]
        return list(dict.fromkeys(name for value in said for name in columns.several(value)))


@dataclasses.dataclass(frozen=True)
class People:
    """
    What the files say, in the order of `keys`: one row per record in each column.

    tables: person, name, identifier and address as linkage reads them. record_ids, sources: as the files give them.
    identifiers, other: by column, the text of each record, tidied, or null. notes: sentences on what the files hold
    that is not compared, or is read in a way that their owner should know of. name_words: `names.in_any_order`.
    """

    keys: pa.Array
    record_ids: pa.Array
    sources: pa.Array
    tables: dict[str, pa.Table]
    identifiers: dict[str, pa.Array]
    other: dict[str, pa.Array]
    name_words: pa.Array
    notes: tuple[str, ...] = ()


def read_spec(path: Path) -> Spec:
    """Raises `areas.toml.AreaRejected` when a key is unknown, missing or of another type."""
    spec = toml.settle(Spec, toml.read(path), file=path.name)
    lists: dict[str, Any] = {}
    for field in dataclasses.fields(spec):
        value = getattr(spec, field.name)
        if field.name != "one_to_one" and value is not None:
            names = value if isinstance(value, (list, tuple)) else [value]
            if not all(isinstance(name, str) and name for name in names):
                raise toml.AreaRejected(f"{path.name}: {field.name} must be the name of a column, or a list of names.")
            lists[field.name] = value if isinstance(value, str) else tuple(names)
    if not any(lists.get(name) for name in ("forename", "surname", "full_name", "identifiers")):
        raise toml.AreaRejected(f"{path.name} names no forename, surname, full_name or identifiers to compare.")
    return dataclasses.replace(spec, **lists)


def read(paths: list[Path], spec: Spec) -> People:
    """Read CSV (any delimiter) or Parquet files. Raises FilesRejected."""
    tables: list[pa.Table] = []
    unused: dict[str, None] = {}
    for path in paths:
        table = _as_named(_file(path), spec)
        used = [c for c in spec.columns() if c in table.column_names]
        if not set(columns.several(spec.id)) & set(used):
            raise _rejected(f"{path.name} has no column", columns.several(spec.id))
        unused |= dict.fromkeys(c for c in table.column_names if c and c not in used)
        tables.append(table.select(used).append_column(FILE, pa.array([path.stem] * table.num_rows, pa.string())))
    missing = [c for c in spec.columns() if not any(c in table.column_names for table in tables)]
    if missing:
        raise _rejected(f"{paths[0].name} has no column" if len(paths) == 1 else "None of the files has", missing)
    whole = pa.concat_tables(tables, promote_options="default").combine_chunks()
    if not whole.num_rows:
        raise FilesRejected("The files have no rows, so there is nothing to link.")
    people = _people(whole, spec)
    told = [f"Columns that the spec does not name, and so are not compared: {', '.join(unused)}."] if unused else []
    return dataclasses.replace(people, notes=(*told, *people.notes))


def _delimited(path: Path, mark: str, names: list[str]) -> pa.Table:
    """A CSV as text. Raises FilesRejected, saying how many rows are not as long as the heading and which is first."""
    if twice := [name for name, times in Counter(name.strip() for name in names).items() if name and times > 1]:
        raise FilesRejected(f"{path.name} has more than one column {', '.join(twice)}. Give each its own heading.")
    uneven: list[int | None] = []

    def skip(row: pacsv.InvalidRow) -> str:
        uneven.append(row.number)
        return "skip"

    rows = pacsv.read_csv(
        path,
        read_options=pacsv.ReadOptions(encoding=_encoding(path), use_threads=False),
        parse_options=pacsv.ParseOptions(delimiter=mark, newlines_in_values=True, invalid_row_handler=skip),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
        ),
    )
    if uneven:
        first = f" (first: row {uneven[0]:,})" if uneven[0] else ""
        raise FilesRejected(
            f"{path.name}: {len(uneven):,} rows have more or fewer values than the heading has names{first}. "
            "Often a comma in a value was not put in quotes. Nothing was linked."
        )
    return rows.rename_columns([name.strip() for name in rows.column_names])


def _encoding(path: Path) -> str:
    """UTF-8, or what Windows wrote where the file is not that."""
    try:
        with path.open(encoding="utf-8") as opened:
            while opened.read(1 << 24):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _rejected(what: str, names: Sequence[str]) -> FilesRejected:
    return FilesRejected(f"{what} {', '.join(names)}. Put the file's own names in the spec.")


def _as_named(table: pa.Table, spec: Spec) -> pa.Table:
    """The table with its columns called as the spec calls them; only where one heading alone can be meant."""
    headings: dict[str, list[str]] = {}
    for heading in table.column_names:
        headings.setdefault(_plain_heading(heading), []).append(heading)
    called = {}
    for name in spec.columns():
        alike = headings.get(_plain_heading(name), [])
        if name not in table.column_names and len(alike) == 1 and alike[0] not in spec.columns():
            called[alike[0]] = name
    return table.rename_columns([called.get(heading, heading) for heading in table.column_names])


def _plain_heading(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _file(path: Path) -> pa.Table:
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            table = pq.read_table(path)
            return table.cast(pa.schema([pa.field(f.name, pa.string()) for f in table.schema]))
        with path.open(encoding="utf-8-sig", errors="replace") as opened:
            head = opened.readline()
        mark = max(DELIMITERS, key=head.count)
        names = next(csv.reader([head], delimiter=mark), [])
        return _delimited(path, mark, names)
    except (OSError, pa.ArrowInvalid, pa.ArrowNotImplementedError) as why:
        raise FilesRejected(f"{path.name} cannot be read as CSV or Parquet.") from why


def _people(rows: pa.Table, spec: Spec) -> People:
    record_ids, called = columns.first(rows, spec.id), ", ".join(columns.several(spec.id))
    without = record_ids.null_count
    if without:
        raise FilesRejected(f"{without:,} rows have no {called}; every record needs one.")
    sources = pc.coalesce(columns.first(rows, spec.source), rows.column(FILE).combine_chunks())
    keys = pc.binary_join_element_wise(sources, record_ids, ":")
    twice = len(pc.filter(counts := pc.value_counts(keys).field("counts"), pc.greater(counts, 1)))
    if twice:
        raise FilesRejected(f"{twice:,} values of {called} stand on more than one row of one source.")
    born, of_births = columns.read_births(rows, spec.date_of_birth, sources)
    sex, of_sexes = columns.read_sexes(rows, spec.sex)
    tables = _tables(rows, keys, spec, {**born, "sex": sex})
    empty = [c for c in spec.columns() if columns.text(rows, c).null_count == rows.num_rows]
    of_empty = [f"Columns in which nothing stands: {', '.join(empty)}."] if empty else []
    return People(
        keys=keys,
        record_ids=record_ids,
        sources=sources,
        tables=tables,
        name_words=_name_words(tables["name"]),
        identifiers={c: _values(rows, c, _tidy) for c in spec.identifiers},
        other={c: _values(rows, c, _plain) for c in spec.other},
        notes=(*of_births, *of_sexes, *of_empty),
    )


def _name_words(name: pa.Table) -> pa.Array:
    parts = [pc.fill_null(name.column(part), "") for part in ("forename", "surname")]
    return columns.each(pc.binary_join_element_wise(*parts, " ").combine_chunks(), in_any_order)


def _values(rows: pa.Table, column: str, read: Callable[[str], str | None]) -> pa.Array:
    """A column as it is compared; a telephone by its last figures, however it is written."""
    values = columns.text(rows, column)
    return columns.each(values, columns.telephone if columns.is_of_telephones(values, column) else read)


def _tidy(value: str) -> str | None:
    return identifiers.tidy(value) or None


def _plain(value: str) -> str | None:
    """Letters and figures of any script; of marks on letters nothing is left, as one source types them and one not."""
    apart = unicodedata.normalize("NFKD", value.lower().translate(plain.WRITTEN_OTHERWISE))
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", bare).strip() or None


def _tables(rows: pa.Table, keys: pa.Array, spec: Spec, born: dict[str, pa.Array]) -> dict[str, pa.Table]:
    # Whether somebody is a child follows from the birth date; a file does not say it.
    person = {"role": pa.array(["adult"] * len(keys)), **born}
    named = [columns.text(rows, one) for one in (spec.forename, spec.surname, spec.full_name)]
    forename, surname = columns.read_names(*named)
    name = {"kind": pa.array(["current"] * len(keys)), "forename": forename, "surname": surname}
    lines, postcode = columns.text(rows, spec.address), columns.read_postcodes(rows, spec.postcode)
    address = {"kind": pa.array(["home"] * len(keys)), "lines": lines, "postcode": postcode}
    numbers = [_numbers(_values(rows, c, _tidy), c, keys) for c in spec.identifiers]
    return {
        "person": _table("person", keys, person),
        "name": _table("name", keys, name),
        "address": _table("address", keys, address).filter(pc.or_(pc.is_valid(lines), pc.is_valid(postcode))),
        "identifier": pa.concat_tables([_table("identifier", keys.slice(0, 0), {}), *numbers]),
    }


def _numbers(values: pa.Array, column: str, keys: pa.Array) -> pa.Table:
    """One row per record that gives the number; what it can prove shows in the column's name and its check figure."""
    given = pc.is_valid(values)
    value, whose = values.filter(given), keys.filter(given)
    if "nhs" in column.lower():
        told = {
            "kind": pa.array(["nhs"] * len(value)),
            "is_valid": columns.each(value, identifiers.is_nhs_number, pa.bool_()),
        }
    elif "upn" in column.lower():
        kind = columns.each(value, lambda one: "temporary_upn" if identifiers.is_temporary_upn(one) else "upn")
        told = {"kind": kind, "is_valid": columns.each(value, identifiers.is_upn, pa.bool_())}
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
