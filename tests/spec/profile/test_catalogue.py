"""
Every marker of Saltmarsh is shown by the fact it is about, written as the feeds write it.

Each person is named after the marker that their one fact, or theirs and a relative's, should show. All of them are
known to every feed, so whatever is not shown here is not true.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.spec import readable
from tests.spec.profile.conftest import AS_AT, rule

from kinfold.areas import markers

SALTMARSH = Path("areas/saltmarsh")
AGE = {"young_mother": 1, "low_birth_weight": 0, "injury_of_an_infant": 0, "infant": 0, "checks_overdue": 4}
AGE |= {"checks_complete": 4, "attends_nursery": 3, "home_hazard": 3, "nursery_place_not_taken": 3}
AGE |= {"not_in_education_or_work": 16, "no_gp": 17}
EVENTS = """
    child                        | kind                    | detail          | on         | involved_as
    -----------------------------+-------------------------+-----------------+------------+------------
    contacts_without_action      | contact                 | nfa             | 2026-01-05 | subject
    contacts_without_action      | contact                 | nfa             | 2026-02-05 | subject
    missing                      | missing                 |                 | 2026-01-05 | subject
    exploitation_concern         | exploitation_concern    |                 | 2026-01-05 | subject
    victim_of_crime              | violent_crime           |                 | 2025-01-05 | victim
    injury_of_an_infant          | injury_attendance       |                 | 2026-01-05 | subject
    harmful_contact_concern      | harmful_contact_concern |                 | 2026-01-05 | subject
    domestic_abuse_at_home       | domestic_abuse          |                 | 2025-01-05 | present
    bereavement                  | bereavement             |                 | 2025-01-05 | subject
    before_birth                 | late_booking            |                 | 2026-01-05 | subject
    suspended                    | suspension              | 4               | 2026-01-05 | subject
    permanently_excluded         | permanent_exclusion     |                 | 2025-01-05 | subject
    school_concerns              | school_concern          |                 | 2026-01-05 | subject
    school_concerns              | school_concern          |                 | 2026-01-06 | subject
    school_concerns              | school_concern          |                 | 2026-01-07 | subject
    not_brought                  | was_not_brought         |                 | 2026-01-05 | subject
    not_brought                  | was_not_brought         |                 | 2026-02-05 | subject
    emergency_attendances        | self_harm               |                 | 2026-01-05 | subject
    family_plan_made             | family_plan             |                 | 2026-01-05 | subject
    says_things_are_better       | voice                   | safe_and_better | 2026-01-05 | subject
    emergency_help/adult         | food_help               |                 | 2026-01-05 | subject
    emergency_help/adult         | crisis_fund             |                 | 2026-02-05 | subject
    moved_often/adult            | move                    |                 | 2024-01-05 | subject
    moved_often/adult            | move                    |                 | 2025-01-05 | subject
    moved_often/adult            | move                    |                 | 2026-01-05 | subject
    may_lose_home/adult          | notice_to_quit          |                 | 2026-01-05 | subject
    several_pressures_together   | domestic_abuse          |                 | 2026-01-05 | present
    private_fostering            | assessment_factor       | 8F              | 2026-01-05 | subject
    parents_in_court_about_children | court_order_application | private_law  | 2026-01-05 | subject
    home_hazard/adult            | hazard_report           |                 | 2026-01-05 | subject
    reports_about_the_home/adult | antisocial_behaviour    | noise           | 2026-01-05 | subject
    reports_about_the_home/adult | antisocial_behaviour    | noise           | 2026-02-05 | subject
    short_breaks_stopped         | carer_strain            |                 | 2026-01-05 | subject
    taught_at_home_since_lately  | home_education          |                 | 2026-01-05 | subject
    taught_at_home_since_lately  | missing                 |                 | 2026-01-05 | subject
    little_time_at_school        | part_time_timetable     |                 | 2026-01-05 | subject
    moved_in_without_records     | move                    | no_records      | 2026-01-05 | subject
    nursery_place_not_taken      | nursery_place           | not_taken       | 2026-01-05 | subject
