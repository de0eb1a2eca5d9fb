"""Rows that do not have the shape their table promises are refused, by table, column and count, never by value."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pytest
from tests.unit.store.rows import right, table

from kinfold.store import schema

MONDAY, TUESDAY = datetime.date(2026, 3, 2), datetime.date(2026, 3, 3)


@pytest.mark.parametrize("name", schema.TABLES)
def test_a_right_row_of_each_table_passes_with_its_columns_in_order(name):
    shuffled = table(name, right(name)).select(list(reversed(schema.TABLES[name].names)))

    passed = schema.checked(name, shuffled)

    assert tuple(passed.column_names) == schema.TABLES[name].names
    assert passed.schema == schema.TABLES[name].arrow


@pytest.mark.parametrize("name", schema.TABLES)
def test_no_rows_are_still_a_table(name):
    assert schema.checked(name, table(name)).num_rows == 0


REFUSED = {
    "an unknown role": ("person", {"role": "PRIVATE"}, "person.role has 1 values that are not one of its codes"),
    "a sex outside the codes": ("person", {"sex": "PRIVATE"}, "person.sex has 1"),
    "a birth date of unknown quality": ("person", {"birth_quality": "PRIVATE"}, "person.birth_quality has 1"),
    "an unknown kind of name": ("name", {"kind": "PRIVATE"}, "name.kind has 1"),
    "an unknown register": ("identifier", {"kind": "PRIVATE"}, "identifier.kind has 1"),
    "an identifier without a value": ("identifier", {"value": None}, "identifier.value is empty in 1 rows"),
    "an unknown kind of address": ("address", {"kind": "PRIVATE"}, "address.kind has 1"),
    "an unknown tie": ("relationship", {"kind": "PRIVATE"}, "relationship.kind has 1"),
    "a tie to nobody": ("relationship", {"other_key": None}, "relationship.other_key is empty in 1 rows"),
    "an unknown agency": ("service", {"agency": "PRIVATE"}, "service.agency has 1"),
    "an unknown stage": ("involvement", {"stage": "PRIVATE"}, "involvement.stage has 1"),
    "an unknown outcome": ("involvement", {"outcome": "PRIVATE"}, "involvement.outcome has 1"),
    "an unknown kind of event": ("event", {"kind": "PRIVATE"}, "event.kind has 1"),
    "an event on no day": ("event", {"on": None}, "event.on is empty in 1 rows"),
    "an unknown part in an event": ("participant", {"involved_as": "PRIVATE"}, "participant.involved_as has 1"),
    "an unknown measure": ("measure", {"kind": "PRIVATE"}, "measure.kind has 1"),
    "coverage of nobody in particular": ("coverage", {"people": "PRIVATE"}, "coverage.people has 1"),
    "a row that no delivery said": ("event", {"delivery_id": None}, "event.delivery_id is empty in 1 rows"),
    "a row of no line": ("event", {"row_number": None}, "event.row_number is empty in 1 rows"),
    "a row told on no day": ("event", {"known_from": None}, "event.known_from is empty in 1 rows"),
    "a period that ends first": ("address", {"from_on": TUESDAY, "to_on": MONDAY}, "1 rows end before they start"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "spoilt", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_how_many_rows_and_without_their_values(name, spoilt, message):
    with pytest.raises(schema.NotOfTheTable) as refusal:
        schema.checked(name, table(name, right(name), right(name, **spoilt)))

    assert message in str(refusal.value)
    assert "PRIVATE" not in str(refusal.value)


def test_a_missing_and_an_extra_column_are_both_named():
    rows = table("name", right("name")).rename_columns({"surname": "last_name"})

    with pytest.raises(schema.NotOfTheTable, match=r"missing \['surname'\], not of the table \['last_name'\]"):
        schema.checked("name", rows)


def test_a_value_of_another_type_is_refused_without_being_shown():
    rows = table("event", right("event"))
    at = rows.schema.get_field_index("on")

    with pytest.raises(schema.NotOfTheTable, match=r"event: a column has another type") as refusal:
        schema.checked("event", rows.set_column(at, "on", pa.array(["31/02/2026 PRIVATE"])))

    assert "PRIVATE" not in str(refusal.value)


def test_an_optional_code_may_be_unknown():
    assert schema.checked("person", table("person", right("person", sex=None))).num_rows == 1


@pytest.mark.parametrize(
    ("from_on", "to_on"), [(None, None), (MONDAY, None), (None, MONDAY), (MONDAY, MONDAY), (MONDAY, TUESDAY)]
)
def test_a_period_may_be_open_at_either_end_or_last_no_day(from_on, to_on):
    assert schema.checked("address", table("address", right("address", from_on=from_on, to_on=to_on))).num_rows == 1


def test_every_table_leads_back_to_a_line_of_a_delivery():
    for name, of_table in schema.TABLES.items():
        assert {"source", "source_id", "delivery_id", "part", "row_number"} <= set(of_table.names), name


def test_every_column_says_what_it_means():
    assert [c.name for t in schema.TABLES.values() for c in t.columns if not c.meaning] == []
