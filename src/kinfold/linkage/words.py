"""The quality report as sections to read, the same on the command line and on the page: no figure without its words."""

from __future__ import annotations

import dataclasses
from typing import Any

from kinfold.linkage import implausible, labelled

GROUP_WORDS = {"sex": "By sex", "age": "By age", "ethnicity": "By ethnicity", "deprivation": "By deprivation"}
BAND_WORDS = (("link", "linked"), ("review", "left to a person"), ("no", "kept apart or not alike enough"))
FIFTHS = {"1": "most deprived fifth", "2": "second fifth", "3": "middle fifth", "4": "fourth fifth",
          "5": "least deprived fifth"}  # fmt: skip
SEXES = {"F": "female", "M": "male"}
A_SHIFT_TO_LOOK_AT = 0.02


@dataclasses.dataclass(frozen=True)
class Section:
    """
    One part of the report.

    says: sentences. headings, rows: a table, its cells as text, or none. wants_eyes: somebody should look into it.
    """

    title: str
    says: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    wants_eyes: bool = False


def sections(report: dict[str, Any]) -> tuple[Section, ...]:
    return (
        _bands(report),
        _families(report["families"]),
        _implausible(report["implausible"]),
        _ids(report["ids"]),
        _sizes(report),
        _known_answers(report),
        *_groups(report),
        _thresholds(report["thresholds"]),
        _reach(report["reach"]),
    )


