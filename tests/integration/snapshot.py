"""
A small council published through the real loader: seven children, one for each way a child is on somebody's list.

Ava and her brother Ben are allocated to W1 in the Harbour team. Cora is the Harbour team's with nobody allocated.
Dev is open to the youth justice service. Ella waits at the front door. Finn is on the outreach list. Gus is
restricted. Everything about them is made up.
"""
# ruff: noqa: E501  a table of facts reads best in long lines

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections

from kinfold.governance.actions import StandingRow, renew_standings
from kinfold.record import actions, loading, searching, snapshot
from kinfold.record import published as record
from kinfold.record.models import Publication
from kinfold.vocabulary import names

AS_AT = datetime.date(2026, 3, 3)
MADE_AT = datetime.datetime(2026, 3, 3, 6, 10, tzinfo=datetime.UTC)
STANDING_FROM = datetime.datetime(2026, 3, 3, 6, 0, tzinfo=datetime.UTC)

Rows = Sequence[Mapping[str, Any]]
run_numbers = itertools.count(1)


def day(year: int, month: int, on: int) -> datetime.date:
    return datetime.date(year, month, on)


CHILDREN: tuple[dict[str, Any], ...] = (
    {
        "person_id": "AVA", "forename": "Ava", "surname": "Szymańska-Reed", "known_as": "Avie",
        "former_names": "Ava Reed", "birth_on": day(2015, 3, 12), "household_id": "H1", "postcode": "SM1 4AB",
        "address_lines": "14 Staithe Row, Saltmarsh", "phone": "01632 960011", "band": "decide_today",
        "pathway": "social_care", "pathway_sentence": "Open to Harbour team since 4 November 2025 (child protection plan).",
        "due_sentence": "Visit due 5 March 2026: every 10 working days on a child protection plan.",
        "why": "Domestic abuse incident at home on 1 March 2026; not seen alone since 9 January 2026.",
        "changed": "A police notification came on 2 March 2026.", "is_acute": True, "coverage_share": 0.82,
        "pressures": 46.0, "unmet_needs": 18.0, "figure": 64.0, "last_seen_on": day(2026, 2, 19),
        "last_seen_alone_on": day(2026, 1, 9), "source_count": 4,
    },
    {
        "person_id": "BEN", "forename": "Ben", "surname": "Szymański-Reed", "birth_on": day(2019, 8, 2),
        "household_id": "H1", "postcode": "SM1 4AB", "pathway": "social_care", "band": "priority",
        "pathway_sentence": "Open to Harbour team since 4 November 2025 (child protection plan).",
        "why": "His sister has a decision to make today.", "coverage_share": 0.5, "last_seen_on": day(2026, 2, 19),
    },
    {
        "person_id": "CORA", "forename": "Cora", "surname": "O'Brien", "birth_on": day(2012, 11, 30),
        "household_id": "H2", "postcode": "SM2 9ZZ", "pathway": "social_care", "band": "soon", "coverage_share": 0.7,
        "pathway_sentence": "Open to Harbour team since 1 March 2026; nobody is allocated.", "why": "Referred on 1 March 2026.",
    },
    {
        "person_id": "DEV", "forename": "Dev", "surname": "Patel", "birth_on": day(2010, 5, 17), "household_id": "H3",
        "postcode": "SM4 1AA", "pathway": "other_service", "band": "soon", "coverage_share": 0.6, "phone": "07700 900142",
        "pathway_sentence": "Open to Saltmarsh Youth Justice since 3 March 2025.",
        "why": "Suspended twice this term; police stop on 20 February 2026.",
    },
    {
        "person_id": "ELLA", "forename": "Ella", "surname": "Nowak", "birth_on": day(2024, 12, 1), "household_id": "H4",
        "postcode": "SM4 1AB", "pathway": "front_door", "band": "priority", "coverage_share": 0.4,
        "pathway_sentence": "No service found in the feeds we hold.", "why": "Domestic abuse incident at home on 27 February 2026.",
    },
    {
        "person_id": "FINN", "forename": "Finn", "surname": "Marlowe", "birth_on": day(2021, 6, 6), "household_id": "H5",
        "postcode": "SM3 7XY", "pathway": "outreach", "band": "watch", "coverage_share": 0.55, "phone": "07700 900155",
        "contact_note": "No voicemail: the phone is shared.",
        "pathway_sentence": "No service found in the feeds we hold.", "why": "Rent arrears of 9 weeks; emergency attendance in January.",
    },
    {
        "person_id": "GUS", "forename": "Gus", "surname": "Reed", "birth_on": day(2014, 1, 20), "household_id": "H6",
        "postcode": "SM9 9ZZ", "pathway": "social_care", "band": "soon", "is_restricted": True, "is_address_withheld": True,
        "pathway_sentence": "Open to Harbour team.", "why": "Review due.",
    },
)  # fmt: skip


