"""
The sum behind a child's place: points of markers, the adjustments to them, and the figures they make.

Points are kept to the quarter. Quarters are exact in binary, so the lines of a kind and its adjustments sum to the
figure exactly, on every engine and in every language that reads them.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

PRESSURES, NEEDS, STRENGTHS = ("pressure",), ("need", "lost"), ("strength",)
COUNTED = (*PRESSURES, *NEEDS)
LINE = ("person_id", "kind", "marker", "domain", "points")


def quarters(points: ir.NumericValue) -> ir.FloatingValue:
    """To the nearest quarter, halves upwards. Engines round halves differently, so none is asked to round."""
    return (points.cast("float64") * 4 + 0.5).floor().cast("float64") / 4


def lines_of_the_sum(marker_state: ir.Table, catalogue: ir.Table, *, caps: dict[str, float]) -> ir.Table:
    """
    Every line of a child's sum.

    marker_state: one row per child and marker that is true or unknown; unknown adds no line.
    catalogue: one row per marker: `marker`, `domain`, `direction`, `points`, `multiplier`.
    caps: most points of a domain, for pressures and for unmet needs (need and lost together) alike.
    A true modifier (a child under one year) multiplies pressures, before the caps and never past them.
    Returns one row per child and line. Adjustments are named `pressure_modifier`, `pressure_cap` or `need_cap` after
    the figure they change. Strengths have lines and change no figure.
    """
    true = marker_state.filter(marker_state.state == "true")
    known = true.join(catalogue.select("marker", "domain", "direction", "multiplier"), "marker")
    lines = known.filter(known.direction.isin((*COUNTED, *STRENGTHS))).select(
        "person_id", "marker", "domain", kind=known.direction, points=quarters(known.points.fill_null(0))
    )
    modified = known.filter(known.direction == "modifier").group_by("person_id").agg(times=ibis._.multiplier.max())
    return ibis.union(lines.select(*LINE), _adjustments(lines, modified, caps=caps))


def _adjustments(lines: ir.Table, modified: ir.Table, *, caps: dict[str, float]) -> ir.Table:
    sums = lines.group_by("person_id", "domain").agg(
        pressures=lines.points.sum(where=lines.kind.isin(PRESSURES)).fill_null(0.0),
        needs=lines.points.sum(where=lines.kind.isin(NEEDS)).fill_null(0.0),
    )
    marked = sums.left_join(modified, "person_id").drop("person_id_right")
    more = quarters(marked.pressures * (marked.times.fill_null(1.0) - 1))
    marked = marked.mutate(more=more, cap=_cap(marked.domain, caps))
    parts = {
        "pressure_modifier": marked.more,
        "pressure_cap": -_above(marked.pressures + marked.more, marked.cap),
        "need_cap": -_above(marked.needs, marked.cap),
    }
    each = [
        marked.select("person_id", "domain", kind=ibis.literal("adjustment"), marker=ibis.literal(name), points=points)
        for name, points in parts.items()
    ]
    adjusted = ibis.union(*each)
    return adjusted.filter(adjusted.points != 0).select(*LINE)


def _cap(domain: ir.StringValue, caps: dict[str, float]) -> ir.FloatingValue:
    if not caps:
        return ibis.null("float64")
    return domain.cases(*((name, float(most)) for name, most in caps.items()), else_=ibis.null("float64"))


def _above(points: ir.FloatingValue, cap: ir.FloatingValue) -> ir.FloatingValue:
    return (cap.notnull() & (points > cap)).ifelse(points - cap, 0.0)


def figures(children: ir.Table, lines: ir.Table, *, needs_share: float, never_alone: tuple[str, ...] = ()) -> ir.Table:
    """
    Each child's figures: pressures, unmet needs, and pressures with the given share of needs.

    children: one row per child; a child without lines has zeros.
    Returns person_id, pressures, unmet_needs, figure, domains (those with points), lifting_domains (those of them
    that may lift a child on their own).
    """
    adjusts = lines.kind == "adjustment"
    of_pressures = lines.kind.isin(PRESSURES) | (adjusts & lines.marker.startswith("pressure_"))
    of_needs = lines.kind.isin(NEEDS) | (adjusts & lines.marker.startswith("need_"))
    counted = lines.kind.isin(COUNTED) & (lines.points > 0)
    sums = lines.group_by("person_id").agg(
        pressures=lines.points.sum(where=of_pressures),
        unmet_needs=lines.points.sum(where=of_needs),
        domains=lines.domain.nunique(where=counted),
        lifting_domains=lines.domain.nunique(where=counted & lines.domain.notin(never_alone or ("",))),
    )
    every = children.select("person_id").left_join(sums, "person_id").drop("person_id_right")
    every = every.mutate(
        pressures=every.pressures.fill_null(0.0),
        unmet_needs=every.unmet_needs.fill_null(0.0),
        domains=every.domains.fill_null(0),
        lifting_domains=every.lifting_domains.fill_null(0),
    )
    return every.mutate(figure=every.pressures + every.unmet_needs * needs_share)


def as_if_true(marker_state: ir.Table, catalogue: ir.Table) -> ir.Table:
    """
    The same markers with every unknown one true, with the most points it can have.

    Summed, they give the most that a child's figures could be. Markers outside the child's age are not in it, nor are
    those for which no feed is connected: they would raise every child's alike, and say nothing about any of them.
    """
    asked = marker_state.join(catalogue.select("marker", "most_points"), "marker")
    unknown = asked.state == "unknown"
    return asked.mutate(points=unknown.ifelse(asked.most_points, asked.points), state=ibis.literal("true")).drop(
        "most_points"
    )


def as_if_eased(marker_state: ir.Table, catalogue: ir.Table) -> ir.Table:
    """
    The same markers, each true one with the least points it can have, and nothing unknown.

    Summed, they give the least that a child's figures could be. An unknown marker adds nothing, and one that would
    halve another, or hasten its fading, makes that other less when it is true.
    """
    unknown = marker_state.filter(marker_state.state == "unknown").select("person_id", eased_by="marker")
    true = marker_state.filter(marker_state.state == "true")
    known = true.join(catalogue.select("marker", "most_points", "halved_by", "hastened_by"), "marker")
    halved = _is_eased(known, unknown, "halved_by")
    points = ibis.ifelse(halved, known.points / 2, known.points)
    # A share left after fading, squared, is what is left at twice the speed; over several facts it is at least this.
    hastened = _is_eased(known, unknown, "hastened_by") & (known.most_points > 0)
    squared = points * points / known.most_points.nullif(0)
    return known.mutate(points=ibis.ifelse(hastened, ibis.least(squared, points), points)).select(*marker_state.columns)


def _is_eased(known: ir.Table, unknown: ir.Table, by: str) -> ir.BooleanValue:
    pairs = unknown.mutate(both=unknown.person_id + " " + unknown.eased_by)
    return (known.person_id + " " + known[by]).isin(pairs.both).fill_null(False)


def household_figures(children: ir.Table, *, share: float, most: float) -> ir.Table:
    """
    A household's figure: its highest child, and the given share of the others, up to `most` points more.

    children: one row per child: `person_id`, `unit_id` (the household, or the child where none is known), `figure`.
    Returns the children with `household_figure`. It orders households; no child's own figure changes.
    """
    of_unit = ibis.window(group_by="unit_id")
    highest, total = children.figure.max().over(of_unit), children.figure.sum().over(of_unit)
    others = (total - highest) * share
    return children.mutate(household_figure=highest + (others > most).ifelse(float(most), others))
