"""
Made-up caseloads visited day by day in the order that the product gives, by the functions of the run itself.

Every working day children open, close and change stage, needs and ratings rise and pass, and now and then something
has to be decided today. Each team then makes as many visits as it has time for, from the top of its list. Nothing
here knows a due date except by asking `visits.due`.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from kinfold.areas import area, timescales
from kinfold.areas.timescales import Forward, Timescales
from kinfold.priority import cases, visits, worklist
from kinfold.priority.bands import ORDER
from kinfold.store import engine as engines
from kinfold.store.schema import DATE, TEXT, WHOLE, YES_NO
from kinfold.vocabulary import working_days

SALTMARSH = Path(__file__).resolve().parents[1] / "areas" / "saltmarsh"
FIRST_DAY = datetime.date(2025, 9, 1)
STAGES = {"child_in_need": 0.5, "looked_after": 0.32, "child_protection": 0.18}
PLANS = {"child_in_need": (14, 21, 28), "looked_after": (28,), "child_protection": (7, 10)}
DAY = datetime.timedelta(days=1)
TODAY, SOON = datetime.date(2999, 1, 10), datetime.date(2999, 2, 20)
"""Days that stand in the statement for today and for the end of the week's work."""
STATEMENT: list[str] = []
"""The order of a day as the run's functions say it, once it has been asked for."""
INVOLVEMENT = pa.schema(
    [
        ("person_key", TEXT), ("agency", TEXT), ("stage", TEXT), ("from_on", DATE), ("to_on", DATE),
        ("visit_every_days", WHOLE), ("worker_rating", TEXT),
    ]
)  # fmt: skip
CHILDREN = pa.schema(
    [
        ("person_id", TEXT), ("team", TEXT), ("band", TEXT), ("pathway", TEXT), ("is_acute", YES_NO),
        ("is_new", YES_NO), ("rank", WHOLE), ("last_visit_on", DATE), ("last_help_visit_on", DATE),
    ]
)  # fmt: skip
BEFORE = pa.schema([("person_id", TEXT), ("due_on", DATE), ("interval_days", WHOLE)])


