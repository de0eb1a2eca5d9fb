"""The HTTP API for suppliers' systems: a delivery is announced, sent in pieces, completed, and asked after."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from ninja import Header, NinjaAPI, Path, Query
from ninja.errors import HttpError, ValidationError
from ninja.responses import Status
from ninja.security import HttpBearer

from kinfold.governance import audit
from kinfold.operations import home as homes
from kinfold.operations import intake, uploads
from kinfold.operations.home import Home
from kinfold.workbench.api import actions, keys, limits, shapes
from kinfold.workbench.api.actions import Refused
from kinfold.workbench.api.models import Incoming, SupplierKey

AT_ONCE = 1 << 16
REFUSALS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429), shapes.Refusal)
NO_KEY = "The key is missing, wrong, expired or revoked."
ABOUT = """Deliveries from suppliers' systems. Announce a delivery with an `Idempotency-Key`, send each file in pieces
of 8 MiB at most, complete it, and ask after it until it is loaded or refused. Every step may be repeated: the second
time changes nothing. Send the key as `Authorization: Bearer kf_...`."""

Number = Annotated[str, Path(pattern=shapes.NUMBER, description="The number of the delivery, from its announcement.")]


class Keys(HttpBearer):
    """A supplier's key, live and not used too often. What is wrong with one that opens nothing is not said."""

    def authenticate(self, request: HttpRequest, token: str) -> SupplierKey:
        at = timezone.now()
        key = keys.find_live(token, at=at)
        if key is None:
            self._refuse(request, at)
        assert key is not None
        if limits.is_too_often(f"key.{key.pk}", most=limits.REQUESTS_A_MINUTE, seconds=limits.MINUTE):
            raise Refused(429, "Too many requests. Wait a minute.")
        keys.used(key, at=at)
        return key

    def _refuse(self, request: HttpRequest, at: datetime.datetime) -> None:
        name = f"wrong.{request.META.get('REMOTE_ADDR', '')}"
        if limits.is_too_often(name, most=limits.WRONG_KEYS_IN_FIVE_MINUTES, seconds=limits.FIVE_MINUTES):
            raise Refused(429, "Too many keys that open nothing. Wait five minutes.")
        audit.record(action="key.refused", at=at, role=actions.ROLE, purpose=actions.PURPOSE, result="refused")
        raise Refused(401, NO_KEY)


api = NinjaAPI(
    title="Kinfold deliveries",
    version="1",
    description=ABOUT,
    docs_url=None,
    auth=Keys(),
    urls_namespace="deliveries_api",
)


class Asked(HttpRequest):
    auth: SupplierKey


@api.post(
    "/deliveries", response={201: shapes.Delivery, 200: shapes.Delivery, **REFUSALS}, summary="Announce a delivery"
)
def announce(
    request: Asked,
    wish: shapes.Announcement,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", pattern=shapes.SENT_KEY)],
) -> Status:
    """201 when it is new, 200 when the same announcement came before under this key; 409 when another one did."""
    home = _home()
    asked = actions.Wish(
        delivered=_day(wish.delivered),
        files=tuple(file.model_dump() for file in wish.files),
        feed=wish.feed,
        corrects=wish.corrects,
    )
    incoming, is_new = actions.announce(home, request.auth, asked, sent_key=idempotency_key, at=timezone.now())
    return Status(201 if is_new else 200, _told(home, incoming))


@api.put(
    "/deliveries/{delivery}/files/{number}",
    response={200: shapes.Received, **REFUSALS},
    summary="Send a piece of a file",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary", "minLength": 1}}},
        }
    },
)
def send(
    request: Asked,
    delivery: Number,
    number: Annotated[int, Path(ge=1, le=shapes.MOST_FILES)],
    offset: Annotated[int, Query(ge=0, le=shapes.LARGEST_FILE, description="Where the piece begins, in bytes.")],
) -> dict[str, int]:
    """The bytes from `offset` on. 409 with `received` says where to go on from."""
    size = _size(request)
    incoming = actions.find(request.auth, delivery)
    return {"received": actions.add(_home(), incoming, number, offset=offset, content=_body(request, size))}


