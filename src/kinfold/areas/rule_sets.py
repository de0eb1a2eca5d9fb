"""
A rule set: every marker and everything in `priority.toml`, as one document that can be hashed, compared and changed.

It is held flat, one value per place. A place is ("priority", key, ...), ("file", name, key) for what a file of markers
says of all of them, ("marker", name, key, ...), or ("off", name) for a marker that is kept and not asked.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import json
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kinfold.areas import markers as marker_settings
from kinfold.areas import priority as priority_settings
from kinfold.areas import toml
from kinfold.areas.markers import Marker
from kinfold.areas.priority import Priority
from kinfold.areas.toml import AreaRejected

Place = tuple[str, ...]
TABLES = ("off", "priority", "markers")
DATES = ("in_force",)


@dataclasses.dataclass(frozen=True)
class Change:
    """One value that differs between two sets. was, now: None where a set does not say it."""

    place: Place
    was: Any
    now: Any


@dataclasses.dataclass(frozen=True)
class Settled:
    """A set as a run goes by it: the markers that are on, and the settings."""

    markers: tuple[Marker, ...]
    priority: Priority


@dataclasses.dataclass(frozen=True, eq=False)
class RuleSet:
    """values: by place. Two sets that say the same have the same hash, in whatever order they say it."""

    values: Mapping[Place, Any]

    @functools.cached_property
    def hash(self) -> str:
        said = sorted((list(place), _canonical(value)) for place, value in self.values.items())
        return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()

    @property
    def off(self) -> frozenset[str]:
        """Names of the markers that are not asked."""
        return frozenset(place[1] for place in self.values if place[0] == "off")

    def names(self) -> tuple[str, ...]:
        """Names of all its markers, on and off, in the order of its files."""
        return tuple(dict.fromkeys(place[1] for place in self.values if place[0] == "marker"))

    def marker(self, name: str) -> dict[str, Any]:
        """What the set says of one marker, with what its file says of all of them."""
        own = _nested({place[2:]: v for place, v in self.values.items() if place[:2] == ("marker", name)})
        file = own.pop("file", "")
        return {p[2]: v for p, v in self.values.items() if p[:2] == ("file", file)} | own

    def changed(self, changes: Mapping[Place, Any]) -> RuleSet:
        """This set with other values; None takes a place away."""
        values = {**self.values, **changes}
        return RuleSet({place: value for place, value in values.items() if value is not None})

    def marker_text(self, name: str) -> str:
        """One marker as TOML, without what its file says of all of them; "" when there is none."""
        own = _nested({place[2:]: v for place, v in self.values.items() if place[:2] == ("marker", name)})
        own.pop("file", "")
        return "\n".join(_blocks(own, "")) if own else ""

    def text(self) -> str:
        """The set as TOML that `of_text` reads."""
        blocks = [f"off = {toml.written(sorted(self.off))}\n"]
        priority = _nested({p[1:]: v for p, v in self.values.items() if p[0] == "priority"})
        blocks += _blocks(priority, "priority")
        for file, values in self._files(with_off=True).items():
            name = toml.written_key(file.removesuffix(".toml"))
            blocks += _blocks({k: v for k, v in values.items() if k != "marker"}, f"markers.{name}")
            for marker in values["marker"]:
                blocks += _blocks(marker, f"markers.{name}.marker", opening="[[{}]]")
        return "\n".join(blocks)

    def settled(self, *, feeds: frozenset[str] | None) -> Settled:
        """
        The set as a run goes by it. feeds: as in `markers.of_values`.

        Raises AreaRejected naming the file, the marker or key, and what is allowed: all that is checked at start-up,
        of markers that are off too, and that nothing on builds on one that is off.
        """
        strange = sorted(self.off - set(self.names()))
        if strange:
            raise AreaRejected(f"off names {', '.join(strange)}, which is not a marker of this set.")
        every = marker_settings.of_values(self._files(with_off=True), feeds=feeds)
        on = tuple(marker for marker in every if marker.name not in self.off)
        for marker in on:
            for name in marker.builds_on:
                if name in self.off:
                    raise AreaRejected(
                        f"off names {name}, and {marker.where} builds on it. Turn {marker.name} off too."
                    )
        if not on:
            raise AreaRejected("markers: every marker is off.")
        priority = priority_settings.of_values(
            _nested({p[1:]: v for p, v in self.values.items() if p[0] == "priority"}), file="priority.toml"
        )
        domains = {marker.domain for marker in every}
        for at, named in (("caps", priority.caps), ("bands.never_alone", priority.bands.never_alone)):
            strange = sorted(set(named) - domains)
            if strange:
                raise AreaRejected(
                    f"priority.toml: {at} names {', '.join(strange)}. Allowed: {', '.join(sorted(domains))}."
                )
        return Settled(on, priority)

    def write_into(self, folder: Path) -> None:
        """Put the set in the place of an area folder's markers and `priority.toml`, without markers that are off."""
        shutil.rmtree(folder / "markers", ignore_errors=True)
        (folder / "markers").mkdir(parents=True)
        for file, values in self._files(with_off=False).items():
            blocks = _blocks({k: v for k, v in values.items() if k != "marker"}, "")
            for marker in values["marker"]:
                blocks += _blocks(marker, "marker", opening="[[{}]]")
            (folder / "markers" / file).write_text("\n".join(blocks), encoding="utf-8", newline="\n")
        priority = _nested({p[1:]: v for p, v in self.values.items() if p[0] == "priority"})
        (folder / "priority.toml").write_text("\n".join(_blocks(priority, "")), encoding="utf-8", newline="\n")

    def _files(self, *, with_off: bool) -> dict[str, dict[str, Any]]:
        files: dict[str, dict[str, Any]] = {}
        for place, value in self.values.items():
            if place[0] == "file":
                files.setdefault(f"{place[1]}.toml", {"marker": []})[place[2]] = value
        for name in self.names():
            own = _nested({place[2:]: v for place, v in self.values.items() if place[:2] == ("marker", name)})
            file = own.pop("file", "")
            if with_off or name not in self.off:
                files.setdefault(f"{file}.toml", {"marker": []})["marker"].append({"name": name, **own})
        return dict(sorted(files.items()))


