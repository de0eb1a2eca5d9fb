"""
What no marker may ever turn on, whoever approves it.

These are kept, where they are held at all, for checking that the markers are fair. The list is code, not a setting
of an area, because it is the product's promise and not a council's choice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from kinfold.areas.feeds import Feed, Row
from kinfold.areas.toml import AreaRejected

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
# May be asked for beside another marker, and never says anything alone.
NEVER_ALONE = frozenset({"home education alone"})
# Columns named like something never used that tell something else, and the only facts each of them may make: whether
# a home is secure, not whose it is; and what somebody came to hospital with, not what they complained of.
NOT_THAT = {
    "tenure": frozenset({"tenancy_secure"}),
    "presenting_complaint": frozenset({"emergency_attendance", "self_harm", "injury_attendance"}),
}
CHILDHOOD_STAGES = frozenset({"looked_after", "care_leaver", "child_protection", "child_in_need"})


def why_never(words: Iterable[str], *, allowed: Collection[str] = ()) -> str | None:
    """The first reason why one of these words may not be in a marker, or None when they all may."""
    for text in words:
        plain = "_" + "_".join(re.findall(r"[a-z0-9]+", text.lower())) + "_"
        for word, reason in _REASONS.items():
            if f"_{word}_" in plain and reason not in allowed:
                return reason
    return None


def check_fields(feeds: Mapping[str, Feed], kinds: Mapping[str, Collection[str]]) -> None:
    """
    Refuse a mapping that makes a fact of some marker from a column that no marker may turn on.

    kinds: by feed, the kinds of fact (of event, measure and involvement) that a marker reads from it.
    Raises AreaRejected naming the feed's file, the part, the column and the kind.
    """
    for name, wanted in kinds.items():
        for part in feeds[name].parts if name in feeds else ():
            for row in part.rows:
                for kind in sorted(set(_kinds_of(row, feeds[name].codes)) & set(wanted)):
                    _fields_may_tell(row, kind, f"{name}.toml: part {part.name}")


def _fields_may_tell(row: Row, kind: str, at: str) -> None:
    for column in row.columns:
        plain = "_".join(re.findall(r"[a-z0-9]+", column.lower()))
        reason = None if kind in NOT_THAT.get(plain, ()) else why_never([column])
        if reason is not None:
            raise AreaRejected(
                f"{at} makes {kind} from {column}, which is {reason}: never used for a marker. It may only fill "
                "columns of person, name, identifier and address."
            )


def _kinds_of(row: Row, codes: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The kinds of fact that a row of a mapping can make; none for rows about who somebody is."""
    value = row.values.get({"event": "kind", "measure": "kind", "involvement": "stage"}.get(row.table, ""))
    if value is None:
        return []
    if value.constant is not None:
        return [str(value.constant)]
    return list(codes.get(value.codes or "", {}).values())
