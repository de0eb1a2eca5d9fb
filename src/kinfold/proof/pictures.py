"""Charts of a report as Vega-Lite, each with one sentence that says what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinfold.proof import verdicts

INK, QUIET, GRID = "#0b0c0c", "#505a5f", "#dee0e2"
NAVY, RUST, GREY = "#1d3d5c", "#b04a00", "#7b868c"
"""Told apart in black and white too: the list is a full line, others are dashed, and each is named in the legend."""
FONT = "Arial, Helvetica, Liberation Sans, sans-serif"
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
WIDTH, HEIGHT = 620, 320
CONFIG = {
    "font": FONT,
    "view": {"stroke": None},
    "axis": {"labelFontSize": 14, "titleFontSize": 14, "titleFontWeight": "normal", "labelColor": INK,
             "titleColor": INK, "gridColor": GRID, "domainColor": QUIET, "tickColor": QUIET},
    "legend": {"labelFontSize": 14, "title": None, "orient": "top", "labelLimit": 400, "symbolSize": 200},
}  # fmt: skip


def found(told: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """How many have been met along the list."""
    values = [{"share": one["share"], "met": one[key], "order": name} for one in told["gains"]
              for key, name in (("order", "this list"), ("history", "history alone"))]  # fmt: skip
    values += [{"share": x, "met": x, "order": "no order"} for x in (0, 1)]
    spec = _chart(
        values,
        {"type": "line", "strokeWidth": 3},
        x=_axis("share", "share of the list, from the top", "%"),
        y=_axis("met", "of those who came to it, met so far", "%"),
        **_kinds("order", ["this list", "history alone", "no order"]),
    )
    fifth = next(one for one in told["gains"] if abs(one["share"] - 0.2) < 1e-9)
    return spec, (
        f"Of those who came to it, a fifth of the list holds {fifth['order']:.0%}, a fifth of a list by history alone "
        f"{fifth['history']:.0%}, and a fifth of a list in no order 20%."
    )


def fairness(told: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The miss rate of each group with its interval; groups with too few events are left out."""
    told_of = [one for one in told["fairness"] if one["verdict"] != "too few to tell" and not one.get("hidden")]
    values = [
        {
            "group": f"{verdicts.BY.get(one['by'], one['by'])}: {verdicts.group_name(one['by'], one['group'])}",
            "rate": one["miss_rate"],
            "low": one["low"],
            "high": one["high"],
        }
        for one in told_of
    ]
    order = [one["group"] for one in values]
    y = {"field": "group", "type": "nominal", "sort": order, "title": None, "axis": {"labelLimit": 320}}
    whole = 1 - told["recall_top_5"]
    missed = _axis("low", "missed, with 95% interval (dashed: all children)", "%", [0, 1])
    layers = [
        {
            "data": {"values": [{"all": whole}]},
            "mark": {"type": "rule", "strokeDash": [6, 4], "color": RUST, "strokeWidth": 2},
            "encoding": {"x": {"field": "all", "type": "quantitative"}},
        },
        {
            "mark": {"type": "rule", "strokeWidth": 3, "color": NAVY},
            "encoding": {"y": y, "x": missed, "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 120, "color": NAVY, "opacity": 1},
            "encoding": {"y": y, "x": {"field": "rate", "type": "quantitative"}},
        },
    ]
    spec = _spec({"data": {"values": values}, "layer": layers, "height": {"step": 28}})
    if not told_of:
        return spec, "No group has events enough to show."
    low, high = min(told_of, key=lambda one: one["miss_rate"]), max(told_of, key=lambda one: one["miss_rate"])
    return spec, (
        f"Of all who came to it {whole:.0%} were missed; least of {_group(low)} ({low['miss_rate']:.0%}) and most of "
        f"{_group(high)} ({high['miss_rate']:.0%}), of the groups large enough to tell."
    )


def _group(one: Mapping[str, Any]) -> str:
    return f"“{verdicts.group_name(one['by'], one['group'])}”"


def calibration(told: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Expected and seen in each twentieth of the list; twentieths with 1 to 4 are left out."""
    values = [
        {"place": one["place"], "count": count, "what": what}
        for one in told["calibration"]
        for what, count in (("expected", one["expected"]), ("came to it", one["seen"]))
        if count is not None
    ]
    spec = _chart(
        values,
        {"type": "line", "strokeWidth": 3, "point": {"size": 60, "filled": True}},
        x=_axis("place", "twentieth of the list, 1 the highest figures", "d"),
        y=_axis("count", "children", "d"),
        **_kinds("what", ["came to it", "expected"]),
    )
    first = told["calibration"][0]
    seen = "too few to show" if first["seen"] is None else f"{first['seen']:,}"
    return spec, f"In the first twentieth {first['expected']:.0f} were expected to come to it; it came to {seen}."


def worth(told: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Net benefit of the list, of history alone and of ringing everybody."""
    names = (("order", "this list"), ("history", "history alone"), ("everybody", "ring everybody"))
    least = -max(1.0, max(one["order"] for one in told["decisions"]))
    values = [{"for": one["conversations"], "net": max(one[key], least), "way": name} for one in told["decisions"]
              for key, name in names]  # fmt: skip
    x = _axis("for", "conversations that one child found is worth", "d")
    x["scale"] = {"type": "log", "nice": False}
    x["axis"]["values"] = [one["conversations"] for one in told["decisions"]]
    spec = _chart(
        values,
        {"type": "line", "strokeWidth": 3},
        x=x,
        y=_axis("net", "net benefit for 1,000 children", ".0f"),
        **_kinds("way", [name for _, name in names]),
    )
    ahead = [one for one in told["decisions"] if one["order"] > max(one["history"], one["everybody"], 0)]
    if not ahead:
        return spec, "At no number of conversations for one child found is this list better than the other ways."
    worth_of = [one["conversations"] for one in ahead]
    said = "This list does better than the other ways where one child found is worth"
    of = f"{min(worth_of)} to {max(worth_of)}" if len(worth_of) > 1 else f"about {worth_of[0]}"
    elsewhere = "" if len(ahead) == len(told["decisions"]) else " Elsewhere another way does as well or better."
    return spec, f"{said} {of} conversations.{elsewhere}"


def feeds(told: Mapping[str, Any], named: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """How far the chance of putting the right one first falls without each feed."""
    values = [{"feed": named.get(one["name"], one["name"].replace("_", " ")), "falls": one["auc_falls"]}
              for one in told["without_feed"]]  # fmt: skip
    order = [one["feed"] for one in values]
    y = {"field": "feed", "type": "nominal", "sort": order, "title": None, "axis": {"labelLimit": 320}}
    spec = _chart(values, {"type": "bar", "color": NAVY}, x=_axis("falls", "AUC falls by", ".3f"), y=y)
    spec["height"] = {"step": 26}
    if not values:
        return spec, "No feed gave points."
    return (
        spec,
        f"The list would lose most without {values[0]['feed']}: its AUC would fall by {values[0]['falls']:.3f}.",
    )


def _kinds(field: str, names: list[str]) -> dict[str, Any]:
    colours, dashes = [NAVY, RUST, GREY][: len(names)], [[1, 0], [8, 4], [2, 3]][: len(names)]
    return {
        "color": {"field": field, "type": "nominal", "scale": {"domain": names, "range": colours}},
        "strokeDash": {"field": field, "type": "nominal", "scale": {"domain": names, "range": dashes}},
    }


def _axis(field: str, title: str, how: str, domain: list[float] | None = None) -> dict[str, Any]:
    axis = {"field": field, "type": "quantitative", "title": title, "axis": {"format": how}}
    return axis | ({"scale": {"domain": domain}} if domain else {})


def _chart(values: list[dict[str, Any]], mark: dict[str, Any], **encoding: Any) -> dict[str, Any]:
    return _spec({"data": {"values": values}, "mark": mark, "encoding": encoding, "height": HEIGHT})


def _spec(parts: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": SCHEMA, "width": WIDTH, "config": CONFIG, "background": "white", **parts}
