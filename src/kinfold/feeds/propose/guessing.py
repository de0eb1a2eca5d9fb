"""One meaning for each column of a table: by its name, by whether its cells are of that kind, then by these alone."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

from kinfold.feeds.propose import names
from kinfold.feeds.propose.names import UNREAD, Could, Service
from kinfold.feeds.propose.shapes import FEWEST_TIMES, Look, few_values, says
from kinfold.feeds.propose.sketch import CERTAIN, GUESS, LIKELY, VERY_LIKELY, Use

LEAST, SAID_OUTRIGHT = 0.5, 0.9
NUMBERED = frozenset({"person_id", "row_id", "nhs", "upn"})
ENDINGS = {("id",), ("identifier",), ("number",), ("reference",), ("key",)}
OF_STAFF = frozenset({"role", "job", "title", "team", "organisation"})
NEARLY_ALWAYS = 0.95
SEVERAL = frozenset({"address", "row_id", "phone", "email"})
# A share of cells from which a column can be of a kind.
NEEDED = {
    "date": (("date",), 0.6), "nhs": (("nhs",), 0.5), "upn": (("upn",), 0.5), "postcode": (("postcode",), 0.5),
    "nino": (("nino",), 0.5), "phone": (("phone",), 0.5), "email": (("email",), 0.5), "yes_no": (("yes_no",), 0.7),
    "number": (("number",), 0.8), "name": (("letters",), 0.7), "full_name": (("letters", "surname_ends"), 0.7),
    "uprn": (("number",), 0.7),
}  # fmt: skip
IN_WORDS = {
    "date": "dates", "nhs": "numbers of ten figures", "upn": "a letter and twelve figures or letters",
    "postcode": "postcodes", "nino": "National Insurance numbers", "phone": "phone numbers",
    "email": "e-mail addresses",
    "yes_no": "yes or no", "number": "numbers", "name": "words without figures", "full_name": "names",
    "uprn": "figures",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Guess:
    """What one column is taken for. score: 0 to 1. unread: why, when it is taken for nothing."""

    score: float = 0.0
    could: Could | None = None
    why: str = ""
    unread: str = ""


def service_of(headers: Sequence[str], *, said: str = "") -> Service:
    """Whose files speak like these columns; early help when nothing tells. said: the name of the file or sheet."""
    texts = [f" {' '.join(names.words_of(header))} " for header in (*headers, said)]
    scores = Counter[str]()
    for name, service in names.services().items():
        for word in service.words:
            spoken = f" {' '.join(names.words_of(word))} "
            scores[name] += sum(spoken in text for text in texts) * (2 if " " in word.strip() else 1)
        scores[name] += 3 * (f" {' '.join(names.words_of(name))} " in texts[-1])
    best, score = max(scores.items(), key=lambda pair: pair[1])
    return names.services()[best if score else "early_help"]


def guesses(headers: Sequence[str], looks: Sequence[Look]) -> list[Guess]:
    """A guess for each column; no meaning that only one column can have is given to two of the same person."""
    headers = as_meant(headers)
    every = [_could(header, look) for header, look in zip(headers, looks, strict=True)]
    made: list[Guess | None] = [None] * len(headers)
    taken: dict[tuple[str, str], int] = {}
    waiting = [(could.score, -at, could) for at, ones in enumerate(every) for could in ones]
    for score, place, could in sorted(waiting, key=lambda one: (-one[0], -one[1])):
        at = -place
        key = (could.meaning.name, could.whose)
        if made[at] is not None or score < LEAST:
            continue
        if key in taken and could.meaning.of != UNREAD and could.meaning.name not in SEVERAL:
            continue
        taken.setdefault(key, at)
        made[at] = Guess(score, could, _why(headers[at], looks[at], could))
    if not any(meaning in NUMBERED for meaning, _ in taken):
        _number_by_its_ending(made, headers, looks)
    return [one or _nothing(header, look) for one, header, look in zip(made, headers, looks, strict=True)]


def as_meant(headers: Sequence[str]) -> list[str]:
    """Names of columns; where a file says the role of its contact, the contact is who works with the person."""
    spoken = [names.words_of(header) for header in headers]
    if not any(len(words) > 1 and words[0] == "contact" and words[1] in OF_STAFF for words in spoken):
        return list(headers)
    return [
        f"worker {' '.join(words[1:])}" if len(words) > 1 and words[0] == "contact" else header
        for header, words in zip(headers, spoken, strict=True)
    ]


def _number_by_its_ending(made: list[Guess | None], headers: Sequence[str], looks: Sequence[Look]) -> None:
    """
    Take the first column called some `id` or `number`, and filled as one, for the source's own number of the person.

    Without it a row would be known by somebody's name, which two people can share and which travels in no key of ours.
    """
    known = names.meanings()["person_id"]
    for at, (header, look) in enumerate(zip(headers, looks, strict=True)):
        is_named = names.words_of(header)[-1:] in ENDINGS
        if made[at] is None and is_named and look.filled >= NEARLY_ALWAYS and _fits(Could(1.0, known, ""), look) == 1.0:
            made[at] = Guess(LEAST, Could(LEAST, known, ""), "its name ends as numbers of people do, and no other does")
            return


def sureness(score: float) -> str:
    bounds = ((0.94, CERTAIN), (0.8, VERY_LIKELY), (0.65, LIKELY))
    return next((words for bound, words in bounds if score >= bound), GUESS)


def _could(header: str, look: Look) -> list[Could]:
    by_name = [dataclasses.replace(one, score=one.score * _fits(one, look)) for one in names.could_be(header)]
    return [*by_name, *_by_content(look)]


def _fits(could: Could, look: Look) -> float:
    """How far the cells are of the kind the meaning asks for: 1 when they are, a fraction when they are not."""
    if look.filled == 0:
        return 0.9
    holds = could.meaning.holds
    if holds == "key":
        return 0.4 if look.share("written_date") > 0.5 or look.share("email") > 0.5 or look.share("text") > 0.3 else 1.0
    if holds == "codes":
        return 0.3 if look.distinct > 60 or look.share("written_date") > 0.5 or look.share("text") > 0.2 else 1.0
    if holds == "text":
        is_other = look.share("written_date") > 0.7 or look.share("text") > 0.5
        return 0.3 if is_other and could.meaning.name != "address" else 1.0
    if holds not in NEEDED:
        return 1.0
    kinds, needed = NEEDED[holds]
    best = sum(look.share(kind) for kind in kinds)
    if best >= needed:
        return 1.0
    return 0.3


def _by_content(look: Look) -> list[Could]:
    """What cells alone can tell, whatever the column is called."""
    known = names.meanings()
    tests = (
        ("nhs", look.share("nhs_holds") >= 0.9 and look.share("nhs") > 0.9, 0.78),
        ("upn", look.share("upn") >= 0.9, 0.85 if look.share("upn_holds") > 0.9 else 0.75),
        ("postcode", look.share("postcode") >= 0.9, 0.85),
        ("nino", look.share("nino") >= 0.9, 0.8),
        ("email", look.share("email") >= 0.9, 0.7),
        ("phone", look.share("phone") >= 0.9 and look.share("nhs_holds") < 0.5, 0.7),
        ("full_name", look.share("surname_ends") >= 0.8 and look.share("titled") > 0.2, 0.75),
        ("full_name", look.share("titled") >= 0.6 and look.share("two_words") > 0.5, 0.7),
    )
    return [Could(score, known[name], "") for name, holds, score in tests if holds and look.distinct >= 5]


def _why(header: str, look: Look, could: Could) -> str:
    by_name = any(one.meaning == could.meaning and one.whose == could.whose for one in names.could_be(header))
    holds = IN_WORDS.get(could.meaning.holds, "")
    shown = sum(look.share(kind) for kind in NEEDED[could.meaning.holds][0]) if could.meaning.holds in NEEDED else 0.0
    cells = f"{min(shown, 1):.0%} of its cells are {holds}" if holds and look.filled else ""
    if could.meaning.holds == "nhs" and look.filled:
        cells = f"the check figure holds in {look.share('nhs_holds'):.0%} of its cells"
    if could.meaning.holds == "upn" and look.filled:
        cells = f"the check letter holds in {look.share('upn_holds'):.0%} of its cells"
    if look.filled == 0:
        cells = "every cell is empty here"
    said = "its name says so" if by_name else "its name does not tell"
    return f"{said}; {cells}" if cells else said


def _nothing(header: str, look: Look) -> Guess:
    if look.filled == 0:
        return Guess(unread="its name says nothing we know, and every cell is empty")
    if look.share("two_figure_year") > 0.5:
        return Guess(unread="dates with two figures for the year cannot be read: ask for four")
    if look.share("text") > 0.3:
        return Guess(unread="free text may hold anything about anybody")
    again = next((one for one in names.could_be(header) if one.score >= LEAST), None)
    if again is not None and again.meaning.of != UNREAD and _fits(again, look) == 1.0:
        return Guess(unread=f"another column is read for it: {again.meaning.words}")
    if again is not None and again.meaning.of != UNREAD:
        return Guess(unread=f"its name says {again.meaning.words}, and its cells are something else")
    return Guess(unread="nobody has said yet what it is")


def codes_for(codes: str, cells: Sequence[str], *, is_vouched: bool = False) -> tuple[tuple[str, str], ...]:
    """
    The values of a column that we know, or that are there often enough to be shown to a person, each with ours.

    Unknown ones are given `null` until somebody decides. A value is named when it is one of our own words, or when it
    is one of few and is there at least five times. is_vouched: a person said that the column holds codes.
    """
    few = few_values(cells)
    is_known = any(ours_of_value[0] is not None for value, _ in few if (ours_of_value := names.ours_of(codes, value)))
    is_short = all(len(value) <= 4 for value, _ in few)
    found = []
    for value, times in few:
        ours, is_ours = names.ours_of(codes, value)
        if value.startswith("~") or not (is_ours or (times >= FEWEST_TIMES and (is_known or is_short or is_vouched))):
            continue
        found.append((value, ours or "null"))
    if not found:
        spelt = {one: ours for one, ours in names.synonyms(codes).items() if not one.startswith("~")}
        found = [(one, ours) for one, ours in spelt.items() if len(one) > 1 or codes in ("sex", "role")]
    return tuple(found)


def _knows_any(codes: str, cells: Sequence[str]) -> bool:
    return any(names.ours_of(codes, value)[0] is not None for value in {cell for cell in cells if says(cell)})


def as_used(guess: Guess, use: Use | None) -> Guess:
    """A guess without its meaning where nothing came of it, with the reason."""
    if use is not None or guess.could is None or guess.could.meaning.of == UNREAD:
        return guess
    return Guess(unread=f"its name may say {guess.could.meaning.words}, and none of its values is one we know")


def use_of(guess: Guess, cells: Sequence[str], look: Look) -> Use | None:
    """The use that a guess makes of a column; None when nothing is read of it."""
    if guess.could is None or guess.could.meaning.of == UNREAD:
        return None
    meaning = guess.could.meaning
    read_as = ""
    if meaning.holds == "full_name" and meaning.of == "person":
        read_as = "surname_first" if look.share("surname_ends") >= 0.5 else "forename_first"
    codes = codes_for(meaning.codes, cells) if meaning.codes else ()
    if codes and guess.score < SAID_OUTRIGHT and not _knows_any(meaning.codes, cells):
        return None
    return Use(
        meaning.name, guess.could.whose, read_as, codes, meaning.unit, sure=sureness(guess.score), why=guess.why
    )  # fmt: skip
