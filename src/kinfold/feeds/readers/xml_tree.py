"""
XML read as a stream and flattened to parts; entities, external files and the network are off.

A shape says which element begins a record and which elements inside it become parts of their own. Where no
shape knows the root, a root whose elements hold only plain values is read as one part per kind of element.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

from lxml import etree
from lxml.etree import _Element as Element

from kinfold.feeds.readers.received import MAX_COLUMNS, MAX_TREE_BYTES, FileRejected, RawPart, RowsOfText, listed_part
from kinfold.feeds.readers.xml_shapes import SHAPES, Block, Shape


def read(path: Path) -> list[RawPart]:
    """The parts of an XML file. Raises FileRejected."""
    if path.stat().st_size > MAX_TREE_BYTES:
        raise FileRejected(f"{path.name} is larger than the {MAX_TREE_BYTES >> 20:,} MB an XML file may be.")
    try:
        root = _root(path)
        shape = SHAPES.get(root)
        gathered = _shaped(path, shape) if shape else _plain_records(path, root)
    except etree.XMLSyntaxError as why:
        line = why.lineno or 0
        raise FileRejected(
            f"{path.name} is not whole XML: it stops making sense at line {line:,}. It may have been cut short. "
            "Ask the supplier to send it again."
        ) from why
    if not any(rows.table().num_rows for rows in gathered.values()):
        raise FileRejected(f"{path.name} has no records in it.")
    return [listed_part(path.name, name, rows.columns, rows.table()) for name, rows in gathered.items()]


def _events(
    path: Path, tag: str | None = None, events: tuple[str, ...] = ("end",)
) -> Generator[tuple[str, Element], None, None]:
    with path.open("rb") as handle:
        yield from etree.iterparse(
            handle, events=events, tag=tag, resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip


def _root(path: Path) -> str:
    with contextlib.closing(_events(path, events=("start",))) as events:
        _, element = next(events)
        if element.getroottree().docinfo.internalDTD is not None:
            raise FileRejected(f"{path.name} declares a document type of its own, which is not read.")
        return _name(element)


def _name(element: Element) -> str:
    return etree.QName(element).localname


def _shaped(path: Path, shape: Shape) -> dict[str, RowsOfText]:
    gathered: dict[str, RowsOfText] = {}
    _prepare(shape.block, (), gathered)
    with contextlib.closing(_events(path, tag=f"{{*}}{shape.record}")) as events:
        for _, element in events:
            _gather(element, shape.block, (), gathered)
            _let_go(element)
    return gathered


def _prepare(block: Block, before: tuple[str, ...], gathered: dict[str, RowsOfText]) -> None:
    own = (*before, *((block.ordinal,) if block.ordinal else ()))
    gathered[block.part] = RowsOfText((*own, *block.leaves))
    for inner in block.inside:
        _prepare(inner, (*own, *block.keys), gathered)


def _gather(
    element: Element, block: Block, before: tuple[str, ...], gathered: dict[str, RowsOfText], ordinal: int = 1
) -> None:
    own = (*before, *((str(ordinal),) if block.ordinal else ()))
    values = {column: _text_at(element, path) for column, path in block.leaves.items()}
    gathered[block.part].add((*own, *values.values()))
    for inner in block.inside:
        for number, found in enumerate(_found(element, inner.path), start=1):
            _gather(found, inner, (*own, *(values[key] for key in block.keys)), gathered, number)


def _found(element: Element, path: str) -> list[Element]:
    return element.findall("/".join(f"{{*}}{step}" for step in path.split("/")))


def _text_at(element: Element, path: str) -> str:
    found = element if path == "." else next(iter(_found(element, path)), None)
    return "" if found is None else (found.text or "").strip()


def _let_go(element: Element) -> None:
    """Free a record that was read, and what came before it, so that memory does not grow with the file."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _plain_records(path: Path, root: str) -> dict[str, RowsOfText]:
    found: dict[str, list[dict[str, str]]] = {}
    with contextlib.closing(_events(path, events=("start", "end"))) as events:
        for name, row in _plain_rows(events, path.name, root):
            found.setdefault(name, []).append(row)
    gathered = {}
    for name, rows in found.items():
        columns = tuple(dict.fromkeys(column for row in rows for column in row))
        if len(columns) > MAX_COLUMNS:
            raise FileRejected(f"{path.name} has {len(columns):,} columns; no more than {MAX_COLUMNS:,} are read.")
        gathered[name] = RowsOfText(columns)
        for row in rows:
            gathered[name].add([row.get(column, "") for column in columns])
    return gathered


def _plain_rows(events: Iterable[tuple[str, Element]], file: str, root: str) -> Iterator[tuple[str, dict[str, str]]]:
    depth = 0
    for event, element in events:
        if event == "start":
            depth += 1
            continue
        depth -= 1
        if depth != 1:
            continue
        if any(len(leaf) for leaf in element):
            raise FileRejected(
                f"{file} has {root} as its root, which is not a return we know, and its records hold records. "
                "Ask for a flat file, or for a reader of this return to be added."
            )
        yield _name(element), {_name(leaf): (leaf.text or "").strip() for leaf in element}
        _let_go(element)
