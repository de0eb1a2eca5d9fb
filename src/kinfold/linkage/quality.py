"""
What one run's linkage was worth: how far blocking reached, what families came to, what cannot be, and who is missed.

Counts and shares only; nobody can be found in it. The same tables give the same report.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.linkage import implausible, labelled, thresholds, vetoes
from kinfold.store.engine import Engine

Tables = dict[str, ir.Table]
SIZES = ((1, "1 record"), (2, "2 records"), (3, "3 records"), (5, "4 or 5"), (10, "6 to 10"), (20, "11 to 20"))
SIBLINGS, PARENTS = ("sibling", "half_sibling"), ("parent", "child", "carer")
REVIEWER_SAID = next(v.words for v in vetoes.VETOES if v.name == "reviewer")
# A parent younger than this when the child was born is another person, or another date.
YOUNGEST_PARENT = 12


@dataclasses.dataclass(frozen=True)
class Known:
    """
    What a report is made from.

    tables: the twelve as known on the day, without sealed records. linked: link, people and pairs (ADR 1).
    told: counts of the run itself (`audit.report`). ledger: all of it, with this run's rows; None when none is kept.
    before: the report of the run before, or None. decisions: what reviewers decided; truth: who is who, in the
    demonstration alone. deprivation: lsoa and fifth, where the area holds them.
    """

    tables: Tables
    linked: Tables
    told: dict[str, Any]
    run_id: str
    as_at: datetime.date
    ledger: pa.Table | None = None
    before: dict[str, Any] | None = None
    decisions: pa.Table | None = None
    truth: pa.Table | None = None
    deprivation: pa.Table | None = None


def report(engine: Engine, known: Known) -> dict[str, Any]:
    """Every figure of a run's quality report; `words.sections` says it in words."""
    tables = {name: _standing(table, known.as_at) for name, table in known.tables.items()}
    link = known.linked["link"]
    sizes = _sizes(link)
    return {
        "run_id": known.run_id,
        "as_at": known.as_at.isoformat(),
        "model": known.told.get("model"),
        "records": known.told.get("records"),
        "people": known.told.get("people"),
        "bands": known.told.get("bands", {}),
        "vetoes": known.told.get("vetoes", {}),
        "reach": known.told.get("reach", []),
        "families": families(engine, tables, link),
        "implausible": implausible.findings(engine, tables, link, as_at=known.as_at),
        "sizes": sizes,
        "size_shift": shift(sizes["shares"], (known.before or {}).get("sizes", {}).get("shares")),
        "ids": ids_changed(known.ledger, known.run_id),
        **_known_answers(engine, known),
    }


def _standing(table: ir.Table, as_at: datetime.date) -> ir.Table:
    if "known_until" not in table.columns:
        return table
    return table.filter(table.known_until.isnull() | (table.known_until > as_at))


def families(engine: Engine, tables: Tables, link: ir.Table) -> dict[str, int]:
    """
    Pairs of one family that must be two people, and how many are one person all the same.

    Twins are two records of one source with one birth date and one home or a stated tie, and two forenames.
    """
    ids = engine.keep(link.select("person_key", "person_id"))
    twins = engine.keep(born_together(engine, tables))
    stated = {name: engine.keep(_stated(tables["relationship"], kinds))
              for name, kinds in (("siblings", SIBLINGS), ("parents", PARENTS))}  # fmt: skip
    told = {"twins": _count(twins), "twins_one_person": _one_person(twins, ids)}
    for name, pairs in stated.items():
        told |= {name: _count(pairs), f"{name}_one_person": _one_person(pairs, ids)}
    return told | {"parents_too_young": _too_young(tables["relationship"], tables["person"])}


def born_together(engine: Engine, tables: Tables) -> ir.Table:
    """left, right: two children that one source lists with one birth date, two forenames, and a home or tie shared."""
    person, name, address = tables["person"], tables["name"], tables["address"]
    stated = person.filter(person.birth_on.notnull() & (person.birth_quality.fill_null("stated") == "stated"))
    born = stated.select("person_key", "birth_on", numbering=stated.person_key.split(":")[0]).distinct()
    called = name.filter((name.kind == "current") & name.forename.notnull())
    first = called.group_by("person_key").agg(forename=called.forename.lower().min())
    born = engine.keep(born.join(first, "person_key"))
    place = address.uprn.fill_null(address.postcode.concat("|", address.lines.lower()))
    home = address.filter((address.kind == "home") & place.notnull()).select("person_key", place=place).distinct()
    ties = _stated(tables["relationship"], SIBLINGS)
    homed = engine.keep(born.join(home, "person_key"))
    one, other = homed, homed.view()
    by_home = one.join(other, [one.numbering == other.numbering, one.birth_on == other.birth_on,
                               one.place == other.place, one.person_key < other.person_key])  # fmt: skip
    by_home = by_home.filter(by_home.forename != by_home.forename_right)
    left = born.select(left="person_key", on_left="birth_on", named_left="forename")
    right = born.select(right="person_key", on_right="birth_on", named_right="forename")
    tied = ties.join(left, "left").join(right, "right")
    tied = tied.filter((tied.on_left == tied.on_right) & (tied.named_left != tied.named_right))
    by_home = by_home.select(left="person_key", right="person_key_right")
    return ibis.union(by_home, tied.select("left", "right"), distinct=True)


