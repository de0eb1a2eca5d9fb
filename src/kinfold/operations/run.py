"""
The run: link, profile and prioritise what is known on a day, into a folder of its own.

A run works in a partial folder and is moved into place when everything in it is written. Whatever fails before
then leaves no trace of the run and the live snapshot as it was. Making a finished run live is `publish`.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import secrets
import shutil
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from kinfold.areas import agreements, rule_sets, toml
from kinfold.areas import area as area_settings
from kinfold.areas import feeds as feed_settings
from kinfold.areas import markers as marker_settings
from kinfold.areas import offers as offer_settings
from kinfold.areas import pathways as pathway_settings
from kinfold.areas import priority as priority_settings
from kinfold.areas import timescales as timescale_settings
from kinfold.areas.agreements import Agreement
from kinfold.areas.toml import AreaRejected
from kinfold.linkage import gate, model
from kinfold.linkage import night as nights
from kinfold.linkage import run as linkage
from kinfold.operations import assemble, challenged, matching_models, matching_quality, past, sealing
from kinfold.operations.home import Home, write_whole
from kinfold.operations.steps import Step, Steps
from kinfold.priority import plain
from kinfold.priority import run as priority
from kinfold.profile import reads
from kinfold.profile import run as profile
from kinfold.store import engine as engines
from kinfold.store import spark

AGREEMENTS = "agreements.toml"
CARRIED_OVER = ("priority_child", "priority_line", "worklist_row")


class RunFailed(Exception):
    """The run stopped; the message says at which step, what is live now and what to do."""


@dataclasses.dataclass(frozen=True)
class Approved:
    """A rule set that is not the area folder's. version: its number in the register; None for one that is tried."""

    rules: rule_sets.RuleSet
    version: int | None


@dataclasses.dataclass(frozen=True)
class Plan:
    """
    What to run.

    into: folder that the run's own folder is made in.
    rules: area folder whose rules apply.
    approved: the rule set that the register has for the day, in the place of the folder's own; None where none is.
    is_plain: lists are switched to plain ones: no bands and no order by points.
    previous: snapshot to compare with (what changed), or None for a first run.
    agreed: terms of each feed whose deliveries count, as the register has them; None for what the rules folder kept.
    keep_ids: whether new person ids go to the home's ledger; a rebuild of a past day keeps none.
    memory_gb: bound of the engine's buffers.
    engine: what compares pairs of records, `duckdb` or `spark`; None for what the area says.
    """

    home: Home
    as_at: datetime.date
    run_id: str
    into: Path
    rules: Path
    previous: Path | None = None
    approved: Approved | None = None
    is_plain: bool = False
    agreed: Mapping[str, Agreement] | None = None
    keep_ids: bool = True
    memory_gb: float = 4
    engine: str | None = None


@dataclasses.dataclass(frozen=True)
class Rules:
    """Every setting a run goes by, read before it starts: a file that cannot be used stops it at once."""

    feeds: dict[str, feed_settings.Feed]
    markers: tuple[marker_settings.Marker, ...]
    priority: priority_settings.Priority
    timescales: timescale_settings.Timescales
    pathways: pathway_settings.Pathways
    calendar: area_settings.Calendar
    shadow_every_days: int
    engine: str

    @classmethod
    def of(cls, folder: Path) -> Rules:
        """Read an area folder, and the agreements kept with it where a run kept some. Raises AreaRejected."""
        feeds, agreed = feed_settings.load(folder), kept_agreements(folder)
        if agreed is not None:
            feeds = {name: dataclasses.replace(feed, agreement=agreed.get(name)) for name, feed in feeds.items()}
        area, markers = area_settings.load(folder), marker_settings.load(folder)
        reads.check(markers, feeds)
        offer_settings.load(folder, markers)
        return cls(
            feeds=feeds,
            markers=markers,
            priority=priority_settings.load(folder),
            timescales=timescale_settings.load(folder),
            pathways=pathway_settings.load(folder),
            calendar=area.calendar,
            shadow_every_days=area.shadow_every_days,
            engine=area.engine,
        )


@dataclasses.dataclass(frozen=True)
class Worked:
    """A finished run, not yet live. folder: where its tables are. counts: rows by table."""

    run_id: str
    as_at: datetime.date
    folder: Path
    steps: list[Step]
    counts: dict[str, int]


