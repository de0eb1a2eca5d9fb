"""Charts drawn at the server, so that a page needs no script and the PDF shows the same."""

from __future__ import annotations

import functools
import json
from typing import Any

import vl_convert

VEGA_LITE = "6.4"


def svg(spec: dict[str, Any]) -> str:
    """A Vega-Lite chart as SVG. The first takes a second or two, for the drawing engine has to start."""
    return _drawn(json.dumps(spec, sort_keys=True))


@functools.lru_cache(maxsize=64)
def _drawn(spec: str) -> str:
    return str(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE))
