"""The children of one past day: what the list knew of each, which groups they are of, and what came of them."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from kinfold.proof import outcomes
from kinfold.proof.outcomes import Outcome
from kinfold.proof.resum import Weighing
from kinfold.store.engine import Engine

NOT_KNOWN = "not known"
GROUPS = ("ethnicity", "sex", "disability", "age", "deprivation", "coverage")
AGE_BANDS = ((-99.0, 0.0, "unborn"), (0.0, 1.0, "under 1"), (1.0, 5.0, "1 to 4"), (5.0, 10.0, "5 to 9"),
             (10.0, 16.0, "10 to 15"), (16.0, 99.0, "16 and 17"))  # fmt: skip
THIRDS = ("least known of", "middle third", "best known of")
HISTORY_MONTHS, HISTORY_HALF_LIFE_DAYS = 36, 365.25
DAYS_IN_A_YEAR = 365.25


@dataclasses.dataclass(frozen=True)
class Cohort:
    """
    Arrays with one place per child who could come to the outcome, in order of id.

    event: came to it. figure, rank: on the list of the day (rank 1 first). band, standing: as the run cut them.
    unit: household, whole numbers from 0. coverage: 0 to 1, nan where nothing was asked.
    points, true, unknown: child by marker, the markers of `weighing`. by_feed: for each feed, child by marker, the
        points that its rows alone carry.
    groups: for each way of grouping, the group of each child. history: how much social care had to do with the child
        lately (each piece of work of the last three years, halved for every year since).
    unseen_events: children who came to it and of whom no feed had told by the day.
    """

    outcome: Outcome
    as_at: datetime.date
    until: datetime.date
    person_id: np.ndarray
    event: np.ndarray
    figure: np.ndarray
    rank: np.ndarray
    band: np.ndarray
    standing: np.ndarray
    unit: np.ndarray
    coverage: np.ndarray
    age: np.ndarray
    history: np.ndarray
    points: np.ndarray
    true: np.ndarray
    unknown: np.ndarray
    by_feed: dict[str, np.ndarray]
    groups: dict[str, np.ndarray]
    weighing: Weighing
    unseen_events: int

    def __len__(self) -> int:
        return len(self.person_id)


def gather(
    engine: Engine,
    then: Mapping[str, ir.Table],
    at_end: Mapping[str, ir.Table],
    *,
    what: Outcome,
    weighing: Weighing,
    as_at: datetime.date,
    until: datetime.date,
    deprivation: Mapping[str, str] | None = None,
) -> Cohort:
    """
    then: involvement, link, people, person, measure, marker_state, marker_evidence, child_coverage and priority_child
        of the day rebuilt. at_end: involvement and link of the later run.
    deprivation: fifth of each small area (`1` the most deprived); None: fifths of the area's own postcode sectors by
        the share of their children with free school meals.
    """
    children = then["child_coverage"].select("person_id")
    able = outcomes.able(children, then["involvement"], then["link"], what=what, as_at=as_at)
    came = outcomes.came(at_end["involvement"], at_end["link"], what=what, as_at=as_at, until=until)
    same = outcomes.same_people(then["link"], at_end["link"])
    had = engine.keep(came.left_join(same, "end_id").drop("end_id_right"))
    rows = _rows(engine, then, able, had)
    person = np.asarray(rows["person_id"], dtype=object)
    points, true, unknown = _markers(engine, then["marker_state"], able, person, weighing)
    groups = _groups(engine, then, rows, person, as_at, deprivation)
    households = [home or f"child {one}" for home, one in zip(rows["household_id"], person, strict=True)]
    return Cohort(
        outcome=what, as_at=as_at, until=until, person_id=person,
        event=np.array(rows["event"], dtype=bool),
        figure=np.array(rows["figure"], dtype=float), rank=np.array(rows["rank"], dtype=np.int64),
        band=np.array(rows["band"], dtype=object), standing=_standing(rows["pathway"]),
        unit=np.unique(np.array(households), return_inverse=True)[1].astype(np.int64),
        coverage=np.array([np.nan if one is None else one for one in rows["coverage_share"]], dtype=float),
        age=_ages(rows["birth_on"], as_at), history=_history(engine, then, able, person, as_at),
        points=points, true=true, unknown=unknown,
        by_feed=_by_feed(engine, then["marker_evidence"], able, person, weighing),
        groups=groups, weighing=weighing, unseen_events=int(had.filter(had.person_id.isnull()).count().execute()),
    )  # fmt: skip


def _rows(engine: Engine, then: Mapping[str, ir.Table], able: ir.Table, had: ir.Table) -> dict[str, list]:
    placed = then["priority_child"].select(
        "person_id", "household_id", "figure", "rank", "band", "pathway", "coverage_share"
    )
    people = then["people"].select("person_id", "birth_on", "sex", "ethnicity", "lsoa", "postcode")
    happened = had.filter(had.person_id.notnull()).select("person_id").distinct().mutate(event=ibis.literal(True))
    known = able.join(placed, "person_id").left_join(people, "person_id").drop("person_id_right")
    known = known.left_join(happened, "person_id").drop("person_id_right")
    known = known.mutate(event=known.event.fill_null(False))
    return engine.fetch(engine.keep(known).order_by("person_id")).to_pydict()


def _standing(pathways: list[str]) -> np.ndarray:
    """Outreach and no list are both of households that no service holds."""
    return np.array(["no_service" if one in ("outreach", "none") else one for one in pathways], dtype=object)


def _markers(
    engine: Engine, state: ir.Table, able: ir.Table, person: np.ndarray, weighing: Weighing
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = engine.fetch(state.semi_join(able, "person_id").select("person_id", "marker", "state", "points"))
    at, of, known = _places(rows, person, weighing)
    points = np.zeros((len(person), len(weighing.markers)))
    true, unknown = np.zeros(points.shape, dtype=bool), np.zeros(points.shape, dtype=bool)
    is_true = rows["state"].to_numpy(zero_copy_only=False)[known] == "true"
    given = np.nan_to_num(rows["points"].to_numpy(zero_copy_only=False)[known].astype(float))
    points[at[is_true], of[is_true]] = given[is_true]
    true[at[is_true], of[is_true]] = True
    unknown[at[~is_true], of[~is_true]] = True
    return points, true, unknown


def _by_feed(
    engine: Engine, evidence: ir.Table, able: ir.Table, person: np.ndarray, weighing: Weighing
) -> dict[str, np.ndarray]:
    rows = evidence.semi_join(able, "person_id").group_by("person_id", "marker", "source")
    fetched = engine.fetch(rows.agg(points=ibis._.points.sum()))
    at, of, known = _places(fetched, person, weighing)
    feeds = fetched["source"].to_numpy(zero_copy_only=False)[known]
    given = np.nan_to_num(fetched["points"].to_numpy(zero_copy_only=False)[known].astype(float))
    shared: dict[str, np.ndarray] = {}
    for feed in sorted(set(feeds)):
        here = feeds == feed
        shared[feed] = np.zeros((len(person), len(weighing.markers)))
        np.add.at(shared[feed], (at[here], of[here]), given[here])
    return shared


def _places(rows: pa.Table, person: np.ndarray, weighing: Weighing) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where each row belongs, child and marker; and which rows are of a marker that is weighed."""
    number = {name: n for n, name in enumerate(weighing.markers)}
    of = np.array([number.get(one, -1) for one in rows["marker"].to_pylist()], dtype=np.int64)
    at = np.searchsorted(person.astype(str), np.array(rows["person_id"].to_pylist(), dtype=str))
    known = of >= 0
    return at[known], of[known], known


