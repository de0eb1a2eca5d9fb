"""A process that only takes deliveries in does without the libraries it does not use."""

import subprocess
import sys

import pytest
from tests.unit.feeds.conftest import feed_of, notices, of_format

from kinfold.areas.toml import AreaRejected
from kinfold.feeds import settings

ASKS = """
from kinfold.feeds.lean import stay_lean
stay_lean("pandas")
import sys
import pyarrow as pa
import kinfold.feeds.load
import gc
print(pa.array(["one", None]).null_count, "pandas" in sys.modules, pa.default_memory_pool().backend_name)
print(gc.get_threshold()[0])
"""


def test_arrow_does_without_pandas_and_gives_memory_back():
    done = subprocess.run([sys.executable, "-c", ASKS], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["1", "False", "system", "50000"]


def test_a_load_of_one_feed_asks_nothing_of_the_others():
    wrong = of_format("ssda903", severity={"903-XX-001": "off"})
    feeds = {**feed_of("police", notices()), **wrong}

    with pytest.raises(AreaRejected):
        settings.ready(feeds)
    assert list(settings.ready(feeds, only="police")) == ["police"]
    with pytest.raises(KeyError):
        settings.ready(feeds, only="nobodys")
