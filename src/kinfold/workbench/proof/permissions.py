"""Who has these pages: a role that may read how well the order did."""

from __future__ import annotations

from kinfold.workbench.permissions import pages_for

for_who_reads_proof = pages_for(lambda role: role.may_read_proof)
"""Wrap a page of proof: `view(request, home, ...)`."""
