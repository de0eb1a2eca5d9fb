"""
XML read as a stream and flattened to parts; entities, external files and the network are off.

A shape says which element begins a record and which elements inside it become parts of their own. Where no
shape knows the root, a root whose elements hold only plain values is read as one part per kind of element.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from pathlib import Path

from lxml import etree
from lxml.etree import _Element as Element

from kinfold.feeds.readers.received import MAX_COLUMNS, MAX_TREE_BYTES, FileRejected, RawPart, no_records
from kinfold.feeds.readers.spool import Spool
from kinfold.feeds.readers.xml_gather import Gathering
from kinfold.feeds.readers.xml_shapes import SHAPES, Shape


def read(path: Path) -> list[RawPart]:
    """The parts of an XML file. Raises FileRejected."""
    if path.stat().st_size > MAX_TREE_BYTES:
        raise FileRejected(f"{path.name} is larger than the {MAX_TREE_BYTES >> 20:,} MB an XML file may be.")
    try:
        root = _root(path)
        shape = SHAPES.get(root)
        spools = _shaped(path, shape) if shape else _plain_records(path, root)
    except etree.XMLSyntaxError as why:
        line = why.lineno or 0
        raise FileRejected(
            f"{path.name} is not whole XML: it stops making sense at line {line:,}. It may have been cut short. "
            "Ask the supplier to send it again."
        ) from why
    about = shape.about.part if shape and shape.about else None
    parts = [spool.part(path.name, name) for name, spool in spools.items()]
    if not any(spool.rows for name, spool in spools.items() if name != about):
        raise (
            _another_return(path.name, shape.record) if shape and not _collects(path, shape) else no_records(path.name)
        )
    return parts


def _collects(path: Path, shape: Shape) -> bool:
    """Whether a file of that root has a place for the records of the shape, be it empty."""
    if shape.within is None:
        return True
    with contextlib.closing(_events(path, tag=(f"{{*}}{shape.within}",))) as events:
        return next(events, None) is not None


def _another_return(name: str, record: str) -> FileRejected:
    return FileRejected(
        f"{name} looks like a return to the department, but not like one of those that are read here: it has no "
        f"{record} elements. If its rows are wanted, ask for them as CSV or Excel, and add a mapping for it."
    )


def _events(
    path: Path, tag: tuple[str, ...] | None = None, events: tuple[str, ...] = ("end",)
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


def _shaped(path: Path, shape: Shape) -> dict[str, Spool]:
    gathering = Gathering()
    plans = {shape.record: gathering.plan(shape.block)}
    if shape.about is not None:
        plans[shape.about.path] = gathering.plan(shape.about)
    with contextlib.closing(_events(path, tag=tuple(f"{{*}}{name}" for name in plans))) as events:
        for _, element in events:
            gathering.gather(element, plans[_name(element)])
            _let_go(element)
    return gathering.spools


def _let_go(element: Element) -> None:
    """Free a record that was read, and what came before it, so that memory does not grow with the file."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _plain_records(path: Path, root: str) -> dict[str, Spool]:
    """Read twice: which columns each kind of element has shows only at the end."""
    columns: dict[str, dict[str, None]] = {}
    for name, row in _plain_rows(path, root):
        columns.setdefault(name, {}).update(dict.fromkeys(row))
        if len(columns[name]) > MAX_COLUMNS:
            raise FileRejected(f"{path.name} has more than {MAX_COLUMNS:,} columns; no more are read.")
    spools = {name: Spool(tuple(named)) for name, named in columns.items()}
    for name, row in _plain_rows(path, root):
        spools[name].add([row.get(column, "") for column in columns[name]])
    return spools


def _plain_rows(path: Path, root: str) -> Iterator[tuple[str, dict[str, str]]]:
    with contextlib.closing(_events(path, events=("start", "end"))) as events:
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
                    f"{path.name} has {root} as its root, which is not a return we know, and its records hold records. "
                    "Ask for a flat file, or for a reader of this return to be added."
                )
            yield _name(element), {_name(leaf): (leaf.text or "").strip() for leaf in element}
            _let_go(element)
