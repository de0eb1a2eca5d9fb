"""Serve the service from this machine: one process, pure Python, on Windows too."""

from __future__ import annotations

import os

LARGEST_REQUEST = 4 << 30  # bytes; a census of a large county with room to spare


class UnableToServe(Exception):
    """The service cannot start; the message says what to do."""


def require_ready() -> None:
    """
    Raise UnableToServe when there is no home folder, or the styles and scripts have not been set up: every page
    would fail.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kinfold.web.settings")
    from django.conf import settings

    if not settings.HOME.is_dir():
        raise UnableToServe("There is no home folder to serve. Nothing was started. Run: kinfold demo")
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        raise UnableToServe("The styles and scripts are not set up. Nothing was started. Run: make setup")


def serve(host: str = "127.0.0.1", port: int = 8000, *, threads: int = 8) -> None:
    """Serve until stopped. Raises UnableToServe as `require_ready` does."""
    import waitress

    require_ready()
    from kinfold.web.wsgi import application

    waitress.serve(
        application, host=host, port=port, threads=threads, ident=None, max_request_body_size=LARGEST_REQUEST
    )
