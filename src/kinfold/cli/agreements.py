"""The register of data sharing agreements: list, enter, approve, end."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from kinfold.cli.shell import CONSOLE, DAY, home_option, json_option, main, now, opened, refuse, today

if TYPE_CHECKING:
    from kinfold.governance.agreements.queries import Entry
    from kinfold.governance.models import User
    from kinfold.operations.home import Home

HOW_TO_SAY = " Say so with --held erase or --held keep."
by_option = click.option("--by", "username", required=True, metavar="USER NAME", help="Who does this.")


@main.group()
def agreements() -> None:
    """The register of data sharing agreements. Nothing is loaded without a live one."""


def register_of(home_folder: Path, *, as_json: bool = False) -> Home:
    """The home, with its register within reach."""
    from kinfold.operations import night

    home = opened(home_folder, as_json=as_json)
    night.set_up_service(home)
    return home


def keeper(username: str) -> tuple[User, str]:
    """The person of that user name and their role that keeps the register; refuses when there is none."""
    from kinfold.governance import permissions
    from kinfold.governance.models import User

    user = User.objects.filter(username=username, is_active=True).first()
    held = permissions.held_roles(user, now()) if user else ()
    role = next((role.name for role in held if role.may_keep_agreements), None)
    if user is None or role is None:
        refuse(
            f"{username} is nobody here who keeps the register of agreements. Nothing was changed. "
            "See who is there with `kinfold users list`."
        )
    return user, role


@agreements.command("list")
@home_option
@json_option
def agreements_list(home_folder: Path, as_json: bool) -> None:
    """Every feed of the area with its agreement: state, dates, days left."""
    from kinfold.areas import feeds as feed_settings

    home = register_of(home_folder, as_json=as_json)
    from kinfold.governance.agreements import queries

    register = queries.register(on=today())
    names = sorted({*feed_settings.load(home.area), *register})
    if as_json:
        click.echo(json.dumps({"agreements": [as_row(name, register.get(name)) for name in names]}))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("feed", "agreement", "version", "state", "from", "to", "days left", "waits for"):
        table.add_column(heading)
    for name in names:
        row = as_row(name, register.get(name))
        cells = ("feed", "agreement", "version", "state", "from", "to", "days_left")
        table.add_row(*("" if row[key] is None else str(row[key]) for key in cells), ", ".join(row["waits_for"]))
    CONSOLE.print(table)


def as_row(name: str, entry: Entry | None) -> dict[str, Any]:
    """One feed of the register as it is printed. days_left: null where nothing may be loaded."""
    from kinfold.governance.agreements.policies import STATE_WORDS

    if entry is None:
        empty = dict.fromkeys(("agreement", "version", "from", "to", "days_left"))
        return {"feed": name, "state": "not in the register", "waits_for": [], **empty}
    version = entry.shown
    waiting = (entry.waiting or version).missing
    return {
        "feed": name,
        "agreement": version.terms.id,
        "version": version.row.version,
        "state": STATE_WORDS[version.state].lower(),
        "from": version.row.from_on.isoformat(),
        "to": version.last_on.isoformat(),
        "days_left": (version.last_on - today()).days if version.loads else None,
        "waits_for": list(waiting),
    }


@agreements.command("enter")
@click.argument("feeds", nargs=-1)
@by_option
@click.option("--reason", required=True, help="Why they are entered, in a few words.")
@home_option
def agreements_enter(feeds: tuple[str, ...], username: str, reason: str, home_folder: Path) -> None:
    """Enter the [agreement] of FEEDS (every feed of the area when none is named) as a new, proposed version."""
    home = register_of(home_folder)
    from kinfold.areas import feeds as feed_settings
    from kinfold.governance.agreements import actions
    from kinfold.operations import agreements as registering

    user, role = keeper(username)
    _known(feeds, sorted(feed_settings.load(home.area)))
    try:
        entered = registering.enter_from_area(home, by=user, role=role, at=now(), feeds=feeds, reason=reason)
    except actions.UnableToEnter as why:
        refuse(str(why))
    for row in entered:
        click.echo(f"{row.feed}: {row.reference} is entered as version {row.version}, and waits for approval.")
    if not entered:
        click.echo("Nothing differs from what the register has. Nothing was entered.")


def _known(feeds: tuple[str, ...], there: list[str]) -> None:
    strange = sorted(set(feeds) - set(there))
    if strange:
        raise click.UsageError(f"{', '.join(strange)} is not a feed of this area. Its feeds are: {', '.join(there)}.")


def _entered(feeds: tuple[str, ...], there: list[str]) -> None:
    missing = sorted(set(feeds) - set(there))
    if missing:
        raise click.UsageError(
            f"The register has no agreement for {', '.join(missing)}. It has {', '.join(there) or 'none yet'}. "
            "Enter it first: kinfold agreements enter."
        )


@agreements.command("approve")
@click.argument("feeds", nargs=-1, required=True)
@by_option
@click.option("--office", "offices", multiple=True, help="Which office approved; all that have still to.")
@click.option("--note", required=True, help="Where the signed approval is kept.")
@click.option(
    "--held",
    type=click.Choice(["erase", "keep"]),
    default=None,
    help="What becomes of deliveries that hold more than a narrower version lets be kept.",
)
@home_option
def agreements_approve(
    feeds: tuple[str, ...], username: str, offices: tuple[str, ...], note: str, held: str | None, home_folder: Path
) -> None:
    """Record the approval of the newest version of FEEDS. Nobody approves what they entered."""
    register_of(home_folder)
    from kinfold.governance.agreements import actions, queries

    user, role = keeper(username)
    register = queries.register(on=today())
    _entered(feeds, sorted(register))
    for feed in feeds:
        newest = register[feed].versions[0]
        try:
            missing = actions.approve(
                feed=feed, version=newest.row.version, offices=offices or newest.missing, by=user, role=role,
                at=now(), note=note, held=held or "",
            )  # fmt: skip
        except actions.UnableToApprove as why:
            refuse(f"{feed}: {why}{HOW_TO_SAY if not held and 'more than this version' in str(why) else ''}")
        waits = f"It still waits for {', '.join(missing)}." if missing else "Deliveries may be loaded under it."
        click.echo(f"{feed}: {newest.terms.id}, version {newest.row.version}, is approved. {waits}")


@agreements.command("end")
@click.argument("feed")
@by_option
@click.option("--reason", required=True, help="Why it ends, in a few words.")
@click.option("--on", "due_on", type=DAY, default=None, help="The first day without it; at once when not given.")
@home_option
def agreements_end(feed: str, username: str, reason: str, due_on: datetime.date | None, home_folder: Path) -> None:
    """End the agreement of FEED: from then on nothing of it is loaded, and everything it brought is erased."""
    register_of(home_folder)
    from kinfold.governance.agreements import actions, policies

    user, role = keeper(username)
    try:
        purge = actions.end(feed=feed, due_on=due_on or today(), by=user, role=role, at=now(), reason=reason)
    except actions.UnableToEnd as why:
        refuse(str(why))
    click.echo(
        f"{feed}: from {purge.due_on} nothing is loaded, and everything it brought is erased by the first "
        f"`kinfold retention run` from {policies.erased_from(purge)}. Until then it can be called off; a second person "
        f"can confirm it with `kinfold agreements confirm {feed}`, so that it need not wait."
    )


@agreements.command("confirm")
@click.argument("feed")
@by_option
@home_option
def agreements_confirm(feed: str, username: str, home_folder: Path) -> None:
    """Confirm, as a second person, the end of FEED's agreement, so that what it brought is erased without waiting."""
    register_of(home_folder)
    from kinfold.governance.agreements import actions, queries

    user, role = keeper(username)
    purge = queries.end_waiting(feed)
    if purge is None:
        refuse(f"No end of {feed} waits to be carried out. Nothing was changed.")
    try:
        actions.confirm_end(purge_id=purge.pk, by=user, role=role, at=now())
    except actions.UnableToEnd as why:
        refuse(str(why))
    click.echo(
        f"{feed}: confirmed. Everything it brought is erased by the first `kinfold retention run` from {purge.due_on}."
    )


