"""A council's live data on disk: where each thing is kept, and the one secret everything keyed is derived from."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
from pathlib import Path

from kinfold.areas import toml
from kinfold.web import home as service_home

USES_OF_THE_KEY = ("linkage", "search", "erasure", "seal", "pseudonym")


class NoHome(Exception):
    """The folder is not a home of live data; the message says how to make one."""


@dataclasses.dataclass(frozen=True)
class Home:
    """The folder of one council's live data, as `docs/adr/0001` lays it out."""

    folder: Path
    area: Path
    is_demonstration: bool = False

    @property
    def deliveries(self) -> Path:
        return self.folder / "deliveries"

    @property
    def mapped(self) -> Path:
        return self.folder / "lake" / "mapped"

    @property
    def linkage(self) -> Path:
        return self.folder / "lake" / "linkage"

    @property
    def last_night(self) -> Path:
        """What linkage keeps from one run for the next, beside the ids and their ledger."""
        return self.linkage / "night"

    @property
    def decisions(self) -> Path:
        return self.folder / "lake" / "decisions"

    @property
    def snapshots(self) -> Path:
        return self.folder / "lake" / "snapshots"

    @property
    def live_file(self) -> Path:
        return self.folder / "lake" / "live.json"

    @property
    def erasures(self) -> Path:
        """What is kept of deliveries that were erased: manifests, tombstones and signed reports."""
        return self.folder / "erasures"

    @property
    def truth(self) -> Path:
        return self.folder / "truth"

    def key(self, name: str) -> bytes:
        """A key derived from the home's secret for one use. name: one of USES_OF_THE_KEY."""
        if name not in USES_OF_THE_KEY:
            raise KeyError(name)
        return service_home.derive(service_home.key_bytes(self.folder), name)

    def live_run(self) -> str | None:
        """The run that is live, or None before the first."""
        if not self.live_file.exists():
            return None
        return str(json.loads(self.live_file.read_text(encoding="utf-8"))["run_id"])

    def live_snapshot(self) -> Path | None:
        run_id = self.live_run()
        return self.snapshots / run_id if run_id else None

    def set_live(self, run_id: str) -> None:
        write_whole(self.live_file, json.dumps({"run_id": run_id}))


def write_whole(path: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.writing")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def create(folder: Path, *, area: Path, is_demonstration: bool, on: datetime.date) -> Home:
    """Make a home for an area, with its secret. Making it again changes nothing but the area it names."""
    # Its owner's alone: everything in it is about children, and other accounts of the machine have no business there.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    service_home.key_bytes(folder)
    write_whole(
        folder / "home.toml",
        f"area = {json.dumps(area.resolve().as_posix())}\n"
        f"demonstration = {'true' if is_demonstration else 'false'}\n"
        f"created_on = {on.isoformat()}\n",
    )
    return Home(folder=folder, area=area.resolve(), is_demonstration=is_demonstration)


def open_home(folder: Path) -> Home:
    """Raises NoHome when the folder was never made into one, or its area folder has gone."""
    path = folder / "home.toml"
    if not path.exists():
        raise NoHome(
            f"{folder.name} holds no live data yet. Run `kinfold demo` for the demonstration council, "
            "or `kinfold init` for an area of your own."
        )
    values = toml.read(path)
    area = Path(os.environ.get("KINFOLD_AREA") or values["area"])
    if not (area / "area.toml").exists():
        raise NoHome(f"The area folder of this home has no area.toml. Mend `area` in {path.name} or set KINFOLD_AREA.")
    return Home(folder=folder, area=area, is_demonstration=bool(values.get("demonstration")))


def shipped_area(name: str = "saltmarsh") -> Path:
    """The area folder that comes with Kinfold: beside the source, or inside the installed package."""
    source = Path(__file__).resolve().parents[3] / "areas" / name
    return source if source.exists() else Path(__file__).resolve().parents[1] / "shipped_areas" / name
