"""What a study shows and what it cannot, in sentences. No database, no request."""

from __future__ import annotations

from kinfold.vocabulary import words
from kinfold.workbench.study.models import WHY_GONE, Study
from kinfold.workbench.study.result import Result

MADE_UP = (
    "This is a made-up council. Its children were made by a program, and whoever read them read what a program wrote. "
    "Nothing here is evidence that the order works."
)
STATE = {"open": "Being read", "finished": "Finished", "ended": "Ended early", "lapsed": "Not finished in time"}
STATE_COLOUR = {"open": "blue", "finished": "green", "ended": "grey", "lapsed": "grey"}


def kappa(found: Result) -> str:
    """How far the readers agree, in words that claim no more than the interval allows."""
    if not found.has_kappa:
        return "Both readers said one thing of every child, so that kappa cannot be worked out."
    value = found.agreement.kappa
    if not found.has_interval and value < 1:
        return (
            "One reader said one thing of every child, so that kappa is 0 whatever the other said, and tells nothing."
        )
    called = "little" if value < 0.4 else "some" if value < 0.6 else "good" if value < 0.8 else "very good"
    said = f"Kappa is {value:.2f}: {called} agreement beyond chance."
    if not found.has_interval:
        return f"{said} The readers never differed, so that no interval can be given: it does not mean that none would."
    low, high = found.agreement.low, found.agreement.high
    said = f"{said} With so few children it could be anything from {low:.2f} to {high:.2f}."
    return said if low > 0 else f"{said} So this study cannot rule out that they agree by chance."


LIMITS = """
Two readers, {children} children, one night: this cannot show that the list finds children sooner, that help came of \
it, or that other practitioners would say the same.
The children who are not listed were drawn to be as old and as well known as the listed ones. Their share is not that \
of all children who are not listed, and must not be multiplied up to the area.
Readers did not know who was listed, but could guess: of those not listed, {bare.words} of {bare.of} had nothing to \
read; of the listed, {listed_bare.words} of {listed_bare.of}.
They read what our feeds say and had not met the child. “I would have wanted to know” is an opinion on paper, and not \
what became of the child.
Kappa falls when nearly all answers are alike, however well readers agree: read it beside the share on which they said \
the same.
"""


def limits(found: Result) -> list[str]:
    """What a sceptical reader should know before quoting a figure."""
    said = LIMITS.format(
        children=found.agreement.children, bare=found.bare["Not listed"], listed_bare=found.bare["Listed"]
    )
    return said.strip().splitlines()


def notes(study: Study, found: Result) -> list[str]:
    """The limits as a file carries them, which travels without its page."""
    return [*([MADE_UP] if study.is_made_up else []), *limits(found)]


def gone(left: dict[str, int]) -> str:
    """Who left the study, and why; "" when nobody did. Counts under six are not told apart."""
    total = sum(left.values())
    if not total:
        return ""
    one = "child has" if total == 1 else "children have"
    reasons = words_listed([WHY_GONE[code] for code in left])
    return f"{total} {one} left the study since it was drawn ({reasons}), and what was said of them is erased."


def words_listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{'; '.join(parts[:-1])}; or {parts[-1]}"


def agency(code: str) -> str:
    return words.AGENCY.get(code, code)
