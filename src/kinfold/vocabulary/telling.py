"""Text that may say who somebody is by its shape alone, whatever column it was typed into."""

from __future__ import annotations

import re

# A date holds many figures and names nobody.
DAY = re.compile(r"(?<!\d)(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}-\d{4})(?!\d)")
# NHS number, ULN, UPRN, phone, the figures of a UPN: 9 figures or more, however people space them out.
LONG_NUMBER = re.compile(r"\d(?:[\s\-.()/]{0,3}\d){8,}")
LETTERED = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\s?(?:\d{2}\s?){3}[A-D]?(?![A-Z0-9])", re.IGNORECASE)
POSTCODE = re.compile(r"(?<![A-Z0-9])[A-Z]{1,2}\d[A-Z\d]?[\s\-]*\d[A-Z]{2}(?![A-Z0-9])", re.IGNORECASE)
E_MAIL = re.compile(r"\S@\S")
PLAIN_HEADER = re.compile(r"[^\W\d_][\w ]{0,38}")


def tells_who(text: str) -> bool:
    """Whether the text holds what has the shape of an identifier, a phone number, an e-mail address or a postcode."""
    if E_MAIL.search(text) or POSTCODE.search(text) or LETTERED.search(text):
        return True
    return LONG_NUMBER.search(DAY.sub(" ", text)) is not None


def is_plain_header(name: str) -> bool:
    """
    Whether a column's name may be shown: letters, figures and spaces, begun by a letter, under 40 characters.

    A file without a header has a row where its names should be, so nothing with the shape of an identifier is one.
    """
    return PLAIN_HEADER.fullmatch(name) is not None and not tells_who(name)
