"""
The marker catalogue of an area: one TOML file per domain in `markers/`, read into frozen, checked settings.

A marker is a sentence that a worker can say of a child and show the evidence for. What it turns on is its shape
(`marker_shapes`), and what it may never turn on is in `never_used`.
"""

from __future__ import annotations

import dataclasses
import datetime
import string
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from kinfold.areas import marker_shapes, toml
from kinfold.areas.never_used import CHILDHOOD_STAGES, NEVER_ALONE, why_never
from kinfold.areas.toml import AreaRejected

Direction = Literal["pressure", "need", "lost", "strength", "acute", "modifier"]
Reach = Literal["self", "parent", "household", "sibling"]
MOST_POINTS, MOST_MONTHS = 20, 216
"""No one thing outweighs a domain's cap, and nothing before a childhood began counts in it."""
SAID_OF_THE_FILE = ("domain", "owner", "version", "in_force")


@dataclasses.dataclass(frozen=True)
class Ages:
    """Whole years, both ends included; `unborn` instead of years for a child not yet born."""

    from_: int | None = None
    to: int | None = None
    unborn: bool = False


@dataclasses.dataclass(frozen=True)
class Extra:
    """
    Points added once, to the latest fact that has all of what is said here (`any`: one thing of it); they fade as
    that fact does.

    times_at_least: counted facts needed. value_at_least: in the measure's unit. lasting_days: from start to end.
    detail_at_least: where the detail is a number, such as the sessions of a suspension.
    """

    points: float
    reason: str
    severities: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    times_at_least: int = 0
    value_at_least: float | None = None
    lasting_days: int = 0
    detail_at_least: float | None = None
    any: bool = False


@dataclasses.dataclass(frozen=True)
class Marker:
    """
    One marker.

    name: what tables call it. code: what the catalogue calls it.
    statement: said to a worker when it is true; may use {times} and {on}. unknown_statement: when it is not known.
    points: before fading and caps; 0 for `acute`, which goes to a person, and `modifier`, which multiplies.
    lookback_months: None means it must hold on the day. half_life_months: None means full value while true.
    ages: outside them the marker does not exist for a child. feeds: those of the area that would show it. awaits: in
        words, what else would, and is not connected yet; a marker with no feed at all stays in the catalogue.
    reach: whose facts count: the child's own, a parent's or carer's (stated tie), those of people living with the
        child on the day of the fact, a sibling's (stated tie).
    halved_by: a marker that, when true, halves the points. hastened_by: one that, when true, makes them fade at twice
        the speed. multiplier: for `modifier` only. offers: what could be put in place; every need has one or more.
    grade: V figure seen in a published source, R well known, D practice judgement.
    where: the file and the place in it, for messages.
    """

    code: str
    name: str
    domain: str
    label: str
    statement: str
    unknown_statement: str
    direction: Direction
    points: float
    reason: str
    shape: Any
    ages: Ages
    feeds: tuple[str, ...]
    reach: tuple[Reach, ...]
    caveat: str
    grade: Literal["V", "R", "D"]
    source: str
    owner: str
    version: int
    in_force: datetime.date
    lookback_months: int | None = None
    half_life_months: float | None = None
    offers: tuple[str, ...] = ()
    awaits: tuple[str, ...] = ()
    extra: tuple[Extra, ...] = ()
    halved_by: str | None = None
    hastened_by: str | None = None
    multiplier: float = 1
    where: str = ""

    @property
    def builds_on(self) -> tuple[str, ...]:
        """Names of the markers that have to be worked out before this one."""
        eased = tuple(name for name in (self.halved_by, self.hastened_by) if name)
        return (*getattr(self.shape, "markers", ()), *eased)


def load(folder: Path) -> tuple[Marker, ...]:
    """
    Every marker of an area folder, in the order of its files' names and then as written.

    Raises AreaRejected naming the file and the key when one is unknown, missing, said twice or may never be used.
    """
    paths = sorted((folder / "markers").glob("*.toml"))
    if not paths:
        raise AreaRejected("markers: the area folder has no marker files.")
    return of_values({path.name: toml.read(path) for path in paths}, feeds=feeds_known(folder))


