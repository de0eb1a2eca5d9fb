"""The guide's pages on the built-in formats: what becomes of each column, from the formats' own files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kinfold.areas.feeds import JSON, Format, Part, Row, Value
from kinfold.feeds import settings

KEYS = ("source_id", "person_key", "other_key", "service_key", "event_key")
READ_AS = {
    "nhs": "as an NHS number",
    "upn": "as a UPN",
    "postcode": "as a postcode",
    "uprn": "as a property reference",
    "phone": "as a telephone number",
    "yes_no": "as yes or no",
    "upper": "in capitals",
    "weeks_to_days": "weeks as days",
    "surname_first": "out of a name with the surname first",
    "forename_first": "out of a name with the forename first",
    "term_start": "the start of the term before it",
    "term_end": "the end of the term before it",
}


def format_pages() -> dict[str, str]:
    """A page for each built-in format by its path below docs/reference, and the list of them."""
    found = settings.formats()
    made = {f"formats/{name}.md": page(one) for name, one in found.items()}
    return {"formats/README.md": index(found.values()), **made}


def index(found: Iterable[Format]) -> str:
    """The formats, and how much of each is read."""
    lines = [
        "# Built-in formats\n",
        'A feed says `format = "ssd"` and needs no mapping of its own. Each page says what becomes of each column.\n',
        "| format | what it is | parts | columns read | columns known and not read |",
        "|---|---|---|---|---|",
    ]
    for one in found:
        columns = [(part, column) for part in one.parts for column in part.columns]
        read = sum(column not in part.unread for part, column in columns)
        lines.append(
            f"| [{one.name}]({one.name}.md) | {one.label} | {len(one.parts)} | {read} | {len(columns) - read} |"
        )
    return "\n".join(lines)


def page(one: Format) -> str:
    """What a format is, each of its parts with its columns, and its codes."""
    lines = [f"# {one.label}\n", f'In a feed: `format = "{one.name}"`.\n']
    if one.about:
        lines.append(one.about.strip() + "\n")
    for part in one.parts:
        lines += [f"## {part.name}\n", *_intro(part), _columns(one, part)]
    if any(part.called for part in one.parts):
        lines += ["## Headers found by pattern\n", _patterns(one)]
    if one.codes:
        lines += ["## Codes\n", *_codes(one)]
    return "\n".join(lines)


def _intro(part: Part) -> Iterator[str]:
    if part.about:
        yield f"{part.about}\n"
    yield f"Known by {_listed(part.recognise)}.\n"
    made = list(dict.fromkeys(_what(row) for row in part.rows))
    if made:
        yield f"Makes {', '.join(made)}.\n"
    for join in part.join.values():
        pairs = ", ".join(f"`{ours}` = `{theirs}`" for ours, theirs in join.on.items())
        yield f"Read with `{join.part}`, where {pairs}.\n"


def _what(row: Row) -> str:
    """The table of a row, and the kind of fact where it is always the same."""
    kind = next((row.values[name].constant for name in ("kind", "stage", "role") if name in row.values), None)
    return f"`{row.table}`" + (f" {kind}" if kind else "")


def _columns(one: Format, part: Part) -> str:
    becomes, lent = _becomes(part), _lent(one, part)
    lines = ["| column | becomes |", "|---|---|"]
    for column in part.columns:
        if column in part.unread:
            said = f"not read, because {part.unread[column]}"
        else:
            said = "; ".join([*becomes.get(column, ()), *lent.get(column, ())]) or _otherwise(part, column)
        also = [name for name in part.called.get(column, ()) if not name.startswith("~")]
        lines.append(f"| `{column}`{f' (also {_listed(also)})' if also else ''} | {said} |")
    return "\n".join(lines) + "\n"


def _otherwise(part: Part, column: str) -> str:
    if any(column in join.on for join in part.join.values()):
        return "leads to the part it is read with"
    return "tells this part from others" if column in part.recognise else "kept, not read"


def _becomes(part: Part) -> dict[str, list[str]]:
    """What each column of a part becomes; its part in a key is said only where it becomes nothing else."""
    facts: dict[str, dict[str, None]] = {}
    keys: dict[str, dict[str, None]] = {}
    for row in part.rows:
        for name, value in row.values.items():
            into = keys if name in KEYS else facts
            said = "says whose, or which, it is" if name in KEYS else _said(row, name, value)
            tested = {c.column for c in value.when} | {c.column for _, tests in value.words for c in tests}
            for column in value.columns:
                test = f"decides what is counted in `{row.table}.{name}`" if column in tested and value.total else said
                into.setdefault(column, {})[test] = None
        for condition in row.when if row.table != "participant" else ():
            facts.setdefault(condition.column, {})[f"decides whether there is {_what(row)}"] = None
        for column in row.per:
            facts.setdefault(column, {})[f"gathers rows into one {_what(row)}"] = None
    return {column: list(facts.get(column) or keys[column]) for column in {**facts, **keys}}


def _said(row: Row, name: str, value: Value) -> str:
    kind = _what(row).partition("` ")[2]
    place = f"`{row.table}.{name}`" + (f" of {kind}" if kind and name not in ("kind", "stage", "role") else "")
    if value.codes:
        place += f" by the codes [{value.codes}](#{value.codes})"
    if value.total:
        place += ", added up"
    if value.as_ and value.as_.startswith(JSON):
        place += f", what its document has under `{value.as_.removeprefix(JSON)}`"
    elif value.as_:
        place += f", {READ_AS[value.as_]}"
    return place


def _lent(one: Format, part: Part) -> dict[str, list[str]]:
    """The columns of a part that other parts read of it."""
    found: dict[str, dict[str, None]] = {}
    for other in one.parts:
        for alias, join in other.join.items():
            if join.part == part.name:
                read = [column.partition(".") for row in other.rows for column in row.columns]
                for column in (*(name for whose, _, name in read if whose == alias), *join.on.values()):
                    found.setdefault(column, {})[f"read with `{other.name}`"] = None
    return {column: list(said) for column, said in found.items()}


def _patterns(one: Format) -> str:
    """Each column that a header can be taken for by its words, with the patterns."""
    found: dict[str, dict[str, None]] = {}
    for part in one.parts:
        for column, names in part.called.items():
            found.setdefault(column, {}).update(dict.fromkeys(name[1:] for name in names if name.startswith("~")))
    lines = [f"- `{column}`: {_listed(patterns)}" for column, patterns in found.items() if patterns]
    said = (
        "A header is tried in lower case, its words one space apart, without punctuation; the names above go first.\n"
    )
    return said + "\n" + "\n".join(lines) + "\n"


def _codes(one: Format) -> Iterator[str]:
    yield "What a value of the file becomes, in any case. After ~ is a pattern, tried after plain values.\n"
    for name, codes in one.codes.items():
        yield f"### {name}\n"
        by_ours: dict[str, list[str]] = {}
        for code, ours in codes.items():
            by_ours.setdefault("left out" if ours == "null" else f"`{ours}`", []).append(code)
        yield "\n".join(f"- {ours}: {_listed(texts)}" for ours, texts in by_ours.items()) + "\n"


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts)
