"""An area's priority, pathways and timescales are checked when they are read."""

from pathlib import Path

import pytest

from kinfold.areas import pathways, priority, timescales
from kinfold.areas.toml import AreaRejected

SALTMARSH = Path(__file__).parents[3] / "areas" / "saltmarsh"


def copied(tmp_path: Path, name: str, old: str, new: str) -> Path:
    text = (SALTMARSH / name).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new), encoding="utf-8")
    return tmp_path


def test_saltmarsh_is_settled():
    assert priority.load(SALTMARSH).caps["Money"] == 6
    assert pathways.load(SALTMARSH).says["outreach"].everything is False
    assert timescales.load(SALTMARSH).forward.bands == {"decide_today": 0.7, "priority": 0.75}


def test_a_national_limit_may_be_shortened_and_never_lengthened(tmp_path):
    with pytest.raises(AreaRejected, match="may not be longer than the national limit of 7 days, then 42 days"):
        timescales.load(copied(tmp_path, "timescales.toml", "every_days        = 42", "every_days        = 56"))
    assert timescales.load(copied(tmp_path, "timescales.toml", "every_days        = 42", "every_days        = 28"))


def test_a_visit_comes_no_nearer_than_seven_tenths(tmp_path):
    with pytest.raises(AreaRejected, match="forward.bands.priority must be from 0.7 to 1"):
        timescales.load(copied(tmp_path, "timescales.toml", "priority     = 0.75", "priority     = 0.5"))


def test_nothing_puts_a_visit_back(tmp_path):
    with pytest.raises(AreaRejected, match="forward.ratings.low must be from 0.7 to 1.*nothing puts it back"):
        timescales.load(copied(tmp_path, "timescales.toml", "high = 0.7", "low = 1.5"))


def test_a_band_that_there_is_not_is_named_with_those_there_are(tmp_path):
    with pytest.raises(AreaRejected, match="forward.bands.urgent is not one of decide_today, priority, soon, watch"):
        timescales.load(copied(tmp_path, "timescales.toml", "priority     = 0.75", "urgent = 0.75"))


def test_how_long_a_visit_may_wait_when_time_is_short_is_a_share_of_its_limit(tmp_path):
    with pytest.raises(AreaRejected, match=r"timescales.toml: longest must be from 1 to 2"):
        timescales.load(copied(tmp_path, "timescales.toml", "longest = 1.5", "longest = 15"))


def test_every_standing_needs_its_capacity(tmp_path):
    with pytest.raises(AreaRejected, match=r"bands.capacity.front_door is missing"):
        priority.load(copied(tmp_path, "priority.toml", "front_door    =", "# front_door    ="))


def test_an_unknown_setting_is_named(tmp_path):
    with pytest.raises(AreaRejected, match=r"pathways.toml: never_crtical is not a setting here"):
        pathways.load(copied(tmp_path, "pathways.toml", "never_critical     =", "never_crtical     ="))
