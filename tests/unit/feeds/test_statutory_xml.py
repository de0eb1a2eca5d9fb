"""The XML of statutory returns becomes the same parts as their tables, and nothing in it is passed over in silence."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.feeds.conftest import of_format

from kinfold.feeds import parts
from kinfold.feeds.readers import xml_tree

pytestmark = pytest.mark.slow

EPISODES = """<EXPSSDA903><CHILD>
  <HEADER><CHILDID>C1</CHILDID><SEX>1</SEX><DOB>01/05/2012</DOB><ETHNIC>WBRI</ETHNIC><UPN>UN1</UPN><DUC>01/05/2030</DUC>
    <AREVIEW><REVIEW>03/03/2024</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>
    <AMISSING><MISSING>M</MISSING><MIS_START>04/04/2024</MIS_START><MIS_END>05/04/2024</MIS_END></AMISSING>
    <OC2><SDQ_SCORE>14</SDQ_SCORE><IMMUNISATIONS>1</IMMUNISATIONS></OC2>
    <PERMANENCE><PREV_PERM>P1</PREV_PERM><DATE_PERM>01/01/2015</DATE_PERM></PERMANENCE>
    <AD_PLACED><DATE_PLACED>06/06/2024</DATE_PLACED></AD_PLACED>
  </HEADER>
  <EPISODE><DECOM>10/01/2024</DECOM><RNE>S</RNE><LS>V2</LS><CIN>N1</CIN><PL>U4</PL><DEC>01/02/2024</DEC><REC>X1</REC>
    <HOME_POST>ZZ1 1ZZ</HOME_POST><PL_POST>ZZ2 2ZZ</PL_POST></EPISODE>
  <EPISODE><DECOM>01/02/2024</DECOM><RNE>P</RNE><LS>V2</LS><CIN>N1</CIN><PL>A4</PL><PL_POST>ZZ3 3ZZ</PL_POST></EPISODE>
</CHILD></EXPSSDA903>"""


@pytest.fixture
def rows_of(tmp_path):
    def read(text):
        path = tmp_path / "return.xml"
        path.write_text(text, encoding="utf-8")
        found = {}
        for part in xml_tree.read(path):
            batches = list(part.batches(0))
            held = pa.Table.from_batches(batches).to_pylist() if batches else []
            columns = part.preview[0]
            found[part.name] = [{name: row[str(n)] for n, name in enumerate(columns)} for row in held]
        return found

    return read


def test_the_xml_of_a_return_makes_the_parts_of_its_tables(write, place):
    [report] = place.load(write(EPISODES, "903.xml"), feeds=of_format("ssda903", agency="social_care"))
    filled = {part.part for part in report.parts if part.rows_in}
    assert filled == {
        "header", "uasc", "reviews", "missing", "oc2", "previous_permanence", "placed_for_adoption", "episodes"
    }  # fmt: skip
    assert (report.rows_in, report.rows_mapped) == (9, 9)
    assert [person["flags"] for person in place.table("person")] == ["uasc"]
    kinds = sorted((event["kind"], event["detail"]) for event in place.table("event"))
    assert kinds == [
        ("looked_after", None), ("missing", "missing"), ("permanence", "decision"), ("placement", "new_carer"),
        ("review", "cla"),
    ]  # fmt: skip


def test_where_adopters_live_and_an_earlier_adoption_are_not_read(write, place):
    place.load(write(EPISODES, "903.xml"), feeds=of_format("ssda903", agency="social_care"))
    assert {row["postcode"] for row in place.table("address")} == {"ZZ1 1ZZ", "ZZ2 2ZZ"}
    placed = [row["detail"] for row in place.table("involvement") if row["stage"] == "placement"]
    assert placed == ["foster", "permanence"]
    assert "order" not in {event["detail"] for event in place.table("event")}


@pytest.mark.parametrize(
    "reviews",
    [
        "<Reviews><CPPreviewDate>2024-03-01</CPPreviewDate><CPPreviewDate>2024-06-01</CPPreviewDate></Reviews>",
        "<Reviews><CPPreviewDate>2024-03-01</CPPreviewDate></Reviews>\n<Reviews><CPPreviewDate>2024-06-01</CPPreviewDate></Reviews>",
    ],
)
def test_both_shapes_of_reviews_are_read_alike(reviews, rows_of):
    found = rows_of(
        "<Message><Children><Child><ChildIdentifiers><LAchildID>L1</LAchildID></ChildIdentifiers><CINdetails>"
        "<CINreferralDate>2024-01-01</CINreferralDate><ChildProtectionPlans><CPPstartDate>2024-01-15</CPPstartDate>"
        f"{reviews}</ChildProtectionPlans></CINdetails></Child></Children></Message>"
    )
    assert [(row["LAchildID"], row["ReviewNumber"], row["CPPreviewDate"]) for row in found["reviews"]] == [
        ("L1", "1", "2024-03-01"),
        ("L1", "2", "2024-06-01"),
    ]


def test_an_element_that_no_shape_knows_is_a_part_of_its_own(rows_of):
    new = "<SWEPISODE><SW_ID>SW1</SW_ID><SW_DECOM>01/01/2024</SW_DECOM><SW_DEC/></SWEPISODE>"
    found = rows_of(EPISODES.replace("<EPISODE>", new + "<EPISODE>", 1))
    assert found["SWEPISODE"] == [
        {"CHILD": "C1", "DOB": "01/05/2012", "SW_ID": "SW1", "SW_DECOM": "01/01/2024", "SW_DEC": ""}
    ]
    assert len(found["episodes"]) == 2


def test_a_part_of_many_slices_is_mapped_row_by_row(write, place, monkeypatch):
    monkeypatch.setattr(parts, "SLICE_ROWS", 1)
    lines = "".join(f"C{n},{n % 2 + 1},01/05/2012,WBRI,UN1,,\n" for n in range(70_000))
    [report] = place.load(
        write(f"CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n{lines}", "header.csv"),
        feeds=of_format("ssda903", agency="social_care"),
    )
    assert (report.rows_in, report.rows_mapped) == (70_000, 70_000)
    assert pq.read_metadata(next(place.home.glob("deliveries/*/*/landed/header.parquet"))).num_row_groups > 1
    assert [row["row_number"] for row in place.table("person")] == list(range(1, 70_001))
