"""Ways in for suppliers: the keys of their systems, and the folder they drop files into."""

from __future__ import annotations

import datetime
import json
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from kinfold.cli.feeds import feeds, in_service
from kinfold.cli.shell import CONSOLE, DAY, REFUSED, home_option, json_option, now, refuse

if TYPE_CHECKING:
    from kinfold.operations.watching import Watch


@feeds.group("keys")
def keys_group() -> None:
    """Keys of suppliers' systems, which deliver over HTTP."""


@keys_group.command("make")
@click.option("--supplier", required=True, help="Whose system it is.")
@click.option(
    "--feed", "feed_names", multiple=True, required=True, help="A feed it may deliver; more than one may be named."
)
@click.option("--expires", type=DAY, required=True, help="The last day it opens anything.")
@home_option
@json_option
def keys_make(
    supplier: str, feed_names: tuple[str, ...], expires: datetime.date, home_folder: Path, as_json: bool
) -> None:
    """Make a key, which is shown this once."""
    home = in_service(home_folder, as_json=as_json)
    from kinfold.areas import feeds as feed_settings
    from kinfold.workbench.api import keys

    try:
        known = feed_settings.load(home.area)
        made, key = keys.make(supplier=supplier, feeds=feed_names, known_feeds=known, expires_on=expires, at=now())
    except keys.UnableToMakeKey as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        click.echo(
            json.dumps({"key": key, "prefix": made.prefix, "feeds": made.feeds, "expires_on": expires.isoformat()})
        )
    else:
        click.echo(key)
        click.echo("It is shown this once. Hand it over by a way that is not e-mail.", err=True)


@keys_group.command("list")
@home_option
@json_option
def keys_list(home_folder: Path, as_json: bool) -> None:
    """List the keys by the letters they begin with, the newest first."""
    in_service(home_folder, as_json=as_json)
    from kinfold.workbench.api import keys

    rows = [
        {
            "prefix": key.prefix,
            "supplier": key.supplier,
            "feeds": key.feeds,
            "expires_on": key.expires_on.isoformat(),
            "state": "live" if keys.is_live(key, at=now()) else "revoked" if key.revoked_at else "expired",
            "last_used_at": key.last_used_at.isoformat() if key.last_used_at else None,
        }
        for key in keys.list_keys()
    ]
    if as_json:
        click.echo(json.dumps({"keys": rows}))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("begins", "supplier", "feeds", "until", "state", "last used"):
        table.add_column(heading)
    for row in rows:
        used = str(row["last_used_at"] or "never")[:16].replace("T", " ")
        table.add_row(
            f"kf_{row['prefix']}", row["supplier"], ", ".join(row["feeds"]), row["expires_on"], row["state"], used
        )
    CONSOLE.print(table)


@keys_group.command("revoke")
@click.argument("prefix")
@home_option
@json_option
def keys_revoke(prefix: str, home_folder: Path, as_json: bool) -> None:
    """Shut a key for good. PREFIX: the letters it begins with, as `keys list` shows them."""
    in_service(home_folder, as_json=as_json)
    from kinfold.workbench.api import keys

    try:
        key = keys.revoke(prefix.removeprefix("kf_"), at=now())
    except keys.UnableToRevoke as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        click.echo(json.dumps({"prefix": key.prefix, "revoked": True}))
    else:
        click.echo(f"kf_{key.prefix} of {key.supplier} opens nothing any more.")


@feeds.command("watch")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--once", is_flag=True, help="Take what is whole and end; for a scheduler.")
@click.option("--still", default=10.0, show_default=True, type=click.FloatRange(0, 3600),
              help="Seconds for which a file must not change to be whole.")  # fmt: skip
@click.option(
    "--every", default=5.0, show_default=True, type=click.FloatRange(0.1, 3600), help="Seconds between looks."
)
@home_option
def feeds_watch(folder: Path, once: bool, still: float, every: float, home_folder: Path) -> None:
    """
    Take files that suppliers drop into FOLDER, by SFTP for instance, when they are whole.

    Files right in FOLDER may be of any feed; a folder in it named after a feed holds files of that feed. What was
    taken moves to taken/, what was refused to refused/, each with a report beside it. Ctrl+C ends it.
    """
    from kinfold.operations import watching

    home = in_service(home_folder, as_json=False)
    stop = threading.Event()
    if not once:
        signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        with watching.watching(home, folder.resolve(), still=still) as watch:
            watch.clear_old(at=now())
            refused = look(watch)
            if once:
                stop.wait(still)
                sys.exit(REFUSED if look(watch) or refused else 0)
            click.echo(f"Watching {folder.name} (Ctrl+C to stop)")
            while not stop.wait(every):
                look(watch)
    except watching.UnableToWatch as why:
        refuse(str(why))
    click.echo("Stopped. Nothing is half taken.")


def look(watch: Watch) -> bool:
    """Take what is whole and say so; whether something of it was refused."""
    taken = watch.look(at=now())
    for one in taken:
        files = f"{len(one.names)} {'file' if len(one.names) == 1 else 'files'}"
        click.echo(
            f"{one.state}: {files}{f' in {one.into.parent.name}/{one.into.name}' if one.into else ''}. {one.message}"
        )
    return any(one.state == "refused" for one in taken)
