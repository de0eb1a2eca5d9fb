"""The demonstration council, and an area of one's own."""

from __future__ import annotations

import datetime
from pathlib import Path

import click
from rich.table import Table

from kinfold.cli.service import refuse_if_taken, serve_on
from kinfold.cli.shell import (
    CONSOLE,
    DAY,
    home_option,
    main,
    now,
    opened,
    refuse,
    say_step,
    today,
)


@main.command()
@click.option("--children", default=6000, show_default=True, type=click.IntRange(300, 350_000))
@click.option("--seed", default=1, show_default=True, type=int)
@click.option("--as-at", type=DAY, default=None, help="The day the demonstration council lives in; today.")
@click.option("--no-serve", is_flag=True, help="Make and run it, but do not serve it.")
@click.option("--fresh", is_flag=True, help="Make it again, even when it is there.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@home_option
def demo(
    children: int, seed: int, as_at: datetime.date | None, no_serve: bool, fresh: bool, port: int, home_folder: Path
) -> None:
    """Make the demonstration council, run it and serve it."""
    from kinfold.operations import demo as demonstration
    from kinfold.operations import night
    from kinfold.operations.run import RunFailed

    if not no_serve:
        refuse_if_taken(port)  # before anybody waits minutes for what cannot be shown
    try:
        if fresh or not demonstration.is_made(home_folder):
            CONSOLE.print(f"Making Saltmarsh, a council that does not exist, with {children:,} children.")
            made = demonstration.make(
                home_folder.resolve(), children=children, seed=seed, as_at=as_at or today(), at=now(), say=say_step
            )
            CONSOLE.print(f"{made.deliveries} deliveries, {made.rows_in:,} rows in {made.seconds:.0f} s.")
        home = opened(home_folder)
        night.set_up_service(home)
    except (demonstration.NotTheDemonstration, RunFailed, night.NotPublished, night.AlreadyRunning) as why:
        refuse(str(why))
    print_sign_ins(demonstration.sign_ins(home), port)
    if not no_serve:
        serve_on(home, "127.0.0.1", port)


def print_sign_ins(sign_ins: list[dict[str, str]], port: int) -> None:
    table = Table(title=None, box=None, pad_edge=False)
    for heading in ("sign in as", "password", "to see"):
        table.add_column(heading)
    for one in sign_ins:
        table.add_row(one["username"], one["password"], one["label"])
    CONSOLE.print()
    CONSOLE.print(table)
    CONSOLE.print(f"\nOpen http://127.0.0.1:{port}/ and sign in. Everybody in it is made up. Ctrl+C stops it.")


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--feed",
    "feeds",
    multiple=True,
    metavar="NAME[=EXAMPLE]",
    help="A feed to begin with; may be given more than once.",
)
@home_option
def init(folder: Path, feeds: tuple[str, ...], home_folder: Path) -> None:
    """Start an area of your own from the template, in FOLDER, with its live data in --home."""
    from kinfold.operations import beginning

    named = {name: example or name for name, _, example in (feed.partition("=") for feed in feeds)}
    try:
        made = beginning.begin(folder, home=home_folder.resolve(), on=today(), feeds=named)
    except beginning.UnableToBegin as why:
        refuse(str(why))
    click.echo(made)
