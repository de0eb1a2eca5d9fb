"""
Write docs/reference from what is true: the twelve tables, the markers, the rules as tested, and the formats.

    .venv/bin/python tools/docs.py           write
    .venv/bin/python tools/docs.py --check   fail when a page is not what would be written now
"""

from __future__ import annotations

import argparse
import ast
import datetime
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import checks_page
from format_pages import format_pages

from kinfold.areas import markers
from kinfold.store import schema

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
AREA = ROOT / "areas" / "saltmarsh"
SPECS = ROOT / "tests" / "spec"
HEADINGS: tuple[str, ...] = ("code", "statement", "kind", "points, and why", "looks back", "halves in", "ages", "from",
                             "may be offered", "caution")  # fmt: skip
HOW_TO_READ = """
Each sentence here is a rule that the program keeps. It is tried each night on made-up tables, on two databases: what is
under a sentence is the table that it is tried with, and what is expected of it. In a table each line is one row, an
empty cell is not known, and names such as `P1` stand for made-up people.

The statements themselves, with their points, are in [markers](markers.md). In the service, *Help* leads to the rule
book of the list that is live.
"""
CHAPTERS = {
    "profile": ("What is said of a child", """
When a statement is true of a child, when it is not, and when nobody can know. Not known is never taken for no.
"""),
    "priority": ("Who comes first, and whose list they are on", """
How statements become an order, who must be seen today, who rings, and when a visit is due.
"""),
    "linkage": ("Whose record is whose", """
When two records are of one person, when they are not, and when a person has to be asked. Sealed identities are never
joined.
"""),
    "feeds": ("What a delivery says", """
How the files of a supplier are read, compared and checked before anything of them counts.
"""),
    "operations": ("When a delivery is corrected or taken back", """
What counts on which day, when a supplier sends something again, puts it right or withdraws it.
"""),
    "proof": ("Whether the order finds who came to need help", """
How a past day is held against what came after it.
"""),
}  # fmt: skip
# Names of tests have no apostrophes and no capitals.
AS_WRITTEN = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"\b([a-z]+) s\b", r"\1’s"),
        (r"\b(infant|worker|reviewer|mother)s (?=(pressures|rating|decision|number)\b)", r"\1’s "),
        (r"\bone schools own\b", "one school’s own"),
        (r"\ba parents at home\b", "a parent’s, at home"),
        (r"\bsocial cares hands\b", "social care’s hands"),
        (r"\bnhs\b", "NHS"),
        (r"\bupn\b", "UPN"),
        (r"\bgp\b", "GP"),
        (r"\bsaltmarsh\b", "Saltmarsh"),
        (r"\bmonday\b", "Monday"),
        (r"\bsunday\b", "Sunday"),
    )
)
WORDS: dict[object, str] = {True: "yes", False: "no", None: "not known"}
LONGEST_ANSWER = 160
MADE = "<!-- Made by `make docs`; change what it is made from instead. -->\n\n"


def tables() -> str:
    """The twelve tables, from store/schema.py."""
    shared = {column.name for column in schema.PROVENANCE}
    parts = ["# The twelve tables\n", *_paragraphs(schema.__doc__), "## Columns of every table\n"]
    parts.append(_columns(schema.PROVENANCE))
    for table in schema.TABLES.values():
        parts += [f"## {table.name}\n", f"{_sentence(table.grain)}\n"]
        parts.append(_columns([column for column in table.columns if column.name not in shared]))
    parts += ["## Kinds of event\n", _words(schema.EVENT_KINDS), "## Kinds of measure\n", _words(schema.MEASURE_KINDS)]
    return "\n".join(parts)


def _columns(columns: list[schema.Column] | tuple[schema.Column, ...]) -> str:
    rows = ["| column | type | may be null | meaning |", "|---|---|---|---|"]
    for column in columns:
        codes = f" One of: {', '.join(f'`{code}`' for code in sorted(column.codes))}." if column.codes else ""
        empty = "no" if column.required else "yes"
        rows.append(f"| `{column.name}` | {_type(column)} | {empty} | {_sentence(column.meaning)}{codes} |")
    return "\n".join(rows) + "\n"


