"""Checks given to the parts they are asked of, with the parts beside them; what cannot be asked stops at start-up."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import cast

from kinfold.areas.checks import BEFORE, OF_THE_DELIVERY, Check, CheckSet, Severity
from kinfold.areas.feeds import Join, Part
from kinfold.areas.toml import AreaRejected
from kinfold.feeds.headers import plain_set

MOST = 60  # checks of one part: the bits of one number tell them apart


def both(format_: CheckSet, own: CheckSet, *, file: str) -> CheckSet:
    """The checks of a format and a feed's own. Raises `AreaRejected` where they share a code."""
    shared = sorted({check.code for check in format_.checks} & {check.code for check in own.checks})
    if shared:
        raise AreaRejected(f"{file}: check {', '.join(shared)} has a code of the format's; choose another.")
    beside = {
        part: {**format_.beside.get(part, {}), **own.beside.get(part, {})} for part in (*format_.beside, *own.beside)
    }
    return dataclasses.replace(
        format_, checks=(*format_.checks, *own.checks), beside=beside, year=own.year or format_.year
    )


def as_the_council_says(found: CheckSet, severities: Mapping[str, str], *, file: str) -> CheckSet:
    """The checks, each as grave as the council says it is. Raises `AreaRejected` for a code that is none."""
    unknown = sorted(set(severities) - {check.code for check in found.checks})
    if unknown:
        raise AreaRejected(f"{file}: severity has {', '.join(unknown)}, which is not a check of this feed.")
    checks = tuple(
        dataclasses.replace(check, severity=cast(Severity, severities.get(check.code, check.severity)))
        for check in found.checks
        if severities.get(check.code) != "off"
    )
    return dataclasses.replace(found, checks=checks)


def with_checks(
    parts: Sequence[Part], found: CheckSet, *, file: str, whole: frozenset[str] | None = None
) -> tuple[Part, ...]:
    """
    The parts, each with its checks and the joins that they look through.

    whole: codes whose columns must all be the part's; None for every one.
    Raises `AreaRejected` naming the check and what it asks for that is not there.
    """
    names = {part.name for part in parts}
    for check in found.checks:
        if check.part and check.part not in names:
            raise AreaRejected(f"{file}: {check.code}.part {check.part} is not a part of the feed.")
    return tuple(_with_checks(part, names, found, file=file, whole=whole) for part in parts)


def _with_checks(
    part: Part, names: set[str], found: CheckSet, *, file: str, whole: frozenset[str] | None
) -> Part:  # fmt: skip
    checks = tuple(check for check in found.of(part.name) if check.predicate not in OF_THE_DELIVERY)
    if len(checks) > MOST:
        raise AreaRejected(f"{file}: {part.name} has {len(checks)} checks; no more than {MOST} are asked of one part.")
    joins = dict(part.join)
    for check in checks:
        for alias in sorted(_aliases(check)):
            if alias not in joins:
                joins[alias] = _join(part, alias, check, names, found, file=file)
        if whole is None or check.code in whole:
            _require_known(part, check, found, file=file)
    return dataclasses.replace(part, checks=checks, join=joins)


def _aliases(check: Check) -> set[str]:
    named = {name.partition(".")[0] for name in check.reads if "." in name and not name.startswith("delivery.")}
    return named | ({check.setting} if check.predicate == "exists_in" else set())


def _join(part: Part, alias: str, check: Check, names: set[str], found: CheckSet, *, file: str) -> Join:
    if alias == BEFORE:
        return Join(before(part.name), {name: name for name in check.setting}, may_be_missing=True)
    on = found.beside.get(part.name, {}).get(alias)
    if on is None:
        raise AreaRejected(f"{file}: {check.code} looks into {alias}; say how with [beside.{part.name}.{alias}].")
    if alias not in names:
        raise AreaRejected(f"{file}: beside.{part.name}.{alias}: {alias} is not a part of the feed.")
    return Join(alias, on, may_be_missing=True)


def _require_known(part: Part, check: Check, found: CheckSet, *, file: str) -> None:
    known = plain_set(part.columns)
    outside = [name for name in check.reads if "." not in name and not plain_set([name]) <= known]
    if outside:
        raise AreaRejected(f"{file}: {check.code} asks about {', '.join(outside)}, which {part.name} does not have.")
    if check.predicate == "one_of" and isinstance(check.setting, str) and check.setting not in found.lists:
        lists = ", ".join(sorted(found.lists)) or "none"
        raise AreaRejected(f"{file}: {check.code}.one_of {check.setting} is not a list by year. There are: {lists}.")


def before(part: str) -> str:
    """What the part is called as it was in the delivery before."""
    return f"{part} before"
