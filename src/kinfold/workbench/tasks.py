"""Long work behind the workbench's pages. The receipt on disk is the truth; a task lost is found again at start-up."""

from __future__ import annotations