def _type(column: schema.Column) -> str:
    names = {schema.TEXT: "text", schema.DATE: "date", schema.WHOLE: "whole number", schema.NUMBER: "number"}
    return names.get(column.type, "yes or no")


def catalogue() -> str:
    """Every marker of the demonstration area, by domain."""
    parts = [
        "# Markers of the demonstration area\n",
        "What can be said of a child, by domain. Each statement is true, not true, or not known, and leads to the rows",
        "it rests on. Points put a list in order; they are not a prediction, and practitioners never see them. What",
        "is in braces is filled in for each child. V is a figure seen in a published source, R well known, D the",
        "judgement of practice. What each turns on is in `areas/saltmarsh/markers/`, and how it is tried in",
        "[the rules](rules.md).\n",
    ]
    found = markers.load(AREA)
    for domain in sorted({marker.domain for marker in found}):
        parts += [
            f"## {_sentence(domain.replace('_', ' '))[:-1]}\n",
            f"| {' | '.join(HEADINGS)} |",
        ]
        parts.append("|---" * len(HEADINGS) + "|")
        parts += [_marker_row(marker) for marker in found if marker.domain == domain]
        parts.append("")
    return "\n".join(parts)


def _marker_row(marker: markers.Marker) -> str:
    ages = "unborn" if marker.ages.unborn else f"{marker.ages.from_} to {marker.ages.to}"
    if not marker.feeds and marker.awaits:
        feeds = f"not connected: waits for {'; '.join(marker.awaits)}"
    else:
        feeds = "; ".join([*(f"`{feed}`" for feed in marker.feeds), *(f"waits for {what}" for what in marker.awaits)])
    cells = [
        marker.code,
        f"**{marker.label}.** {marker.statement}",
        marker.direction,
        _points(marker),
        f"{marker.lookback_months} months" if marker.lookback_months else "now",
        f"{marker.half_life_months:g} months" if marker.half_life_months else "never",
        ages,
        feeds,
        "; ".join(marker.offers),
        marker.caveat,
    ]
    return f"| {' | '.join(cells)} |"


def _points(marker: markers.Marker) -> str:
    more = [f"{extra.points:g} more: {extra.reason}" for extra in marker.extra]
    if marker.halved_by:
        more.append(f"half while {marker.halved_by.replace('_', ' ')}")
    if marker.hastened_by:
        more.append(f"fades twice as fast while {marker.hastened_by.replace('_', ' ')}")
    figure = f"times {marker.multiplier:g}" if marker.direction == "modifier" else f"{marker.points:g}"
    return f"{'; '.join([figure, *more])}. {marker.reason} ({marker.grade}: {marker.source})"


def rules() -> str:
    """Each sentence of the rules, with the table that tries it, from tests/spec."""
    found: dict[str, list[Path]] = {}
    for path in sorted(SPECS.rglob("test_*.py")):
        if path.parent != SPECS:  # not what tests the harness itself
            found.setdefault(path.parent.name, []).append(path)
    order = [*CHAPTERS, *(name for name in found if name not in CHAPTERS)]
    chapters = [name for name in order if name in found]
    parts = ["# The rules\n", *_paragraphs(HOW_TO_READ)]
    parts.append("\n".join(f"- [{_chapter(name)}](#{_anchor(_chapter(name))})" for name in chapters) + "\n")
    for name in chapters:
        parts += [f"## {_chapter(name)}\n", *_paragraphs(CHAPTERS.get(name, ("", ""))[1])]
        for path in found[name]:
            parts += _subject(path)
    return "\n".join(parts)


def _chapter(name: str) -> str:
    return CHAPTERS[name][0] if name in CHAPTERS else name.title()


def _anchor(heading: str) -> str:
    """What a heading is called in an address, as the pages that show Markdown make it."""
    return "".join(c for c in heading.lower().replace(" ", "-") if c.isalnum() or c == "-")


def _subject(path: Path) -> list[str]:
    module = ast.parse(path.read_text(encoding="utf-8"))
    parts = [f"### {_said(path.stem)}\n", *_paragraphs(ast.get_docstring(module))]
    for function in _tests(module):
        parts += [f"#### {_said(function.name)}\n", *_paragraphs(ast.get_docstring(function))]
        parts += _tried(function, _constants(module))
    return parts