def _statement(
    person_id: str, marker: str, kind: str, agency: str, label: str, text: str, **more: Any
) -> dict[str, Any]:
    return {
        "person_id": person_id, "marker": marker, "kind": kind, "agency": agency, "label": label, "text": text,
        "state": "true", **more,
    }  # fmt: skip


STATEMENTS: tuple[dict[str, Any], ...] = (
    _statement("AVA", "decide_today_abuse", "acute", "police", "Domestic abuse while on a plan",
               "a domestic abuse incident at home on 1 March 2026, while on a child protection plan.", rank=0),
    _statement("AVA", "domestic_abuse", "pressure", "police", "Domestic abuse at home",
               "Present at two incidents at home in the last six months, the latest on 1 March 2026.", domain="safety",
               on=day(2026, 3, 1), times=2, points=24.0, caveat="The police grade an incident on the night; it can change.", rank=1),
    _statement("AVA", "not_seen_alone", "lost", "social_care", "Not seen alone for 7 weeks",
               "Last seen alone on 9 January 2026.", on=day(2026, 1, 9), points=8.0, rank=2),
    _statement("AVA", "arrears", "pressure", "council_tax", "Council tax arrears", "Nine weeks behind, on 1 February 2026.",
               on=day(2026, 2, 1), points=6.0, rank=3),
    _statement("AVA", "send_unmet", "need", "education", "Special educational needs not met",
               "Provision in her plan has not started.", on=day(2026, 1, 5), points=10.0, offers="SEND advice service", rank=4),
    _statement("AVA", "attendance", "strength", "education", "At school nearly every day",
               "Missed 3 of 120 sessions in the autumn term.", on=day(2025, 12, 19), rank=5),
    _statement("AVA", "trusted_adult", "strength", "education", "Has an adult at school she trusts", "", on=day(2026, 1, 12), rank=6),
    _statement("AVA", "mental_health_wait", "need", "mental_health", "Waiting for mental health care", "", state="unknown",
               why_unknown="not_connected", rank=7),
    _statement("AVA", "vaccinations", "need", "health", "Vaccinations", "", state="unknown", why_unknown="not_covered", rank=8),
    _statement("DEV", "suspended", "need", "education", "Suspended twice this term", "Two suspensions since January.",
               on=day(2026, 2, 10), points=8.0, offers="School inclusion worker", rank=1),
    _statement("DEV", "police_stop", "pressure", "police", "Stopped by police", "Stopped on 20 February 2026.", points=9.0, rank=2),
    _statement("FINN", "arrears", "need", "housing", "Rent arrears", "Nine weeks behind.", on=day(2026, 2, 1), points=8.0,
               offers="Money and debt advice", rank=1),
    _statement("FINN", "emergency", "need", "health", "Emergency attendance", "One in January.", points=4.0, rank=2),
    _statement("FINN", "kin_support", "strength", "early_help", "Grandparents close by", "", rank=3),
    _statement("ELLA", "moved_often", "need", "housing", "Moved home often", "", state="unknown", why_unknown="silent",
               source="housing", rank=2),
    _statement("ELLA", "vaccinations", "need", "social_care", "Vaccinations", "", state="unknown",
               why_unknown="not_covered", source="social_care", rank=3),
    _statement("ELLA", "domestic_abuse", "pressure", "police", "Domestic abuse at home", "", on=day(2026, 2, 27), points=20.0, rank=1),
)  # fmt: skip

