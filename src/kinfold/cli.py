"""
The command line. Stable: other people's scripts call it.

Exit 0 done, 1 refused (what, how much, what is live now, what to do), 2 wrong usage. It never prints a name, an
identifier or a cell's value. Heavy rooms are imported inside each command, so that every other one starts at once.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
import socket
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from kinfold.operations.home import Home
    from kinfold.operations.steps import Step

# Wide enough for a delivery's id, also where the output goes to a file.
CONSOLE = Console(highlight=False, width=max(shutil.get_terminal_size().columns, 110))
REFUSED = 1


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
json_option = click.option("--json", "as_json", is_flag=True, help="Print for machines.")


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


class Kinfold(click.Group):
    """The verbs; an area file that cannot be used refuses any of them in the same words."""

    def invoke(self, ctx: click.Context) -> Any:
        from kinfold.areas.toml import AreaRejected

        try:
            return super().invoke(ctx)
        except AreaRejected as why:
            refuse(f"The area's settings cannot be used. {why} Nothing was changed.")
        except (click.ClickException, click.exceptions.Exit, click.Abort, OSError):
            raise
        except Exception as why:
            # What a library says of an error can quote a cell.
            if os.environ.get("KINFOLD_TRACEBACK"):
                raise
            refuse(unforeseen(why))


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


# The demonstration and new areas


@main.command()
@click.option("--children", default=6000, show_default=True, type=click.IntRange(300, 350_000))
@click.option("--seed", default=1, show_default=True, type=int)
@click.option("--as-at", type=DAY, default=None, help="The day the demonstration council lives in; today.")
@click.option("--no-serve", is_flag=True, help="Make and run it, but do not serve it.")
@click.option("--fresh", is_flag=True, help="Make it again, even when it is there.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@home_option
def demo(
    children: int, seed: int, as_at: datetime.date | None, no_serve: bool, fresh: bool, port: int, home_folder: Path
) -> None:
    """Make the demonstration council, run it and serve it."""
    from kinfold.operations import demo as demonstration
    from kinfold.operations import night
    from kinfold.operations.run import RunFailed

    if not no_serve:
        refuse_if_taken(port)  # before anybody waits minutes for what cannot be shown
    try:
        if fresh or not demonstration.is_made(home_folder):
            CONSOLE.print(f"Making Saltmarsh, a council that does not exist, with {children:,} children.")
            made = demonstration.make(
                home_folder.resolve(), children=children, seed=seed, as_at=as_at or today(), at=now(), say=say_step
            )
            CONSOLE.print(f"{made.deliveries} deliveries, {made.rows_in:,} rows in {made.seconds:.0f} s.")
        home = opened(home_folder)
        night.set_up_service(home)
    except (demonstration.NotTheDemonstration, RunFailed, night.NotPublished, night.AlreadyRunning) as why:
        refuse(str(why))
    print_sign_ins(demonstration.sign_ins(home), port)
    if not no_serve:
        serve_on(home, "127.0.0.1", port)


def print_sign_ins(sign_ins: list[dict[str, str]], port: int) -> None:
    table = Table(title=None, box=None, pad_edge=False)
    for heading in ("sign in as", "password", "to see"):
        table.add_column(heading)
    for one in sign_ins:
        table.add_row(one["username"], one["password"], one["label"])
    CONSOLE.print()
    CONSOLE.print(table)
    CONSOLE.print(f"\nOpen http://127.0.0.1:{port}/ and sign in. Everybody in it is made up. Ctrl+C stops it.")


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@home_option
def init(folder: Path, home_folder: Path) -> None:
    """Start an area of your own from the template, in FOLDER, with its live data in --home."""
    from kinfold.operations import beginning

    try:
        made = beginning.begin(folder, home=home_folder.resolve(), on=today())
    except beginning.UnableToBegin as why:
        refuse(str(why))
    click.echo(made)


# Feeds


@main.group()
def feeds() -> None:
    """Check and load deliveries."""


@feeds.command("list")
@home_option
@json_option
def feeds_list(home_folder: Path, as_json: bool) -> None:
    """List the deliveries of this home, newest last."""
    from kinfold.feeds.deliveries import list_deliveries

    home = opened(home_folder, as_json=as_json)
    deliveries = list_deliveries(home.folder)
    if as_json:
        click.echo(json.dumps({"deliveries": [d.as_json(problems=False) for d in deliveries]}))
        return
    print_deliveries(deliveries)


@feeds.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@home_option
@json_option
def feeds_check(paths: tuple[Path, ...], home_folder: Path, as_json: bool) -> None:
    """Say what the files are and every problem in them, by row and column. Changes nothing."""
    from kinfold.areas import feeds as feed_settings
    from kinfold.feeds.check import check

    home = opened(home_folder, as_json=as_json)
    reports = check(list(paths), feed_settings.load(home.area), on=today())
    report_deliveries(reports, as_json)


@feeds.command("load")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--feed", default=None, help="Which feed the files are of, when their columns do not tell.")
@click.option("--delivered", type=DAY, default=None, help="The day they were delivered; today.")
@home_option
@json_option
def feeds_load(
    paths: tuple[Path, ...], feed: str | None, delivered: datetime.date | None, home_folder: Path, as_json: bool
) -> None:
    """Load deliveries under their agreements: land, map, and set wrong rows aside with reasons."""
    from kinfold.areas import feeds as feed_settings
    from kinfold.feeds.load import load

    home = opened(home_folder, as_json=as_json)
    known = feed_settings.load(home.area)
    if feed is not None and feed not in known:
        raise click.UsageError(f"--feed is not a feed of this area. Its feeds are: {', '.join(sorted(known))}.")
    reports = load(
        list(paths),
        home.folder,
        known,
        delivered=delivered or today(),
        feed=feed,
        received_at=now(),
    )
    report_deliveries(reports, as_json)


def report_deliveries(reports: list[Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"deliveries": [report.as_json() for report in reports]}))
    else:
        print_deliveries(reports)
        for report in reports:
            for problem in report.problems:
                click.echo(f"  {report.feed or 'not recognised'}: {problem.message}")
    if any(report.state == "refused" for report in reports):
        sys.exit(REFUSED)


def print_deliveries(reports: list[Any]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("feed", "delivery", "state"):
        table.add_column(heading)
    for heading in ("rows in", "mapped", "set aside", "refused by agreement"):
        table.add_column(heading, justify="right")
    for report in reports:
        table.add_row(
            report.feed or "not recognised",
            report.delivery_id or "",
            report.state,
            f"{report.rows_in:,}",
            f"{report.rows_mapped:,}",
            f"{report.rows_set_aside:,}",
            f"{report.rows_refused_by_agreement:,}",
        )
    CONSOLE.print(table)


# The run


@main.command()
@click.option("--as-at", type=DAY, default=None, help="Rebuild this past day into --out; never publishes.")
@click.option("--rules", type=click.Choice(["then", "now"]), default="then", show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None)
@click.option("--engine", type=click.Choice(["duckdb"]), default="duckdb", show_default=True)
@home_option
@json_option
def run(
    as_at: datetime.date | None, rules: str, out: Path | None, engine: str, home_folder: Path, as_json: bool
) -> None:
    """Link, profile, put in order and publish what is known today; or rebuild a past day."""
    from kinfold.operations import night, rebuild
    from kinfold.operations.run import RunFailed

    home = opened(home_folder, as_json=as_json)
    say = (lambda step, is_done: None) if as_json else say_step
    if (as_at is None) != (out is None):
        raise click.UsageError("--as-at and --out go together: a past day is rebuilt into a folder of its own.")
    try:
        if as_at and out:
            worked = rebuild.rebuild(home, as_at=as_at, rules=rules, out=out, say=say)
            steps = worked.steps
        else:
            night.set_up_service(home)
            worked, steps = night.tonight(home, as_at=today(), at=now(), say=say)
    except (RunFailed, rebuild.NoRulesThen, night.AlreadyRunning, night.NotPublished) as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        shown = [{"name": s.name, "rows": s.rows, "seconds": s.wall_seconds, "cpu": s.cpu_seconds,
                  "memory_mb": s.memory_mb} for s in steps]  # fmt: skip
        click.echo(json.dumps({"run_id": worked.run_id, "as_at": worked.as_at.isoformat(), "steps": shown,
                               "published": as_at is None, "folder": str(worked.folder)}))  # fmt: skip
    else:
        done = f"Rebuilt into {worked.folder}" if as_at else f"Snapshot {worked.run_id} is live"
        CONSOLE.print(f"{done}: {sum(s.wall_seconds for s in steps):.0f} s in all.")


@main.command()
@click.argument("person_id")
@click.option("--as-at", type=DAY, default=None)
@home_option
@json_option
def explain(person_id: str, as_at: datetime.date | None, home_folder: Path, as_json: bool) -> None:
    """Show how one child's place in the order came about, to the row."""
    from kinfold.operations import explain as explaining
    from kinfold.operations import night

    home = opened(home_folder, as_json=as_json)
    night.set_up_service(home)
    from kinfold.operations import looks

    try:
        told = explaining.explain(home, person_id, as_at=as_at)
        looks.from_the_command_line(person_id, action="explain", at=now())
    except explaining.NothingToExplain as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        click.echo(json.dumps(told))
        return
    table = Table(title=f"As at {told['as_at']}, run {told['run_id']}", box=None, pad_edge=False)
    for heading in ("kind", "domain", "marker"):
        table.add_column(heading)
    table.add_column("points", justify="right")
    table.add_column("rows", justify="right")
    for line in told["lines"]:
        points = f"{line['points']:g}" if line["points"] is not None else ""
        table.add_row(line["kind"], line["domain"] or "", line["marker"] or "", points, str(len(line["evidence"])))
    CONSOLE.print(table)
    CONSOLE.print(f"Pressures {told['pressures']:g}, unmet needs {told['unmet_needs']:g}: {told['figure']:g} in all, "
                  f"from {told['figure_low']:g} to {told['figure_high']:g} if what is unknown were known.")  # fmt: skip