def _tests(module: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def _constants(module: ast.Module) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _tried(function: ast.FunctionDef, constants: dict[str, ast.expr]) -> Iterator[str]:
    """The readable tables of each `spec(...)` in a test; anything else it is given is code, and stays in the test."""
    for node in ast.walk(function):
        # `spec` itself, or what a chapter makes of it: whatever says what it expects.
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and _expects(node):
            what = next((_column(keyword.value) for keyword in node.keywords if keyword.arg == "of"), "")
            for keyword in node.keywords:
                value = keyword.value
                value = constants.get(value.id, value) if isinstance(value, ast.Name) else value
                yield from _shown(keyword.arg or "", value, of=what)


def _column(value: ast.expr) -> str:
    """The column that the answer is of, in words; "" where it is of several."""
    said: Any = ast.literal_eval(value) if isinstance(value, ast.Constant) else ""
    return str(said).replace("_", " ")


def _expects(call: ast.Call) -> bool:
    return any(keyword.arg == "expected" for keyword in call.keywords)


def _shown(name: str, value: ast.expr, *, of: str = "") -> Iterator[str]:
    label = name.replace("_", " ").capitalize()
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and "\n" in value.value:
        yield f"{label}:\n\n```text\n{textwrap.dedent(value.value).strip()}\n```\n"
    elif name == "expected":
        yield f"{label}{f' {of}' if of else ''}: {_answer(value)}\n"


def _answer(value: ast.expr) -> str:
    """What is expected, in words: `P1` yes; `P2` not known. As points when it is long."""
    if not isinstance(value, ast.Dict):
        return f"`{ast.unparse(value)}`"
    pairs = [(key, one) for key, one in zip(value.keys, value.values, strict=True) if key is not None]
    said = [f"{_term(key)} {_in_words(one)}" for key, one in pairs]
    if not said:
        return "nobody."
    whole = "; ".join(said) + "."
    return whole if len(whole) <= LONGEST_ANSWER else "\n\n" + "\n".join(f"- {one}" for one in said)


def _term(key: ast.expr) -> str:
    return f"`{ast.literal_eval(key)}`" if isinstance(key, ast.Constant) else f"`{ast.unparse(key)}`"


def _in_words(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        said: Any = ast.literal_eval(value)
        is_number = isinstance(said, int | float) and not isinstance(said, bool)
        return f"{said:g}" if is_number else WORDS.get(said, str(said))
    if isinstance(value, ast.Tuple | ast.List | ast.Set):
        return ", ".join(_in_words(one) for one in value.elts) or "none"
    if isinstance(value, ast.Call) and ast.unparse(value.func) in ("date", "datetime.date"):
        year, month, day = (ast.literal_eval(part) for part in value.args)
        on = datetime.date(year, month, day)
        return f"{on.day} {on:%B %Y}"
    return f"`{ast.unparse(value)}`"


def _paragraphs(text: str | None) -> list[str]:
    return [inspect.cleandoc(text) + "\n"] if text else []


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."


def _said(name: str) -> str:
    """The name of a test as the sentence it is: apostrophes, names and short forms as they are written."""
    text = name.removeprefix("test_").replace("_", " ")
    for pattern, written in AS_WRITTEN:
        text = pattern.sub(written, text)
    return _sentence(text)[:-1]


def _words(codes: frozenset[str]) -> str:
    return ", ".join(f"`{code}`" for code in sorted(codes)) + ".\n"


def pages() -> dict[str, str]:
    made = {
        "tables.md": tables(),
        "markers.md": catalogue(),
        "rules.md": rules(),
        "checks.md": checks_page.page(AREA),
        **format_pages(),
    }
    return {name: MADE + text.rstrip() + "\n" for name, text in made.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is stale")
    check = parser.parse_args().check
    stale = [name for name, text in pages().items() if not _is(PAGES / name, text)]
    if check:
        for name in stale:
            print(f"docs/reference/{name} is not what the code says now. Run `make docs`.", file=sys.stderr)
        return 1 if stale else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (PAGES / name).parent.mkdir(exist_ok=True)
        (PAGES / name).write_text(pages()[name], encoding="utf-8")
        print(f"docs/reference/{name}")
    return 0


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
