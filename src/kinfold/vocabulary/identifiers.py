"""
Identifiers a child or a home is known by: how each is written and whether its check digit or letter holds.

A check that fails is a reason to warn, never to drop a row or a link: in files seen in the field most UPNs fail.
"""

from __future__ import annotations

import re

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
UPN_SHAPE = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]")
POSTCODE_SHAPE = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})")


def tidy(value: str) -> str:
    """Upper case without spaces or hyphens: how identifiers are compared and kept."""
    return re.sub(r"[\s\-]", "", value).upper()


def is_nhs_number(value: str) -> bool:
    """Ten digits whose last is the modulus 11 check of the first nine. Source: NHS Data Dictionary."""
    digits = tidy(value)
    if not re.fullmatch(r"[0-9]{10}", digits):
        return False
    check = 11 - sum(int(d) * w for d, w in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return check != 10 and check % 11 == int(digits[9])


def upn_letter(value: str) -> str | None:
    """
    The check letter a UPN should begin with; null when the rest is not the shape of one.

    A temporary UPN ends in a letter, which counts as its place in the alphabet of check letters.
    Source: DfE, Unique pupil numbers: guide for schools and local authorities.
    """
    upn = tidy(value)
    if not UPN_SHAPE.fullmatch(upn) or (upn[-1].isalpha() and upn[-1] not in UPN_LETTERS):
        return None
    values = [int(c) if c.isdigit() else UPN_LETTERS.index(c) for c in upn[1:]]
    return UPN_LETTERS[sum(v * w for v, w in zip(values, range(2, 14), strict=True)) % 23]


def is_upn(value: str) -> bool:
    return upn_letter(value) == tidy(value)[:1]


def is_temporary_upn(value: str) -> bool:
    upn = tidy(value)
    return bool(UPN_SHAPE.fullmatch(upn)) and upn[-1].isalpha()


def postcode(value: str) -> str | None:
    """The postcode in upper case with one space; null when it is not the shape of one."""
    found = POSTCODE_SHAPE.fullmatch(tidy(value))
    return f"{found[1]} {found[2]}" if found else None


def uprn(value: str) -> str | None:
    """The property reference without leading zeros; null when it is not 1 to 12 digits."""
    digits = tidy(value)
    return digits.lstrip("0") or None if re.fullmatch(r"[0-9]{1,12}", digits) else None
