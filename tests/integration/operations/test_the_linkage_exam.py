"""The linkage of a whole council, measured against the truth by the command that a council would use."""

from __future__ import annotations

import json
import sys


def test_hardly_anybody_is_joined_wrongly_or_missed(council, capsys):
    clusters, truth = council.live / "link.parquet", council.home / "truth" / "people.parquet"
    told = json.loads(council.kinfold("link", "evaluate", clusters, "--truth", truth, "--json").stdout)

    with capsys.disabled():
        sys.stdout.write(f"\n{council.kinfold('link', 'evaluate', clusters, '--truth', truth).stdout}")
    assert told["precision"] >= 0.995
    assert told["recall"] >= 0.95
    assert told["records"] > 2_000
