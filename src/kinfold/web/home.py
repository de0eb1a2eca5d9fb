"""Where one council's live data is, and the key kept with it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tomllib
from pathlib import Path

SECRET = "secret"  # noqa: S105  the file's name


def key_bytes(home: Path) -> bytes:
    """
    The council's random key, made (readable by its owner alone) when the folder has none.

    A folder that is not there is left alone: the key is then good for this process only, so that reading
    settings never writes.
    """
    path = home / SECRET
    if not home.is_dir():
        return secrets.token_hex(32).encode()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes().strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    return path.read_bytes().strip()


def derive(key: bytes, use: str) -> bytes:
    """A key for one use, so that no two uses share one."""
    return hmac.new(key, use.encode(), hashlib.sha256).digest()


def area_folder(home: Path) -> Path:
    """The area folder: `KINFOLD_AREA`, else what `home.toml` says, else the demonstration's beside the package."""
    if given := os.environ.get("KINFOLD_AREA"):
        return Path(given).resolve()
    try:
        said = tomllib.loads((home / "home.toml").read_text(encoding="utf-8")).get("area")
    except FileNotFoundError:
        said = None
    if said:
        return (home / said).resolve()
    return Path(__file__).resolve().parents[3] / "areas" / "saltmarsh"
