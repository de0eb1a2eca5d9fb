"""
The published snapshot, as people read it: unmanaged tables, loaded whole by a run and never changed afterwards.

Each row carries `run_id` and `id`, its number within the table of that run. Texts are "" and numbers and dates null
when not known; a text never holds a code a reader would have to know, unless the column says so.
"""

from __future__ import annotations

from django.db import models


def words() -> models.TextField:
    # Of any length: a title too long for its column must not stop a county's night.
    return models.TextField(default="", blank=True)


def day() -> models.DateField:
    return models.DateField(null=True)


def whole() -> models.IntegerField:
    return models.IntegerField(null=True)


def number() -> models.FloatField:
    return models.FloatField(null=True)


def yes_no() -> models.BooleanField:
    return models.BooleanField(default=False)


class Published(models.Model):
    """A row of one run's snapshot. `looked_up_by` names the indexes made after the load."""

    id = models.BigIntegerField(primary_key=True)
    run_id = models.CharField(max_length=64)

    looked_up_by: tuple[tuple[str, ...], ...] = (("person_id",),)

    class Meta:
        abstract = True
        managed = False


class Child(Published):
    """
    One row per child or unborn child.

    coverage_share: share of the questions we ask that our feeds can answer about this child, 0 to 1.
    pressures, unmet_needs, figure: points; never on a practitioner's or a partner's page.
    about_ids: the other people whose records the run's sentences and the phone may come from, parted by spaces.
    contact_note: what to mind before ringing, such as that the phone is shared.
    certainty: how sure the records are one child's, in words.
    """

    person_id = words()
    role = words()
    forename = words()
    surname = words()
    known_as = words()
    former_names = words()
    birth_on = day()
    birth_quality = words()
    expected_on = day()
    sex = words()
    is_restricted = yes_no()
    is_address_withheld = yes_no()
    address_lines = words()
    postcode = words()
    lsoa = words()
    phone = words()
    contact_note = words()
    household_id = words()
    band = words()
    pathway = words()
    pathway_sentence = words()
    due_sentence = words()
    why = words()
    changed = words()
    is_acute = yes_no()
    is_rising = yes_no()
    needs_front_door = yes_no()
    coverage_share = number()
    certainty = words()
    source_count = whole()
    pressures = number()
    unmet_needs = number()
    figure = number()
    last_seen_on = day()
    last_seen_alone_on = day()
    about_ids = words()

    looked_up_by = (("person_id",), ("household_id",))

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_child"


class Statement(Published):
    """
    One row per child and marker that is true or unknown.

    kind: pressure, need, lost, strength or acute. text: the whole sentence; offers: what may help, in words, parted by
    "; ", and offer_categories: in the same order, what each is looked for under in the services directory.
    state: true or unknown. why_unknown: not_connected, silent or not_covered. points: null when unknown.
    about_ids: everybody whose facts it rests on, the child too, parted by spaces. source: the feed that told the latest
    of it, or that would tell when it is unknown.
    """

    person_id = words()
    marker = words()
    kind = words()
    domain = words()
    label = words()
    text = words()
    on = day()
    times = whole()
    points = number()
    offers = words()
    offer_categories = words()
    caveat = words()
    state = words()
    why_unknown = words()
    agency = words()
    rank = whole()
    about_ids = words()
    source = words()

    veiled: str = ""  # said in the place of what it says, when part of it is not for the reader: see `veil`
    has_lost_its_words: bool = False  # for this reader, whether or not anything is said in their place

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_statement"


class Evidence(Published):
    """
    One row per row of a delivery that supports a statement.

    about_id, about_words: whose fact it is, such as "this child" or "their mother". fact: what the row said, in words.
    match_words: how sure we are that the row is about that person; match_reasons: why, separated by "; ".
    record_ref: the source record that the row is of, as in `MatchedRecord.person_key_hash`.
    """

    person_id = words()
    marker = words()
    about_id = words()
    about_words = words()
    table_name = words()
    source = words()
    agency = words()
    feed_label = words()
    delivery_id = words()
    delivered_on = day()
    part = words()
    row_number = models.BigIntegerField(null=True)
    known_from = day()
    on = day()
    fact = words()
    match_words = words()
    match_reasons = words()
    record_ref = words()

    looked_up_by = (("person_id", "marker"),)

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_evidence"


class Involvement(Published):
    """
    One row per period in which a service works with the child or with an adult who bears on the child: about_id.

    record_ref: the source record that the row is of, as in `MatchedRecord.person_key_hash`.
    """

    person_id = words()
    about_id = words()
    about_words = words()
    agency = words()
    service_name = words()
    stage = words()
    since = day()
    until = day()
    worker_ref = words()
    worker_name = words()
    worker_phone = words()
    worker_email = words()
    team = words()
    as_of = day()
    source = words()
    delivery_id = words()
    part = words()
    row_number = models.BigIntegerField(null=True)
    record_ref = words()

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_involvement"


