"""Every marker of Saltmarsh as it was agreed, and the first and last day on which a fact counts for it."""

import datetime
from pathlib import Path

import pytest
from tests.spec import readable
from tests.spec.profile.conftest import AS_AT, council_of, rule
from tests.spec.profile.test_catalogue import as_if_connected

from kinfold.areas import markers
from kinfold.areas.marker_shapes import CountWithin, EventWithin, InvolvementClosed, InvolvementOpen, RelationHas
from kinfold.profile.days import months_before

SALTMARSH = Path("areas/saltmarsh")
# Looks back and halves in months; empty: it holds on the day, and counts whole while it does. Ages in whole years, both
# included. Strengths' points only say how strongly each is shown.
AGREED = """
    code | kind     | points | looks back | halves in | from | to
    -----+----------+--------+------------+-----------+------+---
    H1   | pressure | 6      | 36         | 12        | 0    | 17
    H2   | pressure | 8      | 60         | 24        | 0    | 17
    H3   | pressure | 6      | 60         | 24        | 0    | 17
    H4   | pressure | 5      | 12         | 6         | 0    | 17
    H5   | pressure | 6      | 24         | 12        | 0    | 17
    H6   | pressure | 2      | 12         | 6         | 0    | 17
    S1   | pressure | 8      | 12         | 3         | 0    | 17
    S2   | pressure | 10     | 12         | 6         | 8    | 17
    S3   | pressure | 6      | 24         | 12        | 0    | 17
    S4   | acute    | 0      | 6          |           | 0    | 0
    S5   | pressure | 5      | 12         | 6         | 10   | 17
    S6   | pressure | 4      | 12         |           | 0    | 15
    P1   | pressure | 8      | 24         | 9         | 0    | 17
    P2   | pressure | 6      | 12         | 6         | 0    | 17
    P3   | pressure | 9      | 12         | 6         | 0    | 17
    P4   | pressure | 3      | 12         |           | 0    | 17
    P5   | pressure | 4      | 6          | 6         | 0    | 17
    P6   | need     | 2      | 36         |           | 0    | 17
    P7   | need     | 3      |            |           | 0    | 1
    P8   | need     | 4      | 18         | 9         | 0    | 17
    P9   | pressure | 7      | 9          |           |      |
    P10  | need     | 3      | 12         | 12        | 5    | 17
    P11  | need     | 1      | 12         | 6         | 0    | 17
    M1   | need     | 3      |            |           | 4    | 15
    M2   | need     | 3      | 3          | 1         | 4    | 15
    M3   | need     | 3      | 12         | 6         | 0    | 17
    M4   | need     | 2      | 12         | 6         | 0    | 17
    M5   | need     | 2      |            |           | 0    | 17
    M6   | need     | 3      | 6          | 3         | 0    | 17
    O1   | need     | 4      |            |           | 0    | 17
    O2   | need     | 6      | 12         | 6         | 0    | 17
    O3   | need     | 5      | 60         | 24        | 0    | 17
    O4   | need     | 4      | 6          | 3         | 0    | 17
    O5   | need     | 3      | 12         | 6         | 0    | 4
    O6   | pressure | 1      | 6          | 3         | 0    | 17
    E1   | pressure | 4      | 8          | 4         | 5    | 16
    E2   | pressure | 7      | 8          | 4         | 5    | 16
    E3   | pressure | 4      | 12         | 4         | 5    | 16
    E4   | pressure | 4      | 12         | 6         | 5    | 16
    E5   | pressure | 6      | 24         | 12        | 5    | 16
    E6   | need     | 2      |            |           | 0    | 17
    E7   | need     | 4      | 12         | 6         | 0    | 17
    E8   | need     | 3      | 6          | 3         | 16   | 17
    E9   | pressure | 5      | 6          | 3         | 4    | 17
    L1   | pressure | 4      | 12         | 6         | 0    | 17
    L2   | pressure | 3      |            |           | 0    | 5
    L3   | pressure | 5      | 12         | 6         | 0    | 17
    L4   | need     | 3      | 12         | 6         | 5    | 17
    L5   | need     | 2      |            |           | 0    | 0
    L6   | modifier | 0      |            |           | 0    | 0
    C1   | lost     | 5      |            |           | 0    | 17
    C2   | lost     | 6      | 24         |           | 6    | 15
    C3   | lost     | 2      | 12         | 6         | 5    | 16
    C4   | lost     | 3      | 6          | 3         | 5    | 16
    C5   | lost     | 4      |            |           | 0    | 17
    C6   | lost     | 5      | 6          | 3         | 0    | 17
    C7   | lost     | 2      | 6          | 3         | 2    | 4
    C8   | lost     | 4      | 12         | 6         | 0    | 17
    G1   | strength | 4      | 9          |           | 5    | 16
    G2   | strength | 4      |            |           | 0    | 17
    G3   | strength | 4      | 12         |           | 0    | 17
    G4   | strength | 5      |            |           | 0    | 17
    G5   | strength | 4      | 12         |           | 0    | 17
    G6   | strength | 2      |            |           | 0    | 17
    G7   | strength | 2      | 6          |           | 2    | 4
    G8   | strength | 3      | 12         |           | 5    | 17
    G9   | strength | 2      |            |           | 0    | 5
    G10  | strength | 3      | 6          |           | 0    | 17
    G11  | strength | 2      | 12         |           | 0    | 17
"""
DATED = (EventWithin, CountWithin, InvolvementClosed, InvolvementOpen, RelationHas)


