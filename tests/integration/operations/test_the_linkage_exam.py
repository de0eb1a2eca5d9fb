"""The linkage of a whole council, measured against the truth by the command that a council would use."""

from __future__ import annotations

import json
import sys

import pyarrow.parquet as pq


def test_hardly_anybody_is_joined_wrongly_or_missed(council, tmp_path, capsys):
    links = pq.read_table(council.live / "link.parquet").select(["person_key", "source", "person_id"])
    clusters = tmp_path / "clusters.parquet"
    pq.write_table(links.rename_columns(["record_id", "source", "person_id"]), clusters)

    truth = council.home / "truth" / "people.parquet"
    told = json.loads(council.kinfold("link", "evaluate", clusters, "--truth", truth, "--json").stdout)

    with capsys.disabled():
        sys.stdout.write(f"\n{council.kinfold('link', 'evaluate', clusters, '--truth', truth).stdout}")
    assert told["precision"] >= 0.995
    assert told["recall"] >= 0.95
    assert told["records"] > 2_000