EVIDENCE: tuple[dict[str, Any], ...] = (
    {
        "person_id": "AVA", "marker": "domestic_abuse", "about_words": "this child", "table_name": "event",
        "source": "police_domestic_abuse", "agency": "police", "feed_label": "Police: domestic abuse notifications",
        "delivery_id": "police_domestic_abuse-0a1b2c3d4e5f", "delivered_on": day(2026, 3, 2), "part": "notices",
        "row_number": 1418, "known_from": day(2026, 3, 2), "on": day(2026, 3, 1), "fact": "Domestic abuse incident, graded high",
        "match_words": "very likely", "match_reasons": "same date of birth; surname agrees with a former name; same postcode",
    },
    {
        "person_id": "AVA", "marker": "arrears", "about_words": "their mother", "table_name": "measure",
        "source": "council_tax", "agency": "council_tax", "feed_label": "Council tax",
        "delivery_id": "council_tax-ffee00112233", "delivered_on": day(2026, 2, 2), "part": "accounts", "row_number": 77,
        "known_from": day(2026, 2, 2), "on": day(2026, 2, 1), "fact": "Nine weeks behind", "match_words": "certain",
        "match_reasons": "same national insurance number",
    },
)  # fmt: skip

INVOLVEMENTS: tuple[dict[str, Any], ...] = (
    {
        "person_id": "AVA", "about_words": "this child", "agency": "social_care", "service_name": "Harbour team",
        "stage": "allocation", "since": day(2025, 11, 4), "worker_ref": "W1", "worker_name": "Sam Okafor",
        "worker_phone": "01632 960201", "worker_email": "sam.okafor@saltmarsh.example", "team": "Harbour team",
        "as_of": day(2026, 3, 2), "source": "social_care",
    },
    {
        "person_id": "AVA", "about_words": "this child", "agency": "social_care", "service_name": "Harbour team",
        "stage": "child_protection", "since": day(2025, 11, 20), "worker_ref": "W1", "worker_name": "Sam Okafor",
        "as_of": day(2026, 3, 2), "source": "social_care",
    },
    {
        "person_id": "AVA", "about_words": "their mother", "agency": "substance_misuse", "service_name": "Turning Tide",
        "stage": "treatment", "since": day(2025, 6, 1), "worker_name": "Jo Whitby", "worker_phone": "01632 960330",
        "as_of": day(2026, 2, 20), "source": "substance_misuse",
    },
    {
        "person_id": "AVA", "agency": "education", "service_name": "Staithe Primary", "stage": "roll",
        "since": day(2019, 9, 4), "until": day(2025, 9, 1), "as_of": day(2026, 1, 20), "source": "school_census",
    },
    {
        "person_id": "DEV", "agency": "youth_justice", "service_name": "Saltmarsh Youth Justice", "stage": "supervision",
        "since": day(2025, 3, 3), "worker_ref": "YJ1", "worker_name": "Lee Marsh", "as_of": day(2026, 3, 1),
        "source": "youth_justice",
    },
)  # fmt: skip


def _entry(person_id: str, on: datetime.date, kind: str, title: str, agency: str, **more: Any) -> dict[str, Any]:
    return {
        "person_id": person_id, "on": on, "kind": kind, "title": title, "agency": agency, "source": agency,
        "feed_label": agency.replace("_", " ").capitalize(), "delivery_id": f"{agency}-0a1b2c3d4e5f", "part": "rows",
        "row_number": 12, "known_from": on + datetime.timedelta(days=1), **more,
    }  # fmt: skip


TIMELINE: tuple[dict[str, Any], ...] = (
    _entry("AVA", day(2026, 3, 1), "domestic_abuse", "Domestic abuse incident", "police", is_significant=True,
           detail="At home, graded high. Children present."),
    _entry("AVA", day(2026, 2, 19), "visit", "Visit", "social_care", detail="Seen, not alone."),
    _entry("AVA", day(2025, 11, 20), "conference", "Child protection conference", "social_care", is_significant=True),
    *(_entry("AVA", day(2025, 1, 1) + datetime.timedelta(weeks=n), "visit", "Visit", "social_care") for n in range(30)),
    _entry("DEV", day(2026, 2, 20), "arrest", "Stopped by police", "police"),
    _entry("DEV", day(2026, 2, 10), "suspension", "Suspension from school", "education", detail="4 sessions"),
)  # fmt: skip

