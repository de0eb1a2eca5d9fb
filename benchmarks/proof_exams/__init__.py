"""
The exams of profile and priority, one file each, and what an exam gives: rows of one table.

A file is an exam when it has

    TITLE: str                      what the table's rows are headed by
    NEEDS_COUNCIL: bool             whether it asks for the council that all exams share
    def exam(sitting: Sitting) -> Iterator[Row]

It is sat in a process of its own, so what it holds in memory and what it spends is its own.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


@dataclasses.dataclass(frozen=True)
class Row:
    """
    One line of the table: what is asked, what was measured, the goal, and whether it is met (None: nothing to meet).

    note: what a reader has to know to judge it; a figure that misses says here what it is due to.
    """

    asked: str
    measured: str
    goal: str = ""
    is_met: bool | None = None
    note: str = ""

    @classmethod
    def least(cls, asked: str, value: float, goal: float, *, show: str = ".3f", note: str = "") -> Row:
        """At least the goal is wanted."""
        return cls(asked, format(value, show), f"{goal:{show}} or more", value >= goal, note)

    @classmethod
    def most(cls, asked: str, value: float, goal: float, *, show: str = ".3f", note: str = "") -> Row:
        """At most the goal is wanted."""
        return cls(asked, format(value, show), f"{goal:{show}} or less", value <= goal, note)


@dataclasses.dataclass(frozen=True)
class Sitting:
    """
    What an exam is given.

    folder: room for its own files, empty. home: a council's live data, made with `seed` and never tuned on, shared by
    every exam and not to be changed: copy it to `folder` to change it. None where the exam asks for no council.
    """

    folder: Path
    seed: int
    children: int
    home: Path | None = None

    @property
    def council(self) -> Path:
        assert self.home is not None, "the exam has to say NEEDS_COUNCIL = True"
        return self.home


@dataclasses.dataclass(frozen=True)
class Exam:
    """An exam as its file has it."""

    name: str
    title: str
    needs_council: bool
    sit: Callable[[Sitting], Iterator[Row]]


def found() -> dict[str, Exam]:
    """Every exam by the name of its file, in order of name."""
    names = sorted(one.name for one in pkgutil.iter_modules(__path__))
    modules: dict[str, Any] = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return {
        name: Exam(name, module.TITLE, bool(getattr(module, "NEEDS_COUNCIL", False)), module.exam)
        for name, module in modules.items()
        if hasattr(module, "exam")
    }
