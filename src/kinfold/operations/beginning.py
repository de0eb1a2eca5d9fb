"""Begin an area of one's own: the rules of the demonstration to start from, and none of its feeds switched on."""

from __future__ import annotations

import datetime
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from kinfold.operations import home as homes

EXAMPLES = "feeds-examples"


class UnableToBegin(Exception):
    """The area cannot be made there; the message says why."""


def _with(text: str, key: str, value: str) -> str:
    """TOML text with the line of `key` saying `value`, which may hold any character."""
    return re.sub(rf"(?m)^({key}\s*=).*$", lambda found: f"{found[1]} {value}", text)


def _with_its_own_people(text: str, feeds: Mapping[str, str]) -> str:
    """TOML text of a feed whose people are known by another's numbers, where the area has that other feed."""
    found = re.search(r'(?m)^people_of\s*=\s*"(\w+)"', text)
    if found is None or found[1] in feeds:
        return text
    made_from = [feed for feed, example in feeds.items() if example == found[1]]
    if made_from:
        return _with(text, "people_of", json.dumps(made_from[0]))
    return text.replace(found[0], f"# {found[0]}  # when that feed is here too", 1)


def begin(folder: Path, *, home: Path, on: datetime.date, feeds: Mapping[str, str] | None = None) -> str:
    """
    Copy the template to `folder`, and make `home` its live data. Returns what to do next, in words.

    feeds: those to begin with, each by its name and the example it is made from. The demonstration's feeds all go to
    `feeds-examples`, since nothing may load before the area has entered an agreement of its own.
    Raises UnableToBegin when the folder holds anything already, or there is no such example.
    """
    feeds = feeds or {}
    strange = sorted(set(feeds.values()) - examples())
    if strange:
        raise UnableToBegin(
            f"There is no example called {', '.join(strange)}; nothing was changed. The examples are: "
            f"{', '.join(sorted(examples()))}."
        )
    if folder.exists() and any(folder.iterdir()):
        raise UnableToBegin(f"{folder.name} is not empty; nothing was changed. Name a new folder.")
    if (home / "home.toml").exists():
        raise UnableToBegin(f"{home.name} already holds live data; nothing was changed. Name another with --home.")
    template = homes.shipped_area()
    shutil.copytree(template, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("feeds", "README.md"))
    shutil.copytree(template / "feeds", folder / EXAMPLES, dirs_exist_ok=True)
    (folder / "feeds").mkdir()
    for feed, example in feeds.items():
        text = (folder / EXAMPLES / f"{example}.toml").read_text(encoding="utf-8")
        (folder / "feeds" / f"{feed}.toml").write_text(_with_its_own_people(text, feeds), encoding="utf-8")
    name = folder.resolve().name.replace("-", " ").replace("_", " ").title()
    text = (folder / "area.toml").read_text(encoding="utf-8")
    for key, value in (
        ("name", json.dumps(name)),
        ("authority", json.dumps(f"{name} Council")),
        ("is_demonstration", "false"),
        ("help_email", '""'),
    ):
        text = _with(text, key, value)
    text = text.replace(text.splitlines()[0], f"# {name}: what this area decided, as data.", 1)
    (folder / "area.toml").write_text(text, encoding="utf-8")
    homes.create(home, area=folder, is_demonstration=False, on=on)
    mend = (
        "area.toml and the agreements of its feeds" if feeds else f"area.toml, copy the feeds you have from {EXAMPLES}"
    )
    return (
        f"{folder.name} holds {name}'s rules and {home.name} will hold its live data. Next: mend the names and codes "
        f"in {mend}, add who may sign in (kinfold users add), enter the agreements and have them approved (kinfold "
        f"agreements enter, approve), then load a delivery: kinfold feeds load PATH --home {home.name}"
    )


def examples() -> set[str]:
    """The names of the feeds an area may begin from."""
    template = homes.shipped_area()
    return {path.stem for place in ("feeds", EXAMPLES) for path in (template / place).glob("*.toml")}
