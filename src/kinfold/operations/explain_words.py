"""How each point of a sum is said, so that whoever reads it can add it up by hand. No file, no engine, no clock."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from kinfold.areas.markers import Extra, Marker
from kinfold.areas.priority import Priority
from kinfold.profile.days import DAYS_IN_A_MONTH

CLOSE = 1e-6
LATEST = ("source", "source_id", "delivery_id", "part", "row_number", "about_id")
WHY_UNKNOWN = {
    "not_connected": "No feed that would tell is connected.",
    "silent": "The feed that would tell has gone silent.",
    "not_covered": "The feeds we hold do not speak about this child here.",
}
Row = Mapping[str, Any]


def figure(points: float) -> str:
    """Points as they are written: two places at most, and no empty ones."""
    return f"{round(points, 2):g}"


def count(points: float) -> str:
    """`1 point`, `2.75 points`."""
    return f"{figure(points)} point{'' if abs(points) == 1 else 's'}"


def latest_first(rows: Sequence[Row]) -> list[Row]:
    """The rows of a marker in the order in which they carry its points (`profile.points`)."""
    named = sorted(rows, key=lambda row: tuple(str(row[name] or "").zfill(12) for name in LATEST))
    return sorted(named, key=lambda row: -(row["fades_from"] or datetime.date.max).toordinal())


def of_row(
    row: Row, marker: Marker, *, is_latest: bool, as_at: datetime.date, eased: Mapping[str, Marker]
) -> dict[str, Any]:
    """
    What one row adds to a marker's points, and how that came about.

    row: of marker_evidence, with `points` after fading. eased: the marker's own `halved_by` and `hastened_by` that are
    true of the child, by name. Returns full (before fading), months (whole, since the row's day; null when it does not
    fade), counts, says, says_roughly (without what the row's day could be worked out from: how long ago it was to the
    day, and points that fade a little each day).
    """
    if not row["points"]:
        said = "Supports it. Another row carries the points."
        return {"full": 0.0, "months": None, "counts": 0.0, "says": said, "says_roughly": said}
    half_life = (marker.half_life_months or 0) / (2 if marker.hastened_by in eased else 1)
    months = _months(row["fades_from"], as_at) if half_life else 0.0
    left = 0.5 ** (months / half_life) if half_life else 1.0
    share = 0.5 if marker.halved_by in eased else 1.0
    full = row["points"] / (left * share)
    made = _made_of(full, marker, is_latest=is_latest)
    why = [f"twice as fast, because {_label(eased, marker.hastened_by)}" if marker.hastened_by in eased else ""]
    why += [f"half of that, because {_label(eased, marker.halved_by)}" if share < 1 else ""]
    said, roughly = (
        ", ".join(part for part in (made, faded, *why) if part)
        for faded in (_faded(row, marker, months, half_life), _faded(row, marker, months, half_life, age=""))
    )
    about = f"counts about {figure(round(row['points'] * 4) / 4)}" if months else f"counts {figure(row['points'])}"
    return {
        "full": round(full, 6),
        "months": int(months) if half_life and months else None,
        "counts": row["points"],
        "says": f"{said}: counts {figure(row['points'])}",
        "says_roughly": f"{roughly}: {about}",
    }


def _months(fades_from: datetime.date | None, as_at: datetime.date) -> float:
    return max((as_at - fades_from).days, 0) / DAYS_IN_A_MONTH if fades_from else 0.0


def _made_of(full: float, marker: Marker, *, is_latest: bool) -> str:
    """`6 points, and 3 more: more than six weeks`: the marker's own points and the extras that make up `full`."""
    base = float(marker.points) if is_latest else 0.0
    extras = _extras(full - base, marker.extra)
    if extras is None:
        return count(full)
    first = count(base) if base else ""
    more = [f"{figure(extra.points)} more ({_small(extra.reason)})" for extra in extras]
    return " and ".join([*([first] if first else []), *more]) or count(full)


def _extras(points: float, extras: Sequence[Extra]) -> tuple[Extra, ...] | None:
    """The fewest extras whose points make up `points`; None when none do."""
    for size in range(len(extras) + 1):
        for some in itertools.combinations(extras, size):
            if abs(sum(extra.points for extra in some) - points) < CLOSE:
                return some
    return None


def _faded(row: Row, marker: Marker, months: float, half_life: float, *, age: str | None = None) -> str:
    """age: how long ago it was, said in other words than to the day; "" to leave it out."""
    if not marker.half_life_months:
        return "does not fade"
    if not months:
        return "still so, so it has not begun to fade"
    ago = _ago(months) if age is None else age
    return f"{ago}, halves each {_months_said(half_life)}" if ago else f"halves each {_months_said(half_life)}"


def _ago(months: float) -> str:
    days = round(months * DAYS_IN_A_MONTH)
    in_days = f"{days} day{'' if days == 1 else 's'}"
    return f"{months:.1f} months ago" if days >= 61 else f"{in_days} ago"


def _months_said(months: float) -> str:
    return "month" if months == 1 else f"{months:g} months"


def _label(markers: Mapping[str, Marker], name: str | None) -> str:
    return _small(markers[name].label) if name else ""


def _small(text: str) -> str:
    return text[:1].lower() + text[1:] if not text[1:2].isupper() else text


def of_line(points: float, counted: float) -> str:
    """How the rows of a marker became its line: kept to the nearest quarter, halves upwards."""
    if abs(points - counted) < CLOSE:
        return f"{count(points)} in all"
    return f"{figure(counted)} in all, kept to the nearest quarter: {figure(points)}"


def of_adjustment(line: Row, settings: Priority, modifiers: Sequence[Marker]) -> str:
    """Why a line takes points off or puts some on that no fact did."""
    domain, points = line["domain"], line["points"]
    if line["marker"] == "pressure_modifier":
        most = max(modifiers, key=lambda marker: marker.multiplier, default=None)
        why = f"{most.label}: " if most else ""
        return f"{why}pressures of {domain} count {most.multiplier if most else 1:g} times, {count(points)} more"
    what = "unmet needs" if line["marker"] == "need_cap" else "pressures"
    return (
        f"{domain} counts {figure(settings.caps.get(domain, 0))} at most in {what}, so {figure(-points)} is taken off"
    )


def sums(told: Mapping[str, Any], needs_share: float) -> dict[str, str]:
    """The three sums as they are added up by hand, such as `8 + 2.75 − 2.5 = 8.25`."""
    pressures = _added(told["lines"], ("pressure",), "pressure_", told["pressures"])
    needs = _added(told["lines"], ("need", "lost"), "need_", told["unmet_needs"])
    part = "half" if needs_share == 0.5 else f"{needs_share:g}"
    return {
        "pressures": pressures,
        "unmet_needs": needs,
        "figure": f"{whole(told['pressures'])} + {part} of {whole(told['unmet_needs'])} = {whole(told['figure'])}",
    }


def whole(points: float) -> str:
    """A figure to its last place: sums are of quarters, and a share of them has three places or so."""
    return f"{points:.6f}".rstrip("0").rstrip(".")


def _added(lines: Sequence[Row], kinds: Sequence[str], adjusts: str, total: float) -> str:
    parts = [
        line["points"]
        for line in lines
        if line["kind"] in kinds or (line["kind"] == "adjustment" and line["marker"].startswith(adjusts))
    ]
    if not parts:
        return f"nothing counts = {whole(total)}"
    said = whole(parts[0]) + "".join(f" {'+' if part >= 0 else '−'} {whole(abs(part))}" for part in parts[1:])
    return f"{said} = {whole(total)}"