def _history(
    engine: Engine, then: Mapping[str, ir.Table], able: ir.Table, person: np.ndarray, as_at: datetime.date
) -> np.ndarray:
    work = then["involvement"]
    work = work.filter((work.agency == "social_care") & work.stage.isin(outcomes.SOCIAL_CARE_WORK))
    work = work.filter((work.from_on <= as_at) & (work.from_on > outcomes.months_after(as_at, -HISTORY_MONTHS)))
    links = then["link"].select("person_key", "person_id")
    # Two feeds tell of the same work; it counts once.
    once = (
        work.join(links, "person_key").semi_join(able, "person_id").select("person_id", "stage", "from_on").distinct()
    )
    rows = engine.fetch(once)
    if not rows.num_rows:
        return np.zeros(len(person))
    days = np.array([(as_at - day).days for day in rows["from_on"].to_pylist()], dtype=float)
    at = np.searchsorted(person.astype(str), np.array(rows["person_id"].to_pylist(), dtype=str))
    return np.bincount(at, weights=0.5 ** (days / HISTORY_HALF_LIFE_DAYS), minlength=len(person))


def _ages(births: list[datetime.date | None], as_at: datetime.date) -> np.ndarray:
    """In years, below 0 before birth; nan where no birth is known and none is expected."""
    return np.array([np.nan if day is None else (as_at - day).days / DAYS_IN_A_YEAR for day in births], dtype=float)


