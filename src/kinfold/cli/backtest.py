"""Trying the order on a past day: did it find the children who later came to need help?"""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from kinfold.cli.shell import CONSOLE, DAY, home_option, json_option, main, opened, refuse, say_step


@main.command()
@click.option("--as-at", type=DAY, required=True, help="The past day; it is rebuilt as it was known then.")
@click.option("--outcome", default="child_in_need_start", show_default=True, help="What came of the children.")
@click.option("--months", type=click.IntRange(1, 60), default=12, show_default=True, help="How long after the day.")
@home_option
@json_option
def backtest(as_at: datetime.date, outcome: str, months: int, home_folder: Path, as_json: bool) -> None:
    """Try the order on a past day as it was known then; the report is kept, and shown in the workbench."""
    from kinfold.operations import backtest as proving
    from kinfold.operations import night

    home = opened(home_folder, as_json=as_json)
    say = (lambda step, is_done: None) if as_json else say_step
    night.set_up_service(home)
    try:
        told = proving.backtest(home, as_at=as_at, outcome=outcome, months=months, say=say)
    except proving.REFUSALS as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        click.echo(json.dumps(told))
        return
    CONSOLE.print(_table(told))
    if told["is_made_up"]:
        CONSOLE.print("These children are made up: this shows that the method runs, and is no evidence that it works.")


def _table(told: dict[str, Any]) -> Table:
    said = f"{told['events']:,} of {told['children']:,} children {told['outcome_said']} in {told['months']} months"
    table = Table(title=said, box=None, pad_edge=False)
    table.add_column("asked")
    table.add_column("figure", justify="right")
    table.add_column("95% interval", justify="right")
    bounds = told["intervals"]
    for label, name, show in (
        ("Chance that it puts the right one of two first (AUC)", "auc", ".3f"),
        ("Times the usual rate in its first twentieth (lift)", "lift_top_5", ".1f"),
        ("Share of them in its first twentieth (recall)", "recall_top_5", ".1%"),
        ("Share of its first twentieth who came to it (precision)", "precision_top_5", ".1%"),
    ):
        low, high = (format(one, show) if one is not None else "" for one in bounds[name])
        table.add_row(label, format(told[name], show), f"{low} to {high}")
    rest = [("Calibration slope", told["calibration_slope"], ".2f"),
            ("Top hundredth that stays when weights move by a fifth", told["stability_top_1"], ".0%")]  # fmt: skip
    rest += [
        (f"{name.replace('_', ' ').capitalize()} (AUC)", one["auc"], ".3f") for name, one in told["baselines"].items()
    ]
    rest += [
        (f"Trained: {name.replace('_', ' ')} (AUC)", one["auc"], ".3f") for name, one in told["challengers"].items()
    ]
    for label, value, show in rest:
        table.add_row(label, "not known" if value is None else format(value, show), "")
    return table
