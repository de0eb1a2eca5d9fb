"""What is said about a phone never says where a hidden person is, and a page gives no number of its own."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest

from kinfold.operations.shapes import lists


@pytest.fixture
def tables():
    con = ibis.duckdb.connect()

    def take(*rows: dict[str, object]):
        return con.create_table(ibis.util.gen_name("t"), pa.Table.from_pylist(list(rows)))

    return {
        "contact": take(
            {"person_key": "a:mum", "kind": "phone", "note": "Is at Tern House: ring the key worker"},
            {"person_key": "a:dad", "kind": "phone", "note": "Shared phone: leave no message"},
        ),
        "link": take({"person_key": "a:mum", "person_id": "MUM"}, {"person_key": "a:dad", "person_id": "DAD"}),
        "people": take(
            {"person_id": "MUM", "is_address_withheld": True}, {"person_id": "DAD", "is_address_withheld": None}
        ),
        "family": take(
            {"person_id": "WITH_DAD", "other_id": "MUM", "kind": "parent"},
            {"person_id": "WITH_DAD", "other_id": "DAD", "kind": "parent"},
            {"person_id": "WITH_MUM", "other_id": "MUM", "kind": "parent"},
        ),
    }


def test_a_note_on_the_phone_of_somebody_whose_address_is_withheld_is_on_nobodys_page(tables):
    notes = dict(lists.contact_notes(tables).to_pyarrow().to_pandas().itertuples(index=False))
    assert notes["WITH_DAD"] == "Shared phone: leave no message"
    assert "WITH_MUM" not in notes
    assert not [note for note in notes.values() if "Tern House" in note]