@agreements.command("call-off")
@click.argument("feed")
@by_option
@click.option("--reason", required=True, help="Why the end is called off.")
@home_option
def agreements_call_off(feed: str, username: str, reason: str, home_folder: Path) -> None:
    """Call off the end of FEED's agreement, before it is carried out."""
    register_of(home_folder)
    from kinfold.governance.agreements import actions, queries

    user, role = keeper(username)
    purge = queries.purge_waiting(feed)
    if purge is None:
        refuse(f"Nothing of {feed} waits to be carried out. Nothing was changed.")
    try:
        actions.call_off(purge_id=purge.pk, by=user, role=role, at=now(), reason=reason)
    except actions.UnableToEnd as why:
        refuse(str(why))
    click.echo(f"{feed}: called off. What it brought stays.")


@agreements.command("export")
@click.argument("feed")
@home_option
def agreements_export(feed: str, home_folder: Path) -> None:
    """Print the agreement of FEED as the [agreement] block of a feed's file."""
    register_of(home_folder)
    from kinfold.areas.agreements import block_of
    from kinfold.governance.agreements import queries

    entry = queries.register(on=today()).get(feed)
    if entry is None:
        refuse(f"The register has no agreement for {feed}.")
    click.echo(block_of(entry.shown.terms), nl=False)
