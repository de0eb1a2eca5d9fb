"""A marker file that is wrong, or turns on what may never be used, stops with the file and the key."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from tests.spec import readable
from tests.spec.profile.conftest import AS_AT, EVERY_TABLE

from kinfold.areas import feeds, markers, never_used
from kinfold.areas.never_used import NEVER_USED
from kinfold.areas.toml import AreaRejected
from kinfold.feeds import settings
from kinfold.profile import reads
from kinfold.profile.facts import facts_of

SALTMARSH = Path("areas/saltmarsh")
BLAMING = re.compile(r"\b(score|risk|points|toxic|troubled|refus\w*|declin\w*)\b")
GOOD = """
domain = "Safety"
owner = "Somebody"
version = 1
in_force = 2025-04-01
[[marker]]
code = "X1"
name = "missing"
label = "Missing"
statement = "Missing {times} times, last on {on}"
unknown_statement = "Not known"
direction = "pressure"
points = 8
reason = "r"
lookback_months = 12
ages = { from = 0, to = 17 }
feeds = ["police_missing"]
reach = ["self"]
caveat = "c"
grade = "D"
source = "s"
[marker.shape]
is = "event_within"
kinds = ["missing"]
"""


EITHER = '''is = "either"
[[marker.shape.of]]
is = "event_within"
kinds = ["missing"]
[[marker.shape.of]]
is = "infant"'''


def area(tmp_path: Path, text: str) -> Path:
    (tmp_path / "markers").mkdir()
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "police_missing.toml").touch()
    (tmp_path / "markers" / "safety.toml").write_text(text, encoding="utf-8")
    return tmp_path


IN_EACH_DOMAIN = {"History": 6, "Safety": 6, "Trio": 4, "Parent": 7, "Money": 6, "Housing": 6, "School": 9}
IN_EACH_DOMAIN |= {"Health": 6, "Contact": 8, "Strength": 11}


def test_saltmarsh_has_the_whole_catalogue_of_69_markers_in_10_domains():
    found = markers.load(SALTMARSH)

    assert Counter(m.domain for m in found) == IN_EACH_DOMAIN
    assert len(found) == 69
    reads.check(found, feeds.load(SALTMARSH))


def test_a_marker_without_a_feed_says_what_it_waits_for():
    found = markers.load(SALTMARSH)

    without = {m.code for m in found if not m.feeds and m.direction != "modifier"}
    assert without == {"C3", "C4", "C5", "C6", "C7", "C8", "E7", "E8", "G5", "G11", "O5", "O6", "P6", "P11"}
    assert all(m.awaits for m in found if m.code in without)


def test_every_need_has_an_offer():
    assert [m.code for m in markers.load(SALTMARSH) if m.direction in ("need", "lost") and not m.offers] == []


def test_the_built_in_formats_make_no_marker_s_fact_of_what_is_never_used():
    kinds = {kind for of_table in reads.kinds_of(markers.load(SALTMARSH)).values() for kind in of_table}

    never_used.check_fields(settings.formats(), dict.fromkeys(settings.formats(), kinds))


def test_what_a_worker_reads_carries_no_figure_of_points_and_no_word_that_blames():
    for marker in markers.load(SALTMARSH):
        said = f"{marker.label} {marker.statement} {marker.unknown_statement}".lower()
        assert not re.search(r"\b(score|risk|points|toxic|troubled|refus\w*|declin\w*)\b", said), marker.code


def test_each_marker_gives_its_reason_caveat_and_source():
    for marker in markers.load(SALTMARSH):
        assert marker.reason and marker.caveat and marker.source and marker.owner, marker.code
        assert marker.direction in ("need", "lost") or marker.domain != "Money", marker.code


@pytest.mark.parametrize(
    ("change", "into", "message"),
    [
        ('label = "Missing"', "", r"safety.toml: marker\[0\] \(X1\).label is missing"),
        (
            'label = "Missing"',
            'label = "Missing"\ncolour = "red"',
            r"safety.toml: marker\[0\] \(X1\).colour is not a set",
        ),
        ('kinds = ["missing"]', "", r"safety.toml: .*shape.kinds is missing"),
        ('kinds = ["missing"]', 'kinds = ["missing"]\ntimes = 2', r"safety.toml: .*shape.times is not a setting"),
        ('is = "event_within"', 'is = "hunch"', r"safety.toml: .*shape.is must be one of"),
        ("{times} times", "{surname}", r"statement may use only"),
        ("ages = { from = 0, to = 17 }", "ages = { from = 0 }", r"ages must have"),
        ('direction = "pressure"', 'direction = "acute"', r"points must be 0"),
        ('feeds = ["police_missing"]', "feeds = []", r"feeds must name"),
        (
            "points = 8",
            'points = 8\nhalved_by = "nobody"',
            r"X1\) builds on nobody, which is not a marker it can build on. Allowed: no other",
        ),
        (
            'owner = "Somebody"',
            'owner = "Somebody"\nteam = "A"',
            r"safety.toml: team is not a setting here. Allowed: dom",
        ),
        (
            'direction = "pressure"',
            'direction = "bad"',
            r"direction must be one of pressure, need, lost, strength, acute",
        ),
        (
            'direction = "pressure"',
            'direction = "need"',
            r"safety.toml: marker\[0\] \(X1\).offers must say what could be",
        ),
        ("lookback_months = 12", "", r"X1\).lookback_months is missing: it must be 1 or more"),
        ("points = 8", 'points = "many"', r"X1\).points must be a number"),
        ("points = 8", 'points = 8\nwhere = "here"', r"X1\).where is not a setting"),
        (
            'feeds = ["police_missing"]',
            'feeds = ["polise"]',
            r"X1\).feeds names polise.*Allowed: police_missing; what is",
        ),
        (
            'is = "event_within"\nkinds = ["missing"]',
            EITHER,
            r"shape.of\[1\].is must be one of count_within, event_within",
        ),
    ],
)
def test_a_wrong_marker_is_refused_by_file_and_key(tmp_path, change, into, message):
    assert change in GOOD
    with pytest.raises(AreaRejected, match=message):
        markers.load(area(tmp_path, GOOD.replace(change, into)))


def test_a_marker_said_twice_is_refused(tmp_path):
    again = GOOD + GOOD[GOOD.index("[[marker]]") :]
    with pytest.raises(AreaRejected, match="name missing is used by two markers"):
        markers.load(area(tmp_path, again))


@pytest.mark.parametrize("word", [words.split()[0] for words in NEVER_USED.values()])
@pytest.mark.parametrize("place", ["kinds", "details", "name"])
def test_what_may_never_be_used_is_refused_wherever_it_is_written(tmp_path, word, place):
    text = {
        "kinds": GOOD.replace('kinds = ["missing"]', f'kinds = ["{word}"]'),
        "details": GOOD.replace('kinds = ["missing"]', f'kinds = ["missing"]\ndetails = ["{word}"]'),
        "name": GOOD.replace('name = "missing"', f'name = "is_{word}_so"'),
    }[place]
    with pytest.raises(AreaRejected, match="never used as a marker"):
        markers.load(area(tmp_path, text))


def test_saying_no_to_voluntary_help_is_never_an_ending_that_counts(tmp_path):
    shape = 'is = "involvement_closed"\nagency = "early_help"\nstages = ["early_help"]\noutcomes = ["declined"]'
    text = GOOD.replace('is = "event_within"\nkinds = ["missing"]', shape)
    with pytest.raises(AreaRejected, match="declining voluntary help"):
        markers.load(area(tmp_path, text))


AT_HOME = 'is = "{shape}"\nkinds = ["home_education"]{beside}'


def test_home_education_may_be_asked_for_beside_something_else_and_never_alone(tmp_path):
    asked = 'is = "event_within"\nkinds = ["missing"]'
    alone = GOOD.replace(asked, AT_HOME.format(shape="event_within", beside=""))
    with pytest.raises(AreaRejected, match="home education alone"):
        markers.load(area(tmp_path, alone))

    beside = GOOD.replace(asked, AT_HOME.format(shape="event_beside", beside='\nbeside = ["pressure"]'))
    (tmp_path / "markers" / "safety.toml").write_text(beside, encoding="utf-8")
    assert markers.load(tmp_path)[0].shape.kinds == ("home_education",)


def test_what_is_never_used_is_refused_in_a_question_of_several(tmp_path):
    text = GOOD.replace(
        'is = "event_within"\nkinds = ["missing"]',
        EITHER.replace('is = "infant"', 'is = "measure_beyond"\nkinds = ["sdq"]\nat_least = 1'),
    )
    with pytest.raises(AreaRejected, match="a score from another tool"):
        markers.load(area(tmp_path, text))


FEED = """
label = "Police"
agency = "police"
supplier = {{ name = "Police" }}
purpose = "p"
cadence_days = 7
silent_after_days = 14
delivers = "changes"
[[part]]
name = "missing"
recognise = ["Ref"]
[[part.row]]
table = "{table}"
when = {{ column = "{column}", is = ["Y"] }}
source_id = "{{Ref}}"
{key} = "{{Ref}}"
{what}
"""
AN_EVENT = {"table": "event", "key": "event_key", "what": 'kind = { constant = "missing" }\non = { column = "On" }'}
A_PERSON = {"table": "person", "key": "person_key", "what": 'role = { constant = "child" }'}


@pytest.mark.parametrize("column", ["Ethnicity", "RELIGION", "Postcode", "Housing Tenure", "IMD decile", "Risk Score"])
def test_a_feed_that_makes_a_marker_s_fact_of_what_is_never_used_is_refused(tmp_path, column):
    found = markers.load(area(tmp_path, GOOD))
    police = feeds.feed_of("police_missing", tomllib.loads(FEED.format(column=column, **AN_EVENT)))

    with pytest.raises(AreaRejected, match=f"police_missing.toml: part missing makes missing from {column}, which is"):
        reads.check(found, {"police_missing": police})


def test_who_somebody_is_may_be_read_for_knowing_them_and_for_checking_that_markers_are_fair(tmp_path):
    found = markers.load(area(tmp_path, GOOD))
    police = feeds.feed_of("police_missing", tomllib.loads(FEED.format(column="Ethnicity", **A_PERSON)))

    reads.check(found, {"police_missing": police})


def test_a_parent_s_own_time_in_care_is_never_used(tmp_path):
    shape = 'is = "involvement_open"\nagency = "social_care"\nstages = ["care_leaver"]'
    text = GOOD.replace('is = "event_within"\nkinds = ["missing"]', shape).replace('["self"]', '["parent"]')
    with pytest.raises(AreaRejected, match="a parent's own time in care"):
        markers.load(area(tmp_path, text))


def test_the_facts_a_marker_sees_carry_nothing_about_who_somebody_is(engine_free_tables):
    columns = set(facts_of(engine_free_tables, {}, as_at=AS_AT).columns)
    assert not columns & {"ethnicity", "sex", "postcode", "lsoa", "surname", "forename", "flags"}


def test_a_code_that_the_tables_do_not_have_is_refused(tmp_path):
    found = markers.load(area(tmp_path, GOOD.replace('kinds = ["missing"]', 'kinds = ["mising"]')))
    message = (
        r"safety.toml: marker\[0\] \(X1\).shape names event kinds the tables do not have: mising. Allowed: .*missing"
    )
    with pytest.raises(reads.MarkersDoNotFit, match=message):
        reads.check(found)


@pytest.fixture
def engine_free_tables():
    import ibis

    return {name: ibis.memtable(readable.empty(name)) for name in EVERY_TABLE}
