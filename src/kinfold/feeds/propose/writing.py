"""The TOML of a feed, written from a sketch, with a comment on each line that says how sure it is and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from kinfold.feeds.propose.composing import Composed, Made
from kinfold.feeds.propose.rows import sure_of_key
from kinfold.feeds.propose.sketch import Part, Sketch

RECOGNISED_BY = 6
BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_of(sketch: Sketch) -> str:
    """A feed's file, fit for `areas.feeds`, without an agreement: nothing loads by it until the register has one."""
    lines = [
        "# Proposed by Kinfold from one file, for a person to read and correct. Nothing can be loaded by it until the",
        "# register of agreements has one for this feed. The words behind a line say how sure it is, and why.",
        f"label     = {_text(sketch.label)}",
        f"agency    = {_text(sketch.agency)}",
        f"supplier  = {{ name = {_text(sketch.supplier or 'Not entered yet')} }}  # who sends it: add email and phone",
        'purpose   = "Not entered yet"  # what it is for, in words of the agreement',
        f"cadence_days = {sketch.cadence_days}  # how often it should come: ask the supplier",
        f"silent_after_days = {sketch.cadence_days * 3}  # then it is said to be silent",
        f'delivers  = "{sketch.delivers}"  # "everything" when each delivery replaces all earlier ones',
        "",
        "# [agreement] is entered in the register by the information governance lead.",
        '# [[covers]] is left out: until somebody says what the feed speaks for, nothing in it ever means "no".',
    ]
    codes: dict[str, tuple[tuple[str, str], ...]] = {}
    for number, part in enumerate(sketch.parts):
        composed = Composed(part, prefix=f"p{number + 1}_" if len(sketch.parts) > 1 else "")
        lines += ["", *_part(part, composed)]
        codes |= composed.codes
    for name, listed in codes.items():
        lines += ["", f"[codes.{name}]  # value in the file = ours", *map(_code, listed)]
    return "\n".join(lines) + "\n"


def recognised_by(part: Part) -> tuple[str, ...]:
    """The columns a file of the part is known by: what makes a row one, and those read that say most by their names."""
    read = [column.name for column in part.columns if column.uses]
    keys = [name for name in (*part.row_id, *part.event_id) if part.column(name)]
    ordered = dict.fromkeys((*keys, *sorted(read, key=lambda name: -len(name))))
    chosen = list(ordered)[: max(RECOGNISED_BY, len(dict.fromkeys(keys)))]
    return tuple(column.name for column in part.columns if column.name in chosen)


def places(part: Part) -> dict[str, list[tuple[str, str, str]]]:
    """For each column of the file, the tables and columns of ours that are made of it, and what each row is."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for made in Composed(part).rows:
        for ours, line in made.values.items():
            if ours == "source_id" or ours.endswith("_key"):
                continue
            for name in sorted(_columns(Made(made.table, "", {ours: line}))):
                found.setdefault(name, []).append((made.table, ours, made.about))
    return found


def _part(part: Part, composed: Composed) -> list[str]:
    sure, why = sure_of_key(part)
    lines = [
        "[[part]]",
        f"name = {_text(part.name)}",
        f"recognise = {_value(list(recognised_by(part)))}  # all must be there; more are welcome",
        f"# What makes a row one: {', '.join(part.row_id)}. {sure.capitalize()}: {why}.",
        *(f"# {remark}" for remark in part.remarks),
    ]
    used = {name for made in composed.rows for name in _columns(made)}
    left = [column for column in part.columns if column.name not in used]
    if left:
        lines += ["", "  [part.unread]  # columns that are not read, and why"]
        lines += [f"  {_text(one.name)} = {_text(one.unread or 'nothing of ours is made of it')}" for one in left]
    for made in composed.rows:
        lines += ["", *_row(made)]
    return lines


def _row(made: Made) -> list[str]:
    lines = ["  [[part.row]]", f'  table = "{made.table}"  # {made.about}']
    if made.when:
        lines.append(f"  when = {_value(list(made.when) if len(made.when) > 1 else made.when[0])}")
    if made.per:
        lines.append(f"  per = {_value(list(made.per))}  # once for all rows alike in these")
    for name, line in made.values.items():
        lines.append(f"  {name} = {_value(line.value)}" + (f"  # {line.why}" if line.why else ""))
    return lines


def _columns(made: Made) -> set[str]:
    """Every column that a row reads."""
    found = {one["column"] for one in made.when} | set(made.per)
    for line in made.values.values():
        if isinstance(line.value, str):
            found |= set(re.findall(r"\{([^{}]+)\}", line.value))
        elif "column" in line.value:
            found.add(line.value["column"])
        elif "words" in line.value:
            found |= {one["column"] for one in line.value["words"].values()}
    return found


def _code(pair: tuple[str, str]) -> str:
    value, ours = pair
    decide = "  # not one of our words: decide what it is, or leave it out as null" if ours == "null" else ""
    return f"{_text(value)} = {_text(ours)}{decide}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + _listed(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return f"[{_listed(map(_value, value))}]"
    return _text(value) if isinstance(value, str) else str(value)


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _text(key)


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts)
