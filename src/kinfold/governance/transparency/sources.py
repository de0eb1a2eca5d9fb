"""What the record is drafted from: the area folder, the live run's own account of itself, the latest backtest."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kinfold.areas import area as area_settings
from kinfold.areas import feeds as feed_settings
from kinfold.areas import markers as marker_settings
from kinfold.areas import priority as priority_settings
from kinfold.areas import roles as role_settings
from kinfold.areas.agreements import Agreement
from kinfold.areas.area import Area
from kinfold.areas.feeds import Feed
from kinfold.areas.markers import Marker
from kinfold.areas.priority import Priority
from kinfold.areas.roles import Roles


@dataclasses.dataclass(frozen=True)
class Sources:
    """
    run: what the live run says of itself, with the hash of its rules; None before the first. backtest: the latest
    report of `kinfold backtest`; None before the first. agreed: terms in force by feed. holders: people by role.
    """

    area: Area
    markers: tuple[Marker, ...]
    priority: Priority
    feeds: Mapping[str, Feed]
    roles: Roles
    agreed: Mapping[str, Agreement]
    holders: Mapping[str, int]
    run: Mapping[str, Any] | None
    backtest: Mapping[str, Any] | None


def read(home: Path, area_folder: Path, *, agreed: Mapping[str, Agreement], holders: Mapping[str, int]) -> Sources:
    """The sources as they stand now; rules are those of the live run where there is one, else the area's."""
    run = _live_run(home)
    kept = home / "lake" / "snapshots" / str(run["run_id"]) / "rules" if run else area_folder
    rules = kept if kept.is_dir() else area_folder
    return Sources(
        area=area_settings.load(area_folder),
        markers=marker_settings.load(rules),
        priority=priority_settings.load(rules),
        feeds=feed_settings.load(area_folder),
        roles=role_settings.load(area_folder),
        agreed=agreed,
        holders=holders,
        run=run,
        backtest=_latest_backtest(home),
    )


def _live_run(home: Path) -> dict[str, Any] | None:
    live = _json(home / "lake" / "live.json")
    return _json(home / "lake" / "snapshots" / str(live["run_id"]) / "run.json") if live else None


def _latest_backtest(home: Path) -> dict[str, Any] | None:
    """The backtest of the newest day; of several of that day, the one last written."""
    found = [(path.stat().st_mtime, _json(path)) for path in (home / "lake" / "proof").glob("*-*.json")]
    told = [(str(one["as_at"]), at, one) for at, one in found if one and "auc" in one and "as_at" in one]
    return max(told, key=lambda one: one[:2])[2] if told else None


def _json(path: Path) -> dict[str, Any] | None:
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None
