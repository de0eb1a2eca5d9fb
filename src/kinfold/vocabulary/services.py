"""By what a service is known where a source names a team and no service."""

from __future__ import annotations

AGENCY_AND_TEAM = "/"


def of_team(agency: str, team: str) -> str:
    """
    The key of the service that a team is: `health/Health visiting, Quay locality`.

    Two agencies may call a team alike, so the team's name alone opens nobody's caseload. A service's own key has a
    colon after its source, and no code of an agency does: the two kinds are never the same.
    """
    return f"{agency}{AGENCY_AND_TEAM}{team}"
