"""A lock file serves what pyproject.toml asks for, and every pin can be checked."""

from __future__ import annotations

import check_locks

LOCK = """\
django==5.2.19 \\
    --hash=sha256:aa
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:bb
numpy==2.5.4 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
"""


def test_a_lock_that_pins_everything_asked_for_within_range_agrees():
    assert check_locks.disagreements("run", LOCK, ["Django==5.2.*", "numpy>=2"]) == []


def test_a_library_that_is_not_pinned_or_is_out_of_range_is_named():
    wrong = check_locks.disagreements("run", LOCK, ["django>=6", "lxml>=6"])

    assert wrong == ["run: django 5.2.19 is outside >=6.", "run: lxml is asked for and not in it."]


def test_a_library_wanted_only_on_another_system_is_not_missed():
    assert check_locks.disagreements("run", LOCK, ["colorama>=0.4; sys_platform == 'nowhere'"]) == []


def test_a_pin_without_a_hash_is_named():
    assert check_locks.disagreements("run", "click==8.4.0\n", []) == ["run: click has no hash."]


def test_the_locks_of_this_repository_agree_with_it():
    assert check_locks.main() == 0