TIES: tuple[dict[str, Any], ...] = (
    {"person_id": "AVA", "other_id": "MUM", "other_name": "Marta Szymańska", "other_birth_on": day(1988, 4, 4),
     "kind": "parent", "source_label": "Social care cases"},
    {"person_id": "AVA", "other_id": "BEN", "other_name": "Ben Szymański-Reed", "other_birth_on": day(2019, 8, 2),
     "kind": "sibling", "is_child": True, "source_label": "Social care cases"},
    {"person_id": "AVA", "other_id": "GUS", "other_name": "Gus Reed", "other_birth_on": day(2014, 1, 20),
     "kind": "half_sibling", "is_child": True, "source_label": "Social care cases"},
)  # fmt: skip

HOUSEMATES: tuple[dict[str, Any], ...] = (
    {"person_id": "AVA", "other_id": "MUM", "other_name": "Marta Szymańska", "other_birth_on": day(1988, 4, 4),
     "from_on": day(2023, 5, 1)},
    {"person_id": "AVA", "other_id": "BEN", "other_name": "Ben Szymański-Reed", "other_birth_on": day(2019, 8, 2),
     "is_child": True, "from_on": day(2023, 5, 1)},
)  # fmt: skip

FEEDS: tuple[dict[str, Any], ...] = (
    {"feed": "social_care", "label": "Social care cases", "agency": "social_care", "state": "live",
     "last_delivered_on": day(2026, 3, 2), "supplier": "Saltmarsh Council, Performance", "phone": "01632 960101"},
    {"feed": "police_domestic_abuse", "label": "Police: domestic abuse notifications", "agency": "police", "state": "live",
     "last_delivered_on": day(2026, 3, 2), "supplier": "Saltmarsh Police, Public Protection", "phone": "01632 960100"},
    {"feed": "council_tax", "label": "Council tax", "agency": "council_tax", "state": "live",
     "last_delivered_on": day(2026, 2, 2), "supplier": "Saltmarsh Council, Revenues", "phone": "01632 960102"},
    {"feed": "housing", "label": "Housing tenancies", "agency": "housing", "state": "silent",
     "last_delivered_on": day(2025, 12, 1), "due_on": day(2026, 1, 1)},
    {"feed": "mental_health", "label": "Mental health referrals", "agency": "mental_health", "state": "not_connected"},
)  # fmt: skip

FEED_ALARMS: tuple[dict[str, Any], ...] = (
    {"feed": "housing", "label": "Housing tenancies", "silent_since": day(2025, 12, 1), "unanswered": "Rent arrears",
     "in_part": "Moved home often", "sentence": "Housing tenancies has been silent since 1 December 2025. "
     "Until it comes again, nobody whom it speaks for is said to be unseen."},
)  # fmt: skip

MATCHED: tuple[dict[str, Any], ...] = (
    {"person_id": "AVA", "source": "social_care", "feed_label": "Social care cases", "certainty": "certain",
     "reasons": "same NHS number"},
    {"person_id": "AVA", "source": "police_domestic_abuse", "feed_label": "Police: domestic abuse notifications",
     "certainty": "very likely", "reasons": "same date of birth; same postcode"},
)  # fmt: skip


def _row(
    person_id: str, group: str, owner_kind: str, owner_ref: str, owner_name: str, rank: int, **more: Any
) -> dict[str, Any]:
    child = next(child for child in CHILDREN if child["person_id"] == person_id)
    copied = ("household_id", "birth_on", "band", "pathway", "why", "changed", "phone", "due_sentence", "last_seen_on",
              "last_seen_alone_on", "is_acute", "is_restricted", "contact_note")  # fmt: skip
    return {
        **{name: child[name] for name in copied if name in child},
        "row_key": f"{child['pathway']}:{person_id}", "person_id": person_id, "list_group": group, "rank": rank,
        "name": f"{child['forename']} {child['surname']}", "owner_kind": owner_kind, "owner_ref": owner_ref,
        "owner_name": owner_name, **more,
    }  # fmt: skip


WORKLIST: tuple[dict[str, Any], ...] = (
    _row("AVA", "act_today", "worker", "W1", "Sam Okafor", 1, team="Harbour team", due_on=day(2026, 3, 5),
         plan_interval_days=10, interval_days=14, status="For review"),
    _row("BEN", "this_week", "worker", "W1", "Sam Okafor", 2, team="Harbour team", due_on=day(2026, 3, 1), status="For review"),
    _row("GUS", "waiting", "worker", "W1", "Sam Okafor", 3, team="Harbour team"),
    _row("CORA", "act_today", "team", "Harbour team", "Harbour team", 4, team="Harbour team", status="Nobody allocated"),
    _row("DEV", "this_week", "service", "youth_justice:yjs", "Saltmarsh Youth Justice", 5, status="Shared, not opened"),
    _row("ELLA", "act_today", "queue", "front_door", "Front door", 6),
    _row("FINN", "this_week", "queue", "outreach", "Outreach", 7, status="To call"),
)  # fmt: skip

