"""What every verb of the command line shares: refusing in words, days, the home folder, and the verb itself."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich.console import Console

if TYPE_CHECKING:
    from rich.progress import Progress

    from kinfold.operations.home import Home
    from kinfold.operations.steps import Step

# Wide enough for a delivery's id, also where the output goes to a file.
CONSOLE = Console(highlight=False, width=max(shutil.get_terminal_size().columns, 110))
REFUSED = 1
AS_JSON = "kinfold.as_json"


def refuse(message: str, *, as_json: bool = False) -> NoReturn:
    """Say what was refused and end with exit code 1."""
    if as_json:
        click.echo(json.dumps({"refused": message}))
    else:
        click.echo(message, err=True)
    sys.exit(REFUSED)


def today() -> datetime.date:
    return datetime.datetime.now().astimezone().date()


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class Day(click.ParamType):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        if isinstance(value, datetime.date):
            return value
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            self.fail("is not a date; write it as 2026-03-31", param, ctx)


DAY = Day()
home_option = click.option(
    "--home",
    "home_folder",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="KINFOLD_HOME",
    default="home",
    show_default=True,
    help="Folder of one council's live data.",
)


def _for_machines(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
    """Remembered for the whole line of verbs, so that whatever refuses it speaks to machines too."""
    ctx.meta[AS_JSON] = value
    return value


json_option = click.option("--json", "as_json", is_flag=True, callback=_for_machines, help="Print for machines.")


def opened(folder: Path, *, as_json: bool = False) -> Home:
    from kinfold.areas.toml import AreaRejected
    from kinfold.operations.home import NoHome, open_home

    try:
        return open_home(folder.resolve())
    except (NoHome, AreaRejected) as why:
        refuse(str(why), as_json=as_json)


def say_step(step: Step, is_done: bool) -> None:
    """One line as each step ends: its name, rows and cost."""
    if is_done:
        rows = f"{step.rows:>11,} rows" if step.rows is not None else " " * 16
        CONSOLE.print(f"  {step.name:<32}{rows}{step.wall_seconds:>8.1f} s  {step.memory_mb:>6,.0f} MB")
    elif CONSOLE.is_terminal:
        CONSOLE.print(f"  [dim]{step.name} …[/dim]", end="\r")


@contextlib.contextmanager
def under_way(*, is_told: bool = True) -> Iterator[Callable[[str], None]]:
    """
    Tell what long work is at, given the name of each step as it starts.

    On a terminal each step keeps its line with the time it took and the last one moves; elsewhere each is a plain line.
    All of it goes to stderr: what a script reads is the answer alone.
    """
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, highlight=False)
    if not is_told:
        yield lambda step: None
    elif not console.is_terminal:
        yield lambda step: click.echo(step, err=True)
    else:
        columns = SpinnerColumn(finished_text=" "), TextColumn("{task.description}"), TimeElapsedColumn()
        with Progress(*columns, console=console) as shown:

            def say(step: str) -> None:
                _end_steps(shown)
                shown.add_task(step, total=None)

            yield say
            _end_steps(shown)


def _end_steps(shown: Progress) -> None:
    for one in shown.task_ids:
        shown.update(one, total=1, completed=1)


class Kinfold(click.Group):
    """The verbs; an area file that cannot be used refuses any of them in the same words."""

    def invoke(self, ctx: click.Context) -> Any:
        from kinfold.areas.toml import AreaRejected
        from kinfold.store import room

        try:
            return super().invoke(ctx)
        except AreaRejected as why:
            message = f"The area's settings cannot be used. {why} Nothing was changed."
            refuse(message, as_json=ctx.meta.get(AS_JSON, False))
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as why:
            if room.is_full(why):
                refuse(f"{room.NoRoom()} What was live before still is.", as_json=ctx.meta.get(AS_JSON, False))
            if isinstance(why, OSError):
                raise
            # What a library says of an error can quote a cell.
            if os.environ.get("KINFOLD_TRACEBACK"):
                raise
            refuse(unforeseen(why), as_json=ctx.meta.get(AS_JSON, False))


def unforeseen(why: Exception) -> str:
    """The kind of an error nobody foresaw and our line it came from; never its own message."""
    ours = [step for step in traceback.extract_tb(why.__traceback__) if "kinfold" in step.filename]
    at = f" in {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    return (
        f"This stopped at an error nobody foresaw: {type(why).__name__}{at}. What was live before still is. "
        "Tell whoever looks after Kinfold; with KINFOLD_TRACEBACK=1 it says more, which may hold what a file holds."
    )


@click.group(cls=Kinfold, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kinfold")
def main() -> None:
    """Join what a council knows about children, and put it in the hands of the person who can act."""
