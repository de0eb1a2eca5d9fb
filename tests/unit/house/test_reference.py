"""The pages of docs/reference say what the code says: every column, every marker, and each rule with its table."""

from __future__ import annotations

import ast

import docs

from kinfold.store import schema

SPEC = '''
"""A child is persistently absent at a tenth of sessions."""

SHARED = """
    person_id | missed
    ----------+-------
    P1        | 1
"""

def test_exactly_a_tenth_counts(spec):
    spec(absent, sessions=SHARED, threshold=0.1, expected={"P1": True})

def helper():
    pass
'''


def test_every_column_of_every_table_has_a_row():
    page = docs.tables()

    for table in schema.TABLES.values():
        assert f"## {table.name}\n" in page
        assert [column.name for column in table.columns if f"| `{column.name}` |" not in page] == []


def test_every_marker_of_the_area_is_listed_with_its_statement():
    page = docs.catalogue()

    for marker in docs.markers.load(docs.AREA):
        assert f"| {marker.code} |" in page
        assert marker.statement in page


def test_a_rule_is_shown_as_a_sentence_with_its_table_and_answer():
    module = ast.parse(SPEC)
    [test] = docs._tests(module)

    shown = "\n".join(docs._tried(test, docs._constants(module)))

    assert docs._said(test.name) == "Exactly a tenth counts"
    assert "Sessions:\n\n```text\nperson_id | missed\n----------+-------\nP1        | 1\n```" in shown
    assert "Expected: `{'P1': True}`" in shown
    assert "threshold" not in shown.lower()


def test_a_page_that_is_not_there_or_differs_is_stale(tmp_path):
    page = tmp_path / "page.md"
    assert not docs._is(page, "text")

    page.write_text("text", encoding="utf-8")

    assert docs._is(page, "text")
    assert not docs._is(page, "other text")
