"""The report as a reader meets it: sections of words, a table and, where a picture says more, a chart."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from kinfold.proof import disclosure, drift, fairness, pictures, proxies, standard, verdicts
from kinfold.vocabulary.bands import BANDS

FEW = "hidden"
STANDINGS = {"no_service": "No service found", "front_door": "Front door first",
             "other_service": "Open to another service", "social_care": "Open to social care"}  # fmt: skip
MARKERS_SHOWN = 15


@dataclasses.dataclass(frozen=True)
class Chart:
    """spec: Vega-Lite. alt: what it shows, in one sentence with its figures, for whoever does not see it."""

    spec: dict[str, Any]
    alt: str


@dataclasses.dataclass(frozen=True)
class Section:
    """name: its place in addresses. rows: cells as they are read, under `headings`; the first names the row."""

    name: str
    title: str
    says: tuple[str, ...]
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    chart: Chart | None = None


def sections(told: Mapping[str, Any], *, labels: Mapping[str, str] | None = None) -> tuple[Section, ...]:
    """
    Every section of a report, with small counts hidden.

    labels: what markers and feeds are called, by name.
    """
    safe, named = disclosure.shown(told), dict(labels or {})
    made = (_asked, _found, _bands, _reach, _fair, _proxies, _calibrated, _worth, _beside, _stable, _feeds, _markers)
    return tuple(make(safe, named) for make in made)


def _asked(told: Mapping[str, Any], named: Mapping[str, str]) -> Section:
    rows = tuple((one.said, one.wanted, one.found, one.verdict) for one in standard.asked(told))
    said = (
        "What a list has to do before anybody relies on it, set before it was tried. A list that falls short may still "
        "be better than none; whoever uses it should know by how much it does."
    )
    return Section("asked", "What is asked of it", (said,), ("Asked", "Wanted", "Found", "Verdict"), rows)


def _found(told: Mapping[str, Any], named: Mapping[str, str]) -> Section:
    rows = tuple(
        (_pc(one["share"]), _n(round(one["places"])), _pc(one["recall"]), _pc(1 - one["recall"]),
         _pc(one["precision"], 1), _x(one["lift"])) for one in told["tops"]
    )  # fmt: skip
    says = ("Down the list from the top: how many of those who came to it have been met so far, and how many not yet.",)
    headings = ("First share of the list", "Children", "Found", "Missed", "Of these, came to it", "Times the usual")
    return Section("found", "How many it finds", says, headings, rows, _chart(pictures.found, told))


def _bands(told: Mapping[str, Any], named: Mapping[str, str]) -> Section:
    rows = tuple(
        (BANDS[one["band"]], *_counts(one, "children", "events"), _pc(one["rate"], 1), _range(one, 1),
         _pc(one["share_of_events"])) for one in told["bands"]
    )  # fmt: skip
    says = ("What came of the children of each band of that day. A good order falls from row to row.",)
    headings = ("Band", "Children", "Came to it", "Rate", "95% interval", "Share of all who did")
    return Section("bands", "What came of each band", says, headings, rows)


def _reach(told: Mapping[str, Any], named: Mapping[str, str]) -> Section:
    rows = tuple(
        (STANDINGS[one["standing"]], _n(one["capacity"]), *_counts(one, "of_events"), _pc(one["expected_share"]),
         _range(one, 0)) for one in told.get("reach", ())
    )  # fmt: skip
    said = "How many of those who came to it lived in the households that one week's capacity would have reached."
    says = (f"{said} The rest would have waited for a later week, or been missed.",)
    headings = ("Standing", "Households a week", "Came to it", "Reached", "95% interval")
    return Section("capacity", "What a week's capacity reaches", says, headings, rows)


def _of_group(one: Mapping[str, Any]) -> str:
    return f"{verdicts.BY.get(one['by'], one['by'])}: {verdicts.group_name(one['by'], one['group'])}"


def _fair(told: Mapping[str, Any], named: Mapping[str, str]) -> Section:
    rows = tuple(
        (_of_group(one), *_counts(one, "children", "events"),
         _pc(one["miss_rate"]), _range(one, 0), _x(one["ratio"]), _x(one["ratio_alike"]), _pc(one["coverage"]),
         verdicts.of_group(one)) for one in told["fairness"]
    )  # fmt: skip
    says = (
        "Missed means: came to it, and stood below the first twentieth of the list.",
        (
            "Beside others: the group's rate over that of all other children. 1 is alike; 0.8 to 1.25 is taken as "
            "alike. Above, they are missed more often; below, they are found more often and everybody else is missed."
        ),
        "As much known: the same among children of whom as much is known. Where that is alike, feeds are the cause.",
        (
            f"A group to whom it came fewer than {fairness.ENOUGH_EVENTS} times is too small to tell of: a gap of 15 "
            "points would not be seen. Groups are checked here and used nowhere to make the list."
        ),
    )
    says = (*says, *([told["deprivation_from"]] if told.get("deprivation_from") else []))
    headings = ("Group", "Children", "Came to it", "Missed", "95% interval", "Beside others", "As much known",
                "Known of them", "Verdict")  # fmt: skip
    return Section("fairness", "Whom it misses", says, headings, rows, _chart(pictures.fairness, told))


def _proxies(told: Mapping[str, Any], named: Mapping[str, str]) -> Section:
    found = told.get("proxies")
    rows = tuple(
        (named.get(one["marker"], _words(one["marker"])), _of_group(one), _n(one["children"]),
         "" if one["correlation"] is None else signed(one["correlation"], ".2f"),
         "" if one["miss_changes"] is None else f"{signed(one['miss_changes'] * 100, '+.0f')} points")
        for one in found or ()
    )  # fmt: skip
    says = [
        (
            "No marker may ask for a child's ethnic group, sex or disability; one may still stand in for them. One "
            f"is named here when it goes with such a group (a correlation above {proxies.STRONG:g}), or when taking it "
            f"away would change the share that is missed of any group by more than {proxies.SHIFT * 100:g} points. "
            "Whoever approves rules signs for these as well."
        )
    ]
    if not found:
        says.append("None was found." if found is not None else "This was not looked at when the report was made.")
    headings = ("Marker", "Group", "Children with it", "Correlation", "Without it, missed")
    return Section("proxies", "What may stand in for a trait", tuple(says), headings if rows else (), rows)


def _calibrated(told: Mapping[str, Any], named: Mapping[str, str]) -> Section:
    rows = tuple(
        (
            _n(one["place"]),
            _n(one["children"]),
            f"{one['least_figure']:g}",
            f"{one['expected']:.1f}",
            *_counts(one, "seen"),
        )
        for one in told["calibration"]
    )
    slope = "not known" if told["calibration_slope"] is None else f"{told['calibration_slope']:.2f}"
    says = (
        (
            "Points are no probability. Here four fifths of the households taught what a figure stands for, and the "
            "rest tried it, in twentieths of the list."
        ),
        f"The slope is {slope}: 1 is right, and under 1 means that high figures promise too much.",
    )
    headings = ("Twentieth", "Children", "Lowest figure", "Expected", "Came to it")
    return Section("calibration", "What a figure stands for", says, headings, rows, _chart(pictures.calibration, told))


def _worth(told: Mapping[str, Any], named: Mapping[str, str]) -> Section:
    rows = tuple(
        (_n(one["conversations"]), f"{one['rung']:,.0f}", signed(one["order"], ".1f"),
         signed(one["history"], ".1f"), signed(one["everybody"], ".1f")) for one in told["decisions"]
    )  # fmt: skip
    says = (
        (
            "How many conversations would you have for one child who would come to it? For each answer: how many of "
            "1,000 children would be rung, and the net benefit (those found, less the needless calls, weighed)."
        ),
        "Where another column is higher, that way is better.",
    )
    headings = ("Conversations for one", "Rung of 1,000", "This list", "History alone", "Ring everybody")
    return Section("worth", "Is a conversation worth it", says, headings, rows, _chart(pictures.worth, told))


def _beside(told: Mapping[str, Any], named: Mapping[str, str]) -> Section:
    names = {"history_only": "History of social care alone", "flat_count": "Counting what is true, without points",
             "logistic": "Trained: logistic regression", "boosted_trees": "Trained: boosted trees",
             "ebm": "Trained: explainable boosting (EBM)",
             "same_markers": "Trained: on what carries points, and nothing else"}  # fmt: skip
    rows = [("This list", _auc(told["auc"]), _x(told["lift_top_5"]), _pc(told["recall_top_5"]))]
    rows += [
        (names.get(name, name), _auc(one["auc"]), _x(one["lift_top_5"]), _pc(one["recall_top_5"]))
        for name, one in told["baselines"].items()
    ]
    rows += [(names.get(name, name), _auc(one["auc"]), "", "") for name, one in told["challengers"].items()]
    says = [
        "The same children in other orders. AUC is the chance that the right one of two stands first; 0.5 is chance."
    ]
    if not told["challengers"]:
        says.append("No trained model was tried: the libraries of the bench are not on this machine.")
    headings = ("Order", "AUC", "Lift of the first twentieth", "Found in it")
    return Section("beside", "Beside simpler and cleverer lists", tuple(says), headings, tuple(rows))


def _stable(told: Mapping[str, Any], named: Mapping[str, str]) -> Section:
    rows = tuple(_without(one, named) for one in told["without_marker"][:MARKERS_SHOWN])
    swung = told["stability"]
    says = (
        (
            f"Every weight moved by up to a fifth, {swung['draws']} times: {_pc(swung['mean'])} of the top "
            f"{_n(swung['places'])} children stay on average; in one draw of twenty, "
            f"{_pc(swung['worst_twentieth'])} or fewer."
        ),
        "Each marker taken away in turn, the fifteen that cost most. Below 0, the list finds more without it.",
    )
    headings = ("Without the marker", "Children with it", "AUC falls by", "Top hundredth that stays")
    return Section("stability", "Does it hang on the weights", says, headings, rows)


def _without(one: Mapping[str, Any], named: Mapping[str, str]) -> tuple[str, ...]:
    name = named.get(one["name"], _words(one["name"]))
    return (name, *_counts(one, "children"), signed(one["auc_falls"], "+.3f"), _pc(one["stays"]))


def _feeds(told: Mapping[str, Any], named: Mapping[str, str]) -> Section:
    rows = tuple(_without(one, named) for one in told["without_feed"])
    says = ("Each feed taken away in turn: what the list would lose if it stopped. Nothing is put in its place.",)
    headings = ("Without the feed", "Children it tells of", "AUC falls by", "Top hundredth that stays")
    return Section("feeds", "What each feed is worth", says, headings, rows, _chart(pictures.feeds, told, named))


def _markers(told: Mapping[str, Any], named: Mapping[str, str]) -> Section:
    order = sorted(told["points"], key=lambda one: -(one["times_others"] or 0))
    rows = tuple(
        (named.get(one["marker"], _words(one["marker"])), one["direction"], *_counts(one, "children", "events"),
         _pc(one["rate"], 1), _x(one["times_others"]), f"{one['mean_points']:.1f}") for one in order
    )  # fmt: skip
    says = (
        (
            "What came of the children each marker was true of, beside the points it gave them. Where many points "
            "stand beside a low figure, or few beside a high one, somebody should look."
        ),
        "A strength that stands high may be a sign that a family is watched, not that it is unsafe.",
    )
    headings = ("Marker", "Kind", "Children", "Came to it", "Rate", "Times all others", "Points on average")
    return Section("markers", "Markers beside what came", says, headings, rows)


def drifted(drifts: list[dict[str, Any]], *, labels: Mapping[str, str] | None = None) -> Section:
    """What has changed between two runs, that which changed most first; of markers, those that changed."""
    named = {"figure": "Points in the order", "coverage": "How much is known", **(labels or {})}
    order = sorted(drifts, key=lambda one: -(one["index"] if one["index"] is not None else -1))
    rows = tuple(
        (named.get(one["name"], _words(one["name"])), one["kind"], _value(one["kind"], one["before"]),
         _value(one["kind"], one["now"]), "" if one["index"] is None else f"{one['index']:.3f}", one["verdict"])
        for one in order
        if one["kind"] != "marker" or one["verdict"] != drift.UNCHANGED
    )  # fmt: skip
    said = (
        (
            "What the newest run sees beside the one before it (population stability index). Under 0.1 little has "
            "changed; from 0.25 somebody should find out whether families changed or a feed did."
        ),
    )
    still = sum(one["kind"] == "marker" and one["verdict"] == drift.UNCHANGED for one in drifts)
    says = (*said, f"{still:,} of {sum(one['kind'] == 'marker' for one in drifts):,} markers have changed little.")
    headings = ("What", "Kind", "Before", "Now", "Index", "Verdict")
    return Section("drift", "Has anything changed since the last run", says, headings, rows)


def _value(kind: str, value: float | None) -> str:
    return f"{value:.1f}" if kind == "figure" and value is not None else _pc(value, 1)


def _chart(draw: Callable[..., tuple[dict[str, Any], str]], *given: Any) -> Chart:
    return Chart(*draw(*given))


def _counts(row: Mapping[str, Any], *columns: str) -> tuple[str, ...]:
    return tuple(FEW if row.get("hidden") and row[one] is None else _n(row[one]) for one in columns)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _n(value: float | None) -> str:
    return "not known" if value is None else f"{value:,}"


def _pc(value: float | None, digits: int = 0) -> str:
    return "" if value is None else f"{value:.{digits}%}"


def _x(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def signed(value: float, how: str) -> str:
    """A true minus sign, and no sign before nothing."""
    said = f"{value:{how}}"
    return said.lstrip("+-") if not float(said) else said.replace("-", "−")


def _auc(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"


def _range(row: Mapping[str, Any], digits: int) -> str:
    return "" if row["low"] is None else f"{row['low']:.{digits}%} to {row['high']:.{digits}%}"