def of_values(files: Mapping[str, Mapping[str, Any]], *, feeds: frozenset[str] | None) -> tuple[Marker, ...]:
    """
    The markers that the values of marker files say, with every check of `load`.

    files: by file name. feeds: names a marker may use; None where the area has no feeds folder and any is taken.
    """
    found = tuple(marker for name, values in files.items() for marker in _of_file(dict(values), name))
    _each_once(found)
    _names_are_markers(found)
    _feeds_are_feeds(found, feeds)
    return found


def feeds_known(folder: Path) -> frozenset[str] | None:
    """Feeds that the area has a file of, or an example it has not begun with yet; None without a folder of feeds."""
    if not (folder / "feeds").is_dir():
        return None
    places = (folder / "feeds", folder / "feeds-examples")
    return frozenset(path.stem for place in places for path in place.glob("*.toml"))


def _of_file(values: dict[str, Any], file: str) -> list[Marker]:
    for key in values:
        if key not in (*SAID_OF_THE_FILE, "marker"):
            allowed = ", ".join((*SAID_OF_THE_FILE, "marker"))
            raise AreaRejected(f"{file}: {key} is not a setting here. Allowed: {allowed}.")
    said = {key: values[key] for key in SAID_OF_THE_FILE if key in values}
    return [_settled(said | one, file, f"marker[{n}]") for n, one in enumerate(values.get("marker", []))]


def _settled(values: dict[str, Any], file: str, at: str) -> Marker:
    at = f"{at} ({values.get('code', 'no code')})"
    if "where" in values:
        raise AreaRejected(f"{file}: {at}.where is not a setting here.")
    marker = toml.settle(Marker, values, file=file, at=at)
    shape = _shape(values["shape"], file, f"{at}.shape")
    marker = dataclasses.replace(marker, shape=shape, where=f"{file}: {at}")
    _reads_well(marker, file, at)
    _may_be_used(marker, file, at)
    return marker


def _shape(values: Any, file: str, at: str) -> Any:
    given = dict(values) if isinstance(values, dict) else {}
    kind = marker_shapes.SHAPES.get(given.pop("is", None))
    if kind is None:
        raise AreaRejected(f"{file}: {at}.is must be one of {', '.join(sorted(marker_shapes.SHAPES))}.")
    shape: Any = toml.settle(kind, given, file=file, at=at)
    return _either(shape, file, at) if isinstance(shape, marker_shapes.Either) else shape


def _either(shape: marker_shapes.Either, file: str, at: str) -> marker_shapes.Either:
    plain = {name for name, kind in marker_shapes.SHAPES.items() if kind in marker_shapes.PLAIN}
    for n, one in enumerate(shape.of):
        if not isinstance(one, dict) or one.get("is") not in plain:
            raise AreaRejected(f"{file}: {at}.of[{n}].is must be one of {', '.join(sorted(plain))}.")
    if len(shape.of) < 2:
        raise AreaRejected(f"{file}: {at}.of must have two questions or more.")
    return marker_shapes.Either(tuple(_shape(one, file, f"{at}.of[{n}]") for n, one in enumerate(shape.of)))