def _stated(ties: ir.Table, kinds: tuple[str, ...]) -> ir.Table:
    """left < right: two records between which one source states a tie of these kinds."""
    some = ties.filter(ties.kind.isin(list(kinds)) & (ties.person_key != ties.other_key))
    return some.select(
        left=ibis.least(some.person_key, some.other_key), right=ibis.greatest(some.person_key, some.other_key)
    ).distinct()


def _count(pairs: ir.Table) -> int:
    return int(pairs.count().to_pyarrow().as_py())


def _one_person(pairs: ir.Table, ids: ir.Table) -> int:
    one, other = ids.select(left="person_key", one="person_id"), ids.select(right="person_key", other="person_id")
    placed = pairs.join(one, "left").join(other, "right")
    return _count(placed.filter(placed.one == placed.other))


def _too_young(ties: ir.Table, person: ir.Table) -> int:
    """Stated parents who were under twelve, or not yet born, when the child was."""
    born = person.filter(person.birth_on.notnull()).group_by("person_key").agg(born_on=ibis._.birth_on.max())
    children = ibis.union(
        ties.filter(ties.kind == "parent").select(child="person_key", parent="other_key"),
        ties.filter(ties.kind == "child").select(child="other_key", parent="person_key"),
        distinct=True,
    )
    dated = children.join(born.select(child="person_key", child_born="born_on"), "child")
    dated = dated.join(born.select(parent="person_key", parent_born="born_on"), "parent")
    return _count(dated.filter(dated.child_born.year() - dated.parent_born.year() < YOUNGEST_PARENT))


def _sizes(link: ir.Table) -> dict[str, Any]:
    """People by how many records each has, the share of people that is, and the most records of one person."""
    each = link.group_by("person_id").agg(records=ibis._.count())
    counted = each.group_by("records").agg(people=ibis._.count()).to_pyarrow().to_pylist()
    people: Counter[str] = Counter({word: 0 for _, word in SIZES} | {"over 20": 0})
    for row in counted:
        people[next((word for most, word in SIZES if row["records"] <= most), "over 20")] += row["people"]
    total = sum(people.values())
    return {
        "people": dict(people),
        "shares": {word: (n / total if total else 0.0) for word, n in people.items()},
        "largest": max((row["records"] for row in counted), default=0),
    }


def shift(now: dict[str, float], before: dict[str, float] | None) -> float | None:
    """Share of people who would have to be in another size for the two runs to look alike; None for a first run."""
    if before is None:
        return None
    return sum(abs(now.get(word, 0.0) - before.get(word, 0.0)) for word in {*now, *before}) / 2


def ids_changed(ledger: pa.Table | None, run_id: str) -> dict[str, int] | None:
    """
    What this run wrote into the ledger, and how many records went to another person.

    None when no ledger is kept.
    """
    if ledger is None:
        return None
    columns = (ledger.column(c).to_pylist() for c in ("run_id", "what", "person_key"))
    mine = [(what, key) for run, what, key in zip(*columns, strict=True) if run == run_id]
    counted = Counter(what for what, _ in mine)
    moved = {key for what, key in mine if what == "left" and key is not None}
    return {what: counted.get(what, 0) for what in ("created", "joined", "left", "merged", "split")} | {
        "records_of_another_person": len(moved)
    }


def _known_answers(engine: Engine, known: Known) -> dict[str, Any]:
    """Recall, precision and thresholds where somebody knows who is who; nulls where nobody does."""
    link, pairs = known.linked["link"], known.linked["pairs"]
    decided = labelled.from_decisions(known.decisions)
    told: dict[str, Any] = {"labels": None, "shares": None, "thresholds": None}
    if known.truth is not None:
        labels, who = labelled.from_truth(engine, known.truth, link), "the truth of the demonstration"
    elif decided is not None:
        labels, who = engine.take(decided), "reviewers' decisions"
    else:
        return told
    about = engine.keep(labelled.about_people(_aged(known), _taken(engine, known.deprivation)))
    told["shares"] = labelled.measured(engine, labels, link, about)
    # What a veto keeps apart never links, whatever it weighs; what a person kept apart is what a threshold learns from.
    by_veto = (pairs.band == "no") & ~pairs.reasons.contains(REVIEWER_SAID)
    weighed = pairs.filter(~by_veto).join(labels, ["left", "right"]).select("weight", "is_same")
    told["labels"] = {"from": who, "pairs": _count(labels), "decided": decided.num_rows if decided else 0}
    told["thresholds"] = thresholds.proposed(weighed.to_pyarrow()).as_told()
    return told


def _aged(known: Known) -> ir.Table:
    people = known.linked["people"]
    years = known.as_at.year - people.birth_on.year()
    is_before = people.birth_on.month() * 100 + people.birth_on.day() > known.as_at.month * 100 + known.as_at.day
    return people.mutate(age=years - is_before.cast("int64"))


def _taken(engine: Engine, rows: pa.Table | None) -> ir.Table | None:
    return None if rows is None else engine.take(rows)
