"""Everywhere that a set of deliveries is kept in a home, and taking it away from all of them."""

from __future__ import annotations

import dataclasses
import datetime
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kinfold.feeds.deliveries import MANIFEST
from kinfold.feeds.reports import DeliveryReport
from kinfold.operations import receipts
from kinfold.operations.home import Home
from kinfold.store.engine import write_rows

# Tables of the lake that keep record keys from run to run, and the columns that hold them.
KEYED: dict[str, tuple[str, ...]] = {"ids": ("person_key",), "ledger": ("person_key",)}
DECIDED: dict[str, tuple[str, ...]] = {"match_decision": ("left", "right"), "challenge": ("child_key",)}


@dataclasses.dataclass(frozen=True)
class Delivered:
    """One delivery that is to go. hashes: sha256 of each file received. rows: as its manifest counted them."""

    feed: str
    delivery_id: str
    delivered: datetime.date
    rows: int
    hashes: tuple[str, ...]
    manifest: str

    def as_json(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "delivered": self.delivered.isoformat(), "hashes": list(self.hashes)}


@dataclasses.dataclass(frozen=True)
class Found:
    """What holds a set of deliveries. received: files, or folders of files, as they came."""

    deliveries: tuple[Delivered, ...]
    folders: tuple[Path, ...]
    received: tuple[Path, ...]
    snapshots: tuple[Path, ...]

    @property
    def is_nothing(self) -> bool:
        return not (self.deliveries or self.folders or self.received or self.snapshots)

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.deliveries)

    def files(self) -> Iterator[Path]:
        for place in (*self.folders, *self.received):
            yield from (path for path in (place, *place.rglob("*")) if path.is_file())
        for folder in self.snapshots:
            yield from folder.glob("*.parquet")

    def counts(self) -> dict[str, int]:
        """How much would go, in numbers that a person can check."""
        files = list(self.files())
        return {
            "deliveries": len(self.deliveries),
            "rows": self.rows,
            "received": len(self.received),
            "snapshots": len(self.snapshots),
            "files": len(files),
            "bytes": sum(path.stat().st_size for path in files),
        }


def of_feed(home: Home, feed: str) -> Found:
    """Everything the home holds of a feed, what was refused or never loaded included."""
    there = [path.parent.name for path in (home.deliveries / feed).glob(f"*/{MANIFEST}")]
    found = of_deliveries(home, feed, there)
    folders = {*found.folders, *_folders(home.deliveries / feed), *home.mapped.glob(f"{feed}-" + "[0-9a-f]" * 12)}
    return dataclasses.replace(
        found, folders=tuple(sorted(folders)), received=_received(home, lambda one: one.feed == feed, feed)
    )


def of_deliveries(home: Home, feed: str, delivery_ids: Iterable[str]) -> Found:
    """Everything the home holds of some deliveries of a feed."""
    wanted = set(delivery_ids)
    folders = [home.deliveries / feed / one for one in wanted] + [home.mapped / one for one in wanted]
    return Found(
        deliveries=tuple(sorted(_delivered(home, feed, wanted), key=lambda one: (one.delivered, one.delivery_id))),
        folders=tuple(sorted(path for path in folders if path.exists())),
        received=_received(home, lambda one: one.delivery_id in wanted),
        snapshots=tuple(sorted(_snapshots(home, wanted))),
    )


def _delivered(home: Home, feed: str, wanted: set[str]) -> Iterator[Delivered]:
    for delivery_id in wanted:
        path = home.deliveries / feed / delivery_id / MANIFEST
        if path.exists():
            text = path.read_text(encoding="utf-8")
            manifest = json.loads(text)
            yield Delivered(
                feed=feed,
                delivery_id=delivery_id,
                delivered=datetime.date.fromisoformat(manifest["delivered"]),
                rows=int(manifest["rows_in"]),
                hashes=tuple(file.get("sha256", "") for file in manifest["files"]),
                manifest=text,
            )


def _folders(parent: Path) -> list[Path]:
    return [path for path in parent.iterdir() if path.is_dir()] if parent.exists() else []