def of_folder(folder: Path) -> RuleSet:
    """The set that an area folder's files are, nothing of it off. Raises AreaRejected."""
    files = {path.stem: toml.read(path) for path in sorted((folder / "markers").glob("*.toml"))}
    return _of_values({"priority": toml.read(folder / "priority.toml"), "markers": files})


def of_text(text: str) -> RuleSet:
    """A set as `RuleSet.text` writes it. Raises AreaRejected; what it says is checked by `RuleSet.settled`."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        raise AreaRejected(f"The file is not valid TOML: {why}.") from why
    strange = sorted(set(values) - set(TABLES))
    if strange:
        raise AreaRejected(f"{strange[0]} is not a part of a rule set. Allowed: {', '.join(TABLES)}.")
    for part in ("priority", "markers"):
        if not isinstance(values.get(part), dict):
            raise AreaRejected(f"The file has no [{part}].")
    return _of_values(values)


def _of_values(values: Mapping[str, Any]) -> RuleSet:
    flat: dict[Place, Any] = {}
    off = values.get("off", [])
    if not isinstance(off, list) or not all(isinstance(name, str) for name in off):
        raise AreaRejected("off must be a list of names of markers.")
    flat |= {("off", name): True for name in off}
    flat |= {("priority", *place): value for place, value in _flat(values["priority"])}
    for file, said in values["markers"].items():
        if not isinstance(said, dict) or not isinstance(said.get("marker", []), list):
            raise AreaRejected(f"{file}.toml: marker must be a list of tables.")
        flat |= {("file", file, key): value for key, value in said.items() if key != "marker"}
        for n, marker in enumerate(said.get("marker", [])):
            name = marker.get("name") if isinstance(marker, dict) else None
            if not isinstance(name, str) or not name:
                raise AreaRejected(f"{file}.toml: marker[{n}].name is missing.")
            if ("marker", name, "file") in flat:
                raise AreaRejected(f"markers: name {name} is used by two markers.")
            flat[("marker", name, "file")] = file
            rest = {key: value for key, value in marker.items() if key != "name"}
            flat |= {("marker", name, *place): value for place, value in _flat(rest)}
    return RuleSet(flat)


def marker_changes(base: RuleSet, name: str, text: str) -> dict[Place, Any]:
    """
    What a marker written as TOML changes in a set; what its file says of all its markers stays the file's.

    A marker that the set does not have is put into the file `file` names. Raises AreaRejected when the text is not one
    marker.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        raise AreaRejected(f"{name} is not valid TOML: {why}.") from why
    if values.pop("name", name) != name:
        raise AreaRejected(f"{name}: the name of a marker stays. Add another marker for another name.")
    now: dict[Place, Any] = {("marker", name, *place): value for place, value in _flat(values)}
    was = {place for place in base.values if place[:2] == ("marker", name) and place[2:] != ("file",)}
    return dict.fromkeys(was - set(now)) | now


