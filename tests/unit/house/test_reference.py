"""The pages of docs/reference say what the code says: every column, every marker, and each rule with its table."""

from __future__ import annotations

import ast
import re
import sys

import docs
import pytest

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
    assert "Expected: `P1` yes." in shown
    assert "threshold" not in shown.lower()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("test_an_infants_pressures_count_a_fifth_more", "An infant’s pressures count a fifth more"),
        ("test_a_child_s_own_fact_counts_and_another_s_does_not", "A child’s own fact counts and another’s does not"),
        ("test_an_nhs_number_needs_the_birth_date", "An NHS number needs the birth date"),
    ],
)
def test_a_rule_is_written_as_a_person_writes_it(name, said):
    assert docs._said(name) == said


def test_the_rules_begin_with_how_to_read_them_and_each_chapter_says_what_it_is_about():
    page = docs.rules()
    headings = [line[3:] for line in page.splitlines() if line.startswith("## ")]
    assert headings[:2] == ["What is said of a child", "Who comes first, and whose list they are on"]
    assert set(headings) >= {title for title, _ in docs.CHAPTERS.values()} - {docs.CHAPTERS["proof"][0]}
    for heading in headings:
        assert f"[{heading}](#{docs._anchor(heading)})" in page
    sentences = [line for line in page.splitlines() if line.startswith("#### ")]
    assert len(sentences) > 250
    assert not [line for line in sentences if "_" in line or re.search(r"\b[a-z]+ s\b", line)]


def test_a_stale_page_fails_the_check_and_says_which(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(docs, "PAGES", tmp_path)
    monkeypatch.setattr(docs, "pages", lambda: {"rules.md": "new", "tables.md": "same"})
    (tmp_path / "rules.md").write_text("old", encoding="utf-8")
    (tmp_path / "tables.md").write_text("same", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["docs.py", "--check"])

    assert docs.main() == 1
    assert capsys.readouterr().err == "docs/reference/rules.md is not what the code says now. Run `make docs`.\n"
    assert (tmp_path / "rules.md").read_text(encoding="utf-8") == "old"  # a check writes nothing
    monkeypatch.setattr(sys, "argv", ["docs.py"])
    assert docs.main() == 0
    monkeypatch.setattr(sys, "argv", ["docs.py", "--check"])
    assert docs.main() == 0


def test_a_page_that_is_not_there_or_differs_is_stale(tmp_path):
    page = tmp_path / "page.md"
    assert not docs._is(page, "text")

    page.write_text("text", encoding="utf-8")

    assert docs._is(page, "text")
    assert not docs._is(page, "other text")
