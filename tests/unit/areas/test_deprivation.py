"""How deprived a small area is comes from the area's own list, or is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinfold.areas import deprivation
from kinfold.areas.toml import AreaRejected


def test_an_area_without_a_list_knows_of_none(tmp_path: Path) -> None:
    assert deprivation.load(tmp_path) is None


def test_each_small_area_has_a_fifth(tmp_path: Path) -> None:
    (tmp_path / "deprivation.csv").write_text("lsoa,fifth\nE01000001,1\nE01000002,5\n", encoding="utf-8")
    read = deprivation.load(tmp_path)
    assert read is not None
    assert read.to_pylist() == [{"lsoa": "E01000001", "fifth": 1}, {"lsoa": "E01000002", "fifth": 5}]


@pytest.mark.parametrize(
    "text", ["area,fifth\nE01000001,1\n", "lsoa,fifth\nE01000001,6\n", "lsoa,fifth\nE01000001,1\nE01000001,2\n"]
)
def test_a_list_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "deprivation.csv").write_text(text, encoding="utf-8")
    with pytest.raises(AreaRejected, match=r"deprivation\.csv"):
        deprivation.load(tmp_path)
