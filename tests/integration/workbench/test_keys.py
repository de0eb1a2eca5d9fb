"""Keys of suppliers' systems: shown once, listed without their secret, shut for good at once."""

from __future__ import annotations

import datetime
import re

import pytest
from django.utils import timezone
from tests.integration.workbench.conftest import ROOT, text

from kinfold.workbench.api import keys
from kinfold.workbench.api.models import SupplierKey

KEYS = f"{ROOT}keys/"


@pytest.fixture
def asked():
    until = timezone.localdate() + datetime.timedelta(days=90)
    day = {"expires_on-day": until.day, "expires_on-month": until.month, "expires_on-year": until.year}
    return {"supplier": "Saltmarsh Police", "feeds": ["police"], **day}


def test_a_key_is_shown_once_and_opens_its_feeds(engineer, asked):
    (secret,) = re.findall(r"kf_[0-9a-f]{8}_[\w-]{43}", text(engineer.post(KEYS, asked)))
    assert keys.find_live(secret, at=timezone.now()).feeds == ["police"]
    page = text(engineer.get(KEYS))
    assert secret not in page
    assert "Saltmarsh Police" in page
    assert SupplierKey.objects.get().made_by.display_name == "Leila Haddad"


def test_a_key_is_shut_for_good_after_asking(engineer, asked):
    (secret,) = re.findall(r"kf_[0-9a-f]{8}_[\w-]{43}", text(engineer.post(KEYS, asked)))
    where = f"{KEYS}{secret.split('_')[1]}/revoke/"
    assert "Revoke this key" in text(engineer.get(where))
    assert keys.find_live(secret, at=timezone.now()) is not None
    engineer.post(where)
    assert keys.find_live(secret, at=timezone.now()) is None
    assert "Revoked" in text(engineer.get(KEYS))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"supplier": ""}, "Name the supplier."),
        ({"feeds": []}, "Select the feeds it may deliver."),
        ({"expires_on-year": "2099"}, "A key ends on a day within 400 days"),
    ],
)
def test_a_key_that_says_too_little_is_not_made(engineer, asked, change, said):
    assert said in text(engineer.post(KEYS, asked | change))
    assert not SupplierKey.objects.exists()


def test_to_who_does_not_run_feeds_no_key_is_there(served, person, signed_in, asked):
    client = signed_in(person("team_manager"))
    assert client.get(KEYS).status_code == client.post(KEYS, asked).status_code == 404
    assert client.post(f"{KEYS}abcdef01/revoke/").status_code == 404
    assert not SupplierKey.objects.exists()
