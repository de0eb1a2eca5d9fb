"""
The published snapshot, as people read it, and the one pointer that says which snapshot that is.

`Publication` is ours to keep. Every other table here is published: unmanaged, loaded whole by a run and never
changed afterwards. Each of their rows carries `run_id` and `id`, its number within the table of that run, 1 first.
Texts are "" and numbers and dates null when not known; a text never holds a code a reader would have to know,
unless the column says so.
"""

from __future__ import annotations

from django.db import models


class Publication(models.Model):
    """One row per snapshot loaded; `is_live` marks the one that people read. `tables` holds rows by table."""

    run_id = models.CharField(max_length=64, unique=True)
    as_at = models.DateField()
    published_at = models.DateTimeField()
    is_live = models.BooleanField(default=False)
    tables = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_live"], condition=models.Q(is_live=True), name="one_live_snapshot")
        ]

    def __str__(self) -> str:
        return f"run {self.run_id} as at {self.as_at}"


def words(length: int = 200) -> models.CharField:
    return models.CharField(max_length=length, default="", blank=True)


def passage() -> models.TextField:
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
    certainty: how sure the records are one child's, in words.
    """

    person_id = words(40)
    role = words(10)
    forename = words()
    surname = words()
    known_as = words()
    former_names = words(400)
    birth_on = day()
    birth_quality = words(20)
    expected_on = day()
    sex = words(1)
    is_restricted = yes_no()
    is_address_withheld = yes_no()
    address_lines = words(400)
    postcode = words(10)
    lsoa = words(20)
    phone = words(80)
    household_id = words(40)
    band = words(20)
    pathway = words(20)
    pathway_sentence = passage()
    due_sentence = passage()
    why = passage()
    changed = passage()
    is_acute = yes_no()
    is_rising = yes_no()
    needs_front_door = yes_no()
    coverage_share = number()
    certainty = words(40)
    source_count = whole()
    pressures = number()
    unmet_needs = number()
    figure = number()
    last_seen_on = day()
    last_seen_alone_on = day()

    looked_up_by = (("person_id",), ("household_id",))

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_child"


class Statement(Published):
    """
    One row per child and marker that is true or unknown.

    kind: pressure, need, lost, strength or acute. text: the whole sentence; offers: what may help, in words.
    state: true or unknown. why_unknown: not_connected, silent or not_covered. points: null when unknown.
    """

    person_id = words(40)
    marker = words(80)
    kind = words(10)
    domain = words(40)
    label = words()
    text = passage()
    on = day()
    times = whole()
    points = number()
    offers = passage()
    caveat = passage()
    state = words(10)
    why_unknown = words(20)
    agency = words(40)
    rank = whole()

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_statement"


class Evidence(Published):
    """
    One row per row of a delivery that supports a statement.

    about_words: whose fact it is, such as "this child" or "their mother". fact: what the row said, in words.
    match_words: how sure we are that the row is about that person; match_reasons: why, separated by "; ".
    """

    person_id = words(40)
    marker = words(80)
    about_words = words(80)
    table_name = words(20)
    source = words(60)
    agency = words(40)
    feed_label = words()
    delivery_id = words(80)
    delivered_on = day()
    part = words(80)
    row_number = models.BigIntegerField(null=True)
    known_from = day()
    on = day()
    fact = passage()
    match_words = words()
    match_reasons = passage()

    looked_up_by = (("person_id", "marker"),)

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_evidence"


class Involvement(Published):
    """One row per period in which a service works with the child or with an adult who bears on the child."""

    person_id = words(40)
    about_words = words(80)
    agency = words(40)
    service_name = words()
    stage = words(40)
    since = day()
    until = day()
    worker_ref = words(60)
    worker_name = words()
    worker_phone = words(40)
    worker_email = words()
    team = words()
    as_of = day()
    source = words(60)
    delivery_id = words(80)
    part = words(80)
    row_number = models.BigIntegerField(null=True)

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_involvement"


class TimelineEntry(Published):
    """One row per thing that happened to the child, or bears on the child, on a date. kind and agency are codes."""

    person_id = words(40)
    on = day()
    ended_on = day()
    kind = words(40)
    title = words(300)
    detail = passage()
    agency = words(40)
    source = words(60)
    feed_label = words()
    delivery_id = words(80)
    part = words(80)
    row_number = models.BigIntegerField(null=True)
    known_from = day()
    is_significant = yes_no()

    looked_up_by = (("person_id", "on"),)

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_timeline_entry"


class Tie(Published):
    """One row per stated tie. kind: what the other person is to this child. is_child: the other has a record here."""

    person_id = words(40)
    other_id = words(40)
    other_name = words()
    other_birth_on = day()
    kind = words(40)
    is_child = yes_no()
    source_label = words()

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_tie"


class Housemate(Published):
    """One row per other person living at the child's home now. Never a placement, a refuge or a hostel."""

    person_id = words(40)
    other_id = words(40)
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
    interval_days: longest time allowed between visits; interval_used: which rule set it, in words.
    contact_note: what to mind before ringing. status: where the work stands, in words.
    """

    row_key = words(80)
    person_id = words(40)
    household_id = words(40)
    pathway = words(20)
    list_group = words(20)
    owner_kind = words(20)
    owner_ref = words(80)
    owner_name = words()
    team = words()
    due_on = day()
    interval_days = whole()
    interval_used = words()
    plan_interval_days = whole()
    last_seen_on = day()
    last_seen_alone_on = day()
    phone = words(80)
    why = passage()
    due_sentence = passage()
    changed = passage()
    is_acute = yes_no()
    rank = whole()
    name = words(400)
    birth_on = day()
    expected_on = day()
    band = words(20)
    status = words()
    contact_note = passage()
    is_restricted = yes_no()

    looked_up_by = (("owner_kind", "owner_ref", "list_group", "rank"), ("team",), ("row_key",), ("person_id",))

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_worklist_row"


class SearchKey(Published):
    """One row per way to find a child: kind token, sound, born (ISO date) or identifier (keyed hash)."""

    person_id = words(40)
    key = words(80)
    kind = words(12)

    looked_up_by = (("kind", "key", "person_id"),)

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_search_key"


class Feed(Published):
    """One row per feed of the area. state: live, late, silent or not_connected. speaks_for: in words."""

    feed = words(60)
    label = words()
    agency = words(40)
    state = words(20)
    last_delivered_on = day()
    due_on = day()
    supplier = words()
    phone = words(40)
    speaks_for = passage()

    looked_up_by = (("feed",),)

    class Meta(Published.Meta):
        abstract = False
        db_table = "snapshot_feed"


class MatchedRecord(Published):
    """One row per record of a source joined into the child. person_key_hash: keyed hash of the source's own key."""

    person_id = words(40)
    source = words(60)
    feed_label = words()
    person_key_hash = words(64)
    rule = words()
    certainty = words(40)
    reasons = passage()

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
    SearchKey,
    Feed,
    MatchedRecord,
)
