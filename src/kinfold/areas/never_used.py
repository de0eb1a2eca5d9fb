"""
What no marker may ever turn on, whoever approves it.

These are kept, where they are held at all, for checking that the markers are fair. The list is code, not a setting
of an area, because it is the product's promise and not a council's choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

NEVER_USED: dict[str, str] = {
    "ethnicity": "ethnic ethnicity race racial white mixed asian black",
    "religion or belief": "religion religious faith belief church mosque",
    "nationality": "nationality national_origin foreign country_of_birth",
    "immigration status": "immigration asylum uasc refugee visa no_recourse",
    "language": "language english_additional eal interpreter",
    "sexual orientation": "sexual_orientation gay lesbian bisexual",
    "gender reassignment": "gender_reassignment transgender gender_identity",
    "names": "surname forename name_origin",
    "deprivation of the place they live": "deprivation imd idaci postcode lsoa neighbourhood_decile",
    "lone parenthood": "lone_parent lone_parenthood single_parent one_parent",
    "type of tenure": "tenure tenure_type social_tenant council_tenant renter",
    "a parent's own time in care": "care_history parent_was_looked_after care_experienced",
    "a diagnosis": "diagnosis diagnosed icd10 snomed",
    "home education alone": "home_education elective_home_education ehe",
    "declining voluntary help": "declined declining refused_help refused_consent withheld_consent",
    "a complaint": "complaint complained ombudsman",
    "using a right to their data": "subject_access subject_access_request sar data_rights",
    "police intelligence never charged": "intelligence intel never_charged",
    "a score from another tool": "risk_score tool_score predicted sdq",
    "the feeling of free text": "sentiment free_text",
}
_REASONS = {word: reason for reason, words in NEVER_USED.items() for word in words.split()}
CHILDHOOD_STAGES = frozenset({"looked_after", "care_leaver", "child_protection", "child_in_need"})


def why_never(words: Iterable[str]) -> str | None:
    """The first reason why one of these words may not be in a marker, or None when they all may."""
    for text in words:
        plain = "_" + "_".join(re.findall(r"[a-z0-9]+", text.lower())) + "_"
        for word, reason in _REASONS.items():
            if f"_{word}_" in plain:
                return reason
    return None
