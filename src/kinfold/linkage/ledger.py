"""
The ledger of person ids: what it says of any past night, by itself.

Rows are only ever added, a night's after the last one's. `created` and `joined` say that from then on a record is this
person, `left` that it no longer is: it went to another, or its source stopped sending it. `split` and `merged` tell
of whole ids: `by` is the id they came from or went to. A sealed or erased record is the one thing that is taken out.
"""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

ARRIVES, LEAVES = ("created", "joined"), "left"


def as_at(ledger: pa.Table, on: datetime.date) -> dict[str, str]:
    """
    Which person each record was at the end of a day: person_key to person_id.

    A record that no source sent any more by then is not in it, nor one that was sealed or erased since, nor one that
    shared its id with such a one.
    """
    return standing(ledger.filter(pc.less_equal(ledger.column("on"), pa.scalar(on, pa.date32()))))


def standing(ledger: pa.Table) -> dict[str, str]:
    """Which person each record is after the last row: person_key to person_id."""
    rows = last_arrivals(ledger)
    still = rows.filter(pc.invert(rows.column("is_gone")))
    return dict(zip(still.column("person_key").to_pylist(), still.column("person_id").to_pylist(), strict=True))


def last_arrivals(ledger: pa.Table) -> pa.Table:
    """One row per record: person_key, the person_id it last was, and is_gone when it left that person since."""
    ledger = ledger.select(["person_key", "person_id", "what"])
    ledger = ledger.append_column("place", pa.array(np.arange(ledger.num_rows)))
    ledger = ledger.filter(pc.is_valid(ledger.column("person_key")))
    came = ledger.filter(pc.is_in(ledger.column("what"), pa.array(ARRIVES)))
    last = came.group_by("person_key").aggregate([("place", "max")]).rename_columns(["person_key", "place"])
    last = last.append_column("person_id", pc.take(came.column("person_id"), pc.index_in(last["place"], came["place"])))
    left = ledger.filter(pc.equal(ledger.column("what"), LEAVES))
    left = left.group_by(["person_key", "person_id"]).aggregate([("place", "max")])
    went = last.join(left, ["person_key", "person_id"])
    is_gone = pc.fill_null(pc.greater(went.column("place_max"), went.column("place")), False)
    return went.append_column("is_gone", is_gone).select(["person_key", "person_id", "is_gone"])


def leads_to(ledger: pa.Table, person_id: str) -> str:
    """The id that an id was merged into, however often; an id that is in use, or led nowhere, is itself."""
    merged = pc.unique(ledger.filter(pc.equal(ledger.column("what"), "merged")).column("person_id"))
    rows = ledger.filter(pc.is_in(ledger.column("person_id"), merged))
    heirs: dict[str, str] = {}
    for one, what, by in zip(*(rows.column(c).to_pylist() for c in ("person_id", "what", "by")), strict=True):
        if what == "merged":
            heirs[one] = by
        elif what in ARRIVES:
            # An id that was merged and came back leads to itself again.
            heirs.pop(one, None)
    while person_id in heirs:
        person_id = heirs[person_id]
    return person_id
