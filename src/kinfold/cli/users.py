"""Who may sign in, and as what. A password is typed or made, and is never part of a command."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.table import Table

from kinfold.cli.agreements import register_of
from kinfold.cli.shell import CONSOLE, home_option, json_option, main, now, refuse

made_option = click.option("--made", is_flag=True, help="Make a password and print it once, instead of asking for it.")


@main.group()
def users() -> None:
    """Who may sign in, and as what."""


@users.command("add")
@click.argument("username")
@click.option("--name", required=True, help="As it stands on a screen.")
@click.option("--role", "roles", multiple=True, required=True, help="A role of the area; may be given more than once.")
@click.option("--staff-ref", default="", help="Their number in the case system, so that their own children are theirs.")
@click.option("--team", default="", help="Their team, as the case system writes it.")
@click.option("--agency", default="", help="Whose numbers these are; social_care when not said.")
@click.option("--service", default="", help="Their service's key in the feeds, for a partner's worker.")
@click.option("--phone", default="", help="How colleagues reach them.")
@made_option
@home_option
def users_add(
    username: str, name: str, roles: tuple[str, ...], staff_ref: str, team: str, agency: str, service: str,
    phone: str, made: bool, home_folder: Path,
) -> None:  # fmt: skip
    """Add a person with one or more roles, and a password that is typed or made."""
    register_of(home_folder)
    from kinfold.governance import people

    try:
        people.check_new(username, roles)
        password = made_password() if made else typed_password()
        people.add(
            username=username, name=name, roles=roles, password=password, staff_ref=staff_ref, team=team,
            agency=agency, service_ref=service, phone=phone, at=now(),
        )  # fmt: skip
    except people.UnableToChange as why:
        refuse(str(why))
    click.echo(f"{username} may sign in as {', '.join(roles)}.")
    say_password(password if made else None)


def made_password() -> str:
    """Four words of the demonstration's list, as its own passwords are made."""
    from kinfold.operations import accounts

    return accounts.made_password()


def typed_password() -> str:
    """Asked for twice at a terminal, else the first line of what is piped in."""
    if sys.stdin.isatty():
        return str(click.prompt("Password, 12 characters or more", hide_input=True, confirmation_prompt="Once more"))
    return sys.stdin.readline().rstrip("\r\n")


def say_password(made: str | None) -> None:
    if made is not None:
        click.echo(f"Password: {made}\nIt is not kept in readable form. Give it to them by a way that is not e-mail.")


@users.command("list")
@home_option
@json_option
def users_list(home_folder: Path, as_json: bool) -> None:
    """Everybody who may sign in, or once could, with their roles."""
    register_of(home_folder, as_json=as_json)
    from kinfold.governance import people

    everybody = people.everybody(at=now())
    if as_json:
        click.echo(json.dumps({"users": everybody}))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("user name", "name", "roles", "team", "staff number", "may sign in", "last signed in"):
        table.add_column(heading)
    for one in everybody:
        last = (one["last_signed_in"] or "never")[:10]
        may = "yes" if one["may_sign_in"] else "no"
        table.add_row(one["username"], one["name"], ", ".join(one["roles"]), one["team"], one["staff_ref"], may, last)
    CONSOLE.print(table)


@users.command("roles")
@click.argument("username", required=False)
@click.option("--give", multiple=True, help="A role to give.")
@click.option("--end", "ended", multiple=True, help="A role to end.")
@home_option
def users_roles(username: str | None, give: tuple[str, ...], ended: tuple[str, ...], home_folder: Path) -> None:
    """The roles of this area; or, with USERNAME, give and end a person's."""
    home = register_of(home_folder)
    from kinfold.areas import roles as role_settings
    from kinfold.governance import people

    if username is None:
        if give or ended:
            raise click.UsageError("Name the person whose roles change.")
        for role in role_settings.load(home.area).role.values():
            click.echo(f"{role.name}: {role.label}")
        return
    try:
        held = people.change_roles(username, give=give, end=ended, at=now())
    except people.UnableToChange as why:
        refuse(str(why))
    click.echo(f"{username} may sign in as {', '.join(held)}." if held else f"{username} has no role now.")


@users.command("disable")
@click.argument("username")
@home_option
def users_disable(username: str, home_folder: Path) -> None:
    """A leaver: signed out everywhere at once, and never in again. What they recorded stays."""
    register_of(home_folder)
    from kinfold.governance import people

    try:
        ended = people.disable(username, at=now())
    except people.UnableToChange as why:
        refuse(str(why))
    click.echo(f"{username} can no longer sign in. Sessions ended: {ended}.")


@users.command("password")
@click.argument("username")
@made_option
@home_option
def users_password(username: str, made: bool, home_folder: Path) -> None:
    """Give a person another password, and sign them out everywhere."""
    register_of(home_folder)
    from kinfold.governance import people

    try:
        people.find(username)
        password = made_password() if made else typed_password()
        people.set_password(username, password, at=now())
    except people.UnableToChange as why:
        refuse(str(why))
    click.echo(f"{username} has another password.")
    say_password(password if made else None)
