"""Files of any kind we take, as parts: tables of text with a row number. What a file is shows in its first bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kinfold.feeds.readers import json_list, parquet, text, workbook, xml_tree
from kinfold.feeds.readers.received import FileRejected, RawPart

SUFFIXES = frozenset((".csv", ".txt", ".tsv", ".psv", ".dat", ".xlsx", ".xlsm", ".xml", ".json", ".parquet"))
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read(path: Path) -> list[RawPart]:
    """
    The parts of one file. Raises FileRejected with a message fit for the supplier.

    A file is read by what its first bytes say, whatever its name.
    """
    try:
        with path.open("rb") as handle:
            start = handle.read(4096)
    except OSError as why:
        raise FileRejected(f"{path.name} cannot be opened.") from why
    if not start.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise FileRejected(f"{path.name} is empty. Ask the supplier to send it again.")
    return _reader_for(start, path)(path)


def files_in(paths: list[Path]) -> list[Path]:
    """The files named, and the files of the folders named that can be deliveries, in order of name."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES)
            found += sorted(inside)
        elif path.is_file():
            found.append(path)
        else:
            raise FileRejected(f"{path.name} is not there.")
    return found


def _reader_for(start: bytes, path: Path) -> Callable[[Path], list[RawPart]]:
    if start.startswith(b"PK"):
        return workbook.read
    if start.startswith(OLD_EXCEL):
        raise FileRejected(f"{path.name} is an old or a locked Excel file. Save it as .xlsx without a password.")
    if start.startswith(b"PAR1"):
        return parquet.read
    if start.startswith(UTF16):
        return text.read
    plain = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if plain.startswith(b"<"):
        return xml_tree.read
    if plain.startswith((b"{", b"[")):
        return json_list.read
    return text.read
