"""Read a TOML file into frozen, checked settings: an unknown or missing key stops with the file and the key."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
import tomllib
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

Settings = TypeVar("Settings")


class AreaRejected(Exception):
    """An area file cannot be used; the message names the file, the key and what is allowed."""


def read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as why:
        raise AreaRejected(f"{path.name} is missing from {path.parent.name}.") from why
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise AreaRejected(f"{path.name} is not valid TOML: {why}") from why


def settle(kind: type[Settings], values: dict[str, Any], *, file: str, at: str = "") -> Settings:
    """
    Build the frozen dataclass `kind` from `values`, nested dataclasses, lists and tables of them included.

    A field without a default is a needed key. Raises AreaRejected naming file and key.
    """
    fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    hints = _hints(kind)  # type: ignore[arg-type]
    keys = {key.rstrip("_"): key for key in fields}
    for key in values:
        if key not in keys:
            raise AreaRejected(f"{file}: {_path(at, key)} is not a setting here. Allowed: {', '.join(sorted(keys))}.")
    built = {}
    for key, name in keys.items():
        if key in values:
            built[name] = _as(hints[name], values[key], file=file, at=_path(at, key))
        elif fields[name].default is dataclasses.MISSING and fields[name].default_factory is dataclasses.MISSING:
            raise AreaRejected(f"{file}: {_path(at, key)} is missing.")
    return kind(**built)


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _path(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key


def _as(hint: Any, value: Any, *, file: str, at: str) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        options = [option for option in args if option is not type(None)]
        if len(options) == 1:
            return _as(options[0], value, file=file, at=at)
        return value
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            raise AreaRejected(f"{file}: {at} must be a table.")
        return settle(hint, value, file=file, at=at)  # type: ignore[arg-type]
    if origin in (tuple, list, frozenset):
        if not isinstance(value, list):
            raise AreaRejected(f"{file}: {at} must be a list.")
        return (tuple if origin is not frozenset else frozenset)(
            _as(args[0], item, file=file, at=f"{at}[{n}]") for n, item in enumerate(value)
        )
    if origin is dict:
        if not isinstance(value, dict):
            raise AreaRejected(f"{file}: {at} must be a table.")
        return {key: _as(args[1], item, file=file, at=_path(at, key)) for key, item in value.items()}
    if origin is typing.Literal:
        if value not in args:
            raise AreaRejected(f"{file}: {at} must be one of {', '.join(map(str, args))}.")
        return value
    return _plain(hint, value, file=file, at=at)


WORDS = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    datetime.date: "a date",
}


def _plain(hint: Any, value: Any, *, file: str, at: str) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    right = isinstance(value, hint) and not (hint in (int, float) and isinstance(value, bool))
    if hint in WORDS and not right:
        raise AreaRejected(f"{file}: {at} must be {WORDS[hint]}.")
    return value


def written(value: Any) -> str:
    """A value as TOML writes it on one line: text, a number, true or false, a date, a list, or a table."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(written(one) for one in value)}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{written_key(key)} = {written(one)}" for key, one in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def written_key(key: str) -> str:
    return key if key.isidentifier() and key.isascii() else json.dumps(key, ensure_ascii=False)
