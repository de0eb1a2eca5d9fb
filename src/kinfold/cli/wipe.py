"""Erasing a home whole, with a certificate."""

from __future__ import annotations

from pathlib import Path

import click

from kinfold.cli.shell import home_option, json_option, main, now, refuse


@main.command()
@click.option(
    "--certificate",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write what was erased; outside the home.",
)
@click.option("--yes", is_flag=True, help="Do not ask for the home's name.")
@home_option
@json_option
def wipe(certificate: Path, yes: bool, home_folder: Path, as_json: bool) -> None:
    """Erase everything in --home for good, and write a certificate of what was erased."""
    from kinfold.operations import night
    from kinfold.operations import wipe as wiping

    folder = home_folder.resolve()
    try:
        home = wiping.check(folder, certificate)
        if not yes:
            click.echo(f"Everything in {folder.name} is erased and cannot be brought back.", err=True)
            if click.prompt("Type its name to go on", err=True) != folder.name:
                refuse("That is not its name. Nothing was erased.", as_json=as_json)
        night.set_up_service(home)
        made = wiping.wipe(home, certificate=certificate, at=now())
    except wiping.UnableToWipe as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        click.echo(wiping.as_json(made))
    else:
        click.echo(f"Erased: {made.files:,} files, {made.bytes:,} bytes. The certificate is {certificate}.")