REACHES: tuple[dict[str, Any], ...] = (
    {"standing": "no_service", "capacity": 40, "reached": 38, "next_households": 120, "waiting": 7,
     "tested_on": day(2025, 3, 31), "tested_capacity": 40, "expected_share": 0.62, "low": 0.54, "high": 0.69, "of_events": 140},
    {"standing": "front_door", "capacity": 40, "reached": 12, "next_households": 3, "waiting": 0},
    {"standing": "social_care", "capacity": 60, "reached": 4, "next_households": 1, "waiting": 0},
)  # fmt: skip

STANDINGS = (
    StandingRow("worker", "W1", "AVA", "allocated"),
    StandingRow("worker", "W1", "BEN", "allocated"),
    StandingRow("worker", "W1", "GUS", "allocated"),
    *(StandingRow("team", "Harbour team", child, "team") for child in ("AVA", "BEN", "CORA", "GUS")),
    StandingRow("service", "youth_justice:yjs", "DEV", "service"),
    StandingRow("queue", "front_door", "ELLA", "front_door"),
    StandingRow("queue", "outreach", "FINN", "outreach"),
)

IDENTIFIERS = {"AVA": "999 000 0018"}


def search_keys(children: Rows) -> Iterator[dict[str, str]]:
    """What each child is found by, as a publish writes it."""
    for child in children:
        person_id = child["person_id"]
        given = [child.get(name) for name in ("forename", "surname", "known_as", "former_names")]
        for kind, key in names.keys(*given):
            yield {"person_id": person_id, "kind": kind, "key": key}
        if child.get("birth_on"):
            yield {"person_id": person_id, "kind": "born", "key": child["birth_on"].isoformat()}
        if person_id in IDENTIFIERS:
            key = searching.identifier_key(IDENTIFIERS[person_id])
            yield {"person_id": person_id, "kind": "identifier", "key": key}


def council() -> dict[type[record.Published], Rows]:
    """Every published table of the small council."""
    children = [{"role": "child", "birth_quality": "stated", "certainty": "very sure", **child} for child in CHILDREN]
    return {
        record.Child: children,
        record.Statement: STATEMENTS,
        record.Evidence: EVIDENCE,
        record.Involvement: INVOLVEMENTS,
        record.TimelineEntry: TIMELINE,
        record.Tie: TIES,
        record.Housemate: HOUSEMATES,
        record.WorklistRow: WORKLIST,
        record.Reach: REACHES,
        record.SearchKey: list(search_keys(children)),
        record.Feed: FEEDS,
        record.FeedAlarm: FEED_ALARMS,
        record.MatchedRecord: MATCHED,
    }


def publish(
    tables: Mapping[type[record.Published], Rows] | None = None,
    *,
    run_id: str = "",
    as_at: datetime.date = AS_AT,
    at: datetime.datetime = MADE_AT,
) -> snapshot.Snapshot:
    """Load tables (the small council's when none are given) under a run of their own and let people read them."""
    run_id = run_id or f"{as_at}-{next(run_numbers)}"
    with loading.begin(run_id) as load:
        for model, rows in (council() if tables is None else tables).items():
            load.load(model, rows)
        counts = load.finish()
    made = actions.go_live(run_id=run_id, as_at=as_at, counts=counts, at=at)
    # A test may only open the databases that settings name; one that is open already may be read.
    if made.alias != DEFAULT_DB_ALIAS:
        connections[made.alias].connect()
    return made


def let_all_go() -> None:
    """Take every snapshot of the test away, and its database alias with it."""
    for run_id in list(Publication.objects.values_list("run_id", flat=True)):
        Publication.objects.filter(run_id=run_id).delete()
        loading.forget(run_id)


@pytest.fixture
def published(db: None) -> Iterator[snapshot.Snapshot]:
    """The small council, live, with everybody's standings."""
    made = publish()
    renew_standings(rows=STANDINGS, run_id=made.run_id, at=STANDING_FROM)
    yield made
    let_all_go()
