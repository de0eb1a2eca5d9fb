"""What a decision says of each pair, who has to read it again, and how far readers agree. No database, no request."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence

SHORTEST_REASON = 5
ALWAYS_SECOND = ("same", "joined", "split")  # joins or splits, of a child open to social care
DRAWN_FROM = 16**8

Pair = tuple[str, str]
Shown = Sequence[Sequence[str]]


def why_not(kind: str, *, reason: str, ask: str, shown: Shown, ticked: Collection[str]) -> str:
    """Why a decision cannot be taken as it stands, fit to show; "" when it can."""
    keys = {key for person in shown for key in person}
    if len(reason.strip()) < SHORTEST_REASON:
        return "Say why in a few words. The next person who doubts it reads them."
    if kind in ("same", "apart") and len(shown) < 2:
        return "There is one person here. Tick the records that are somebody else, lock them, or look for another."
    if kind == "split" and not (ticked and set(ticked) < keys):
        return "Tick the records that are somebody else, and leave at least one."
    if kind == "split" and all(set(person) <= set(ticked) or set(person).isdisjoint(ticked) for person in shown):
        return "The records you ticked are a person of their own already. Tick part of one person’s records."
    if kind == "joined" and sum(not set(person).isdisjoint(ticked) for person in shown) < 2:
        return "Tick a record of each of the people who are one, two of them at least."
    if kind == "unsure" and not ask.strip():
        return "Say whom to ask, so that the next person knows what is waited for."
    return ""


def parts(kind: str, shown: Shown, ticked: Collection[str]) -> list[list[str]]:
    """
    The records put as the decision says they belong; none when it could not tell.

    split: those ticked are one person of their own. joined: everybody of whom a record is ticked is one person.
    """
    if kind == "unsure":
        return []
    if kind == "same":
        return [sorted(key for person in shown for key in person)]
    if kind == "split":
        rest = [[key for key in person if key not in ticked] for person in shown]
        return [sorted(person) for person in (*rest, list(ticked)) if person]
    if kind == "joined":
        one = sorted(key for person in shown if not set(person).isdisjoint(ticked) for key in person)
        return [one, *(sorted(person) for person in shown if set(person).isdisjoint(ticked))]
    return [sorted(person) for person in shown]


def parts_from(shown: Shown, said: Iterable[tuple[str, str, str]]) -> list[list[str]]:
    """The parts of a decision, read back from what it says of each pair."""
    parts: dict[str, set[str]] = {key: {key} for person in shown for key in person}
    for left, right, kind in said:
        if kind == "must_link" and parts[left] is not parts[right]:
            parts[left] |= parts[right]
            for key in parts[right]:
                parts[key] = parts[left]
    return sorted({id(part): sorted(part) for part in parts.values()}.values())


def kept_apart(put: Shown, shown: Shown) -> dict[str, set[str]]:
    """By record, those it was shown with as one person and is now kept apart from; nothing for one that stays."""
    part_of = {key: place for place, part in enumerate(put) for key in part}
    return {
        key: {other for other in person if part_of[other] != part_of[key]}
        for person in shown
        for key in person
        if key in part_of
    }


def verdicts(put: Sequence[Sequence[str]]) -> dict[Pair, str]:
    """Every pair of the records: must_link inside a part, cannot_link between two."""
    found = {pair: "must_link" for part in put for pair in itertools.combinations(sorted(part), 2)}
    for one, other in itertools.combinations(put, 2):
        found |= {(min(a, b), max(a, b)): "cannot_link" for a in one for b in other}
    return found


def why_second(kind: str, *, ref: str, share: float, touches_care: bool) -> str:
    """Why somebody else has to read it too: care, sample or "". Its own hash draws the case: nobody can choose."""
    if kind == "unsure":
        return ""
    if touches_care and kind in ALWAYS_SECOND:
        return "care"
    return "sample" if int(ref[:8], 16) < share * DRAWN_FROM else ""


@dataclasses.dataclass(frozen=True)
class Agreement:
    """
    How far two readers said the same of the same pairs. cases: read twice. share: pairs they agree on, 0 to 1.

    kappa: the share beyond what two readers would agree on by chance, -1 to 1; null when chance explains it all.
    """

    cases: int
    pairs: int
    share: float | None
    kappa: float | None


def agreement(readings: Iterable[tuple[Mapping[Pair, str], Mapping[Pair, str]]]) -> Agreement:
    """Cohen's kappa over the pairs of records that both readers answered."""
    answers: list[tuple[str, str]] = []
    cases = 0
    for one, other in readings:
        cases += 1
        answers += [(one[pair], other[pair]) for pair in one.keys() & other.keys()]
    if not answers:
        return Agreement(cases, 0, None, None)
    total = len(answers)
    share = sum(a == b for a, b in answers) / total
    first, second = (sum(pair[place] == "must_link" for pair in answers) / total for place in (0, 1))
    chance = first * second + (1 - first) * (1 - second)
    return Agreement(cases, total, share, (share - chance) / (1 - chance) if chance < 1 else None)
