"""A name that its source wrote in capitals is shown as a person writes it; any other is left as it was given."""

from __future__ import annotations

import pytest

from kinfold.vocabulary.names import name_case


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("REECE", "Reece"),
        ("O'BRIEN-MCKAY", "O'Brien-McKay"),
        ("D’SOUZA", "D’Souza"),
        ("mary ann", "Mary Ann"),
        ("ABD'UL", "Abd'ul"),
        ("ŁUKASZ ZIELIŃSKI", "Łukasz Zieliński"),
        ("MACKIE", "Mackie"),
        ("MC", "Mc"),
        ("MacKay", "MacKay"),
        ("van Dijk", "van Dijk"),
        ("", ""),
    ],
)
def test_capitals_throughout_become_name_case(written, shown):
    assert name_case(written) == shown
