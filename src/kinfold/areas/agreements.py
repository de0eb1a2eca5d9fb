"""
A data sharing agreement as the `[agreement]` of a feed's file has it: how one comes into the register and goes out.

The register itself is in `governance`; nothing is loaded by what a file says.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from kinfold.areas import toml
from kinfold.areas.toml import AreaRejected

WHOLE_FORMAT = "all of the format"
EVERYONE = "everyone"


@dataclasses.dataclass(frozen=True)
class ColumnRule:
    """Rows whose `column` is one of `is_` (any case)."""

    column: str
    is_: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Agreement:
    """
    The data sharing agreement a feed is taken in under.

    fields: columns that may be kept; None for a built-in format all of whose columns are agreed.
    people: None for everyone, else the rows that may be kept.
    from_, to: first and last day on which a delivery may be received, both included.
    review: day by which it is to be looked at again; None when none is agreed.
    approved_by: the offices whose approval it needs before it is live.
    roles: party to what it is under data protection law (controller, joint controller, processor).
    conditions: those relied on for special category and offence data. frequency, security, onward, opt_out: in words,
    how often it comes, its security class, who else may be told, and what an objection changes.
    breach_contacts: whom to ring when something goes wrong with it.
    """

    id: str
    parties: tuple[str, ...]
    purposes: tuple[str, ...]
    lawful_basis: str
    dpia: str
    fields: tuple[str, ...] | None
    from_: datetime.date
    to: datetime.date
    retention_months: int
    approved_by: tuple[str, ...]
    gateway: str = ""
    people: ColumnRule | None = None
    upn_may_match: bool = False
    review: datetime.date | None = None
    roles: dict[str, str] = dataclasses.field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    frequency: str = ""
    security: str = ""
    onward: str = ""
    opt_out: str = ""
    privacy_notice: str = ""
    breach_contacts: tuple[str, ...] = ()


def agreement_of(given: dict[str, Any], *, file: str, is_of_format: bool) -> Agreement:
    """
    Build an agreement from the values of an `[agreement]` block.

    is_of_format: whether the feed has a built-in format, so that its columns may be agreed by a word.
    Raises `toml.AreaRejected` naming the file and the key.
    """
    values = dict(given)
    listed = values.get("fields")
    fields: tuple[str, ...] | None = None
    if listed == WHOLE_FORMAT:
        if not is_of_format:
            raise AreaRejected(f'{file}: agreement.fields can be "{WHOLE_FORMAT}" only where format is given.')
    elif isinstance(listed, list) and all(isinstance(f, str) for f in listed):
        fields = tuple(listed)
    else:
        raise AreaRejected(f'{file}: agreement.fields must be a list of columns or "{WHOLE_FORMAT}".')
    people = values.pop("people", EVERYONE)
    rule = None
    if people != EVERYONE:
        if not isinstance(people, dict):
            raise AreaRejected(f'{file}: agreement.people must be "{EVERYONE}" or {{ column = "...", is = [...] }}.')
        rule = toml.settle(ColumnRule, people, file=file, at="agreement.people")
    settled = toml.settle(Agreement, {**values, "fields": list(fields or ())}, file=file, at="agreement")
    if settled.to < settled.from_:
        raise AreaRejected(f"{file}: agreement.to is before agreement.from.")
    strange = sorted(set(settled.roles) - set(settled.parties))
    if strange:
        raise AreaRejected(f"{file}: agreement.roles has {', '.join(strange)}, which is not one of its parties.")
    return dataclasses.replace(settled, fields=fields, people=rule)


def values_of(agreement: Agreement) -> dict[str, Any]:
    """The values of the `[agreement]` block that `agreement_of` reads; keys that say nothing are left out."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(agreement):
        value = getattr(agreement, field.name)
        if field.name == "fields":
            values["fields"] = WHOLE_FORMAT if value is None else list(value)
        elif field.name == "people":
            values["people"] = EVERYONE if value is None else {"column": value.column, "is": list(value.is_)}
        elif value not in ("", (), {}, None):
            values[field.name.rstrip("_")] = list(value) if isinstance(value, tuple) else value
    return values


def block_of(agreement: Agreement, *, heading: str = "agreement") -> str:
    """The agreement as a block of TOML, fit to be put into a feed's file."""
    return block_of_values(values_of(agreement), heading=heading)


def block_of_values(values: dict[str, Any], *, heading: str) -> str:
    return "\n".join([f"[{heading}]", *(f"{key} = {toml.written(value)}" for key, value in values.items())]) + "\n"