def new_run_id(as_at: datetime.date) -> str:
    return f"{as_at:%Y%m%d}-{secrets.token_hex(3)}"


def work_out(plan: Plan, *, say: Callable[[Step, bool], None] = lambda step, is_done: None) -> Worked:
    """
    Work out one day whole, or not at all.

    say: told when each step starts and ends.
    Raises RunFailed at the first step that fails; nothing of the run is left behind.
    """
    steps = Steps(say)
    partial = plan.into / f".{plan.run_id}.partial"
    partial.mkdir(parents=True)
    try:
        return _work_out(plan, steps, partial)
    except (AreaRejected, gate.SealBroken, sealing.SealKeyRefused, model.ModelRejected, spark.NoSpark) as why:
        raise RunFailed(_failure(plan.home, steps, str(why))) from why
    except Exception as why:  # noqa: BLE001 - whatever went wrong, the run is gone and the old snapshot stands
        raise RunFailed(_failure(plan.home, steps, _where(why))) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _where(why: BaseException) -> str:
    """The kind of error and the line of ours it came from: an engine's own message may quote a cell."""
    ours = [f for f in traceback.extract_tb(why.__traceback__) if "kinfold" in f.filename]
    at = f" in {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    return f"{type(why).__name__}{at}"


def what_is_live(home: Home) -> str:
    """The end of every message about a run that did not come to anything."""
    live = home.live_run()
    return f"Snapshot {live} is still live and whole." if live else "Nothing has been published yet."


def _failure(home: Home, steps: Steps, reason: str) -> str:
    reached = steps.started[-1] if steps.started else "Reading the rules"
    return (
        f"The run stopped at '{reached}': {reason.rstrip('.')}. {what_is_live(home)} "
        "Mend the cause and run `kinfold run` again; nothing else needs undoing."
    )


def _work_out(plan: Plan, steps: Steps, partial: Path) -> Worked:
    # The copy is what the run goes by and what is kept, whatever somebody changes while it works.
    shutil.copytree(plan.rules, partial / "rules")
    if plan.agreed is not None:
        keep_agreements(partial / "rules", plan.agreed)
    if plan.approved is not None:
        plan.approved.rules.write_into(partial / "rules")
    rules = Rules.of(partial / "rules")
    # A feed without an agreement counts for nothing and is said to be not connected.
    agreed = {name for name, feed in rules.feeds.items() if feed.agreement is not None}
    deliveries = [one for one in assemble.deliveries_of(plan.home) if one.feed in agreed]
    counted = assemble.counting(deliveries, rules.feeds, as_at=plan.as_at)
    with engines.duckdb(work=partial, memory_gb=plan.memory_gb) as engine:
        tables = _assembled(engine, plan, steps, counted, rules)
        struck = challenged.upheld(plan.home, as_at=plan.as_at)
        tables |= challenged.without_facts(engine, tables, struck)
        with spark.chosen(engine, plan.engine or rules.engine):
            linked = _linked(engine, plan, steps, tables, rules)
        tables = gate.without(engine, tables, linked.sealed)
        quality = _examined(engine, plan, steps, tables, linked) if plan.keep_ids else None
        tables |= linked.tables
        facts = assemble.feed_facts(deliveries, rules.feeds, as_at=plan.as_at)
        statements = challenged.struck_statements(engine, tables, struck)
        told = tables if statements is None else tables | {"struck_statement": statements}
        tables |= _profiled(engine, plan, steps, told, facts, rules)

        def settle(then: dict[str, ir.Table]) -> dict[str, ir.Table]:
            return gate.without(engine, then | challenged.without_facts(engine, then, struck), linked.sealed)

        tables |= _held_against(engine, plan, steps, deliveries, told | tables, rules, settle)
        tables |= _ordered(engine, plan, steps, tables, rules)
        for name, table in tables.items():
            gate.check(engine, table, linked.sealed, at=f"the table {name}")
        counts = _written(engine, steps, tables, partial)
        matching_models.keep_weights(partial, linked.weights)
        if plan.keep_ids and linked.night is not None:
            nights.save(engine, linked.night, plan.home.last_night, sealed=linked.sealed)
    for leftover in partial.glob("run.duckdb*"):
        leftover.unlink()
    _describe(partial, plan, counted, steps, counts, linked.report, struck)
    partial.replace(plan.into / plan.run_id)
    if plan.keep_ids:
        engines.write_rows(linked.ids, plan.home.linkage / "ids.parquet")
        engines.write_rows(linked.ledger, plan.home.linkage / "ledger.parquet")
    if quality is not None:
        matching_quality.keep(plan.home, quality)
    return Worked(plan.run_id, plan.as_at, plan.into / plan.run_id, steps.done, counts)


