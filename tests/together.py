"""
Which tests one worker runs, when several share the work: those of a file, and those that share a made-up council.

`--dist loadgroup` does the same by marks, but reads them from a place that pytest 9 no longer keeps node ids in.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

FOLDERS = ("tests/browser/", "tests/integration/operations/")
WITH_ONE_OF_THEIR_OWN = ("test_first_week.py", "test_challenged.py", "test_rules_of_the_day.py")


class ByCouncil(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.endswith(WITH_ONE_OF_THEIR_OWN):
            return file
        return next((folder for folder in FOLDERS if file.startswith(folder)), file)
