"""A data engineer signed in over a home with two feeds; what they ask for in the background is done at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.integration.intake.conftest import area, council, csv, notice, pupil, take_in

from kinfold.operations.home import Home

__all__ = ["area", "council", "csv", "notice", "pupil", "take_in"]
ROOT = "/workbench/deliveries/"


@pytest.fixture
def served(council: Home, settings) -> Home:
    """The council's home, as the pages see it."""
    settings.HOME = council.folder
    settings.AREA_FOLDER = council.area
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    return council


@pytest.fixture
def engineer(served: Home, person: Callable[..., object], signed_in: Callable[..., Client]) -> Client:
    return signed_in(person("matcher", display_name="Leila Haddad"))


@pytest.fixture
def upload(engineer: Client) -> Callable[..., object]:
    """Upload files by the page: `upload(csv(...), day=(2, 6, 2025))`; the answer is the redirect."""

    def do(*contents: bytes, name: str = "sent.csv", day: tuple[int, int, int] = (2, 6, 2025), query: str = "", **more):
        files = [SimpleUploadedFile(name, content) for content in contents]
        dated = dict(zip(("delivered-day", "delivered-month", "delivered-year"), day, strict=True))
        return engineer.post(f"{ROOT}upload/{query}", {"upload": files, **dated, **more})

    return do


def text(answer: object) -> str:
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())
