"""
Some 200 files that are broken, or made to do harm, in more than thirty kinds.

Each kind is a function that gives its files: name, what writes it, and how many rows it holds. Null rows: it must be
refused. A number: it may be refused, and if it is read then that many rows are accounted for.
"""

from __future__ import annotations

import dataclasses
import json
import os
import random
import struct
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
from tests.unit.feeds.hostile import whole
from tests.unit.feeds.hostile.whole import NAMES, ROWS, csv, js, parquet, table, workbook, xlsx, xml, zipped

MB = 1 << 20
N = len(ROWS)


@dataclasses.dataclass(frozen=True)
class Hostile:
    kind: str
    name: str
    write: Callable[[Path], object]
    rows: int | None

    def put_in(self, folder: Path) -> Path:
        """Write it; returns the path to hand over."""
        folder.mkdir(parents=True)
        path = folder / self.name
        made = self.write(path)
        return made if isinstance(made, Path) else path


Made = Iterator[tuple[str, bytes | Callable[[Path], object], int | None]]


def zip_bomb() -> Made:
    zeros = b"0" * (64 * MB)
    yield "bomb.zip", zipped({"notices.csv": zeros}), None
    yield "bomb.xlsx", xlsx(more={"xl/bomb.xml": zeros}), None
    yield "sheet.xlsx", xlsx([whole.sheet([["A" * (64 * MB)]])]), None
    yield "liar.xlsx", _says_it_is_small(xlsx(more={"xl/sharedStrings.xml": _one_string("A" * (64 * MB))})), None


def _one_string(text: str) -> bytes:
    return f'<sst xmlns="{whole.MAIN}" count="1" uniqueCount="1"><si><t>{text}</t></si></sst>'.encode()


def _says_it_is_small(archive: bytes) -> bytes:
    """The same archive, each entry of its directory claiming a thousand bytes once unpacked."""
    made, at = bytearray(archive), 0
    while (at := made.find(b"PK\x01\x02", at)) >= 0:
        made[at + 24 : at + 28] = struct.pack("<I", 1000)
        at += 4
    return bytes(made)


def zips_in_zips() -> Made:
    inner = csv()
    for depth in (2, 10, 60):
        for _ in range(depth):
            inner = zipped({"inner.zip": inner})
        yield f"nested{depth}.zip", inner, None
    yield "nested.xlsx", xlsx(more={"xl/embeddings/book.xlsx": xlsx()}), N


def zip_that_says_it_is_a_workbook() -> Made:
    yield "notices.xlsx", zipped({"notices.csv": csv()}), None
    yield "word.xlsx", zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"}), None
    yield "nothing.xlsx", zipped({}), None
    yield "paths.xlsx", zipped({"../../../etc/cron.d/x": b"x", "/abs": b"x", "C:\\x": b"x"}), None
    yield "no sheet.xlsx", zipped({k: v for k, v in workbook().items() if "sheet1" not in k}), None
    yield "no rels.xlsx", zipped({k: v for k, v in workbook().items() if "rels" not in k}), None


def macros() -> Made:
    yield "macros.xlsm", xlsx(more={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"\0" * 4096}), N
    yield "macros.xlsx", xlsx(more={"xl/macrosheets/sheet1.xml": b'<c><f>EXEC("calc.exe")</f></c>'}), N


def links_out_of_a_workbook() -> Made:
    link = f'<Relationships xmlns="{whole.PACKAGE}/relationships"><Relationship Id="rId1" TargetMode="External" '
    for name, target in (("web", "http://192.0.2.1/x"), ("file", "file:///etc/passwd"), ("share", "\\\\192.0.2.1\\x")):
        rels = f'{link} Type="{whole.OFFICE}/externalLinkPath" Target="{target}"/></Relationships>'.encode()
        yield f"{name}.xlsx", xlsx(more={"xl/externalLinks/_rels/externalLink1.xml.rels": rels}), N
    outside = workbook()
    rels = outside["xl/_rels/workbook.xml.rels"].replace(b"worksheets/sheet1.xml", b"../../../../../etc/passwd")
    yield "sheet outside.xlsx", zipped({**outside, "xl/_rels/workbook.xml.rels": rels}), None