def _groups(
    engine: Engine,
    then: Mapping[str, ir.Table],
    rows: dict[str, list],
    person: np.ndarray,
    as_at: datetime.date,
    deprivation: Mapping[str, str] | None,
) -> dict[str, np.ndarray]:
    sexes = {"F": "girls", "M": "boys"}
    age = _ages(rows["birth_on"], as_at)
    bands = np.full(len(age), NOT_KNOWN, dtype=object)
    for least, most, name in AGE_BANDS:
        bands[(age >= least) & (age < most)] = name
    areas = rows["lsoa"]
    if deprivation is None:
        deprivation, areas = _fifths_by_free_meals(engine, then), [_sector(one) for one in rows["postcode"]]
    fifths = {fifth: f"fifth {fifth}" for fifth in "2345"} | {"1": "fifth 1, most deprived"}
    return {
        "ethnicity": np.array([one or NOT_KNOWN for one in rows["ethnicity"]], dtype=object),
        "sex": np.array([sexes.get(one, NOT_KNOWN) for one in rows["sex"]], dtype=object),
        "disability": _disabled(engine, then, person),
        "age": bands,
        "deprivation": np.array([fifths.get(deprivation.get(one or "", ""), NOT_KNOWN) for one in areas], dtype=object),
        "coverage": _thirds(rows["coverage_share"]),
    }


def _disabled(engine: Engine, then: Mapping[str, ir.Table], person: np.ndarray) -> np.ndarray:
    told = then["person"].filter(then["person"].flags.contains("disabled"))
    ids = engine.fetch(told.join(then["link"].select("person_key", "person_id"), "person_key").select("person_id"))
    said = set(ids["person_id"].to_pylist())
    return np.array(["disabled" if one in said else "not recorded" for one in person], dtype=object)


def _thirds(shares: list[float | None]) -> np.ndarray:
    """By how much is known of a child, in equal thirds; ties stay together."""
    known = np.array([np.nan if one is None else one for one in shares], dtype=float)
    group = np.full(len(known), NOT_KNOWN, dtype=object)
    if np.isnan(known).all():
        return group
    low, high = np.nanquantile(known, [1 / 3, 2 / 3])
    group[known <= low] = THIRDS[0]
    group[(known > low) & (known <= high)] = THIRDS[1]
    group[known > high] = THIRDS[2]
    return group


def _sector(postcode: str | None) -> str:
    """A postcode without its last two letters, some thousand homes; empty where there is none."""
    return (postcode or "")[:-2]


def _fifths_by_free_meals(engine: Engine, then: Mapping[str, ir.Table]) -> dict[str, str]:
    """The fifth of each postcode sector, an equal share of children in each."""
    measures = then["measure"].filter((then["measure"].kind == "free_meals_eligible") & (then["measure"].value > 0))
    links, children = then["link"].select("person_key", "person_id"), then["child_coverage"].select("person_id")
    meals = measures.join(links, "person_key").select("person_id").distinct().mutate(meals=ibis.literal(1))
    people = then["people"].select("person_id", "postcode").filter(ibis._.postcode.length() > 2)
    homes = people.semi_join(children, "person_id").left_join(meals, "person_id").drop("person_id_right")
    homes = homes.mutate(area=homes.postcode.left(homes.postcode.length() - 2))
    areas = engine.fetch(homes.group_by("area").agg(share=ibis._.meals.fill_null(0).mean(), children=ibis._.count()))
    order = sorted(areas.to_pylist(), key=lambda one: (-one["share"], one["area"]))
    before, total, fifth = 0, sum(one["children"] for one in order), {}
    for one in order:
        fifth[one["area"]] = str(min(5, 1 + int(5 * (before + one["children"] / 2) / total)))
        before += one["children"]
    return fifth
