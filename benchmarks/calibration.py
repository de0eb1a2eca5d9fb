"""
The demonstration council beside what England publishes, its truth and what its agencies hear: is the town that
everything is tried on a likely one?

Each figure is that of one council, made from its seed; chance is one standard error. No order of children is read.
"""

from __future__ import annotations

import argparse
import datetime
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kinfold.demonstration import heard, published, world

SIZES = (6_000, 20_000)


def table_of(figures: list[published.Figure], *, children: int, seed: int) -> Table:
    table = Table(title=f"Saltmarsh of {children:,} children (seed {seed}) beside England", box=None)
    for name in ("figure", "unit", "England", "may be", "Saltmarsh", "chance", "close", "source"):
        table.add_column(name, justify="right" if name in ("England", "may be", "Saltmarsh", "chance") else "left")
    for one in figures:
        form = "{:.3f}" if one.unit == published.SHARE else "{:.1f}"
        bounds = f"{form.format(one.low)} to {form.format(one.high)}"
        shown = [form.format(number) for number in (one.published, one.made, one.chance)]
        close = "yes" if one.is_close else "[bold]no[/bold]"
        table.add_row(one.about, one.unit, shown[0], bounds, shown[1], shown[2], close, one.source)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as-at", type=datetime.date.fromisoformat, default=datetime.date(2026, 11, 22))
    asked = parser.parse_args()
    for children in asked.children:
        with tempfile.TemporaryDirectory() as folder:
            made = world.make(Path(folder), children=children, seed=asked.seed, as_at=asked.as_at)
            both = [*published.figures(made), *heard.figures(made)]
            Console(width=190).print(table_of(both, children=children, seed=asked.seed))


if __name__ == "__main__":
    main()
