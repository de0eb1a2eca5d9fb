"""A rule set goes out and comes in as one file, says what differs, and refuses what start-up would refuse."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kinfold.areas import markers, priority, rule_sets
from kinfold.areas.toml import AreaRejected

SALTMARSH = Path(__file__).parents[3] / "areas" / "saltmarsh"
FEEDS = markers.feeds_known(SALTMARSH)


@pytest.fixture(scope="module")
def saltmarsh() -> rule_sets.RuleSet:
    return rule_sets.of_folder(SALTMARSH)


def test_a_set_is_the_same_after_going_out_and_coming_in_by_any_way(saltmarsh, tmp_path):
    off = saltmarsh.changed({("off", "arrears"): True})
    assert rule_sets.of_text(off.text()).hash == off.hash != saltmarsh.hash
    assert rule_sets.RuleSet(rule_sets.unstored(rule_sets.stored(off.values))).hash == off.hash
    shuffled = list(saltmarsh.values.items())
    random.Random(1).shuffle(shuffled)
    assert rule_sets.RuleSet(dict(shuffled)).hash == saltmarsh.hash
    saltmarsh.write_into(tmp_path)
    assert rule_sets.of_folder(tmp_path).hash == saltmarsh.hash


def test_a_set_of_a_folder_is_what_start_up_reads_from_it(saltmarsh):
    settled = saltmarsh.settled(feeds=FEEDS)
    assert settled.markers == markers.load(SALTMARSH)
    assert settled.priority == priority.load(SALTMARSH)


def test_a_marker_that_is_off_is_kept_and_not_asked(saltmarsh, tmp_path):
    off = saltmarsh.changed({("off", "arrears"): True})
    names = {marker.name for marker in off.settled(feeds=FEEDS).markers}
    assert "arrears" not in names and len(names) == len(saltmarsh.names()) - 1
    off.write_into(tmp_path)
    assert "arrears" not in {marker.name for marker in markers.load(tmp_path)}
    assert "arrears" in off.names()


def test_what_differs_is_said_place_by_place(saltmarsh):
    other = saltmarsh.changed({("marker", "arrears", "points"): 5, ("priority", "caps", "Money"): None})
    assert rule_sets.differs(saltmarsh, other) == (
        rule_sets.Change(("priority", "caps", "Money"), 6, None),
        rule_sets.Change(("marker", "arrears", "points"), 3, 5),
    )
    assert rule_sets.differs(saltmarsh, saltmarsh.changed({("marker", "arrears", "points"): 3.0})) == ()


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("marker", "arrears", "points"), 21, r"money.toml: marker\[\d+\] \(M3\).points must be from 0 to 20."),
        (("marker", "arrears", "points"), "five", r"money.toml: marker\[\d+\] \(M3\).points must be a number."),
        (("marker", "arrears", "half_life_months"), 0, "half_life_months must be from 0.25 to 216."),
        (("marker", "arrears", "statement"), "Asylum claim, since {on}", "immigration status, which is never used"),
        (("marker", "arrears", "feeds"), ["benefit"], "names benefit, which is not a feed of this area. Allowed:"),
        (("marker", "arrears", "weight"), 2, "weight is not a setting here. Allowed:"),
        (("off", "nobody"), True, "off names nobody, which is not a marker of this set."),
        (
            ("off", "domestic_abuse_at_home"),
            True,
            "off names domestic_abuse_at_home, and trio.toml: .* builds on it. Turn ",
        ),
        (("priority", "caps", "Monet"), 2, "caps names Monet. Allowed: "),
        (("priority", "bands", "margin"), 1.5, "priority.toml: bands.margin must be from 0 to 1."),
        (("priority", "bands", "capacity", "no_service", "priority"), -1, "must be from 0 to 100000."),
        (("priority", "rising", "within_weeks"), 2, "rising.within_weeks is not a setting here. Allowed: domains"),
    ],
)
def test_a_change_that_may_not_be_names_the_marker_or_key_and_what_is_allowed(saltmarsh, place, value, said):
    with pytest.raises(AreaRejected, match=said):
        saltmarsh.changed({place: value}).settled(feeds=FEEDS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("points = ", "not valid TOML"),
        ("caps = 3", "caps is not a part of a rule set. Allowed: off, priority, markers."),
        ("[priority]\nneeds_share = 1", r"The file has no \[markers\]."),
        ("off = 3\n[priority]\n[markers]", "off must be a list of names"),
        ("[priority]\n[[markers.money.marker]]\ncode = 'M1'", r"money.toml: marker\[0\].name is missing."),
    ],
)
def test_a_file_that_is_no_rule_set_is_refused_in_words(text, said):
    with pytest.raises(AreaRejected, match=said):
        rule_sets.of_text(text)