class TimelineEntry(Published):
    """
    One row per thing that happened to the child, or bears on the child, on a date. kind and agency are codes.

    about_id: whom it happened to. What happened to two people alike is two rows.
    record_ref: the source record that the row is of, as in `MatchedRecord.person_key_hash`.
    """

    person_id = words()
    about_id = words()
    on = day()
    ended_on = day()
    kind = words()
    title = words()
    detail = words()
    agency = words()
    source = words()
    feed_label = words()
    delivery_id = words()
    part = words()
    row_number = models.BigIntegerField(null=True)
    known_from = day()
    is_significant = yes_no()
    record_ref = words()

    looked_up_by = (("person_id", "on"),)

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_timeline_entry"


class Tie(Published):
    """One row per stated tie. kind: what the other person is to this child. is_child: the other has a record here."""

    person_id = words()
    other_id = words()
    other_name = words()
    other_birth_on = day()
    kind = words()
    is_child = yes_no()
    source_label = words()

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_tie"


class Housemate(Published):
    """One row per other person living at the child's home now. Never a placement, a refuge or a hostel."""

    person_id = words()
    other_id = words()
    other_name = words()
    other_birth_on = day()
    is_child = yes_no()
    from_on = day()

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_housemate"


class WorklistRow(Published):
    """
    One row per child on somebody's list.

    list_group: act_today, this_week or waiting. owner_kind: worker, team, service or queue; owner_ref says which,
    owner_name in words.
    interval_days: longest time allowed between visits; interval_used: how much of it has gone, in words.
    pathway_sentence: why the child is on this list and what could change it, in words that its owner may read.
    contact_note: what to mind before ringing. status: where the work stands, in words. about_ids: as of the child.
    """

    row_key = words()
    person_id = words()
    household_id = words()
    pathway = words()
    list_group = words()
    owner_kind = words()
    owner_ref = words()
    owner_name = words()
    team = words()
    due_on = day()
    interval_days = whole()
    interval_used = words()
    plan_interval_days = whole()
    last_seen_on = day()
    last_seen_alone_on = day()
    phone = words()
    why = words()
    due_sentence = words()
    pathway_sentence = words()
    changed = words()
    is_acute = yes_no()
    rank = whole()
    name = words()
    birth_on = day()
    expected_on = day()
    band = words()
    status = words()
    contact_note = words()
    is_restricted = yes_no()
    about_ids = words()

    looked_up_by = (("owner_kind", "owner_ref", "list_group", "rank"), ("team",), ("row_key",), ("person_id",))

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_worklist_row"


class Reach(Published):
    """
    One row per standing (social_care, other_service, front_door, no_service): what a week's capacity reaches of it.

    capacity: households that can be reached in a week. reached, next_households, waiting: households that fit into
    it, that come next, and that have as many points and do not fit. What was measured on a past day is null when no
    backtest told: tested_on (the day), tested_capacity, expected_share (of the children who later came to need help,
    0 to 1) with low and high, of_events (how many they were).
    """

    standing = words()
    capacity = whole()
    reached = whole()
    next_households = whole()
    waiting = whole()
    tested_on = day()
    tested_capacity = whole()
    expected_share = number()
    low = number()
    high = number()
    of_events = whole()

    looked_up_by = (("standing",),)

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_reach"


class SearchKey(Published):
    """One row per way to find a child: kind token, sound, born (ISO date) or identifier (keyed hash)."""

    person_id = words()
    key = words()
    kind = words()

    looked_up_by = (("kind", "key", "person_id"),)

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_search_key"


class Feed(Published):
    """One row per feed of the area. state: live, late, silent or not_connected. speaks_for: in words."""

    feed = words()
    label = words()
    agency = words()
    state = words()
    last_delivered_on = day()
    due_on = day()
    supplier = words()
    phone = words()
    speaks_for = words()

    looked_up_by = (("feed",),)

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_feed"


class FeedAlarm(Published):
    """
    One row per feed that fell silent and would tell that a child was seen. It says nothing of any child.

    unanswered: questions that nobody can answer until it comes; in_part: those that other feeds go on answering for the
    children they know; both parted by "; ".
    """

    feed = words()
    label = words()
    silent_since = day()
    sentence = words()
    unanswered = words()
    in_part = words()

    looked_up_by = (("feed",),)

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_feed_alarm"


class MatchedRecord(Published):
    """One row per record of a source joined into the child. person_key_hash: keyed hash of the source's own key."""

    person_id = words()
    source = words()
    feed_label = words()
    person_key_hash = words()
    rule = words()
    certainty = words()
    reasons = words()

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_matched_record"


PUBLISHED: tuple[type[Published], ...] = (
    Child,
    Statement,
    Evidence,
    Involvement,
    TimelineEntry,
    Tie,
    Housemate,
    WorklistRow,
    Reach,
    SearchKey,
    Feed,
    FeedAlarm,
    MatchedRecord,
)