"""
INVOLVEMENTS = """
    child                             | agency           | stage            | detail  | outcome       | from_on    | to_on
    ----------------------------------+------------------+------------------+---------+---------------+------------+-----------
    closed_child_in_need              | social_care      | child_in_need    |         | closed        | 2024-01-05 | 2025-01-05
    closed_child_protection_plan      | social_care      | child_protection | NEG     | stepped_down  | 2024-01-05 | 2025-01-05
    home_from_care                    | social_care      | looked_after     | C2      | returned_home | 2024-01-05 | 2025-01-05
    sibling_protected_or_looked_after/sibling | social_care | child_protection |      |               | 2026-01-05 |
    early_help_family_not_reached     | early_help       | early_help       |         | unreachable   | 2025-06-05 | 2026-01-05
    parent_in_mental_health_care/adult | mental_health   | treatment        |         |               | 2025-06-05 |
    several_pressures_together/adult  | mental_health    | treatment        |         |               | 2025-06-05 |
    parent_in_substance_treatment/adult | substance_misuse | treatment      |         |               | 2025-06-05 |
    parent_in_custody/adult           | probation        | supervision      | custody |               | 2025-06-05 |
    not_seen                          | social_care      | child_in_need    |         |               | 2025-06-05 |
    on_no_school_roll                 | education        | roll             |         | no_destination | 2020-09-01 | 2025-12-20
    survivor_supported/adult          | domestic_abuse   | caseload         | perpetrator_out |        | 2025-06-05 |
"""
MEASURES = """
    child                          | kind                    | value | possible | from_on    | to_on
    -------------------------------+-------------------------+-------+----------+------------+-----------
    young_mother                   | age_of_mother_at_birth  | 19    |          | 2024-06-01 |
    free_meals_eligible            | free_meals_eligible     | 1     |          | 2024-06-01 |
    free_meals_not_taken           | free_meals_taken        | 0     |          | 2024-06-01 |
    arrears/adult                  | arrears                 | 12    |          | 2026-01-05 |
    no_adult_in_work/adult         | adult_in_work           | 0     |          | 2026-01-05 |
    overcrowded/adult              | bedrooms_short          | 1     |          | 2026-01-05 |
    temporary_accommodation/adult  | temporary_accommodation | 10    |          | 2026-01-05 |
    persistently_absent            | attendance              | 20    | 100      | 2025-09-05 | 2025-12-20
    severely_absent                | attendance              | 60    | 100      | 2025-09-05 | 2025-12-20
    attendance_fell                | attendance              | 0     | 200      | 2025-04-20 | 2025-07-22
    attendance_fell                | attendance              | 16    | 100      | 2025-09-05 | 2025-12-20
    attends_well                   | attendance              | 0     | 100      | 2025-09-05 | 2025-12-20
    attends_well                   | attendance              | 0     | 100      | 2026-01-06 | 2026-03-28
    special_needs_unmet            | send_unmet              | 1     |          | 2024-06-01 |
    checks_overdue                 | health_reviews_due      | 4     |          | 2025-12-05 |
    checks_overdue                 | health_reviews_done     | 3     |          | 2025-12-05 |
    checks_complete                | health_reviews_due      | 4     |          | 2026-01-05 |
    checks_complete                | health_reviews_done     | 4     |          | 2026-01-05 |
    checks_complete                | vaccinations_due        | 6     |          | 2026-01-05 |
    checks_complete                | vaccinations_done       | 6     |          | 2026-01-05 |
    waiting_for_mental_health_care | mental_health_wait      | 20    |          | 2025-06-05 |
    low_birth_weight               | birth_weight            | 2400  |          | 2025-06-05 |
    early_help_on_track            | goals_on_track          | 1     |          | 2026-01-05 |
    early_help_on_track            | engaged                 | 1     |          | 2026-01-05 |
    parent_engaged_in_recovery/adult | engaged               | 1     |          | 2025-06-05 |
    settled_home/adult             | tenancy_secure          | 1     |          | 2024-01-05 |
    attends_nursery                | nursery_attendance      | 10    | 100      | 2026-01-06 | 2026-03-28
    trusted_adult                  | trusted_adult           | 1     |          | 2026-01-05 |
    parent_with_learning_disability/adult | learning_disability | 1  |          | 2020-01-05 |
    young_carer                    | young_carer             | 1     |          | 2026-01-05 |
    benefits_limited/adult         | benefit_cap             | 1     |          | 2026-01-05 |
    not_in_education_or_work       | in_education_or_work    | 0     |          | 2026-01-05 |
    few_to_turn_to                 | few_supports            | 1     |          | 2026-01-05 |
    kin_who_help                   | kin_support             | 1     |          | 2026-01-05 |
"""
# A fact rarely shows one thing only.
ALSO = {
    "several_pressures_together": {"domestic_abuse_at_home", "parent_in_mental_health_care"},
    "attendance_fell": {"persistently_absent"},
    "low_birth_weight": {"infant"},
    "injury_of_an_infant": {"infant"},
    "taught_at_home_since_lately": {"missing"},
}
# Whoever hurt the parent being gone is believed where police would tell of the child, and having no practice where the
# register speaks of every child of an age: here of one age only.
COVERAGE = """
    source                | table_name  | kind           | people   | age_from | age_to
    ----------------------+-------------+----------------+----------+----------+-------
    police_domestic_abuse | event       | domestic_abuse | everyone | 0        | 17
    to_come               | involvement | registered     | everyone | 17       | 17
