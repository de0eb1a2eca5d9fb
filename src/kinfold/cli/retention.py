"""What is kept no longer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kinfold.cli.agreements import register_of
from kinfold.cli.shell import home_option, json_option, main, now, refuse, say_step, today

if TYPE_CHECKING:
    from kinfold.operations.retention import Plan


@main.group()
def retention() -> None:
    """What is kept no longer, and the proof that it is gone."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, with counts, and erase nothing.")
@click.option(
    "--tombstones",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="Tombstones kept apart from the home, to apply again after a backup was restored.",
)
@home_option
@json_option
def retention_run(dry_run: bool, tombstones: Path | None, home_folder: Path, as_json: bool) -> None:
    """Erase what is due: ended agreements, rows past their time, received bytes grown old. Fit for every night."""
    home = register_of(home_folder, as_json=as_json)
    from kinfold.operations import night, purge
    from kinfold.operations import retention as keeping
    from kinfold.operations.run import RunFailed

    try:
        stones = purge.tombstones(home.erasures / purge.TOMBSTONES)
        stones += purge.tombstones(tombstones) if tombstones else []
        planned = keeping.plan(home, on=today(), stones=stones)
        say = (lambda step, is_done: None) if as_json or dry_run else say_step
        reports = [] if dry_run else keeping.carry_out(home, planned, on=today(), at=now(), say=say)
    except (purge.NoSuchTombstones, RunFailed, night.AlreadyRunning, night.NotPublished) as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, **planned.as_json(), "reports": reports}))
        return
    for line in in_words(planned, dry_run=dry_run):
        click.echo(line)
    for report in reports:
        click.echo(f"{report['feed']}: the signed report is kept in erasures, signature {report['signature'][:16]}.")


@retention.command("verify")
@click.argument("report", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@home_option
@json_option
def verify(report: Path, home_folder: Path, as_json: bool) -> None:
    """Whether a signed report of what was erased is this home's own, and unchanged."""
    home = register_of(home_folder, as_json=as_json)
    from kinfold.operations import purge

    try:
        told = json.loads(report.read_text(encoding="utf-8"))
        is_genuine = isinstance(told, dict) and purge.is_genuine(home, told)
    except ValueError:
        is_genuine = False
    if not is_genuine:
        refuse(
            "This is not a report that this home signed, or it was changed since. The reports of this home are in "
            "its folder `erasures`.",
            as_json=as_json,
        )
    said = f"Signed by this home and unchanged: {told['feed']}, {told['at'][:10]}."
    click.echo(json.dumps({"is_genuine": True, "feed": told["feed"], "at": told["at"]}) if as_json else said)


def in_words(planned: Plan, *, dry_run: bool) -> list[str]:
    """What was done, or would be, a line each."""
    verb = "would be erased" if dry_run else "erased"
    lines = [f"{one.feed} ({one.why}): {_counted(one.counts)} {verb}." for one in planned.erasures]
    if planned.received:
        count = len(planned.received)
        lines.append(f"Received bytes of {count:,} {'receipt' if count == 1 else 'receipts'} {verb}, for their age.")
    lines += [
        f"{feed}: ended or narrowed; what it brought is erased from {on}, unless that is called off."
        for feed, on in planned.later
    ]
    lines += [
        f"{feed}: its agreement has run out and nothing new is loaded. What it brought is still here: renew it, or "
        "end it with `kinfold agreements end`."
        for feed in planned.run_out
    ]
    return lines or ["Nothing is due."]


def _counted(counts: dict[str, int]) -> str:
    words = {"deliveries": "delivery", "rows": "row", "snapshots": "snapshot", "files": "file", "bytes": "byte"}
    return ", ".join(f"{counts[many]:,} {one if counts[many] == 1 else many}" for many, one in words.items())