@dataclasses.dataclass
class Child:
    person_id: str
    team: str
    stage: str
    from_on: datetime.date
    plan_days: int | None
    rating: str | None
    last_visit_on: datetime.date | None
    band: str = "none"
    is_acute: bool = False
    ended: list[tuple[str, datetime.date, datetime.date, int | None]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Told:
    """
    What was seen of one simulation.

    late: children and days on which the limit (national, local or plan, before need shortens it) had passed at the
    start of the day; late_protected: those on a protection plan for a day or more. missed: visits that had to be made
    one day and were not, by the list's own due day, which need brings forward. most_used: the largest share of a limit
    that was ever used; most_used_of_due: the same of the list's own interval, which a need that rises late shortens
    when much of it has gone. acute_waited: decisions due today that were left for tomorrow. put_back: visits whose day
    moved away with none made. needed and capacity: visits asked for and time for them.
    """

    days: int = 0
    visits: int = 0
    needed: float = 0.0
    capacity: float = 0.0
    late: int = 0
    late_protected: int = 0
    missed: int = 0
    missed_protected: int = 0
    most_used: float = 0.0
    most_used_of_due: float = 0.0
    acute: int = 0
    acute_waited: int = 0
    put_back: int = 0


def needed_of(rows: list[dict[str, Any]], day_number: Mapping[datetime.date, int]) -> float:
    """
    Visits a working day that a caseload asks for: of each child one over the working days that its interval has.

    The interval is the list's own, as need and rating shorten it, so a caseload asks for more than its limits do.
    Weekends and bank holidays are in no interval's working days, so what falls due on them is asked for before. Leave
    and sickness are not here: time is counted in visits that somebody is there to make.
    """
    return sum(1 / max(1, _working_length(row, day_number)) for row in rows if row["due_on"])


def _working_length(row: dict[str, Any], day_number: Mapping[datetime.date, int]) -> int:
    base = row["due_on"] - datetime.timedelta(days=row["interval_days"])
    return day_number[row["act_by_on"]] - day_number[base]


def _in_sql(day: datetime.date) -> str:
    return f"MAKE_DATE({day.year}, {day.month}, {day.day})"


class Simulation:
    """Teams and their caseloads over a number of working days; each team is one list."""

    def __init__(self, *, teams: int, children: int, share: float | None, seed: int, days: int) -> None:
        """share: of what caseloads ask for on average that there is time for; None: all, and for waves (`_enough`)."""
        self.random, self.share = random.Random(seed), share
        self.timescales = timescales.load(SALTMARSH)
        self.limits = Timescales(visit=self.timescales.visit, forward=Forward(bands={}, ratings={}))
        self.holidays = area.load(SALTMARSH).calendar.bank_holidays
        last = FIRST_DAY + datetime.timedelta(days=2 * days + 400)
        self.calendar = working_days.calendar(FIRST_DAY - datetime.timedelta(days=400), last, self.holidays)
        rows = self.calendar.to_pylist()
        self.working_number = {row["day"]: row["working_number"] for row in rows}
        self.days = [row["day"] for row in rows if row["is_working"] and row["day"] >= FIRST_DAY][:days]
        self.count = 0
        names = [f"team {n}" for n in range(teams)]
        self.children = [self._opened(name, FIRST_DAY, is_old=True) for name in names for _ in range(children)]
        self.before: list[dict[str, Any]] = []
        self.told = Told()
        self.yesterday: dict[str, dict[str, Any]] = {}

    def run(self) -> Told:
        with engines.duckdb(memory_gb=1) as lake:
            lake.take(self.calendar, "calendar")
            owed = dict.fromkeys({child.team for child in self.children}, 0.0)
            for day in self.days:
                if day != self.days[0]:
                    self._what_happens(day)
                self._one_day(lake, day, owed)
        return self.told

    def _one_day(self, lake: engines.Engine, day: datetime.date, owed: dict[str, float]) -> None:
        rows = self._listed(lake, day)
        self._noted(rows, day)
        by_id = {child.person_id: child for child in self.children}
        self.told.days += 1
        for team in owed:
            mine = [row for row in rows if row["team"] == team]
            needed = needed_of(mine, self.working_number)
            self.told.needed += needed
            owed[team] += self._enough(mine, day, needed) if self.share is None else needed * self.share
            can, owed[team] = int(owed[team]), owed[team] % 1
            self.told.capacity += can
            for row in mine[:can]:
                child = by_id[row["person_id"]]
                child.last_visit_on, child.is_acute = day, False
                child.band = "priority" if child.band == "decide_today" else child.band
                self.told.visits += 1
            self.told.acute_waited += sum(by_id[row["person_id"]].is_acute for row in mine)
        self.before = [{name: row[name] for name in BEFORE.names} for row in rows]
        for row in rows:
            row["was_visited"] = by_id[row["person_id"]].last_visit_on == day
        self.yesterday = {row["person_id"]: row for row in rows}

    def _enough(self, rows: list[dict[str, Any]], day: datetime.date, needed: float) -> int:
        """
        Whole visits with which a day is fully staffed: what the caseload asks for, and in a wave what falls due.

        A caseload asks for so many a day on average, and visits fall due in waves: of children visited in one week,
        whose stages changed together. No order keeps ten limits on a day with time for eight, unless there was time
        before. So there is time, too, for as many as fall due by any of the next days over the days until then, what
        must be decided today being due today.
        """
        today = self.working_number[day]
        due = (today if row["is_acute"] else self.working_number[row["act_by_on"]] for row in rows if row["due_on"])
        ahead = sorted(max(0, day - today) for day in due)
        wave = max((n / (left + 1) for n, left in enumerate(ahead, start=1)), default=0.0)
        return math.ceil(max(needed, wave))

    def _listed(self, lake: engines.Engine, day: datetime.date) -> list[dict[str, Any]]:
        """The list of the day, in the order it is worked, as the run makes it."""
        keys = [child.person_id for child in self.children]
        lake.take(pa.Table.from_pylist(list(self._involvements()), INVOLVEMENT), "involvement")
        lake.take(pa.table({"person_key": keys, "person_id": keys}), "link")
        children = [self._row(child, n) for n, child in enumerate(self.children)]
        lake.take(pa.Table.from_pylist(children, CHILDREN), "children")
        lake.take(pa.Table.from_pylist(self.before, BEFORE), "before")
        if not STATEMENT:
            STATEMENT.append(self._compiled(lake))
        soon = working_days.add(day, 5, self.holidays)
        [asked] = STATEMENT
        days = ((TODAY, day), (TODAY + DAY, day + DAY), (SOON, soon))
        for stands_for, said in days:
            asked = asked.replace(_in_sql(stands_for), _in_sql(said))
        return lake.con.raw_sql(asked).to_arrow_table().to_pylist()

    def _compiled(self, lake: engines.Engine) -> str:
        """The statement of the run's own functions for a day that stands for any: to write it anew takes a second."""
        names = ("involvement", "link", "children", "before", "calendar")
        involvement, link, children, before, calendar = (lake.con.table(name) for name in names)
        opened = cases.open_involvements(involvement, link, as_at=TODAY)
        given = {"as_at": TODAY, "ended": cases.ended_since(involvement, link, as_at=TODAY)}
        due = visits.due(opened, children, children, calendar, timescales=self.timescales, before=before, **given)
        limit = visits.due(opened, children, children, calendar, timescales=self.limits, **given)
        rows = children.join(due, "person_id")
        rows = rows.join(limit.select("person_id", limit_used="interval_used"), "person_id")
        rows = rows.mutate(owner_kind=ibis.literal("team"), owner_ref=rows.team)
        rows = worklist.held_in_time(rows, longest=self.timescales.longest)
        rows = worklist.grouped(rows, soon=SOON, as_at=TODAY)
        return str(lake.con.compile(worklist.ranked(rows).order_by("rank", "person_id")))

    def _involvements(self) -> Iterator[dict[str, Any]]:
        for child in self.children:
            usual = {"person_key": child.person_id, "agency": "social_care"}
            now = {"stage": child.stage, "from_on": child.from_on, "visit_every_days": child.plan_days}
            yield usual | now | {"worker_rating": child.rating}
            for stage, from_on, to_on, plan_days in child.ended:
                yield usual | {"stage": stage, "from_on": from_on, "to_on": to_on, "visit_every_days": plan_days}

    def _row(self, child: Child, place: int) -> dict[str, Any]:
        seen = {"last_visit_on": child.last_visit_on, "last_help_visit_on": child.last_visit_on}
        told = {"person_id": child.person_id, "team": child.team, "band": child.band, "is_acute": child.is_acute}
        # By need first; then, as the figures of a real night are seldom equal, a place of the child's own.
        rank = ORDER[child.band] * len(self.children) + place
        return told | seen | {"pathway": "social_care", "is_new": False, "rank": rank}

    def _noted(self, rows: list[dict[str, Any]], day: datetime.date) -> None:
        told, was = self.told, self.yesterday
        for row in rows:
            is_protected = row["holds"]
            told.most_used = max(told.most_used, row["limit_used"])
            told.most_used_of_due = max(told.most_used_of_due, row["interval_used"])
            before = was.get(row["person_id"])
            told.late += row["limit_used"] > 1
            told.late_protected += bool(is_protected and before and before["holds"] and row["limit_used"] > 1)
            told.acute += row["is_acute"]
            if before and not before["was_visited"]:
                had_to = before["act_by_on"] < day
                told.missed += had_to
                told.missed_protected += had_to and before["holds"]
                told.put_back += row["due_on"] > before["due_on"]

    def _what_happens(self, day: datetime.date) -> None:
        toss = self.random.random
        for n, child in enumerate(self.children):
            if toss() < 1 / 250:
                self.children[n] = self._opened(child.team, day)
                continue
            if toss() < 1 / 150:
                self._moved(child, day)
            if child.band == "none" and toss() < 1 / 300:
                child.band = "priority"
            elif child.band == "priority" and toss() < 1 / 40:
                child.band = "none"
            if toss() < 1 / 600:
                child.rating = None if child.rating else "high"
            if toss() < 1 / 900:
                child.band, child.is_acute = "decide_today", True

    def _moved(self, child: Child, day: datetime.date) -> None:
        if child.from_on == day:
            return
        child.ended.append((child.stage, child.from_on, day, child.plan_days))
        others = [stage for stage in STAGES if stage != child.stage]
        child.stage, child.from_on = self.random.choice(others), day
        child.plan_days = self._plan(child.stage)

    def _plan(self, stage: str) -> int | None:
        return self.random.choice(PLANS[stage]) if self.random.random() < 0.3 else None

    def _opened(self, team: str, day: datetime.date, *, is_old: bool = False) -> Child:
        self.count += 1
        stage = self.random.choices(list(STAGES), weights=list(STAGES.values()))[0]
        plan, rating = self._plan(stage), "high" if self.random.random() < 0.08 else None
        interval = min(plan or 99, {"child_protection": 14, "child_in_need": 28, "looked_after": 42}[stage])
        back = int(self.random.random() * interval * (0.7 if rating else 1))
        last = day - DAY * back if is_old else None
        begun = day - DAY * self.random.randrange(60, 300) if is_old else day
        return Child(f"C{self.count:05d}", team, stage, begun, plan, rating, last)