def huge_shared_string() -> Made:
    words = random.Random(1).randbytes(8 * MB).hex()
    yield "string.xlsx", xlsx(more={"xl/sharedStrings.xml": _one_string(words)}), N
    many = "".join("<si><t>a</t></si>" for _ in range(1_000_000))
    yield "strings.xlsx", xlsx(more={"xl/sharedStrings.xml": f'<sst xmlns="{whole.MAIN}">{many}</sst>'.encode()}), None


def many_sheets() -> Made:
    yield "1200.xlsx", xlsx([whole.sheet([["x"]])] * 1_200), None
    yield "300.xlsx", xlsx([whole.sheet([NAMES, ROWS[n % N]]) for n in range(300)]), 300


def sheet_that_lies_about_its_size() -> Made:
    for name, dimension in (("all", "A1:XFD1048576"), ("negative", "Z9:A1"), ("nonsense", "A0:ZZZZ99999999999")):
        yield f"{name}.xlsx", xlsx([whole.sheet([NAMES, *ROWS], dimension=dimension)]), N
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    yield "far.xlsx", xlsx([whole.sheet([NAMES, *ROWS]).replace(b"</sheetData>", far)]), None


LAUGHS = "<!DOCTYPE a [<!ENTITY l0 'ha'>" + "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))


def entity_bomb() -> Made:
    yield "laughs.xml", xml(before=LAUGHS + "]>").replace(b"Amira", b"&l11;"), None
    quadratic = f"<!DOCTYPE a [<!ENTITY a '{'a' * 100_000}'>]>"
    yield "quadratic.xml", xml(before=quadratic).replace(b"Amira", b"&a;" * 2_000), None
    yield "parameter.xml", xml(before="<!DOCTYPE a [<!ENTITY % p '&#37;p;&#37;p;'> %p;]>"), None
    yield "itself.xml", xml(before="<!DOCTYPE a [<!ENTITY a '&b;'><!ENTITY b '&a;'>]>").replace(b"Amira", b"&a;"), None
    bomb = whole.sheet([NAMES, *ROWS], before=LAUGHS + "]>").replace(b"Amira", b"&l11;")
    yield "laughs.xlsx", xlsx([bomb]), None
    shape = b"<Message><Children><Child><ChildIdentifiers><LAchildID>&l11;</LAchildID></ChildIdentifiers></Child>"
    yield "cin.xml", LAUGHS.encode() + b"]>" + shape + b"</Children></Message>", None


def entity_from_outside() -> Made:
    for name, address in (
        ("file", "file:///etc/hostname"), ("http", "http://192.0.2.1/x"), ("ftp", "ftp://192.0.2.1/x"),
        ("share", "//192.0.2.1/x"), ("php", "php://filter/resource=x"), ("tty", "file:///dev/zero"),
    ):  # fmt: skip
        before = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{address}">]>'
        yield f"{name}.xml", xml(before=before).replace(b"Amira", b"&x;"), None
        yield f"{name} type.xml", xml(before=f'<!DOCTYPE a SYSTEM "{address}">'), None
    yield (
        "include.xml",
        xml().replace(
            b"Amira", b'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/hostname" parse="text"/>'
        ),
        None,
    )


def deep_xml() -> Made:
    for depth in (300, 20_000, 1_000_000):
        yield f"{depth}.xml", b"<a>" * depth + b"</a>" * depth, None
    inside = b"<Message><Children><Child>" + b"<CINdetails>" * 50_000
    yield "cin.xml", inside, None


def deep_json() -> Made:
    yield "lists.json", b"[" * 1_000_000, None
    yield "closed.json", b"[" * 100_000 + b"]" * 100_000, None
    yield "records.json", b'[{"a":' * 50_000 + b"1" + b"}]" * 50_000, None
    yield "tables.json", b"[" + b'{"a":' * 900 + b"1" + b"}" * 900 + b"]", None
    yield "escapes.json", b'["' + b"\\" * 1_000_000, None


