"""A full disk is told from every other fault, by a number or by the engine's words."""

import errno
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kinfold.store import room


@pytest.mark.parametrize(
    "why",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        duckdb.IOException("Could not write file: No space left on device"),
    ],
)
def test_a_full_disk_is_said_in_words(why):
    with pytest.raises(room.NoRoom, match="is full. Make room on it"), room.needed():
        raise why


@pytest.mark.parametrize(
    "why", [OSError(errno.EACCES, "no"), duckdb.IOException("No such file"), ValueError("No space left")]
)
def test_other_faults_stay_what_they_are(why):
    with pytest.raises(type(why)), room.needed():
        raise why


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_real_full_device_is_known_through_arrow():
    with pytest.raises(room.NoRoom), room.needed(), Path("/dev/full").open("wb", buffering=0) as device:
        pq.write_table(pa.table({"a": ["x" * 100] * 100_000}), device)