def _assembled(
    engine: engines.Engine,
    plan: Plan,
    steps: Steps,
    counted: list[assemble.Delivered],
    rules: Rules,
) -> dict[str, ir.Table]:
    with steps.step("Assembling what is known") as step:
        tables = assemble.assemble(engine, plan.home, counted, rules.feeds, as_at=plan.as_at)
        step.rows = sum(int(table.count().execute()) for table in tables.values())
    return tables


def _linked(
    engine: engines.Engine,
    plan: Plan,
    steps: Steps,
    tables: dict[str, ir.Table],
    rules: Rules,
) -> linkage.Linked:
    home = plan.home
    trained = matching_models.in_use(home, on=plan.as_at)
    with steps.step("Linking records to people") as step:
        linked = linkage.link(
            engine,
            tables,
            previous_ids=_rows(home.linkage / "ids.parquet"),
            ledger=_rows(home.linkage / "ledger.parquet"),
            seals=sealing.seals(home),
            seal_key=sealing.seal_key(home),
            trained=trained,
            decisions=_rows(home.decisions / "match_decision.parquet"),
            upn_sources=frozenset(
                name
                for name, feed in rules.feeds.items()
                if feed.agreement is not None and feed.agreement.upn_may_match
            ),
            key=home.key("linkage"),
            run_id=plan.run_id,
            as_at=plan.as_at,
            before=nights.load(engine, home.last_night) if plan.keep_ids else None,
            shadow_every_days=rules.shadow_every_days,
        )
        step.rows = int(linked.tables["link"].count().execute())
    return linked


def _examined(
    engine: engines.Engine, plan: Plan, steps: Steps, tables: dict[str, ir.Table], linked: linkage.Linked
) -> dict[str, Any]:
    with steps.step("Examining the linkage") as step:
        report = matching_quality.examine(
            engine, plan.home, tables, linked, run_id=plan.run_id, rules=plan.rules, as_at=plan.as_at
        )
        step.rows = report["people"]
    return report


def _profiled(
    engine: engines.Engine, plan: Plan, steps: Steps, tables: dict[str, ir.Table], facts: pa.Table, rules: Rules
) -> dict[str, ir.Table]:
    with steps.step("Profiling needs and strengths") as step:
        profiled = profile.profile(
            engine, tables, rules.markers, feeds=facts, as_at=plan.as_at, terms=rules.calendar.terms
        )
        step.rows = int(profiled["marker_state"].count().execute())
    return profiled


def _held_against(
    engine: engines.Engine,
    plan: Plan,
    steps: Steps,
    deliveries: list[assemble.Delivered],
    today: dict[str, ir.Table],
    rules: Rules,
    settle: past.Settle,
) -> dict[str, ir.Table]:
    with steps.step("Looking back") as step:
        then = past.markers_then(
            engine,
            plan.home,
            deliveries,
            rules.feeds,
            today,
            rules.markers,
            back_days={rules.priority.rising.within_days, rules.priority.step_down.held_days},
            calendar=rules.calendar,
            settle=settle,
            as_at=plan.as_at,
        )
        step.rows = int(then.count().execute())
    return {"marker_then": then}


def _ordered(
    engine: engines.Engine, plan: Plan, steps: Steps, tables: dict[str, ir.Table], rules: Rules
) -> dict[str, ir.Table]:
    with steps.step("Putting them in order") as step:
        ordered = priority.prioritise(
            engine,
            tables | _decisions(engine, plan.home),
            markers=rules.markers,
            settings=rules.priority,
            timescales=rules.timescales,
            pathways=rules.pathways,
            area_calendar=rules.calendar,
            previous=_previous(engine, plan.previous),
            previous_at=_day_of(plan.previous),
            as_at=plan.as_at,
        )
        if plan.is_plain:
            before = _previous(engine, plan.previous)
            unseen = ordered["priority_child"].filter(ordered["priority_child"].is_unseen)
            last = before["worklist_row"] if before else None
            rows = plain.plain(ordered["worklist_row"], last, unseen, as_at=plan.as_at)
            ordered["worklist_row"] = engine.keep(rows)
        step.rows = int(ordered["worklist_row"].count().execute())
    return ordered


