"""
Numbers that look right and belong to nobody: NHS numbers of the 999 test range, UPNs of authority 999, property
references, postcodes of an unused area, telephone numbers set aside for drama.
"""

from __future__ import annotations

import numpy as np

UPN_LETTERS = np.array(list("ABCDEFGHJKLMNPQRTUVWXYZ"))
INWARD = "ABDEFGHJLNPQRSTUWXYZ"


class TooManyPeople(ValueError):
    """The test range of NHS numbers has fewer valid numbers than were asked for."""


def nhs_numbers(rng: np.random.Generator, how_many: int) -> np.ndarray:
    """
    Distinct ten-digit numbers 999xxxxxxC with a right modulus-11 check digit, in no order.

    Raises TooManyPeople beyond about 909,000, which is all that the test range holds.
    """
    body = np.arange(1_000_000)
    total = np.full(len(body), 9 * (10 + 9 + 8))
    for place, weight in enumerate((7, 6, 5, 4, 3, 2)):
        total = total + (body // 10 ** (5 - place)) % 10 * weight
    check = (11 - total % 11) % 11
    valid = body[check < 10]
    if how_many > len(valid):
        raise TooManyPeople(f"The test range holds {len(valid):,} NHS numbers; {how_many:,} were asked for.")
    picked = rng.permutation(valid)[:how_many]
    return np.array(
        [f"999{b:06d}{c}" for b, c in zip(picked.tolist(), check[picked].tolist(), strict=True)], dtype=object
    )


def upns(school: np.ndarray, year: np.ndarray, serial: np.ndarray) -> np.ndarray:
    """Permanent UPNs of authority 999: check letter, authority, school (4 digits), year (2) and serial (3)."""
    body = 999 * 10**9 + school.astype(np.int64) * 10**5 + (year % 100) * 1000 + serial % 1000
    letters = UPN_LETTERS[_weighted(body, 12) % 23]
    return np.array([f"{a}{b:012d}" for a, b in zip(letters.tolist(), body.tolist(), strict=True)], dtype=object)


def temporary_upns(school: np.ndarray, year: np.ndarray, serial: np.ndarray) -> np.ndarray:
    """Temporary UPNs: the last character is a letter that counts with its own place in the alphabet."""
    body = 999 * 10**8 + school.astype(np.int64) * 10**4 + (year % 100) * 100 + serial % 100
    last = serial // 100 % 23
    letters = UPN_LETTERS[(_weighted(body, 11) + last * 13) % 23]
    return np.array(
        [
            f"{a}{b:011d}{UPN_LETTERS[c]}"
            for a, b, c in zip(letters.tolist(), body.tolist(), last.tolist(), strict=True)
        ],
        dtype=object,
    )


def _weighted(body: np.ndarray, digits: int) -> np.ndarray:
    total = np.zeros_like(body)
    for place in range(digits):
        total += (body // 10 ** (digits - 1 - place)) % 10 * (2 + place)
    return total


def postcodes(how_many: int, *, of_area: np.ndarray) -> np.ndarray:
    """One postcode for each entry of `of_area` (small area number): ZZ1 1AA and on, never one that is in use."""
    outward = 1 + of_area // 40
    order = np.argsort(outward, kind="stable")
    inward = np.zeros(how_many, dtype=np.int64)
    starts = np.searchsorted(outward[order], outward[order], side="left")
    inward[order] = np.arange(how_many) - starts
    return np.array(
        [
            f"ZZ{o} {1 + i // 400 % 9}{INWARD[i // 20 % 20]}{INWARD[i % 20]}"
            for o, i in zip(outward.tolist(), inward.tolist(), strict=True)
        ],
        dtype=object,
    )


def mobiles(rng: np.random.Generator, how_many: int) -> np.ndarray:
    """Numbers 07700 900000 to 900999, set aside for drama; so few that many people share one."""
    return np.array([f"07700 900{n:03d}" for n in rng.integers(1000, size=how_many).tolist()], dtype=object)


def lsoa_codes(how_many: int) -> list[str]:
    return [f"E01{999000 + n if n < 1000 else 997000 + n}" for n in range(how_many)]
