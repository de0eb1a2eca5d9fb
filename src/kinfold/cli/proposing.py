"""Propose a mapping for a file of a shape nobody has met."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kinfold.cli.feeds import feeds
from kinfold.cli.shell import json_option, refuse


@feeds.command("propose")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the mapping here: FEED.toml.")
@json_option
def feeds_propose(path: Path, out: Path | None, as_json: bool) -> None:
    """Propose a mapping for FILE, for a person to read and correct. Shows shapes of cells, never what they hold."""
    from kinfold.operations import proposals

    if out is not None and out.exists():
        refuse(f"{out.name} is there already. Nothing was written; give another name.", as_json=as_json)
    try:
        sketch = proposals.sketch_of(path)
    except proposals.FileRejected as why:
        refuse(str(why), as_json=as_json)
    text = proposals.toml_of(sketch)
    if out is not None:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as why:
            refuse(f"{out.name} could not be written: {why.strerror}. Nothing was changed.", as_json=as_json)
    if as_json:
        click.echo(json.dumps({"out": out.name if out else None, "toml": text, **proposals.as_dict(sketch)}))
        return
    if out is None:
        click.echo(text)
        return
    _told(sketch)
    click.echo(
        f"Written: {out.name}. Read it, correct it, and try it with `kinfold feeds check`. It has no agreement yet."
    )


def _told(sketch: object) -> None:
    from kinfold.operations import proposals

    assert isinstance(sketch, proposals.Sketch)
    known = proposals.meanings()
    for part in sketch.parts:
        click.echo(f"{part.name}: {part.rows:,} rows looked at; what makes a row one: {', '.join(part.row_id)}.")
        for column in part.columns:
            for use in column.uses:
                whose = f" of the {use.person}" if use.person else ""
                click.echo(f"  {column.name}: {known[use.meaning].words}{whose} ({use.sure})")
            if not column.uses:
                click.echo(f"  {column.name}: not read ({column.unread})")
        for remark in part.remarks:
            click.echo(f"  {remark}")
