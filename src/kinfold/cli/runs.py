"""The run of a night or of a past day, and how one child's place in it came about."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from kinfold.cli.shell import (
    CONSOLE,
    DAY,
    home_option,
    json_option,
    main,
    now,
    opened,
    refuse,
    say_step,
    today,
)


@main.command()
@click.option("--as-at", type=DAY, default=None, help="Rebuild this past day into --out; never publishes.")
@click.option("--rules", type=click.Choice(["then", "now"]), default="then", show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None)
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default=None,
    help="What compares pairs of records; the area's own choice when not given.",
)
@home_option
@json_option
def run(
    as_at: datetime.date | None, rules: str, out: Path | None, engine: str | None, home_folder: Path, as_json: bool
) -> None:
    """Link, profile, put in order and publish what is known today; or rebuild a past day."""
    from kinfold.operations import night, rebuild
    from kinfold.operations.run import RunFailed

    home = opened(home_folder, as_json=as_json)
    say = (lambda step, is_done: None) if as_json else say_step
    if (as_at is None) != (out is None):
        raise click.UsageError("--as-at and --out go together: a past day is rebuilt into a folder of its own.")
    if as_at and engine:
        raise click.UsageError("--engine is for tonight's run; a past day is rebuilt as the area says.")
    try:
        night.set_up_service(home)
        if as_at and out:
            worked = rebuild.rebuild(home, as_at=as_at, rules=rules, out=out, say=say)
            steps = worked.steps
        else:
            worked, steps = night.tonight(home, as_at=today(), at=now(), engine=engine, say=say)
    except (RunFailed, rebuild.NoRulesThen, night.AlreadyRunning, night.NotPublished) as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        shown = [{"name": s.name, "rows": s.rows, "seconds": s.wall_seconds, "cpu": s.cpu_seconds,
                  "memory_mb": s.memory_mb} for s in steps]  # fmt: skip
        click.echo(json.dumps({"run_id": worked.run_id, "as_at": worked.as_at.isoformat(), "steps": shown,
                               "published": as_at is None, "folder": str(worked.folder)}))  # fmt: skip
    else:
        done = f"Rebuilt into {worked.folder}" if as_at else f"Snapshot {worked.run_id} is live"
        CONSOLE.print(f"{done}: {sum(s.wall_seconds for s in steps):.0f} s in all.")


@main.command()
@click.argument("person_id")
@click.option("--as-at", type=DAY, default=None)
@home_option
@json_option
def explain(person_id: str, as_at: datetime.date | None, home_folder: Path, as_json: bool) -> None:
    """Show how one child's place in the order came about, to the row."""
    from kinfold.operations import explain as explaining
    from kinfold.operations import night

    home = opened(home_folder, as_json=as_json)
    night.set_up_service(home)
    from kinfold.operations import looks

    try:
        told = explaining.explain(
            home, person_id, as_at=as_at, may_rebuild=True, say=(lambda step, done: None) if as_json else say_step
        )
        looks.from_the_command_line(person_id, action="explain", at=now())
    except explaining.NothingToExplain as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        click.echo(json.dumps(told))
        return
    _show(told)


def _show(told: dict[str, Any]) -> None:
    """One child's sum as a table that is added up by hand."""
    table = Table(
        title=f"As at {told['as_at']}, run {told['run_id']}, rules {told['rule_set']['hash'][:12]}",
        box=None,
        pad_edge=False,
    )
    for heading in ("kind", "domain", "marker"):
        table.add_column(heading)
    table.add_column("points", justify="right")
    table.add_column("how")
    for line in told["lines"]:
        points = f"{line['points']:g}" if line["points"] is not None else ""
        rule = line["rule"]
        by = f" (rule {rule['code']}, version {rule['version']}, from {rule['in_force']})" if rule else ""
        table.add_row(line["kind"], line["domain"] or "", line["marker"] or "", points, f"{line['says']}{by}")
        for row in line["evidence"]:
            where = f"{row['table']}, row {row['row_number']} of {row['part']}, {row['delivery_id']}"
            table.add_row("", "", "", "", f"  {row['date'] or 'no day'}: {row['says']} ({where})")
    CONSOLE.print(table)
    CONSOLE.print(f"Pressures: {told['sums']['pressures']}")
    CONSOLE.print(f"Unmet needs: {told['sums']['unmet_needs']}")
    CONSOLE.print(f"In the order of lists: {told['sums']['figure']}, and {told['figure_high']:g} at most if all "
                  "that is unknown were true.")  # fmt: skip
    if told["coverage_share"] is not None:
        CONSOLE.print(f"{told['coverage_share']:.0%} of what is asked about a child of this age can be answered.")
    for said in (*told["place"]["says"], told["place"]["seen"]):
        if said:
            CONSOLE.print(said)
    for state in told["unknown"]:
        more = f" It could add {state['could_add']:g}." if state["could_add"] else ""
        CONSOLE.print(f"Not known: {state['label'] or state['marker']}. {state['says']}{more}")
