"""Who has these pages: a role that may match; of decisions, also one that may see who looked at what."""

from __future__ import annotations

from kinfold.workbench.permissions import pages_for

for_who_matches = pages_for(lambda role: role.may_match)
"""Wrap a page of matching: `view(request, home, ...)`."""
for_who_reads_decisions = pages_for(lambda role: role.may_match or role.may_see_looks, with_home=False)
"""Wrap a page of the trail: `view(request, ...)`."""
