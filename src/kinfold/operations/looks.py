"""Record a look from the command line, where nobody is signed in, before anything is shown."""

from __future__ import annotations

import datetime

from kinfold.governance import audit


def from_the_command_line(person_id: str, *, action: str, at: datetime.datetime) -> None:
    """Write the audit row of a look by whoever runs this machine. Raises when it cannot be written."""
    audit.record(action=action, at=at, person_id=person_id, purpose="rules", entitlement="administrator")
