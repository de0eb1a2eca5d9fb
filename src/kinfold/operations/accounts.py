"""The demonstration's people: one sign-in for each role, with a password of its own made at set-up."""

from __future__ import annotations

import datetime
import secrets

from django.db import transaction

from kinfold.areas import roles as role_settings
from kinfold.governance import actions
from kinfold.governance.models import User
from kinfold.operations.home import Home

WORDS = (
    "amber", "anchor", "apple", "basket", "beacon", "birch", "bridge", "candle", "canvas",
    "cedar", "cherry", "clover", "copper", "coral", "cotton", "dapple", "ember", "fennel",
    "fern", "garnet", "ginger", "harbour", "hazel", "heron", "ivory", "juniper", "kettle",
    "lantern", "laurel", "linen", "maple", "marble", "meadow", "mint", "nettle", "oak",
    "olive", "orchard", "otter", "pebble", "pepper", "plum", "poppy", "quartz", "quill",
    "raven", "reed", "river", "robin", "rowan", "saffron", "sage", "sparrow", "spruce",
    "tansy", "teal", "thistle", "timber", "tulip", "velvet", "walnut", "willow", "wren",
    "yarrow",
)  # fmt: skip
WORDS_IN_A_PASSWORD = 5


def made_password() -> str:
    """Words a person can type: one of a thousand million, where five wrong ones lock the sign-in."""
    return "-".join(secrets.choice(WORDS) for _ in range(WORDS_IN_A_PASSWORD))


@transaction.atomic
def make(home: Home, staff: list[dict[str, str]], *, at: datetime.datetime) -> list[dict[str, str]]:
    """
    Make a person for each entry of the demonstration's staff. Returns username, password and label of each.

    staff: username, name, role, staff_ref, team, agency, phone, and service_ref where the feeds give the service a
    key of its own; without one the team is the service.
    """
    labels = {name: role.label for name, role in role_settings.load(home.area).role.items()}
    made = []
    for one in staff:
        if one["role"] not in labels:
            continue
        password = made_password()
        user = User.objects.create_user(
            username=one["username"],
            password=password,
            display_name=one["name"],
            staff_ref=one.get("staff_ref") or "",
            team=one.get("team") or "",
            agency=one.get("agency") or "",
            service_ref=one.get("service_ref") or "",
            phone=one.get("phone") or "",
        )
        actions.grant_role(user=user, role=one["role"], at=at)
        made.append(
            {"username": one["username"], "password": password, "label": f"{labels[one['role']]}: {one['name']}"}
        )
    return made
