"""Which involvements make the first and the second pathway, and what each list may say."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from kinfold.areas import toml


@dataclasses.dataclass(frozen=True)
class Critical:
    """
    A kind of work whose professional holds a case, when the services feed does not say.

    whose: "child", "parent" or both: whose involvement counts for the child.
    label: how the service is named in a sentence when the source names none.
    """

    agency: str
    stages: tuple[str, ...]
    label: str
    whose: tuple[str, ...] = ("child", "parent")


@dataclasses.dataclass(frozen=True)
class Stage:
    """A stage of social care, in order of weight, with its words: "On a child protection plan"."""

    stage: str
    words: str


@dataclasses.dataclass(frozen=True)
class Says:
    """Domains whose statements a list of this pathway may carry; `everything` for a case holder's own list."""

    everything: bool = False
    domains: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Phone:
    """Words in the note of a number that mean it must not be rung, and how far back a suspect is not rung."""

    never_when_note_has: tuple[str, ...] = ("not safe", "unsafe", "do not ring", "do not call", "no calls")
    not_of_a_suspect_within_days: int = 730


@dataclasses.dataclass(frozen=True)
class Pathways:
    """
    Everything in `pathways.toml`.

    never_critical: stages that are not casework whatever the services feed says (a roll, a tenancy, a bill).
    front_door_domains, front_door_codes: a pressure of these domains, or these markers of the catalogue, in a household
        that no service holds needs a qualified decision before anyone rings.
    """

    social_care: tuple[Stage, ...]
    critical: tuple[Critical, ...]
    says: dict[str, Says]
    never_critical: tuple[str, ...] = ("roll", "tenancy", "claim", "liability", "registered", "contact", "referral")
    front_door_domains: tuple[str, ...] = ("Safety", "Trio")
    front_door_codes: tuple[str, ...] = ()
    phone: Phone = Phone()


def load(folder: Path) -> Pathways:
    """Read `pathways.toml` of an area folder. Raises `toml.AreaRejected`."""
    path = folder / "pathways.toml"
    return toml.settle(Pathways, toml.read(path), file=path.name)