# Linkage of any file of people


class LinkGroup(click.Group):
    """`kinfold link FILES…` links; `kinfold link evaluate …` measures. A first word that is a verb wins."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in self.commands:
            return "files", self.commands["files"], args
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help", "-h"):
            args = ["files", *args]
        return super().parse_args(ctx, args)


@main.group(cls=LinkGroup)
def link() -> None:
    """Link any file of people, or measure a linkage against the truth.

    \b
    kinfold link PATH... --spec SPEC.toml --out CLUSTERS.parquet [--pairs PAIRS.parquet]
    kinfold link evaluate CLUSTERS.parquet --truth TRUTH.parquet [--json]
    """


@link.command("files", hidden=True)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--spec", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--pairs", default=None, type=click.Path(dir_okay=False, path_type=Path))
@json_option
def link_files(paths: tuple[Path, ...], spec: Path, out: Path, pairs: Path | None, as_json: bool) -> None:
    """Link files of people by SPEC.toml."""
    from kinfold.areas.toml import AreaRejected
    from kinfold.linkage import files

    try:
        told = files.link_files(list(paths), spec, out, pairs)
    except (files.FilesRejected, AreaRejected) as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        click.echo(json.dumps(told, default=str))
    else:
        for name, value in told.items():
            click.echo(f"{name.replace('_', ' ')}: {value:,}" if isinstance(value, int) else f"{name}: {value}")


@link.command()
@click.argument("clusters", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--truth", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def evaluate(clusters: Path, truth: Path, as_json: bool) -> None:
    """Measure CLUSTERS against the truth: precision, recall, and what was joined or missed."""
    from kinfold.linkage import evaluate as evaluating

    try:
        told = evaluating.evaluate(clusters, truth)
    except evaluating.UnableToEvaluate as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        click.echo(json.dumps(told))
    else:
        click.echo(evaluating.in_words(told))


# Governance and serving


@main.group()
def audit() -> None:
    """The trail of who looked at whom."""


@audit.command("verify")
@home_option
@json_option
def audit_verify(home_folder: Path, as_json: bool) -> None:
    """Check that no entry of the audit trail was changed, removed or cut off."""
    from kinfold.operations import night

    home = opened(home_folder, as_json=as_json)
    night.set_up_service(home)
    from kinfold.governance import audit as trail

    report = trail.verify()
    if as_json:
        click.echo(json.dumps({"entries": report.entries, "holds": report.holds, "message": report.message}))
    else:
        click.echo(report.message)
    if not report.holds:
        sys.exit(REFUSED)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@home_option
def serve(host: str, port: int, home_folder: Path) -> None:
    """Serve the live snapshot."""
    from kinfold.operations import night

    home = opened(home_folder)
    night.set_up_service(home)
    click.echo(f"Serving on http://{host}:{port}/ (Ctrl+C to stop)")
    serve_on(home, host, port)


def serve_on(home: Home, host: str, port: int) -> None:
    os.environ["KINFOLD_HOME"] = str(home.folder)
    from kinfold.web import server

    try:
        server.serve(host, port)
    except server.UnableToServe as why:
        refuse(str(why))
    except OSError:
        refuse(port_taken(port))


def refuse_if_taken(port: int) -> None:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return  # nobody answers
    refuse(port_taken(port))


def port_taken(port: int) -> str:
    other = port + 1 if port < 65535 else port - 1
    return (
        f"Port {port} is taken by another program, so nothing was started. Choose another: --port {other} "
        f"(with make: make demo PORT={other})."
    )


if __name__ == "__main__":
    main()
