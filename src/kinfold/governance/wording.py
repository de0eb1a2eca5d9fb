"""What entries of the audit trail are called on screen."""

from __future__ import annotations

STANDINGS = {
    "allocated": "allocated to them",
    "team": "their team's",
    "service": "open to their service",
    "outreach": "on the outreach list",
    "front_door": "in the front door queue",
    "duty": "on duty",
    "reviewer": "reviewing",
}
ACTIONS = {
    "signed_in": "Signed in",
    "signed_out": "Signed out",
    "sign_in.refused": "Sign-in refused",
    "sign_in.locked": "Sign-in locked after five wrong passwords",
    "role.chosen": "Chose a role",
    "role.granted": "Was given a role",
    "role.ended": "Role ended",
    "search.shown": "Searched",
    "child.opened": "Opened a child’s page",
    "evidence.opened": "Opened the evidence behind a statement",
    "looks.opened": "Looked at who had looked at a child",
    "list.opened": "Opened a list",
    "list.printed": "Printed a list",
    "team.opened": "Opened the team’s page",
    "worker_list.opened": "Opened one worker’s list",
    "row.opened": "Opened a row of a list",
    "row.done": "Recorded a row as done",
    "row.deferred": "Deferred a row",
    "row.not_useful": "Recorded a row as not useful",
    "row.wrong": "Recorded a row as wrong",
    "row.undone": "Took back what was recorded",
    "snapshot.live": "A new run went live",
    "explain": "Explained a child’s place in the order",
    "duty.opened": "Opened on duty",
    "duty.read": "Read why a record was opened on duty",
    "duty.reviewed": "Reviewed a record opened on duty",
    "audit.searched": "Searched the audit trail",
    "audit.checked": "Audit trail checked",
    "agreement.entered": "Entered an agreement",
    "agreement.approved": "Recorded the approval of an agreement",
    "agreement.ended": "Ended an agreement",
    "agreement.end_called_off": "Called off the end of an agreement",
    "agreement.purged": "Erased what came under an agreement",
    "agreements.exported": "Took agreements out of the register",
    "user.added": "Was added as a user",
    "user.disabled": "Was shut out",
    "user.password_changed": "Was given another password",
    "standings.renewed": "Allocations renewed by the run",
    "record.restricted": "Restricted the record",
    "record.sealed": "Sealed the record",
    "record.reopened": "Ended the restriction",
    "record.named": "Changed who may open a restricted record",
}


def action(code: str) -> str:
    """`child.viewed` of a room without words here reads `Child viewed`."""
    return ACTIONS.get(code) or code.replace(".", " ").replace("_", " ").capitalize()