def huge_cell() -> Made:
    big = "x" * (48 * MB)
    yield "quoted.csv", csv([*ROWS, ["N99", "01/05/2025", "C", f'"{big}"', "", "", "", "High"]]), None
    many_lines = '"' + "x\n" * (4 * MB) + '"'
    yield "lines.csv", csv([*ROWS, ["N99", "01/05/2025", "C", many_lines, "", "", "", "High"]]), N + 1
    yield "cell.json", js([["N99", "01/05/2025", "C", big, "", "", "", "High"]]), 1
    yield "cell.xml", xml([["N99", "01/05/2025", "C", big, "", "", "", "High"]]), 1
    yield "cell.parquet", parquet(table([["N99", "01/05/2025", "C", big, "", "", "", "High"]])), 1


def line_without_end() -> Made:
    yield "line.csv", csv() + b"x" * (3 * MB), None
    yield "two gigabytes.csv", _sparse(csv(), 2 << 30), None
    yield "two gigabytes.json", _sparse(b'[{"a": "', 2 << 30), None
    yield "two gigabytes.xml", _sparse(b"<Notices><Notice>", 2 << 30), None
    yield "half a gigabyte.json", _sparse(b'[{"a": "', 512 << 20), None
    yield "half a gigabyte.parquet", _sparse(b"PAR1", 512 << 20), None
    yield "two gigabytes.xlsx", _sparse(b"PK\x03\x04", 2 << 30), None


def _sparse(start: bytes, size: int) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.write(start)
            file.truncate(size)

    return write


def many_columns() -> Made:
    names = [*NAMES, *(f"C{n}" for n in range(10_000))]
    row = [*ROWS[0], *("x" for _ in range(10_000))]
    yield "wide.csv", csv([row], names), None
    yield "wide.json", js([row], names), None
    yield "wide.xml", xml([row], names), None
    yield "wide.parquet", parquet(table([row], names)), None
    yield "wide.xlsx", xlsx([whole.sheet([names, row])]), None
    yield "thousand.csv", csv([row[:1000]] * 40, names[:1000]), 40
    yield "attributes.xml", b"<a><b " + b" ".join(b'a%d="x"' % n for n in range(50_000)) + b"/></a>", None


def nul_bytes() -> Made:
    yield "cell.csv", csv().replace(b"Amira", b"A\0"), None
    yield "end.csv", csv() + b"\0" * 100, None
    yield "all.csv", b"\0" * 10_000, None
    yield "cell.json", js().replace(b"Amira", b"A\\u0000"), N
    yield "name.json", js().replace(b"FORENAME", b"FORE\\u0000NAME"), N
    yield "cell.xml", xml().replace(b"Amira", b"A\0"), None


def another_ending() -> Made:
    for kind, content in whole.WHOLE.items():
        for ending in ("csv", "xlsx", "json", "pdf"):
            if ending != kind:
                yield f"{kind} as.{ending}", content(_rows_of(ending)), N


def _rows_of(one: object) -> whole.Table:
    """The rows with references of their own, so that no two files are the same delivery."""
    return [[f"{ascii(one)}-{row[0]}".replace(",", ""), *row[1:]] for row in ROWS]


def another_kind() -> Made:
    yield "page.csv", b"<!DOCTYPE html><html><body><table><tr><td>REF</td></tr></table></body></html>", None
    yield "page.html", b"<html><head><meta charset=utf-8></head><body><p>x<br></body></html>", None
    yield "picture.csv", b"\x89PNG\r\n\x1a\n" + random.Random(2).randbytes(2_000), None
    yield "paper.csv", b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n%%EOF\n", None
    yield "old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4_000, None
    yield "packed.csv", b"\x1f\x8b\x08\0" + random.Random(3).randbytes(2_000), None
    yield "program.csv", b"\x7fELF" + random.Random(4).randbytes(2_000), None


def link() -> Made:
    yield "link.csv", lambda path: path.symlink_to("/etc/passwd"), None
    yield "nowhere.csv", lambda path: path.symlink_to(path.with_name("gone.csv")), None
    yield "itself.csv", lambda path: path.symlink_to(path), None
    yield "folder.csv", lambda path: path.symlink_to(path.parent.parent), None


