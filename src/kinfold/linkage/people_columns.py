"""The columns of a file of people read one by one: text, dates, sex, names and postcodes, and what to say of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kinfold.linkage import births
from kinfold.linkage.names import split_full_name
from kinfold.vocabulary import dates

# As English and its neighbours write them.
SEXES = {
    "m": "M", "male": "M", "1": "M", "man": "M", "boy": "M", "mann": "M", "männlich": "M", "maennlich": "M",
    "h": "M", "hombre": "M", "homme": "M", "masculin": "M", "masculino": "M", "maschio": "M", "uomo": "M",
    "erkek": "M", "e": "M", "mężczyzna": "M",
    "f": "F", "female": "F", "2": "F", "woman": "F", "girl": "F", "w": "F", "frau": "F", "weiblich": "F",
    "mujer": "F", "femme": "F", "féminin": "F", "femenino": "F", "feminino": "F", "femmina": "F", "donna": "F",
    "v": "F", "vrouw": "F", "k": "F", "kobieta": "F", "kadın": "F",
}  # fmt: skip
# Where somebody is a hombre and nobody is f, an m is a mujer.
HOMBRE, EITHER, FEMALE = "h", "m", "f"
NOT_SAID = frozenset(
    [*map(str.lower, dates.MISSING_WORDS), "u", "x", "n", "o", "0", "3", "9", "n/k", "nk", "other", "d", "divers"]
)
# A number of as many figures as telephones have; of columns so headed, or in which some begin with a country.
TELEPHONE = re.compile(r"^\+?[\d\s()./-]{6,24}$")
TELEPHONE_SAYS = re.compile(r"tel|phone|mobil|cell|handy|gsm", re.IGNORECASE)
SHARE_OF_TELEPHONES = 0.9
# The figures that stay the same with a country before them, and without.
LAST_OF_A_TELEPHONE = 9
ZIP_AND_FOUR = r"^(\d{5})-?\d{4}$"
COUNTRY_BEFORE = r"^[A-Z]{1,3}-(\d{4,5})$"

Named = str | tuple[str, ...] | None


def several(named: Named) -> tuple[str, ...]:
    return (named,) if isinstance(named, str) else tuple(named or ())


def column(rows: pa.Table, name: str) -> pa.Array:
    """A column as text; all null when no file has it."""
    if name not in rows.column_names:
        return pa.nulls(rows.num_rows, pa.string())
    return rows.column(name).combine_chunks()


def text(rows: pa.Table, named: Named) -> pa.Array:
    """One column or several joined by a space, trimmed; null where there is nothing or a word for nothing."""
    columns = several(named)
    if not columns:
        return pa.nulls(rows.num_rows, pa.string())
    parts = [pc.utf8_trim_whitespace(column(rows, c)) for c in columns]
    # Nulls replaced, not skipped: skipping loses rows in which every part is null.
    joined = pc.binary_join_element_wise(*parts, " ", null_handling="replace", null_replacement="")
    whole = pc.utf8_trim_whitespace(pc.replace_substring_regex(joined, " +", " "))
    is_nothing = pc.is_in(pc.utf8_upper(whole), pa.array(["", *dates.MISSING_WORDS]))
    return pc.if_else(is_nothing, None, whole)


def first(rows: pa.Table, named: Named) -> pa.Array:
    """The first of some columns that says something."""
    columns = several(named)
    return pc.coalesce(*(text(rows, c) for c in columns)) if columns else text(rows, None)


def each(values: pa.Array, read: Callable[[str], Any], type_: pa.DataType | None = None) -> pa.Array:
    """Each value read, every distinct one once; null stays null."""
    encoded = values.dictionary_encode()
    meanings = pa.array([read(value) for value in encoded.dictionary.to_pylist()], type_ or pa.string())
    return meanings.take(encoded.indices)


def read_births(rows: pa.Table, named: Named, sources: pa.Array) -> tuple[dict[str, pa.Array], list[str]]:
    """birth_on and birth_quality, and what to say of them; each source writes dates in its own way."""
    columns = several(named)
    whole = text(rows, named)
    ways = [whole, *(text(rows, c) for c in columns)] if len(columns) > 1 else [whole]
    habits = _habits(whole, sources)
    seen: dict[tuple[str | None, ...], births.Birth] = {}
    read: list[births.Birth] = []
    for key in zip(sources.to_pylist(), *(way.to_pylist() for way in ways), strict=True):
        if key not in seen:
            seen[key] = _birth(key[1:], habits[key[0]])
        read.append(seen[key])
    on = pa.array([day for day, _ in read], pa.date32())
    told = {"birth_on": on, "birth_quality": pa.array([quality for _, quality in read], pa.string())}
    return told, _of_births(whole, on, habits)


def _habits(whole: pa.Array, sources: pa.Array) -> dict[str, births.Habit]:
    habits = {}
    for source in pc.unique(sources).to_pylist():
        given = pc.value_counts(whole.filter(pc.equal(sources, source)).drop_null()).to_pylist()
        habits[source] = births.habit(Counter({births.tidy(one["values"]): one["counts"] for one in given}))
    # Ages say nothing of the years that another source gives, unless somebody says on what day they were true.
    if all(h.is_age or not h.is_dated for h in habits.values()):
        return habits
    return {source: births.Habit() if h.is_age else h for source, h in habits.items()}


def _birth(ways: tuple[str | None, ...], habit: births.Habit) -> births.Birth:
    """The surest of what some texts say: a day before a year."""
    read = [births.read(way, habit) for way in ways if way]
    return min(read, key=lambda birth: ("stated", "year_only", None).index(birth[1]), default=(None, None))


def _of_births(whole: pa.Array, on: pa.Array, habits: dict[str, births.Habit]) -> list[str]:
    said = []
    unread = pc.sum(pc.and_(pc.is_valid(whole), pc.is_null(on))).as_py() or 0
    if unread:
        said.append(f"Dates of birth that cannot be read: {unread:,} of {len(whole) - whole.null_count:,}.")
    if month_first := sum(h.is_month_first for h in habits.values()):
        said.append(f"Sources whose dates of birth have the month first: {month_first} of {len(habits)}.")
    if any(h.is_either for h in habits.values()):
        said.append("Dates of birth have now the day, now the month first; one that can be read both ways has the day.")
    if any(h.is_age for h in habits.values()):
        said.append("Ages are given for dates of birth: they tell people apart, but not from day to day.")
    return said


def read_sexes(rows: pa.Table, named: Named) -> tuple[pa.Array, list[str]]:
    """M, F or null, and what to say of words that are not known."""
    given = pc.utf8_lower(first(rows, named))
    words = set(pc.unique(given).to_pylist()) - {None}
    means = SEXES | ({EITHER: "F"} if HOMBRE in words and FEMALE not in words else {})
    read = each(given, means.get)
    strange = [word not in means and word not in NOT_SAID for word in given.to_pylist() if word]
    if not any(strange):
        return read, []
    return read, [f"Sexes that are not understood, and not compared: {sum(strange):,} of {len(strange):,}."]


def read_names(forename: pa.Array, surname: pa.Array, full_name: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Forename and surname; read out of the full name where a row gives neither by itself."""
    is_whole = pc.and_(pc.and_(pc.is_null(forename), pc.is_null(surname)), pc.is_valid(full_name))
    forename = pc.if_else(is_whole, each(full_name, lambda name: split_full_name(name)[0]), forename)
    return forename, pc.if_else(is_whole, each(full_name, lambda name: split_full_name(name)[1]), surname)


def is_of_telephones(values: pa.Array, heading: str) -> bool:
    """Whether a column holds telephones, seen from its heading or a `+`, and from what stands in it."""
    given = [value for value in values.to_pylist() if value]
    like = sum(bool(TELEPHONE.match(value)) and 7 <= len(_figures(value)) <= 15 for value in given)
    is_said = bool(TELEPHONE_SAYS.search(heading)) or any(value.startswith("+") for value in given)
    return is_said and like >= SHARE_OF_TELEPHONES * len(given) > 0


def telephone(value: str) -> str | None:
    """The last figures of a number: one source writes +44 7700 900123, another 07700 900123."""
    return _figures(value)[-LAST_OF_A_TELEPHONE:] or None


def _figures(value: str) -> str:
    return re.sub(r"\D", "", value)


def read_postcodes(rows: pa.Table, named: Named) -> pa.Array:
    """As written, without what one source adds and another leaves out: a country before, four figures behind a zip."""
    return each(pc.utf8_upper(first(rows, named)), _postcode)


def _postcode(code: str) -> str:
    code = re.sub(r"^(\d{3,6})\.0$", r"\1", code)
    return re.sub(COUNTRY_BEFORE, r"\1", re.sub(ZIP_AND_FOUR, r"\1", code))
