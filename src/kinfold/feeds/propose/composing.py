"""Rows of the twelve tables from a sketch: which rows each row of the file makes, and where each value comes from."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from typing import Any

from kinfold.feeds.propose import names
from kinfold.feeds.propose.rows import ALWAYS, sure_of_key
from kinfold.feeds.propose.sketch import Column, Part, Someone, Use

YES = ["Y", "YES", "TRUE", "T", "1"]
IDENTIFIERS = ("nhs", "upn", "former_upn", "uln", "nino", "case_number")
READ_AS = {"nhs": "nhs", "upn": "upn", "former_upn": "upn"}
NEEDS_CODE = frozenset({"role", "tie", "event_kind", "involved", "stage"})
WORKER = {
    "worker_ref": "worker_ref", "worker_name": "worker_name", "worker_phone": "worker_phone",
    "worker_email": "worker_email", "team": "team", "visit_days": "visit_every_days", "rating": "worker_rating",
}  # fmt: skip
CHILD = r"child|juv|young|minor|^c\b|^ch$|^yp$"
FLAGS = ("disabled", "young_carer")


@dataclasses.dataclass(frozen=True)
class Line:
    """A value of a row: where it comes from in the mapping language, and why, for a comment."""

    value: Any
    why: str = ""


@dataclasses.dataclass(frozen=True)
class Made:
    """One row of a table for each row of the file. when: conditions. about: what it is, for a comment."""

    table: str
    about: str
    values: dict[str, Line]
    when: tuple[dict[str, Any], ...] = ()
    per: tuple[str, ...] = ()


def _only(part: Part) -> dict[str, Any]:
    """The condition by which rows are mapped at all."""
    if part.only_how == "present":
        return {"column": part.only, "present": True}
    return {"column": part.only, part.only_how: list(part.only_is)}


class Composed:
    """The rows a part makes, with the lists of codes they use."""

    def __init__(self, part: Part, *, prefix: str = "") -> None:
        self.part, self._prefix = part, prefix
        self.codes: dict[str, tuple[tuple[str, str], ...]] = {}
        self.rows: list[Made] = []
        for one in part.people:
            self._person(one)
        self._ties()
        self._work()
        self._event()
        for one in part.people:
            self._measures(one)
        if part.only:
            self.rows = [dataclasses.replace(made, when=(_only(part), *made.when)) for made in self.rows]

    # -- a person -------------------------------------------------------------------------------------------------

    def _person(self, one: Someone) -> None:
        key, here = key_of(one), self._is_there(one)
        why = f"number of the {_called(one)} in the source"
        values = {"source_id": Line(key), "person_key": Line(key, why), "role": self._role(one)}
        values |= self._said(one, {"birth": "birth_on", "expected": "expected_on", "died": "died_on", "sex": "sex",
                                   "ethnicity": "ethnicity"})  # fmt: skip
        flags = {
            flag: {"column": column.name, "is": YES} for flag in FLAGS for column, _ in self.part.using(flag, one.name)
        }
        if flags:
            values["flags"] = Line({"words": flags}, "yes or no in columns of its own")
        self._add("person", f"the {_called(one)}", values, here)
        self._names(one, here)
        for kind in IDENTIFIERS:
            for column, use in self.part.using(kind, one.name):
                value = {"column": column.name} | ({"as": READ_AS[kind]} if kind in READ_AS else {})
                self._fact("identifier", f"{names.meanings()[kind].words} of the {_called(one)}", one, kind,
                           {"kind": Line({"constant": kind}), "value": Line(value, _why(use))}, column)  # fmt: skip
        self._address(one, here)
        for kind in ("phone", "email"):
            for number, (column, use) in enumerate(self.part.using(kind, one.name), start=1):
                value = {"column": column.name} | ({"as": "phone"} if kind == "phone" else {})
                self._fact("contact", f"{names.meanings()[kind].words} of the {_called(one)}", one,
                           kind if number == 1 else f"{kind}{number}",
                           {"kind": Line({"constant": kind}), "value": Line(value, _why(use))}, column)  # fmt: skip

    def _role(self, one: Someone) -> Line:
        found = self.part.using("role", one.name) or (self.part.using("role") if one.name == "" else [])
        if found:
            return self._coded(*found[0])
        parts = self.part.using("involved") if one == self.part.people[0] else []
        if parts:
            return self._role_by_part(one, *parts[0])
        return Line({"constant": one.role}, "as the source treats them; change it when it is not so")

    def _role_by_part(self, one: Someone, column: Column, use: Use) -> Line:
        """A notice says of each person what their part was; whether that is a child's part, its word often says."""
        roles = tuple(
            (value, "child" if re.search(CHILD, value, re.IGNORECASE) else one.role if ours == "subject" else "adult")
            for value, ours in use.codes
        )
        name = self._list_of(dataclasses.replace(use, meaning="role", codes=roles))
        return Line({"column": column.name, "codes": name}, "by the person's part in it; see that each is right")

    def _names(self, one: Someone, here: tuple[dict[str, Any], ...]) -> None:
        fore, middle, sur = (self.part.using(kind, one.name) for kind in ("forename", "middle", "surname"))
        whole = self.part.using("full_name", one.name)
        values: dict[str, Line] = {}
        if fore or sur:
            if fore:
                together = [*fore, *middle]
                text = " ".join(f"{{{column.name}}}" for column, _ in together)
                values["forename"] = Line(text if len(together) > 1 else {"column": fore[0][0].name}, _why(fore[0][1]))
            if sur:
                values["surname"] = Line({"column": sur[0][0].name}, _why(sur[0][1]))
        elif whole:
            column, use = whole[0]
            for take in ("forename", "surname"):
                read = {"column": column.name, "as": use.read_as or "forename_first", "take": take}
                values[take] = Line(read, _why(use) if take == "forename" else "")
        if values:
            needed = [column for column, _ in (sur or fore or whole)]
            self._fact("name", f"name of the {_called(one)}", one, "current",
                       {"kind": Line({"constant": "current"}), **values}, needed[0], here)  # fmt: skip
        self._other_names(one, sur)

    def _other_names(self, one: Someone, sur: list[tuple[Column, Use]]) -> None:
        fore = self.part.using("forename", one.name)
        for meaning, kind, taken, beside in (
            ("known_as", "known_as", "forename", sur), ("former_surname", "former", "surname", fore),
        ):  # fmt: skip
            for column, use in self.part.using(meaning, one.name):
                values = {"kind": Line({"constant": kind}), taken: Line({"column": column.name}, _why(use))}
                other = "surname" if taken == "forename" else "forename"
                if beside:
                    values[other] = Line({"column": beside[0][0].name})
                self._fact("name", f"another name of the {_called(one)}", one, kind, values, column)

    def _address(self, one: Someone, here: tuple[dict[str, Any], ...]) -> None:
        kinds = ("address", "postcode", "uprn", "address_from", "address_to")
        own = {kind: self.part.using(kind, one.name) for kind in kinds}
        if not any(own[kind] for kind in kinds[:3]) and one.tie in (
            "partner",
            "household_member",
            "parent",
            "child",
            "carer",
        ):
            own = {kind: self.part.using(kind, self.part.people[0].name) for kind in kinds}
        if not any(own[kind] for kind in kinds[:3]):
            return
        values: dict[str, Line] = {"kind": Line({"constant": "home"})}
        if own["address"]:
            text = ", ".join(f"{{{column.name}}}" for column, _ in own["address"])
            values["lines"] = Line(text if len(own["address"]) > 1 else {"column": own["address"][0][0].name},
                                   _why(own["address"][0][1]))  # fmt: skip
        for kind, column_of_ours in (
            ("postcode", "postcode"),
            ("uprn", "uprn"),
            ("address_from", "from_on"),
            ("address_to", "to_on"),
        ):
            for column, use in own[kind][:1]:
                values[column_of_ours] = Line({"column": column.name}, _why(use))
        needed = next(own[kind][0][0] for kind in ("postcode", "address", "uprn") if own[kind])
        self._fact("address", f"home of the {_called(one)}", one, "home", values, needed, here)

    def _fact(
        self,
        table: str,
        about: str,
        one: Someone,
        behind: str,
        values: dict[str, Line],
        needed: Column,
        here: tuple[dict[str, Any], ...] | None = None,
    ) -> None:
        """A row about a person, made where the column it needs says something."""
        key = key_of(one)
        when = list(self._is_there(one) if here is None else here)
        test = {"column": needed.name, "present": True}
        if needed.filled < ALWAYS and test not in when:
            when.append(test)
        self._add(table, about, {"source_id": Line(f"{key}/{behind}"), "person_key": Line(key), **values}, tuple(when))

    def _is_there(self, one: Someone) -> tuple[dict[str, Any], ...]:
        """When the row tells of a person at all; always for the first."""
        if not one.behind and not one.tie:
            return ()
        needed = [
            column for kind in ("person_id", "full_name", "surname", "forename", "birth", "nhs")
            for column, _ in self.part.using(kind, one.name)
        ]  # fmt: skip
        own = [column for column in needed if column.name in one.key]
        found = (own or needed)[:1]
        return tuple({"column": column.name, "present": True} for column in found if column.filled < ALWAYS)

    def _ties(self) -> None:
        first = self.part.people[0]
        for one in self.part.people[1:]:
            if one.tie:
                values = {
                    "source_id": Line(f"{row_key(self.part)}/{one.name.replace(' ', '_')}/tie"),
                    "person_key": Line(key_of(first)),
                    "other_key": Line(key_of(one)),
                    "kind": Line({"constant": one.tie}, f"what the {_called(one)} is to the {_called(first)}"),
                }
                self._add("relationship", f"the {_called(first)} and the {_called(one)}", values, self._is_there(one))
        for (other, _), (tie, use) in zip(self.part.using("other_id"), self.part.using("tie"), strict=False):
            values = {
                "source_id": Line(f"{row_key(self.part)}/tie"),
                "person_key": Line(f"{{{other.name}}}", "the other person named in the row"),
                "other_key": Line(key_of(first)),
                "kind": self._coded(tie, use),
            }
            when = tuple({"column": c.name, "present": True} for c in (other, tie) if c.filled < ALWAYS)
            self._add("relationship", "what the person is to the other one named in the row", values, when)

    # -- what the row tells ---------------------------------------------------------------------------------------

    def _work(self) -> None:
        part, first = self.part, self.part.people[0]
        if part.stage:
            sure, why = sure_of_key(part)
            values = {"source_id": Line(row_key(part), f"{sure}: {why}"), **self._of_work(self._stage())}
            if not part.event_kind:
                values |= self._said(None, {"detail": "detail"})
            values |= self._said(None, {"outcome": "outcome"})
            self._add("involvement", "the period of work", values | self._period(), ())
            worker = self._said(None, WORKER)
            if worker:
                stage = Line({"constant": "allocation"}, "who holds the case")
                values = {"source_id": Line(f"{row_key(part)}/worker"), **self._of_work(stage), **worker}
                self._add("involvement", "who holds the case", values | self._period(), ())
        for column, use in part.using("school"):
            if first.role == "child":
                values = {
                    "source_id": Line(f"{row_key(part)}/school"), "person_key": Line(key_of(first)),
                    "agency": Line({"constant": "education"}), "stage": Line({"constant": "roll"}),
                    "detail": Line({"column": column.name}, _why(use)),
                }  # fmt: skip
                when = () if column.filled >= ALWAYS else ({"column": column.name, "present": True},)
                self._add("involvement", "the school the child goes to", values, when)

    def _stage(self) -> Line:
        found = self.part.using("stage")
        if found:
            return self._coded(*found[0])
        return Line({"constant": self.part.stage}, "as the columns of the file speak; change it when it is not so")

    def _of_work(self, stage: Line) -> dict[str, Line]:
        agency = Line({"constant": self.part.agency})
        return {"person_key": Line(key_of(self.part.people[0])), "agency": agency, "stage": stage}

    def _period(self) -> dict[str, Line]:
        if self.part.using("start") or self.part.using("end"):
            return self._said(None, {"start": "from_on", "end": "to_on"})
        return self._said(self.part.people[0], {"address_from": "from_on", "address_to": "to_on"})

    def _event(self) -> None:
        part = self.part
        if not part.event_kind or not part.using("on"):
            return
        event = "/".join(f"{{{name}}}" for name in part.event_id)
        kinds = part.using("event_kind")
        kind = self._coded(*kinds[0]) if kinds else Line({"constant": part.event_kind}, "change it when it is not so")
        values = {"source_id": Line(event), "event_key": Line(event, "alike in all rows about one event"), "kind": kind}
        values |= self._said(None, {"detail": "detail", "severity": "severity", "on": "on", "ended_on": "ended_on",
                                    "place": "place"})  # fmt: skip
        when = tuple({"column": c.name, "present": True} for c, _ in part.using("on") if c.filled < ALWAYS)
        per = part.event_id if set(part.event_id) != set(part.row_id) else ()
        self._add("event", "what happened", values, when, per)
        for one in part.people:
            involved = part.using("involved") if one == part.people[0] else []
            values = {
                "source_id": Line(f"{row_key(part)}/{one.name.replace(' ', '_') or 'person'}/part"),
                "event_key": Line(event),
                "person_key": Line(key_of(one)),
                "involved_as": self._coded(*involved[0]) if involved else Line({"constant": one.part}),
            }
            if one == part.people[0]:
                values |= self._said(None, {"seen": "was_seen", "seen_alone": "was_seen_alone"})
            self._add("participant", f"the part of the {_called(one)}", values, (*when, *self._is_there(one)))

    def _measures(self, one: Someone) -> None:
        for meaning in names.meanings().values():
            if meaning.of != "measure":
                continue
            for column, use in self.part.using(meaning.name, one.name):
                value = {"column": column.name} | ({"as": "yes_no"} if meaning.holds == "yes_no" else {})
                values = {
                    "kind": Line({"constant": meaning.kind or meaning.name}),
                    "value": Line(value, _why(use)),
                    "unit": Line({"constant": use.unit or meaning.unit}),
                    "from_on": Line("{delivery.on}", "the day of delivery, as the row has none of its own"),
                }
                for start, _ in (self.part.using("start") or self.part.using("on"))[:1]:
                    values["from_on"] = Line({"column": start.name})
                self._fact("measure", meaning.words, one, meaning.name, values, column)

    # -- values ---------------------------------------------------------------------------------------------------

    def _said(self, one: Someone | None, wanted: dict[str, str]) -> dict[str, Line]:
        """The columns taken for these meanings, as values of our columns."""
        found = {}
        for meaning, ours in wanted.items():
            for column, use in self.part.using(meaning, one.name if one else "")[:1]:
                if names.meanings()[meaning].codes:
                    found[ours] = self._coded(column, use)
                else:
                    read = {"as": use.read_as} if use.read_as and "_first" not in use.read_as else {}
                    found[ours] = Line({"column": column.name} | read, _why(use))
        return found

    def _coded(self, column: Column, use: Use) -> Line:
        name = self._list_of(use)
        value: dict[str, Any] = {"column": column.name, "codes": name}
        if use.meaning not in NEEDS_CODE:
            value |= {"otherwise": "null", "warn": True}
        return Line(value, _why(use))

    def _list_of(self, use: Use) -> str:
        base = f"{self._prefix}{use.meaning}"
        for number in range(1, 100):
            name = base if number == 1 else f"{base}_{number}"
            if self.codes.setdefault(name, use.codes) == use.codes:
                return name
        raise AssertionError

    def _add(
        self,
        table: str,
        about: str,
        values: dict[str, Line],
        when: Iterable[dict[str, Any]],
        per: tuple[str, ...] = (),
    ) -> None:
        self.rows.append(Made(table, about, values, tuple(when), per))


def key_of(one: Someone) -> str:
    return "/".join(f"{{{name}}}" for name in one.key) + one.behind


def row_key(part: Part) -> str:
    return "/".join(f"{{{name}}}" for name in part.row_id)


def _called(one: Someone) -> str:
    words = one.name or (one.role if one.role != "unborn" else "unborn child")
    return re.sub(r"^other (\d+)$", r"person \1", words)


def _why(use: Use) -> str:
    return f"{use.sure}: {use.why}" if use.why else use.sure
