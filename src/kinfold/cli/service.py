"""Serving the live snapshot, and the trail of who looked at whom."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kinfold.cli.shell import (
    REFUSED,
    home_option,
    json_option,
    main,
    now,
    opened,
    refuse,
)

if TYPE_CHECKING:
    from kinfold.operations.home import Home


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


@main.command()
@click.option("--until-closed", is_flag=True, hidden=True, help="Until standard input closes, as beside a server.")
@home_option
def work(until_closed: bool, home_folder: Path) -> None:
    """Do what is queued behind the pages: check and load what came. `serve` does so by itself."""
    from kinfold.operations import night

    home = opened(home_folder)
    night.set_up_service(home)
    from kinfold.workbench import tasks, worker

    tasks.find_again(home, at=now())
    worker.work(until_closed=sys.stdin.buffer if until_closed else None)


def serve_on(home: Home, host: str, port: int) -> None:
    os.environ["KINFOLD_HOME"] = str(home.folder)
    from kinfold.operations import wipe
    from kinfold.web import server
    from kinfold.workbench import worker

    try:
        server.require_ready()
        with wipe.serving(home), worker.beside(worker.command_for(str(home.folder))):
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
