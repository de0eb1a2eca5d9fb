"""The report as a PDF: tagged, with headings, table headings and a text for each chart (PDF/UA-1)."""

from __future__ import annotations

import datetime
import json
import tempfile
from pathlib import Path
from typing import Literal

import typst

from kinfold.operations.backtest_reports import Report
from kinfold.vocabulary.dates import in_words
from kinfold.workbench.proof import charts

LAYOUT = Path(__file__).with_name("report.typ")
STANDARDS: Literal["ua-1"] = "ua-1"


def pdf(report: Report, *, authority: str, at: datetime.datetime) -> bytes:
    """at: printed on it, and its date."""
    with tempfile.TemporaryDirectory(prefix="kinfold-paper-") as place:
        folder = Path(place)
        (folder / "report.typ").write_bytes(LAYOUT.read_bytes())
        for section in report.sections:
            if section.chart:
                (folder / f"{section.name}.svg").write_text(charts.svg(section.chart.spec), encoding="utf-8")
        (folder / "report.json").write_text(json.dumps(_said(report, authority, at)), encoding="utf-8")
        made = typst.compile(
            str(folder / "report.typ"), root=place, pdf_standards=[STANDARDS], timestamp=int(at.timestamp())
        )
    return bytes(made)


def _said(report: Report, authority: str, at: datetime.datetime) -> dict[str, object]:
    return {
        "title": f"{report.told['outcome_label']}: how well the list of {in_words(report.as_at)} did",
        "authority": authority,
        "printed": f"Printed {in_words(at.date())}.",
        "made_up": report.made_up,
        "summary": list(report.summary),
        "failures": list(report.failures),
        "limits": list(report.limits),
        "made_of": report.made_of,
        "sections": [
            {"name": one.name, "title": one.title, "says": list(one.says), "headings": list(one.headings),
             "rows": [[row[0][:1].upper() + row[0][1:], *row[1:]] for row in one.rows],
             "alt": one.chart.alt if one.chart else ""}
            for one in report.sections
        ],
    }  # fmt: skip