def test_each_marker_has_the_points_the_times_and_the_ages_that_were_agreed():
    _, agreed = readable.cells(AGREED)
    found = {marker.code: marker for marker in markers.load(SALTMARSH)}

    assert [_as_written(found[row["code"]]) for row in agreed] == agreed
    assert set(found) == {row["code"] for row in agreed}


def test_more_points_are_for_what_is_worse_and_infants_count_a_fifth_more():
    found = {marker.code: marker for marker in markers.load(SALTMARSH)}

    assert {code: [(e.points, e.reason) for e in m.extra] for code, m in found.items() if m.extra} == {
        "H2": [(2, "two or more plans")],
        "P1": [(3, "graded high")],
        "P4": [(3, "all three")],
        "O1": [(3, "short by two or more")],
        "O2": [(3, "more than six weeks")],
        "E4": [(2, "two or more, or more than five days")],
    }
    assert found["L6"].multiplier == 1.2
    assert (found["P3"].halved_by, found["P1"].hastened_by) == (found["G4"].name, found["G5"].name)


@pytest.mark.slow
def test_the_first_day_of_each_marker_s_lookback_counts_and_the_day_before_does_not(engine):
    catalogue = as_if_connected(markers.load(SALTMARSH))
    asked = [m for m in catalogue if isinstance(m.shape, DATED) and m.lookback_months]
    assert len(asked) == 34

    made = rule(engine, _council(asked), catalogue, AS_AT)["marker_state"]
    true = {(row["person_id"], row["marker"]) for row in made.filter(made.state == "true").to_pyarrow().to_pylist()}

    assert [m.name for m in asked if (f"{m.name} in", m.name) not in true] == []
    assert [m.name for m in asked if (f"{m.name} out", m.name) in true] == []


def _as_written(marker):
    years = ("", "") if marker.ages.unborn else (marker.ages.from_, marker.ages.to)
    times = (marker.lookback_months or "", f"{marker.half_life_months:g}" if marker.half_life_months else "")
    cells = (marker.code, marker.direction, f"{marker.points:g}", *times, *years)
    return dict(zip(readable.cells(AGREED)[0], map(str, cells), strict=True))


def _council(asked):
    """For each marker one child whose facts begin on the first day of the lookback, and one a day too early."""
    people, ties, homes, facts = [], [], [], {"event": [], "involvement": []}
    for marker in asked:
        first = months_before(AS_AT, marker.lookback_months)
        for child, day in ((f"{marker.name} in", first), (f"{marker.name} out", first - datetime.timedelta(days=1))):
            others = [f"{child}/adult", f"{child}/sibling"]
            people += [_child(child, marker.ages), f"{others[0]} | adult | 1985-01-01"]
            people.append(f"{others[1]} | child | 2012-01-01")
            ties += [f"{child} | {others[0]} | parent", f"{child} | {others[1]} | sibling"]
            homes += [f"{child} | {child}", f"{others[0]} | {child}"]
            whose = child if "self" in marker.reach else others["sibling" in marker.reach]
            table, rows = _facts(marker.shape, whose, day)
            facts[table] += rows
    return council_of(
        {
            "people": "person_id | role | birth_on\n---\n" + "\n".join(people),
            "family": "person_id | other_id | kind\n---\n" + "\n".join(ties),
            "occupancy": "person_id | household_id\n---\n" + "\n".join(homes),
            "event": "person_key | kind | detail | place | involved_as | on\n---\n" + "\n".join(facts["event"]),
            "involvement": "person_key | agency | stage | detail | outcome | from_on | to_on\n---\n"
            + "\n".join(facts["involvement"]),
            "feeds": "feed | label | agency | cadence_days | silent_after_days | last_delivered_on\n---\n"
            + "\n".join(f"{feed} | {feed} | police | 7 | 14 | 2026-03-30" for feed in _feeds(asked)),
        }
    )


def _feeds(asked):
    return sorted({"social_care", *(feed for marker in asked for feed in marker.feeds)})


def _child(name, ages):
    if ages.unborn:
        return f"{name} | unborn | "
    return f"{name} | child | {months_before(AS_AT, 12 * (ages.to + 1)) + datetime.timedelta(days=3)}"


def _facts(shape, whose, day):
    if isinstance(shape, EventWithin | CountWithin):
        days = [day + datetime.timedelta(weeks=n) for n in range(getattr(shape, "at_least", 1))]
        kind = (shape.details_of or shape.kinds)[0]
        detail, place = (codes[0] if codes else "" for codes in (shape.details, shape.places))
        part = shape.taking_part_as[0] if shape.taking_part_as else "subject"
        return "event", [f"{whose} | {kind} | {detail} | {place} | {part} | {on}" for on in days]
    detail = getattr(shape, "details", ())
    ended = getattr(shape, "outcomes", ()) or ("closed",)
    row = f"{whose} | {shape.agency} | {shape.stages[0]} | {''.join(detail)} | {ended[0]} | 2015-01-01 | {day}"
    return "involvement", [row]
