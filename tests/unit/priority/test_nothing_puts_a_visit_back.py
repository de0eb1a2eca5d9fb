"""Whatever the data, no need, rating, plan, stage or change of them makes a visit later, or brings it too near."""

from __future__ import annotations

import datetime

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kinfold.areas.timescales import Forward, Timescales, VisitRule
from kinfold.priority import visits
from kinfold.vocabulary import working_days

AS_AT = datetime.date(2026, 3, 31)
DAY = datetime.timedelta(days=1)
HOLIDAYS = (datetime.date(2025, 12, 25), datetime.date(2026, 4, 3), datetime.date(2026, 4, 6))
STAGES = ("child_in_need", "child_protection", "looked_after", "allocation")
RULES = (
    VisitRule("looked_after", "national", "regulation 28", every_days=42, first_within_days=7),
    VisitRule("child_protection", "local", "standards", every_working_days=10, holds=True),
    VisitRule("child_in_need", "local", "standards", every_working_days=20),
)
NEEDED = Timescales(RULES, Forward({"decide_today": 0.7, "priority": 0.75}, {"high": 0.7}))
CASE = pa.schema(
    [("person_id", "string"), ("agency", "string"), ("stage", "string"), ("from_on", pa.date32()),
     ("to_on", pa.date32()), ("visit_every_days", pa.int64()), ("worker_rating", "string")]
)  # fmt: skip
CHILD = pa.schema(
    [("person_id", "string"), ("band", "string"), ("last_visit_on", pa.date32()), ("last_help_visit_on", pa.date32())]
)
BEFORE = pa.schema([("person_id", "string"), ("due_on", pa.date32()), ("interval_days", pa.int64())])
days_ago = st.integers(1, 120)
cases = st.tuples(
    st.sampled_from(STAGES), days_ago, st.none() | st.integers(1, 60), st.sampled_from([None, "low", "medium", "high"])
)
children = st.lists(
    st.tuples(
        st.lists(cases, min_size=1, max_size=3),
        st.lists(st.tuples(cases, st.integers(0, 100)), max_size=2),
        st.none() | days_ago,
        st.sampled_from(["decide_today", "priority", "soon", "none"]),
    ),
    min_size=1,
    max_size=20,
)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def asked():
    """Asks what is due: the statement of the rule, written once for each way of asking."""
    con = ibis.duckdb.connect(threads=1)
    empty = {"opened": CASE, "ended": CASE, "children": CHILD, "before": BEFORE}
    for name, shape in empty.items():
        con.create_table(name, shape.empty_table())
    con.create_table("calendar", working_days.calendar(AS_AT - 400 * DAY, AS_AT + 270 * DAY, HOLIDAYS))
    tables = {name: con.table(name) for name in (*empty, "calendar")}
    usual = (tables["opened"].drop("to_on"), tables["children"], tables["children"], tables["calendar"])

    def statement(**more):
        return con.compile(visits.due(*usual, timescales=NEEDED, as_at=AS_AT, **more))

    plain = statement()
    whole = statement(ended=tables["ended"], before=tables["before"])

    def due(opened, seen, *, ended=None, before=None):
        con.create_table("opened", pa.Table.from_pylist(opened, CASE), overwrite=True)
        con.create_table("children", pa.Table.from_pylist(seen, CHILD), overwrite=True)
        if ended is None:
            rows = con.raw_sql(plain)
        else:
            con.create_table("ended", pa.Table.from_pylist(ended, CASE), overwrite=True)
            con.create_table("before", pa.Table.from_pylist(before or [], BEFORE), overwrite=True)
            rows = con.raw_sql(whole)
        return {row["person_id"]: row for row in rows.to_arrow_table().to_pylist()}

    yield due
    con.disconnect()


def told(drawn, *, quiet: bool) -> tuple[list[dict], list[dict], list[dict]]:
    """Open cases, ended cases and children as rows; quiet: without any need or rating."""
    opened, ended, seen = [], [], []
    for n, (open_cases, past, visited, band) in enumerate(drawn):
        key = {"person_id": f"C{n}", "agency": "social_care"}
        for stage, ago, plan, rating in open_cases:
            opened.append(
                key | {"stage": stage, "from_on": AS_AT - ago * DAY, "visit_every_days": plan,
                       "worker_rating": None if quiet else rating}
            )  # fmt: skip
        for (stage, ago, plan, _), until in past:
            began = AS_AT - (ago + until + 1) * DAY
            ended.append(
                key | {"stage": stage, "from_on": began, "to_on": AS_AT - until * DAY, "visit_every_days": plan}
            )
        last = AS_AT - visited * DAY if visited else None
        seen.append(
            {"person_id": f"C{n}", "band": "none" if quiet else band, "last_visit_on": last, "last_help_visit_on": last}
        )
    return opened, ended, seen


relaxed = settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


@relaxed
@given(drawn=children)
def test_need_and_rating_bring_a_visit_forward_never_back_and_leave_seven_tenths_of_the_limit(asked, drawn):
    plain = asked(*_without_past(told(drawn, quiet=True)))
    needed = asked(*_without_past(told(drawn, quiet=False)))

    for person_id, row in plain.items():
        if row["due_on"] is None:
            continue
        assert needed[person_id]["due_on"] <= row["due_on"]
        assert needed[person_id]["interval_days"] >= 0.7 * row["interval_days"] - 4  # a weekend and a bank holiday


@relaxed
@given(drawn=children)
def test_what_was_asked_for_before_a_change_and_what_the_last_list_said_never_put_a_visit_back(asked, drawn):
    opened, ended, seen = told(drawn, quiet=True)
    alone = asked(opened, seen)
    beside = asked(opened, seen, ended=ended)
    needed_opened, _, needed_seen = told(drawn, quiet=False)
    last_night = asked(needed_opened, needed_seen, ended=ended)
    tonight = asked(opened, seen, ended=ended, before=list(last_night.values()))

    for person_id, row in alone.items():
        if row["due_on"] is None:
            continue
        assert beside[person_id]["due_on"] <= row["due_on"]
        assert tonight[person_id]["due_on"] <= last_night[person_id]["due_on"]


@relaxed
@given(drawn=children, more=cases)
def test_a_further_case_never_makes_a_visit_later(asked, drawn, more):
    opened, _, seen = told(drawn, quiet=True)
    stage, ago, plan, _ = more
    further = {"person_id": "C0", "agency": "social_care", "stage": stage, "from_on": AS_AT - ago * DAY}
    before = asked(opened, seen).get("C0")
    after = asked([*opened, further | {"visit_every_days": plan}], seen).get("C0")

    if before and before["due_on"]:
        assert after["due_on"] <= before["due_on"]


def _without_past(tables):
    opened, _, seen = tables
    return opened, seen