def _written(engine: engines.Engine, steps: Steps, tables: dict[str, ir.Table], folder: Path) -> dict[str, int]:
    with steps.step("Writing the snapshot") as step:
        counts = {name: engine.write(table, folder / f"{name}.parquet") for name, table in tables.items()}
        step.rows = sum(counts.values())
    return counts


def _rows(path: Path) -> pa.Table | None:
    return pq.read_table(path) if path.exists() else None


def _decisions(engine: engines.Engine, home: Home) -> dict[str, ir.Table]:
    """What people decided about rows, and what a backtest measured, where there is any."""
    paths = {
        "worklist_outcome": home.decisions / "worklist_outcome.parquet",
        "proof_reach": home.folder / "lake" / "proof" / "proof_reach.parquet",
    }
    return {name: engine.read(path) for name, path in paths.items() if path.exists()}


def _previous(engine: engines.Engine, snapshot: Path | None) -> dict[str, ir.Table] | None:
    if snapshot is None or not all((snapshot / f"{name}.parquet").exists() for name in CARRIED_OVER):
        return None
    return {name: engine.read(snapshot / f"{name}.parquet") for name in CARRIED_OVER}


def _day_of(snapshot: Path | None) -> datetime.date | None:
    if snapshot is None:
        return None
    return datetime.date.fromisoformat(json.loads((snapshot / "run.json").read_text(encoding="utf-8"))["as_at"])


def keep_agreements(rules: Path, agreed: Mapping[str, Agreement]) -> None:
    """Write the terms a run goes by beside its rules, so that the day can be rebuilt under them."""
    blocks = [agreements.block_of(terms, heading=name) for name, terms in sorted(agreed.items())]
    (rules / AGREEMENTS).write_text("\n".join(blocks), encoding="utf-8")


def kept_agreements(rules: Path) -> dict[str, Agreement] | None:
    """The terms that were kept beside the rules, by feed; None for a run of before there was a register."""
    path = rules / AGREEMENTS
    if not path.exists():
        return None
    return {
        name: agreements.agreement_of(
            block, file=path.name, is_of_format=block.get("fields") == agreements.WHOLE_FORMAT
        )
        for name, block in toml.read(path).items()
    }


def rules_hash(rules: Path) -> str:
    """A hash of every rule file of an area folder, so that a run can say which rules it used."""
    whole = hashlib.sha256()
    for path in sorted(rules.rglob("*.toml")):
        whole.update(path.relative_to(rules).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def rule_set_of(rules: Path, approved: Approved | None) -> dict[str, Any]:
    """What a manifest says of the rule set it went by; a null version is the area folder's own."""
    if approved is None:
        return {"hash": rule_sets.of_folder(rules).hash, "version": None, "from": "area folder"}
    source = "trial" if approved.version is None else "register"
    return {"hash": approved.rules.hash, "version": approved.version, "from": source}


def _describe(
    folder: Path,
    plan: Plan,
    counted: list[assemble.Delivered],
    steps: Steps,
    counts: dict[str, int],
    report: dict[str, Any],
    struck: list[dict[str, Any]],
) -> None:
    described = {
        "run_id": plan.run_id,
        "as_at": plan.as_at.isoformat(),
        "rules": rules_hash(folder / "rules"),
        "rule_set": rule_set_of(folder / "rules", plan.approved),
        "previous": plan.previous.name if plan.previous else None,
        "is_plain": plan.is_plain,
        "deliveries": [d.delivery_id for d in counted],
        "steps": [dataclasses.asdict(step) for step in steps.done],
        "counts": counts,
        "linkage": report,
        "challenges": sorted({row["challenge"] for row in struck}),
    }
    write_whole(folder / "run.json", json.dumps(described, indent=1, default=str))
