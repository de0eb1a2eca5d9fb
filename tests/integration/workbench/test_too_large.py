"""Files that are too large, or that the disk has no room for, are answered in words and leave nothing."""

import errno

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.integration.intake.conftest import NOTICES, csv, notice
from tests.integration.workbench.conftest import ROOT

from kinfold.operations import intake
from kinfold.workbench.deliveries import uploads

GOOD = csv(NOTICES, notice("N1"))


def words(answer):
    return " ".join(answer.content.decode().split())


def test_an_upload_above_the_limit_is_refused_and_says_how_much_may_come(upload, served, settings, tmp_path):
    settings.UPLOAD_MOST_MB, settings.FILE_UPLOAD_TEMP_DIR = 1, str(tmp_path)
    answer = upload(GOOD, b"x" * (1 << 20))
    assert answer.status_code == 413
    assert "larger than the 1 MB that may come at once" in words(answer)
    assert intake.list_receipts(served) == []
    assert not list(tmp_path.glob("*.upload*"))


def test_an_upload_of_just_the_limit_is_taken(upload, served, settings):
    settings.UPLOAD_MOST_MB = 1
    assert upload(b"x" * (1 << 20)).status_code == 302
    assert len(intake.list_receipts(served)) == 1


@pytest.mark.parametrize("step", ["new_file", "receive_data_chunk", "file_complete"])
@pytest.mark.parametrize(("headers", "status"), [({}, 507), ({"HTTP_HX_REQUEST": "true"}, 200)])
def test_a_full_disk_is_told_whether_or_not_the_page_sends_by_script(
    step, headers, status, engineer, served, monkeypatch
):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploads.TemporaryFileUploadHandler, step, full)
    answer = engineer.post(f"{ROOT}upload/", {"upload": SimpleUploadedFile("a.csv", GOOD)}, **headers)
    assert answer.status_code == status
    assert "The disk that files wait on while they come in is full." in words(answer)
    assert intake.list_receipts(served) == []


def test_without_the_token_of_the_form_no_reason_is_given(engineer, settings):
    settings.UPLOAD_MOST_MB = 0
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = engineer.cookies
    answer = strict.post(f"{ROOT}upload/", {"upload": SimpleUploadedFile("a.csv", GOOD)})
    assert answer.status_code == 403