def pipe() -> Made:
    yield "pipe.csv", lambda path: os.mkfifo(path), None
    yield "inside", lambda path: (path.mkdir(), os.mkfifo(path / "pipe.csv")), None


def device() -> Made:
    yield "zero", lambda _: Path("/dev/zero"), None
    yield "tty", lambda _: Path("/dev/tty"), None
    yield "memory", lambda _: Path("/proc/self/mem"), None


def folder_in_place_of_a_file() -> Made:
    yield "folder.csv", lambda path: path.mkdir(), None
    yield "folder", lambda path: (path / "notices.csv").mkdir(parents=True), None


def cut_short() -> Made:
    for kind, content in whole.WHOLE.items():
        given = content()
        for share in (0.02, 0.2, 0.5, 0.8, 0.97):
            rows = N if kind == "csv" else None
            yield f"{share}.{kind}", _cut(given, share), rows
        yield f"last.{kind}", given[:-1], N if kind in ("csv", "xlsx") else None


def _cut(given: bytes, share: float) -> bytes:
    return given[: int(len(given) * share)]


def delimiter_that_changes() -> Made:
    for by, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars"), ("^", "hats")):
        yield f"{name}.csv", csv(ROWS[:10]) + csv(ROWS[10:], by=by).partition(b"\n")[2], None


def quotation_mark_left_open() -> Made:
    for place in (1, 10, 19):
        rows = [list(row) for row in ROWS]
        rows[place][3] = '"' + rows[place][3]
        yield f"row {place}.csv", csv(rows), None
    yield "header.csv", b'"' + csv(), None
    yield "large.csv", csv([["N1", "01/05/2025", "C", '"open', "", "", "", "High"], *ROWS * 5_000]), None


def encodings_mixed() -> Made:
    for first, second in (("utf-8", "cp1252"), ("cp1252", "utf-8"), ("utf-8", "utf-16-le"), ("utf-8", "shift_jis")):
        rows = csv(ROWS[:10]).replace(b"Amira", "Zoé".encode(first))
        rest = csv(ROWS[10:]).partition(b"\n")[2].decode().replace("Amira", "イ" if second == "shift_jis" else "Zoé")
        yield f"{first} {second}.csv", rows + rest.encode(second), N
    yield "not utf-8.json", js().replace(b"Amira", b"Zo\xe9"), N
    yield "not utf-8.xml", xml().replace(b"Amira", b"Zo\xe9"), None
    yield "says latin.xml", xml().replace(b'"1.0"', b'"1.0" encoding="nonsense-8"'), None
    yield "undefined.csv", csv().replace(b"Amira", b"\x81\x8d\x8f"), None


def mark_in_the_middle() -> Made:
    mark = b"\xef\xbb\xbf"
    yield "row.csv", csv().replace(b"\nN5,", b"\n" + mark + b"N5,"), N
    yield "twice.csv", mark + mark + csv(), N
    yield "cell.csv", csv().replace(b"Amira", mark + b"Amira"), N
    yield "other.csv", b"\xff\xfe" + csv(), None


def utf16_without_its_mark() -> Made:
    for how in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32"):
        yield f"{how}.csv", csv().decode().encode(how), None
    yield "odd.csv", csv().decode().encode("utf-16")[:-1], None


def header_twice() -> Made:
    yield "twice.csv", csv([NAMES, *ROWS]), N + 1
    yield "each.csv", csv([row for pair in ROWS for row in (NAMES, pair)]), 2 * N
    yield "twice.xlsx", xlsx([whole.sheet([NAMES, NAMES, *ROWS])]), N + 1


def header_and_no_rows() -> Made:
    yield "header.csv", csv([]), None
    yield "header.xlsx", xlsx([whole.sheet([NAMES])]), None
    yield "header.parquet", parquet(table([])), None
    yield "header.json", b"[]", None
    yield "header.xml", xml([]), None
    yield "blank rows.csv", csv([["" for _ in NAMES]] * 50), None


def empty() -> Made:
    yield "empty.csv", b"", None
    yield "blank.csv", b" \r\n\t\n" * 3_000, None
    yield "mark.csv", b"\xef\xbb\xbf", None
    yield "mark16.csv", b"\xff\xfe", None
    yield "empty.xlsx", xlsx([whole.sheet([])]), None
    yield "commas.csv", b",,,,\n" * 1_000, None
    yield "object.json", b"{}", None
    yield "word.json", b"null", None


