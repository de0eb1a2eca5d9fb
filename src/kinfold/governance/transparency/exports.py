"""The record as a file: HTML that stands by itself, JSON by field, ODT. Each blank says who must fill it."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Iterator

from odfdo import Document, Header, List, Paragraph

from kinfold.governance.transparency.queries import Field, Record

Block = str | list[str]


def blank(field: Field) -> str:
    return f"To be completed by: {field.slot.who}"


def blocks(text: str) -> Iterator[Block]:
    """Paragraphs, and lists of points, in the order in which they are written."""
    points: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.startswith("- "):
            points.append(line[2:])
            continue
        if points:
            yield points
            points = []
        if line.strip():
            yield line.strip()


def as_json(record: Record) -> str:
    """One object per section, one per field: label, text, blank, written by a person, and who answers for it."""
    told = {
        "title": record.title,
        "standard": "Algorithmic Transparency Recording Standard, version 3",
        "made_up": record.made_up,
        "blanks": len(record.blanks),
        "hash": record.hash,
        "sections": {
            section.key: {
                "title": section.title,
                "fields": {
                    field.slot.key: {
                        "label": field.slot.label, "text": field.text or None, "is_blank": field.is_blank,
                        "is_written": field.is_written, "who": field.slot.who,
                    }
                    for field in fields
                },
            }
            for section, fields in record.sections
        },
    }  # fmt: skip
    return json.dumps(told, indent=1, ensure_ascii=False)


def as_html(record: Record) -> str:
    """A page by itself: no style, no script, no address of ours."""
    parts = [
        "<!doctype html>",
        f'<html lang="en-GB"><head><meta charset="utf-8"><title>{html.escape(record.title)}</title></head><body>',
        f"<h1>{html.escape(record.title)}</h1>",
    ]
    parts += ["<p>Made-up council: a demonstration, not evidence.</p>"] if record.made_up else []
    for section, fields in record.sections:
        parts.append(f"<h2>{html.escape(section.title)}</h2>")
        for field in fields:
            parts.append(f"<h3>{html.escape(field.slot.label)}</h3>")
            parts += [f"<p><strong>{html.escape(blank(field))}</strong></p>"] if field.is_blank else _html(field.text)
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _html(text: str) -> Iterator[str]:
    for block in blocks(text):
        if isinstance(block, str):
            yield f"<p>{html.escape(block)}</p>"
        else:
            yield "<ul>" + "".join(f"<li>{html.escape(point)}</li>" for point in block) + "</ul>"


def as_odt(record: Record) -> bytes:
    document = Document("text")
    document.meta.title = record.title
    body = document.body
    body.clear()
    body.append(Header(1, record.title))
    if record.made_up:
        body.append(Paragraph("Made-up council: a demonstration, not evidence."))
    for section, fields in record.sections:
        body.append(Header(2, section.title))
        for field in fields:
            body.append(Header(3, field.slot.label))
            for block in blocks(field.text) if field.text else [blank(field)]:
                body.append(Paragraph(block) if isinstance(block, str) else List(block))
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()
