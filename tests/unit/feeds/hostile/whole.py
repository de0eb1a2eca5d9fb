"""One small table of made-up notices, written whole in every kind of file that is read."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
from tests.unit.feeds.conftest import COLUMNS, GOOD

NAMES = COLUMNS.split(",")
ROWS = [[f"N{n}", *GOOD.split(",")[1:]] for n in range(20)]

Table = Sequence[Sequence[str]]


def csv(rows: Table = ROWS, names: Sequence[str] = NAMES, by: str = ",", end: str = "\n") -> bytes:
    return "".join(by.join(row) + end for row in [names, *rows]).encode()


def js(rows: Table = ROWS, names: Sequence[str] = NAMES) -> bytes:
    return json.dumps([dict(zip(names, row, strict=True)) for row in rows]).encode()


def xml(rows: Table = ROWS, names: Sequence[str] = NAMES, before: str = "", cell: str = "{}") -> bytes:
    records = "".join(
        "<Notice>"
        + "".join(f"<{n}>{cell.format(escape(v))}</{n}>" for n, v in zip(names, row, strict=True))
        + "</Notice>"
        for row in rows
    )
    return f'<?xml version="1.0"?>{before}<Notices>{records}</Notices>'.encode()


def table(rows: Table = ROWS, names: Sequence[str] = NAMES) -> pa.Table:
    return pa.table([[row[place] for row in rows] for place in range(len(names))], names=list(names))


def parquet(given: pa.Table | Table = ROWS, **how: object) -> bytes:
    held = io.BytesIO()
    pq.write_table(given if isinstance(given, pa.Table) else table(given), held, **how)
    return held.getvalue()


def zipped(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def sheet(rows: Table, before: str = "", dimension: str = "") -> bytes:
    """A sheet whose cells are inline text; `before` stands above its root."""
    lines = "".join(
        f'<row r="{n}">' + "".join(f'<c t="inlineStr"><is><t>{escape(v)}</t></is></c>' for v in row) + "</row>"
        for n, row in enumerate(rows, start=1)
    )
    size = f'<dimension ref="{dimension}"/>' if dimension else ""
    held = f'<worksheet xmlns="{MAIN}">{size}<sheetData>{lines}</sheetData></worksheet>'
    return f'<?xml version="1.0"?>{before}{held}'.encode()


def workbook(sheets: Sequence[bytes] | None = None, more: dict[str, bytes] | None = None) -> dict[str, bytes]:
    """The files inside a workbook, to be zipped as they are or after something was done to them."""
    sheets = [sheet([NAMES, *ROWS])] if sheets is None else sheets
    numbers = range(1, len(sheets) + 1)
    listed = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    led_to = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>'.encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">{led_to}</Relationships>'.encode()
        ),
        **{f"xl/worksheets/sheet{n}.xml": content for n, content in zip(numbers, sheets, strict=True)},
        **(more or {}),
    }


def xlsx(sheets: Sequence[bytes] | None = None, more: dict[str, bytes] | None = None) -> bytes:
    return zipped(workbook(sheets, more))


def book(rows: Table = ROWS) -> bytes:
    return xlsx([sheet([NAMES, *rows])])


WHOLE: dict[str, Callable[..., bytes]] = {"csv": csv, "json": js, "xml": xml, "parquet": parquet, "xlsx": book}
