"""The API's addresses. Nobody signs in here: a key opens it, and a browser's cookie opens nothing."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from kinfold.workbench.api.service import api

of_api = api.urls
for pattern in of_api[0]:
    assert pattern.callback is not None
    pattern.callback = login_not_required(pattern.callback)

urlpatterns = [path("api/v1/", of_api)]
