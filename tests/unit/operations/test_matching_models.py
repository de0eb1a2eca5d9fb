"""An area's own models: kept by hash, used by a named person for a reason, and gone back from the same way."""

from __future__ import annotations

import dataclasses
import datetime
import json

import pytest

from kinfold.linkage import model
from kinfold.operations import home as homes
from kinfold.operations import matching_models

AT = datetime.datetime(2026, 3, 1, 9, tzinfo=datetime.UTC)
LATER = datetime.datetime(2026, 3, 5, 9, tzinfo=datetime.UTC)


@pytest.fixture
def home(tmp_path):
    return homes.create(tmp_path / "home", area=homes.shipped_area(), is_demonstration=False, on=AT.date())


@pytest.fixture
def own(home):
    """A model of the area's own, saved as training saves it."""
    made = dataclasses.replace(model.load(), equivalents={"seun": "oluwaseun"})
    model.save(made, matching_models.folder(home) / made.hash)
    about = {"hash": made.hash, "as_at": "2026-03-01", "records": 5_000, "difference": {}}
    (matching_models.folder(home) / made.hash / "about.json").write_text(json.dumps(about), encoding="utf-8")
    return made


def test_until_somebody_chooses_every_run_uses_the_one_that_comes_with_us(home, own) -> None:
    assert matching_models.in_use(home, on=LATER.date()) is None


def test_a_choice_holds_from_its_day_and_going_back_is_the_same(home, own) -> None:
    trail: list[dict[str, str]] = []
    was = matching_models.use(home, own.hash, by="leila", reason="Names of our own", at=AT, record=trail.append)
    assert was == matching_models.SHIPPED
    chosen = matching_models.in_use(home, on=AT.date())
    assert chosen is not None
    assert chosen.hash == own.hash
    assert matching_models.in_use(home, on=AT.date() - datetime.timedelta(days=1)) is None

    matching_models.use(home, was, by="leila", reason="It missed too much", at=LATER, record=trail.append)
    assert matching_models.in_use(home, on=LATER.date()) is None
    assert matching_models.in_use(home, on=AT.date()) is not None  # a past day is rebuilt with its own
    assert [one["reason"] for one in matching_models.uses(home)] == ["Names of our own", "It missed too much"]
    assert [one["model"] for one in trail] == [own.hash, "shipped"]


@pytest.mark.parametrize(("asked", "reason"), [("0123456789ab", "why"), ("../../etc", "why"), ("shipped", "why")])
def test_what_cannot_be_used_is_refused_and_nothing_is_recorded(home, own, asked: str, reason: str) -> None:
    with pytest.raises(matching_models.UnableToUse, match="Nothing was changed"):
        matching_models.use(
            home, asked, by="leila", reason=reason, at=AT, record=lambda detail: pytest.fail("recorded")
        )
    assert matching_models.uses(home) == []


def test_without_a_reason_nothing_is_used(home, own) -> None:
    with pytest.raises(matching_models.UnableToUse, match="reason"):
        matching_models.use(home, own.hash, by="leila", reason=" ", at=AT)


def test_a_model_whose_files_were_changed_is_never_used(home, own) -> None:
    matching_models.use(home, own.hash, by="leila", reason="Names of our own", at=AT)
    path = matching_models.folder(home) / own.hash / "model.json"
    path.write_text(path.read_text(encoding="utf-8").replace("oluwaseun", "somebody"), encoding="utf-8")
    with pytest.raises(model.ModelRejected, match="not as it was saved"):
        matching_models.in_use(home, on=LATER.date())
