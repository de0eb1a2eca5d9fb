"""The quality report of each run's linkage: made with the run, kept beside the ledger, read by people."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow.parquet as pq

from kinfold.areas import deprivation
from kinfold.linkage import quality, words
from kinfold.linkage.run import Linked
from kinfold.linkage.words import Section
from kinfold.operations.home import Home, write_whole
from kinfold.store.engine import Engine


class NoQualityReport(Exception):
    """No run of this home has reported yet; the message says what to do."""


def folder(home: Home) -> Path:
    return home.linkage / "quality"


def forget(home: Home, run_id: str) -> None:
    """Take away the report of a run that was never published."""
    (folder(home) / f"{run_id}.json").unlink(missing_ok=True)


def examine(
    engine: Engine,
    home: Home,
    tables: dict[str, ir.Table],
    linked: Linked,
    *,
    run_id: str,
    rules: Path,
    as_at: datetime.date,
) -> dict[str, Any]:
    """
    Work the report of one run out; `keep` writes it.

    tables: the twelve, without sealed records. The truth is read in the demonstration alone.
    """
    truth, decisions = home.truth / "people.parquet", home.decisions / "match_decision.parquet"
    known = quality.Known(
        tables=tables,
        linked=linked.tables,
        told=linked.report,
        run_id=run_id,
        as_at=as_at,
        ledger=linked.ledger,
        before=_live(home),
        decisions=pq.read_table(decisions) if decisions.exists() else None,
        truth=pq.read_table(truth) if home.is_demonstration and truth.exists() else None,
        deprivation=deprivation.load(rules),
    )
    return quality.report(engine, known)


def keep(home: Home, report: dict[str, Any]) -> None:
    write_whole(folder(home) / f"{report['run_id']}.json", json.dumps(report, indent=1))


def matching_quality(home: Home, run_id: str | None = None) -> tuple[dict[str, Any], tuple[Section, ...]]:
    """
    The report of a run, or of the live one, and its sections in words. Raises NoQualityReport.

    Counts and shares only: nobody can be found in it.
    """
    wanted = run_id or home.live_run()
    path = folder(home) / f"{wanted}.json"
    if wanted is None or not path.is_file() or path.parent != folder(home):
        which = "That run" if run_id else "The run that is live"
        raise NoQualityReport(f"{which} has no report of its linkage. `kinfold run` makes one with every run.")
    report = json.loads(path.read_text(encoding="utf-8"))
    return report, words.sections(report)


def _live(home: Home) -> dict[str, Any] | None:
    path = folder(home) / f"{home.live_run()}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None
