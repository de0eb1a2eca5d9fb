"""Deliveries: list, check and load them."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path
from typing import Any

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
    today,
)


@main.group()
def feeds() -> None:
    """Check and load deliveries."""


@feeds.command("list")
@home_option
@json_option
def feeds_list(home_folder: Path, as_json: bool) -> None:
    """List the deliveries of this home, newest last."""
    from kinfold.feeds.deliveries import list_deliveries

    home = opened(home_folder, as_json=as_json)
    deliveries = list_deliveries(home.folder)
    if as_json:
        click.echo(json.dumps({"deliveries": [d.as_json(problems=False) for d in deliveries]}))
        return
    print_deliveries(deliveries)


@feeds.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@home_option
@json_option
def feeds_check(paths: tuple[Path, ...], home_folder: Path, as_json: bool) -> None:
    """Say what the files are and every problem in them, by row and column. Changes nothing."""
    from kinfold.areas import feeds as feed_settings
    from kinfold.feeds.check import check

    home = opened(home_folder, as_json=as_json)
    reports = check(list(paths), feed_settings.load(home.area), on=today())
    report_deliveries(reports, as_json)


@feeds.command("load")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--feed", default=None, help="Which feed the files are of, when their columns do not tell.")
@click.option("--delivered", type=DAY, default=None, help="The day they were delivered; today.")
@home_option
@json_option
def feeds_load(
    paths: tuple[Path, ...], feed: str | None, delivered: datetime.date | None, home_folder: Path, as_json: bool
) -> None:
    """Load deliveries under their agreements: land, map, and set wrong rows aside with reasons."""
    from kinfold.areas import feeds as feed_settings
    from kinfold.feeds.load import load

    home = opened(home_folder, as_json=as_json)
    known = feed_settings.load(home.area)
    if feed is not None and feed not in known:
        raise click.UsageError(f"--feed is not a feed of this area. Its feeds are: {', '.join(sorted(known))}.")
    reports = load(
        list(paths),
        home.folder,
        known,
        delivered=delivered or today(),
        feed=feed,
        received_at=now(),
    )
    report_deliveries(reports, as_json)


def report_deliveries(reports: list[Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"deliveries": [report.as_json() for report in reports]}))
    else:
        print_deliveries(reports)
        for report in reports:
            for problem in report.problems:
                click.echo(f"  {report.feed or 'not recognised'}: {problem.message}")
    if any(report.state == "refused" for report in reports):
        sys.exit(REFUSED)


def print_deliveries(reports: list[Any]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("feed", "delivery", "state"):
        table.add_column(heading)
    for heading in ("rows in", "mapped", "set aside", "refused by agreement"):
        table.add_column(heading, justify="right")
    for report in reports:
        table.add_row(
            report.feed or "not recognised",
            report.delivery_id or "",
            report.state,
            f"{report.rows_in:,}",
            f"{report.rows_mapped:,}",
            f"{report.rows_set_aside:,}",
            f"{report.rows_refused_by_agreement:,}",
        )
    CONSOLE.print(table)