def differs(before: RuleSet, after: RuleSet) -> tuple[Change, ...]:
    """Every value that differs, in the order of the sets."""
    places = dict.fromkeys((*before.values, *after.values))
    changes = (Change(place, before.values.get(place), after.values.get(place)) for place in places)
    return tuple(one for one in changes if _canonical(one.was) != _canonical(one.now))


def stored(values: Mapping[Place, Any]) -> list[list[Any]]:
    """Values by place as JSON can hold them; dates as ISO text."""
    return [[list(place), _canonical(value)] for place, value in values.items()]


def plain(values: Iterable[Any]) -> list[Any]:
    """Values as JSON can hold them, each said in one way."""
    return [_canonical(value) for value in values]


def unstored(rows: Iterable[Iterable[Any]]) -> dict[Place, Any]:
    """What `stored` gave, with its dates as dates."""
    found = {}
    for place, value in rows:
        is_date = place[-1] in DATES and isinstance(value, str)
        found[tuple(place)] = datetime.date.fromisoformat(value) if is_date else value
    return found


def _canonical(value: Any) -> Any:
    """One way to say a value: 8 and 8.0 are the same number, and a tuple is a list."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_canonical(one) for one in value]
    if isinstance(value, dict):
        return {key: _canonical(one) for key, one in sorted(value.items())}
    return value


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from (((key, *place), one) for place, one in _flat(value))
        else:
            yield (key,), value


def _nested(flat: Mapping[Place, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for place, value in flat.items():
        table = nested
        for key in place[:-1]:
            table = table.setdefault(key, {})
            if not isinstance(table, dict):
                raise AreaRejected(f"{'.'.join(place)} is said twice.")
        table[place[-1]] = value
    return nested


def _blocks(values: Mapping[str, Any], heading: str, *, opening: str = "[{}]") -> list[str]:
    """A table and the tables in it as blocks of TOML, single values first."""
    plain = {k: v for k, v in values.items() if not _is_table(v) and not _are_tables(v)}
    lines = [opening.format(heading)] if heading else []
    lines += [f"{toml.written_key(key)} = {toml.written(value)}" for key, value in plain.items()]
    only_tables = not plain and any(map(_is_table, values.values())) and opening == "[{}]"
    blocks = ["\n".join(lines) + "\n"] if lines and not only_tables else []
    for key, value in values.items():
        at = f"{heading}.{toml.written_key(key)}" if heading else toml.written_key(key)
        if _is_table(value):
            blocks += _blocks(value, at)
        elif _are_tables(value):
            for one in value:
                blocks += _blocks(one, at, opening="[[{}]]")
    return blocks


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _are_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, dict) for one in value)