"""


def _rows(text: str, name: str):
    head, rows = readable.cells(text)
    ruled = "\n".join([" | ".join("person_key" if c == "child" else c for c in head), "---"])
    return readable.table(ruled + "\n" + "\n".join(" | ".join(row.values()) for row in rows), name=name)


def _saltmarsh(catalogue):
    council = {"involvement": _rows(INVOLVEMENTS, "involvement"), "measure": _rows(MEASURES, "measure")}
    council["coverage"] = readable.table(COVERAGE, name="coverage")
    head, rows = readable.cells(EVENTS)
    keys = [f"social_care:{n}" for n in range(1, len(rows) + 1)]
    events = "event_key | kind | detail | on | place\n---\n" + "\n".join(
        f"{key} | {row['kind']} | {row['detail']} | {row['on']} | home" for key, row in zip(keys, rows, strict=True)
    )
    took_part = "event_key | person_key | involved_as\n---\n" + "\n".join(
        f"{key} | {row['child']} | {row['involved_as']}" for key, row in zip(keys, rows, strict=True)
    )
    council["event"] = readable.table(events, name="event")
    council["participant"] = readable.table(took_part, name="participant")
    names = [marker.name for marker in catalogue]
    people = [f"{name} | child | {AS_AT.year - AGE.get(name, 12)}-01-15" for name in names if name != "before_birth"]
    people += ["before_birth | unborn | ", *(f"{name}/adult | adult | 1990-01-01" for name in names)]
    people += [f"{name}/sibling | child | 2012-01-01" for name in names]
    council["people"] = readable.table("person_id | role | birth_on\n---\n" + "\n".join(people), name="people")
    ids = council["people"].column("person_id").to_pylist()
    council["link"] = readable.table(
        "person_key | person_id\n---\n" + "\n".join(f"{i} | {i}" for i in ids), name="link"
    )
    born = "\n".join(row.replace(" | child", "").replace(" | adult", "").replace(" | unborn", "") for row in people)
    council["person"] = readable.table("person_key | birth_on\n---\n" + born, name="person")
    ties = "\n".join(f"{n} | {n}/adult | parent\n{n} | {n}/sibling | sibling" for n in names)
    council["family"] = readable.table("person_id | other_id | kind\n---\n" + ties, name="family")
    homes = "\n".join(f"{n} | {n}\n{n}/adult | {n}" for n in names)
    council["occupancy"] = readable.table("person_id | household_id\n---\n" + homes, name="occupancy")
    feeds = sorted({"social_care", *(feed for marker in catalogue for feed in marker.feeds)})
    known = "\n".join(f"{feed} | {feed} | police | 7 | 14 | 2026-03-30" for feed in feeds)
    council["feeds"] = readable.table(
        "feed | label | agency | cadence_days | silent_after_days | last_delivered_on\n---\n" + known, name="feeds"
    )
    return council


@pytest.mark.slow
def test_every_marker_of_saltmarsh_is_shown_by_its_fact_and_by_no_other(engine):
    catalogue = as_if_connected(markers.load(SALTMARSH))
    profile = rule(engine, _saltmarsh(catalogue), catalogue, AS_AT)
    made = profile["marker_state"]
    true = made.filter(made.state == "true").to_pyarrow().to_pylist()
    shown = {}
    for row in true:
        shown.setdefault(row["person_id"], set()).add(row["marker"])
    shown = {person: found for person, found in shown.items() if "/" not in person}
    assert shown == {m.name: {m.name} | ALSO.get(m.name, set()) for m in catalogue}
    assert {row["marker"] for row in true} == {marker.name for marker in catalogue}
    assert _carried(profile["marker_evidence"]) == {
        (row["person_id"], row["marker"]): pytest.approx(row["points"]) for row in true
    }


def as_if_connected(catalogue):
    """The catalogue of a council to which everything that it waits for has come."""
    return tuple(replace(m, feeds=m.feeds or ("to_come",)) if m.awaits else m for m in catalogue)


def _carried(evidence):
    """Points of a child's marker, as the sum of what its rows carry."""
    sums = evidence.group_by("person_id", "marker").agg(points=evidence.points.sum()).to_pyarrow().to_pylist()
    return {(row["person_id"], row["marker"]): row["points"] for row in sums}
