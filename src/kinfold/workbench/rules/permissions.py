"""Who has these pages: who tries rules out, and the offices that approve them."""

from __future__ import annotations

from kinfold.workbench.permissions import pages_for

for_readers = pages_for(lambda role: role.may_try_rules or bool(role.rules_office))
"""Wrap a page of the register: `view(request, home, ...)`, as all of these do."""
for_analysts = pages_for(lambda role: role.may_try_rules)
for_offices = pages_for(lambda role: bool(role.rules_office))
for_who_sees_rows = pages_for(lambda role: role.may_try_rules and role.may_explain)
"""Rows: children by pseudonym, for who may explain a place in the list."""
