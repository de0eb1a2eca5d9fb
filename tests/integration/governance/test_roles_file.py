"""`roles.toml` is refused whole, naming the key, when it would let somebody see what nobody meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from kinfold.areas import roles
from kinfold.areas.toml import AreaRejected


@pytest.fixture
def changed(tmp_path):
    def load(old: str, new: str) -> roles.Roles:
        text = Path(settings.AREA_FOLDER, "roles.toml").read_text(encoding="utf-8")
        assert old in text
        (tmp_path / "roles.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
        return roles.load(tmp_path)

    return load


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"pressures", "needs"', '"points", "needs"', "points, which only a role that manages may see"),
        ('sections    = ["identity"', 'sections    = ["identety"', "role.social_worker.sections has identety"),
        ('entitled_by = ["allocated"', 'entitled_by = ["friend"', "role.social_worker.entitled_by has friend"),
        ('purpose     = "case_work"', 'purpose     = "curiosity"', "role.social_worker.purpose has curiosity"),
        ('told         = ["team_manager"', 'told         = ["the_boss"', "duty.told has the_boss"),
        ("minutes      = 60", "minuts = 60", "duty.minuts is not a setting here"),
        ('label       = "Social worker"', "", "role.social_worker.label is missing"),
        ("level       = 3", "level       = 4", "role.social_worker.level must be 0, 1, 2 or 3"),
    ],
)
def test_a_mistake_is_refused_by_name(changed, old, new, said):
    with pytest.raises(AreaRejected, match=said):
        changed(old, new)


def test_no_role_sees_a_figure_but_those_that_manage(changed):
    loaded = changed("minutes      = 60", "minutes      = 30")
    assert loaded.duty.minutes == 30
    assert [name for name, role in loaded.role.items() if "points" in role.sections] == ["team_manager"]
