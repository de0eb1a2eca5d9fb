"""What a feed's data sharing agreement lets us keep. No agreement in date, no delivery."""

from __future__ import annotations

import datetime
import re

import pyarrow as pa
import pyarrow.compute as pc

from kinfold.areas.feeds import Feed, Part
from kinfold.feeds.headers import plain, plain_set
from kinfold.feeds.settled import REFERENCE
from kinfold.vocabulary.dates import in_words


class NotAgreed(Exception):
    """A delivery may not be loaded under its agreement; the message says why and whom to ask."""


def require_in_date(feed: Feed, *, on: datetime.date) -> None:
    """Raise NotAgreed unless the feed has an agreement that was in force on `on`, its last day included."""
    agreed = feed.agreement
    if agreed is None:
        raise NotAgreed(
            f"{feed.label} was not loaded: {feed.not_agreed or 'there is no data sharing agreement for it'}. "
            "Ask the information governance lead."
        )
    if not agreed.from_ <= on <= agreed.to:
        ended = "ended" if on > agreed.to else "does not begin until"
        day = agreed.to if on > agreed.to else agreed.from_
        raise NotAgreed(
            f"{feed.label} was not loaded: its agreement {agreed.id} {ended} {in_words(day)}, and this delivery is of "
            f"{in_words(on)}. Ask the information governance lead."
        )


def agreed_columns(feed: Feed, part: Part, columns: tuple[str, ...]) -> tuple[str, ...]:
    """
    The columns of a part that the agreement lets us keep; without an agreement, none.

    The reference that we put beside rows we sent back is kept too: it names a row of ours and says nothing of anybody.
    """
    if feed.agreement is None:
        return ()
    fields = feed.agreement.fields
    allowed = plain_set((*(part.columns if fields is None else fields), REFERENCE))
    # A repeated header is numbered by us; it is agreed when the name it repeats is.
    return tuple(c for c in columns if plain(c) in allowed or plain(re.sub(r" \(\d+\)$", "", c)) in allowed)


def agreed_rows(feed: Feed, part: Part, columns: tuple[str, ...], rows: pa.Table) -> pa.Table:
    """
    The rows that the agreement's rule about people lets us keep.

    Raises NotAgreed when the part lacks the column that the rule reads: without it nobody can be told apart.
    """
    rule = feed.agreement.people if feed.agreement else None
    if rule is None:
        return rows
    column = next((c for c in columns if plain(c) == plain(rule.column)), None)
    if column is None:
        raise NotAgreed(
            f"{feed.label} was not loaded: its agreement keeps only rows by {rule.column}, and {part.name} has no such "
            "column. Ask the supplier to put it in."
        )
    allowed = pa.array([value.upper() for value in rule.is_])
    return rows.filter(pc.is_in(pc.utf8_upper(rows.column(column)), value_set=allowed))