def noise() -> Made:
    for seed, size in enumerate((1, 2, 3, 10, 100, 5_000, 200_000, 3 * MB)):
        yield f"{size}.csv", random.Random(seed).randbytes(size), None
    for kind, start in (("xlsx", b"PK\x03\x04"), ("parquet", b"PAR1"), ("json", b"[{"), ("xml", b"<a>")):
        yield f"noise.{kind}", start + random.Random(kind).randbytes(20_000), None
    yield "quotes.csv", b'"' * 100_000, None
    yield "newlines in quotes.csv", b'"\n' * 100_000, None


def parquet_that_lies() -> Made:
    given = parquet()
    yield "length.parquet", given[:-8] + struct.pack("<I", 0x7FFFFFFF) + b"PAR1", None
    yield "negative.parquet", given[:-8] + struct.pack("<I", 0xFFFFFFFF) + b"PAR1", None
    yield "none.parquet", given[:-8] + struct.pack("<I", 0) + b"PAR1", None
    yield "locked.parquet", given[:-4] + b"PARE", None
    for at in (0.1, 0.4, 0.75, 0.9):
        place = int(len(given) * at)
        yield (
            f"flipped {at}.parquet",
            given[:place] + bytes(b ^ 0xFF for b in given[place : place + 16]) + given[place + 16 :],
            N,
        )
    yield "twice.parquet", given + given, N


def parquet_with_tables_inside() -> Made:
    for name, kind, value in (
        ("list", pa.list_(pa.string()), ["x"]), ("struct", pa.struct([("a", pa.int64())]), {"a": 1}),
        ("map", pa.map_(pa.string(), pa.string()), [("a", "b")]),
    ):  # fmt: skip
        yield f"{name}.parquet", parquet(table().append_column("MORE", pa.array([value] * N, kind))), None
    for name, kind, value in (
        ("bytes", pa.binary(), b"\xff\xfe"), ("decimal", pa.decimal128(38, 10), 1), ("time", pa.time64("ns"), 1),
        ("span", pa.duration("s"), 1), ("far", pa.timestamp("ns"), 2**62), ("long ago", pa.timestamp("us"), -(2**62)),
        ("nothing", pa.null(), None),
    ):  # fmt: skip
        yield f"{name}.parquet", parquet(table().append_column("MORE", pa.array([value] * N, kind))), N


def parquet_with_a_huge_dictionary() -> Made:
    rows = 30_000_000
    codes = pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int8()), rows), pa.array(["x" * 1_000]))
    names = [codes if name == "FORENAME" else pa.nulls(rows, pa.string()) for name in NAMES]
    yield "rows.parquet", parquet(pa.table(names, names=NAMES), compression="zstd"), None
    long = pa.array(["x" * (8 * MB)]).dictionary_encode()
    yield "word.parquet", parquet(table(ROWS[:1]).append_column("MORE", long), compression="zstd"), 1


def columns_twice() -> Made:
    yield "twice.csv", csv([[*row, "x"] for row in ROWS], [*NAMES, "REF"]), N
    yield "all.csv", csv([[*row, *row] for row in ROWS], [*NAMES, *NAMES]), N
    yield "case.csv", csv([[*row, "x"] for row in ROWS], [*NAMES, "ref (2)"]), N
    yield "twice.parquet", parquet(table([[*row, "x"] for row in ROWS], [*NAMES, "REF"])), N
    yield "twice.json", js().replace(b'"DAY"', b'"REF": "N1", "DAY"'), N
    yield "ours.csv", csv([[*row, "7"] for row in ROWS], [*NAMES, "row_number"]), N


