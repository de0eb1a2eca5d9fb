"""Deliveries: list, check, load and withdraw them, and have their suppliers put rows right."""

from __future__ import annotations

import dataclasses
import datetime
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from kinfold.cli.shell import (
    CONSOLE,
    DAY,
    REFUSED,
    home_option,
    json_option,
    main,
    now,
    opened,
    refuse,
    today,
)
from kinfold.vocabulary.dates import in_words

if TYPE_CHECKING:
    from kinfold.operations.home import Home

COMMAND_LINE = "the command line"


@main.group()
def feeds() -> None:
    """Check, load and withdraw deliveries."""
    if Path(sys.argv[0]).stem == "kinfold":  # the command itself; whoever calls this from elsewhere may want pandas
        from kinfold.feeds.lean import stay_lean

        stay_lean("pandas")


@feeds.command("list")
@home_option
@json_option
def feeds_list(home_folder: Path, as_json: bool) -> None:
    """List the deliveries of this home, newest last, and how each stands."""
    from kinfold.feeds.deliveries import list_deliveries
    from kinfold.operations import intake

    home = opened(home_folder, as_json=as_json)
    deliveries = list_deliveries(home.folder)
    stands = {one.delivery_id: one.state for one in intake.states(home) if one.state in ("superseded", "withdrawn")}
    if as_json:
        told = [one.as_json(problems=False) for one in deliveries]
        told = [one | {"state": stands.get(one["delivery_id"], one["state"])} for one in told]
        click.echo(json.dumps({"deliveries": told}))
        return
    print_deliveries(deliveries, stands)


@feeds.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@home_option
@json_option
def feeds_check(paths: tuple[Path, ...], home_folder: Path, as_json: bool) -> None:
    """Say what the files are and every problem in them, by row and column. Changes nothing."""
    from kinfold.feeds.check import check
    from kinfold.operations import intake

    home = in_service(home_folder, as_json=as_json)
    try:
        reports = check(list(paths), intake.feeds_for(home, at=now()), on=today(), home=home.folder)
    except intake.UnableToTakeIn as why:
        refuse(str(why), as_json=as_json)
    report_deliveries(reports, as_json)


@feeds.command("load")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--feed", default=None, help="Which feed the files are of, when their columns do not tell.")
@click.option("--delivered", type=DAY, default=None, help="The day they were delivered; today.")
@click.option("--corrects", default=None, metavar="DELIVERY", help="The delivery whose set-aside rows they put right.")
@click.option("--force", default="", metavar="REASON", help="Why they are loaded though a check refuses; no names.")
@home_option
@json_option
def feeds_load(
    paths: tuple[Path, ...],
    feed: str | None,
    delivered: datetime.date | None,
    corrects: str | None,
    force: str,
    home_folder: Path,
    as_json: bool,
) -> None:
    """Load deliveries under their agreements: land, map, and set wrong rows aside with reasons."""
    from kinfold.areas import feeds as feed_settings
    from kinfold.operations import intake

    home = opened(home_folder, as_json=as_json)
    known = feed_settings.load(home.area)
    if feed is not None and feed not in known:
        raise click.UsageError(f"--feed is not a feed of this area. Its feeds are: {', '.join(sorted(known))}.")
    in_service(home_folder, as_json=as_json)
    on = delivered or today()
    try:
        receipt = intake.receive_paths(
            home, paths, by=COMMAND_LINE, delivered=on, at=now(), feed=feed, corrects=corrects
        )
        _written_down("received", receipt=receipt.receipt_id, files=len(receipt.files))
        done = intake.load(home, receipt.receipt_id, by=COMMAND_LINE, at=now(), forced=force.strip())
    except intake.UnableToReceive as why:
        report_deliveries([intake.not_received(str(why), paths, on=on, feed=feed)], as_json)
        return
    except intake.UnableToTakeIn as why:
        refuse(str(why), as_json=as_json)
    assert done.result is not None
    report_deliveries(list(done.result.reports), as_json)


@feeds.command("withdraw")
@click.argument("delivery")
@click.option("--reason", required=True, help="Why it is taken back; no names of people.")
@home_option
@json_option
def feeds_withdraw(delivery: str, reason: str, home_folder: Path, as_json: bool) -> None:
    """Take a delivery back: the next run leaves it out, and what it had superseded counts again."""
    from kinfold.operations import intake

    home = in_service(home_folder, as_json=as_json)
    try:
        made = intake.withdraw(home, delivery, by=COMMAND_LINE, at=now(), reason=reason)
    except intake.UnableToWithdraw as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        click.echo(json.dumps({"delivery_id": delivery, "withdrawn_on": made.on.isoformat()}))
    else:
        click.echo(
            f"{delivery} is withdrawn from {in_words(made.on)}. The list people read still has it: run "
            "`kinfold run` to leave it out."
        )


