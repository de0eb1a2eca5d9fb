"""
One record per source person, in one shape: what linkage may compare, and nothing it may not.

Placeholder forenames, default birth dates and addresses that are withheld, communal or a placement never reach
the record, so no later step has to remember to leave them out.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.linkage import names, places
from kinfold.store.engine import Engine

NAME_ORDER = {"current": 0, "known_as": 1, "former": 2}
# A date that a source gives this much more often than its average date is a habit of typing, not a birthday.
HABIT_AT_LEAST, HABIT_TIMES = 10, 8
# A home of more records than this is a hostel or an office that nobody marked as one.
MOST_AT_ONE_HOME = 120
NEVER_HOME = ("withheld", "communal")
# A number that was replaced may have been replaced again; more often than this nobody's was.
TIMES_REPLACED = 2
NO_WORDS = ibis.literal([], type="array<string>")


@dataclasses.dataclass(frozen=True)
class Standardised:
    """
    records: one row per person key, with `number` in the order of the keys (see `schema.RECORD`).
    homes: one row per source person and address that may place somebody in a household: `place`, dates.
    """

    records: ir.Table
    homes: ir.Table


@dataclasses.dataclass(frozen=True)
class Bearing:
    """
    What everybody's rows together say that bears on a record of one.

    habits: numbering and birth_on of the dates that a source types by habit. homes: see `usable_homes`. replaced: see
    `superseded`.
    """

    habits: ir.Table
    homes: ir.Table
    replaced: ir.Table


def standardise(
    engine: Engine,
    tables: dict[str, ir.Table],
    *,
    upn_sources: frozenset[str],
    as_at: datetime.date,
    learned: Mapping[str, str] | None = None,
    lines_alone: bool = False,
) -> Standardised:
    """
    Bring what each source says of a person into one record.

    tables: person, name, identifier and address, as known on a day; a person key may have several rows in each.
    upn_sources: feeds whose agreement lets a UPN be used to match; a UPN from elsewhere is left out.
    learned: forename keys that the model in use knows as another name (`model.Model.equivalents`). lines_alone: also
    compare how lines without a postcode are typed, in a file where nobody can have an address withheld.
    Null, or an empty list, means that the source did not say or that it may not be compared.
    """
    read = tables["address"]
    if not was_read(read):
        read = engine.keep(read_places(engine, read))
    about = bearing(engine, tables | {"address": read}, as_at=as_at)
    typed = engine.keep(_with_lines_alone(about.homes, read)) if lines_alone else about.homes
    records = recorded(
        engine, tables, dataclasses.replace(about, homes=typed), upn_sources=upn_sources, as_at=as_at, learned=learned
    )
    # Put in order by themselves: whole records are wide.
    keys = tables["person"].select("person_key").distinct()
    numbers = engine.keep(keys.mutate(number=ibis.row_number().over(order_by=keys.person_key)))
    return Standardised(records=engine.keep(records.join(numbers, "person_key")), homes=about.homes)


def bearing(engine: Engine, tables: dict[str, ir.Table], *, as_at: datetime.date) -> Bearing:
    """tables: person, identifier and address of everybody, the addresses read (`read_places`)."""
    return Bearing(
        habits=engine.keep(_habits(tables["person"], as_at=as_at)),
        homes=engine.keep(usable_homes(tables["address"])),
        replaced=engine.keep(superseded(tables["identifier"])),
    )


def recorded(
    engine: Engine,
    tables: dict[str, ir.Table],
    about: Bearing,
    *,
    upn_sources: frozenset[str],
    as_at: datetime.date,
    learned: Mapping[str, str] | None = None,
) -> ir.Table:
    """
    One row per person key of `tables`, without `number`: the record of each, as `standardise` has it.

    tables: person, name and identifier, of everybody or of some. about: what everybody's rows say, with the homes of
    at least those.
    """
    persons = engine.keep(_persons(tables["person"]))
    records = (
        persons.left_join(_births(tables["person"], about.habits, as_at=as_at), "person_key").drop("person_key_right")
        .left_join(_names(engine, tables["name"], learned or {}), "person_key").drop("person_key_right")
        .left_join(_identifiers(tables["identifier"], about.replaced, upn_sources), "person_key")
        .drop("person_key_right")
        .left_join(_addresses(about.homes), "person_key").drop("person_key_right")
    )  # fmt: skip
    lists = {name: kind for name, kind in records.schema().items() if kind.is_array()}
    return records.mutate(
        # In order, since engines collect in any: the same rows make the same record.
        **{name: _in_order(records[name]) for name in lists},
        role=ibis.ifelse(
            (records.role != "unborn") & records.birth_year.notnull(),
            ibis.ifelse(records.birth_year <= grown_up_before(as_at), "adult", records.role),
            records.role,
        ),
    )


def grown_up_before(as_at: datetime.date) -> int:
    """The last year of birth of which everybody is an adult, whatever the source calls them."""
    return as_at.year - 19


def _in_order(words: ir.ArrayValue) -> ir.ArrayValue:
    """Most lists are of one word or none, and are not copied to be sorted."""
    return ibis.ifelse(words.length() > 1, words.sort(), words.fill_null(NO_WORDS))


def _newest(table: ir.Table) -> list[ir.Value]:
    return [table.known_from.desc(), table.source, table.delivery_id, table.part, table.row_number]


def _persons(person: ir.Table) -> ir.Table:
    order = _newest(person)
    # A return that only says "child" does not know that the birth is still awaited; a birth date says that it is not.
    is_unborn = ((person.role == "unborn").any() & ~person.birth_on.notnull().any()).fill_null(False)
    born_as = person.role.first(order_by=order, where=person.role != "unborn").fill_null("child")
    return person.group_by("person_key").agg(
        source=person.person_key.min().split(":")[0],
        role=ibis.ifelse(is_unborn, "unborn", born_as),
        sex=person.sex.first(order_by=order),
        flags=person.flags.first(order_by=order),
    )


def _dated(person: ir.Table, *, as_at: datetime.date) -> ir.Table:
    dated = person.filter(person.birth_on.notnull() & (person.birth_on <= as_at))
    return dated.mutate(numbering=dated.person_key.split(":")[0])


def _habits(person: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """Numbering and birth_on of the dates that a source gives far more people than it gives another."""
    dated = _dated(person, as_at=as_at)
    times = dated.group_by("numbering", "birth_on").agg(times=ibis._.person_key.nunique())
    usual = times.group_by("numbering").agg(usual=ibis._.times.mean())
    habits = times.join(usual, "numbering")
    return habits.filter(habits.times > HABIT_AT_LEAST + HABIT_TIMES * habits.usual).select("numbering", "birth_on")


def marked_habits(dated: ir.Table, habits: ir.Table) -> ir.Table:
    """`dated` (numbering, birth_on) with is_habit."""
    known = habits.mutate(is_habit=True)
    known = dated.left_join(known, ["numbering", "birth_on"]).drop("numbering_right", "birth_on_right")
    return known.mutate(is_habit=known.is_habit.fill_null(False))


def _births(person: ir.Table, habits: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """Trusted date of birth, and its year; a default date is only a year, and 1 January 1900 is nothing."""
    dated = marked_habits(_dated(person, as_at=as_at), habits)
    first_of_year = (dated.birth_on.month() == 1) & (dated.birth_on.day() == 1)
    is_placeholder = first_of_year & (dated.birth_on.year() == 1900)
    is_vague = first_of_year | dated.is_habit | (dated.birth_quality.fill_null("stated") != "stated")
    dated = dated.mutate(
        birth_year=ibis.ifelse(is_placeholder, ibis.null("int64"), dated.birth_on.year().cast("int64")),
        exact=ibis.ifelse(is_vague, ibis.null("date"), dated.birth_on),
    )
    order = _newest(dated)
    best = dated.group_by("person_key").agg(
        birth_on=dated.exact.first(order_by=order),
        vague_year=dated.birth_year.first(order_by=order),
    )
    year = best.birth_on.year().cast("int64").fill_null(best.vague_year)
    return best.select("person_key", "birth_on", birth_year=year)


def _names(engine: Engine, name: ir.Table, learned: Mapping[str, str]) -> ir.Table:
    forenames, surnames = read_names(engine, name, learned)

    def as_read(rows: ir.Table) -> ir.Table:
        read = rows.left_join(forenames, rows.forename == forenames.forename_as_given)
        return read.left_join(surnames, read.surname == surnames.surname_as_given)

    # Most people have one name, which has to be chosen from nothing and collected with nothing: half of the cost.
    several = name.group_by("person_key").agg(rows=ibis._.count())
    several = engine.keep(several.filter(several.rows > 1))
    one = _of_one_name(as_read(name.anti_join(several, "person_key")))
    more = _of_several_names(as_read(_placed(name.semi_join(several, "person_key"))))
    return ibis.union(one.select(*more.columns), more)


def _placed(name: ir.Table) -> ir.Table:
    """Put in order once: eight columns that each ask for their first by six others cost eight orders."""
    kind = name.kind.cases(*((kind, n) for kind, n in NAME_ORDER.items()), else_=3)
    return name.mutate(place=ibis.row_number().over(order_by=[kind, *_newest(name)]))


NAMED_BY = {
    "forename": "forename_key", "forename_text": "forename_text", "forename_sound": "forename_sound",
    "forename_spelling": "forename_spelling", "surname": "surname_key", "surname_text": "surname_text",
    "surname_as_forename": "surname_as_forename", "surname_sound": "surname_sound",
}  # fmt: skip


def _of_several_names(read: ir.Table) -> ir.Table:
    has_forename, has_surname = read.forename_key.notnull(), read.surname_key.notnull()
    return read.group_by("person_key").agg(
        **{column: read[of].first(order_by=read.place) for column, of in NAMED_BY.items()},
        forename_keys=read.forename_key.collect(where=has_forename, distinct=True),
        forename_words=read.forename_words.collect(where=has_forename).flatten().unique(),
        surname_words=read.surname_words.collect(where=has_surname).flatten().unique(),
        has_placeholder=read.is_placeholder.any().fill_null(False),
    )


def _of_one_name(read: ir.Table) -> ir.Table:
    has_forename, has_surname = read.forename_key.notnull(), read.surname_key.notnull()
    return read.select(
        "person_key",
        **{column: read[of] for column, of in NAMED_BY.items()},
        forename_keys=ibis.ifelse(has_forename, ibis.array([read.forename_key]), NO_WORDS),
        forename_words=ibis.ifelse(has_forename, read.forename_words, NO_WORDS).unique(),
        surname_words=ibis.ifelse(has_surname, read.surname_words, NO_WORDS).unique(),
        has_placeholder=read.is_placeholder.fill_null(False),
    )


def read_names(engine: Engine, name: ir.Table, learned: Mapping[str, str] | None = None) -> tuple[ir.Table, ir.Table]:
    """Each distinct forename and surname of `name`, read once; see `names.Forename` and `names.Surname`."""
    given = [v for v in name.select("forename").distinct().to_pyarrow().column(0).to_pylist() if v]
    read = [names.with_learned(names.read_forename(v), learned or {}) for v in given]
    words = pa.list_(pa.string())
    forenames = pa.table(
        {
            "forename_as_given": pa.array(given, pa.string()),
            "forename_text": pa.array([f.text for f in read], pa.string()),
            "forename_key": pa.array([f.key for f in read], pa.string()),
            "forename_sound": pa.array([f.sound for f in read], pa.string()),
            "forename_spelling": pa.array([f.spelling for f in read], pa.string()),
            "forename_words": pa.array([list(f.every) for f in read], words),
            "is_placeholder": pa.array([f.is_placeholder for f in read], pa.bool_()),
        }
    )
    family = [v for v in name.select("surname").distinct().to_pyarrow().column(0).to_pylist() if v]
    heard = [names.read_surname(v) for v in family]
    surnames = pa.table(
        {
            "surname_as_given": pa.array(family, pa.string()),
            "surname_text": pa.array([s.text for s in heard], pa.string()),
            "surname_key": pa.array([s.key for s in heard], pa.string()),
            "surname_as_forename": pa.array([s.as_forename for s in heard], pa.string()),
            "surname_sound": pa.array([s.sound for s in heard], pa.string()),
            "surname_words": pa.array([list(s.every) for s in heard], words),
        }
    )
    return engine.take(forenames), engine.take(surnames)


def superseded(identifier: ir.Table) -> ir.Table:
    """
    NHS numbers that were replaced, `old`, and the one that holds now, `new`, as a source says that lists both.

    It says so by ending the one: two numbers that both still hold are a mistake, or two people. A number that seems
    to have been replaced by two is left as it is.
    """
    nhs = identifier.filter((identifier.kind == "nhs") & identifier.is_valid.fill_null(False))
    ended = nhs.filter(nhs.to_on.notnull()).select("person_key", old="value").distinct()
    holds = nhs.filter(nhs.to_on.isnull()).select("person_key", new="value").distinct()
    both = ended.join(holds, "person_key")
    both = both.filter(both.old != both.new).group_by("old").agg(new=ibis._.new.min(), news=ibis._.new.nunique())
    return both.filter(both.news == 1).select("old", "new")


def as_held_now(identifier: ir.Table, replaced: ir.Table) -> ir.Table:
    """`identifier` with NHS numbers that were replaced read as the one that holds, also when that happened twice."""
    for _ in range(TIMES_REPLACED):
        known = identifier.left_join(replaced, (identifier.kind == "nhs") & (identifier.value == replaced.old))
        identifier = known.mutate(value=known.new.fill_null(known.value)).drop("old", "new")
    return identifier


def usable_numbers(identifier: ir.Table, upn_sources: frozenset[str]) -> ir.Table:
    """`identifier` without the UPNs of feeds whose agreement does not let a UPN be used to match."""
    is_upn = identifier.kind.isin(["upn", "former_upn", "temporary_upn"])
    return identifier.filter(~is_upn | identifier.source.isin(sorted(upn_sources) or [""]))


def _identifiers(identifier: ir.Table, replaced: ir.Table, upn_sources: frozenset[str]) -> ir.Table:
    """
    Identifiers by what they can prove.

    nhs and upns pass their check and can tell two people apart; strong_ids prove sameness only; weak_ids (a
    temporary UPN, a number that fails its check) are evidence but never proof. A temporary UPN is one school's: where
    the source says whose it is, it is met at that school alone.
    """
    may = usable_numbers(as_held_now(identifier, replaced), upn_sources)
    value = may.value
    is_valid = may.is_valid.fill_null(False)
    is_nhs, is_permanent = may.kind == "nhs", may.kind.isin(["upn", "former_upn"])
    registered = may.kind.isin(["case_number", "local"]) & may.register.notnull()
    is_strong = registered | may.kind.isin(["nino", "uln"])
    named = may.kind.concat("|", may.register.fill_null(""), "|", value)
    is_weak = ((is_nhs | is_permanent) & ~is_valid) | (may.kind == "temporary_upn")
    school = ibis.ifelse(may.kind == "temporary_upn", may.register.fill_null("").concat("|"), "")
    weak = may.kind.replace("former_upn", "upn").concat("|", school.nullif("|").fill_null(""), value)
    return may.group_by("person_key").agg(
        nhs=value.collect(where=is_nhs & is_valid, distinct=True),
        upns=value.collect(where=is_permanent & is_valid, distinct=True),
        strong_ids=named.collect(where=is_strong, distinct=True),
        weak_ids=weak.collect(where=is_weak, distinct=True),
    )


def usable_homes(read: ir.Table) -> ir.Table:
    """
    Addresses that may be compared and may place somebody in a household, one row per source person and address.

    A property or dwelling that any source withholds, or knows to be a hostel, school or contact centre, is left
    out for everybody: another source may not know what it is.
    """
    # Lines and postcode as written are wide, and nothing compares them.
    read = read.drop("lines", "postcode", "lsoa", "lsoa_vintage")
    never = read.filter(read.kind.isin(NEVER_HOME) | read.is_office)
    homes = read.filter((read.kind == "home") & (read.place.notnull() | read.postcode_compact.notnull()))
    uprns = never.filter(never.uprn.notnull()).select(never_uprn=never.uprn).distinct()
    doors = never.filter(never.door.notnull()).select(never_door=never.door).distinct()
    homes = homes.anti_join(uprns, homes.uprn == uprns.never_uprn)
    homes = homes.anti_join(doors, homes.door == doors.never_door)
    crowded = homes.group_by("place").agg(records=homes.person_key.nunique())
    crowded = crowded.filter(crowded.records > MOST_AT_ONE_HOME).select(crowded_place=crowded.place)
    return homes.anti_join(crowded, homes.place == crowded.crowded_place)


def _with_lines_alone(homes: ir.Table, read: ir.Table) -> ir.Table:
    alone = read.filter((read.kind == "home") & ~read.is_office & read.place.isnull() & read.postcode_compact.isnull())
    return ibis.union(homes, alone.select(*homes.columns))


def withheld_everywhere(engine: Engine, address: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """
    `address`, read (`read_places`), with every row withheld that is of a property or dwelling somebody withholds on the
    day.

    One source may call a refuge a home; shown for the mother, it would be shown for the child.
    """
    read = read_places(engine, address)
    stands = (read.from_on.isnull() | (read.from_on <= as_at)) & (read.to_on.isnull() | (read.to_on > as_at))
    hidden = engine.keep(read.filter((read.kind == "withheld") & stands).select("uprn", "door"))
    uprns = hidden.filter(hidden.uprn.notnull()).select("uprn").distinct()
    doors = hidden.filter(hidden.door.notnull()).select("door").distinct()
    is_hidden = read.uprn.isin(uprns.uprn).fill_null(False) | read.door.isin(doors.door).fill_null(False)
    return engine.keep(read.mutate(kind=ibis.ifelse(is_hidden, "withheld", read.kind)))


def was_read(address: ir.Table) -> bool:
    return "place_text" in address.columns


def read_places(engine: Engine, address: ir.Table) -> ir.Table:
    """
    `address` with `place` (one value per dwelling), `door`, `place_text`, `postcode_compact` and `is_office`.

    An address that was read already is as it was: reading a county's doors is much of what a night costs.
    """
    if was_read(address):
        return address
    lines, code = address.lines.fill_null(""), address.postcode.fill_null("")
    given = address.select(given_lines=lines, given_code=code).distinct().to_pyarrow()
    texts, codes = given.column("given_lines").to_pylist(), given.column("given_code").to_pylist()
    read = [places.read_place(a, b) for a, b in zip(texts, codes, strict=True)]
    doors = engine.take(
        pa.table(
            {
                "given_lines": given.column("given_lines"),
                "given_code": given.column("given_code"),
                "door": pa.array([p.key for p in read], pa.string()),
                "place_text": pa.array([p.text for p in read], pa.string()),
                "postcode_compact": pa.array([places.compact(v) for v in codes], pa.string()),
                "is_office": pa.array([places.is_no_home(v) for v in texts], pa.bool_()),
            }
        )
    )
    known = address.left_join(doors, [lines == doors.given_lines, code == doors.given_code])
    known = known.drop("given_lines", "given_code")
    place = ibis.literal("u:").concat(known.uprn).fill_null(ibis.literal("d:").concat(known.door))
    return known.mutate(place=place)


def _addresses(homes: ir.Table) -> ir.Table:
    since = homes.from_on.fill_null(homes.known_from)
    order = [homes.to_on.notnull(), since.desc(), *_newest(homes)]
    uprn, door = ibis.literal("u:").concat(homes.uprn), ibis.literal("d:").concat(homes.door)
    together = homes.group_by("person_key").agg(
        places_by_uprn=uprn.collect(where=homes.uprn.notnull(), distinct=True),
        places_by_door=door.collect(where=homes.door.notnull(), distinct=True),
        postcodes=homes.postcode_compact.collect(where=homes.postcode_compact.notnull(), distinct=True),
        place_text=homes.place_text.first(order_by=order),
    )
    return together.select(
        "person_key",
        "postcodes",
        "place_text",
        homes=together.places_by_uprn.fill_null(NO_WORDS).concat(together.places_by_door.fill_null(NO_WORDS)),
    )
