"""By what workers, teams and services are known where a source gives them a number or a name of its own."""

from __future__ import annotations

AGENCY_AND_TEAM = "/"


def numbered(agency: str, number: str) -> str:
    """
    The key of a worker or a team: the agency of the source whose numbering it is, and the number or name in it.

    `social_care/17` and `probation/17` are two people. Two agencies may number workers alike and call teams alike, so
    a number or a name alone opens nobody's caseload. A service's own key has a colon after its source, and no code of
    an agency does: the two kinds are never the same.
    """
    return f"{agency}{AGENCY_AND_TEAM}{number}"


def number_of(key: str) -> str:
    """The number or name that a key was made from; a key that an earlier release wrote is one already."""
    return key.partition(AGENCY_AND_TEAM)[2] or key
