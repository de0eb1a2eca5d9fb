"""Linkage of any file of people, and how good it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from kinfold.cli.shell import (
    CONSOLE,
    home_option,
    json_option,
    main,
    opened,
    refuse,
    under_way,
)

if TYPE_CHECKING:
    from kinfold.linkage.words import Section


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
    kinfold link report [--run RUN] [--json]
    kinfold link train [--json]
    kinfold link models [--json]
    kinfold link use HASH --by USER --reason WHY
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
        with under_way(is_told=not as_json) as say:
            told = files.link_files(list(paths), spec, out, pairs, progress=say)
    except (files.FilesRejected, AreaRejected) as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        click.echo(json.dumps(told, default=str))
    else:
        for line in files.in_words(told):
            click.echo(line)


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


@link.command()
@click.option("--run", "run_id", default=None, help="A run other than the live one.")
@home_option
@json_option
def report(run_id: str | None, home_folder: Path, as_json: bool) -> None:
    """Say what the live run's linkage is worth: families, what cannot be, who is missed, how far blocking reached."""
    from kinfold.operations import matching_quality

    home = opened(home_folder, as_json=as_json)
    try:
        told, sections = matching_quality.matching_quality(home, run_id)
    except matching_quality.NoQualityReport as why:
        refuse(str(why), as_json=as_json)
    if as_json:
        click.echo(json.dumps(told))
        return
    CONSOLE.print(f"Linkage of run {told['run_id']}, as at {told['as_at']}")
    for section in sections:
        print_section(section)


def print_section(section: Section) -> None:
    CONSOLE.print(f"\n[bold]{section.title}[/bold]{'  - look at this' if section.wants_eyes else ''}")
    for sentence in section.says:
        CONSOLE.print(sentence)
    if section.rows:
        table = Table(box=None, pad_edge=False)
        for place, heading in enumerate(section.headings):
            table.add_column(heading, justify="left" if place == 0 else "right")
        for row in section.rows:
            table.add_row(*row)
        CONSOLE.print(table)
