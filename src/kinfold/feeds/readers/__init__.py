"""Files of any kind we take, as parts: tables of text with a row number. What a file is shows in its first bytes."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from kinfold.feeds.readers import json_list, parquet, text, workbook, xml_tree
from kinfold.feeds.readers.received import FileRejected, RawPart, plain_words

SUFFIXES = frozenset((".csv", ".txt", ".tsv", ".psv", ".dat", ".xlsx", ".xlsm", ".xml", ".json", ".parquet"))
# gzip, bzip2, xz, 7-Zip, RAR, zstd
PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a", b"\x28\xb5\x2f\xfd")
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read(path: Path) -> list[RawPart]:
    """
    The parts of one file. Raises FileRejected with a message fit for the supplier.

    A file is read by what its first bytes say, whatever its name.
    """
    require_file(path)
    try:
        with path.open("rb") as handle:
            start = handle.read(4096)
    except OSError as why:
        raise FileRejected(
            f"{path.name} cannot be opened: this account may not read it. Ask who put it there."
        ) from why
    if not start.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise FileRejected(f"{path.name} is empty. Ask the supplier to send it again.")
    return _reader_for(start, path)(path)


def files_in(paths: list[Path]) -> list[Path]:
    """
    The files named, and the files of the folders named that can be deliveries, in order of name.

    Raises FileRejected for what is not a file: a link could lead to anything this account may read, and a pipe or a
    device never ends.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES)
            found += [p for p in inside if p.is_symlink() or not p.is_dir()]
        else:
            found.append(path)
    for path in found:
        require_file(path)
    return found


def require_file(path: Path) -> None:
    """Raise FileRejected unless there is a file at `path`, and not a link, a pipe, a device or a folder."""
    name = plain_words(path.name)
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError) as why:
        raise FileRejected(f"{name} is not there.") from why
    if stat.S_ISLNK(mode):
        raise FileRejected(f"{name} is a link to something else. Hand over the file itself.")
    if stat.S_ISDIR(mode):
        raise FileRejected(f"{name} is a folder, not a file. Hand over the files in it.")
    if not stat.S_ISREG(mode):
        raise FileRejected(f"{name} is a pipe or a device, not a file. Hand over the file itself.")


def _reader_for(start: bytes, path: Path) -> Callable[[Path], list[RawPart]]:
    if start.startswith(b"PK"):
        return workbook.read
    if start.startswith(OLD_EXCEL):
        raise FileRejected(f"{path.name} is an old or a locked Excel file. Save it as .xlsx without a password.")
    if start.startswith(PACKED):
        raise FileRejected(f"{path.name} is a packed file. Send the files inside it.")
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
