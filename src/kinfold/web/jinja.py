"""The template environment: each room's templates, GOV.UK's macros, and the words dates and counts are put in."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import Any

import jinja2
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from kinfold.vocabulary.dates import in_words

PACKAGE = Path(__file__).resolve().parent.parent
UNITS = (("year", 365.25 * 86400), ("month", 30.44 * 86400), ("week", 7 * 86400), ("day", 86400), ("hour", 3600))


def environment(**options: Any) -> jinja2.Environment:
    rooms = sorted(str(folder) for folder in PACKAGE.glob("*/templates"))
    options.pop("autoescape", None)
    options["loader"] = jinja2.ChoiceLoader(
        [
            jinja2.FileSystemLoader(rooms),
            jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    env = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, **options)
    env.globals.update(static=static, url=url, has_page=has_page, plural=plural)
    env.filters.update(day=day, moment=moment, ago=ago, number=number, share=share, sentence=sentence)
    return env


def url(name: str, *args: object, **kwargs: object) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def has_page(name: str, *args: object) -> bool:
    """Whether a room that has this page is installed."""
    try:
        reverse(name, args=args or None)
    except NoReverseMatch:
        return False
    return True


def plural(count: int, one: str, many: str = "") -> str:
    """`1 child`, `2 children`, `1,200 visits`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def number(value: float | None) -> str:
    return "not known" if value is None else f"{value:,}"


def sentence(text: str) -> str:
    """Words as the start of a sentence: the first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def share(value: float | None) -> str:
    """A share from 0 to 1 as a whole per cent."""
    return "not known" if value is None else f"{value:.0%}"


def day(value: datetime.date | datetime.datetime | str | None) -> str:
    """`3 March 2026`; `not known` when there is no date."""
    if value is None or value == "":
        return "not known"
    return in_words(_date(value))


def moment(value: datetime.datetime | None) -> str:
    """`3 March 2026, 4:05pm`, in this country's time."""
    if value is None:
        return "not known"
    at = timezone.localtime(value)
    hour = at.hour % 12 or 12
    return f"{day(at)}, {hour}:{at:%M}{'am' if at.hour < 12 else 'pm'}"


def ago(value: datetime.date | datetime.datetime | str | None, now: datetime.datetime | None = None) -> str:
    """`3 weeks ago`, `today`, `in 2 days`: to stand beside a date, never in place of it."""
    if value is None or value == "":
        return "not known"
    now = timezone.localtime(now or timezone.now())
    if isinstance(value, datetime.datetime):
        seconds = (now - value).total_seconds()
        if abs(seconds) < 3600:
            return "less than an hour ago" if seconds >= 0 else "in less than an hour"
    else:
        days = (now.date() - _date(value)).days
        if days in (-1, 0, 1):
            return {0: "today", 1: "yesterday", -1: "tomorrow"}[days]
        seconds = days * 86400
    for unit, length in UNITS:
        if abs(seconds) >= length:
            words = plural(math.floor(abs(seconds) / length), unit)
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "today"


def _date(value: datetime.date | datetime.datetime | str) -> datetime.date:
    if isinstance(value, str):
        return datetime.date.fromisoformat(value)
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value
