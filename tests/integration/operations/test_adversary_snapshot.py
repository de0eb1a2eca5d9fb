"""
Nothing that people read, and nothing a run keeps, holds a refuge or who a sealed child was.

The demonstration's truth says where the refuge is and who was sealed: that is what is hunted.
"""

from __future__ import annotations

import re
import stat
import sys
from typing import Any

import pyarrow.parquet as pq
import pytest

KEYS = ("person_key", "other_key", "left", "right")


def truth(council: Any, name: str) -> list[dict[str, Any]]:
    rows = pq.read_table(council.home / "truth" / f"{name}.parquet").to_pylist()
    assert rows, "the demonstration has a refuge and sealed adoptions"
    return rows


def test_the_refuge_is_nowhere_in_what_people_read(council):
    hunted = {str(row[column]) for row in truth(council, "refuge") for column in ("lines", "postcode", "uprn")}
    hunted |= {text.replace(" ", "") for text in hunted}
    found = {
        table
        for table, rows in council.published().items()
        for row in rows
        if any(one in " | ".join(map(str, row.values())) for one in hunted)
    }
    assert not found


def test_the_refuge_is_nobodys_address_and_makes_no_household(council):
    refuge = truth(council, "refuge")
    there = {row["record_id"] for row in refuge}
    there &= {row["person_key"] for row in council.rows("address") if row["kind"] == "withheld"}
    people = {row["person_id"]: row for row in council.rows("people")}
    hidden = {row["person_id"] for row in council.rows("link") if row["person_key"] in there}

    assert hidden
    assert not {row["postcode"] for row in people.values()} & {row["postcode"] for row in refuge}
    assert all(people[one]["is_address_withheld"] for one in hidden)
    assert not [row for row in council.rows("occupancy") if row["person_id"] in hidden and row["to_on"] is None]


def test_no_table_that_a_run_keeps_names_a_sealed_record(council):
    sealed = {row["person_key"] for row in truth(council, "sealed")}
    found = []
    for path in [*council.live.glob("*.parquet"), *(council.home / "lake" / "linkage").glob("*.parquet")]:
        for column in set(KEYS) & set(pq.read_schema(path).names):
            if sealed & set(pq.read_table(path, columns=[column])[column].to_pylist()):
                found.append((path.name, column))
    assert not found


def test_every_number_a_childs_page_gives_is_one_the_run_found_safe(council):
    published = council.published()
    safe = {row["person_id"]: row["phone"] for row in published["snapshot_worklist_row"] if row["phone"]}
    shown = {row["person_id"]: row["phone"] for row in published["snapshot_child"] if row["phone"]}
    assert shown
    assert shown.items() <= safe.items()


def test_no_report_of_a_run_holds_a_name_or_a_number_of_anybody(council):
    said = set(re.findall(r"[\w'-]+", (council.live / "run.json").read_text(encoding="utf-8")))
    surnames = {row["surname"] for row in council.rows("name") if len(row["surname"] or "") > 5}
    numbers = {row["value"] for row in council.rows("identifier") if len(row["value"]) > 8}
    assert not said & (surnames | numbers)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a folder by other means")
def test_a_home_is_its_owners_alone(council):
    assert stat.S_IMODE(council.home.stat().st_mode) == 0o700
