"""Statements about a child and the rows behind them."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from kinfold.operations.shapes import facts
from kinfold.operations.shapes.common import day_in_words, joined_ids, who_it_is_about
from kinfold.operations.shapes.people import how_sure
from kinfold.store.engine import Engine

Tables = dict[str, ir.Table]
DIRECTION_AS_KIND = {"pressure": "pressure", "need": "need", "lost": "need", "strength": "strength", "acute": "acute"}


def statements(tables: Tables, catalogue: ir.Table) -> ir.Table:
    """
    One row per child and marker that is true or unknown: `record.Statement`.

    catalogue: one row per marker: marker, kind, domain, label, statement, unknown_statement, offers,
        offer_categories, caveat, rank.
    """
    state = tables["marker_state"]
    agencies = tables["feed_standing"].select("feed", "agency")
    rows = state.join(catalogue, "marker")
    rows = rows.left_join(agencies, rows.source_feed == agencies.feed)
    rests_on = joined_ids(tables["marker_evidence"], ["person_id", "marker"], "about_id", "about_ids")
    rows = rows.left_join(rests_on, ["person_id", "marker"], rname="rests_{name}")
    on = day_in_words(rows.on).fill_null("a day not given")
    times = rows.times.fill_null(1)
    filled = (
        rows.statement.replace(
            "{times} times",
            ibis.cases((times == 1, "once"), (times == 2, "twice"), else_=times.cast("string") + " times"),
        )
        .replace("{times}", times.cast("string"))
        .replace("{on}", on)
    )
    return rows.select(
        "person_id", "marker", "kind", "domain", "label", "on", "times", "points", "offers", "offer_categories",
        "caveat", "state", "why_unknown", "agency", "rank", "about_ids",
        text=ibis.ifelse(rows.state == "true", filled, rows.unknown_statement),
        source=rows.source_feed,
    )  # fmt: skip


def evidence(engine: Engine, tables: Tables, feeds: ir.Table, deliveries: ir.Table) -> ir.Table:
    """
    One row per row of a delivery that supports a statement: `record.Evidence`.

    feeds: feed, label, agency. deliveries: delivery_id, delivered_on.
    """
    rows = who_it_is_about(tables["marker_evidence"], tables["family"])
    told = (
        facts.said(engine, tables, tables["marker_evidence"])
        .group_by(["table_name", *facts.ROW, "person_id"])
        .agg(fact=lambda t: t.fact.min(), person_key=lambda t: t.person_key.min())
    )
    told = told.rename(said_of="person_id")
    place = [rows[column] == told[column] for column in ("table_name", *facts.ROW)]
    rows = rows.left_join(told, [*place, rows.about_id == told.said_of], rname="told_{name}")
    link = tables["link"]
    link = link.select(
        linked_key=link.person_key,
        rule=link.rule,
        reasons=link.reasons,
        sure=how_sure(link),
        record_ref=link.record_ref,
    )
    rows = rows.left_join(link, rows.person_key == link.linked_key)
    feeds = feeds.select("feed", "agency", feed_label="label")
    rows = rows.left_join(feeds, rows.source == feeds.feed)
    deliveries = deliveries.rename(of_delivery="delivery_id")
    rows = rows.left_join(deliveries, rows.delivery_id == deliveries.of_delivery)
    return rows.select(
        "person_id", "marker", "about_id", "about_words", "table_name", "source", "agency", "feed_label", "delivery_id",
        "delivered_on", "part", "row_number", "known_from", "on", "fact",
        match_words=rows.sure, match_reasons=rows.reasons, record_ref=rows.record_ref,
    )  # fmt: skip