def _reads_well(marker: Marker, file: str, at: str) -> None:
    if not marker.name.isidentifier() or marker.name != marker.name.lower():
        raise AreaRejected(f"{file}: {at}.name must be lower case words joined by underscores.")
    used = {field for _, field, _, _ in string.Formatter().parse(marker.statement) if field is not None}
    if used - {"times", "on"}:
        raise AreaRejected(f"{file}: {at}.statement may use only {{times}} and {{on}}.")
    for key, number, least, most in (
        ("points", marker.points, 0, MOST_POINTS),
        ("multiplier", marker.multiplier, 1, 3),
        ("half_life_months", marker.half_life_months, 0.25, MOST_MONTHS),
        ("lookback_months", marker.lookback_months, 1, MOST_MONTHS),
    ):
        if number is not None and not least <= number <= most:
            raise AreaRejected(f"{file}: {at}.{key} must be from {least:g} to {most:g}.")
    if marker.direction in ("acute", "modifier") and marker.points:
        raise AreaRejected(f"{file}: {at}.points must be 0: {marker.direction} markers have none.")
    if not (marker.feeds or marker.awaits) and not isinstance(marker.shape, marker_shapes.Infant):
        raise AreaRejected(f"{file}: {at}.feeds must name the feeds that would show it, or awaits say what would.")
    is_dated = any(isinstance(one, marker_shapes.DATED) for one in marker_shapes.parts(marker.shape))
    if is_dated and not marker.lookback_months:
        raise AreaRejected(f"{file}: {at}.lookback_months is missing: it must be 1 or more for this shape.")
    if marker.direction in ("need", "lost") and not marker.offers:
        raise AreaRejected(
            f"{file}: {at}.offers must say what could be put in place: no need is without a next step. "
            "Allowed: any of those listed in offers.toml."
        )
    years = (marker.ages.from_, marker.ages.to)
    if marker.ages.unborn == (years != (None, None)) or (None in years and years != (None, None)):
        raise AreaRejected(f"{file}: {at}.ages must have `from` and `to`, or `unborn = true`.")


def _may_be_used(marker: Marker, file: str, at: str) -> None:
    """The caveat and the reason may speak of fairness; what the marker turns on and says may not."""
    words = [marker.name, marker.label, marker.statement, *_texts(dataclasses.asdict(marker.shape))]
    words += _texts([dataclasses.asdict(extra) | {"reason": ""} for extra in marker.extra])
    # What is never used alone may be asked for beside something else; `event_beside` says nothing by itself.
    beside = isinstance(marker.shape, marker_shapes.EventBeside)
    reason = why_never(words, allowed=NEVER_ALONE if beside else frozenset())
    stages = {stage for shape in marker_shapes.parts(marker.shape) for stage in getattr(shape, "stages", ())}
    if reason is None and {"parent", "household"} & set(marker.reach) and stages & CHILDHOOD_STAGES:
        reason = "a parent's own time in care"
    if reason is not None:
        raise AreaRejected(f"{file}: {at} turns on {reason}, which is never used as a marker.")


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for part in parts for text in _texts(part)]


def _each_once(markers: tuple[Marker, ...]) -> None:
    for key in ("name", "code"):
        seen: set[str] = set()
        for value in (getattr(marker, key) for marker in markers):
            if value in seen:
                raise AreaRejected(f"markers: {key} {value} is used by two markers.")
            seen.add(value)


def _names_are_markers(markers: tuple[Marker, ...]) -> None:
    """A marker that builds on others builds on ones that stand by themselves."""
    building = (marker_shapes.Combination, marker_shapes.EventBeside)
    plain = {m.name for m in markers if not isinstance(m.shape, building)}
    eased = {m.name for m in markers if m.halved_by or m.hastened_by}
    for marker in markers:
        may = plain if isinstance(marker.shape, building) else plain - eased
        for name in marker.builds_on:
            if name not in may:
                raise AreaRejected(
                    f"{marker.where} builds on {name}, which is not a marker it can build on. Allowed: "
                    f"{', '.join(sorted(may - {marker.name})) or 'no other'}."
                )


def _feeds_are_feeds(markers: Iterable[Marker], known: frozenset[str] | None) -> None:
    """
    A feed is one the area has a file of, or an example it has not begun with yet; what it hopes for beyond those is
    said in `awaits`, so that a slip of the pen is not taken for a silence.
    """
    if known is None:
        return
    for marker in markers:
        for feed in (*marker.feeds, *getattr(marker.shape, "told_by", ())):
            if feed not in known:
                raise AreaRejected(
                    f"{marker.where}.feeds names {feed}, which is not a feed of this area. Allowed: "
                    f"{', '.join(sorted(known))}; what is not connected yet goes into awaits."
                )
