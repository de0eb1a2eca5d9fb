"""An area's own linkage model: train it, see what it would change, and use it by name and for a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from kinfold.cli.link import link
from kinfold.cli.shell import CONSOLE, home_option, json_option, now, opened, refuse, today

WEIGHTS_SHOWN = 12


@link.command()
@home_option
@json_option
def train(home_folder: Path, as_json: bool) -> None:
    """Estimate a model from the area's own sure pairs and save it; no run uses it until `kinfold link use`."""
    from kinfold.areas.toml import AreaRejected
    from kinfold.linkage.model import ModelRejected
    from kinfold.operations import sealing, training

    home = opened(home_folder, as_json=as_json)
    try:
        made = training.train_own(home, as_at=today())
    except (training.UnableToTrain, sealing.SealKeyRefused, ModelRejected, AreaRejected) as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        click.echo(json.dumps({"hash": made.model_hash, "records": made.records, **made.difference}))
        return
    CONSOLE.print(f"Model {made.model_hash}, from {made.records:,} records. No run uses it yet.")
    _print_difference(made.difference)
    CONSOLE.print(f"\nTo use it: kinfold link use {made.model_hash} --by USER --reason WHY")


def _print_difference(told: dict[str, Any]) -> None:
    twins, bands = told["twins"], told["bands"]
    CONSOLE.print(f"{told['names_learned']:,} ways of writing a forename learned.")
    CONSOLE.print(f"Of {told['sampled']:,} live records, against model {told['model_now']}:")
    CONSOLE.print(f"  children born together made one person: {twins['now']:,} now, {twins['new']:,} with it")
    if twins["new"] > twins["now"]:
        CONSOLE.print("  [bold]It joins more of them. Do not use it before each was looked at.[/bold]")
    for moved, pairs in bands.items():
        CONSOLE.print(f"  pairs {moved.replace(' > ', ' to ')}: {pairs:,}")
    if not bands:
        CONSOLE.print("  no pair changes its band")
    table = Table(box=None, pad_edge=False, title="Weights that move most", title_justify="left")
    for heading in ("comparison", "degree"):
        table.add_column(heading)
    for heading in ("now", "new"):
        table.add_column(heading, justify="right")
    for row in told["weights"][:WEIGHTS_SHOWN]:
        table.add_row(row["comparison"], row["degree"], f"{row['now']:+.2f}", f"{row['new']:+.2f}")
    CONSOLE.print(table)


@link.command("models")
@home_option
@json_option
def models_list(home_folder: Path, as_json: bool) -> None:
    """The saved models, and who chose which, when and why."""
    from kinfold.operations import matching_models

    home = opened(home_folder, as_json=as_json)
    saved, chosen = matching_models.list_models(home), matching_models.uses(home)
    if as_json:
        click.echo(json.dumps({"models": list(saved.values()), "uses": chosen}))
        return
    for model_hash, about in saved.items():
        CONSOLE.print(f"{model_hash}  made of {about['records']:,} records as at {about['as_at']}")
    for one in chosen:
        CONSOLE.print(f"{one['at'][:10]}  {one['by']} chose {one['hash']}: {one['reason']}")
    if not chosen:
        CONSOLE.print("Every run so far used the model that comes with the product.")


@link.command("use")
@click.argument("model_hash", metavar="HASH")
@click.option("--by", "username", required=True, metavar="USER NAME", help="Who decides this.")
@click.option("--reason", required=True, help="Why; it is kept.")
@home_option
@json_option
def use(model_hash: str, username: str, reason: str, home_folder: Path, as_json: bool) -> None:
    """Use a saved model from the next run on, or `shipped` for the one that comes with the product."""
    from kinfold.operations import matching_models, night

    home = opened(home_folder, as_json=as_json)
    night.set_up_service(home)
    by, role = _matcher(username, as_json=as_json)
    from kinfold.governance import audit

    at = now()
    try:
        before = matching_models.use(
            home, model_hash, by=username, reason=reason, at=at,
            record=lambda detail: audit.record(
                action="linkage.model_chosen", at=at, user=by, role=role, purpose="data_quality", detail=detail
            ),
        )  # fmt: skip
    except matching_models.UnableToUse as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        click.echo(json.dumps({"hash": model_hash, "before": before}))
    else:
        CONSOLE.print(
            f"From the next run on: {model_hash}. To go back: kinfold link use {before} --by USER --reason WHY"
        )


def _matcher(username: str, *, as_json: bool) -> tuple[Any, str]:
    """The person of that user name and their role that matches; refuses when there is none."""
    from kinfold.governance import permissions
    from kinfold.governance.models import User

    user = User.objects.filter(username=username, is_active=True).first()
    held = permissions.held_roles(user, now()) if user else ()
    role = next((role.name for role in held if role.may_match), None)
    if user is None or role is None:
        refuse(
            f"{username} is nobody here who settles matches. Nothing was changed. "
            "See who is there with `kinfold users list`.",
            as_json=as_json,
        )
    return user, role
