"""
The command line. Stable: other people's scripts call it.

Exit 0 done, 1 refused (what, how much, what is live now, what to do), 2 wrong usage. It never prints a name, an
identifier or a cell's value. Heavy rooms are imported inside each command, so that every other one starts at once.
"""

from __future__ import annotations

from kinfold.cli import (
    agreements,
    backtest,
    council,
    feeds,
    link,
    link_models,
    proposing,
    retention,
    runs,
    service,
    supplier_keys,
    users,
    wipe,
)
from kinfold.cli.shell import main

__all__ = [
    "agreements",
    "backtest",
    "council",
    "feeds",
    "link",
    "link_models",
    "main",
    "proposing",
    "retention",
    "runs",
    "service",
    "supplier_keys",
    "users",
    "wipe",
]