def formulas() -> Made:
    for n, text in enumerate(("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "=HYPERLINK(1)")):
        yield f"{n}.csv", csv([["N1", "01/05/2025", "C", f'"{text}"', "Lee", "01/02/2016", "", "High"]]), 1
    cell = b'<c><f>WEBSERVICE("http://192.0.2.1")</f><v>N1</v></c>'
    made = whole.sheet([NAMES, *ROWS]).replace(b'<c t="inlineStr"><is><t>N1</t></is></c>', cell)
    yield "web.xlsx", xlsx([made]), N


def days_that_are_none() -> Made:
    for day in ("31/02/2025", "00/00/0000", "2025-13-45", "99999999999999999999", "1e308", "31/12/999999"):
        yield f"{day.replace('/', '-')}.csv", csv([["N1", day, "C", "A", "B", day, "", "High"], *ROWS]), N + 1


def letters_that_hide() -> Made:
    for name, letters in (
        ("right to left", "\u202eAmira\u202c"), ("zero width", "Am\u200bi\u200dra"),
        ("many marks", "A" + "\u0301" * 5_000), ("emoji", "\U0001f469\u200d\U0001f467"),
        ("separators", "A\u2028B\u2029C\x85D"), ("noncharacters", "\uffff\ufdd0"),
    ):  # fmt: skip
        yield f"{name}.csv", csv().replace(b"Amira", letters.encode()), N
        yield f"{name}.json", js().replace(b"Amira", json.dumps(letters)[1:-1].encode()), N
    yield "half a letter.json", js().replace(b"Amira", b"\\ud800"), N
    yield "half a name.json", js().replace(b"FORENAME", b"\\udfff"), N
    yield "header.csv", csv(names=[f"{name[0]}\u200b{name[1:]}" for name in NAMES]), N


def names_of_files() -> Made:
    for name in (
        "new\nline.csv", "..csv", "\u202evsc.seciton.csv", "-rf.csv", "$(reboot).csv", "%s%n{0}.csv", "' or 1=1;.csv",
        "CON.csv", "x" * 240 + ".csv", "a\\..\\b.csv", "notices.csv.exe", "\x1b[2J.csv", os.fsdecode(b"not\xffutf.csv"),
    ):  # fmt: skip
        yield name, csv(_rows_of(len(name) + sum(map(ord, name)))), N


def numbers_beyond_reason() -> Made:
    yield "long.json", js().replace(b'"High"', b"9" * 5_000), N
    yield "longer.json", js().replace(b'"High"', b"9" * 500_000), None
    yield "infinite.json", js().replace(b'"High"', b"1e999"), N
    yield "not a number.json", js().replace(b'"High"', b"NaN"), N
    yield "not a table.json", js().replace(b'"High"', b'[[["x"]]]'), N
    yield "mixed.json", js().replace(b'"High"', b'[{"a": 1}, 2]'), N


def unreadable() -> Made:
    # An account that may read everything reads it; then all of it has to be accounted for.
    yield "mine alone.csv", lambda path: (path.write_bytes(csv(_rows_of("mine"))), path.chmod(0)), N


KINDS = (
    zip_bomb, zips_in_zips, zip_that_says_it_is_a_workbook, macros, links_out_of_a_workbook, huge_shared_string,
    many_sheets, sheet_that_lies_about_its_size, entity_bomb, entity_from_outside, deep_xml, deep_json, huge_cell,
    line_without_end, many_columns, nul_bytes, another_ending, another_kind, link, pipe, device,
    folder_in_place_of_a_file, cut_short, delimiter_that_changes, quotation_mark_left_open, encodings_mixed,
    mark_in_the_middle, utf16_without_its_mark, header_twice, header_and_no_rows, empty, noise, parquet_that_lies,
    parquet_with_tables_inside, parquet_with_a_huge_dictionary, columns_twice, formulas, days_that_are_none,
    letters_that_hide, names_of_files, numbers_beyond_reason, unreadable,
)  # fmt: skip


def files(kinds: Iterable[Callable[[], Made]] = KINDS) -> Iterator[Hostile]:
    """The files of some kinds, each made when its turn comes."""
    for kind in kinds:
        for name, content, rows in kind():
            yield Hostile(kind.__name__, name, _writer(content), rows)


def _writer(content: bytes | Callable[[Path], object]) -> Callable[[Path], object]:
    if not isinstance(content, bytes):
        return content

    def write(path: Path) -> None:
        path.write_bytes(content)

    return write