@feeds.command("receipts")
@home_option
@json_option
def feeds_receipts(home_folder: Path, as_json: bool) -> None:
    """List what was received, whichever way it came, newest last."""
    from kinfold.operations import intake

    home = opened(home_folder, as_json=as_json)
    receipts = intake.list_receipts(home)
    if as_json:
        click.echo(json.dumps({"receipts": [receipt.as_json() for receipt in receipts]}))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("receipt", "received", "way", "by", "state", "deliveries"):
        table.add_column(heading)
    for one in receipts:
        made = ", ".join(r.delivery_id or "not recognised" for r in one.result.reports) if one.result else ""
        received = f"{one.at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(one.receipt_id, received, one.way.replace("_", " "), one.by, one.state, made)
    CONSOLE.print(table)


@feeds.command("recover")
@home_option
@json_option
def feeds_recover(home_folder: Path, as_json: bool) -> None:
    """Finish what was cut off: half-written folders go, and what was received is checked or loaded."""
    from kinfold.operations import intake

    home = in_service(home_folder, as_json=as_json)
    done = intake.recover(home, at=now())
    if as_json:
        click.echo(json.dumps({"cleared": done.cleared, "again": done.again, "failed": done.failed,
                               "forgotten": done.forgotten}))  # fmt: skip
    else:
        click.echo(done.message)
    if done.failed:
        sys.exit(REFUSED)


@feeds.command("set-aside")
@click.argument("delivery")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the rows for the supplier: .csv or .xlsx."
)
@home_option
@json_option
def feeds_set_aside(delivery: str, out: Path | None, home_folder: Path, as_json: bool) -> None:
    """Count the rows of a delivery that wait to be put right, by reason, and write them for the supplier."""
    from kinfold.feeds.reports import ROWS_COUNTED
    from kinfold.operations import intake, settling

    home = in_service(home_folder, as_json=as_json) if out else opened(home_folder, as_json=as_json)
    try:
        aside = intake.set_aside(home, delivery)
        if out and aside.waiting:
            _written_down("exported", delivery=delivery, rows=aside.waiting)
        files = settling.export(aside, out) if out else []
    except (intake.NoSuchDelivery, settling.UnableToExport) as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        kinds = [dataclasses.asdict(kind) for kind in aside.kinds]
        click.echo(json.dumps({"delivery_id": delivery, "waiting": aside.waiting, "settled": aside.settled,
                               "kinds": kinds, "files": [file.name for file in files]}))  # fmt: skip
        return
    for kind in aside.kinds:
        click.echo(f"{kind.count:>9,}  {kind.part}: {kind.words} (first: row {kind.first_row:,})")
    if aside.kinds:
        click.echo(ROWS_COUNTED)
    click.echo(f"{aside.waiting:,} rows wait to be put right, {aside.settled:,} were settled by a correction.")
    for file in files:
        click.echo(f"Written for the supplier: {file.name}. Load what comes back with --corrects {delivery}.")


def _written_down(what: str, **detail: str | int) -> None:
    """Put a row in the audit trail; nobody is signed in at the command line, so it names the way in."""
    from kinfold.governance import audit

    audit.record(action=f"delivery.{what}", at=now(), purpose="data_quality", detail={**detail, "way": "command_line"})


def in_service(home_folder: Path, *, as_json: bool) -> Home:
    """The home, with its service database at hand: the register of agreements and the audit trail are there."""
    from kinfold.operations import night

    home = opened(home_folder, as_json=as_json)
    night.set_up_service(home)
    return home


def report_deliveries(reports: list[Any], as_json: bool) -> None:
    from kinfold.feeds.reports import how_rows_are_counted

    if as_json:
        click.echo(json.dumps({"deliveries": [report.as_json() for report in reports]}))
    else:
        print_deliveries(reports)
        for report in reports:
            told = [problem.message for problem in report.problems]
            if (report.state == "refused" or not report.is_new) and report.message not in told:
                told.insert(0, report.message)
            for message in told:
                click.echo(f"  {report.feed or 'not recognised'}: {message}")
        if counted := how_rows_are_counted([problem for report in reports for problem in report.problems]):
            click.echo(f"  {counted}")
    if any(report.state == "refused" for report in reports):
        sys.exit(REFUSED)


def print_deliveries(reports: list[Any], stands: Mapping[str | None, str] | None = None) -> None:
    """stands: how a delivery stands where its report does not say so, by its number."""
    table = Table(box=None, pad_edge=False)
    for heading in ("feed", "delivery", "delivered", "state"):
        table.add_column(heading)
    for heading in ("rows in", "mapped", "set aside", "refused by agreement"):
        table.add_column(heading, justify="right")
    for report in reports:
        table.add_row(
            report.feed or "not recognised",
            report.delivery_id or "",
            report.delivered.isoformat(),
            (stands or {}).get(report.delivery_id, report.state),
            f"{report.rows_in:,}",
            f"{report.rows_mapped:,}",
            f"{report.rows_set_aside:,}",
            f"{report.rows_refused_by_agreement:,}",
        )
    CONSOLE.print(table)
