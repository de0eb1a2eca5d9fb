"""
An area's own linkage models: kept by their hash, and used only when a named person says so.

`uses.json` is only ever added to, so the model of any past day is known; going back is using an earlier hash.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kinfold.linkage import model
from kinfold.operations.home import Home, write_whole

SHIPPED = "shipped"
WEIGHTS = "weights.json"


class UnableToUse(Exception):
    """The model is not one of this home's, or is in use already; the message says what is there."""


def folder(home: Home) -> Path:
    return home.linkage / "models"


def use(
    home: Home,
    model_hash: str,
    *,
    by: str,
    reason: str,
    at: datetime.datetime,
    record: Callable[[dict[str, str]], object] = lambda detail: None,
) -> str:
    """
    Let every run from now on use a saved model, or `shipped` for the one that comes with the product.

    record: writes the choice into the audit trail, before it holds. Returns the hash of what was used before. Raises
    UnableToUse.
    """
    before = _hash_in_use(home, on=at.date())
    if model_hash == before:
        raise UnableToUse(f"Model {model_hash} is in use already. Nothing was changed.")
    if not reason.strip():
        raise UnableToUse("A reason is needed: it is what the next reader of the ledger has. Nothing was changed.")
    if model_hash != SHIPPED and model_hash not in list_models(home):
        raise UnableToUse(
            f"There is no model {model_hash[:12]} here. `kinfold link models` lists them; `{SHIPPED}` is the one that "
            "comes with the product. Nothing was changed."
        )
    record({"model": model_hash, "before": before, "reason": reason.strip()})
    row = {"hash": model_hash, "by": by, "reason": reason.strip(), "at": at.isoformat()}
    write_whole(_uses_file(home), json.dumps([*uses(home), row], indent=1))
    return before


def _uses_file(home: Home) -> Path:
    return folder(home) / "uses.json"


def uses(home: Home) -> list[dict[str, str]]:
    """Who chose which model, when and why, the earliest first."""
    path = _uses_file(home)
    return list(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []


def list_models(home: Home) -> dict[str, dict[str, Any]]:
    """The saved models by hash: the day they were made of, their records, and how they differed."""
    found = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder(home).glob("*/about.json")))
    return {about["hash"]: about for about in found}


def _hash_in_use(home: Home, *, on: datetime.date) -> str:
    chosen = [one["hash"] for one in uses(home) if datetime.datetime.fromisoformat(one["at"]).date() <= on]
    return chosen[-1] if chosen else SHIPPED


def keep_weights(snapshot: Path, weights: dict[str, Any]) -> None:
    """Keep beside a run what it weighed with, so that a page explains a match by that, whatever is in use since."""
    write_whole(snapshot / WEIGHTS, json.dumps(weights))


def weights_of(snapshot: Path, *, records: int) -> dict[str, Any]:
    """What a run weighed with; of one that kept nothing, the product's own model for so many records."""
    kept = snapshot / WEIGHTS
    if kept.exists():
        return dict(json.loads(kept.read_text(encoding="utf-8")))
    return model.load().for_people(max(records, 2))


def in_use(home: Home, *, on: datetime.date) -> model.Model | None:
    """
    The area's own model that was in use on a day; None for the one that comes with the product.

    Raises model.ModelRejected when its files are not what they were.
    """
    chosen = _hash_in_use(home, on=on)
    if chosen == SHIPPED:
        return None
    read = model.load(folder(home) / chosen)
    if read.hash != chosen:
        raise model.ModelRejected(f"The linkage model {chosen} is not as it was saved. Train it again, or use another.")
    return read