@api.post(
    "/deliveries/{delivery}/complete", response={202: shapes.Delivery, **REFUSALS}, summary="Say that it is whole"
)
def complete(request: Asked, delivery: Number) -> Status:
    """From this answer on the delivery has a receipt and is not lost; it is loaded shortly after."""
    home = _home()
    incoming = actions.complete(home, actions.find(request.auth, delivery), at=timezone.now())
    return Status(202, _told(home, incoming))


@api.get("/deliveries/{delivery}", response={200: shapes.Delivery, **REFUSALS}, summary="Ask after a delivery")
def state(request: Asked, delivery: Number) -> dict[str, Any]:
    """How it stands, and once it was read what is wrong with it by row and column, without what a cell holds."""
    incoming = actions.find(request.auth, delivery)
    actions.look(incoming, at=timezone.now())
    return _told(_home(), incoming)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, why: Refused) -> HttpResponse:
    return _answer(request, why.status, why.message, why.received)


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, why: HttpError) -> HttpResponse:
    return _answer(request, why.status_code, NO_KEY if why.status_code == 401 else "The request could not be read.")


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, why: Http404) -> HttpResponse:
    return _answer(request, 404, "There is nothing here.")


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, why: RequestDataTooBig) -> HttpResponse:
    return _answer(request, 413, "The request is too large.")


@api.exception_handler(UnreadablePostError)
def _broke_off(request: HttpRequest, why: UnreadablePostError) -> HttpResponse:
    return _answer(request, 400, "The request broke off. Ask how much has arrived, and go on from there.")


@api.exception_handler(ValidationError)
def _not_as_described(request: HttpRequest, why: ValidationError) -> HttpResponse:
    """Which of our own fields is wrong; what was sent is not repeated."""
    ours = set(shapes.Announcement.model_fields) | set(shapes.Announced.model_fields)
    ours |= {"delivery", "number", "offset", "Idempotency-Key", "idempotency_key"}
    wrong = {next((str(part) for part in reversed(one.get("loc", ())) if part in ours), "") for one in why.errors}
    named = ", ".join(sorted(wrong - {""}))
    return _answer(request, 422, f"The request is not as described{f': see {named}' if named else ''}.")


def _answer(request: HttpRequest, status: int, message: str, received: int | None = None) -> HttpResponse:
    return api.create_response(request, {"message": message, "received": received}, status=status)


def _home() -> Home:
    return homes.open_home(settings.HOME)


def _day(text: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise Refused(422, "`delivered` is not a day; write it as 2025-06-02.") from None
    if day.year < 2000:
        raise Refused(422, "`delivered` is too long ago.")
    return day


def _size(request: HttpRequest) -> int:
    given = request.META.get("CONTENT_LENGTH") or "0"
    size = int(given) if given.isascii() and given.isdigit() else 0
    if size == 0:
        raise Refused(422, "The piece is empty, or its length is not said.")
    if size > shapes.LARGEST_PIECE:
        raise Refused(413, f"A piece is {shapes.LARGEST_PIECE >> 20} MiB at most.")
    return size


def _body(request: HttpRequest, size: int) -> Iterator[bytes]:
    left = size
    while left and (chunk := request.read(min(AT_ONCE, left))):
        left -= len(chunk)
        yield chunk


def _told(home: Home, incoming: Incoming) -> dict[str, Any]:
    receipt = intake.find(home, incoming.receipt_id) if incoming.receipt_id else None
    reports = receipt.result.reports if receipt and receipt.result else ()
    return {
        "delivery": incoming.number,
        "state": receipt.state if receipt else "arriving",
        "feed": incoming.feed,
        "delivered": incoming.delivered,
        "receipt": incoming.receipt_id or None,
        "files": [
            {
                "number": number,
                "name": file["name"],
                "size": file["size"],
                "received": file["size"] if receipt else uploads.received(home, incoming.number, number),
            }
            for number, file in enumerate(incoming.files, start=1)
        ],
        "reports": [shapes.report_of(report.as_json()) for report in reports],
    }
