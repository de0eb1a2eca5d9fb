"""What CONTRIBUTING shows can be copied: its feed and its marker are read as an area's own would be."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from kinfold.areas import feeds, markers
from kinfold.store import schema

CONTRIBUTING = (Path(__file__).resolve().parents[3] / "CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", CONTRIBUTING, re.DOTALL)


def test_the_feed_reads_and_fills_only_columns_of_the_tables():
    feed = feeds.feed_of("food_bank", tomllib.loads(EXAMPLES[0]))

    for row in feed.parts[0].rows:
        assert set(row.values) <= set(schema.TABLES[row.table].names)
        asked = {column.name for column in schema.TABLES[row.table].columns if column.required}
        assert asked - {column.name for column in schema.PROVENANCE} <= set(row.values)


def test_the_feed_reads_only_columns_its_agreement_lets_it_keep():
    feed = feeds.feed_of("food_bank", tomllib.loads(EXAMPLES[0]))

    assert feed.agreement is not None
    assert set(feed.parts[0].columns) <= set(feed.agreement.fields or ())


def test_the_marker_reads(tmp_path):
    (tmp_path / "markers").mkdir()
    (tmp_path / "markers" / "money.toml").write_text(EXAMPLES[1], encoding="utf-8")

    [marker] = markers.load(tmp_path)

    assert marker.shape.at_least == 2
