"""The five tables that a profile gives, and the columns of each (ADR 0001)."""

from __future__ import annotations

import pyarrow as pa

from kinfold.store.schema import DATE, NUMBER, TEXT, WHOLE, YES_NO

MARKER_STATE = pa.schema(
    [
        pa.field("person_id", TEXT),
        pa.field("marker", TEXT),
        pa.field("state", TEXT),  # true or unknown; inside the age range, no row means false
        pa.field("points", NUMBER),  # after fading and before caps; null when unknown
        pa.field("on", DATE),  # latest fact; null when unknown or when nothing is dated
        pa.field("times", WHOLE),  # distinct facts; null when unknown
        pa.field("why_unknown", TEXT),  # silent, not_covered; null when true
        pa.field("source_feed", TEXT),  # the feed that told the latest fact, or that cannot say
    ]
)
MARKER_EVIDENCE = pa.schema(
    [
        pa.field("person_id", TEXT),
        pa.field("marker", TEXT),
        pa.field("about_id", TEXT),  # whose fact it is
        pa.field("table_name", TEXT),
        pa.field("source", TEXT),
        pa.field("source_id", TEXT),
        pa.field("delivery_id", TEXT),
        pa.field("part", TEXT),
        pa.field("row_number", WHOLE),
        pa.field("known_from", DATE),
        pa.field("on", DATE),
        pa.field("fades_from", DATE),  # the day its points fade from; null when they never fade
        pa.field("points", NUMBER),  # those of a marker's rows sum to its points
    ]
)
MARKER_CONNECTION = pa.schema(
    [
        pa.field("marker", TEXT),
        pa.field("is_connected", YES_NO),  # whether a feed that has ever come could speak of it; if not, of no child
        pa.field("awaits", TEXT),  # feeds to come that would, in words; null when it is connected or none is named
        pa.field("age_from", WHOLE),  # whole years, both ends included; null when it is of the unborn
        pa.field("age_to", WHOLE),
        pa.field("is_of_unborn", YES_NO),
    ]
)
CHILD_COVERAGE = pa.schema(
    [
        pa.field("person_id", TEXT),
        pa.field("coverage_share", NUMBER),  # markers_known of markers_asked, 0 to 1; null when none was asked
        pa.field("markers_asked", WHOLE),  # those whose ages include the child's and for which a feed is connected
        pa.field("markers_known", WHOLE),
    ]
)
FEED_STANDING = pa.schema(
    [
        pa.field("feed", TEXT),
        pa.field("label", TEXT),
        pa.field("agency", TEXT),
        pa.field("state", TEXT),  # live, shrunken, late, silent, not_connected
        pa.field("last_delivered_on", DATE),
        pa.field("due_on", DATE),
        pa.field("speaks_for", TEXT),  # in words; null when it has never said
    ]
)
TABLES = {
    "marker_state": MARKER_STATE,
    "marker_evidence": MARKER_EVIDENCE,
    "marker_connection": MARKER_CONNECTION,
    "child_coverage": CHILD_COVERAGE,
    "feed_standing": FEED_STANDING,
}
