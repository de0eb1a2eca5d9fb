"""The only code that lists messages about deliveries."""

from __future__ import annotations

from kinfold.workbench.deliveries.models import Message


def messages_about(*about: str) -> list[Message]:
    """Messages about a delivery or its receipt, oldest first, with who wrote them."""
    return list(
        Message.objects.filter(about__in=[one for one in about if one]).select_related("by").order_by("at", "pk")
    )


def unanswered() -> list[Message]:
    """What was last said to a supplier about a delivery and has no answer yet, oldest first; one per delivery."""
    last: dict[str, Message] = {}
    for message in Message.objects.exclude(kind="note").select_related("by").order_by("at", "pk"):
        last[message.about] = message
    return [message for message in sorted(last.values(), key=_when) if message.is_to_supplier]


def _when(message: Message) -> tuple[object, int]:
    return message.at, message.pk
