"""What of a child's snapshot a sight lets through: sections by kind, facts by agency. Absent, never masked."""

from __future__ import annotations

from django.db.models import Q

from kinfold.areas.roles import EVERY_AGENCY
from kinfold.governance.gate import Sight
from kinfold.record.published import Child

SUMMARY = 2  # the level of sight from which dates of visits and plans are shown

PLACES = ("roll", "registered")  # stages whose service is a place near the home

SECTION_OF = {
    "pressure": "pressures",
    "lost": "pressures",
    "acute": "pressures",
    "need": "needs",
    "strength": "strengths",
}


def kinds_seen(sight: Sight) -> list[str]:
    """Kinds of statement the sight's sections show."""
    return [kind for kind, section in SECTION_OF.items() if sight.may_see(section)]


def reads_all(sight: Sight) -> bool:
    """
    Whether every agency's facts may be read.

    Sentences that the run wrote over several agencies (why, what changed) are for these readers only: a part of a
    sentence cannot be left out.
    """
    return EVERY_AGENCY in sight.agencies


def sees_visits(sight: Sight, pathway: str) -> bool:
    """
    Whether dates of visits and what is due may be shown: social care's facts, and of summary level or more.

    On a pathway that is not social care's, what is due is the reader's own work.
    """
    return sight.level >= SUMMARY and (pathway != "social_care" or sight.may_read("social_care"))


def hides_places(sight: Sight, child: Child) -> bool:
    """
    Whether a school or surgery may not be named: it gives a withheld address away to who may not see addresses.
    """
    return child.is_address_withheld and not sight.may_see("address")


def readable(sight: Sight) -> Q:
    """Rows of the agencies the sight may read."""
    return Q() if reads_all(sight) else Q(agency__in=sight.agencies)