def _plural(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _bands(report: dict[str, Any]) -> Section:
    records, people = report["records"] or 0, report["people"] or 0
    rows = tuple((words, f"{report['bands'].get(band, 0):,}") for band, words in BAND_WORDS)
    says = f"{_plural(records, 'record')} of {_plural(people, 'person', 'people')}."
    return Section("What was linked", (says, f"Model {report['model']}."), ("Pairs compared", "Pairs"), rows)


def _families(told: dict[str, int]) -> Section:
    joined = told["twins_one_person"] + told["siblings_one_person"] + told["parents_one_person"]
    rows = tuple(
        (words, f"{told[name]:,}", f"{told[f'{name}_one_person']:,}")
        for name, words in (("twins", "Children of one source born together"),
                            ("siblings", "Stated brothers and sisters"), ("parents", "Stated parents and carers"))
    )  # fmt: skip
    says = ["No two of one family are one person." if not joined else
            f"{_plural(joined, 'pair')} of one family became one person. Look at each: a twin is easily taken for the "
            "other."]  # fmt: skip
    if young := told["parents_too_young"]:
        says.append(f"{_plural(young, 'stated parent')} would have been under 12 when the child was born: one of the "
                    "two dates, or the tie, is wrong.")  # fmt: skip
    return Section("Families", tuple(says), ("Pairs", "Known", "One person"), rows, bool(joined))


def _implausible(told: dict[str, int]) -> Section:
    rows = tuple((words, f"{told.get(name, 0):,}") for name, (_, words) in implausible.FINDINGS.items())
    says = "Each is a wrong link, or a mistake of a source. Only what two different records say is counted."
    return Section("What cannot be true of one person", (says,), ("Of one person", "People"), rows, any(told.values()))


def _ids(told: dict[str, int] | None) -> Section:
    title = "Person ids"
    if told is None:
        return Section(title, ("No ledger is kept of this run.",))
    moved = told["records_of_another_person"]
    says = "No record went to another person." if not moved else f"{_plural(moved, 'record')} went to another person."
    rows = tuple((what.capitalize(), f"{told[what]:,}") for what in ("created", "joined", "left", "merged", "split"))
    return Section(title, (says,), ("Written into the ledger", "Times"), rows)


def _sizes(report: dict[str, Any]) -> Section:
    sizes, moved = report["sizes"], report["size_shift"]
    rows = tuple((word, f"{n:,}", f"{sizes['shares'][word]:.1%}") for word, n in sizes["people"].items())
    says = f"The most records of one person: {sizes['largest']:,}."
    if moved is None:
        then = "There is no earlier report to compare with."
    elif moved >= A_SHIFT_TO_LOOK_AT:
        then = (f"{moved:.1%} of people are of another size than in the last run: a feed, or the model, changed what "
                "is linked.")  # fmt: skip
    else:
        then = f"Much as in the last run: {moved:.1%} of people are of another size."
    is_shifted = moved is not None and moved >= A_SHIFT_TO_LOOK_AT
    return Section("Records of one person", (says, then), ("Records", "People", "Share"), rows, is_shifted)


def _known_answers(report: dict[str, Any]) -> Section:
    title, labels = "Right and missed", report["labels"]
    if labels is None:
        nobody = "Nobody has decided a pair yet, so how many links are right is not known."
        return Section(title, (nobody, "Decisions in match review make it known."))
    says = (
        f"From {_plural(labels['pairs'], 'pair')} of {labels['from']}.",
        "Right: of pairs made one person, the share that is.",
        "Found: of pairs that are one person, the share made so.",
    )
    return Section(title, says, ("", "Right", "Found"), (("Everybody", *_both(report["shares"]["all"])),))


def _groups(report: dict[str, Any]) -> tuple[Section, ...]:
    if report["shares"] is None:
        return ()
    made = []
    for group, title in GROUP_WORDS.items():
        counted = report["shares"][group]
        if set(counted) <= {"not known"}:
            made.append(Section(title, (f"Nobody told us the {group} of anybody in these pairs.",)))
            continue
        words = FIFTHS if group == "deprivation" else SEXES if group == "sex" else {}
        rows = tuple((words.get(name, name).capitalize(), *_both(counted[name])) for name in _ordered(group, counted))
        made.append(Section(title, (), ("", "Right", "Found"), rows))
    return tuple(made)


def _ordered(group: str, counted: dict[str, Any]) -> list[str]:
    ages = [word for _, _, word in labelled.AGES] + ["40 and over"]
    place = {name: n for n, name in enumerate(ages if group == "age" else [])}
    return sorted(counted, key=lambda name: (name == "not known", place.get(name, 0), name))


def _both(shares: dict[str, Any]) -> tuple[str, str]:
    return share_in_words(shares["precision"]), share_in_words(shares["recall"])


def share_in_words(told: dict[str, Any]) -> str:
    """A share with its interval, or that it is of too few pairs to say anything."""
    if told["share"] is None:
        return f"too few to tell ({_plural(told['of'], 'pair')})"
    return f"{told['share']:.2%}, from {told['low']:.2%} to {told['high']:.2%} ({_plural(told['of'], 'pair')})"


def _thresholds(told: dict[str, Any] | None) -> Section:
    title = "Where the bands could begin"
    if told is None:
        return Section(title, ("No labelled pairs. The cautious default stands.",))
    rows = (
        ("Link from", f"{told['default_link']:g}", _proposal(told["link"], told["link_is_default"])),
        ("Ask a person from", f"{told['default_review']:g}", _proposal(told["review"], told["review_is_default"])),
    )
    says = (told["why"], "Weights of evidence; each one more is twice the odds. Nothing here is applied by itself.")
    return Section(title, says, ("", "In use", "Proposed"), rows)


def _proposal(weight: float, is_default: bool) -> str:
    return "as it is" if is_default else f"{weight:.1f}".replace("-", "−")


def _reach(reach: list[dict[str, Any]]) -> Section:
    rows = tuple(
        (str(one["rule"]), f"{one['pairs']:,}", f"{one['records_left_out']:,}", f"{one['largest_key']:,}")
        for one in reach
    )
    says = (
        "Records are compared when a rule brings them together.",
        "A value that too many share is left out of a rule: those records must meet by another.",
    )
    return Section("How far blocking reached", says, ("Rule", "Pairs", "Records left out", "Most of one value"), rows)
