"""Who has these pages: a role that may run feeds."""

from __future__ import annotations

from kinfold.workbench.permissions import pages_for

for_who_runs_feeds = pages_for(lambda role: role.may_run_feeds)
"""Wrap a page of deliveries: `view(request, home, ...)`."""
