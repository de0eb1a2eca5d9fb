"""
A HEAD has no body. One that had would be read by a proxy that keeps connections open as the answer to whatever is
asked next over the same connection: one person's page would go to somebody else.
"""

from __future__ import annotations

import io

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest


def on_the_wire(method: str, path: str, cookies: str = "") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body as the server is given them; Django's own test client takes a HEAD's body away."""
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "HTTP_HOST": "localhost", "HTTP_COOKIE": cookies, "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
    }  # fmt: skip
    answer = WSGIHandler().get_response(WSGIRequest(environ))
    return answer.status_code, dict(answer.headers), b"".join(answer)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/help/", "/looks/", "/agreements/register.csv", "/no/such/page/", "/api/v1/openapi.json"]
)
def test_it_has_what_the_page_has_but_its_body(person, signed_in, path):
    client = signed_in(person("governance_lead"))
    session = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    whole, head = on_the_wire("GET", path, session), on_the_wire("HEAD", path, session)
    assert whole[2]
    assert head[2] == b""
    assert head[0] == whole[0] or head[0] == 405
    assert head[0] == 405 or head[1].get("Content-Length") == whole[1].get("Content-Length")