def _received(home: Home, is_theirs: Callable[[DeliveryReport], bool], feed: str | None = None) -> tuple[Path, ...]:
    """
    Bytes as they came of the deliveries that `is_theirs` takes; the rest of a receipt stays.

    feed: theirs as well is what was sent in under that feed's name.
    """
    found: set[Path] = set()
    for receipt in receipts.list_receipts(home):
        kept = receipts.paths(home, receipt)
        theirs = [one for one in (receipt.result.reports if receipt.result else ()) if is_theirs(one)]
        named = {name for one in theirs for name in one.files}
        files = {receipts.folder_of(home, receipt.receipt_id) / one.kept for one in receipt.files if one.name in named}
        if (feed is not None and receipt.feed == feed) or (theirs and not files):
            files = set(kept)
        found |= files & set(kept)
    # The demonstration's suppliers hand over in a folder of the home.
    found.update((home.folder / "incoming").glob(f"*/{feed}") if feed else ())
    return tuple(sorted(found))


def _snapshots(home: Home, wanted: set[str]) -> Iterator[Path]:
    """Snapshots that counted any of the deliveries and still have their tables."""
    for path in home.snapshots.glob("*/run.json"):
        counted = json.loads(path.read_text(encoding="utf-8"))["deliveries"]
        if wanted.intersection(counted) and any(path.parent.glob("*.parquet")):
            yield path.parent


def keep_manifests(home: Home, found: Found) -> None:
    """Keep hash and manifest of what goes, where nothing that lists deliveries finds them."""
    for one in found.deliveries:
        folder = home.erasures / one.feed
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{one.delivery_id}.json").write_text(one.manifest, encoding="utf-8")


def erase_inputs(home: Home, found: Found, keys: set[str]) -> None:
    """
    Take received bytes, landed, set-aside and mapped rows away, and forget their record keys.

    keys: see `keys_of_none_other`. Rows go last: cut off before, the keys can still be told from them.
    """
    # What linkage kept of the last night holds names and keys; without it the next run is a whole one.
    shutil.rmtree(home.last_night, ignore_errors=True)
    for name, columns in KEYED.items():
        _forget_keys(home.linkage / f"{name}.parquet", columns, keys, keep_row=name == "ledger")
    for name, columns in DECIDED.items():
        _forget_keys(home.decisions / f"{name}.parquet", columns, keys, keep_row=False)
    for place in (*found.received, *found.folders):
        shutil.rmtree(place) if place.is_dir() else place.unlink()


def erase_snapshots(snapshots: Iterable[Path]) -> int:
    """Empty the tables of snapshots; what each run was and its rules are kept. Returns how many were emptied."""
    emptied = 0
    for folder in snapshots:
        tables = list(folder.glob("*.parquet"))
        for table in tables:
            table.unlink()
        emptied += bool(tables)
    return emptied


def keys_of_none_other(home: Home, found: Found) -> set[str]:
    """Record keys that only the deliveries to go have said: another feed may share its numbers."""
    going = {path for path in found.folders if path.parent == home.mapped}
    staying = [path for path in _folders(home.mapped) if path not in going]
    return _keys(going) - _keys(staying)


def _keys(folders: Iterable[Path]) -> set[str]:
    keys: set[str] = set()
    for folder in folders:
        for path in folder.glob("*.parquet"):
            named = [name for name in ("person_key", "other_key") if name in pq.read_schema(path).names]
            for column in pq.read_table(path, columns=named).columns if named else ():
                keys.update(value for value in pc.unique(column).to_pylist() if value)
    return keys


def _forget_keys(path: Path, columns: tuple[str, ...], keys: set[str], *, keep_row: bool) -> None:
    """keep_row: the ledger goes on saying which id led to which, without the record it came from."""
    if not path.exists() or not keys:
        return
    rows = pq.read_table(path)
    gone = pa.array(sorted(keys), pa.string())
    for name in columns:
        held = pc.is_in(rows.column(name), value_set=gone)
        if keep_row:
            place = rows.schema.get_field_index(name)
            rows = rows.set_column(place, rows.schema.field(name), pc.if_else(held, None, rows.column(name)))
        else:
            rows = rows.filter(pc.invert(held))
    write_rows(rows, path)
