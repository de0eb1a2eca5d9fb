"""A marker file that is wrong, or turns on what may never be used, stops with the file and the key."""

import re
from pathlib import Path

import pytest
from tests.spec import readable
from tests.spec.profile.conftest import AS_AT, EVERY_TABLE

from kinfold.areas import markers
from kinfold.areas.never_used import NEVER_USED
from kinfold.areas.toml import AreaRejected
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


def area(tmp_path: Path, text: str) -> Path:
    (tmp_path / "markers").mkdir()
    (tmp_path / "markers" / "safety.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_saltmarsh_has_markers_in_every_domain_and_six_strengths():
    found = markers.load(SALTMARSH)
    assert {m.domain for m in found} == {
        *("History", "Safety", "Trio", "Parent", "Money", "Housing", "School", "Health", "Contact", "Strength")
    }
    assert len(found) >= 40
    assert sum(m.direction == "strength" for m in found) >= 6
    reads.check(found)


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
        ("points = 8", 'points = 8\nhalved_by = "nobody"', r"X1 builds on nobody"),
        ('owner = "Somebody"', 'owner = "Somebody"\nteam = "A"', r"safety.toml: team is not a setting"),
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
    with pytest.raises(
        reads.MarkersDoNotFit, match=r"X1 \(missing\) names event kinds the tables do not have: \['mising'\]"
    ):
        reads.check(found)


@pytest.fixture
def engine_free_tables():
    import ibis

    return {name: ibis.memtable(readable.empty(name)) for name in EVERY_TABLE}
